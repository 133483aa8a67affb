"""Who may use which part of the API."""

from typing import Any

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from leadrouter.common.roles import ADMINISTRATOR, MANAGER, MARKETING, REP, has_role


class RolePermission(BasePermission):
    """Lets people with a role read; a view's `write_roles` says who may change things."""

    message = "Your role does not allow this."

    def has_permission(self, request: Request, view: Any) -> bool:
        if getattr(view, "action", "") is None and request.method not in ("OPTIONS", "HEAD"):
            # Nobody may do what there is not; “your role” would send people to their administrator.
            raise MethodNotAllowed(str(request.method))
        if request.auth is not None:
            self.message = "An API key may post leads and read what became of its own, no more."
        if request.method in SAFE_METHODS:
            roles = getattr(view, "read_roles", (ADMINISTRATOR, MANAGER, MARKETING, REP))
        else:
            roles = getattr(view, "write_roles", (ADMINISTRATOR,))
        return bool(request.user and has_role(request.user, *roles))
