"""Who at the desk and outside is told what. Readers hear only at addresses they confirmed."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q

from corrections.models import Correction, Inquiry, InquiryState, Report
from corrections.models.report import confirm_purpose
from corrections.services import checkpoints, pinning
from corrections.services.correction import REVIEWED_BY
from corrections.vocabulary import Visibility
from corrections.workflow import ReportStatus
from newsroom import links
from newsroom.accounts import approvals
from newsroom.accounts.models import DeskKind, Publication, Role
from newsroom.accounts.notices import people_at, people_with
from newsroom.backups import AFTER_RESTORE
from newsroom.events import sealed
from newsroom.events.kinds import Address, Recipient, address_book, closed, notice
from newsroom.events.models import Event
from newsroom.events.upkeep import GAUGES
from newsroom.workflow import DESK

GAUGES["ledger_unsigned_seconds"] = checkpoints.unsigned_seconds
AFTER_RESTORE.append(checkpoints.after_restore)


def report_of(event: Event) -> Report:
    """The report that the event is about."""
    return Report.objects.select_related("publication", "article", "desk", "assignee").get(
        reference=event.subject_reference
    )


def correction_of(event: Event) -> Correction:
    """The notice that the event is about."""
    return Correction.objects.select_related("publication").get(reference=event.subject_reference)


@closed("report")
def is_restricted(reference: str) -> bool:
    """Whether only the legal role may know of it."""
    return Report.objects.filter(reference=reference).exclude(visibility=Visibility.NORMAL).exists()


@address_book("reader")
def address_of_reader(key: str) -> Address | None:
    """The reader's address, once confirmed, until it is erased; none while the report is restricted."""
    report = Report.objects.select_related("contact").filter(reference=key).first()
    contact = getattr(report, "contact", None)
    if report is None or contact is None or contact.confirmed_at is None or report.confidential:
        return None
    email = sealed.open_text(contact.email_sealed)
    return Address(email, language=report.language) if email else None


@address_book("unconfirmed_reader")
def address_to_confirm(key: str) -> Address | None:
    """The same before it is confirmed: for the receipt with the confirm button, and for what an editor writes there by
    hand.
    """
    report = Report.objects.select_related("contact").filter(reference=key).first()
    contact = getattr(report, "contact", None)
    email = sealed.open_text(contact.email_sealed) if contact is not None else ""
    if report is None or contact is None or contact.bounced_at is not None or report.confidential:
        return None
    return Address(email, language=report.language) if email else None


@notice("report.submitted", "corrections/mail/report_submitted")
@notice("report.address_given", "corrections/mail/report_submitted")
@notice("report.released", "corrections/mail/report_submitted")
@notice("report.restored", "corrections/mail/report_submitted")
def the_new_reader(event: Event) -> Iterable[Recipient]:
    """The receipt with the confirm button: the only mail that an unconfirmed address gets by itself. Whether it does
    was decided when it happened: see `services.receipts`.
    """
    report = report_of(event)
    contact = getattr(report, "contact", None)
    if report.visibility != "normal" or contact is None or not contact.email_sealed:
        return []
    # Events from before that was written down: the receipt was owed at once.
    at_once = contact.address_number if event.kind in {"report.submitted", "report.address_given"} else None
    # Another address may have been given since: its own receipt was counted, and this one was not for it.
    asked = event.data.get("receipt", at_once) == contact.address_number
    return [Recipient("unconfirmed_reader", report.reference)] if asked else []


@notice("report.written_to", "corrections/mail/report_written_to_unconfirmed")
def the_reader_nobody_confirmed(event: Event) -> Iterable[Recipient]:
    """The address as it was given, where an editor decided to write there all the same."""
    return [Recipient("unconfirmed_reader", event.subject_reference)] if "unconfirmed" in event.data else []


@notice("report.submitted", "corrections/mail/report_submitted_desk")
@notice("report.released", "corrections/mail/report_submitted_desk")
@notice("report.restored", "corrections/mail/report_submitted_desk")
@notice("report.carried_on", "corrections/mail/report_submitted_desk")
@notice("report.appealed", "corrections/mail/report_appealed_desk")
@notice("report.restricted", "corrections/mail/report_restricted_desk")
@notice("report.unrestricted", "corrections/mail/report_unrestricted_desk")
def the_desk(event: Event) -> Iterable[Recipient]:
    """The people at the desk; nobody while the gate holds it."""
    report = report_of(event)
    if event.kind == "report.submitted" and event.data.get("status") == "held":
        return []
    if report.confidential:
        return the_legal_desk(report)
    return people_at(report.desk, publication=report.publication, kind=DeskKind.CORRECTIONS)


