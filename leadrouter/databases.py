"""Turns a database URL into Django's settings, with what each database needs to keep our promises."""

from typing import Any

import environ

SQLITE_ENGINE = "leadrouter.sqlite"
# WAL lets readers work beside the one writer; FULL makes an accepted lead survive power loss;
# IMMEDIATE takes the write lock at BEGIN, so a reader never has to upgrade and fail.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 60,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA busy_timeout=60000;",
}


def database_config(url: str) -> dict[str, Any]:
    """Returns one entry of DATABASES for a `sqlite:///` or `postgres://` URL."""
    config: dict[str, Any] = dict(environ.Env.db_url_config(url))
    options = dict(config.get("OPTIONS") or {})
    # Connections are kept: reconnecting per task cost nine tenths of the throughput when measured.
    config["CONN_MAX_AGE"] = 60
    config["CONN_HEALTH_CHECKS"] = True
    config["ATOMIC_REQUESTS"] = False
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["ENGINE"] = SQLITE_ENGINE
        config["OPTIONS"] = {**SQLITE_OPTIONS, **options}
    else:
        # The batch statements have few distinct shapes; preparing them saves planning each time.
        config["OPTIONS"] = {"pool": False, "prepare_threshold": 5, **options}
    return config
