"""A labelled crowd with real-world dirt: who is who is known, because the generator made them.

People have a company, a work address and perhaps a private one, phones, a home; some share a name, a
household, a switchboard. Each is met one to three times, as a form, a fair's list or a call would have
them: nicknames, slips, swapped names, another address, a changed job, other formats, things left out.
Everything follows from the seed. The nicknames are the generator's own, not the product's list.
"""

import random
import string
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from faker.providers.person.de_DE import Provider as German
from faker.providers.person.en_GB import Provider as British
from faker.providers.person.en_US import Provider as American
from faker.providers.person.es_ES import Provider as Spanish
from faker.providers.person.fr_FR import Provider as French

Record = dict[str, str]

_NAMES = {"US": American, "DE": German, "GB": British, "FR": French, "ES": Spanish}
_SHARES = {"US": 40, "DE": 28, "GB": 14, "FR": 9, "ES": 9}
_CITIES = {
    "US": (
        "New York",
        "Austin",
        "San Francisco",
        "Chicago",
        "Denver",
        "Seattle",
        "Boston",
        "Atlanta",
    ),
    "DE": ("Berlin", "München", "Hamburg", "Köln", "Frankfurt am Main", "Stuttgart", "Düsseldorf"),
    "GB": ("London", "Manchester", "Leeds", "Bristol", "Glasgow"),
    "FR": ("Paris", "Lyon", "Marseille", "Lille"),
    "ES": ("Madrid", "Barcelona", "Valencia", "Sevilla"),
}
_ENDINGS = {
    "US": ("ville", " Springs", "ton", " City"), "DE": ("burg", "hausen", "heim", "stadt"),
    "GB": ("ford", "bury", "ham"), "FR": ("ville", "-sur-Mer"), "ES": (" de la Sierra", " del Mar"),
}  # fmt: skip
_TOWNS = 120
_PREFIXES = {"US": "+1{}55", "DE": "+49{}", "GB": "+44{}", "FR": "+33{}", "ES": "+34{}"}
_AREAS = {
    "US": ("212", "312", "415", "512", "617", "206", "303", "404"),
    "DE": ("30", "89", "40", "221", "69", "711", "211", "151", "160", "170"),
    "GB": ("20", "161", "113", "117", "7911", "7700"), "FR": ("1", "4", "6", "7"),
    "ES": ("91", "93", "6", "95"),
}  # fmt: skip
_FORMS = {"US": ("Inc.", "LLC", "Corp."), "DE": ("GmbH", "AG", "GmbH & Co. KG"), "GB": ("Ltd", "PLC"),
          "FR": ("SAS", "SARL"), "ES": ("S.L.", "S.A.")}  # fmt: skip
_TRADES = ("Software", "Logistics", "Systems", "Foods", "Energy", "Medical", "Consulting", "Machines",
           "Design", "Textiles", "Print", "Optics", "Robotics", "Trading", "Labs", "Media")  # fmt: skip
_TITLES = ("CEO", "CTO", "Head of Sales", "Buyer", "VP Marketing", "Engineer", "Purchasing Manager",
           "IT Manager", "Marketing Manager", "Founder", "Office Manager", "Consultant")  # fmt: skip
_FREE = ("gmail.com", "yahoo.com", "gmx.de", "web.de", "outlook.com", "hotmail.com", "icloud.com")
_SHORT = {
    "William": ("Bill", "Will"), "Robert": ("Bob", "Rob"), "Richard": ("Rick",), "James": ("Jim",),
    "Michael": ("Mike",), "Elizabeth": ("Liz", "Beth"), "Katherine": ("Kate",), "Thomas": ("Tom",),
    "Christopher": ("Chris",), "Daniel": ("Dan",), "Matthew": ("Matt",), "Joseph": ("Joe",),
    "Jennifer": ("Jen",), "Jessica": ("Jess",), "Stephanie": ("Steffi", "Steph"), "Andrew": ("Andy",),
    "Andreas": ("Andi",), "Johannes": ("Hannes", "Hans"), "Alexander": ("Alex",), "Samuel": ("Sam",),
    "Benjamin": ("Ben",), "Nicholas": ("Nick",), "Patricia": ("Pat",), "Rebecca": ("Becky",),
    "Timothy": ("Tim",), "Anthony": ("Tony",), "David": ("Dave",), "Steven": ("Steve",),
    "Kenneth": ("Ken",), "Gregory": ("Greg",), "Francisco": ("Paco",), "José": ("Pepe",),
    "Margaret": ("Peggy", "Maggie"), "Susan": ("Sue",), "Edward": ("Ed", "Ted"), "Josef": ("Sepp",),
}  # fmt: skip
_NEIGHBOURS = {"a": "sq", "e": "wr", "i": "uo", "o": "ip", "n": "bm", "m": "n", "r": "et", "t": "ry",
               "s": "ad", "l": "k", "d": "sf", "u": "yi", "h": "gj", "c": "xv"}  # fmt: skip


