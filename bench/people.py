"""Raw leads as forms and trade shows send them: many countries, ugly spelling, people who come back."""

import random
from typing import Any

PLACES = (
    ("US", "New York", "NY", "10001", "(212) 555-{:04d}"),
    ("United States", "Austin", "Texas", "73301", "+1 512 555 {:04d}"),
    ("usa", "San Francisco", "CA", "94103", "415-555-{:04d}"),
    ("Germany", "München", "Bayern", "80331", "+49 89 55{:04d}0"),
    ("DE", "Hamburg", "", "20095", "040 / 55{:04d}1"),
    ("Österreich", "Wien", "", "1010", "+43 1 55{:04d}2"),
    ("United Kingdom", "London", "", "ec1a 1bb", "+44 20 7946 {:04d}"),
    ("FR", "Lyon", "", "69001", "+33 4 72 55 {:04d}"),
    ("Singapore", "Singapore", "", "049315", "+65 6555 {:04d}"),
    ("India", "Pune", "", "411001", "+91 20 2555 {:04d}"),
)
FIRST = (
    "Ada",
    "maria",
    "SAM",
    "Jonas",
    "Wei Ling",
    "Priya",
    "José",
    "Zoë",
    "Dr. Karl",
    "anna-lena",
)
LAST = (
    "Lovelace",
    "WEBER",
    "carter",
    "Müller",
    "van der Berg",
    "O'Neill",
    "Nair",
    "Tan",
    "García",
    "Smith",
)
TITLES = ("CTO", "Head of Sales", "buyer", "VP Marketing", "", "Engineer")
INDUSTRIES = ("Manufacturing", "Software", "Retail", "", "Healthcare")
PRODUCTS = ("Press line", "Sensors; Robots", "", "Service")
FREE = ("gmail.com", "yahoo.com", "gmx.de")
RETURNING_SHARE = 0.1


class Crowd:
    """An endless, repeatable stream of raw leads. One in ten is somebody who was here before."""

    def __init__(
        self, seed: int, *, label: str = "p", returning_share: float = RETURNING_SHARE
    ) -> None:
        self._random = random.Random(f"{seed}:{label}")
        self._returning_share = returning_share
        self._label = label
        self._count = 0

    def fields(self) -> dict[str, str]:
        """The next delivery's raw fields."""
        draw = self._random
        self._count += 1
        number = self._count
        if number > 20 and draw.random() < self._returning_share:
            number = draw.randrange(1, number)
        country, city, region, postal, phone = draw.choice(PLACES)
        domain = draw.choice(FREE) if draw.random() < 0.2 else f"company{number % 4000}.example"
        fields = {
            "first_name": draw.choice(FIRST),
            "last_name": draw.choice(LAST),
            "email": f"{self._label}.{number}@{_domain_of(number, domain)}",
            "phone": phone.format(number % 10_000) if draw.random() < 0.5 else "",
            "company": f"Company {number % 4000} GmbH",
            "country": country,
            "subdivision": region,
            "city": city,
            "postal_code": postal,
            "job_title": draw.choice(TITLES),
            "industry": draw.choice(INDUSTRIES),
            "employees": draw.choice(("", "12", "200-500", "1,200")),
            "products": draw.choice(PRODUCTS),
            "message": "Please call me about a demo. " * draw.randrange(4),
        }
        return {name: value for name, value in fields.items() if value}

    def payload(self) -> dict[str, Any]:
        """The next delivery as capture stores it."""
        touch = {
            "landing_url": "https://www.example.com/demo",
            "referrer": "https://search.example/",
            "utm": {"source": "search", "medium": "cpc", "campaign": "autumn"},
            "click_ids": {},
        }
        return {"fields": self.fields(), "touch": touch, "extra": {}}


def _domain_of(number: int, domain: str) -> str:
    """The same person keeps the same address, whatever was drawn this time."""
    return (
        FREE[number % 3]
        if number % 5 == 0
        else f"company{number % 4000}.example"
        if domain
        else domain
    )
