"""Every page of the admin, opened by every role: no error, and no page that is not theirs."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from leadrouter.common.roles import READ_ONLY_MODELS
from tests.routing.admin.organisation import make_organisation

# Thousands of pages: which of them open does not depend on the database.
pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# Pages that answer with a redirect on purpose: rules live in their version.
REDIRECTS = {"routing_routingrule_changelist", "routing_routingrule_add", "current"}
MARKETING_MAY_SEE = {
    "source", "endpoint", "importbatch", "importrow", "lead", "account", "customfield", "interaction",
    "intakeitem", "duplicatepair", "leadmerge",
    "campaign", "channelrule", "consent", "referrersite", "suggestion",
}  # fmt: skip
# Whether two leads are one is for marketing to say, too.
MARKETING_STEPS = ("/review/", "/merge/", "/undo/", "/up/", "/down/")


@pytest.fixture
def organisation(administrator: Any) -> None:
    make_organisation(administrator)


def _pages() -> Iterator[tuple[Any, str, str]]:
    """(model, kind of page, address) of every registered model, with its first row."""
    for model, model_admin in admin.site._registry.items():
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield model, "list", reverse(f"{base}_changelist")
        yield model, "add", reverse(f"{base}_add")
        for row in model._default_manager.all()[:4]:
            yield model, "change", reverse(f"{base}_change", args=[row.pk])
            yield model, "delete", reverse(f"{base}_delete", args=[row.pk])
            yield model, "history", reverse(f"{base}_history", args=[row.pk])
            for step in getattr(model_admin, "steps", ()):
                name = f"admin:{model_admin.step_url_name(step)}"
                yield model, "step", reverse(name, args=[row.pk])


def _open(client: Client, url: str) -> int:
    response = client.get(url)
    if hasattr(response, "render"):
        response.render()
    status: int = response.status_code
    return status


@pytest.mark.usefixtures("organisation")
def test_an_administrator_opens_every_page_without_an_error(administrator_client: Client) -> None:
    seen: dict[str, int] = {}
    for model, kind, url in _pages():
        status = _open(administrator_client, url)
        assert status in {200, 302, 403}, f"{url} answered {status}"
        seen[f"{model._meta.model_name} {kind}"] = status
        if kind == "list" and model._meta.app_label in {"reps", "leads", "routing", "processes"}:
            assert status in {200, 302}, url
    assert seen["rep list"] == seen["lead change"] == seen["routingrule change"] == 200


@pytest.mark.usefixtures("organisation")
def test_the_pages_outside_models_open(administrator_client: Client) -> None:
    for name, expected in (
        ("index", 200),
        ("routing_rulesetversion_tester", 200),
        ("routing_rulesetversion_current", 302),
        ("password_change", 200),
        ("search", 200),
        ("jsi18n", 200),
    ):
        assert _open(administrator_client, reverse(f"admin:{name}")) == expected, name


@pytest.mark.usefixtures("organisation")
def test_a_manager_sees_all_of_routing_and_nothing_of_users(manager_client: Client) -> None:
    for model, kind, url in _pages():
        status = _open(manager_client, url)
        label = model._meta.app_label
        assert status in {200, 302, 403}, f"{url} answered {status}"
        if kind == "list" and label in {"reps", "leads", "routing"}:
            assert status in {200, 302}, url
        if label in {"auth", "axes", "django_q"}:
            assert status == 403, url


@pytest.mark.usefixtures("organisation")
def test_marketing_sees_sources_and_leads_and_no_configuration(marketing_client: Client) -> None:
    for model, kind, url in _pages():
        status = _open(marketing_client, url)
        assert status in {200, 302, 403}, f"{url} answered {status}"
        if model._meta.model_name not in MARKETING_MAY_SEE:
            assert status == 403, f"{url} answered {status}"
        elif kind == "list":
            assert status == 200, url
        elif kind == "step":
            assert status in {302, 403} or url.endswith(MARKETING_STEPS), url


@pytest.mark.usefixtures("organisation")
def test_a_rep_and_a_stranger_see_no_page_at_all(
    rep_client: Client, anonymous_client: Client
) -> None:
    login = reverse("admin:login")
    addresses = [url for _, _, url in _pages()]
    addresses += [reverse("admin:index"), reverse("admin:routing_rulesetversion_tester")]
    for url in addresses:
        assert rep_client.get(url).status_code == 403, url
        response = anonymous_client.get(url)
        assert response.status_code == 302, url
        assert response["Location"].startswith(login), url


@pytest.mark.usefixtures("organisation")
def test_history_cannot_be_changed_by_anybody(administrator: Any) -> None:
    client = Client()
    administrator.is_superuser = True
    administrator.save()
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    for name in READ_ONLY_MODELS | {"intakeitem", "outboxmessage", "apikey", "importbatch"}:
        model = next(m for m in apps.get_models() if m._meta.model_name == name)
        if model not in admin.site._registry:
            continue
        row = model._default_manager.first()
        base = f"admin:{model._meta.app_label}_{name}"
        before = list(model._default_manager.values())
        assert client.post(reverse(f"{base}_add"), {}).status_code == 403, name
        assert (
            client.post(reverse(f"{base}_delete", args=[row.pk]), {"post": "yes"}).status_code
            == 403
        )
        assert client.post(reverse(f"{base}_change", args=[row.pk]), {}).status_code == 403, name
        assert list(model._default_manager.values()) == before, name


@pytest.mark.usefixtures("organisation")
def test_only_a_superuser_sees_the_tasks_of_the_queue(administrator_client: Client) -> None:
    try:
        url = reverse("admin:django_q_failure_changelist")
    except NoReverseMatch:
        pytest.fail("The queue's admin pages are not registered")
    assert _open(administrator_client, url) == 403


@pytest.mark.usefixtures("organisation")
def test_no_page_needs_an_inline_script(administrator_client: Client) -> None:
    for _, kind, url in _pages():
        if kind not in {"list", "change", "step"}:
            continue
        response = administrator_client.get(url)
        if response.status_code != 200:
            continue
        policy = response["Content-Security-Policy"]
        assert "script-src 'self' 'unsafe-eval'" in policy
        for part in response.content.decode().split("<script")[1:]:
            tag = part.partition(">")[0]
            assert "src=" in tag or "application/json" in tag, f"inline script on {url}: {tag}"
