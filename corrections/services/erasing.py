"""What a reader may ask for at any time: everything we hold on them about a report, and to have it erased."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from corrections import events, public
from corrections.models import Report
from corrections.services import outcomes
from corrections.services.contacts import READER_KINDS, erase_contact
from newsroom.errors import Conflict
from newsroom.events import sealed
from newsroom.events.log import history_of, record
from newsroom.events.models import Promise
from newsroom.events.reveals import reveals_of
from newsroom.events.upkeep import deliveries_to
from newsroom.workflow import Actor, lock

__all__ = ["erase_contact", "erase_text", "held_on", "possible"]
THE_GATE = frozenset({"report.released", "report.marked_spam", "report.restored"})
"""Events that would tell a reader what the gate thought of them: to outsiders `held` is `new`."""
INTERNAL = THE_GATE | {
    *("report.restricted", "report.unrestricted", "report.hold_placed", "report.hold_lifted"),
    *("report.paged", "report.escalated", "report.exported", "report.sender_listed", "report.sender_lifted"),
    *("report.assigned", "report.weighed", "report.refiled", "report.referred", "report.advised"),
    *("report.inquiry_opened", "report.inquiry_answered", "report.inquiry_reminded", "report.inquiry_closed"),
}
"""What a reader is not told: that, what the legal desk did, and who in the house was called or asked."""
TEXTS = (
    "claim",
    "suggestion",
    "passage_exact",
    "passage_prefix",
    "passage_suffix",
    "medium_detail",
    "anchor",
    "acting_for",
    "network_hash",
)


def possible(report: Report) -> list[str]:
    """Which of `erase_contact` and `erase_text` the reader can press now. A legal hold answers when it is pressed."""
    found = ["erase_contact"] if getattr(report, "contact", None) is not None else []
    return [*found, "erase_text"] if not report.is_open and report.text_erased_at is None else found


@transaction.atomic
def erase_text(report: Report, *, by: Actor, why: str) -> bool:
    """Blank what the reader wrote: the report and the reader's messages. Our answers, the notice and the log stay, and
    of the address that was given host and path.

    `why` is `asked` or `retention`. False when it was blank already. Raises `Conflict` under a legal hold and while the
    report is open.
    """
    report = lock(report)
    if report.text_erased_at is not None:
        return False
    if report.legal_hold:
        raise Conflict(_("A legal matter obliges us to keep this for now."), code="legal_hold")
    if report.is_open:
        raise Conflict(_("We still work on this report. Take it back first."), code="open")
    for name in TEXTS:
        setattr(report, name, "")
    report.sources, report.about_me = [], False
    report.article_url = report.article.url if report.article else report.place
    report.text_erased_at = timezone.now()
    report.version += 1
    report.save(update_fields=[*TEXTS, "article_url", "sources", "about_me", "text_erased_at", "version", "updated_at"])
    messages = report.messages.filter(author_kind="reader").exclude(body="").update(body="")
    record(events.ERASED, report, by=by, data={"why": why, "messages": messages})
    return True


def held_on(report: Report) -> dict[str, Any]:
    """All that is held on the reader about this report, as plain values; without the desk's internal notes."""
    return {
        "reference": report.reference,
        "publication": report.publication.name,
        "status": report.outside_status,
        "received_at": report.created_at,
        "closed_at": report.closed_at,
        "report": _words(report),
        "answered": {
            "published_notice_settles_it": report.settled_answer,
            "same_as_another_report": report.same_answer,
            "is_it_fixed": report.fixed_answer,
        },
        "contact": _contact(report),
        "messages": [
            {"from": "you" if row.author_kind == "reader" else "desk", "at": row.at, "text": row.body}
            for row in report.messages.filter(internal=False)
        ],
        "answers": [
            {"at": row.at, "reason": row.reason, "text": row.answer, "turn_to": row.turn_to}
            for row in report.decisions.all()
        ],
        "promised": list(_promises(report)),
        "mails": deliveries_to(kinds=READER_KINDS, keys=[report.reference]),
        "contact_looked_at": list(reveals_of(report).values_list("at", flat=True)),
        "network_is_stored": bool(report.network_hash),
        "what_happened": [
            {"at": event.happened_at, "what": event.kind, "by": event.actor_kind}
            for event in history_of(report)
            if event.kind not in INTERNAL
        ],
        "public_correction": _notice(report),
        "not_in_this_file": _("Internal notes of the desk. Ask at the address of the corrections desk."),
        "ask_at": report.publication.corrections_email,
    }


def _words(report: Report) -> dict[str, Any]:
    names = (
        "article_url",
        "article_revision",
        "medium",
        "category",
        "urgent",
        "urgent_reason",
        "language",
        "channel",
    )
    texts = [name for name in TEXTS if name != "network_hash"]
    held = {name: getattr(report, name) for name in (*names, *texts, "sources", "about_me")}
    return {**held, "words_erased_at": report.text_erased_at}


def _contact(report: Report) -> dict[str, Any] | None:
    contact = getattr(report, "contact", None)
    if contact is None:
        return None
    return {
        "name": sealed.open_text(contact.name_sealed),
        "email": sealed.open_text(contact.email_sealed),
        "phone": sealed.open_text(contact.phone_sealed),
        "confirmed_at": contact.confirmed_at,
        "bounced_at": contact.bounced_at,
    }


def _promises(report: Report) -> Any:
    rows = Promise.objects.filter(subject_kind=report.noun, subject_reference=report.reference).order_by("pk")
    return rows.values("kind", "due_at", "kept_at", "dropped_at")


def _notice(report: Report) -> str | None:
    notice = outcomes.settled_by(report.joined_to or report) or outcomes.settled_by(report)
    return settings.BASE_URL + public.path(notice) if notice is not None and notice.is_public else None
