"""How the admin looks and how it is ordered: by job, not by app."""

from typing import Any

UNFOLD: dict[str, Any] = {"SITE_TITLE": "leadrouter", "SITE_HEADER": "leadrouter"}
