"""Plugins of the whole suite: what was not run, real servers, and receivers that stand outside the
service.
"""

import os

import hypothesis

pytest_plugins = ["tests.skips", "tests.services", "tests.receivers", "tests.databases"]

# The same examples on every run, new ones in `make chaos`: what a run finds must not depend on the day.
hypothesis.settings.register_profile("steady", derandomize=True)
if os.environ.get("MASTHEAD_CHAOS") != "1":
    hypothesis.settings.load_profile("steady")
