"""What holds for whole parts of the product: whose clock they show, and who may open them."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from routing.selectors.zones import get_live_zone

ADMIN = "/admin/"
# Reps see their own zone (reps.dashboard.access); here people of several zones look at one list.
OFFICE = (ADMIN, "/imports/")

Answer = Callable[[HttpRequest], HttpResponseBase]


class OfficeZoneMiddleware:
    """Shows every time of the admin and of the import pages in the zone of the live rule set."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(OFFICE) or not request.user.is_authenticated:
            return self.get_response(request)
        with timezone.override(get_live_zone()):
            return self.get_response(request)


class ManagersOnlyMiddleware:
    """Tells people who are signed in but not for the admin so, instead of asking them to sign in."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(ADMIN):
            user = request.user
            if user.is_authenticated and not user.is_staff:
                raise PermissionDenied(
                    "The admin is for managers. Your own leads are in the portal."
                )
        return self.get_response(request)
