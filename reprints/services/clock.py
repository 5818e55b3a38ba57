"""What time alone brings about.

Every function may run at any moment and any number of times: twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from newsroom.accounts.days import by_the_day
from newsroom.accounts.models import Organization
from newsroom.events import watch
from newsroom.events.models import Delivery, Event
from newsroom.rounds import one_by_one, to_the_end
from newsroom.workflow import THE_CLOCK, lock
from reprints import audience, events, moments
from reprints.models import License, LicenseRequest, Quote, UpdateNotice
from reprints.services import deciding, licenses, payments, updates
from reprints.services.moving import tell, touch
from reprints.workflow import LicenseStatus, NoticeStatus, QuoteStatus, RequestStatus

REMIND_AFTER = (timedelta(days=5), timedelta(days=10))
LAPSE_AFTER = timedelta(days=15)
REMIND_BEFORE_QUOTE_ENDS = (timedelta(days=7), timedelta(days=2))
EXPIRING_DAYS = (1, 7, 30)
ESCALATE_AFTER = timedelta(hours=24)
LOOK_BACK = timedelta(days=1)
IN_OUR_TIME = Q(test=False) | Q(organization=None) | Q(organization__test_clock_seconds=0)
"""Everything but the test records of whoever moved a test clock."""


@to_the_end()
def tick(now: datetime) -> dict[str, int]:
    """Everything that is due at `now`, and on each test clock that is ahead of it: how many of each.

    A row that fails does not hold up the others: what it raised is raised when all are through.
    """
    totals = _due(now, IN_OUR_TIME)
    totals["promises"] = watch.watch(now, (LicenseRequest.noun,))
    for organization in Organization.objects.filter(test_clock_seconds__gt=0).order_by("pk"):
        for name, count in tick_tests(organization, now=now).items():
            totals[name] += count
    return totals


@to_the_end()
def tick_tests(organization: Organization, *, now: datetime | None = None) -> dict[str, int]:
    """Everything that is due for the test records of this organization, on its test clock. How many of each."""
    seconds = organization.test_clock_seconds
    with moments.ahead(seconds):
        moment = moments.now() if now is None else now + timedelta(seconds=seconds)
        return _due(moment, Q(test=True, organization=organization))


def _due(now: datetime, scope: Q) -> dict[str, int]:
    def each(rows: list[Any], act: Callable[[Any, datetime], bool]) -> int:
        return one_by_one(rows, lambda row: act(row, now))

    waiting, unpaid = _waiting_for_requester(scope), payments.overdue(now, scope)
    return {
        "reminded": each(waiting, remind_requester),
        "lapsed": each(waiting, lapse_silent),
        "superseded": each(licenses.renewals_due(now, scope), supersede_renewed),
        "reinstated": each(_suspended_until(now, scope), licenses.lift),
        "expiring": each(_ending(now, scope), tell_expiring),
        "expired": each(_ended(now, scope), tell_expired),
        "notices_reminded": each(_notices_to_remind(now, scope), remind_licensee),
        "overdue": each(_notices_due(now, scope), tell_overdue),
        "escalated": each(_notices_overdue(now, scope), escalate_notice),
        "invoices_reminded": each(unpaid, payments.remind),
        "invoices_suspended": each(unpaid, payments.suspend_for),
    }


def remind_requester(request: LicenseRequest, now: datetime) -> bool:
    """The next of two reminders, when its day has come.

    It is owed as a mail about the event that asked or quoted.
    """
    if request.reminders >= _reminders_due(request, now):
        return False
    with transaction.atomic():
        request = lock(request)
        due = _reminders_due(request, now)
        if request.reminders >= due:
            return False
        request.reminders = due
        touch(request, fields=["reminders"])
        _owe_reminder(request, due)
    return True


def lapse_silent(request: LicenseRequest, now: datetime) -> bool:
    """Close a request whose question stayed unanswered after two reminders, or whose quote ran out."""
    ends = _lapses_at(request)
    if ends is None or now < ends:
        return False
    if request.status == RequestStatus.NEEDS_INFO and request.reminders < len(REMIND_AFTER):
        return False
    deciding.lapse(request, by=THE_CLOCK, seen=request.version)
    return True


def tell_expiring(row: License, now: datetime) -> bool:
    """Thirty, seven and one day before the last day: each once, and only if the term is longer than that."""
    if _step_due(row, now) is None:
        return False
    with transaction.atomic():
        row = lock(row)
        step = _step_due(row, now)
        if step is None or row.ends_on is None:
            return False
        row.expiring_told = step
        touch(row, fields=["expiring_told"])
        said = {"days": (row.ends_on - row.day(now)).days, "ends_on": row.ends_on.isoformat()}
        tell(events.EXPIRING, row, by=THE_CLOCK, data=said)
    return True


def tell_expired(row: License, now: datetime) -> bool:
    """The last day is over: remove or renew. Once."""
    with transaction.atomic():
        row = lock(row)
        if row.expired_told_at is not None or row.effective_status(now) != "expired" or row.ends_on is None:
            return False
        row.expired_told_at = now
        touch(row, fields=["expired_told_at"])
        tell(events.EXPIRED, row, by=THE_CLOCK, data={"status": "expired", "ends_on": row.ends_on.isoformat()})
    return True


def supersede_renewed(row: License, now: datetime) -> bool:
    """The renewal's first day has come."""
    following = licenses.newest_renewal(row)
    if following is None or row.day(now) < following.starts_on:
        return False
    licenses.supersede(row, by_license=following)
    return True


