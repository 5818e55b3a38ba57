"""The page behind the link in the mail about a change: say what was done, by one button, without an account."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from newsroom.errors import Conflict, DomainError, Invalid
from newsroom.web import form_token
from newsroom.web.headers import private_page, see_other
from newsroom.workflow import THE_PARTNER
from reprints import links
from reprints.duties import task_of
from reprints.forms.private import NoticeAcknowledgeForm
from reprints.models import UpdateNotice
from reprints.services import updates
from reprints.workflow import UPDATE_NOTICE

MOVE = "acknowledge"


# Exempt: the right is the token in the address, mailed to the licensee; the form carries one about this very notice.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def acknowledge(request: HttpRequest, reference: str, token: str) -> HttpResponse:
    """Opening it changes nothing: programs that follow every link of a mail acknowledge nothing."""
    notice = links.notice_of(reference, token)
    if notice is None:
        raise Http404
    if request.method != "POST":
        return _page(request, notice, _form(notice))
    form = _form(notice, request.POST)
    try:
        form_token.read(request.POST.get("form_token", ""), MOVE, about=notice.reference)
    except form_token.UnusableToken:
        sentence = _("This page was open for too long. Nothing you typed is lost: please send it again.")
        return _page(request, notice, _again(notice, form), sentence=sentence, status=422)
    if not form.is_valid():
        return _page(request, notice, _again(notice, form), status=422)
    said = {name: form.cleaned_data[name] for name in ("action", "url", "note", "seen")}
    try:
        updates.acknowledge(notice, by=THE_PARTNER, **said)
    except Invalid as error:
        for fault in error.faults:
            name = fault.pointer.strip("/")
            form.add_error(name if name in form.fields else None, str(fault.detail))
        return _page(request, notice, _again(notice, form), status=422)
    except DomainError as refusal:
        fresh = UpdateNotice.objects.for_lists().get(pk=notice.pk)
        status = 409 if isinstance(refusal, Conflict) else 422
        return _page(request, fresh, _again(fresh, form), sentence=refusal.message, status=status)
    return see_other(links.acknowledge_path(notice))


def _form(notice: UpdateNotice, data: object = None) -> NoticeAcknowledgeForm:
    fresh = {"seen": notice.version, "form_token": form_token.issue(MOVE, about=notice.reference)}
    return NoticeAcknowledgeForm(data, initial=fresh, notice=notice)


def _again(notice: UpdateNotice, tried: NoticeAcknowledgeForm) -> NoticeAcknowledgeForm:
    """The form with what was typed, a fresh token, and the version as it is now."""
    tried.data = {**tried.data.dict(), **_form(notice).initial}  # type: ignore[attr-defined]  # -- a QueryDict
    return tried


def _page(
    request: HttpRequest, notice: UpdateNotice, form: NoticeAcknowledgeForm, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    can = any(row.name == MOVE for row in UPDATE_NOTICE.available(notice, THE_PARTNER))
    newer = UpdateNotice.objects.unanswered().filter(license=notice.license_id, article=notice.article_id).first()
    context = {
        "notice": notice,
        "publication": notice.publication,
        "task": task_of(notice),
        "placements": list(notice.license.placements.filter(removed_at=None)),
        "overdue": notice.is_overdue(),
        "form": form if can else None,
        "errors": form if form.errors else None,
        "sentence": sentence,
        "newer_path": links.acknowledge_path(newer) if newer is not None and not can else "",
        "action_path": links.acknowledge_path(notice),
    }
    with timezone.override(notice.publication.zone):
        return render(request, "reprints/acknowledge.html", context, status=status)
