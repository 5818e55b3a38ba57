"""The project's real settings with only the apps that deliver, so that a killed process is back within a second."""

from newsroom.settings import *  # noqa: F403 -- the real settings
from newsroom.settings import BASE_DIR, TEMPLATES

INSTALLED_APPS = [
    "newsroom.accounts",
    "newsroom.articles",
    "newsroom.events",
    "tests.faults.apps.FaultsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
]
MIDDLEWARE = []
ROOT_URLCONF = "tests.faults.urls"
for engine in TEMPLATES:
    engine["DIRS"] = [BASE_DIR / "tests" / "faults" / "templates"]
    engine["OPTIONS"] = {key: value for key, value in engine["OPTIONS"].items() if key == "autoescape"}