def remind_licensee(notice: UpdateNotice, now: datetime) -> bool:
    """Half of the time for an unanswered notice is over: ask once more."""
    if notice.reminded_at is not None or notice.remind_at is None or now < notice.remind_at:
        return False
    updates.remind(notice, by=THE_CLOCK, seen=notice.version)
    return True


def tell_overdue(notice: UpdateNotice, now: datetime) -> bool:
    """The date of an unanswered notice has passed. Once."""
    with transaction.atomic():
        notice = lock(notice)
        if notice.overdue_told_at is not None or not notice.is_overdue(now):
            return False
        notice.overdue_told_at = now
        touch(notice, fields=["overdue_told_at"])
        tell(events.NOTICE_OVERDUE, notice, by=THE_CLOCK)
    return True


def escalate_notice(notice: UpdateNotice, now: datetime) -> bool:
    """A day after the date still no answer: a person of the desk takes it from here. Where there is no date, as long
    after our reminder as that came after the notice.
    """
    after = notice.due_at + ESCALATE_AFTER if notice.due_at else None
    if after is None and notice.remind_at is not None:
        after = notice.remind_at + updates.REMIND_REQUESTED_AFTER
    if after is None or now < after:
        return False
    updates.escalate(notice, by=THE_CLOCK, seen=notice.version)
    return True


def open_quote_of(request: LicenseRequest) -> Quote | None:
    """The quote that the requester has not answered."""
    return next((row for row in request.quotes.all() if row.status == QuoteStatus.OPEN), None)


def _reminders_due(request: LicenseRequest, now: datetime) -> int:
    """How many reminders should have gone out by now. None of a quote that ran out: nobody can accept it any more."""
    if request.waiting_since is None:
        return 0
    if request.status == RequestStatus.NEEDS_INFO:
        return sum(now >= request.waiting_since + after for after in REMIND_AFTER)
    quote = open_quote_of(request) if request.status == RequestStatus.QUOTED else None
    if quote is None or quote.valid_until is None or now >= quote.valid_until:
        return 0
    # A quote with less time than that is not reminded of in the minute in which it is sent.
    marks = (quote.valid_until - before for before in REMIND_BEFORE_QUOTE_ENDS)
    return sum(request.waiting_since < mark <= now for mark in marks)


