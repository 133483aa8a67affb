"""Addresses of the portal: entrance, a rep's day, leads."""

from django.urls import path

from reps.dashboard import entrance

urlpatterns = [
    path("", entrance.home, name="home"),
    path("login/", entrance.SignInView.as_view(), name="login"),
    path("logout/", entrance.SignOutView.as_view(), name="logout"),
]
