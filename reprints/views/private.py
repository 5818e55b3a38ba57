"""The requester's private page: how the request stands, quotes, licenses, notices, and every move a requester has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from newsroom.errors import Conflict, DomainError, Invalid
from newsroom.web import form_token
from newsroom.web.headers import private_page, see_other
from newsroom.web.once import once
from newsroom.web.private import PrivatePages
from newsroom.workflow import THE_PARTNER
from reprints import links
from reprints.forms import private as forms
from reprints.forms.typed import lines_of
from reprints.models import LicenseRequest
from reprints.services import accepting, asking, deciding, placements, quoting, updates
from reprints.views import standing
from reprints.workflow import LICENSE, QUOTE, REQUEST, UPDATE_NOTICE

PAGES: PrivatePages[LicenseRequest] = PrivatePages(
    noun="license_request",
    folder="/reprints/requests/",
    find=links.request_of,
    by_reference=lambda reference: LicenseRequest.objects.filter(reference=reference).first(),
    link=links.private_path,
    closed="reprints/private_closed.html",
)
CONFLICT = 409
INVALID = 422
KEPT_AFTER_CONFLICT = ("words", "note", "url", "urls", "add", "signatory")
EDIT, MESSAGE, DECLARE = "edit", "message", "placements"


@dataclass(frozen=True)
class Move:
    """A form of the page and the service behind it. `subject` is the request itself, or one of its records."""

    form: type[forms.MoveForm]
    make: Callable[[Any, dict[str, Any]], Any]


def _edit(request: LicenseRequest, data: dict[str, Any]) -> None:
    rows = list(request.items.select_related("article"))
    kept = [row.as_asked() for row in rows if str(row.position) in data["keep"]]
    like = rows[0].as_asked()
    added = [{**like, "article_url": url} for url in lines_of(data["add"])]
    asking.edit_items(request, [*kept, *added], seen=data["seen"])


def _say(request: LicenseRequest, data: dict[str, Any]) -> None:
    nonce = form_token.read(data["form_token"], MESSAGE, about=request.reference).nonce
    once(MESSAGE, nonce, data["words"], lambda: str(asking.message(request, words=data["words"]).pk))


MOVES: dict[str, dict[str, Move]] = {
    "license_request": {
        "reply": Move(forms.RequestReplyForm, lambda row, d: asking.reply(row, words=d["words"], seen=d["seen"])),
        "withdraw": Move(forms.RequestWithdrawForm, lambda row, d: asking.withdraw(row, seen=d["seen"])),
        "reopen": Move(forms.RequestReopenForm, lambda row, d: deciding.reopen(row, by=THE_PARTNER, seen=d["seen"])),
        EDIT: Move(forms.RequestItemsForm, _edit),
        MESSAGE: Move(forms.RequestMessageForm, _say),
    },
    "quote": {
        "accept": Move(
            forms.QuoteAcceptForm,
            lambda row, d: accepting.accept(
                row, terms_sha256=d["terms_sha256"], signatory=d["signatory"], seen=d["seen"]
            ),
        ),
        "decline": Move(forms.QuoteDeclineForm, lambda row, d: quoting.decline(row, words=d["words"], seen=d["seen"])),
    },
    "license": {
        DECLARE: Move(
            forms.LicensePlacementsForm,
            lambda row, d: placements.declare(row, urls=lines_of(d["urls"]), seen=d["seen"]),
        ),
    },
    "update_notice": {
        "acknowledge": Move(
            forms.NoticeAcknowledgeForm,
            lambda row, d: updates.acknowledge(row, action=d["action"], url=d["url"], note=d["note"], seen=d["seen"]),
        ),
    },
}
"""Noun → move → its form and the service that makes it."""

TABLES = {"license_request": REQUEST, "quote": QUOTE, "license": LICENSE, "update_notice": UPDATE_NOTICE}


@require_safe
@private_page
def page(request: HttpRequest, key: str) -> HttpResponse:
    """`key` is the token of the link, or the reference once the cookie is there."""
    return PAGES.enter(request, key, show)


# Exempt: the right to this page is the token, in the path or in a SameSite cookie that is sent to this page alone; and
# the form carries a signed token about this very record, which a foreign page cannot have.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def move(request: HttpRequest, key: str, noun: str, name: str, reference: str = "") -> HttpResponse:
    """One of `MOVES`, by POST. Opening the address leads back to the page."""
    asked = PAGES.opened(request, key)
    if asked is None or name not in MOVES[noun]:
        raise Http404
    subject = subject_of(asked, noun, reference)
    if subject is None:
        raise Http404
    if request.method != "POST":
        return see_other(PAGES.back(asked, key))
    form = make_form(subject, name, request.POST)
    try:
        form_token.read(request.POST.get("form_token", ""), name, about=subject.reference)
    except form_token.UnusableToken:
        sentence = _("This page was open for too long. Nothing you typed is lost: please send it again.")
        return show(request, asked, key, tried=(subject, name, form), sentence=sentence, status=INVALID)
    if not form.is_valid():
        return show(request, asked, key, tried=(subject, name, form), status=INVALID)
    try:
        MOVES[noun][name].make(subject, form.cleaned_data)
    except Invalid as error:
        place(form, error)
        return show(request, asked, key, tried=(subject, name, form), sentence=_rest(form, error), status=INVALID)
    except DomainError as refusal:
        status = CONFLICT if isinstance(refusal, Conflict) else INVALID
        fresh = LicenseRequest.objects.get(pk=asked.pk)
        fresh_subject = subject_of(fresh, noun, reference) or subject
        return show(request, fresh, key, tried=(fresh_subject, name, form), sentence=refusal.message, status=status)
    return see_other(PAGES.back(asked, key))


def subject_of(asked: LicenseRequest, noun: str, reference: str) -> Any:
    """The record of this request that the reference names; None for another request's."""
    if noun == "license_request":
        return asked
    rows = {
        "quote": asked.quotes.seen_by_partner(),
        "license": asked.licenses.select_related("publication", "article"),
        "update_notice": standing.notices_of(asked),
    }[noun]
    return rows.filter(reference=reference).first()


