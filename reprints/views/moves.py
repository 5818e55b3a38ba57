"""What can be done on a request's page, and the services behind it: for whoever holds the private link, and for a
partner who is signed in. Both pages make the same moves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from newsroom.accounts.models import Contact
from newsroom.api import throttles
from newsroom.errors import Conflict, DomainError, Invalid, NotAllowed
from newsroom.web import form_token
from newsroom.web.headers import see_other
from newsroom.web.once import once
from newsroom.workflow import THE_PARTNER
from reprints.forms import private as forms
from reprints.forms.typed import lines_of
from reprints.models import LicenseRequest, RequestItem
from reprints.services import (
    accepting,
    asking,
    billing,
    contacts,
    countering,
    deciding,
    licenses,
    partner_rights,
    placements,
    quoting,
    updates,
)
from reprints.services.buyers import buyer_of
from reprints.views import standing, wording
from reprints.workflow import LICENSE, QUOTE, REQUEST, UPDATE_NOTICE, RequestStatus

CONFLICT = 409
INVALID = 422
FORBIDDEN = 403
TOO_OFTEN = 429
KEPT_AFTER_CONFLICT = (
    *("words", "amount", "note", "url", "urls", "add", "signatory", "ends_on"),
    *("legal_name", "address", "country", "vat_id"),
)
EDIT, MESSAGE, DECLARE, ACCEPT, RENEW = "edit", "message", "placements", "accept", "renew"
ACKNOWLEDGE, BILL = "acknowledge", "bill"
BUYER = ("legal_name", "address", "country", "vat_id")


@dataclass(frozen=True)
class Move:
    """A form of the page and the service behind it. `subject` is the request itself, or one of its records."""

    form: type[forms.MoveForm]
    make: Callable[[Any, dict[str, Any]], Any]


@dataclass(frozen=True)
class Visit:
    """Who looks at a request's page. Its forms and papers begin with `base`, `back` is the page, `page_of` another's.

    `contact` is the person of an organization who is signed in, None for the holder of the private link; `bound_to`
    names the session that the forms are for.
    """

    asked: LicenseRequest
    base: str
    back: str
    page_of: Callable[[LicenseRequest], str]
    contact: Contact | None = None
    bound_to: str = ""

    def may(self, noun: str, name: str) -> bool:
        """Whether this person may do that at all, whatever the state."""
        return self.contact is None or partner_rights.may(self.contact, f"{noun}.{name}")

    @property
    def pace(self) -> tuple[str, str]:
        """Throttle and key of what is sent from here: for the holder of the private link those of this one request."""
        return pace_of(self.contact) if self.contact else ("move", self.asked.reference)

    def about(self, subject: Any) -> str:
        """What a form's token is about: this record, on the pages of this session."""
        return f"{subject.reference}{self.bound_to}"


def _edit(request: LicenseRequest, data: dict[str, Any]) -> None:
    rows = list(request.items.select_related("article"))
    kept = [row.as_asked() for row in rows if str(row.position) in data["keep"]]
    added = [{**use, "article_url": url} for url in lines_of(data["add"]) for use in _uses_of(rows, request.day())]
    asking.edit(request, {"items": [*kept, *added]}, seen=data["seen"])


def _uses_of(rows: list[RequestItem], today: date) -> list[dict[str, Any]]:
    """Each use that is asked for, once, whatever it is a use of; from today on where it was to have begun."""
    found: list[dict[str, Any]] = []
    for row in rows:
        use = row.as_asked() | {"article_url": "", "starts_on": None if row.starts_on < today else row.starts_on}
        found += [] if use in found else [use]
    return found


def _say(request: LicenseRequest, data: dict[str, Any]) -> None:
    once(MESSAGE, data["nonce"], data["words"], lambda: str(asking.message(request, words=data["words"]).pk))


