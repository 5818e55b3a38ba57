"""What statuses, reasons and grants mean to a requester, in sentences. Tables, read by pages and tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any

from babel.lists import format_list
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from newsroom.web.standings import Standing
from reprints import moments, pricing
from reprints.documents import wording
from reprints.documents.wording import label_of
from reprints.models import License, LicenseRequest, Quote
from reprints.reasons import REASONS
from reprints.services.lanes import Assessment
from reprints.vocabulary import AiPurpose, Exclusivity, Format, Modifications, Use
from reprints.workflow import RequestStatus

S = RequestStatus
STANDINGS: dict[str, Standing] = {
    S.SUBMITTED: Standing(_("Received"), _("A person reads your request and answers it."), "us", 1),
    S.IN_REVIEW: Standing(_("Being looked at"), _("A person works on your request and answers it."), "us", 1),
    S.NEEDS_INFO: Standing(
        _("We asked you something"), _("Please answer the question below, so that we can go on."), "you", 1
    ),
    S.QUOTED: Standing(
        _("Your quote is ready"), _("Read the quote and the terms below, then accept or decline."), "you", 2
    ),
    S.AGREED: Standing(
        _("Agreed"), _("Your license is in force as soon as the payment has arrived. We write to you about it."), "", 3
    ),
    S.FULFILLED: Standing(
        _("Licensed"), _("Your license is in force from its first day. Text and certificate are below."), "", 4
    ),
    S.DECLINED: Standing(_("Declined"), _("We cannot license this. The reasons are below."), "", 4),
    S.WITHDRAWN: Standing(_("Taken back"), _("You took this request back."), "", 4),
    S.LAPSED: Standing(
        _("Closed without a reply"),
        _("We did not hear from you, so we closed this request. You can reopen it within 30 days."),
        "",
        4,
    ),
    S.REDIRECTED: Standing(_("Not ours to license"), _("The rights are not ours. Below we say whose they are."), "", 4),
}
"""Keyed by the status of a request."""

STEPS = [_("You asked"), _("We answer"), _("You decide"), _("Licensed")]
LATE_QUOTE = Standing(_("Your quote has expired"), _("Write to us below, and we make you a new one."), "you", 2)

COUNTERED = Standing(
    _("You made a proposal"), _("The desk answers your proposal. Until then the quote stays open."), "us", 2
)
MUST_ACT = Standing(
    _("The article changed"),
    _("An article that you licensed changed. Do what the notice below says, and tell us what you did."),
    "you",
    4,
)

IN_FORCE = Standing(_("Licensed"), _("Your license is in force. Text and certificate are below."), "", 4)
REMOVE = Standing(
    _("Revoked"), _("We took the license back. Remove the text, wherever it stands; our reason is below."), "you", 4
)
AFTERWARDS: dict[str, Standing] = {
    "suspended": Standing(
        _("Suspended"), _("The text may not be used for now. Our reason, and until when, are below."), "", 4
    ),
    "revoked": Standing(_("Revoked"), _("We took the license back: the text may not be used any more."), "", 4),
    "expired": Standing(
        _("Ended"),
        _("The time of your license is over: the text may not be used any more, unless you renew it."),
        "",
        4,
    ),
    "terminated": Standing(
        _("Ended early"), _("Your license was ended early: the text may not be used any more."), "", 4
    ),
    "superseded": Standing(
        _("Replaced"), _("A newer license took the place of this one. You find it among your licenses."), "", 4
    ),
}
"""What is said once no license of a request permits anything any more, by what `License.effective_status` says of
them, the gravest first.
"""
PERMITTING = frozenset({"active", "scheduled", "pending_payment"})

WITHOUT_WORDS: dict[str, Standing] = {
    S.DECLINED: Standing(_("Declined"), _("We could not license this."), "", 4),
    S.REDIRECTED: Standing(_("Not ours to license"), _("The rights are not ours."), "", 4),
}
"""Answers whose words were erased since."""
SUSPENDED_OPEN = Standing(_("Suspended"), _("The text may not be used for now. Our reason is below."), "", 4)
"""Without a day on which it ends by itself."""
ENDED_FOR_GOOD = Standing(_("Ended"), _("The time of your license is over: the text may not be used any more."), "", 4)
"""Of an article that was withdrawn: nobody can renew it."""

EXPIRED = _("Expired")
DESK = _("Licensing desk")
YOU = _("You")
OF_NOTICE: dict[str, tuple[Any, str]] = {
    "open": (_("Waits for your answer"), "waiting"),
    "escalated": (_("Waits for your answer"), "late"),
    "acknowledged": (_("You answered"), "done"),
    "verified": (_("Answered and checked"), "done"),
    "waived": (_("You need not answer"), "closed"),
    "superseded": (_("A newer one took its place"), "closed"),
    "canceled": (_("No longer needed"), "closed"),
    "overdue": (_("Overdue"), "late"),
}
"""Where an update notice stands, for its licensee: words, and the tone of the badge."""
EFFECTIVE: dict[str, Any] = {"scheduled": _("Begins later"), "expired": EXPIRED}
"""What a license is by its dates alone."""
EFFECTIVE_INVOICE: dict[str, Any] = {"overdue": _("Overdue"), "partly_paid": _("Partly paid")}
"""What an invoice is by its date and payments."""


def standing_of(
    request: LicenseRequest,
    quote: Quote | None,
    *,
    must_act: bool,
    answering: bool = False,
    held: Sequence[License] = (),
    said: bool = True,
) -> Standing:
    """Where the request stands. A license to be removed comes first, then a change of the article to act on; a quote
    whose date is over is told, that the desk owes an answer to a proposal (`answering`), and what became of the
    licenses that it brought (`held`). `said`: whether the page has messages.
    """
    if to_remove(held):
        return REMOVE
    if must_act:
        return MUST_ACT
    if answering and request.status == S.QUOTED:
        return COUNTERED
    if quote is not None and quote.is_expired():
        return LATE_QUOTE
    found = {row.effective_status() for row in held}
    if found and not found & PERMITTING:
        return _afterwards(next(status for status in AFTERWARDS if status in found), held)
    if "active" in found and request.status == S.FULFILLED:
        return IN_FORCE
    if not said and request.status in WITHOUT_WORDS:
        return WITHOUT_WORDS[request.status]
    return STANDINGS[request.status]


def _afterwards(status: str, held: Sequence[License]) -> Standing:
    rows = [row for row in held if row.effective_status() == status]
    if status == "suspended" and not any(row.suspended_until for row in rows):
        return SUSPENDED_OPEN
    if status == "expired" and all(row.article.status == "canceled" for row in rows):
        return ENDED_FOR_GOOD
    return AFTERWARDS[status]


def who_signs(names: Sequence[str]) -> str:
    """What a contact reads who may not answer a quote: whose matter that is."""
    if not names:
        return _now("Nobody may sign for your organization yet: please write to the licensing desk.")
    listed = format_list(list(names), style="or", locale=wording.spoken_locale())
    return _now("Whoever signs for your organization accepts or declines it: %(names)s.") % {"names": listed}


def to_remove(held: Sequence[License]) -> list[License]:
    """Those that were revoked, and whose last moment for removing the text is still to come."""
    now = moments.now()
    return [row for row in held if row.status == "revoked" and row.removal_deadline and row.removal_deadline >= now]


def steps_of(request: LicenseRequest, standing: Standing) -> list[dict[str, Any]]:
    """The way of a request, for `includes/steps.html`; one that ended otherwise ends where it was."""
    if standing.progress > 3 and request.status != S.FULFILLED:
        labels: list[Any] = [*STEPS[:1], standing.label]
        return [
            {"label": label, "state": "done", "at": at}
            for label, at in zip(labels, (request.created_at, request.closed_at), strict=True)
        ]
    steps = []
    for index, label in enumerate(STEPS):
        state = "done" if index < standing.progress else "current" if index == standing.progress else "todo"
        steps.append({"label": label, "state": state, "at": request.created_at if index == 0 else None})
    return steps


def grant_rows(granted: Mapping[str, Any], *, use: bool = True) -> list[dict[str, Any]]:
    """What is asked for or granted, for `includes/definition_list.html`: the members of an item that say something."""
    locale = wording.spoken_locale()
    purposes = [label_of(AiPurpose, purpose) for purpose in granted.get("ai_purposes") or []]
    pairs = [
        (_now("Use"), label_of(Use, granted["use"]) if use else ""),
        (_now("Portion"), wording.portion_words(granted, locale)),
        (_now("Passage"), granted.get("excerpt_text") or ""),
        (_now("Format"), label_of(Format, granted["format"]) if granted.get("format") else ""),
        (_now("Circulation"), wording.quantity_words(granted, locale)),
        (_now("Where"), wording.territory_words(granted["territory"], locale)),
        (_now("Language"), wording.language_words(granted["languages"], locale)),
        (_now("Term"), wording.term_words(granted, locale)),
        (_now("Exclusivity"), label_of(Exclusivity, granted["exclusivity"])),
        (_now("Changes to the text"), label_of(Modifications, granted["modifications"])),
        (_now("Purposes"), format_list(purposes, locale=locale) if purposes else ""),
        (_now("Placement"), "  ".join(granted.get("placement_urls") or [])),
    ]
    return [{"label": label, "value": value} for label, value in pairs]


def change_rows(changes: list[dict[str, Any]]) -> list[dict[str, str]]:
    """`[{label, asked, granted}]`: what is offered otherwise than it was asked for."""
    return wording.change_rows(changes, wording.spoken_locale())


def indication(assessment: Assessment, answer_by: datetime | None, names: Sequence[str] = ()) -> dict[str, Any]:
    """What an estimate says, for the page: lane, total, lines with their trace, and why a person answers. Of several
    lines each has its name.
    """
    currency = assessment.currency
    codes = list(dict.fromkeys(reason["code"] for reason in assessment.reasons))
    return {
        "lane": assessment.lane,
        "total": pricing.money(assessment.total, currency) if assessment.total is not None else None,
        "lines": [
            {
                "name": name if name and len(assessment.lines) > 1 else "",
                "lane": assessment.lane_of(index),
                "price": pricing.money(line.amount, currency) if line.amount is not None else None,
                "trace": line.trace,
                "exclusions": line.exclusions,
                "words": line.words,
            }
            for index, (line, name) in enumerate(zip_longest(assessment.lines, names))
        ],
        "passage": bool(assessment.lines) and all(line.words is not None for line in assessment.lines),
        "reasons": [REASONS[code] for code in codes if code in REASONS],
        "answer_by": answer_by,
        "currency": currency,
    }
