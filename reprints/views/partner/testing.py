"""Test mode on a partner's pages: the test clock, and buttons that play the desk, the bank and the newsroom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom.errors import DomainError, Invalid
from newsroom.web.headers import see_other
from newsroom.web.once import once
from reprints import links, moments, pricing
from reprints.forms.partner import ClockForm
from reprints.models import License, LicenseRequest, Quote, UpdateNotice
from reprints.services import trying
from reprints.views import wording
from reprints.views.moves import CONFLICT, INVALID
from reprints.views.partner import door
from reprints.views.partner.door import FOLDER, Guest, signed_in
from reprints.vocabulary import NoticeKind
from reprints.workflow import InvoiceStatus, LicenseStatus, QuoteStatus, RequestStatus

PATH = f"{FOLDER}test/"
EACH = 10
WAITING = (RequestStatus.SUBMITTED, RequestStatus.IN_REVIEW)
HELD = (LicenseStatus.ACTIVE, LicenseStatus.SUSPENDED)

ACTS: dict[str, tuple[type[Any], Callable[[Any, QueryDict], Any]]] = {
    "quote": (LicenseRequest, lambda row, sent: trying.decide(row, decision="quote")),
    "ask": (LicenseRequest, lambda row, sent: trying.decide(row, decision="ask")),
    "decline": (LicenseRequest, lambda row, sent: trying.decide(row, decision="decline")),
    "pay": (Quote, lambda row, sent: trying.pay(row)),
    "correct": (License, lambda row, sent: trying.correct(row, kind=sent.get("kind", ""))),
    "suspend": (License, lambda row, sent: trying.rule(row, decision="suspend")),
    "reinstate": (License, lambda row, sent: trying.rule(row, decision="reinstate")),
    "revoke": (License, lambda row, sent: trying.rule(row, decision="revoke")),
}
"""What a button does → to which record, and how."""

LABELS = {
    "quote": gettext_lazy("Have it quoted"),
    "ask": gettext_lazy("Have a question asked"),
    "decline": gettext_lazy("Have it declined"),
    "pay": gettext_lazy("Have the money arrive"),
    "suspend": gettext_lazy("Have it suspended"),
    "reinstate": gettext_lazy("Have it reinstated"),
    "revoke": gettext_lazy("Have it revoked"),
}


@signed_in("GET", "POST")
def page(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The clock, what waits for a desk that is none, and forms that move either."""
    if request.method != "POST":
        return _show(request, guest, ClockForm())
    if not guest.may("test.move"):
        return door.refused(request, guest)
    do = request.POST.get("do", "")
    if do in ACTS:
        return _act(request, guest, do, request.POST.get("record", ""))
    form, token = ClockForm(request.POST), guest.sent(request, "test_clock")
    if token is None:
        return _show(request, guest, form, sentence=_too_old(), status=INVALID)
    if do == "reset":
        trying.reset(guest.organization)
        return see_other(PATH)
    if not form.is_valid():
        return _show(request, guest, form, status=INVALID)

    def move() -> str:
        trying.advance(guest.organization, days=form.cleaned_data["days"])
        return ""

    try:
        once("test_clock", token.nonce, form.cleaned_data, move)
    except Invalid as error:
        form.add_error("days", error.message)
        return _show(request, guest, form, status=INVALID)
    return see_other(PATH)


def _act(request: HttpRequest, guest: Guest, do: str, reference: str) -> HttpResponse:
    kind, act = ACTS[do]
    row = kind.objects.filter(organization=guest.organization, test=True, reference=reference[:20]).first()
    if row is None:
        raise Http404
    token = guest.sent(request, do, reference)
    if token is None:
        return _show(request, guest, ClockForm(), sentence=_too_old(), status=INVALID)

    def make() -> str:
        act(row, request.POST)
        return do

    try:
        with moments.ahead(guest.organization.test_clock_seconds):
            once("test_act", token.nonce, [do, reference], make)
    except DomainError as refusal:
        status = INVALID if isinstance(refusal, Invalid) else CONFLICT
        return _show(request, guest, ClockForm(), sentence=refusal.message, status=status)
    return see_other(PATH)


def _show(
    request: HttpRequest, guest: Guest, form: ClockForm, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    own = {"organization": guest.organization, "test": True}
    with moments.ahead(guest.organization.test_clock_seconds):
        context = {
            "form": form,
            "form_token": guest.token("test_clock"),
            "reading": trying.read(guest.organization),
            "sentence": sentence,
            "counts": {
                "licenses": License.objects.filter(**own).count(),
                "notices": UpdateNotice.objects.unanswered().filter(**own).count(),
            },
            "waiting": _waiting(guest, own),
            "unpaid": _unpaid(guest, own),
            "held": _held(guest, own),
            "kinds": NoticeKind.choices,
        }
        return door.show(request, guest, "test", context, status=status)


def _waiting(guest: Guest, own: dict[str, Any]) -> list[dict[str, Any]]:
    rows = LicenseRequest.objects.filter(**own, status__in=WAITING).prefetch_related("items__article")
    return [
        _line(guest, row, row.items.all()[0].article.headline, links.partner_path(row), ["quote", "ask", "decline"])
        | {"status": row.status, "label": wording.STANDINGS[row.status].label}
        for row in rows[:EACH]
    ]


def _unpaid(guest: Guest, own: dict[str, Any]) -> list[dict[str, Any]]:
    """Accepted quotes for which money is awaited: by an invoice, or by a license that waits for it."""
    rows = Quote.objects.filter(**own, status=QuoteStatus.ACCEPTED).select_related("request")
    billed = rows.filter(invoices__status=InvoiceStatus.ISSUED)
    waiting = rows.filter(licenses__status=LicenseStatus.PENDING_PAYMENT)
    found = (billed | waiting).distinct().order_by("-pk")
    return [
        _line(guest, row, "", links.partner_path(row.request), ["pay"])
        | {"money": pricing.money(row.gross, row.currency)}
        for row in found[:EACH]
    ]


def _held(guest: Guest, own: dict[str, Any]) -> list[dict[str, Any]]:
    rows = License.objects.filter(**own, status__in=HELD).select_related("article", "request", "publication")
    found = []
    for row in rows[:EACH]:
        status = row.effective_status()
        names = ["reinstate", "revoke"] if row.status == LicenseStatus.SUSPENDED else ["suspend", "revoke"]
        path = f"{links.partner_path(row.request)}#{row.reference}"
        line = _line(guest, row, row.article.headline, path, names)
        label = wording.EFFECTIVE.get(status, row.get_status_display())
        found.append(line | {"status": status, "label": label, "token": guest.token("correct", row.reference)})
    return found


def _line(guest: Guest, row: Any, title: str, url: str, names: list[str]) -> dict[str, Any]:
    buttons = [{"do": name, "label": LABELS[name], "token": guest.token(name, row.reference)} for name in names]
    return {"reference": row.reference, "title": title, "url": url, "buttons": buttons}


def _too_old() -> str:
    return _("This page was open for too long. Nothing you typed is lost: please send it again.")
