"""Settings of the test suite: the product's own, on a database and keys of the test run's own."""

import os
import tempfile
from pathlib import Path

_scratch = Path(tempfile.gettempdir()) / f"leadrouter-tests-{os.getpid()}"
os.environ["SECRET_KEY"] = "tests-only-" + "x" * 50
os.environ["SITE_URL"] = "http://testserver"
os.environ["DEBUG"] = "false"
os.environ["DATABASE_URL"] = os.environ.get(
    "TEST_DATABASE_URL", f"sqlite:///{_scratch}/leadrouter.sqlite3"
)
_scratch.mkdir(parents=True, exist_ok=True)

from leadrouter.settings import *  # noqa: E402, F403 -- the product's settings, then what differs
from leadrouter.settings import DATABASES  # noqa: E402

ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
AXES_ENABLED = False
STATIC_ROOT = _scratch / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # WhiteNoise warns about a folder that is not there
WAKE_UP_GAP_SECONDS = 0  # no thread of ours outlives a test
if DATABASES["default"]["ENGINE"] == "leadrouter.sqlite":
    # A file, not memory: threads, live servers and WAL need one.
    DATABASES["default"]["TEST"] = {"NAME": str(_scratch / "test.sqlite3")}
