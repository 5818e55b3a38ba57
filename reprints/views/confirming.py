"""Confirming the requester's mail address by a button. Opening the address never changes anything."""

from __future__ import annotations

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.web.headers import private_page
from reprints import links
from reprints.models import RequesterContact
from reprints.services import asking

CONFIRM_WITHIN = timedelta(days=30)


# Exempt: the token in the address is the right, and it was mailed to the one address that it confirms.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A page with a button; the button confirms. Programs that open every link of a mail confirm nothing.

    Only whoever confirmed is led on to the private page: the mail may have come to a stranger.
    """
    asked = links.request_of(token, purpose="confirm_requester")
    if asked is None:
        raise Http404
    too_late = timezone.now() > asked.created_at + CONFIRM_WITHIN
    if request.method == "POST" and not too_late:
        asking.confirm_contact(asked)
    contact = RequesterContact.objects.filter(request=asked).first()
    confirmed = contact is not None and contact.email_confirmed_at is not None
    context = {
        "asked": asked,
        "publication": asked.publication,
        "confirmed": confirmed,
        "nothing_there": contact is None or not contact.email_encrypted,
        "too_late": too_late and not confirmed,
        "private_path": links.private_path(asked) if confirmed else "",
    }
    return render(request, "reprints/confirm.html", context)
