"""The project's real settings, with the kinds of the fault tests beside the real ones."""

from newsroom.settings import *  # noqa: F403 -- the real settings
from newsroom.settings import BASE_DIR, INSTALLED_APPS, TEMPLATES

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.apps.FaultsConfig"]
for engine in TEMPLATES:
    engine["DIRS"] = [*engine["DIRS"], BASE_DIR / "tests" / "faults" / "templates"]
