"""Finding leads by what people remember of the person, on indexed columns only."""

import re
import uuid

from django.db import connections
from django.db.models import Q, QuerySet

from leads.domain.text import fold
from leads.models import Account, Lead, LeadIdentity

LAST_CHARACTER = "\U0010ffff"
LONGEST_TERM = 100
MOST_COMPANIES = 100


def search_leads(rows: "QuerySet[Lead]", text: str) -> "QuerySet[Lead]":
    """Narrows to leads with this public id or phone, or whose e-mail, last name or company starts so.

    Every branch is an equality or a range on an index, so it costs the same with millions of leads.
    E-mails are stored in lower case. Names are tried as typed, capitalised and in capitals, since
    an index cannot ignore case on both databases.
    """
    text = " ".join(text.replace("\x00", "").split())[:LONGEST_TERM]
    if not text:
        return rows
    if public_id := _read_uuid(text):
        return rows.filter(public_id=public_id)
    digits = re.sub(r"[\s().\-/]", "", text)
    if re.fullmatch(r"\+?\d{6,15}", digits):
        return rows.filter(
            identities__kind=LeadIdentity.Kind.PHONE, identities__value="+" + digits.lstrip("+0")
        )
    wanted = _starts_with(rows, "email", text.lower())
    if "@" in text:
        known = LeadIdentity.objects.filter(kind=LeadIdentity.Kind.EMAIL, value=text.lower())
        return rows.filter(wanted | Q(pk__in=known.values("lead_id")))
    last_name = text.split()[-1]
    for spelling in {text, last_name, last_name[0].upper() + last_name[1:], last_name.upper()}:
        wanted |= _starts_with(rows, "last_name", spelling)
    if name_key := fold(text):
        companies = Account.objects.using(rows.db).filter(_starts_with(rows, "name_key", name_key))
        # Fetched first: as a subquery PostgreSQL would read every lead for the sake of this branch.
        wanted |= Q(account__in=list(companies.values_list("pk", flat=True)[:MOST_COMPANIES]))
    return rows.filter(wanted)


def _starts_with(rows: "QuerySet[Lead]", field: str, prefix: str) -> Q:
    # SQLite's LIKE ignores case and therefore the index; its text order is by code point, so a
    # range says the same. Under a PostgreSQL collation it would not: there LIKE keeps its meaning.
    if connections[rows.db].vendor == "sqlite":
        return Q(**{f"{field}__gte": prefix, f"{field}__lt": prefix + LAST_CHARACTER})
    return Q(**{f"{field}__startswith": prefix})


def _read_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
