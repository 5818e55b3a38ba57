"""The project's settings with what tests need otherwise."""

import os
import pathlib
import tempfile

os.environ.setdefault("MASTHEAD_VAR", tempfile.mkdtemp(prefix="masthead-test-"))
os.environ.setdefault("SECRET_KEY", "only-for-tests-0123456789-0123456789-0123456789-0123456789")
os.environ.setdefault("BASE_URL", "http://testserver")

# WhiteNoise warns where there is none.
pathlib.Path(os.environ["MASTHEAD_VAR"], "static").mkdir(parents=True, exist_ok=True)

from newsroom.settings import *  # noqa: E402, F403 -- after what it reads is set; tests see all of it
from newsroom.settings import DATABASES  # noqa: E402 -- idem

if os.environ.get("MASTHEAD_TEST_DB") == "postgres":
    import environ

    from tests.services import Unavailable, shared_postgres

    try:
        DATABASES["default"] = environ.Env.db_url_config(shared_postgres().url)
    except Unavailable as reason:
        os.environ["MASTHEAD_NO_POSTGRES"] = str(reason)
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, because threads with connections of their own must see one database; no fsync, because no test cuts power.
    DATABASES["default"]["TEST"] = {"NAME": str(pathlib.Path(os.environ["MASTHEAD_VAR"]) / "test.sqlite3")}
    options = DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING_CONFIG = None
# Otherwise each new test client looks through all static files before its first request.
WHITENOISE_AUTOREFRESH = True
REDIS_URL = ""
