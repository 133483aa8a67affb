"""The peer's settings: the product's, with django-q2 as it comes and a plain accept view."""

from leadrouter.databases import SQLITE_ENGINE
from leadrouter.settings import *  # noqa: F403
from leadrouter.settings import DATABASES

Q_CLUSTER = {"name": "peer", "orm": "default", "timeout": 60, "retry": 120}
ROOT_URLCONF = "bench.peer_urls"
# What our own checks refuse is just what is measured here.
SILENCED_SYSTEM_CHECKS = [f"leadrouter.E{number:03d}" for number in range(1, 20)]

# Django's own backend: that our writers take turns is part of what is compared.
if DATABASES["default"]["ENGINE"] == SQLITE_ENGINE:
    DATABASES["default"]["ENGINE"] = "django.db.backends.sqlite3"
