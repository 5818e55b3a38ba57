"""For organizations that license often: how to work with us by the API."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from newsroom.web.headers import public_page


@require_safe
@public_page
def explained(request: HttpRequest) -> HttpResponse:
    """What a key gives, and whom to ask for one."""
    return render(request, "reprints/partner.html")
