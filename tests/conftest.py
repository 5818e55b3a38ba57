"""Plugins of the whole suite: what was not run, real servers, and receivers that stand outside the
service.
"""

pytest_plugins = ["tests.skips", "tests.services", "tests.receivers", "tests.databases"]
