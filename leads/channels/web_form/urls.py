"""Addresses of the hosted forms."""

from django.urls import path

from leads.channels.web_form import embedding, views

urlpatterns = [
    path("forms/<str:public_id>/", views.show_form, name="public-form"),
    path("forms/<str:public_id>/thanks/", views.show_thanks, name="public-form-thanks"),
    path("forms/<str:public_id>/embed/", embedding.serve_embedded, name="embedded-form"),
]