def the_legal_desk(report: Report) -> Iterable[Recipient]:
    """The only people who hear of a restricted report."""
    return [Recipient("user", str(person.pk)) for person in people_with(report.publication, Role.LEGAL)]


@notice("report.restricted", "corrections/mail/report_restricted_left")
def who_worked_on_it(event: Event) -> Iterable[Recipient]:
    """Who had it in hand and sees it no longer."""
    return [Recipient("user", str(event.data["left"]))] if "left" in event.data else []


@notice("report.due_soon", "corrections/mail/report_due_soon_desk")
@notice("report.overdue", "corrections/mail/report_overdue_desk")
@notice("report.replied", "corrections/mail/report_replied_desk")
@notice("report.wait_ended", "corrections/mail/report_wait_ended_desk")
@notice("report.withdrawn", "corrections/mail/report_withdrawn_desk")
@notice("report.advised", "corrections/mail/report_advised_desk")
def the_assignee(event: Event) -> Iterable[Recipient]:
    """Who works on it, else the desk."""
    report = report_of(event)
    if report.confidential:
        return the_legal_desk(report)
    assignee = report.assignee
    if assignee is not None and DESK in assignee.roles_at(report.publication):
        return [Recipient("user", str(assignee.pk))]
    return people_at(report.desk, publication=report.publication, kind=DeskKind.CORRECTIONS)


@notice("report.added_to", "corrections/mail/report_added_to_desk")
def who_has_it_in_hand(event: Event) -> Iterable[Recipient]:
    """Who works on it. While nobody does, it is read with the report."""
    return the_assignee(event) if report_of(event).assignee is not None else []


@notice("report.question_answered", "corrections/mail/report_question_answered_desk")
def those_who_fixed_it(event: Event) -> Iterable[Recipient]:
    """Who settled it, when the reader says that it is not fixed. The other answers stand on the report's page."""
    return the_assignee(event) if (event.data["question"], event.data["answer"]) == ("fixed", "no") else []


@notice("report.assigned", "corrections/mail/report_assigned")
def the_new_assignee(event: Event) -> Iterable[Recipient]:
    """Who it was handed to."""
    return [Recipient("user", str(event.data["to"]))] if "to" in event.data else []


@notice("report.assigned", "corrections/mail/report_handed_on")
def who_had_it(event: Event) -> Iterable[Recipient]:
    """Who has it no longer."""
    return [Recipient("user", str(event.data["left"]))] if "left" in event.data else []


@notice("report.refiled", "corrections/mail/report_refiled_desk")
def the_desk_that_gets_it(event: Event) -> Iterable[Recipient]:
    """The people at the desk that it was filed with."""
    if event.data.get("desk") is None:
        return []
    report = report_of(event)
    if report.confidential:
        return the_legal_desk(report)
    return people_at(report.desk, publication=report.publication, kind=DeskKind.CORRECTIONS)


@notice("report.referred", "corrections/mail/report_referred_desk")
def those_who_advise(event: Event) -> Iterable[Recipient]:
    """The legal desk."""
    return the_legal_desk(report_of(event))


@notice("report.inquiry_answered", "corrections/mail/inquiry_answered_desk")
@notice("report.inquiry_reminded", "corrections/mail/inquiry_reminded_desk")
def who_asked_a_colleague(event: Event) -> Iterable[Recipient]:
    """Who works on the report, and who asked."""
    asked_by = Inquiry.objects.values_list("asked_by", flat=True).get(reference=event.data["inquiry"])
    recipients = the_assignee(event)
    return dict.fromkeys([*recipients, *([] if report_of(event).confidential else [Recipient("user", str(asked_by))])])


@notice("report.inquiry_opened", "corrections/mail/inquiry_opened")
@notice("report.inquiry_reminded", "corrections/mail/inquiry_reminded")
def the_colleague(event: Event) -> Iterable[Recipient]:
    """Who was asked."""
    return [Recipient("colleague", event.data["inquiry"])]