MOVES: dict[str, dict[str, Move]] = {
    "license_request": {
        "reply": Move(forms.RequestReplyForm, lambda row, d: asking.reply(row, words=d["words"], seen=d["seen"])),
        "withdraw": Move(forms.RequestWithdrawForm, lambda row, d: asking.withdraw(row, seen=d["seen"])),
        "reopen": Move(forms.RequestReopenForm, lambda row, d: deciding.reopen(row, by=THE_PARTNER, seen=d["seen"])),
        EDIT: Move(forms.RequestItemsForm, _edit),
        MESSAGE: Move(forms.RequestMessageForm, _say),
        "erase_contact": Move(
            forms.RequestEraseContactForm, lambda row, d: contacts.erase_contact(row, by=THE_PARTNER, why="asked")
        ),
        "erase_text": Move(
            forms.RequestEraseTextForm, lambda row, d: contacts.erase_text(row, by=THE_PARTNER, why="asked")
        ),
    },
    "quote": {
        ACCEPT: Move(
            forms.QuoteAcceptForm,
            lambda row, d: accepting.accept(
                row, terms_sha256=d["terms_sha256"], signatory=d["signatory"], seen=d["seen"]
            ),
        ),
        BILL: Move(
            forms.QuoteBillForm,
            lambda row, d: billing.bill(row, data={name: d.get(name, "") for name in BUYER}, seen=d["seen"]),
        ),
        "counter": Move(
            forms.QuoteCounterForm,
            lambda row, d: countering.counter(row, amount=d["amount"], words=d["words"], seen=d["seen"]),
        ),
        "decline": Move(forms.QuoteDeclineForm, lambda row, d: quoting.decline(row, words=d["words"], seen=d["seen"])),
    },
    "license": {
        DECLARE: Move(
            forms.LicensePlacementsForm,
            lambda row, d: placements.declare(row, urls=lines_of(d["urls"]), seen=d["seen"]),
        ),
        RENEW: Move(forms.LicenseRenewForm, lambda row, d: licenses.renew(row, ends_on=d["ends_on"], seen=d["seen"])),
        "terminate": Move(
            forms.LicenseTerminateForm, lambda row, d: licenses.terminate(row, words=d["words"], seen=d["seen"])
        ),
    },
    "update_notice": {
        ACKNOWLEDGE: Move(
            forms.NoticeAcknowledgeForm,
            lambda row, d: updates.acknowledge(row, action=d["action"], url=d["url"], note=d["note"], seen=d["seen"]),
        ),
    },
}
"""Noun → move → its form and the service that makes it."""

TABLES = {"license_request": REQUEST, "quote": QUOTE, "license": LICENSE, "update_notice": UPDATE_NOTICE}
Show = Callable[..., HttpResponse]


def make(request: HttpRequest, visit: Visit, noun: str, name: str, subject: Any, *, show: Show) -> HttpResponse:
    """Make the move that was sent, and lead back to the page; or show the page again with the reason against it.

    `show(request, visit, …)` renders the page: `tried` is the move that was refused (subject, name, form).
    """
    form = make_form(subject, name, visit, request.POST)
    if not visit.may(noun, name):
        sentence = _("Your role at your organization does not include this.")
        return show(request, visit, sentence=sentence, status=FORBIDDEN)
    try:
        nonce = form_token.read(request.POST.get("form_token", ""), name, about=visit.about(subject)).nonce
    except form_token.UnusableToken:
        sentence = _("This page was open for too long. Nothing you typed is lost: please send it again.")
        return show(request, visit, tried=(subject, name, form), sentence=sentence, status=INVALID)
    if not form.is_valid():
        return show(request, visit, tried=(subject, name, form), status=INVALID)
    if not (verdict := throttles.hit(*visit.pace)).allowed:
        response = show(request, visit, tried=(subject, name, form), sentence=too_often(), status=TOO_OFTEN)
        response["Retry-After"] = str(verdict.retry_after)
        return response
    try:
        made = MOVES[noun][name].make(subject, {**form.cleaned_data, "nonce": nonce})
    except Invalid as error:
        place(form, error)
        return show(request, visit, tried=(subject, name, form), sentence=_rest(form, error), status=INVALID)
    except DomainError as refusal:
        fresh = type(subject).objects.select_related("publication").get(pk=subject.pk)
        tried = (fresh, name, form)
        return show(request, visit, tried=tried, sentence=refusal.message, status=_status_of(refusal))
    following = isinstance(made, LicenseRequest) and made.pk != visit.asked.pk
    return see_other(visit.page_of(made) if following else visit.back)


def pace_of(contact: Contact) -> tuple[str, str]:
    """Throttle and key of somebody who is signed in: as much an hour as a key of their organization may send."""
    return "key-write", f"contact:{contact.pk}"


def too_often() -> str:
    """Why the page waits."""
    return _("A lot was sent from this page within an hour. Keep it open, and send this again in an hour.")


def subject_of(asked: LicenseRequest, noun: str, reference: str) -> Any:
    """The record of this request that the reference names; None for another request's."""
    if noun == "license_request":
        return asked
    rows = {
        "quote": asked.quotes.seen_by_partner(),
        "license": asked.licenses.select_related("publication", "article"),
        "update_notice": standing.notices_of(asked),
        "invoice": standing.invoices_of(asked),
    }[noun]
    return rows.filter(reference=reference).first()


