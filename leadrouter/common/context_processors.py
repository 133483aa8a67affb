"""Values every portal template may use."""

from typing import Any

from django.http import HttpRequest

from leadrouter.common.roles import ADMINISTRATOR, MANAGER, MARKETING, REP, role_names


def portal(request: HttpRequest) -> dict[str, Any]:
    """Says which parts of the portal the visitor may open, for the navigation."""
    user = getattr(request, "user", None)
    roles = role_names(user) if user is not None else frozenset()
    is_manager = bool(roles & {ADMINISTRATOR, MANAGER})
    return {
        "roles": roles,
        "may_work_leads": REP in roles,
        "may_manage": is_manager,
        "may_import": is_manager or MARKETING in roles,
    }
