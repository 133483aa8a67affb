"""Keeps a second worker group off an SQLite database, where django-q2 cannot bear two."""

import fcntl
import os
from pathlib import Path
from typing import Any

from django.db import connections


def _lock_path() -> Path | None:
    connection = connections["default"]
    if connection.vendor != "sqlite":
        return None
    return Path(f"{connection.settings_dict['NAME']}.workers-lock")


def take_worker_lock() -> int | None:
    """Holds the lock until this process and all it forked have ended.

    Returns the open descriptor (-1 where no lock is needed), or None when another group holds it.
    Orphans of a dead group keep the lock, so a new group never runs beside them.
    """
    path = _lock_path()
    if path is None:
        return -1
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def is_worker_lock_free() -> bool:
    """True when a worker group may be started now; takes nothing."""
    descriptor: Any = take_worker_lock()
    if descriptor is None:
        return False
    if descriptor >= 0:
        os.close(descriptor)
    return True
