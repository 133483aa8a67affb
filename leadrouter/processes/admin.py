"""Signs of life, and other people's admin pages made safe to show."""

from typing import Any

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django_q.models import Failure, OrmQ, Schedule, Success
from unfold.decorators import display

from leadrouter.common.admin import LedgerAdmin, show_moment
from leadrouter.processes.models import Heartbeat


@admin.register(Heartbeat)
class HeartbeatAdmin(LedgerAdmin):
    """When each running part was last alive."""

    list_display = ("name", "show_beat", "detail")
    fields = ("name", "show_beat", "detail")
    readonly_fields = ("show_beat",)

    @display(description="Last sign of life")
    def show_beat(self, beat: Heartbeat) -> str:
        return show_moment(beat.beat_at)


class SuperuserOnly(LedgerAdmin):
    """Payloads of tasks are pickles: writing one is running code, so nobody writes them here."""

    list_filter = ()

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


class TaskAdmin(SuperuserOnly):
    """Finished tasks without their pickled arguments and results."""

    list_display = ("name", "func", "started", "stopped", "attempt_count")
    fields: tuple[str, ...] = ("name", "func", "started", "stopped", "attempt_count")


class FailureAdmin(TaskAdmin):
    """Failed tasks with the end of their traceback."""

    fields = (*TaskAdmin.fields, "show_result")
    readonly_fields = ("show_result",)

    @display(description="What went wrong")
    def show_result(self, task: Any) -> str:
        return str(task.result)[-4000:]


class ScheduleAdmin(SuperuserOnly):
    """Schedules; the product itself uses none."""

    list_display = ("name", "func", "schedule_type", "next_run")
    fields = ("name", "func", "schedule_type", "next_run", "repeats")


class QueuedAdmin(SuperuserOnly):
    """Tasks waiting in the stock queue."""

    list_display = ("key", "lock")
    fields = ("key", "lock")


class AccessAdmin(LedgerAdmin):
    """Sign-ins that failed or succeeded, as the lock-out sees them."""

    list_display = ("username", "ip_address", "attempt_time")
    fields = ("username", "ip_address", "user_agent", "path_info", "attempt_time")


for model, shown_by in (
    (Success, TaskAdmin),
    (Failure, FailureAdmin),
    (Schedule, ScheduleAdmin),
    (OrmQ, QueuedAdmin),
    (AccessAttempt, AccessAdmin),
    (AccessLog, AccessAdmin),
    (AccessFailureLog, AccessAdmin),
):
    # Which of them exist depends on the broker and the settings of their apps.
    if admin.site.is_registered(model):
        admin.site.unregister(model)
        admin.site.register(model, shown_by)
