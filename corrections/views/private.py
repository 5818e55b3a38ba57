"""The reader's private page: how the report stands, the thread, and the reader's three moves.

The link in a mail carries a token. Opening it gives a cookie of that one page and leads on to an address without the
token, so that history, screenshots and referrers do not hold it. Browsers without cookies stay on the token's address.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from corrections.forms.private import (
    MoveForm,
    ReportAddForm,
    ReportAddressForm,
    ReportAnswerForm,
    ReportAppealForm,
    ReportEraseContactForm,
    ReportEraseTextForm,
    ReportFixedForm,
    ReportReplyForm,
    ReportWithdrawForm,
)
from corrections.models import Report
from corrections.services import adding, contacts, erasing, fixed, same
from corrections.services import report as reports
from corrections.services.moving import shown
from corrections.services.submitting import find_by_token, private_path
from corrections.views import standing, wording
from corrections.vocabulary import YesNo
from corrections.workflow import REPORT, ReportStatus
from newsroom.errors import Conflict, DomainError
from newsroom.web import form_token
from newsroom.web.headers import private_page, see_other
from newsroom.web.private import PrivatePages
from newsroom.workflow import THE_READER

PAGES: PrivatePages[Report] = PrivatePages(
    noun="report",
    folder="/corrections/reports/",
    find=find_by_token,
    by_reference=lambda reference: Report.objects.filter(reference=reference).first(),
    link=private_path,
    closed="corrections/private_closed.html",
)

CONFLICT = 409
QUESTIONS = ("settled", "same", "fixed")
MOVES: dict[str, tuple[type[MoveForm], Callable[[Report, dict[str, Any]], Any]]] = {
    "reply": (ReportReplyForm, lambda report, data: reports.reply(report, words=data["words"], saw=data["seen"])),
    "withdraw": (ReportWithdrawForm, lambda report, data: reports.withdraw(report)),
    "appeal": (ReportAppealForm, lambda report, data: reports.appeal(report, words=data["words"], saw=data["seen"])),
    "add": (ReportAddForm, lambda report, data: adding.add(report, words=data["words"])),
    "settled": (ReportAnswerForm, lambda report, data: same.say_settled(report, yes=_yes(data), notice=data["seen"])),
    "same": (ReportAnswerForm, lambda report, data: same.say_same(report, yes=_yes(data))),
    "fixed": (ReportFixedForm, lambda report, data: fixed.say_fixed(report, yes=_yes(data), words=data["words"])),
    "address": (ReportAddressForm, lambda report, data: contacts.give_address(report, email=data["email"])),
    "erase_contact": (
        ReportEraseContactForm,
        lambda report, data: erasing.erase_contact(report, by=THE_READER, why="asked"),
    ),
    "erase_text": (
        ReportEraseTextForm,
        lambda report, data: erasing.erase_text(report, by=THE_READER, why="asked"),
    ),
}
"""Move → its form, and the service that makes it. The first three are moves of the table; then a message that moves
nothing, the answers to `QUESTIONS` of the page, and an address; the last two are what `erasing.possible` names.
"""


@require_safe
@private_page
def page(request: HttpRequest, key: str) -> HttpResponse:
    """`key` is the token of the link, or the reference once the cookie is there."""
    return PAGES.enter(request, key, _show)


# Exempt: the right to this page is the token, in the path or in a SameSite cookie that is sent to this page alone; and
# the form carries a signed token about this very report, which a foreign page cannot have.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private_page
def move(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """One of `MOVES`, by POST. Opening the address leads back to the page."""
    report = PAGES.record_of(request, key)
    if request.method != "POST":
        return see_other(PAGES.back(report, key))
    make_form, make_move = MOVES[name]
    form = make_form(request.POST, auto_id=f"{name}_%s")
    try:
        form_token.read(request.POST.get("form_token", ""), name, about=report.reference)
    except form_token.UnusableToken:
        sentence = _("This page was open for too long. Nothing you typed is lost: please send it again.")
        return _show(request, report, key, bound={name: form}, sentence=sentence, status=422)
    if not form.is_valid():
        return _show(request, report, key, bound={name: form}, status=422)
    try:
        make_move(report, form.cleaned_data)
    except DomainError as refusal:
        fresh = Report.objects.select_related("publication", "article", "joined_to").get(pk=report.pk)
        if _done_already(fresh, name, form):
            return see_other(PAGES.back(report, key))
        status = CONFLICT if isinstance(refusal, Conflict) else 422
        sentence = wording.refusal_of(fresh, name, refusal)
        return _show(request, fresh, key, bound={name: form}, sentence=sentence, status=status)
    return see_other(PAGES.back(report, key))


@require_safe
@private_page
def download(request: HttpRequest, key: str) -> HttpResponse:
    """Everything that is held on the reader about this report, as a JSON file."""
    return PAGES.download(request, key, erasing.held_on)


def _done_already(report: Report, name: str, form: MoveForm) -> bool:
    """A double click, or the same page sent again: the first time has already done this."""
    if name == "withdraw":
        return report.status == ReportStatus.WITHDRAWN
    words = form.cleaned_data.get("words", "")
    return bool(words) and report.messages.filter(author_kind="reader", body=words).exists()


def _show(
    request: HttpRequest,
    report: Report,
    key: str,
    *,
    bound: dict[str, MoveForm] | None = None,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    question = same.question_for(report)
    offers = _offers(report, question, bound or {}, status)
    kept = _kept_words(bound, offers)
    if kept and "add" in offers:
        offers["add"].initial["words"], kept = kept, ""
    if report.status == ReportStatus.LAPSED and "appeal" in offers:
        offers["appeal"].fields["words"].label = ReportReplyForm.base_fields["words"].label
    context = standing.context_of(report, question=question) | {
        "forms": {name: form for name, form in offers.items() if name in (*REPORT.transitions, "add")},
        "questions": {name: form for name, form in offers.items() if name in QUESTIONS},
        "erasures": {name: form for name, form in offers.items() if name.startswith("erase_")},
        "address": offers.get("address"),
        "errors": next((form for form in (bound or {}).values() if form.errors), None),
        "kept_words": kept,
        "sentence": sentence,
        "base": f"{PAGES.folder}{key}/",
    }
    with timezone.override(report.publication.zone):
        return render(request, "corrections/private.html", context, status=status)


def _offers(
    report: Report, question: same.Question | None, bound: dict[str, MoveForm], status: int
) -> dict[str, MoveForm]:
    """The form of each thing that the reader can do now."""
    names = [*reports.available(report, THE_READER), *_questions(report, question), *erasing.possible(report)]
    names += ["address"] if contacts.may_give_address(report) else []
    names += ["add"] if adding.may_add(report) else []
    saw = dict.fromkeys(names, shown(report))
    if question is not None and question.notice is not None:
        saw["settled"] = question.notice.reference
    return {name: _offered(report, name, bound.get(name), status, seen=saw[name]) for name in names if name in MOVES}


def _questions(report: Report, question: same.Question | None) -> list[str]:
    """Which question the page asks, by the name of the move that answers it: one at a time."""
    if question is not None:
        return ["settled" if question.notice else "same"]
    return ["fixed"] if fixed.is_asked(report) else []


def _yes(data: dict[str, Any]) -> bool:
    return bool(data["answer"] == YesNo.YES)


def _offered(report: Report, name: str, bound: MoveForm | None, status: int, *, seen: str) -> MoveForm:
    """The move's form as the page offers it: with what the page shows now, and what was typed before."""
    fresh = {"seen": seen, "form_token": form_token.issue(name, about=report.reference)}
    if bound is None:
        return MOVES[name][0](initial=fresh, auto_id=f"{name}_%s")
    if status == CONFLICT:
        typed = {field: bound.data.get(field, "") for field in ("words", "email")}
        return MOVES[name][0](initial={**typed, **fresh}, auto_id=f"{name}_%s")
    bound.data = {name: bound.data.get(name) for name in bound.data} | fresh
    return bound


def _kept_words(bound: dict[str, MoveForm] | None, forms: dict[str, MoveForm]) -> str:
    """What was typed into a form that this report no longer has, so that it can be copied."""
    return next((str(form.data.get("words", "")) for name, form in (bound or {}).items() if name not in forms), "")
