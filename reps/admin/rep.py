"""Reps: who they are, when they work, how much they take."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import display

from leadrouter.common.admin import BaseAdmin, RowsInline
from leadrouter.common.roles import ADMINISTRATOR, MANAGER, MARKETING, has_role
from reps.admin.availability import SetWorkingWeek, TimeOffInline, WorkingHoursInline
from reps.admin.rep_form import RepForm
from reps.models import Rep, RepSkill
from reps.services.people import register_rep, update_rep
from reps.signals import availability_changed
from routing.admin.source_cap import SourceCapInline


class RepSkillInline(RowsInline):
    """What the rep is good at, 1 (some) to 5 (expert)."""

    model = RepSkill
    fields = ("skill", "level")


@admin.register(Rep)
class RepAdmin(BaseAdmin):
    """People who take leads; the user they sign in as is made in the same form."""

    form = RepForm
    list_display = ("name", "team", "show_state", "show_load", "show_limits", "show_zone")
    list_filter = (("team", RelatedDropdownFilter), "is_active", "is_accepting")
    list_filter_submit = True
    list_select_related = ("team",)
    search_fields = ("name", "slug", "user__email")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (RepSkillInline, SourceCapInline, WorkingHoursInline, TimeOffInline)
    steps = (SetWorkingWeek,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Rep]:
        held = Count("assignments", filter=Q(assignments__ended_at__isnull=True))
        return super().get_queryset(request).annotate(open_leads=held)

    def get_fieldsets(self, request: HttpRequest, obj: Rep | None = None) -> Any:
        person = ["name", "slug", "email"]
        if obj is None:
            person.append("password")
        if has_role(request.user, ADMINISTRATOR):
            person.append("roles")
        return (
            ("Person", {"fields": person}),
            ("Work", {"fields": ("team", "timezone", "is_active", "is_accepting")}),
            (
                "Limits",
                {
                    "fields": ("max_open_leads", "max_leads_per_day", "max_leads_per_hour"),
                    "description": "Whoever is at a limit is passed over until there is room.",
                },
            ),
        )

    def get_form(
        self, request: HttpRequest, obj: Rep | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        # Fields that are not the model's must not be asked of it.
        kwargs["fields"] = list(RepForm.Meta.fields)
        form = super().get_form(request, obj, change, **kwargs)
        return type("RepForm", (form,), {"may_grant": has_role(request.user, ADMINISTRATOR)})

    def save_model(self, request: HttpRequest, obj: Rep, form: Any, change: bool) -> None:
        data, now = form.cleaned_data, timezone.now()
        if not change:
            register_rep(
                rep=obj,
                email=data["email"],
                roles=data.get("roles", []),
                password=data.get("password", ""),
                now=now,
            )
            if not data.get("password"):
                messages.warning(request, f"{obj} cannot sign in yet: no password is set.")
            return
        roles = data.get("roles")
        if roles is None:  # the editor may not grant roles: they stay as they are
            roles = [group.name for group in obj.user.groups.all()]
        elif form.initial.get("roles"):
            roles = [*roles, *_beyond_this_form(form.initial["roles"])]
        update_rep(rep=obj, email=data["email"], roles=roles, now=now)
        held = getattr(obj, "open_leads", 0)
        if "is_active" in form.changed_data and not obj.is_active and held:
            messages.warning(request, f"{obj} still holds {held} open leads: give them to others.")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # Hours, leave and skills may make somebody available: parked leads are tried again.
        availability_changed.send(sender=Rep, now=timezone.now())

    @display(description="State", label={"Active": "success", "Paused": "warning", "Inactive": ""})
    def show_state(self, rep: Rep) -> str:
        if not rep.is_active:
            return "Inactive"
        return "Active" if rep.is_accepting else "Paused"

    @display(description="Open leads")
    def show_load(self, rep: Any) -> str:
        return f"{rep.open_leads}/{rep.max_open_leads}" if rep.max_open_leads else rep.open_leads

    @display(description="Per day / hour")
    def show_limits(self, rep: Rep) -> str:
        return f"{rep.max_leads_per_day or '∞'} / {rep.max_leads_per_hour or '∞'}"

    @display(description="Zone")
    def show_zone(self, rep: Rep) -> str:
        return rep.zone.replace("_", " ")


def _beyond_this_form(roles: list[str]) -> list[str]:
    return [role for role in roles if role not in (MANAGER, MARKETING)]
