"""A door for events over HTTP, served by gunicorn in the fault runs: `POST /?channel=mail&reference=W1[&undo=1]`.

201 once the event is committed, 204 once it was taken back, 503 while the database is away. HOOK_URL is where hooks go.
"""

import os
from urllib.parse import parse_qs

from tests.faults import producer  # first: it makes Django ready

from django.db import DatabaseError, close_old_connections, connections  # isort: skip

_owners = {}


def application(environ, start_response):
    """WSGI."""
    asked = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    status = _record(asked.get("channel", ""), asked.get("reference", ""), undo="undo" in asked)
    start_response(status, [("Content-Length", "0")])
    return [b""]


def _record(channel, reference, *, undo):
    if not reference:
        return "200 OK"
    close_old_connections()
    try:
        if channel == "hook" and channel not in _owners:
            _owners[channel] = producer.partner_at(os.environ["HOOK_URL"])
        if undo:
            producer.take_back(channel, reference, _owners.get(channel))
            return "204 No Content"
        producer.record(channel, reference, organization=_owners.get(channel))
    except DatabaseError:
        connections.close_all()
        return "503 Service Unavailable"
    return "201 Created"
