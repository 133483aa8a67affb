"""Addresses of the whole product."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("reps.dashboard.urls")),
    path("", include("leads.imports.urls")),
    path("", include("leads.channels.web_form.urls")),
    path("", include("leads.channels.receiving.urls")),
    path("api/v1/", include("leadrouter.api")),
    path("", include("leadrouter.processes.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "leadrouter.common.api.bad_request"
handler404 = "leadrouter.common.api.page_not_found"
handler500 = "leadrouter.common.api.server_error"
