"""What a landing page address says about where a visitor came from.

Source: GA4 campaign parameters and the click ids that ad platforms append (docs of each sender).
Which of them proves a paid click is decided elsewhere; here they are only kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from leads.domain.text import URL_LIMIT, sanitise_text

VALUE_LIMIT = 512
PARAMETER_LIMIT = 200  # parameters looked at; a longer query is noise or an attack

UTM_KEYS = (
    "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id",
    "utm_source_platform", "utm_creative_format", "utm_marketing_tactic",
)  # fmt: skip
CLICK_ID_KEYS = (
    "gclid", "gbraid", "wbraid", "gad_source", "gad_campaignid", "dclid", "msclkid", "fbclid",
    "ctwa_clid", "li_fat_id", "ttclid", "twclid", "rdt_cid", "ScCid", "epik", "mc_eid", "mc_cid",
    "_hsenc", "_hsmi", "vero_id", "_kx", "yclid", "srsltid", "irclickid", "awc",
)  # fmt: skip
_CANONICAL = {key.lower(): key for key in UTM_KEYS + CLICK_ID_KEYS}


@dataclass(frozen=True, slots=True)
class Touch:
    """One visit. `utm` keys are without the prefix ("source"); values are verbatim, capped."""

    landing_url: str = ""
    referrer: str = ""
    utm: dict[str, str] = field(default_factory=dict)
    click_ids: dict[str, str] = field(default_factory=dict)


def touch_from_url(landing_url: str, referrer: str) -> Touch:
    """The touch a landing address and a referrer describe; anything but http(s) counts as empty."""
    landing = web_address(landing_url)
    found = _known_parameters(landing)
    return Touch(
        landing_url=landing,
        referrer=web_address(referrer),
        utm={key.removeprefix("utm_"): found[key] for key in UTM_KEYS if key in found},
        click_ids={key: found[key] for key in CLICK_ID_KEYS if key in found},
    )


def web_address(raw: str) -> str:
    """The address when it is http(s) with a host, else empty.

    Longer ones are cut. User name and password have no place in a stored address and go.
    """
    text = sanitise_text(raw, limit=URL_LIMIT + 1)
    if len(text) > URL_LIMIT:
        text = sanitise_text(text.partition("#")[0], limit=URL_LIMIT)
    try:
        parts = urlsplit(text)
        if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
            return ""
    except ValueError:
        return ""
    if "@" in parts.netloc:
        text = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    return text


def _known_parameters(url: str) -> dict[str, str]:
    """The first non-empty value of each known key; keys are compared without case."""
    return _first_values(parse_qsl(_query_of(url)))


def _query_of(url: str) -> str:
    """The query, cut to what may be looked at."""
    query = urlsplit(url).query if url else ""
    return "&".join(query.split("&", PARAMETER_LIMIT)[:PARAMETER_LIMIT])


def _first_values(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, raw in pairs:
        canonical = _CANONICAL.get(key.lower())
        value = sanitise_text(raw, limit=VALUE_LIMIT) if canonical else ""
        if canonical and value:
            found.setdefault(canonical, value)
    return found
