"""The settings of production, but for the names of static files: collecting and compressing them takes minutes."""

from newsroom.settings import *  # noqa: F403 -- all of it
from newsroom.settings import STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
