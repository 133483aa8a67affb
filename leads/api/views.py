"""Leads, accounts, sources and deliveries, as the API shows them."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from leadrouter.common.errors import InvalidInput
from leadrouter.common.permissions import RolePermission
from leadrouter.common.roles import ADMINISTRATOR, MANAGER, MARKETING, has_role
from leadrouter.common.viewsets import ReadOnlyViewSet
from leads.api.accepting import AcceptLeadMixin, JsonNegotiation
from leads.api.filters import (
    AccountFilterSet,
    IntakeItemFilterSet,
    LeadFilterSet,
    SourceFilterSet,
)
from leads.api.serializers import (
    AccountSerializer,
    IntakeItemSerializer,
    IntakeStatusSerializer,
    LeadSerializer,
    SourceSerializer,
)
from leads.models import Account, IntakeItem, Lead, Source
from leads.selectors.api_keys import KnownKey
from leads.services.accounts import save_account
from routing.selectors.explaining import explain_decision
from routing.selectors.visibility import find_visible_survivor, visible_leads

UUID_PATTERN = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


class LeadViewSet(AcceptLeadMixin, ReadOnlyViewSet):
    """Leads: those you may see, newest first. A lead that is not yours is not found."""

    queryset = Lead.objects.none()
    serializer_class = LeadSerializer
    filterset_class = LeadFilterSet
    content_negotiation_class = JsonNegotiation
    lookup_field = "public_id"
    lookup_value_regex = UUID_PATTERN

    def get_queryset(self) -> QuerySet[Lead]:
        rows = visible_leads(self.request.user).select_related("source", "owner")
        return rows.filter(merged_into=None) if self.action == "list" else rows

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """An id of a lead that was merged leads on to the lead that was kept (307)."""
        lead = self.get_object()
        survivor = find_visible_survivor(request.user, lead)
        if survivor is None:
            return Response(self.get_serializer(lead).data)
        public_id = str(survivor.public_id)
        url = reverse("api-leads-detail", args=[public_id])
        return Response({"merged_into": public_id}, status=307, headers={"Location": url})


class AccountViewSet(ReadOnlyViewSet):
    """Companies. A rep sees those of the leads they may see; managers write them.

    POST creates the account, or updates the one with the same external id or domain; PATCH changes one.
    """

    write_roles = (ADMINISTRATOR, MANAGER)

    queryset = Account.objects.none()
    serializer_class = AccountSerializer
    filterset_class = AccountFilterSet

    def get_queryset(self) -> QuerySet[Account]:
        accounts = Account.objects.select_related("owner")
        if has_role(self.request.user, ADMINISTRATOR, MANAGER, MARKETING):
            return accounts
        return accounts.filter(pk__in=visible_leads(self.request.user).values("account_id"))

    def create(self, request: Request) -> Response:
        """201 for a new account, 200 for one that was known."""
        return self._save(request, None)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self._save(request, self.get_object())

    def _save(self, request: Request, account: Account | None) -> Response:
        if not isinstance(request.data, dict):
            raise InvalidInput("Send one JSON object.", fields={"body": "Not an object."})
        saved, kind = save_account(values=dict(request.data), account=account, now=timezone.now())
        status = 201 if kind == "NEW" else 200
        return Response(self.get_serializer(saved).data, status=status)


class SourceViewSet(ReadOnlyViewSet):
    """Who sends leads."""

    read_roles = (ADMINISTRATOR, MANAGER, MARKETING)
    queryset = Source.objects.all()
    serializer_class = SourceSerializer
    filterset_class = SourceFilterSet


class IntakePermission(RolePermission):
    """Lets an API key look at single deliveries, besides the people with a role."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, KnownKey):
            return bool(view.action == "retrieve")
        return super().has_permission(request, view)


class IntakeViewSet(ReadOnlyViewSet):
    """Deliveries and what became of them. An API key sees those it (or its source) posted."""

    read_roles = (ADMINISTRATOR, MANAGER, MARKETING)
    permission_classes = [IntakePermission]
    queryset = IntakeItem.objects.none()
    serializer_class = IntakeItemSerializer
    filterset_class = IntakeItemFilterSet
    lookup_field = "public_id"
    lookup_value_regex = UUID_PATTERN

    def get_queryset(self) -> QuerySet[IntakeItem]:
        items = IntakeItem.objects.select_related("endpoint__source", "lead__owner").defer(
            "raw", "payload"
        )
        if isinstance(self.request.auth, KnownKey):
            return items.filter(endpoint_id=self.request.auth.endpoint.pk)
        return items

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        item = self.get_object()
        context = {"headline": _headline(item)}
        return Response(IntakeStatusSerializer(item, context=context).data)


def _headline(item: IntakeItem) -> str | None:
    """The latest decision about the delivery's lead, in one sentence."""
    if item.lead is None:
        return None
    decision = (
        item.lead.decisions.select_related(
            "rule", "rep", "pool", "holding_queue", "decided_by", "version__rule_set"
        )
        .order_by("-epoch")
        .first()
    )
    return explain_decision(decision).headline if decision else None
