"""A request that was begun: its page behind a private link, from which one goes on or has it forgotten."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.web.headers import private_page, see_other
from reprints.models import RequestDraft
from reprints.services import drafts


# Exempt: the token in the address is the right to this page, and a foreign page does not have it.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Go on (the form sends everything to the two steps), or by POST: forget it."""
    draft = drafts.draft_of(token)
    if draft is None or draft.organization is not None:
        raise Http404
    if request.method == "POST":
        drafts.discard(draft)
        return see_other("/reprints/")
    context = {**going_on(draft), "action": "/reprints/new/", "url": settings.BASE_URL + drafts.path_of(draft)}
    return render(request, "reprints/draft.html", context)


def going_on(draft: RequestDraft) -> dict[str, Any]:
    """What a form needs that goes on with a draft: its fields, the step it leads to, and until when it is kept."""
    fields = drafts.fields_of(draft)
    typed = {name for name, value in fields if value.strip()}
    return {
        "draft": draft,
        "fields": [*fields, ("draft", drafts.token_of(draft))],
        "do": "details" if {"article_urls", "use", "organization_type"} <= typed else "back",
        "title": dict(fields).get("article_urls", "").splitlines()[:1],
        "until": draft.saved_at + drafts.LASTS,
    }
