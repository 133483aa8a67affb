"""Leads that a partner sent: the partner is their source, whatever form they came by."""

from urllib.parse import parse_qs, urlsplit

from leads.models import Endpoint, Source
from leads.selectors.partners import find_partner

PARAMETER = "partner"
_CODE_LIMIT = 100


def open_referral_endpoint(*, source: Source) -> Endpoint:
    """The source's door for those whom it sends, made when the first one comes."""
    return Endpoint.objects.get_or_create(
        source=source, channel=Endpoint.Channel.REFERRAL, name=""
    )[0]


def find_referral_endpoint(landing_url: str) -> Endpoint | None:
    """The door of the partner whose code the address names (`?partner=code`), if it is open.

    Queries: none without a code, else 2.
    """
    try:
        codes = parse_qs(urlsplit(landing_url).query, max_num_fields=200).get(PARAMETER, [])
    except ValueError:
        return None
    partner = find_partner(codes[0]) if codes and len(codes[0]) <= _CODE_LIMIT else None
    if partner is None:
        return None
    endpoint = open_referral_endpoint(source=partner)
    return endpoint if endpoint.is_active else None
