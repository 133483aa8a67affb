"""What an administrator sets for mail, whichever way it comes."""

from collections.abc import Mapping
from typing import Any

from leads.channels.adapter import Option

OWN_DOMAINS = Option(
    "own_domains",
    "Domains of your own programs",
    help_text="Their mail makes no leads (domain of the Message-ID), separated by commas.",
)


def read_own_domains(options: Mapping[str, Any]) -> list[str]:
    said = str(options.get(OWN_DOMAINS.name) or "").split(",")
    return [one.strip() for one in said if one.strip()]