@address_book("colleague")
def address_of_colleague(key: str) -> Address | None:
    """The colleague's address while the question waits for an answer."""
    inquiry = Inquiry.objects.select_related("report__publication").filter(reference=key).first()
    if inquiry is None or inquiry.state != InquiryState.OPEN or not inquiry.email_sealed:
        return None
    name = sealed.open_text(inquiry.name_sealed)
    return Address(sealed.open_text(inquiry.email_sealed), name, language=inquiry.publication.language)


@notice("report.split", "corrections/mail/report_split")
@notice("report.waiting", "corrections/mail/report_waiting")
@notice("report.reminded", "corrections/mail/report_reminded")
@notice("report.asked", "corrections/mail/report_asked")
@notice("report.written_to", "corrections/mail/report_written_to")
@notice("report.accepted", "corrections/mail/report_accepted")
@notice("report.joined", "corrections/mail/report_joined")
@notice("report.lapsed", "corrections/mail/report_lapsed")
@notice("report.fix_asked", "corrections/mail/report_fix_asked")
@notice("report.carried_on", "corrections/mail/report_carried_on")
def the_reader(event: Event) -> Iterable[Recipient]:
    """The reader, and whoever joined when the outcome is theirs too."""
    report = report_of(event)
    return to_readers([report.reference]) if report.visibility == "normal" else []


@notice("report.declined", "corrections/mail/report_declined")
@notice("report.resolved", "corrections/mail/report_resolved")
def the_readers_who_wait(event: Event) -> Iterable[Recipient]:
    """The reader and everyone whose report was joined to this one."""
    report = report_of(event)
    if report.visibility != "normal":
        return []
    joined = report.joined.filter(status="duplicate", visibility="normal").values_list("reference", flat=True)
    return to_readers([report.reference, *joined])


@notice("correction.superseded", "corrections/mail/correction_superseded")
@notice("correction.withdrawn", "corrections/mail/correction_withdrawn")
@notice("correction.reinstated", "corrections/mail/correction_reinstated")
def the_readers_it_was_for(event: Event) -> Iterable[Recipient]:
    """The readers whose reports this notice had settled, and those who joined them. Not whoever took theirs back."""
    theirs = Report.objects.filter(visibility=Visibility.NORMAL, test=False)
    settled = theirs.filter(correction__reference=event.subject_reference).exclude(
        status__in=[ReportStatus.WITHDRAWN, ReportStatus.SPAM]
    )
    joined = theirs.filter(joined_to__in=settled, status=ReportStatus.DUPLICATE)
    found = theirs.filter(Q(pk__in=settled) | Q(pk__in=joined)).order_by("pk")
    return to_readers(list(found.values_list("reference", flat=True)))


def to_readers(references: list[str]) -> Iterable[Recipient]:
    """The readers of these reports, but those whose address refused our mail."""
    gone = Report.objects.filter(reference__in=references, contact__bounced_at__isnull=False)
    refused = set(gone.values_list("reference", flat=True))
    return [Recipient("reader", reference) for reference in references if reference not in refused]


@notice("correction.sent_for_approval", "corrections/mail/correction_sent_for_approval")
def those_who_approve(event: Event) -> Iterable[Recipient]:
    """The standards editors who wrote none of it."""
    correction = correction_of(event)
    authors = correction.author_ids()
    people = people_with(correction.publication, Role.STANDARDS_EDITOR)
    return [Recipient("user", str(person.pk)) for person in people if person.pk not in authors]


@notice("correction.returned", "corrections/mail/correction_returned")
def the_authors(event: Event) -> Iterable[Recipient]:
    """Who wrote it."""
    return [Recipient("user", str(pk)) for pk in sorted(correction_of(event).author_ids())]


@notice("correction.fix_proposed", "corrections/mail/correction_fix_proposed")
def those_who_wait_for_the_fix(event: Event) -> Iterable[Recipient]:
    """Who wrote the draft, and who works on the reports that wait for it, once the article's new text has arrived."""
    return those_who_had_the_fix(event) if event.data.get("arrived") else []


