"""Reps and teams, as the API shows them."""

from typing import Any

from django.db.models import QuerySet

from leadrouter.common.roles import ADMINISTRATOR, MANAGER, MARKETING, has_role
from leadrouter.common.viewsets import ReadOnlyViewSet
from reps.api.filters import RepFilterSet, TeamFilterSet
from reps.api.serializers import RepSerializer, TeamSerializer
from reps.models import Rep, Team


class TeamViewSet(ReadOnlyViewSet):
    """Teams. A rep sees their own."""

    queryset = Team.objects.none()
    serializer_class = TeamSerializer
    filterset_class = TeamFilterSet

    def get_queryset(self) -> QuerySet[Team]:
        if has_role(self.request.user, ADMINISTRATOR, MANAGER, MARKETING):
            return Team.objects.all()
        user: Any = self.request.user
        return Team.objects.filter(reps__user=user)


class RepViewSet(ReadOnlyViewSet):
    """Reps. A rep sees only themself."""

    queryset = Rep.objects.none()
    serializer_class = RepSerializer
    filterset_class = RepFilterSet

    def get_queryset(self) -> QuerySet[Rep]:
        reps = Rep.objects.select_related("team")
        if has_role(self.request.user, ADMINISTRATOR, MANAGER, MARKETING):
            return reps
        user: Any = self.request.user
        return reps.filter(user=user)
