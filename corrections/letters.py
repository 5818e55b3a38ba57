"""What mails and hooks of the corrections desk may show: who gets them is declared in `notices`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy

from corrections import public
from corrections.models import Correction, Decision, Inquiry, LedgerCheckpoint, Message, Report
from corrections.notices import confirm_path, correction_of, report_of
from corrections.services import checkpoints, clock, inquiries
from corrections.services import report as reports
from corrections.services.contacts import READER_KINDS
from corrections.services.submitting import private_path
from corrections.vocabulary import URGENT_REASONS, Anchor
from newsroom.accounts.models import User
from newsroom.events import promises
from newsroom.events.kinds import Recipient, mail_context, payload
from newsroom.events.models import Event
from newsroom.workflow import THE_READER

PROMISED = {
    "acknowledge": gettext_lazy("to take the report up"),
    "decide": gettext_lazy("to answer the reader"),
    "publish": gettext_lazy("to publish the correction"),
}


@mail_context("report")
def about_report(event: Event, recipient: Recipient) -> dict[str, Any]:
    """What mails about a report may show. A reader who joined sees their own report's page.

    Nothing in it opens a private page unless the address was confirmed: a mistyped one is a stranger's.
    """
    report = report_of(event)
    own = report
    notice = report.correction if report.correction and report.correction.is_public else None
    part = Report.objects.filter(reference=event.data.get("part", ""), split_from__isnull=False).first()
    inquiry = Inquiry.objects.select_related("asked_by").filter(reference=event.data.get("inquiry", "")).first()
    outside = recipient.kind in READER_KINDS
    if outside and recipient.key != report.reference:
        own = Report.objects.select_related("publication").get(reference=recipient.key)
    owed = list(promises.running(own))
    return {
        "report": report,
        "own": own,
        "joined": own.pk != report.pk,
        "headline": _named_to(recipient, report),
        "urgent_because": dict(URGENT_REASONS).get(report.urgent_reason, ""),
        "passage": report.passage_exact if report.article and report.anchor_state == Anchor.OK else "",
        "private_url": settings.BASE_URL + private_path(own) if recipient.kind == "reader" else "",
        "confirm_url": settings.BASE_URL + confirm_path(own),
        "admin_url": f"{settings.BASE_URL}/admin/corrections/report/{report.pk}/change/",
        "part": part,
        "part_url": settings.BASE_URL + private_path(part) if part and recipient.kind == "reader" else "",
        "inquiry": inquiry,
        "inquiry_url": settings.BASE_URL + inquiries.private_path(inquiry) if inquiry else "",
        "promises": owed,
        "clock_waits": any(promise.paused_at for promise in owed if promise.kind == "decide"),
        "handed_to": User.objects.filter(pk=event.data.get("to")).first() if "left" in event.data else None,
        "broken": PROMISED.get(str(event.data.get("promise", ""))),
        "message": Message.objects.filter(pk=event.data.get("message"), report=report).first(),
        "question": clock.question_of(report),
        "decision": Decision.objects.filter(pk=event.data.get("decision"), report=report).first(),
        "correction": notice,
        "settled_by": public.settled(notice) if notice is not None else "",
        "answer_by": clock.answer_by(report),
        "notice_url": settings.BASE_URL + public.path(report.correction) if report.correction else "",
        "show_words": bool(report.publication.policy("mail_words_to_staff")),
    }


def _named_to(recipient: Recipient, report: Report) -> str:
    """What a report is about. Where nobody confirmed the address, in the newsroom's words alone: whoever typed it may
    want to have us write to somebody else.
    """
    if recipient.kind == "reader":
        return report.headline
    if recipient.kind == "unconfirmed_reader":
        return report.published_headline or report.get_medium_display()
    return _named_to_staff(report)


def _named_to_staff(report: Report) -> str:
    """What a report is about, without anything else that its reader typed: of an address that is none of our articles
    only host and path.
    """
    if report.article is not None:
        return report.article.headline
    return report.place or report.get_medium_display()


@mail_context("correction")
def about_correction(event: Event, recipient: Recipient) -> dict[str, Any]:
    """What mails about a notice may show. A reader whose report it settled sees that report's page."""
    correction = correction_of(event)
    article = event.article or correction.main_article
    readers = Report.objects.select_related("publication", "article", "joined_to")
    own = readers.get(reference=recipient.key) if recipient.kind == "reader" else None
    by = Correction.objects.public().filter(reference=event.data.get("by_notice", "")).first()
    return {
        **(_to_reader(own) if own is not None else {}),
        "by_notice": by,
        "by_url": settings.BASE_URL + public.path(by) if by is not None else "",
        "correction": correction,
        "headline": article.headline if article else "",
        "admin_url": f"{settings.BASE_URL}/admin/corrections/correction/{correction.pk}/change/",
        "page_url": settings.BASE_URL + public.path(correction),
    }


def _to_reader(own: Report) -> dict[str, Any]:
    return {
        "own": own,
        "private_url": settings.BASE_URL + private_path(own),
        "named": own.headline,
        "may_appeal": "appeal" in reports.available(own, THE_READER),
    }


@payload("report")
def thin_report(event: Event) -> dict[str, Any]:
    """Reference and status: a report's words never leave by hook."""
    return {
        "reference": event.subject_reference,
        "status": event.data.get("to", event.data.get("status", "")),
    }


@payload("correction")
def thin_correction(event: Event) -> dict[str, Any]:
    """Reference, status and where to fetch it; for a suppressed one the reference alone."""
    if event.kind in {"correction.suppressed", "correction.unsuppressed"}:
        return {"reference": event.subject_reference}
    articles = event.data.get("article_references")
    if articles is None:
        named = correction_of(event).articles.order_by("pk")
        articles = list(named.values_list("article__reference", flat=True))
    return {
        "reference": event.subject_reference,
        "status": event.data.get("to", ""),
        "articles": articles,
        "url": f"{settings.BASE_URL}/api/v1/corrections/{event.subject_reference}/",
    }


@mail_context("ledger")
def about_checkpoint(event: Event, recipient: Recipient) -> dict[str, Any]:
    """The checkpoint that the event is about, and where to check it."""
    return {
        "checkpoint": LedgerCheckpoint.objects.get(pk=event.data["checkpoint"]),
        "origin": checkpoints.origin(),
        "page_url": f"{settings.BASE_URL}/corrections/ledger/",
    }


@payload("ledger")
def thin_checkpoint(event: Event) -> dict[str, Any]:
    """The signed checkpoint itself: 200 bytes that are worth keeping."""
    return {
        "checkpoint": LedgerCheckpoint.objects.get(pk=event.data["checkpoint"]).text,
        "url": f"{settings.BASE_URL}/api/v1/ledger/checkpoint/",
    }
