"""Sessions are for staff: public pages read one that is there, and never make or send one."""

from __future__ import annotations

from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse

SIGNED_IN = ("/admin/",)


class StaffSessionMiddleware(SessionMiddleware):
    """Django's, except that pages outside the signed-in areas set no cookie."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session only where people sign in."""
        if not request.path.startswith(SIGNED_IN):
            return response
        return super().process_response(request, response)
