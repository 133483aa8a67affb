"""Steps: what people do to a row besides editing it (retry, publish, assign …).

A step is a button on the row's page, a page that explains it and asks what it needs, and one service
call on POST. It works without scripts, and a refusal is shown on the same page as a sentence.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from leadrouter.common.errors import DomainError
from leadrouter.common.roles import ADMINISTRATOR, MANAGER, has_role


class Step:
    """One thing to do to one row."""

    slug: ClassVar[str]
    label: ClassVar[str]
    submit_label: ClassVar[str] = ""  # of the page's button, where it differs
    icon: ClassVar[str] = "arrow_forward"
    tone: ClassVar[str] = "default"  # or "primary", "danger"
    form_class: ClassVar[type[forms.Form]] = forms.Form
    roles: ClassVar[tuple[str, ...]] = (ADMINISTRATOR, MANAGER)
    template: ClassVar[str] = "admin/step.html"
    # False where the service itself writes who did it.
    is_logged_here: ClassVar[bool] = True

    def is_allowed(self, request: HttpRequest) -> bool:
        return has_role(request.user, *self.roles)

    def is_offered(self, obj: Any) -> bool:
        return True

    def explain(self, obj: Any) -> str:
        """What will happen, as one or two sentences."""
        return ""

    def get_form(self, request: HttpRequest, obj: Any) -> forms.Form:
        return self.form_class(request.POST if request.method == "POST" else None)

    def get_context(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        return {}

    def run(
        self, *, request: HttpRequest, obj: Any, data: dict[str, Any], now: datetime
    ) -> str | HttpResponseBase:
        """Returns the sentence that says what was done, or a page of its own. Raises: DomainError."""
        raise NotImplementedError

    def intercept(self, request: HttpRequest, obj: Any) -> HttpResponseBase | None:
        """A page instead of the step's own, for what has become of the row since it was opened."""
        return None

    def next_url(self, obj: Any) -> str | None:
        """Where to go afterwards; None for the row's own page."""
        return None


class StepsMixin:
    """Gives an admin class its `steps`: their buttons and their pages."""

    steps: ClassVar[Sequence[type[Step]]] = ()
    change_form_outer_before_template = "admin/steps.html"

    def get_urls(self) -> list[URLPattern]:
        pages = [
            path(
                f"<path:object_id>/{step.slug}/",
                self.admin_site.admin_view(partial(self.step_view, step_class=step)),  # type: ignore[attr-defined]
                name=self.step_url_name(step),
            )
            for step in self.steps
        ]
        return pages + super().get_urls()  # type: ignore[misc]

    def step_url_name(self, step: type[Step]) -> str:
        opts = self.model._meta  # type: ignore[attr-defined]
        return f"{opts.app_label}_{opts.model_name}_{step.slug.replace('-', '_')}"

    def list_steps(self, request: HttpRequest, obj: Any) -> list[dict[str, str]]:
        """The buttons this person may press on this row."""
        found = []
        for step_class in self.steps:
            step = step_class()
            if step.is_allowed(request) and step.is_offered(obj):
                url = reverse(f"admin:{self.step_url_name(step_class)}", args=[quote(obj.pk)])
                found.append(
                    {"label": step.label, "icon": step.icon, "tone": step.tone, "url": url}
                )
        return found

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        obj = context.get("original")
        context["steps"] = self.list_steps(request, obj) if obj is not None else []
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]

    def step_view(
        self, request: HttpRequest, object_id: str, step_class: type[Step]
    ) -> HttpResponseBase:
        obj = self.get_object(request, unquote(object_id))  # type: ignore[attr-defined]
        if obj is None:
            raise Http404
        step = step_class()
        if not (self.has_view_permission(request, obj) and step.is_allowed(request)):  # type: ignore[attr-defined]
            raise PermissionDenied
        if (instead := step.intercept(request, obj)) is not None:
            return instead
        if not step.is_offered(obj):
            messages.warning(request, f"“{step.label}” is not possible for {obj} as it is now.")
            return HttpResponseRedirect(self._row_url(obj))
        form = step.get_form(request, obj)
        if request.method == "POST" and form.is_valid():
            answer = self._run_step(request, obj, step, form)
            if answer is not None:
                return answer
        return self._render_step(request, obj, step, form)

    def _run_step(
        self, request: HttpRequest, obj: Any, step: Step, form: forms.Form
    ) -> HttpResponseBase | None:
        try:
            done = step.run(request=request, obj=obj, data=form.cleaned_data, now=timezone.now())
        except DomainError as refusal:
            form.add_error(None, [refusal.message, *_list_problems(refusal)])
            return None
        if isinstance(done, HttpResponseBase) and done.status_code >= 400:
            return done  # a refusal with a page of its own: nothing was done
        if step.is_logged_here:
            self.log_change(request, obj, step.label)  # type: ignore[attr-defined]
        if isinstance(done, HttpResponseBase):
            return done
        messages.success(request, done)
        return HttpResponseRedirect(step.next_url(obj) or self._row_url(obj))

    def _render_step(
        self, request: HttpRequest, obj: Any, step: Step, form: forms.Form
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),  # type: ignore[attr-defined]
            "opts": self.model._meta,  # type: ignore[attr-defined]
            "title": step.label,
            "subtitle": str(obj),
            "step": step,
            "explanation": step.explain(obj),
            "form": form,
            "original": obj,
            "back_url": self._row_url(obj),
            "media": self.media + form.media,  # type: ignore[attr-defined]
            **step.get_context(request, obj),
        }
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return TemplateResponse(request, step.template, context)

    def _row_url(self, obj: Model) -> str:
        opts = obj._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[quote(obj.pk)])


def _list_problems(refusal: DomainError) -> list[str]:
    problems = refusal.detail.get("problems", [])
    return [str(problem) for problem in problems if str(problem) != refusal.message]
