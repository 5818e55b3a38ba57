"""Another use in a request that is there already: the two steps again, for its articles or for others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.web.headers import private_page, see_other
from reprints.views.askers import Adder
from reprints.views.asking import ask
from reprints.views.moves import Visit
from reprints.views.private import PAGES, visit_of


# Exempt: as the moves of the private page, by the token or its cookie and a signed token of the form.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def of_private(request: HttpRequest, key: str) -> HttpResponse:
    """For whoever holds the private link."""
    asked = PAGES.opened(request, key)
    if asked is None:
        raise Http404
    return add(request, visit_of(asked, key))


def add(request: HttpRequest, visit: Visit, places: Sequence[dict[str, Any]] = ()) -> HttpResponse:
    """Both steps; a request that takes nothing more leads back to its page."""
    asked = visit.asked
    if request.method != "POST" and not asked.is_open:
        return see_other(visit.back)
    given = request.POST.get("seen", "")
    adder = Adder(
        asked.publication,
        asked.organization,
        action=f"{visit.base}another/",
        about=visit.about(asked),
        page_of=lambda _row: visit.back,
        places=places,
        pace=visit.pace,
        asked=asked,
        seen=int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else asked.version,
    )
    return ask(request, adder)
