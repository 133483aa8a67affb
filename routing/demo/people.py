"""Raw fields of invented people, as they would type them into a form."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from factory.base import DictFactory
from faker import Faker

from routing.demo.markets import MARKETS, Market

JOBS = (
    "Head of Operations", "Procurement Manager", "Managing Director", "Plant Manager", "CTO",
    "Head of IT", "Sales Director", "Product Manager", "Project Engineer", "Buyer", "COO",
)  # fmt: skip
INDUSTRIES = ("Manufacturing", "Logistics", "Software", "Healthcare", "Energy", "Retail")
PRODUCTS = ("Scheduling", "Fleet", "Quality", "Maintenance", "Analytics")
SIZES = (3, 12, 25, 40, 80, 150, 300, 650, 1200, 4800)
SIZE_WEIGHTS = (6, 14, 16, 16, 14, 12, 9, 5, 5, 3)
MESSAGES = (
    "We are replacing our current system this quarter. Can somebody show us yours?",
    "Please send prices for about {employees} people.",
    "We met a customer of yours and would like the same.",
    "Is there an interface to SAP?",
    "How long does it take to get started?",
    "",
)
NAMED = {
    "Northwind Foundry": "northwind-foundry.example",
    "Helios Avionics": "helios-avionics.example",
    "Bergmann Antriebe": "bergmann-antriebe.example",
    "Castellan Bank": "castellan-bank.example",
    "Pacific Grid": "pacific-grid.example",
}


class LeadFieldsFactory(DictFactory):
    """The fields of one delivery, in the words of the forms; who and where are given."""

    full_name = "Ada Lovelace"
    email = "ada@engine.example"
    phone = ""
    company = ""
    job_title = ""
    country = "US"
    subdivision = ""
    city = ""
    postal_code = ""
    language = ""
    industry = ""
    employees = ""
    products = ""
    message = ""


@dataclass
class Crowd:
    """Invents people one after the other; the same seed gives the same people."""

    seed: int
    _fakers: dict[str, Faker] = field(default_factory=dict)
    _companies: dict[str, list[tuple[str, str, int]]] = field(default_factory=dict)
    _addresses: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 -- a demo must repeat itself

    def pick_market(self, countries: Sequence[str] = ()) -> Market:
        among = [one for one in MARKETS if not countries or one.country in countries]
        return self.random.choices(among, [one.weight for one in among])[0]

    def invent(self, market: Market) -> dict[str, Any]:
        """Returns the raw fields of somebody new from this market."""
        first, last = self._name(market)
        company, domain, employees = self._company(market, last)
        town = self.random.choice(market.towns)
        is_private = self.random.random() < 0.06
        fields: dict[str, Any] = LeadFieldsFactory(  # type: ignore[no-untyped-call, assignment]
            full_name=f"{first} {last}",
            email=self._address(first, last, "gmail.com" if is_private else domain),
            phone=self._phone(market) if self.random.random() < 0.7 else "",
            company="" if is_private else company,
            job_title="Student" if self.random.random() < 0.015 else self.random.choice(JOBS),
            country=market.country,
            subdivision=town.subdivision,
            city=town.name,
            postal_code=town.postal_code,
            language=market.language if self.random.random() < 0.5 else "",
            industry=self.random.choice(INDUSTRIES),
            employees="" if is_private else str(employees),
            products=self.random.choice(PRODUCTS),
            message=self.random.choice(MESSAGES).format(employees=employees),
        )
        return {name: value for name, value in fields.items() if value}

    def _faker(self, locale: str) -> Faker:
        if locale not in self._fakers:
            made = Faker(locale)
            made.seed_instance(f"{self.seed} {locale}")  # else Sydney is peopled like Boston
            self._fakers[locale] = made
        return self._fakers[locale]

    def _name(self, market: Market) -> tuple[str, str]:
        faker = self._faker(market.locale)
        if market.country == "JP":
            return faker.first_romanized_name(), faker.last_romanized_name()
        return faker.first_name(), faker.last_name()

    def _company(self, market: Market, last: str) -> tuple[str, str, int]:
        """Returns (name, domain, size): now and then a named account or one met before."""
        known = self._companies.setdefault(market.country, [])
        if self.random.random() < 0.03:
            name = self.random.choice(sorted(NAMED))
            return name, NAMED[name], 2500
        if known and self.random.random() < 0.15:
            return self.random.choice(known)
        founder = last if self.random.random() < 0.4 else self._faker(market.locale).last_name()
        if market.country == "JP":
            founder = last
        core = f"{founder} {self.random.choice(market.trades)}"
        name = f"{core} {self.random.choice(market.legal_forms)}"
        size = self.random.choices(SIZES, SIZE_WEIGHTS)[0] + self.random.randrange(3)
        known.append((name, f"{_ascii(core)}.example", size))
        return known[-1]

    def _address(self, first: str, last: str, domain: str) -> str:
        local, number = f"{_ascii(first)}.{_ascii(last)}", 1
        while f"{local}@{domain}" in self._addresses:
            number += 1
            local = f"{_ascii(first)}.{_ascii(last)}{number}"
        self._addresses.add(f"{local}@{domain}")
        return f"{local}@{domain}"

    def _phone(self, market: Market) -> str:
        return re.sub("#", lambda _: str(self.random.randrange(10)), market.phone)


def _ascii(text: str) -> str:
    for umlaut, letters in {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "o"}.items():
        text = text.lower().replace(umlaut, letters)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "x"
