"""Where the people of the demo live, how their names sound and what their phones look like.

Phone numbers come from the ranges that the national regulators keep free for fiction; the domains
end in .example (RFC 2606), so that nobody real is ever written to or called.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Town:
    """`subdivision` as people write it; empty where a country's forms do not ask."""

    name: str
    subdivision: str
    postal_code: str


@dataclass(frozen=True, slots=True)
class Market:
    """`phone` has # for each free digit; `legal_forms` and `trades` make company names."""

    country: str
    weight: int
    locale: str
    timezone: str
    language: str
    phone: str
    towns: tuple[Town, ...]
    legal_forms: tuple[str, ...]
    trades: tuple[str, ...]


ENGLISH = ("Logistics", "Robotics", "Foods", "Analytics", "Medical", "Energy", "Software", "Tools")
GERMAN = ("Antriebstechnik", "Maschinenbau", "Logistik", "Medizintechnik", "Software", "Energie")
SPANISH = ("Logística", "Alimentos", "Energía", "Textil", "Software")
FRENCH = ("Énergie", "Logistique", "Santé", "Mécanique", "Conseil")

MARKETS = (
    Market("US", 22, "en_US", "America/New_York", "en", "(212) 555-01##",
        (Town("New York", "NY", "10013"), Town("Boston", "Massachusetts", "02110"),
         Town("Philadelphia", "PA", "19103"), Town("Atlanta", "GA", "30303")),
        ("Inc.", "LLC", "Corp."), ENGLISH),
    Market("US", 12, "en_US", "America/Chicago", "en", "312-555-01##",
        (Town("Chicago", "IL", "60606"), Town("Austin", "Texas", "78701"),
         Town("Houston", "TX", "77002"), Town("Detroit", "MI", "48226")),
        ("Inc.", "LLC"), ENGLISH),
    Market("US", 12, "en_US", "America/Los_Angeles", "en", "+1 415 555 01##",
        (Town("San Francisco", "CA", "94105"), Town("Seattle", "WA", "98101"),
         Town("Los Angeles", "California", "90017"), Town("Denver", "CO", "80202")),
        ("Inc.", "LLC"), ENGLISH),
    Market("CA", 5, "en_CA", "America/Toronto", "en", "",
        (Town("Toronto", "ON", "M5H 2N2"), Town("Vancouver", "BC", "V6C 1N5")), ("Ltd.",), ENGLISH),
    Market("MX", 4, "es_MX", "America/Mexico_City", "es", "",
        (Town("Monterrey", "", "64000"), Town("Guadalajara", "", "44100")), ("S.A. de C.V.",),
        SPANISH),
    Market("DE", 20, "de_DE", "Europe/Berlin", "de", "030 23125 ###",
        (Town("Berlin", "", "10115"), Town("Hamburg", "", "20095"), Town("Köln", "", "50667"),
         Town("Frankfurt am Main", "", "60311"), Town("München", "Bayern", "80331"),
         Town("Stuttgart", "", "70173"), Town("Nürnberg", "", "90402")),
        ("GmbH", "AG", "GmbH & Co. KG"), GERMAN),
    Market("AT", 4, "de_AT", "Europe/Vienna", "de", "",
        (Town("Wien", "", "1010"), Town("Graz", "", "8010")), ("GmbH",), GERMAN),
    Market("CH", 4, "de_CH", "Europe/Zurich", "de", "",
        (Town("Zürich", "", "8001"), Town("Bern", "", "3011")), ("AG", "GmbH"), GERMAN),
    Market("GB", 12, "en_GB", "Europe/London", "en", "020 7946 0###",
        (Town("London", "", "EC2A 4NE"), Town("London", "", "SW1A 1AA"),
         Town("Manchester", "", "M2 5DB"), Town("Leeds", "", "LS1 4AP")), ("Ltd", "plc"), ENGLISH),
    Market("IE", 3, "en_IE", "Europe/Dublin", "en", "", (Town("Dublin", "", "D02 X285"),),
        ("Ltd",), ENGLISH),
    Market("FR", 6, "fr_FR", "Europe/Paris", "fr", "01 99 00 ## ##",
        (Town("Paris", "", "75009"), Town("Lyon", "", "69002")), ("SAS", "SARL"), FRENCH),
    Market("NL", 4, "nl_NL", "Europe/Amsterdam", "nl", "", (Town("Utrecht", "", "3511 AX"),),
        ("B.V.",), ENGLISH),
    Market("SE", 4, "sv_SE", "Europe/Stockholm", "sv", "", (Town("Göteborg", "", "411 03"),),
        ("AB",), ENGLISH),
    Market("ES", 3, "es_ES", "Europe/Madrid", "es", "", (Town("Valencia", "", "46001"),),
        ("S.L.",), SPANISH),
    Market("AU", 7, "en_AU", "Australia/Sydney", "en", "02 5550 ####",
        (Town("Sydney", "NSW", "2000"), Town("Melbourne", "VIC", "3000")), ("Pty Ltd",), ENGLISH),
    Market("SG", 5, "en_US", "Asia/Singapore", "en", "", (Town("Singapore", "", "048616"),),
        ("Pte. Ltd.",), ENGLISH),
    Market("IN", 6, "en_IN", "Asia/Kolkata", "en", "",
        (Town("Bengaluru", "", "560001"), Town("Pune", "", "411001")), ("Pvt. Ltd.",), ENGLISH),
    Market("JP", 4, "ja_JP", "Asia/Tokyo", "ja", "", (Town("Tokyo", "", "100-0005"),),
        ("K.K.",), ENGLISH),
)  # fmt: skip
