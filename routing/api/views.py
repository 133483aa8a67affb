"""Rules, pools, territories, decisions and assignments, as the API shows them."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from leadrouter.common.roles import ADMINISTRATOR, MANAGER, MARKETING, has_role
from leadrouter.common.viewsets import ReadOnlyViewSet
from routing.api.filters import (
    AssignmentFilterSet,
    DecisionFilterSet,
    PoolFilterSet,
    RuleSetFilterSet,
    TerritoryFilterSet,
)
from routing.api.serializers import (
    AssignmentSerializer,
    DecisionDetailSerializer,
    DecisionSerializer,
    PoolSerializer,
    RuleSetDetailSerializer,
    RuleSetSerializer,
    TerritorySerializer,
)
from routing.engine.schema import make_schema
from routing.models import (
    Assignment,
    Decision,
    Pool,
    RoutingRule,
    RuleSet,
    Territory,
    VersionState,
)
from routing.selectors.attributes import get_draft_registry
from routing.selectors.explaining import explain_decision
from routing.selectors.visibility import visible_leads


class PoolViewSet(ReadOnlyViewSet):
    """Pools with their members and the balance of their turns."""

    read_roles = (ADMINISTRATOR, MANAGER)
    queryset = Pool.objects.select_related("sla_policy", "overflow").prefetch_related(
        "skill_levels__skill", "members__rep"
    )
    serializer_class = PoolSerializer
    filterset_class = PoolFilterSet


class TerritoryViewSet(ReadOnlyViewSet):
    """Territories with their criteria and owners."""

    read_roles = (ADMINISTRATOR, MANAGER)
    queryset = Territory.objects.select_related("parent").prefetch_related("owners__rep")
    serializer_class = TerritorySerializer
    filterset_class = TerritoryFilterSet


class RuleSetViewSet(ReadOnlyViewSet):
    """Rule sets with their versions; one alone also with its published rules."""

    read_roles = (ADMINISTRATOR, MANAGER)
    queryset = RuleSet.objects.prefetch_related("versions")
    serializer_class = RuleSetSerializer
    filterset_class = RuleSetFilterSet

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rule_set = self.get_object()
        rules = (
            RoutingRule.objects.filter(
                version__rule_set=rule_set, version__state=VersionState.PUBLISHED
            )
            .order_by("position", "id")
            .prefetch_related(
                "choices__pool",
                "choices__rep",
                "choices__holding_queue",
                "choices__required_skill",
            )
        )
        return Response(RuleSetDetailSerializer(rule_set, context={"rules": rules}).data)

    @extend_schema(responses=OpenApiTypes.OBJECT, filters=False)
    @action(detail=False, url_path="condition-schema", pagination_class=None)
    def condition_schema(self, request: Request) -> Response:
        """The JSON Schema of conditions as rules hold them, fields of one's own included."""
        return Response(make_schema(get_draft_registry()))


class _OfVisibleLeads(ReadOnlyViewSet):
    """Rows about leads: a rep sees those of the leads they may see."""

    def of_visible_leads(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if has_role(self.request.user, ADMINISTRATOR, MANAGER, MARKETING):
            return rows
        return rows.filter(lead__in=visible_leads(self.request.user).values("pk"))


class DecisionViewSet(_OfVisibleLeads):
    """Decisions, newest first; one alone with its explanation, facts and trace."""

    queryset = Decision.objects.none()
    serializer_class = DecisionSerializer
    filterset_class = DecisionFilterSet

    def get_queryset(self) -> QuerySet[Decision]:
        rows = Decision.objects.select_related(
            "lead", "version__rule_set", "rule", "rep", "pool", "holding_queue", "decided_by"
        )
        if self.action == "list":
            rows = rows.defer("facts", "trace")
        return self.of_visible_leads(rows)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        decision = self.get_object()
        context = {"explanation": explain_decision(decision)}
        return Response(DecisionDetailSerializer(decision, context=context).data)


class AssignmentViewSet(_OfVisibleLeads):
    """The ledger of who held which lead from when to when, newest first."""

    queryset = Assignment.objects.none()
    serializer_class = AssignmentSerializer
    filterset_class = AssignmentFilterSet

    def get_queryset(self) -> QuerySet[Assignment]:
        return self.of_visible_leads(Assignment.objects.select_related("lead", "rep", "pool"))
