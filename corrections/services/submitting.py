"""A report comes in: from the form, the API, or a colleague who took the call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from corrections.marks import mark_of
from corrections.models import Report, ReporterContact
from corrections.services import priority, receipts, watching
from corrections.vocabulary import Category, Channel, Medium, Origin, Visibility
from corrections.workflow import ReportStatus
from newsroom import links, references
from newsroom.accounts.models import Desk, DeskKind, Publication
from newsroom.accounts.notices import desk_for
from newsroom.articles.models import Article
from newsroom.errors import Invalid
from newsroom.events import sealed
from newsroom.events.log import record
from newsroom.workflow import THE_READER, Actor

MAX_SOURCES = 10
WRITTEN = (
    *("claim", "suggestion", "category", "sources", "article_url", "anchor", "medium", "medium_detail"),
    *("passage_exact", "passage_prefix", "passage_suffix", "about_me", "acting_for", "urgent", "urgent_reason"),
)
REACHED = ("name", "email", "phone")


@dataclass(frozen=True)
class Draft:
    """What a report says, cleaned by its form or serializer. The fields are the API's."""

    claim: str
    publication: Publication
    article: Article | None = None
    article_url: str = ""
    anchor: str = ""
    medium: str = Medium.WEB
    medium_detail: str = ""
    passage_exact: str = ""
    passage_prefix: str = ""
    passage_suffix: str = ""
    suggestion: str = ""
    category: str = Category.OTHER
    sources: list[str] = field(default_factory=list)
    about_me: bool = False
    acting_for: str = ""
    urgent: bool = False
    urgent_reason: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    language: str = "en"


def submit(
    draft: Draft,
    *,
    by: Actor = THE_READER,
    channel: str = Channel.FORM,
    origin: str = Origin.READER,
    held_reasons: list[str] | None = None,
    form_token: str | None = None,
    network_hash: str = "",
    test: bool = False,
    restricted: bool = False,
) -> Report:
    """Take the report in, promise dates, and tell the desk.

    The same `form_token` again answers the first report: a double click or a resend after an error makes no second one.
    A `restricted` one is for legal alone. Raises `Invalid` for a web report without an address, and for an article of
    another publication.
    """
    if draft.medium == Medium.WEB and not draft.article and not draft.article_url:
        raise Invalid.one("/article_url", _("Which article is it? Paste its address."), "required")
    if draft.article is not None and draft.article.publication_id != draft.publication.pk:
        raise Invalid.one("/article", _("This article belongs to another publication."), "other_publication")
    if form_token and (earlier := Report.objects.filter(form_token=form_token).first()):
        return earlier
    report = Report(
        **_written(draft),
        publication=draft.publication,
        article=draft.article,
        article_revision=draft.article.revision if draft.article else None,
        language=draft.language,
        reference=references.new("report"),
        token_nonce=links.new_nonce(),
        desk=_desk_for(draft),
        status=ReportStatus.HELD if held_reasons else ReportStatus.NEW,
        held_reasons=held_reasons or [],
        visibility=Visibility.RESTRICTED if restricted else Visibility.NORMAL,
        channel=channel,
        origin=origin,
        form_token=form_token,
        network_hash=network_hash,
        test=test,
    )
    try:
        return _take_in(report, draft, by=by)
    except IntegrityError:
        earlier = Report.objects.filter(form_token=form_token).first() if form_token else None
        if earlier is None:
            raise
        return earlier


@transaction.atomic
def _take_in(report: Report, draft: Draft, *, by: Actor) -> Report:
    report.priority, report.priority_reasons = priority.of(report)
    report.save(force_insert=True)
    if any(getattr(draft, name) for name in REACHED):
        ReporterContact.objects.create(
            report=report,
            **{f"{name}_sealed": sealed.seal(getattr(draft, name)) for name in REACHED},
            email_mark=mark_of(draft.email),
        )
    priority.promise(report)
    data = {"status": report.status, "category": report.category, "receipt": receipts.to_address(report)}
    record("report.submitted", report, by=by, data=data)
    watching.page_if_urgent(report, by=by)
    return report


def says_the_same(report: Report, draft: Draft) -> bool:
    """Whether the report holds all that this draft says, about the error and about the reader."""
    contact = getattr(report, "contact", None)
    reached = [sealed.open_text(getattr(contact, f"{name}_sealed", "") if contact else "") for name in REACHED]
    said = {name: getattr(report, name) for name in WRITTEN}
    return said == _written(draft) and reached == [getattr(draft, name) for name in REACHED]


def _written(draft: Draft) -> dict[str, Any]:
    """What the report says of the error, as it is kept."""
    said = {name: getattr(draft, name) for name in WRITTEN}
    address = draft.article_url or (draft.article.url if draft.article else "")
    return said | {"article_url": address, "sources": draft.sources[:MAX_SOURCES]}


def _desk_for(draft: Draft) -> Desk | None:
    section = draft.article.section if draft.article is not None else ""
    return desk_for(draft.publication, kind=DeskKind.CORRECTIONS, section=section)


def private_path(report: Report) -> str:
    """The address of the reader's private page, with its token."""
    return f"/corrections/reports/{links.token('report', report.reference, report.token_nonce)}/"


def find_by_token(token: str) -> Report | None:
    """The report that this token opens, or None."""
    nonce = links.nonce_of(token)
    report = (
        Report.objects.select_related("publication", "article", "joined_to").filter(token_nonce=nonce).first()
        if nonce
        else None
    )
    if report is None or not links.opens(token, "report", report.reference, report.token_nonce):
        return None
    return report
