"""Asking a colleague by a signed link: one question, one address, one date. The answer is an internal note."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import Inquiry, InquiryState, Message, Report
from corrections.models.inquiry import GRACE
from corrections.models.report import OPEN
from corrections.services.answers import refuse_open_names
from corrections.services.moving import keep_closed
from corrections.vocabulary import Visibility
from newsroom import links, references
from newsroom.accounts.models import User
from newsroom.business_time import end_of_day
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events import sealed
from newsroom.events.log import record
from newsroom.events.upkeep import forget_recipient
from newsroom.rounds import one_by_one
from newsroom.workflow import DESK, THE_CLOCK, Outsider, lock

THE_COLLEAGUE = Outsider("colleague")
MAX_WORDS = 5000
MAX_NAME = 120
MAX_OPEN = 20
LONGEST = timedelta(days=90)
BATCH = 200


def may_ask(report: Report, by: User) -> bool:
    """Whether this person may ask a colleague about it now."""
    return report.is_open and not report.confidential and DESK in by.roles_at(report.publication)


def may_close(report: Report, by: User) -> bool:
    """Whether there is an open question that this person may take back."""
    return may_ask(report, by) and open_ones(report).exists()


def open_ones(report: Report) -> QuerySet[Inquiry]:
    """The questions that still wait for an answer, oldest first."""
    return report.inquiries.filter(answered_at=None, closed_at=None, reply_by__gte=timezone.now() - GRACE)


@transaction.atomic
def ask_colleague(
    report: Report,
    *,
    by: User,
    name: str,
    email: str,
    words: str,
    reply_by: date,
    show_claim: bool = False,
    seen: int | None = None,
) -> Report:
    """Mail the question with a signed link; the page shows headline, passage and question.

    What the reader wrote is shown there with `show_claim` alone, who the reader is never. `reply_by` is a day of the
    publication's time zone, today to 90 days from now. The report stays as it is.
    """
    report = lock(report, seen=seen)
    keep_closed(report, by)
    if DESK not in by.roles_at(report.publication):
        raise NotAllowed(_("Only the desk asks colleagues."))
    if not may_ask(report, by):
        raise Conflict(_("Colleagues are asked about open reports only."))
    if open_ones(report).count() >= MAX_OPEN:
        raise Conflict(_("Twenty questions are open already: close one first."))
    _check(name, email, words)
    zone = report.publication.zone
    today = timezone.now().astimezone(zone).date()
    if not today <= reply_by <= today + LONGEST:
        raise Invalid.one("/reply_by", _("Choose a day from today to 90 days from now."), "out_of_range")
    inquiry = Inquiry.objects.create(
        reference=references.new("inquiry"),
        report=report,
        question=words.strip(),
        show_claim=show_claim,
        asked_by=by,
        reply_by=end_of_day(reply_by, zone=zone),
        name_sealed=sealed.seal(name.strip()),
        email_sealed=sealed.seal(email.strip()),
        token_nonce=links.new_nonce(),
    )
    record(events.INQUIRY_OPENED, report, by=by, data={"inquiry": inquiry.reference})
    return report


@transaction.atomic
def answer(inquiry: Inquiry, *, words: str) -> Message:
    """The colleague answers, once: an internal note, and whoever works on the report is told.

    Raises `Conflict` when no answer is expected any more.
    """
    report = lock(inquiry.report)
    inquiry = lock(inquiry)
    if inquiry.state != InquiryState.OPEN:
        raise Conflict(_("This question no longer waits for an answer."), code=inquiry.state)
    _check_words(words)
    now = timezone.now()
    message = Message.objects.create(
        report=report, author_kind="colleague", author=None, internal=True, body=words.strip(), at=now
    )
    inquiry.answered_at, inquiry.answer = now, message
    inquiry.version += 1
    inquiry.save(update_fields=["answered_at", "answer", "version", "updated_at"])
    record(events.INQUIRY_ANSWERED, report, by=THE_COLLEAGUE, data={"inquiry": inquiry.reference})
    return message


@transaction.atomic
def close(report: Report, *, by: User, inquiry: Inquiry, seen: int | None = None) -> Report:
    """The answer is no longer needed: the link dies."""
    report = lock(report, seen=seen)
    keep_closed(report, by)
    if DESK not in by.roles_at(report.publication):
        raise NotAllowed(_("Only the desk closes its questions."))
    inquiry = lock(inquiry)
    if inquiry.report_id != report.pk or inquiry.state != InquiryState.OPEN:
        raise Conflict(_("That question no longer waits for an answer."))
    inquiry.closed_at = timezone.now()
    inquiry.version += 1
    inquiry.save(update_fields=["closed_at", "version", "updated_at"])
    record(events.INQUIRY_CLOSED, report, by=by, data={"inquiry": inquiry.reference})
    return report


def remind(now: datetime) -> int:
    """Remind, once each, who has not answered by the date. The number of reminders."""
    due = Inquiry.objects.filter(
        answered_at=None,
        closed_at=None,
        reminded_at=None,
        reply_by__lte=now,
        reply_by__gt=now - GRACE,
        report__status__in=OPEN,
        report__visibility=Visibility.NORMAL,
    )
    return one_by_one(due.order_by("reply_by")[:BATCH], lambda inquiry: _remind(inquiry, now))


@transaction.atomic
def _remind(inquiry: Inquiry, now: datetime) -> bool:
    report = lock(inquiry.report)
    fresh = lock(inquiry)
    if fresh.state != InquiryState.OPEN or fresh.reminded_at is not None:
        return False
    fresh.reminded_at = now
    fresh.save(update_fields=["reminded_at", "updated_at"])
    record(events.INQUIRY_REMINDED, report, by=THE_CLOCK, data={"inquiry": fresh.reference})
    return True


@transaction.atomic
def forget_colleagues(report: Report) -> bool:
    """Forget whom was asked; questions and answers stay. False when there was nobody, or a legal hold keeps them."""
    report = lock(report)
    if report.legal_hold:
        return False
    known = list(report.inquiries.exclude(name_sealed="", email_sealed="").select_for_update())
    for inquiry in known:
        inquiry.name_sealed = inquiry.email_sealed = ""
        inquiry.save(update_fields=["name_sealed", "email_sealed", "updated_at"])
        forget_recipient(kinds=["colleague"], key=inquiry.reference)
    return bool(known)


def private_path(inquiry: Inquiry) -> str:
    """The address of the page with the question, with its token."""
    return f"/corrections/inquiries/{links.token('inquiry', inquiry.reference, inquiry.token_nonce)}/"


def find_by_token(token: str) -> Inquiry | None:
    """The question that this token opens, whatever its state, or None."""
    nonce = links.nonce_of(token)
    inquiry = (
        Inquiry.objects.select_related("report__publication", "report__article").filter(token_nonce=nonce).first()
        if nonce
        else None
    )
    if inquiry is None or not links.opens(token, "inquiry", inquiry.reference, inquiry.token_nonce):
        return None
    return inquiry


def _check(name: str, email: str, words: str) -> None:
    if not name.strip() or len(name) > MAX_NAME:
        raise Invalid.one("/name", _("Who is asked?"), "required")
    try:
        validate_email(email.strip())
    except ValidationError as error:
        raise Invalid.one("/email", _("This is not a mail address."), "bad_address") from error
    _check_words(words)
    refuse_open_names(words)


def _check_words(words: str) -> None:
    if not words.strip():
        raise Invalid.one("/words", _("Please write something."), "required")
    if len(words) > MAX_WORDS:
        raise Invalid.one("/words", _("At most 5,000 characters."), "too_long")
