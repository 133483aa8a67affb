"""Skills a lead may need."""

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from leadrouter.common.admin import BaseAdmin
from reps.models import Skill


@admin.register(Skill)
class SkillAdmin(BaseAdmin):
    """Languages, products, industries."""

    list_display = ("name", "slug", "count_reps")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Skill]:
        return super().get_queryset(request).annotate(rep_count=Count("reps"))

    @display(description="Reps who have it")
    def count_reps(self, skill: Skill) -> int:
        count: int = skill.rep_count  # type: ignore[attr-defined]
        return count
