"""The address of every webhook, with and without the last slash: a redirect would lose deliveries."""

from django.urls import path

from leads.channels.receiving.views import receive

urlpatterns = [
    path("in/<str:public_id>/", receive, name="webhook"),
    path("in/<str:public_id>", receive, name="webhook-without-slash"),
]
