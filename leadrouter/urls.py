"""Addresses of the whole product."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("reps.dashboard.urls")),
    path("admin/", admin.site.urls),
]
