"""The few leads that one arriving lead may be, found by the keys they share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from leadrouter.common.rows import Read, Row, read_rows
from leads.domain.companies import company_key
from leads.domain.person import Person, email_key_of, name_words, read_extension
from leads.models import Lead

# As many leads of one key are looked at, newest first: a key that more share says little.
MOST_OF_A_KEY = 24
# A lead that shares nothing but one key with more leads than this is not worth comparing.
CROWDED = 8

_COLUMNS = (
    "id", "first_name", "last_name", "full_name", "email", "email_domain", "is_free_mail", "phone",
    "phone_e164", "company_name", "company_domain", "country", "city", "postal_code", "street",
    "job_title",
)  # fmt: skip
_LEAD = ", ".join(f"l.{name}" for name in _COLUMNS)
# OFFSET 0: each lead is fetched by its id. Left to itself the planner believes that hardly any lead is
# unmerged, while its statistics are young, and reads all leads for each one found.
_POSTGRESQL = f"""
WITH hits AS MATERIALIZED (
  SELECT h.lead_id, k.key, h.crowd FROM unnest(%s::bigint[]) AS k (key) CROSS JOIN LATERAL (
    SELECT lead_id, count(*) OVER () AS crowd FROM (
      SELECT lead_id FROM leads_leadkey WHERE key = k.key ORDER BY lead_id DESC LIMIT {MOST_OF_A_KEY}
    ) AS newest
  ) AS h
), found AS MATERIALIZED (
  SELECT lead_id, string_agg(key || ':' || crowd, ' ') AS keys FROM hits
  GROUP BY lead_id HAVING count(*) > 1 OR min(crowd) <= {CROWDED}
)
SELECT found.keys, {_LEAD} FROM found CROSS JOIN LATERAL (
  SELECT * FROM leads_lead WHERE id = found.lead_id AND merged_into_id IS NULL OFFSET 0
) AS l
"""  # noqa: S608 -- constants
# SQLite knows no LATERAL: the newest of a key travel as one array, which also tells how many they are.
_SQLITE = f"""
WITH newest AS MATERIALIZED (
  SELECT k.value AS key, (
    SELECT json_group_array(lead_id) FROM (
      SELECT lead_id FROM leads_leadkey WHERE key = k.value ORDER BY lead_id DESC LIMIT {MOST_OF_A_KEY}
    )
  ) AS leads FROM json_each(%s) AS k
), found AS MATERIALIZED (
  SELECT h.value AS lead_id, group_concat(newest.key || ':' || json_array_length(newest.leads), ' ') AS keys
  FROM newest JOIN json_each(newest.leads) AS h
  GROUP BY h.value HAVING count(*) > 1 OR min(json_array_length(newest.leads)) <= {CROWDED}
)
SELECT found.keys, {_LEAD} FROM found JOIN leads_lead l ON l.id = found.lead_id
WHERE l.merged_into_id IS NULL
"""  # noqa: S608 -- constants


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stored lead and {key that was asked for: how many leads share it, at most MOST_OF_A_KEY}."""

    keys: dict[int, int]
    row: Row

    @property
    def lead_id(self) -> int:
        return int(self.row[0])

    def person(self) -> Person:
        _, first, last, full, email, domain, is_free, phone, e164, company, site, *place = self.row
        given, family = name_words(first, last, full)
        country, city, postal_code, street, job_title = place
        return Person(
            given=given,
            family=family,
            shown_name=full or f"{first} {last}".strip(),
            email=email_key_of(email, domain),
            is_free_mail=bool(is_free),
            phone=e164,
            extension=read_extension(phone),
            company=company_key(company) if company else "",
            company_domain=site,
            shown_company=company or site,
            country=country,
            city=city,
            postal_code=postal_code,
            street=street,
            job_title=job_title,
            lead_id=self.lead_id,
        )


def candidates_read(keys: Iterable[int]) -> Read[Candidate]:
    """Leads that share any of the keys and are not merged into others, read without a lock."""
    wanted = sorted(set(keys))
    statement = _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE
    read = read_rows(statement, wanted)
    return Read(read.statement, read.parameters, _decode)


def _decode(rows: Sequence[Row]) -> list[Candidate]:
    return [Candidate(_read_keys(keys), tuple(row)) for keys, *row in rows]


def _read_keys(text: str) -> dict[int, int]:
    pairs = (pair.split(":") for pair in text.split())
    return {int(key): int(crowd) for key, crowd in pairs}


def person_of_lead(lead: Lead) -> Person:
    """A stored lead as matching sees it."""
    return Candidate({}, tuple(getattr(lead, name) for name in _COLUMNS)).person()
