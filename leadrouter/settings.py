"""Settings of the whole product, read once from a typed environment.

Every variable is listed in docs/settings.md. `make run` writes a `.env` with a fresh SECRET_KEY on
first use; nothing here falls back to a secret, a debug mode or an open host list of its own.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE

from leadrouter.admin_theme import UNFOLD  # noqa: F401 -- Django reads it from here
from leadrouter.databases import database_config

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
env.read_env(BASE_DIR / ".env", overwrite=False)

# --- Identity of this installation -----------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY")  # ImproperlyConfigured names the variable when it is missing
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", default=False)
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
_site = urlsplit(SITE_URL)
IS_HTTPS = _site.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_site.hostname or "127.0.0.1"])
if _site.hostname in {"127.0.0.1", "localhost"}:
    ALLOWED_HOSTS = sorted({*ALLOWED_HOSTS, "127.0.0.1", "localhost"})
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])

# --- Applications ----------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.inlines",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "django_filters",
    "crispy_forms",
    "crispy_bootstrap5",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_q",
    "axes",
    "csp",
    "leadrouter.common",
    "leadrouter.queueing",
    "leadrouter.processes",
    "reps",
    "leads",
    "routing",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "leadrouter.common.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "leadrouter.middleware.ManagersOnlyMiddleware",
    "leadrouter.middleware.OfficeZoneMiddleware",
]

ROOT_URLCONF = "leadrouter.urls"
WSGI_APPLICATION = "leadrouter.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "leadrouter.common.context_processors.portal",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ["bootstrap5", "unfold_crispy"]
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# --- Database --------------------------------------------------------------------------------
DATABASES = {
    "default": database_config(
        env.str("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'leadrouter.sqlite3'}")
    )
}

# --- Background queue (docs/architecture.md says why each value is what it is) ------------------
Q_BROKERS: dict[str, dict[str, Any]] = {
    # The wait ends with the commit of an enqueue; `poll` only bounds how late an expired lock is
    # found and how long a stop takes.
    "fast": {"broker_class": "leadrouter.queueing.broker.FastBroker", "poll": 0.5},
    "orm": {"poll": 0.2},
    "redis": {"redis": env.str("REDIS_URL", default="redis://127.0.0.1:6379/0"), "poll": 0.2},
}
Q_BROKER = env.str("Q_BROKER", default="fast")
Q_CLUSTER = {
    "name": "leadrouter",
    "label": "Background queue",
    **({"orm": "default"} if Q_BROKER != "redis" else {}),
    **Q_BROKERS.get(Q_BROKER, {}),
    "workers": env.int("Q_WORKERS", default=2),
    # Waiting in memory counts against `retry`: it must outlast
    # timeout * ((queue_limit + bulk) / workers + 2), or tasks run twice with nothing failing.
    "timeout": 30,
    "retry": 180,
    "queue_limit": 4,
    "bulk": 4,
    # Tasks are wake-ups; what must be repeated is counted in our own rows, not in the queue's.
    "max_attempts": 1,
    "ack_failures": True,
    # No result rows: each would be a write, and above 0 django-q2 locks all of them at each result.
    "save_limit": -1,
    # A recycled worker is missed until the guard looks, every 0.5 s.
    "recycle": 5000,
    # The sweeper and the watchdog do what is due; django-q2's scheduler stops at one bad row.
    "scheduler": False,
    "catch_up": False,
    # django-q2 stores its status twice a second; in the database cache that was a commit each,
    # which also woke every waiting SQLite connection. Nothing reads it: `manage.py healthz` does.
    "cache": "process",
}
# At most one wake-up per process and gap; one that comes earlier is sent at its end.
WAKE_UP_GAP_SECONDS = 0.005

# --- Watchdog (leadrouter/processes/watchdog.py says what each is compared with) ----------------
WATCHDOG_EVERY_SECONDS = env.float("WATCHDOG_EVERY_SECONDS", default=10)
# Longer than any single task may run, or a busy queue would be taken for a dead one.
WATCHDOG_STALLED_AFTER_SECONDS = env.float(
    "WATCHDOG_STALLED_AFTER_SECONDS", default=Q_CLUSTER["timeout"] + 5
)
WATCHDOG_UNACKNOWLEDGED_AFTER_SECONDS = env.float(
    "WATCHDOG_UNACKNOWLEDGED_AFTER_SECONDS", default=20
)
WATCHDOG_WAITING_AFTER_SECONDS = env.float("WATCHDOG_WAITING_AFTER_SECONDS", default=60)
WATCHDOG_SWEEPER_AFTER_SECONDS = env.float("WATCHDOG_SWEEPER_AFTER_SECONDS", default=30)

# --- Web server ------------------------------------------------------------------------------
WEB_WORKERS = env.int("WEB_WORKERS", default=2)
# Database connections are per thread: workers * threads of them are kept open.
WEB_THREADS = env.int("WEB_THREADS", default=4)

# --- Who may come in -------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

# --- Security headers and cookies ------------------------------------------------------------
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_SSL_REDIRECT = IS_HTTPS
# Senders of webhooks take a redirect for a failure.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^in/"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Hops whose X-Forwarded-For entry may be believed; 0 means the socket's address is the client.
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

_CSP_BASE = {
    "default-src": [SELF],
    "img-src": [SELF, "data:"],
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": _CSP_BASE}
# The admin theme evaluates Alpine expressions and sets inline styles; nothing else may.
ADMIN_CONTENT_SECURITY_POLICY = {
    **_CSP_BASE,
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}

# --- Requests --------------------------------------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
IMPORT_MAX_BYTES = 20 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
APPEND_SLASH = True

# Leads one API key may post per second and web process; 0 means no limit.
API_RATE_PER_SECOND = env.int("API_RATE_PER_SECOND", default=100)
# Deliveries of other products that prove themselves by the address alone, per network.
UNSIGNED_RATE_PER_MINUTE = env.int("UNSIGNED_RATE_PER_MINUTE", default=6000)

# What checks the answer to a CAPTCHA (leads/channels/web_form/captcha.py); empty: none is asked.
CAPTCHA_CHECK = env.str("CAPTCHA_CHECK", default="")
CAPTCHA_VERIFY_URL = env.str("CAPTCHA_VERIFY_URL", default="")
CAPTCHA_SECRET = env.str("CAPTCHA_SECRET", default="")
CAPTCHA_FIELD = env.str("CAPTCHA_FIELD", default="captcha-response")
# Whether leads with a throw-away address wait for a look.
QUARANTINE_DISPOSABLE_MAIL = env.bool("QUARANTINE_DISPOSABLE_MAIL", default=False)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "leads.api.authentication.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["leadrouter.common.permissions.RolePermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "leadrouter.common.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "leadrouter.common.api.exception_handler",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "leadrouter API",
    "DESCRIPTION": "Post leads, follow their routing, read the configuration.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- Cache, mail, files, language ------------------------------------------------------------
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "leadrouter_cache",
    },
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

if EMAIL_URL := env.str("EMAIL_URL", default=""):
    _mail = env.email_url_config(EMAIL_URL)
    EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
    EMAIL_HOST = _mail.get("EMAIL_HOST", "localhost")
    EMAIL_PORT = _mail.get("EMAIL_PORT") or 25
    EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER") or ""
    EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD") or ""
    EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
else:
    # Without a mail server the messages are kept as files, to be looked at, not lost.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="leadrouter@localhost")

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # One line per enqueue and per task would drown everything else.
        "django-q": {"level": "WARNING", "handlers": ["console"], "propagate": False},
        "axes": {"level": "WARNING"},
        # Refusals are answers to their user, not faults of ours; errors still come with their trace.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
    },
}

# --- Channels --------------------------------------------------------------------------------
# {host of a sender's API: address to ask instead}, for trials without the sender.
FETCH_BASE_URLS = env.dict("FETCH_BASE_URLS", default={})

# --- Routing ---------------------------------------------------------------------------------
DRAIN_BATCH_SIZE = 200
INTAKE_MAX_ATTEMPTS = 5
SWEEP_AFTER_SECONDS = 5