def make_form(subject: Any, name: str, data: Any = None) -> Any:
    """The form of a move, empty or with what was typed."""
    fresh = {"seen": subject.version, "form_token": form_token.issue(name, about=subject.reference)}
    more: dict[str, Any] = {}
    if name == EDIT:
        more["items"] = list(subject.items.select_related("article"))
    if name == DECLARE:
        fresh["urls"] = "\n".join(row.url for row in subject.placements.all() if row.removed_at is None)
    if name == "accept":
        fresh["terms_sha256"] = subject.terms.sha256 if subject.terms else ""
    auto_id = f"{name}-{subject.reference}-%s"
    return MOVES[subject.noun][name].form(data, initial=fresh, auto_id=auto_id, **more)


def offered(subject: Any) -> list[str]:
    """The moves that the page offers on it now: those of its table, and what is no move."""
    names = [row.name for row in TABLES[subject.noun].available(subject, THE_PARTNER)]
    return [*names, *standing.beside_the_table(subject)]


def forms_of(subject: Any, tried: tuple[Any, str, Any] | None, status: int) -> dict[str, Any]:
    """Name → form of every move that is offered, the one that was tried with what was typed."""
    found = {}
    for name in offered(subject):
        if name not in MOVES[subject.noun]:
            continue
        found[name] = make_form(subject, name)
        if tried and tried[1] == name and tried[0].reference == subject.reference:
            found[name] = _again(subject, name, tried[2], status)
    return found


def show(
    request: HttpRequest,
    asked: LicenseRequest,
    key: str,
    *,
    tried: tuple[Any, str, Any] | None = None,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    """The whole page; `tried` is the move that was refused: subject, name, form."""
    form = tried[2] if tried else None
    context = {
        **standing.context_of(asked, lambda subject: forms_of(subject, tried, status)),
        "errors": form if form is not None and form.errors and status != CONFLICT else None,
        "kept_words": _kept_words(tried),
        "sentence": sentence,
        "base": f"{PAGES.folder}{key}/",
        "private_url": settings.BASE_URL + links.private_path(asked),
    }
    with timezone.override(asked.publication.zone):
        return render(request, "reprints/private.html", context, status=status)


def place(form: Any, error: Invalid) -> None:
    """Each fault beside the field it concerns, when this form has it."""
    for fault in error.faults:
        member = fault.pointer.strip("/").split("/")[0]
        name = {"items": "add"}.get(member, member)
        if name in form.fields and str(fault.detail) not in form.errors.get(name, []):
            form.add_error(name, str(fault.detail))


def _rest(form: Any, error: Invalid) -> str:
    """What is wrong with no field of the form."""
    shown = {str(message) for messages in form.errors.values() for message in messages}
    return " ".join(dict.fromkeys(str(fault.detail) for fault in error.faults if str(fault.detail) not in shown))


def _again(subject: Any, name: str, tried: Any, status: int) -> Any:
    """The form with what was typed, a fresh token and, after a conflict, the version as it is now."""
    fresh = make_form(subject, name)
    if status == CONFLICT:
        fresh.initial |= {field: tried.data[field] for field in KEPT_AFTER_CONFLICT if field in tried.data}
        return fresh
    data = tried.data.copy()
    data["form_token"] = fresh.initial["form_token"]
    if "seen" in tried.errors:
        data["seen"] = str(subject.version)
    tried.data = data
    return tried


def _kept_words(tried: tuple[Any, str, Any] | None) -> str:
    """What was typed into a form that the page no longer has, so that it can be copied."""
    if tried is None or tried[1] in offered(tried[0]):
        return ""
    return str(tried[2].data.get("words", "") or tried[2].data.get("note", ""))