@notice("correction.fix_undone", "corrections/mail/correction_fix_undone")
def those_who_had_the_fix(event: Event) -> Iterable[Recipient]:
    """The same people: the notice waits again."""
    correction = correction_of(event)
    working = correction.reports.filter(visibility=Visibility.NORMAL).exclude(assignee=None)
    people = correction.author_ids() | set(working.values_list("assignee", flat=True))
    return [Recipient("user", str(pk)) for pk in sorted(people)]


@address_book("witness")
def address_of_witness(key: str) -> Address | None:
    """An address of `CHECKPOINT_MAIL_TO`, while it stands there."""
    return next((Address(email) for email in settings.CHECKPOINT_MAIL_TO if pinning.witness_key(email) == key), None)


@notice("ledger.reported", "corrections/mail/ledger_reported")
def the_witnesses(event: Event) -> Iterable[Recipient]:
    """Who keeps the checkpoints of the public log."""
    return [Recipient("witness", pinning.witness_key(email)) for email in settings.CHECKPOINT_MAIL_TO]


@address_book("on_call")
def address_on_call(key: str) -> Address | None:
    """`<slug>:<place>`: whoever has that place on the publication's list now."""
    slug, _, place = key.partition(":")
    publication = Publication.objects.filter(slug=slug).first()
    listed = publication.policy("on_call") if publication else []
    return Address(str(listed[int(place)])) if place.isdecimal() and int(place) < len(listed) else None


@notice("report.paged", "corrections/mail/report_paged", priority=1)
def the_one_on_call(event: Event) -> Iterable[Recipient]:
    """Everyone on the list; without one, the standards editors. Legal alone for a restricted report."""
    report = report_of(event)
    listed = [] if report.confidential else range(len(report.publication.policy("on_call")))
    return [Recipient("on_call", f"{report.publication.slug}:{place}") for place in listed] or _answerable(report)


@notice("report.escalated", "corrections/mail/report_escalated_desk")
def those_who_answer_for_it(event: Event) -> Iterable[Recipient]:
    """The standards editors; when nobody took up an urgent report, those on call once more."""
    report = report_of(event)
    again = report.urgent and event.data.get("promise") == "acknowledge"
    return dict.fromkeys([*_answerable(report), *(the_one_on_call(event) if again else [])])


@notice("correction.published", "corrections/mail/correction_review_asked")
@notice("correction.suppressed", "corrections/mail/correction_review_asked")
@notice("correction.review_overdue", "corrections/mail/correction_review_overdue")
def the_second_person(event: Event) -> Iterable[Recipient]:
    """Who may review what one person did alone, without that person. Nobody for what two people published."""
    if event.kind == "correction.published" and event.data.get("move") != "publish_urgent":
        return []
    correction = correction_of(event)
    waiting = approvals.waiting(correction, *REVIEWED_BY).order_by("-pk").first()
    return _others(correction, REVIEWED_BY[waiting.move], waiting.proposed_by_id) if waiting else []


@notice("correction.destruction_proposed", "corrections/mail/correction_destruction_proposed")
def the_others_of_legal(event: Event) -> Iterable[Recipient]:
    """Who may destroy what a colleague of legal proposed to destroy."""
    return _others(correction_of(event), Role.LEGAL, event.actor_id)


@notice("correction.destruction_refused", "corrections/mail/correction_destruction_refused")
def all_of_legal(event: Event) -> Iterable[Recipient]:
    """The legal desk but the one who refused."""
    return _others(correction_of(event), Role.LEGAL, event.actor_id)


def _others(correction: Correction, role: str, but: int | None) -> list[Recipient]:
    people = people_with(correction.publication, role)
    return [Recipient("user", str(person.pk)) for person in people if person.pk != but]


def _answerable(report: Report) -> list[Recipient]:
    """The standards editors, or legal for a restricted report; the shared mailbox when there is nobody."""
    if report.confidential:
        return list(the_legal_desk(report))
    people = people_with(report.publication, Role.STANDARDS_EDITOR)
    found = [Recipient("user", str(person.pk)) for person in people]
    return found or [Recipient("publication", f"{report.publication.slug}:corrections")]


def confirm_path(report: Report) -> str:
    """Where the receipt's confirm button is. Opening it changes nothing; the button on it posts."""
    contact = getattr(report, "contact", None)
    purpose = confirm_purpose(contact.address_number if contact is not None else 0)
    return f"/corrections/confirm/{links.token(purpose, report.reference, report.token_nonce)}/"
