"""Drafts of requests on a partner's pages: every contact who may ask goes on with any of them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from newsroom.web.headers import see_other
from reprints.services import drafts
from reprints.views.drafting import going_on
from reprints.views.partner import door
from reprints.views.partner.door import FOLDER, Guest, signed_in

PATH = f"{FOLDER}drafts/"


@signed_in("GET", "POST")
def page(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The list; by POST with `draft`: forget that one."""
    if not guest.may("license_request.submit"):
        return door.refused(request, guest)
    if request.method == "POST":
        draft = drafts.draft_of(request.POST.get("draft", ""))
        if guest.sent(request, "drafts") is None:
            return see_other(PATH)
        if draft is None or draft.organization != guest.organization:
            raise Http404
        drafts.discard(draft)
        return see_other(PATH)
    context = {
        "drafts": [going_on(row) for row in drafts.drafts_of(guest.organization)],
        "action": reverse("reprints:partner-ask"),
        "form_token": guest.token("drafts"),
    }
    return door.show(request, guest, "drafts", context)
