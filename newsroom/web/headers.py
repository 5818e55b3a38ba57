"""Who may keep a copy of a page, and what a page says about itself to machines."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect

from newsroom.web.copies import unless_known
from newsroom.web.publications import in_its_zone
from newsroom.web.views import not_found

PUBLIC_SECONDS = 60
View = Callable[..., HttpResponse]


def public_page(view: View) -> Callable[..., HttpResponseBase]:
    """Anyone may keep it for a minute; 304 when it has not changed; dates in the publication's time zone."""

    dated = in_its_zone(view)

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = dated(request, *args, **kwargs)
        if response.has_header("Cache-Control"):
            return response
        response["Cache-Control"] = f"public, max-age={PUBLIC_SECONDS}"
        return unless_known(request, response)

    return answer


def private_page(view: View) -> View:
    """Nobody keeps it, finds it or learns of it from a referrer, not even that it is not there; dates as on a public
    page.
    """

    @wraps(view)
    @in_its_zone
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            response = not_found(request)
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return answer


def see_other(path: str) -> HttpResponseRedirect:
    """303: the answer to a form is another page."""
    response = HttpResponseRedirect(path)
    response.status_code = 303
    return response
