"""Pages and lists beside 1,000 and 100,000 leads: queries, time against a bare page, full scans."""

import statistics
import time

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from bench.backlog import analyse, drain_backlog, fill_intake
from bench.plans import Recorder
from bench.stored import store_leads
from bench.table import print_table
from leads.domain.cleansing import warm_up
from leads.models import Lead
from routing.services.draining import drain

REP, MANAGER = "maria-weber", "alex.admin"
PAGES = (
    (REP, "/my/"),
    (REP, "/my/board/"),
    (REP, "/leads/"),
    (MANAGER, "/leads/?page=2"),
    (MANAGER, "/leads/?q=Name17"),
    (MANAGER, "/imports/"),
    (MANAGER, "/admin/"),
    (MANAGER, "/admin/leads/lead/"),
    (MANAGER, "/admin/leads/lead/?q=Name17"),
    (MANAGER, "/admin/leads/intakeitem/"),
    (MANAGER, "/admin/leads/account/"),
    (MANAGER, "/admin/routing/decision/"),
    (MANAGER, "/admin/routing/assignment/"),
    (MANAGER, "/admin/routing/slatimer/"),
    (MANAGER, "/api/v1/leads/"),
    (MANAGER, "/api/v1/intake/"),
    (MANAGER, "/api/v1/decisions/"),
    (MANAGER, "/api/v1/assignments/"),
)
PLAIN_FILES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


def run(*, is_quick: bool) -> None:
    """Prints queries and time of each page at both sizes; names what scans a large table."""
    small, large = (200, 600) if is_quick else (1000, 100_000)
    warm_up()
    drain_backlog(fill_intake(100, label="open", now=timezone.now()))
    # Collected static files are a deployment's matter; their names make no difference here.
    with override_settings(
        ROOT_URLCONF="bench.floor_urls", STORAGES=PLAIN_FILES, ALLOWED_HOSTS=["testserver"]
    ):
        clients = {name: _sign_in(name) for name in (REP, MANAGER)}
        store_leads(small - Lead.objects.count())
        analyse()
        before = {page: _visit(clients[page[0]], page[1]) for page in PAGES}
        store_leads(large - Lead.objects.count())
        analyse()
        after = {page: _visit(clients[page[0]], page[1]) for page in PAGES}
        rows = [_row(clients[page[0]], page[1], before[page], after[page]) for page in PAGES]
    print_table(
        f"Pages on {connection.vendor}: {large:,} leads, {small:,} before; median of 5 visits",
        ("page", "queries", "before", "ms", "before", "of a bare page", "KB"),
        rows,
    )
    grown = [page for page in PAGES if after[page][0] > before[page][0]]
    print(f"  more queries with more leads: {', '.join(path for _, path in grown) or 'none'}")
    scans = [f"{page[1]}: {scan}" for page in PAGES for scan in after[page][3]]
    scans += [f"drain: {scan}" for scan in _scans_of_a_drain()]
    print("  full scans of large tables: " + ("none" if not scans else ""))
    for scan in scans:
        print(f"    {scan}")


Visit = tuple[int, float, int, list[str]]


def _sign_in(name: str) -> Client:
    client = Client()
    client.force_login(
        get_user_model().objects.get(username=name),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


def _visit(client: Client, path: str) -> Visit:
    """(queries, median ms, bytes, full scans) of a page."""
    client.get(path)
    recorder = Recorder()
    with connection.execute_wrapper(recorder):
        response = client.get(path)
    assert response.status_code == 200, f"{path}: {response.status_code}"
    return (
        len(recorder.statements),
        _time(client, path),
        len(response.content),
        recorder.full_scans(),
    )


def _time(client: Client, path: str) -> float:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        client.get(path)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def _row(client: Client, path: str, before: Visit, after: Visit) -> tuple[object, ...]:
    bare = _time(client, f"/bench/page/{after[2]}/")
    return path, after[0], before[0], after[1], before[1], after[1] / bare, after[2] / 1000


def _scans_of_a_drain() -> list[str]:
    """Full scans by the hot path itself, for a batch and for a single lead."""
    found: list[str] = []
    for count in (1, 50):
        fill_intake(count, label=f"scan{count}", now=timezone.now())
        recorder = Recorder()
        with connection.execute_wrapper(recorder):
            drain(clock=timezone.now)
        found += recorder.full_scans()
    return list(dict.fromkeys(found))
