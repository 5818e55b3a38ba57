"""What each status means to a reader, in a sentence that says what happens next. One table, read by pages and tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from corrections import public
from corrections.models import Correction, Decision, Message, Report
from corrections.services.priority import URGENT_HOURS, due
from corrections.vocabulary import DECLINED_AS, Effect, Resolution, Visibility
from corrections.workflow import REPORT, CorrectionStatus, ReportStatus
from newsroom.errors import DomainError, Stale
from newsroom.events import promises
from newsroom.events.models import Promise
from newsroom.web.standings import Standing

S = ReportStatus
STANDINGS: dict[str, Standing] = {
    S.NEW: Standing(_("Received"), _("An editor reads your report and takes it up."), "us"),
    S.IN_REVIEW: Standing(_("Being looked at"), _("An editor checks what you told us, and answers you."), "us"),
    S.NEEDS_INFO: Standing(
        _("We asked you something"), _("Please answer the editor’s question below, so that we can go on."), "you"
    ),
    S.ACCEPTED: Standing(
        _("You are right"), _("We agree that the article is wrong, and are writing the correction."), "us"
    ),
    S.RESOLVED: Standing(_("Settled"), _("This is settled. Thank you for telling us.")),
    S.DECLINED: Standing(_("Answered"), _("We have answered you. The reasons are below.")),
    S.DUPLICATE: Standing(
        _("Joined to another report"),
        _("Another reader reported the same error. You hear on this page how that report ends."),
    ),
    S.WITHDRAWN: Standing(
        _("Taken back"), _("You took this report back. If the article is wrong all the same, we still correct it.")
    ),
    S.LAPSED: Standing(
        _("Closed without a reply"), _("We asked you something and did not hear from you, so we closed this report.")
    ),
    S.SPAM: Standing(_("Closed"), _("We do not work on this report.")),
}
"""Keyed by `Report.outside_status`."""

SETTLED_BEFORE = Standing(
    _("Settled before"), _("You told us that the published correction is what you meant. Thank you.")
)

LOOKED_AGAIN = _("We looked at it again. What we published stands; the reasons are below.")

PROMISED: dict[str, Any] = {
    "acknowledge": _("An editor takes it up"),
    "decide": _("You have our answer"),
    "publish": _("If you are right, the correction is published"),
}
"""What each kind of promise promises."""


def primary_of(report: Report) -> Report:
    """The report whose end is this reader's outcome: the one it was joined to, unless that is for the legal desk."""
    joined_to = report.joined_to if report.status == S.DUPLICATE else None
    return joined_to if joined_to is not None and joined_to.visibility == Visibility.NORMAL else report


def standing_of(report: Report) -> Standing:
    """How the report stands, to its reader: once the report that it was joined to is decided, as that one does."""
    primary = primary_of(report)
    if primary.status in {S.RESOLVED, S.DECLINED}:
        return STANDINGS[primary.status]
    if report.status == S.WITHDRAWN and report.resolution_code == Resolution.ALREADY_CORRECTED:
        return SETTLED_BEFORE
    return STANDINGS[report.outside_status]


def next_of(report: Report, notice: Correction | None) -> Any:
    """What happens next, in a sentence, or what ended it. `notice` is the one that settled it, if it can be shown."""
    standing = standing_of(report)
    if standing is STANDINGS[S.RESOLVED] and notice is not None:
        return public.settled(notice)
    if standing is STANDINGS[S.DECLINED] and notice is not None:
        return LOOKED_AGAIN if notice.status == CorrectionStatus.PUBLISHED else standing.next
    if standing is STANDINGS[S.DECLINED]:
        return DECLINED_AS.get(Resolution(primary_of(report).resolution_code), standing.next)
    if standing is STANDINGS[S.DUPLICATE] and _is_confirmed(report):
        return _("Another reader reported the same error. You hear how that report ends, on this page and by mail.")
    return standing.next


def outcome_of(report: Report, notice: Correction | None) -> tuple[Any, datetime | None]:
    """The words for when it was answered or settled, and that date; None while neither has happened."""
    primary = primary_of(report)
    if primary.status == S.RESOLVED:
        return _("Published on"), (notice.published_at if notice is not None else primary.closed_at)
    if primary.status == S.DECLINED:
        return _("Answered on"), primary.closed_at
    return "", None


def _is_confirmed(report: Report) -> bool:
    contact = getattr(report, "contact", None)
    return contact is not None and contact.confirmed_at is not None


