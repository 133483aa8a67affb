"""Looks API keys up."""

from dataclasses import dataclass

from django.db import connection

from leadrouter.common.rows import prepared_cursor
from leads.models import Endpoint

# By hand: compiling the same query by the ORM cost more than all the rest of accepting a lead.
_FIND = """
SELECT k.id, k.revoked_at IS NOT NULL, e.is_active, s.is_active, e.id, e.channel, e.source_id
FROM leads_apikey k
JOIN leads_endpoint e ON e.id = k.endpoint_id
JOIN leads_source s ON s.id = e.source_id
WHERE k.key_hash = %s
"""
_ENDPOINT_COLUMNS = ("id", "channel", "source_id")


@dataclass(frozen=True, slots=True)
class KnownKey:
    """An API key that exists. `endpoint` has id, channel and source_id loaded, the rest deferred."""

    pk: int
    is_revoked: bool
    is_open: bool
    endpoint: Endpoint


def find_api_key(*, key_hash: str) -> KnownKey | None:
    """The key with this hash, revoked or not. Queries: 1."""
    with prepared_cursor() as cursor:
        cursor.execute(_FIND, [key_hash])
        row = cursor.fetchone()
    if row is None:
        return None
    pk, is_revoked, endpoint_is_active, source_is_active, *columns = row
    return KnownKey(
        pk=pk,
        is_revoked=bool(is_revoked),
        is_open=bool(endpoint_is_active and source_is_active),
        endpoint=Endpoint.from_db(connection.alias, _ENDPOINT_COLUMNS, columns),
    )
