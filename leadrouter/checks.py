"""System checks that refuse an unsafe set-up. Ids: leadrouter.E001 and up, warnings W001 and up.

E001 SQLite settings      E002 SQLite as it really is   E003 retry too short      E004 max_attempts
E005 ack_failures         E006 catch_up                 E007 CONN_MAX_AGE         E008 pool
E009 unknown Q_BROKER     E010 DEBUG on a public site   E011 weak SECRET_KEY      E012 any host
W001 Redis broker         W002 plain http on a public site       W003 changes not noted
"""

import ipaddress
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004
from django.db import Error as DatabaseError
from django.db import connections

from leadrouter.common.organisation import find_unwatched_tables

SECRET_KEY_MIN_LENGTH = 50
SECRET_KEY_MIN_UNIQUE = 5
WEAK_KEYS = re.compile(r"^django-insecure-|change[-_ ]?me|^secret|^insecure|example", re.IGNORECASE)
SQLITE_MIN_TIMEOUT_SECONDS = 5
SQLITE_FULL = 2


def _is_loopback(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _error(number: int, message: str, hint: str) -> CheckMessage:
    return Error(message, hint=hint, id=f"leadrouter.E{number:03}")


def _warning(number: int, message: str, hint: str) -> CheckMessage:
    return Warning(message, hint=hint, id=f"leadrouter.W{number:03}")


def _is_sqlite(engine: str) -> bool:
    return engine.rpartition(".")[2] in {"sqlite", "sqlite3"}


def _missing_sqlite_options(options: dict[str, Any]) -> list[str]:
    pragmas = str(options.get("init_command", "")).lower().replace(" ", "")
    safe = {
        "transaction_mode IMMEDIATE": options.get("transaction_mode") == "IMMEDIATE",
        "journal_mode=WAL": "journal_mode=wal" in pragmas,
        "synchronous=FULL": "synchronous=full" in pragmas or "synchronous=2" in pragmas,
        "a timeout": float(options.get("timeout", 0)) >= SQLITE_MIN_TIMEOUT_SECONDS,
    }
    return [name for name, is_set in safe.items() if not is_set]


@register
def check_databases(**_: Any) -> list[CheckMessage]:
    """Looks at the settings only; E002 looks at the database."""
    found: list[CheckMessage] = []
    for alias, config in settings.DATABASES.items():
        options = config.get("OPTIONS") or {}
        if _is_sqlite(config["ENGINE"]) and (missing := _missing_sqlite_options(options)):
            found.append(
                _error(
                    1,
                    f"SQLite database {alias!r} is opened without {', '.join(missing)}.",
                    "Several writers would meet 'database is locked' and lose work. Set the "
                    "database by DATABASE_URL, which adds these options.",
                )
            )
        if config.get("CONN_MAX_AGE", 0) == 0:
            found.append(
                _error(
                    7,
                    f"Database {alias!r} reconnects for every request and task (CONN_MAX_AGE 0).",
                    "That cost nine tenths of the throughput when measured; use 60.",
                )
            )
        if options.get("pool"):
            found.append(
                _error(
                    8,
                    f"Database {alias!r} uses a connection pool.",
                    "A pool does not survive the forks of django-q2 and ignores CONN_MAX_AGE.",
                )
            )
    return found


@register(Tags.database)
def check_live_sqlite(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Asks the open connection, because an option may be misspelt and a file system without WAL."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "sqlite":
            continue
        try:
            with connection.cursor() as cursor:
                real = {name: _pragma(cursor, name) for name in LIVE_PRAGMAS}
        except DatabaseError as error:
            found.append(_error(2, f"SQLite database {alias!r} cannot be opened: {error}", ""))
            continue
        wrong = [name for name, is_safe in LIVE_PRAGMAS.items() if not is_safe(real[name])]
        if wrong:
            values = ", ".join(f"{name} is {real[name]}" for name in wrong)
            found.append(
                _error(
                    2,
                    f"SQLite database {alias!r} does not keep our promises: {values}.",
                    "It must be a file on a local disk with journal_mode WAL and synchronous FULL.",
                )
            )
    return found


@register(Tags.database)
def check_noted_changes(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Without its triggers a process would go on with what it once read about reps and rules.

    A warning, because `migrate`, which makes them, refuses to run beside errors; `serve` refuses.
    """
    found: list[CheckMessage] = []
    for alias in databases or ():
        try:
            tables = find_unwatched_tables(connections[alias])
        except DatabaseError:
            continue  # that it does not answer is said elsewhere
        if tables:
            found.append(
                _warning(
                    3,
                    f"Nobody would notice changes of {', '.join(tables)} in database {alias!r}.",
                    "`manage.py migrate` makes the missing triggers.",
                )
            )
    return found


def _pragma(cursor: Any, name: str) -> Any:
    cursor.execute(f"PRAGMA {name}")
    return cursor.fetchone()[0]


LIVE_PRAGMAS: dict[str, Callable[[Any], bool]] = {
    "journal_mode": lambda value: value == "wal",
    "synchronous": lambda value: value >= SQLITE_FULL,
    "busy_timeout": lambda value: value >= SQLITE_MIN_TIMEOUT_SECONDS * 1000,
}


def _shortest_retry(cluster: dict[str, Any]) -> float:
    # A task waits in memory behind queue_limit + bulk others, spread over the workers, then runs.
    workers = cluster.get("workers") or 1
    waiting = cluster.get("queue_limit", workers**2) + cluster.get("bulk", 1)
    return float((cluster.get("timeout") or 0) * (waiting / workers + 2))


@register
def check_queue(**_: Any) -> list[CheckMessage]:
    """django-q2's defaults repeat failing work for ever or run it twice; each is named."""
    cluster = settings.Q_CLUSTER
    shortest = _shortest_retry(cluster)
    rules: Iterable[tuple[bool, int, str, str]] = (
        (
            not cluster.get("timeout") or cluster.get("retry", 60) < shortest,
            3,
            f"Q_CLUSTER retry is shorter than {shortest:.0f} s, or timeout is not set.",
            "Tasks would run twice: retry >= timeout * ((queue_limit + bulk) / workers + 2).",
        ),
        (
            cluster.get("max_attempts", 0) < 1,
            4,
            "Q_CLUSTER max_attempts is 0: a failing task is repeated for ever.",
            "Set it to 1; what must be repeated is counted in our own rows.",
        ),
        (
            not cluster.get("ack_failures", False),
            5,
            "Q_CLUSTER ack_failures is off: a failing task is repeated every retry seconds.",
            "Set it to True.",
        ),
        (
            cluster.get("catch_up", True),
            6,
            "Q_CLUSTER catch_up is on: after a pause every missed run is made up for.",
            "Set it to False.",
        ),
    )
    found = [_error(number, message, hint) for is_bad, number, message, hint in rules if is_bad]
    if settings.Q_BROKER not in settings.Q_BROKERS:
        names = ", ".join(sorted(settings.Q_BROKERS))
        found.append(_error(9, f"Q_BROKER {settings.Q_BROKER!r} is unknown.", f"One of: {names}."))
    if settings.Q_BROKER == "redis":
        found.append(
            _warning(
                1,
                "The Redis broker loses tasks that were in memory when a worker is killed.",
                "Keep the sweeper running (`manage.py serve` does), which finishes what is lost.",
            )
        )
    return found


@register(Tags.security)
def check_identity(**_: Any) -> list[CheckMessage]:
    """What would let strangers in: debug pages, guessable keys, forged hosts, plain http."""
    site = urlsplit(settings.SITE_URL)
    is_public = not _is_loopback(site.hostname)
    found: list[CheckMessage] = []
    if settings.DEBUG and is_public:
        found.append(
            _error(10, f"DEBUG is on and SITE_URL is {settings.SITE_URL}.", "Set DEBUG=false.")
        )
    key = settings.SECRET_KEY
    is_short = len(key) < SECRET_KEY_MIN_LENGTH or len(set(key)) < SECRET_KEY_MIN_UNIQUE
    if is_short or WEAK_KEYS.search(key):
        found.append(
            _error(
                11,
                "SECRET_KEY is short or well known. Whoever guesses it runs code in the workers.",
                'python -c "import secrets; print(secrets.token_urlsafe(50))" makes a good one.',
            )
        )
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            _error(12, "ALLOWED_HOSTS allows any host.", "Name the hosts, or leave it to SITE_URL.")
        )
    if is_public and site.scheme != "https":
        found.append(
            _warning(
                2,
                f"SITE_URL is {settings.SITE_URL}: passwords travel unencrypted.",
                "Put a TLS proxy in front and set SITE_URL to its https address.",
            )
        )
    return found