def refusal_of(report: Report, move: str, refusal: DomainError) -> str:
    """Why a move of the reader was refused, and what to do now, in words that tell nothing of the desk's own work."""
    if move in REPORT.transitions and report.status not in REPORT.transitions[move].sources:
        return _now("This is no longer possible: “%(standing)s”. What happened meanwhile stands below.") % {
            "standing": standing_of(report).label
        }
    if isinstance(refusal, Stale):
        return _now("Something new stands here since you opened this page. Please read it below and send again.")
    return refusal.message


def dates_of(report: Report) -> list[Promise]:
    """The dates that still run for the reader, the nearest first, each with its words in `what`, and in `by_clock`
    whether the hour counts.

    Whoever was joined to another report is owed its dates.
    """
    primary = primary_of(report)
    rows = [
        row
        for row in promises.running(primary)
        if row.kind in PROMISED and (primary.pk == report.pk or not row.paused_at)
    ]
    for row in rows:
        row.what = PROMISED[row.kind]  # type: ignore[attr-defined]  # -- words for the template
        row.by_clock = primary.urgent and row.kind in URGENT_HOURS  # type: ignore[attr-defined]  # -- idem
    return rows


def thread_of(report: Report, messages: Iterable[Message]) -> list[dict[str, Any]]:
    """What the two sides wrote, for `includes/thread.html`. Internal notes must not be among `messages`."""
    return [
        {
            "author": _now("You") if message.author_kind == "reader" else report.publication.name,
            "at": message.at,
            "text": message.body or _now("(erased)"),
            "ours": message.author_kind != "reader",
        }
        for message in messages
    ]


def answers_of(report: Report) -> list[dict[str, Any]]:
    """Our answers that have words for the reader, oldest first; then that of the report it was joined to."""
    primary = primary_of(report)
    decisions: list[Decision] = list(report.decisions.all())
    if primary.pk != report.pk and primary.status == S.DECLINED:
        decisions += primary.decisions.filter(move="decline").order_by("-pk")[:1]
    return [
        {
            "at": decision.at,
            "reason": decision.reason,
            "text": decision.answer,
            "turn_to": decision.turn_to,
        }
        for decision in decisions
        if decision.answer or decision.move == "decline"
    ]


def card(
    shape: dict[str, Any], *, name_articles: bool = True, publications: dict[str, str] | None = None
) -> dict[str, Any]:
    """A notice of `public.shape` for `includes/notice_card.html`. `publications`: slug → name, when to be said.

    Without `name_articles`, for the page of one article: the card is then titled by its reference.
    """
    kind = shape["label"]
    slug = shape["articles"][0]["publication"] if shape["articles"] else ""
    return {
        **shape,
        "kind_label": f"{kind} · {publications[slug]}" if publications and slug in publications else kind,
        "status_label": STATUS_WORDS.get(shape["status"], ""),
        "not_fixed": not any(article["revision_after"] for article in shape["articles"]),
        "url": f"/corrections/{shape['reference']}/",
        "proof_url": f"/corrections/{shape['reference']}/#proof" if shape["ledger"] else "",
        "followed_by": [
            {**row, "words": FOLLOWED_WORDS[row["effect"]], "url": f"/corrections/{row['reference']}/"}
            for row in shape["followed_by"]
        ],
        "articles": [
            {
                "headline": article["headline"],
                "url": article["address"],
                "page": f"/articles/{article['reference']}/",
            }
            for article in shape["articles"]
            if name_articles and article["url"]
        ],
    }


EFFECT_WORDS: dict[str, Any] = {
    Effect.SUPERSEDE: _("This notice replaces"),
    Effect.WITHDRAW: _("This notice withdraws"),
    Effect.REINSTATE: _("This notice puts back in force"),
}
"""What a notice does to the one that it names."""

FOLLOWED_WORDS: dict[str, Any] = {
    Effect.SUPERSEDE: _("It was replaced by"),
    Effect.WITHDRAW: _("It was withdrawn by"),
    Effect.REINSTATE: _("It was put back in force by"),
}
"""The same, said of the one that is named."""

STATUS_WORDS = {"superseded": _("Replaced"), "withdrawn": _("Withdrawn")}
"""What the public pages say of a notice that no longer stands as published."""


def promised_dates(publication: Any, *, urgent: bool = False) -> list[dict[str, Any]]:
    """The dates that a report sent now would be given: [{kind, what, due}]; of an `urgent` one those in hours."""
    now = timezone.now()
    kinds = [kind for kind in PROMISED if not urgent or kind in URGENT_HOURS]
    return [
        {"kind": kind, "what": PROMISED[kind], "due": due(publication, kind, urgent=urgent, now=now)} for kind in kinds
    ]