def make_form(subject: Any, name: str, visit: Visit, data: Any = None) -> Any:
    """The form of a move, empty or with what was typed."""
    fresh = {"seen": subject.version, "form_token": form_token.issue(name, about=visit.about(subject))}
    more: dict[str, Any] = {}
    if name == EDIT:
        more["items"] = list(subject.items.select_related("article"))
    if name == DECLARE:
        fresh["urls"] = "\n".join(row.url for row in subject.placements.all() if row.removed_at is None)
    if name == ACKNOWLEDGE:
        more["notice"] = subject
    if name == ACCEPT:
        fresh["terms_sha256"] = subject.terms.sha256 if subject.terms else ""
        more["signer"] = visit.contact
    if name == BILL:
        fresh |= asdict(buyer_of(subject.request))
        more["organization"] = subject.organization
    auto_id = f"{name}-{subject.reference}-%s"
    return MOVES[subject.noun][name].form(data, initial=fresh, auto_id=auto_id, **more)


def offered(subject: Any, visit: Visit) -> list[str]:
    """The moves that the page offers on it now: those of its table, and what is no move."""
    names = [row.name for row in TABLES[subject.noun].available(subject, THE_PARTNER)]
    found = [*names, *standing.beside_the_table(subject)]
    over = standing.needless(subject)
    return [name for name in found if name not in over and visit.may(subject.noun, name)]


def forms_of(subject: Any, visit: Visit, tried: tuple[Any, str, Any] | None, status: int) -> dict[str, Any]:
    """Name → form of every move that is offered, the one that was tried with what was typed."""
    found = {}
    for name in offered(subject, visit):
        if name not in MOVES[subject.noun]:
            continue
        found[name] = make_form(subject, name, visit)
        if tried and tried[1] == name and tried[0].reference == subject.reference:
            found[name] = _again(subject, name, visit, tried[2], status)
    return found


def place(form: Any, error: Invalid) -> None:
    """Each fault beside the field it concerns, when this form has it."""
    for fault in error.faults:
        parts = fault.pointer.strip("/").split("/")
        inner = parts[-1] if parts[-1] in form.fields else parts[0]
        name = {"items": "add"}.get(inner, inner)
        if name in form.fields and str(fault.detail) not in form.errors.get(name, []):
            form.add_error(name, str(fault.detail))


def page_of(visit: Visit, tried: tuple[Any, str, Any] | None, sentence: str, status: int) -> dict[str, Any]:
    """What every page of a request is drawn from: `asked` is read anew after a conflict; `tried` is the
    move that was refused (subject, name, form), `sentence` why.
    """
    asked = LicenseRequest.objects.get(pk=visit.asked.pk) if status == CONFLICT else visit.asked
    form = tried[2] if tried else None
    context = standing.context_of(asked, lambda subject: forms_of(subject, visit, tried, status))
    who_signs = _who_signs(visit)
    if who_signs and context["standing"] is wording.STANDINGS[RequestStatus.QUOTED]:
        context["standing"] = replace(context["standing"], next=who_signs)
    return {
        **context,
        "who_signs": who_signs,
        "errors": form if form is not None and form.errors and status != CONFLICT else None,
        "kept_words": _kept_words(visit, tried),
        "sentence": sentence,
        "base": visit.base,
    }


def _who_signs(visit: Visit) -> str:
    """Who accepts and declines quotes, for a contact who may not; empty for whoever may."""
    if visit.contact is None or visit.may("quote", ACCEPT):
        return ""
    signers = visit.contact.organization.contacts.filter(is_active=True, is_signatory=True).order_by("name", "pk")
    return wording.who_signs([row.name for row in signers])


def _kept_words(visit: Visit, tried: tuple[Any, str, Any] | None) -> str:
    """What was typed into a form that the page no longer has, so that it can be copied."""
    if tried is None or tried[1] in offered(tried[0], visit):
        return ""
    return str(tried[2].data.get("words", "") or tried[2].data.get("note", ""))


def _status_of(refusal: DomainError) -> int:
    if isinstance(refusal, Conflict):
        return CONFLICT
    return FORBIDDEN if isinstance(refusal, NotAllowed) else INVALID


def _rest(form: Any, error: Invalid) -> str:
    """What is wrong with no field of the form."""
    shown = {str(message) for messages in form.errors.values() for message in messages}
    return " ".join(dict.fromkeys(str(fault.detail) for fault in error.faults if str(fault.detail) not in shown))


def _again(subject: Any, name: str, visit: Visit, tried: Any, status: int) -> Any:
    """The form with what was typed, a fresh token and, after a conflict, the version as it is now."""
    fresh = make_form(subject, name, visit)
    if status == CONFLICT:
        fresh.initial |= {field: tried.data[field] for field in KEPT_AFTER_CONFLICT if field in tried.data}
        return fresh
    data = tried.data.copy()
    data["form_token"] = fresh.initial["form_token"]
    if "seen" in tried.errors:
        data["seen"] = str(subject.version)
    tried.data = data
    return tried
