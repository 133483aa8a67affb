"""The health address, without a trailing slash as every prober expects it."""

from django.urls import path

from leadrouter.processes.views import healthz

urlpatterns = [path("healthz", healthz, name="healthz")]