@dataclass(frozen=True)
class Company:
    name: str
    form: str
    domain: str
    country: str
    city: str
    postal_code: str
    switchboard: str
    pattern: str


@dataclass(frozen=True)
class Someone:
    number: int
    first: str
    last: str
    company: Company
    private_email: str
    mobile: str
    direct: str
    title: str
    city: str
    postal_code: str


class World:
    """People and companies of one seed."""

    def __init__(self, seed: int, people: int) -> None:
        self.draw = random.Random(f"identity:{seed}")
        self._taken: dict[str, int] = {}
        self._names = {country: _name_lists(provider) for country, provider in _NAMES.items()}
        self._towns = {country: self._make_towns(country) for country in _NAMES}
        self.companies = [self._company() for _ in range(max(20, people // 12))]
        # A few employ many, most employ few.
        weights = [1 / (rank + 3) ** 0.7 for rank in range(len(self.companies))]
        employers = self.draw.choices(self.companies, weights, k=people)
        self.people: list[Someone] = []
        for number, company in enumerate(employers):
            self.people.append(self._someone(number, company))

    def _pick(self, values: tuple[str, ...]) -> str:
        return self.draw.choice(values)

    def _phone(self, country: str) -> str:
        area = self._pick(_AREAS[country])
        length = {"US": 5, "DE": 8, "GB": 10 - len(area), "FR": 8, "ES": 9 - len(area)}[country]
        digits = "".join(self.draw.choices(string.digits, k=length))
        return _PREFIXES[country].format(area) + digits

    def _make_towns(self, country: str) -> list[tuple[str, list[str]]]:
        """(town, its postal codes), the large ones first."""
        small = [self._last(country) + self._pick(_ENDINGS[country]) for _ in range(_TOWNS)]
        towns = [*_CITIES[country], *small]
        return [
            (town, [self._postal(country) for _ in range(max(2, 40 // (rank + 1)))])
            for rank, town in enumerate(towns)
        ]

    def _place(self, country: str) -> tuple[str, str]:
        towns = self._towns[country]
        weights = [1 / (rank + 4) for rank in range(len(towns))]
        town, codes = self.draw.choices(towns, weights)[0]
        return town, self.draw.choice(codes)

    def _postal(self, country: str) -> str:
        digits = "".join(self.draw.choices(string.digits, k=3))
        if country == "GB":
            return f"{self._pick(('SW', 'EC', 'M', 'LS', 'BS'))}{digits[0]} {digits[1]}AB"
        return self._pick(("1", "2", "3", "4")) + self._pick(tuple(string.digits)) + digits

    def _company(self) -> Company:
        country = self.draw.choices(list(_SHARES), list(_SHARES.values()))[0]
        name = f"{self._last(country)} {self._pick(_TRADES)}"
        domain = _ascii(name).replace(" ", "")[:20] + self._pick(
            (".com", ".com", f".{country.lower()}")
        )
        pattern = self._pick(("{f}.{l}", "{f}.{l}", "{i}{l}", "{f}", "{l}", "{f}{l}"))
        form = self._pick(_FORMS[country])
        city, code, phone = (
            self._pick(_CITIES[country]),
            self._postal(country),
            self._phone(country),
        )
        return Company(name, form, domain.replace(".us", ".com").replace(".gb", ".co.uk"), country,
                       city, code, phone, pattern)  # fmt: skip

    def _first(self, country: str) -> str:
        names, weights, _, _ = self._names[country]
        return self.draw.choices(names, cum_weights=weights)[0]

    def _last(self, country: str) -> str:
        _, _, names, weights = self._names[country]
        return self.draw.choices(names, cum_weights=weights)[0]

    def _someone(self, number: int, company: Company) -> Someone:
        country = company.country
        first, last = self._first(country), self._last(country)
        city, code = self._place(country)
        if self.people and self.draw.random() < 0.04:  # somebody's wife, brother, son
            kin = self.draw.choice(self.people[-500:])
            last, city, code = kin.last, kin.city, kin.postal_code
        local = f"{_local(first)}{self._pick(('.', '', '_'))}{_local(last)}"
        if self.draw.random() < 0.5:
            local += str(self.draw.randrange(1, 99))
        return Someone(
            number, first, last, company, self._own(local, self._pick(_FREE), number), self._phone(country),
            self._phone(country), self._pick(_TITLES), city, code,
        )  # fmt: skip

    def work_email(self, one: Someone) -> str:
        first, last = _local(one.first), _local(one.last)
        local = one.company.pattern.format(f=first, l=last, i=first[:1])
        return self._own(local, one.company.domain, one.number)

    def _own(self, local: str, domain: str, number: int) -> str:
        """The address, with a number where somebody else has it already: mailboxes are not shared."""
        for suffix in ("", *map(str, range(2, 99))):
            address = f"{local}{suffix}@{domain}"
            if self._taken.setdefault(address, number) == number:
                return address
        return f"{local}.{number}@{domain}"

    # --- How they appear ----------------------------------------------------------------------

    def appear(self, one: Someone) -> Record:
        """One delivery about a person, as clean as people write."""
        return self._write(one, is_private=self.draw.random() < 0.25)

    def appear_again(self, one: Someone) -> Record:
        """Another delivery about the same person, with dirt."""
        chance = self.draw.random
        is_private = chance() < 0.35
        if chance() < 0.10:
            one = self._change_job(one)
        if chance() < 0.015:
            one = replace(one, last=self._last(one.company.country))  # married
        record = self._write(one, is_private=is_private)
        for share, dirt in (
            (0.12, self._nickname), (0.07, self._typo_first), (0.08, self._typo_last),
            (0.04, self._swap), (0.03, self._initial), (0.04, self._middle), (0.10, self._case),
            (0.06, self._typo_email), (0.15, self._company_dirt), (0.10, self._other_phone_form),
            (0.15, self._drop_place), (0.06, self._typo_city), (0.10, self._full_name),
        ):  # fmt: skip
            if chance() < share:
                dirt(record)
        return record

    def _change_job(self, one: Someone) -> Someone:
        """Another company of the same country, and most often another title."""
        near = [company for company in self.companies if company.country == one.company.country]
        title = one.title if self.draw.random() < 0.4 else self._pick(_TITLES)
        return replace(
            one, company=self.draw.choice(near), title=title, direct=self._phone(near[0].country)
        )

    def _write(self, one: Someone, *, is_private: bool) -> Record:
        chance, work = self.draw.random, one.company
        phone = "" if chance() < 0.3 else one.mobile if chance() < 0.6 else one.direct
        if chance() < 0.05:
            phone = f"{work.switchboard} ext. {100 + one.number % 9000}"
        email = one.private_email if is_private else self.work_email(one)
        if phone and chance() < 0.12:
            email = ""
        record = {
            "first_name": one.first, "last_name": one.last, "email": email, "phone": phone,
            "company": f"{work.name} {work.form}" if chance() < 0.85 else "",
            "job_title": one.title if chance() < 0.6 else "", "country": work.country,
            "city": one.city if chance() < 0.8 else "",
            "postal_code": one.postal_code if chance() < 0.65 else "",
        }  # fmt: skip
        if email and chance() < 0.03:
            record |= {"phone": "", "company": ""}
        return record

    def _nickname(self, record: Record) -> None:
        if forms := _SHORT.get(record["first_name"]):
            record["first_name"] = self._pick(forms)

    def _typo_first(self, record: Record) -> None:
        record["first_name"] = self._slip(record["first_name"])

    def _typo_last(self, record: Record) -> None:
        record["last_name"] = self._slip(record["last_name"])

    def _swap(self, record: Record) -> None:
        record["first_name"], record["last_name"] = record["last_name"], record["first_name"]

    def _initial(self, record: Record) -> None:
        record["first_name"] = record["first_name"][:1] + "."

    def _middle(self, record: Record) -> None:
        record["first_name"] += f" {self._pick(('J.', 'Maria', 'M', 'Peter'))}"

    def _case(self, record: Record) -> None:
        change = self.draw.choice((str.upper, str.lower, _ascii))
        for name in ("first_name", "last_name", "company"):
            record[name] = change(record[name])

    def _full_name(self, record: Record) -> None:
        first, last = record.pop("first_name"), record.pop("last_name")
        record["full_name"] = self.draw.choice((f"{first} {last}", f"{last}, {first}"))

    def _typo_email(self, record: Record) -> None:
        local, _, domain = record["email"].partition("@")
        if not domain:
            return
        if self.draw.random() < 0.5:
            record["email"] = f"{self._slip(local)}@{domain}"
        else:
            name, dot, ending = domain.partition(".")
            record["email"] = f"{local}@{self._slip(name)}{dot}{ending}"

    def _company_dirt(self, record: Record) -> None:
        words = record["company"].split()
        if len(words) < 2:
            return
        record["company"] = self.draw.choice(
            (" ".join(words[:-1]), self._slip(words[0]) + " " + " ".join(words[1:]), words[0],
             record["company"].upper(), f"{words[0]}-{words[1]}", "")
        )  # fmt: skip

    def _other_phone_form(self, record: Record) -> None:
        digits = record["phone"]
        if digits.startswith("+") and " " not in digits:
            record["phone"] = self.draw.choice(
                (f"00{digits[1:]}", f"{digits[:4]} {digits[4:7]}-{digits[7:]}", f"{digits} x12",
                 f"{digits[:3]}.{digits[3:6]}.{digits[6:]}")
            )  # fmt: skip

    def _drop_place(self, record: Record) -> None:
        record["postal_code"] = ""
        if self.draw.random() < 0.5:
            record["city"] = ""

    def _typo_city(self, record: Record) -> None:
        record["city"] = self._slip(record["city"])

    def _slip(self, word: str) -> str:
        """One slip of the keyboard: a letter left out, doubled, swapped with the next, or its neighbour."""
        if len(word) < 4:
            return word
        at = self.draw.randrange(1, len(word) - 1)
        kind = self.draw.randrange(4)
        if kind == 0:
            return word[:at] + word[at + 1 :]
        if kind == 1:
            return word[:at] + word[at] + word[at:]
        if kind == 2:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        other = self.draw.choice(_NEIGHBOURS.get(word[at].lower(), string.ascii_lowercase))
        return word[:at] + other + word[at + 1 :]


def labelled_stream(seed: int, people: int) -> Iterator[tuple[int, Record]]:
    """(person, record) in the order of arrival: everybody once, a third of them again, some thrice."""
    world = World(seed, people)
    rows = [(one.number, world.appear(one)) for one in world.people]
    again = [one for one in world.people if world.draw.random() < 0.3]
    again += [one for one in again if world.draw.random() < 0.15]
    rows += [(one.number, world.appear_again(one)) for one in again]
    world.draw.shuffle(rows)
    yield from rows


def _local(name: str) -> str:
    return _ascii(name).replace(" ", "")


def _name_lists(provider: type) -> tuple[list[str], list[float], list[str], list[float]]:
    first, first_weights = _weighted(provider.first_names)  # type: ignore[attr-defined]
    last, last_weights = _weighted(provider.last_names)  # type: ignore[attr-defined]
    return first, first_weights, last, last_weights


def _weighted(names: object) -> tuple[list[str], list[float]]:
    """Names with cumulated weights; lists without weights get those of a few common names and many rare."""
    pairs = (
        list(names.items())
        if hasattr(names, "items")
        else [
            (name, 1 / (rank + 20))
            for rank, name in enumerate(names)  # type: ignore[arg-type, var-annotated]
        ]
    )
    total, cumulated = 0.0, []
    for _, weight in pairs:
        total += float(weight)
        cumulated.append(total)
    return [str(name) for name, _ in pairs], cumulated


def _ascii(text: str) -> str:
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.lower().replace(letter, written)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(c for c in plain if c.isalnum() or c == " ")
