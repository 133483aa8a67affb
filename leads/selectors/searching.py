"""Finding leads by what somebody remembers of the person."""

from django.db import connections
from django.db.models import Q, QuerySet

from leads.models import Lead

LAST_CHARACTER = "\U0010ffff"


def search_people(rows: "QuerySet[Lead]", text: str) -> "QuerySet[Lead]":
    """Narrows to leads whose e-mail or last name starts with the text, by the indexes of both.

    E-mails are stored in lower case. Names are tried as typed, capitalised and in capitals, since
    an index cannot ignore case on both databases.
    """
    text = text.strip()
    if not text:
        return rows
    wanted = _starts_with(rows, "email", text.lower())
    if "@" not in text:
        for spelling in {text, text[0].upper() + text[1:], text.upper()}:
            wanted |= _starts_with(rows, "last_name", spelling)
    return rows.filter(wanted)


def _starts_with(rows: "QuerySet[Lead]", field: str, prefix: str) -> Q:
    # SQLite's LIKE ignores case and therefore the index; its text order is by code point, so a
    # range says the same. Under a PostgreSQL collation it would not: there LIKE keeps its meaning.
    if connections[rows.db].vendor == "sqlite":
        return Q(**{f"{field}__gte": prefix, f"{field}__lt": prefix + LAST_CHARACTER})
    return Q(**{f"{field}__startswith": prefix})
