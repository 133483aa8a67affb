"""Each unsafe setting is refused under its own id, and the product's own settings are not."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product
from django.core.checks import CheckMessage
from django.db import connection
from pytest_django.fixtures import Settings

from leadrouter.checks import check_databases, check_identity, check_live_sqlite, check_queue
from leadrouter.databases import SQLITE_OPTIONS, database_config

# The same in every process, or parallel runs collect different tests.
GOOD_KEY = "Zr8-kQ2vW_x7Lm4Np9Ts3Yb6Hc1Jd5Gf0Aq-RuEoIiPzXwVtKlMn"


def ids(messages: list[CheckMessage]) -> list[str]:
    return [str(message.id) for message in messages]


@pytest.fixture
def sqlite(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    return _configure(monkeypatch, "sqlite:////somewhere/db.sqlite3")


@pytest.fixture
def postgresql(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    return _configure(monkeypatch, "postgres://u@127.0.0.1/leads")


def _configure(monkeypatch: pytest.MonkeyPatch, url: str) -> dict[str, Any]:
    # Not through the `settings` fixture: its signal warns, rightly, of connections already made.
    config = database_config(url)
    monkeypatch.setattr(product, "DATABASES", {"default": config})
    return config


@pytest.fixture
def cluster(settings: Settings) -> dict[str, Any]:
    settings.Q_CLUSTER = dict(product.Q_CLUSTER)
    return settings.Q_CLUSTER


@pytest.fixture
def public(settings: Settings) -> Settings:
    """A site on the internet that is set up well."""
    settings.SITE_URL = "https://leads.example.com"
    settings.ALLOWED_HOSTS = ["leads.example.com"]
    settings.SECRET_KEY = GOOD_KEY
    settings.DEBUG = False
    return settings


def test_databases_from_a_url_pass(sqlite: dict[str, Any]) -> None:
    assert ids(check_databases()) == []


def test_postgresql_from_a_url_passes(postgresql: dict[str, Any]) -> None:
    assert ids(check_databases()) == []


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("transaction_mode", "DEFERRED"),
        ("transaction_mode", None),
        ("timeout", 1),
        ("init_command", "PRAGMA journal_mode=WAL;"),
        ("init_command", "PRAGMA synchronous=FULL;"),
        ("init_command", "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"),
    ],
)
def test_sqlite_without_one_of_its_safe_options_is_refused(
    sqlite: dict[str, Any], option: str, value: Any
) -> None:
    sqlite["OPTIONS"] = {**SQLITE_OPTIONS, option: value}
    assert ids(check_databases()) == ["leadrouter.E001"]


def test_reconnecting_per_request_is_refused(sqlite: dict[str, Any]) -> None:
    sqlite["CONN_MAX_AGE"] = 0
    assert ids(check_databases()) == ["leadrouter.E007"]


def test_connections_kept_for_ever_are_allowed(sqlite: dict[str, Any]) -> None:
    sqlite["CONN_MAX_AGE"] = None
    assert ids(check_databases()) == []


def test_a_psycopg_pool_is_refused(postgresql: dict[str, Any]) -> None:
    postgresql["OPTIONS"]["pool"] = True
    assert ids(check_databases()) == ["leadrouter.E008"]


@pytest.mark.django_db(transaction=True)
def test_the_live_database_passes() -> None:
    assert ids(check_live_sqlite(databases=["default"])) == []


def test_no_database_is_opened_unless_named() -> None:
    assert ids(check_live_sqlite(databases=None)) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("pragma", ["synchronous=NORMAL", "busy_timeout=100"])
def test_a_live_sqlite_that_was_loosened_is_refused(pragma: str) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")
    try:
        assert ids(check_live_sqlite(databases=["default"])) == ["leadrouter.E002"]
    finally:
        connection.close()


def test_the_product_s_queue_settings_pass(cluster: dict[str, Any]) -> None:
    assert ids(check_queue()) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"retry": 179}, "leadrouter.E003"),
        ({"retry": 180}, None),
        ({"bulk": 50}, "leadrouter.E003"),
        ({"queue_limit": 50}, "leadrouter.E003"),
        ({"workers": 1}, "leadrouter.E003"),
        ({"workers": 4}, None),
        ({"timeout": None}, "leadrouter.E003"),
        ({"max_attempts": 0}, "leadrouter.E004"),
        ({"max_attempts": 3}, None),
        ({"ack_failures": False}, "leadrouter.E005"),
        ({"catch_up": True}, "leadrouter.E006"),
    ],
)
def test_an_unsafe_queue_setting_is_refused_under_its_own_id(
    cluster: dict[str, Any], change: dict[str, Any], expected: str | None
) -> None:
    cluster.update(change)
    assert ids(check_queue()) == ([expected] if expected else [])


def test_django_q2_s_own_defaults_are_refused(settings: Settings) -> None:
    settings.Q_CLUSTER = {"orm": "default"}
    expected = ["leadrouter.E003", "leadrouter.E004", "leadrouter.E005", "leadrouter.E006"]
    assert ids(check_queue()) == expected


@pytest.mark.parametrize(
    ("broker", "expected"),
    [("fast", []), ("orm", []), ("redis", ["leadrouter.W001"]), ("rabbit", ["leadrouter.E009"])],
)
def test_brokers_are_known_and_redis_is_warned_of(
    settings: Settings, broker: str, expected: list[str]
) -> None:
    settings.Q_BROKER = broker
    assert ids(check_queue()) == expected


def test_a_public_site_that_is_set_up_well_passes(public: Settings) -> None:
    assert ids(check_identity()) == []


def test_a_local_site_may_be_debugged_over_http(public: Settings) -> None:
    public.SITE_URL, public.DEBUG = "http://127.0.0.1:8000", True
    assert ids(check_identity()) == []
    public.SITE_URL = "http://localhost:8000"
    assert ids(check_identity()) == []


def test_debug_on_a_public_site_is_refused(public: Settings) -> None:
    public.DEBUG = True
    assert ids(check_identity()) == ["leadrouter.E010"]


@pytest.mark.parametrize(
    "key",
    [
        "short",
        "x" * 60,
        "django-insecure-" + GOOD_KEY,
        "change-me-" + GOOD_KEY,
        "secret" + GOOD_KEY,
    ],
)
def test_a_guessable_secret_key_is_refused(public: Settings, key: str) -> None:
    public.SECRET_KEY = key
    assert ids(check_identity()) == ["leadrouter.E011"]


def test_any_host_is_refused(public: Settings) -> None:
    public.ALLOWED_HOSTS = ["leads.example.com", "*"]
    assert ids(check_identity()) == ["leadrouter.E012"]


def test_a_public_site_over_http_is_warned_of(public: Settings) -> None:
    public.SITE_URL = "http://leads.example.com"
    assert ids(check_identity()) == ["leadrouter.W002"]


def test_a_deployed_https_site_has_no_findings(tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": GOOD_KEY,
        "SITE_URL": "https://leads.example.com",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "DEBUG": "false",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--database", "default"]
    done = subprocess.run(
        [*command, "--fail-level", "INFO"],
        cwd=product.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout
