"""The project's settings with what tests need otherwise."""

import os
import tempfile

os.environ.setdefault("MASTHEAD_VAR", tempfile.mkdtemp(prefix="masthead-test-"))
os.environ.setdefault("SECRET_KEY", "only-for-tests-0123456789-0123456789-0123456789-0123456789")
os.environ.setdefault("BASE_URL", "http://testserver")

from newsroom.settings import *  # noqa: F403 -- tests see the whole of the real settings
from newsroom.settings import DATABASES

if url := os.environ.get("TEST_DATABASE_URL"):
    import environ

    DATABASES["default"] |= environ.Env.db_url_config(url) | {"OPTIONS": {}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING_CONFIG = None
REDIS_URL = ""
CELERY_TASK_ALWAYS_EAGER = False
