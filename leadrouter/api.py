"""Addresses of the API."""

from django.contrib.auth.decorators import login_required
from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

from leads.api.authentication import ApiKeyAuthentication
from leads.api.views import AccountViewSet, IntakeViewSet, LeadViewSet, SourceViewSet
from reps.api.views import RepViewSet, TeamViewSet
from routing.api.claiming import ClaimLeadView
from routing.api.views import (
    AssignmentViewSet,
    DecisionViewSet,
    PoolViewSet,
    RuleSetViewSet,
    TerritoryViewSet,
)

router = SimpleRouter()
router.register("leads", LeadViewSet, basename="api-leads")
router.register("intake", IntakeViewSet, basename="api-intake")
router.register("accounts", AccountViewSet, basename="api-accounts")
router.register("sources", SourceViewSet, basename="api-sources")
router.register("reps", RepViewSet, basename="api-reps")
router.register("teams", TeamViewSet, basename="api-teams")
router.register("pools", PoolViewSet, basename="api-pools")
router.register("territories", TerritoryViewSet, basename="api-territories")
router.register("rule-sets", RuleSetViewSet, basename="api-rule-sets")
router.register("decisions", DecisionViewSet, basename="api-decisions")
router.register("assignments", AssignmentViewSet, basename="api-assignments")


class SlashlessLeadViewSet(LeadViewSet):
    """For programs that forget the last slash: a redirect would lose what they post."""

    schema = None


class SchemaView(SpectacularAPIView):
    """The OpenAPI description, for people who are signed in."""

    authentication_classes = [ApiKeyAuthentication, SessionAuthentication]  # the first says 401
    permission_classes = [IsAuthenticated]

    def handle_exception(self, exc: Exception) -> Response:
        """Refusals are JSON like everywhere else, not YAML."""
        response = super().handle_exception(exc)
        self.request.accepted_renderer = JSONRenderer()
        self.request.accepted_media_type = JSONRenderer.media_type
        return response


schema = SchemaView.as_view()
docs = SpectacularSwaggerSplitView.as_view(
    url_name="api-schema",
    template_name="leadrouter/api_docs.html",
    authentication_classes=[SessionAuthentication],
    permission_classes=[IsAuthenticated],
)

urlpatterns = [
    path("schema/", schema, name="api-schema"),
    path("docs/", login_required(docs), name="api-docs"),
    path("leads", SlashlessLeadViewSet.as_view({"post": "create"}), name="api-leads-slashless"),
    path("leads/<uuid:public_id>/claim/", ClaimLeadView.as_view(), name="api-leads-claim"),
    *router.urls,
]
