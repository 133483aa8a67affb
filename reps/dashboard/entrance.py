"""The front door: signing in and out, and where each role starts."""

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from leadrouter.common.roles import MARKETING, REP, role_names


class SignInView(LoginView):
    """Asks for name and password; who is signed in already goes straight on."""

    redirect_authenticated_user = True


class SignOutView(LogoutView):
    """Ends the session; POST only."""


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Sends reps to their day, marketing to the leads, managers and administrators to the admin."""
    if REP in role_names(request.user):
        return redirect("my-day")
    if MARKETING in role_names(request.user) or not request.user.is_staff:
        return redirect("lead-list")
    return redirect("admin:index")
