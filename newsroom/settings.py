"""One settings file over typed reads of the environment. Safe by default: production must name its secrets.

`docs/operations.md` lists every variable; a test keeps that list complete.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

from newsroom import env, languages

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = env.text("MASTHEAD_ENV", "development")
PRODUCTION = ENVIRONMENT == "production"
VAR = env.folder("MASTHEAD_VAR", BASE_DIR / "var")
PORT = env.integer("PORT", 8000)
DEMO = env.boolean("MASTHEAD_DEMO", default=False)
DEMO_WEBHOOK_URL = env.text("MASTHEAD_DEMO_WEBHOOK_URL")
DEBUG = env.boolean("DEBUG", default=False)


def _kept_secret(name: str) -> str:
    """A secret of this installation, made on first use and kept in a file of mode 0600 (development only)."""
    path = VAR / name
    if not path.exists():
        VAR.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


SECRET_KEY = env.text("SECRET_KEY") or ("" if PRODUCTION else _kept_secret("secret_key"))
SECRET_KEY_FALLBACKS = env.listing("SECRET_KEY_FALLBACKS")
FIELD_KEYS = env.listing("FIELD_KEYS") or (
    [] if PRODUCTION else [urlsafe_b64encode(hashlib.sha256(SECRET_KEY.encode()).digest()).decode()]
)
LEDGER_KEYS = env.listing("LEDGER_KEYS") or env.listing("LEDGER_KEY")
LICENSE_KEYS = env.listing("LICENSE_KEYS")
LEDGER_ORIGIN = env.text("LEDGER_ORIGIN")
FAILPOINT = "" if PRODUCTION else env.text("MASTHEAD_FAILPOINT")

BASE_URL = env.text("BASE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS", "" if PRODUCTION else "*")
CSRF_TRUSTED_ORIGINS = env.listing("CSRF_TRUSTED_ORIGINS", BASE_URL)
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0)
READ_ONLY = env.boolean("READ_ONLY", default=False)
DELIVERIES_PAUSED = env.boolean("DELIVERIES_PAUSED", default=False)
DELIVERY_LEASE_SECONDS = env.integer("DELIVERY_LEASE_SECONDS", 0)  # 0: five minutes for mail, one for hooks
DELIVERY_WAIT_DIVISOR = 1 if PRODUCTION else max(env.integer("DELIVERY_WAIT_DIVISOR", 1), 1)
ALLOW_LOOPBACK_ENDPOINTS = env.boolean("ALLOW_LOOPBACK_ENDPOINTS", default=False)
EGRESS_PROXY = env.text("EGRESS_PROXY")
CHECKPOINT_FOLDER = env.text("CHECKPOINT_FOLDER")
CHECKPOINT_HOOK_SECONDS = env.integer("CHECKPOINT_HOOK_SECONDS", 3600)
CHECKPOINT_MAIL_TO = env.listing("CHECKPOINT_MAIL_TO")
METRICS_TOKEN = env.text("METRICS_TOKEN")
SECURITY_CONTACT = env.text("SECURITY_CONTACT")
STAFF_MFA = env.choice("STAFF_MFA", "required" if PRODUCTION else "off", ("off", "optional", "required"))
ACCESS_LOG_DAYS = env.integer("ACCESS_LOG_DAYS", 365)

INSTALLED_APPS = [
    "newsroom.accounts",
    "newsroom.articles",
    "newsroom.events",
    "newsroom.api",
    "corrections",
    "reprints",
    "newsroom.apps.NewsroomConfig",
    "newsroom.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "newsroom.web.requests.RequestIdMiddleware",
    "newsroom.web.security.HeadersMiddleware",
    "newsroom.web.refusals.BodiesMiddleware",
    "newsroom.web.probes.ProbesMiddleware",
    "newsroom.web.refusals.ApiOverHttpsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "newsroom.api.throttles.RateLimitMiddleware",
    "newsroom.web.availability.AvailabilityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "newsroom.web.publications.PublicationMiddleware",
    "newsroom.web.sessions.StaffSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "newsroom.web.second_step.SecondStepMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "NAME": "pages",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsroom.web.context.page",
            ],
            "builtins": ["newsroom.web.templatetags.desk"],
        },
    },
    {
        # Plain text (mail): nothing is escaped, because nothing is markup.
        "NAME": "text",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"autoescape": False, "builtins": ["newsroom.web.templatetags.desk"]},
    },
]

DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{VAR / 'masthead.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # What is erased is overwritten in the file too, not only left out of the tables.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
    }
    if env.boolean("DATABASE_MUST_EXIST", default=False):
        # Where the file is missing, its volume is not mounted: an empty one in its place would look like a fresh start.
        DATABASES["default"]["OPTIONS"]["database"] = f"{Path(DATABASES['default']['NAME']).resolve().as_uri()}?mode=rw"
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.integer("DB_CONN_MAX_AGE", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"].setdefault("OPTIONS", {})
    DATABASES["default"]["OPTIONS"] |= {
        "connect_timeout": 3,
        "options": "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=60s",
    }

REDIS_URL = env.text("REDIS_URL")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

EMAIL_BACKEND = "newsroom.web.letterbox.FileBackend"
EMAIL_FILE_PATH = VAR / "mail"
globals().update(env.email("EMAIL_URL"))
EMAIL_TIMEOUT = 60
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "desk@masthead.example")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
MAIL_DOMAIN = env.text("MAIL_DOMAIN", DEFAULT_FROM_EMAIL.rpartition("@")[2])

CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_TIME_LIMIT = 180
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CONCURRENCY = 4  # one may wait for a mail server and one for a webhook, and the clock goes on
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "masthead"

LOCALE_PATHS = [BASE_DIR / "newsroom" / "locale"]
LANGUAGES = languages.offered(LOCALE_PATHS)
LANGUAGE_CODE = languages.among(LANGUAGES, env.text("LANGUAGE_CODE", languages.OWN))
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", VAR / "static")
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

SECURE_COOKIES = BASE_URL.startswith("https://")
COOKIE_PREFIX = "__Host-" if SECURE_COOKIES else ""
SESSION_ENGINE = "newsroom.web.sessions"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}desk"
SESSION_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "newsroom.web.refusals.csrf_failed"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = SECURE_COOKIES and env.boolean("SSL_REDIRECT", default=True)
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 31_536_000 if SECURE_COOKIES else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_COOKIES
SECURE_HSTS_PRELOAD = SECURE_COOKIES
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "newsroom.accounts.common_pieces.CommonPiecesValidator"},
    {"NAME": "newsroom.accounts.house_words.HouseWordsValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["newsroom.api.keys.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["newsroom.api.keys.HasScope"],
    "DEFAULT_PARSER_CLASSES": ["newsroom.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "newsroom.api.pagination.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["newsroom.api.filters.StrictFilters"],
    "DEFAULT_SCHEMA_CLASS": "newsroom.api.schema.DeskSchema",
    "DEFAULT_THROTTLE_CLASSES": ["newsroom.api.throttles.Throttle"],
    "DEFAULT_METADATA_CLASS": None,
    # The representation is the Accept header's matter: `format` is a parameter like any other.
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "newsroom.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "DATETIME_FORMAT": "iso-8601",
    "COERCE_DECIMAL_TO_STRING": True,
    "PAGE_SIZE": 25,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
FORM_MIN_SECONDS = env.integer("FORM_MIN_SECONDS", 3)
THROTTLES = {
    # How many, in how many seconds.
    "anonymous-write": (env.integer("THROTTLE_ANONYMOUS_WRITES", 30), 3600),
    "key-write": (env.integer("THROTTLE_KEY_WRITES", 600), 3600),
    "key-failure": (env.integer("THROTTLE_KEY_FAILURES", 30), 600),
    "login": (env.integer("THROTTLE_LOGINS", 10), 600),
    "second-step": (env.integer("THROTTLE_SECOND_STEPS", 10), 3600),
    "form": (env.integer("THROTTLE_FORMS", 20), 3600),
    "report-flood": (env.integer("THROTTLE_REPORT_FLOOD", 600), 3600),
    "article-form": (env.integer("THROTTLE_ARTICLE_REPORTS", 60), 3600),
    "link-request": (env.integer("THROTTLE_LINK_REQUESTS", 5), 3600),
    "move": (env.integer("THROTTLE_MOVES", 60), 3600),
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Masthead",
    "DESCRIPTION": "Corrections and licenses of a newsroom: histories to read, reports and requests to make.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    # Choices stay where they are used: as components, every second `status` would need a name of its own.
    "POSTPROCESSING_HOOKS": [],
    "SERVERS": [{"url": "/"}],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "newsroom.web.requests.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
# HeadersMiddleware says who may frame a page, for `/embed/` otherwise than for the rest.
SILENCED_SYSTEM_CHECKS = ["security.W002"]
