"""POST /api/v1/leads/<id>/claim/: a rep takes an offered lead."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from leadrouter.common.roles import REP, has_role
from leads.api.authentication import ApiKeyAuthentication
from routing.api.schemas import CLAIM_LEAD
from routing.api.serializers import AssignmentSerializer
from routing.models import Assignment
from routing.selectors.claimable import find_claimable
from routing.services.claiming import claim_lead


class IsRep(BasePermission):
    message = "Only reps claim leads."

    def has_permission(self, request: Request, view: Any) -> bool:
        return has_role(request.user, REP) and hasattr(request.user, "rep")


class ClaimLeadView(APIView):
    """Of any number of reps who ask at once one wins; the others get 409 and the winner's name."""

    # The key comes first so that a request without credentials is told 401 and which scheme.
    authentication_classes = [ApiKeyAuthentication, SessionAuthentication]
    permission_classes = [IsRep]

    @extend_schema(**CLAIM_LEAD)
    def post(self, request: Request, public_id: UUID) -> Response:
        user: Any = request.user
        lead = find_claimable(user, public_id)
        if lead is None:
            raise Http404
        assignment = claim_lead(lead_id=lead.pk, rep=user.rep, user=user, now=timezone.now())
        row = Assignment.objects.select_related("lead", "rep", "pool").get(pk=assignment.pk)
        return Response(AssignmentSerializer(row).data)
