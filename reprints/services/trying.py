"""Test mode: an organization tries an integration to the end without a contract.

It moves its own test clock, has the desk decide, has one of its test licenses corrected, and pays with money that is
none. Only its own test records ever feel any of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom.accounts.models import Organization
from newsroom.errors import Conflict, Invalid
from newsroom.workflow import LICENSING, MANAGER, THE_PARTNER, lock
from reprints import events, moments
from reprints.models import Invoice, License, LicenseRequest, Quote, UpdateNotice
from reprints.services import asking, clock, deciding, issuing, licenses, payments, quoting, updates
from reprints.services.moving import lock_quote, move, tell
from reprints.vocabulary import DeclineCode, EndReason, InvoiceKind, NoticeKind
from reprints.workflow import LICENSE, InvoiceStatus, LicenseStatus, QuoteStatus, RequestStatus

MOST_AT_ONCE = timedelta(days=400)
FARTHEST = timedelta(days=3660)
PAID_BY = "TEST"
HOUR, DAY = 3600, 86_400
SHORT_WAY = timedelta(days=3)
REMOVE_WITHIN = timedelta(hours=72)
USUAL_PRICE = Decimal(100)
"""Of a line for which the rate card has none."""


@dataclass(frozen=True)
class TestDesk:
    """The licensing desk as a machine plays it in test mode. It has rights nowhere else: see `_own`."""

    actor_kind: str = "staff"

    def roles_at(self, publication: Any) -> frozenset[str]:
        """It may do what a licensing editor and manager may."""
        return frozenset({LICENSING, MANAGER})


THE_TEST_DESK = TestDesk()


@dataclass(frozen=True)
class Reading:
    """What a test clock shows, how many seconds it is ahead, and what its last move brought about."""

    now: datetime
    ahead_seconds: int
    done: dict[str, int]


def read(organization: Organization) -> Reading:
    """The test clock of this organization."""
    return _reading(organization.test_clock_seconds, {})


@transaction.atomic
def advance(organization: Organization, *, days: int = 0, hours: int = 0) -> Reading:
    """Move the test clock forward, and do at once what is due by then for the organization's test records.

    Raises `Invalid` for less than an hour, for more than 400 days at once, and beyond ten years in all.
    """
    step = timedelta(days=days, hours=hours)
    if step < timedelta(hours=1) or days < 0 or hours < 0:
        raise Invalid.one("/advance", _("A test clock moves forward, by an hour at least."), "too_small")
    if step > MOST_AT_ONCE:
        raise Invalid.one("/advance", _("At most 400 days at once."), "too_large")
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    seconds = organization.test_clock_seconds + int(step.total_seconds())
    if seconds > FARTHEST.total_seconds():
        raise Invalid.one("/advance", _("A test clock goes ten years ahead at most: reset it."), "too_large")
    done: Counter[str] = Counter()
    for moment in _on_the_way(organization, seconds):
        organization.test_clock_seconds = moment
        done.update(clock.tick_tests(organization))
    organization.test_clock_seconds = seconds
    organization.save(update_fields=["test_clock_seconds"])
    return _reading(seconds, dict(done))


def _on_the_way(organization: Organization, seconds: int) -> list[int]:
    """Where the clock stops to look: every hour of a short way, every day of a long one, so that what is told thirty,
    seven and one day before something is told three times, each at its time.
    """
    here = organization.test_clock_seconds
    step = HOUR if seconds - here <= SHORT_WAY.total_seconds() else DAY
    if not LicenseRequest.objects.filter(organization=organization, test=True).exists():
        return []
    return [*range(here + step, seconds, step), seconds]


def reset(organization: Organization) -> Reading:
    """Back to the real time. What happened on the way stays as it is."""
    Organization.objects.filter(pk=organization.pk).update(test_clock_seconds=0)
    return _reading(0, {})


@transaction.atomic
def correct(row: License, *, kind: str) -> UpdateNotice:
    """Open an update notice of this `NoticeKind` for a test license, as a published correction would.

    The article itself is not touched. Raises `Invalid` for an unknown kind, `Conflict` for a license that would hear
    of no correction.
    """
    row = _own(lock(row))
    if kind not in NoticeKind.values:
        raise Invalid.one("/kind", _("This is none of the choices."), "unknown_value")
    if not License.objects.filter(pk=row.pk).owed_updates(row.day()).exists():
        raise Conflict(_("Nobody hears of corrections for a license that is not in force."), code="not_in_force")
    event = tell(events.TEST_CORRECTION, row, by=THE_PARTNER, data={"kind": kind})
    return updates.open_one(row, kind=kind, revision=row.article.revision, event=event)


@transaction.atomic
def decide(request: LicenseRequest, *, decision: str, price: Decimal | None = None, words: str = "") -> LicenseRequest:
    """The desk answers a test request: one of `DECISIONS`. A quote costs the rate card's price, else `price` a line.

    Raises `Invalid` for another decision, `Conflict` where the request does not permit it.
    """
    request = _own(lock(request))
    if decision not in DECISIONS:
        raise Invalid.one("/decision", _("This is none of the choices."), "unknown_value")
    if request.status == RequestStatus.SUBMITTED and decision != "decline":
        move(request, "take_up", by=THE_TEST_DESK)
    DECISIONS[decision](request, price, words or str(SAID))
    return LicenseRequest.objects.get(pk=request.pk)


def _quote(request: LicenseRequest, price: Decimal | None, words: str) -> None:
    items = list(request.items.select_related("article__publication"))
    priced = asking.assess_request(request).lines
    lines = [
        quoting.Line(item, price=price or line.amount or USUAL_PRICE, override_reason=PAID_BY)
        for item, line in zip(items, priced, strict=True)
    ]
    quote = quoting.draft(request, by=THE_TEST_DESK, lines=lines, note=words, exclusions_confirmed=True)
    quoting.open_from_card(quote)


DECISIONS: dict[str, Callable[[LicenseRequest, Decimal | None, str], Any]] = {
    "quote": _quote,
    "ask": lambda request, price, words: deciding.ask(request, by=THE_TEST_DESK, words=words),
    "decline": lambda request, price, words: deciding.decline(
        request, by=THE_TEST_DESK, code=DeclineCode.EDITORIAL_POLICY, words=words
    ),
}
"""What the desk may answer to a test request → how."""


@transaction.atomic
def rule(row: License, *, decision: str, words: str = "", until: date | None = None) -> License:
    """The desk suspends a test license (until a day), reinstates or revokes it. Raises as `decide`."""
    row = _own(lock(row))
    if decision not in RULINGS:
        raise Invalid.one("/decision", _("This is none of the choices."), "unknown_value")
    said = words or str(SAID)
    if decision == "suspend":
        return licenses.suspend(row, by=THE_TEST_DESK, until=until, reason=EndReason.SUSPECTED_BREACH, words=said)
    if decision == "reinstate":
        return licenses.reinstate(row, by=THE_TEST_DESK)
    LICENSE.check(row, "revoke", THE_TEST_DESK)
    why: dict[str, Any] = {"reason": EndReason.BREACH, "words": said}
    return licenses.take_back(row, by=THE_TEST_DESK, remove_within=REMOVE_WITHIN, proposed_by=None, **why)


RULINGS = ("suspend", "reinstate", "revoke")
"""What the desk may decide about a test license."""
SAID = gettext_lazy("This is a test. At the desk, a person would write to you here.")


@transaction.atomic
def pay(quote: Quote) -> list[str]:
    """The money for an accepted test quote “arrived”: its invoice is paid, its licenses are in force. Their numbers.

    Raises `Conflict` when nothing is to be paid.
    """
    quote = _own(lock_quote(quote))
    if quote.status != QuoteStatus.ACCEPTED:
        raise Conflict(_("This quote is not accepted."), code="not_accepted")
    waiting = License.objects.filter(quote=quote, status=LicenseStatus.PENDING_PAYMENT).order_by("pk")
    numbers = [row.reference for row in waiting]
    invoice = Invoice.objects.filter(quote=quote, kind=InvoiceKind.INVOICE, status=InvoiceStatus.ISSUED).first()
    if invoice is not None:
        payments.pay(invoice, by=THE_TEST_DESK, reference=PAID_BY)
        begun = License.objects.filter(reference__in=numbers, status=LicenseStatus.ACTIVE)
        return list(begun.order_by("pk").values_list("reference", flat=True))
    if not numbers:
        raise Conflict(_("Nothing is to be paid on this."), code="nothing_outstanding")
    for row in waiting:
        issuing.begin(lock(row), by=THE_TEST_DESK, waited=True)
        issuing.fulfill_with(row)
    return numbers


def _own(row: Any) -> Any:
    """The row, which must be a test record: the machine that plays the desk never touches another."""
    if not row.test:
        raise Conflict(_("This is no test record."), code="not_a_test")
    return row


def _reading(seconds: int, done: dict[str, int]) -> Reading:
    with moments.ahead(seconds):
        return Reading(moments.now(), seconds, {name: count for name, count in done.items() if count})