def _lapses_at(request: LicenseRequest) -> datetime | None:
    if request.status == RequestStatus.NEEDS_INFO and request.waiting_since is not None:
        return request.waiting_since + LAPSE_AFTER
    quote = open_quote_of(request) if request.status == RequestStatus.QUOTED else None
    return quote.valid_until + LOOK_BACK if quote is not None and quote.valid_until is not None else None


def _step_due(row: License, now: datetime) -> int | None:
    """Which of `EXPIRING_DAYS` is to be told; None when none is, or it was told."""
    if row.ends_on is None or row.status != LicenseStatus.ACTIVE:
        return None
    left, term = (row.ends_on - row.day(now)).days, (row.ends_on - row.starts_on).days
    step = next((days for days in EXPIRING_DAYS if left <= days), None)
    told = row.expiring_told
    return None if step is None or left < 0 or term <= step or (told is not None and told <= step) else step


def _owe_reminder(request: LicenseRequest, count: int) -> None:
    quote = open_quote_of(request)
    subject, kind = (quote, "quote.opened") if quote is not None else (request, "license_request.asked")
    told = Event.objects.filter(kind=kind, subject_kind=subject.noun, subject_reference=subject.reference)
    event = told.order_by("-pk").first()
    if event is None or request.test:
        return
    Delivery.objects.bulk_create(
        [
            Delivery(
                event=event,
                channel=Delivery.Channel.EMAIL,
                template=f"reprints/mail/{kind.replace('.', '_')}_reminder",
                recipient_kind=person.kind,
                recipient_key=person.key,
                dedupe_key=f"mail:{event.pk}:reminder:{count}:{person.kind}:{person.key}",
            )
            for person in audience.the_requester(request)
        ],
        ignore_conflicts=True,
    )


def _waiting_for_requester(scope: Q) -> list[LicenseRequest]:
    rows = LicenseRequest.objects.filter(scope, status__in=[RequestStatus.NEEDS_INFO, RequestStatus.QUOTED])
    rows = rows.exclude(waiting_since=None).select_related("publication", "organization")
    return list(rows.prefetch_related("quotes"))


def _ending(now: datetime, scope: Q) -> list[License]:
    soon = timedelta(days=max(EXPIRING_DAYS))
    near = by_the_day(now, lambda day: Q(ends_on__range=(day, day + soon)))
    rows = License.objects.filter(near, scope, status=LicenseStatus.ACTIVE)
    return list(rows.without_renewal().select_related("publication"))


def _ended(now: datetime, scope: Q) -> list[License]:
    over = by_the_day(now, lambda day: Q(ends_on__lt=day))
    rows = License.objects.filter(
        over, scope, status__in=[LicenseStatus.ACTIVE, LicenseStatus.SUSPENDED], expired_told_at=None
    )
    return list(rows.without_renewal().select_related("publication"))


def _suspended_until(now: datetime, scope: Q) -> list[License]:
    come = by_the_day(now, lambda day: Q(suspended_until__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day)))
    rows = License.objects.filter(come, scope, status=LicenseStatus.SUSPENDED)
    return list(rows.select_related("publication", "quote", "article"))


def _notices_to_remind(now: datetime, scope: Q) -> list[UpdateNotice]:
    rows = UpdateNotice.objects.filter(scope, status=NoticeStatus.OPEN, reminded_at=None, remind_at__lte=now)
    return list(rows.select_related("publication"))


def _notices_due(now: datetime, scope: Q) -> list[UpdateNotice]:
    return list(UpdateNotice.objects.unanswered().filter(scope, overdue_told_at=None, due_at__lt=now))


def _notices_overdue(now: datetime, scope: Q) -> list[UpdateNotice]:
    late = ~Q(overdue_told_at=None) & Q(due_at__lte=now - ESCALATE_AFTER)
    unanswered = Q(due_at=None, remind_at__lte=now - updates.REMIND_REQUESTED_AFTER) & ~Q(reminded_at=None)
    return list(UpdateNotice.objects.filter(scope, late | unanswered, status=NoticeStatus.OPEN))
