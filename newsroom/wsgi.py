"""The WSGI application, for gunicorn."""

import os

import django
from django.core.handlers.wsgi import WSGIHandler

from newsroom.web.requests import Request


class Application(WSGIHandler):
    """Django's, which reads requests as `Request` does."""

    request_class = Request


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django.setup(set_prefix=False)
application = Application()
