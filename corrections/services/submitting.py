"""A report comes in: from the form, the API, or a colleague who took the call."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from corrections.marks import mark_of
from corrections.models import Report, ReporterContact
from corrections.services import priority, watching
from corrections.vocabulary import Category, Channel, Medium, Origin, Visibility
from corrections.workflow import ReportStatus
from newsroom import links, references
from newsroom.accounts.models import DeskKind, Publication
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
    try:
        return _write(
            draft,
            by,
            channel,
            origin,
            held_reasons or [],
            form_token,
            network_hash,
            test=test,
            visibility=Visibility.RESTRICTED if restricted else Visibility.NORMAL,
        )
    except IntegrityError:
        earlier = Report.objects.filter(form_token=form_token).first() if form_token else None
        if earlier is None:
            raise
        return earlier


@transaction.atomic
def _write(
    draft: Draft,
    by: Actor,
    channel: str,
    origin: str,
    held_reasons: list[str],
    form_token: str | None,
    network_hash: str,
    *,
    test: bool,
    visibility: str,
) -> Report:
    article = draft.article
    desk = desk_for(
        draft.publication, kind=DeskKind.CORRECTIONS, section=article.section if article is not None else ""
    )
    report = Report(
        reference=references.new("report"),
        publication=draft.publication,
        article=article,
        article_url=draft.article_url or (article.url if article else ""),
        anchor=draft.anchor,
        article_revision=article.revision if article else None,
        medium=draft.medium,
        medium_detail=draft.medium_detail,
        passage_exact=draft.passage_exact,
        passage_prefix=draft.passage_prefix,
        passage_suffix=draft.passage_suffix,
        claim=draft.claim,
        suggestion=draft.suggestion,
        category=draft.category,
        sources=draft.sources[:MAX_SOURCES],
        about_me=draft.about_me,
        acting_for=draft.acting_for,
        urgent=draft.urgent,
        urgent_reason=draft.urgent_reason,
        language=draft.language,
        status=ReportStatus.HELD if held_reasons else ReportStatus.NEW,
        held_reasons=held_reasons,
        channel=channel,
        origin=origin,
        desk=desk,
        token_nonce=links.new_nonce(),
        form_token=form_token,
        network_hash=network_hash,
        test=test,
        visibility=visibility,
    )
    report.priority, report.priority_reasons = priority.of(report)
    report.save(force_insert=True)
    if draft.name or draft.email or draft.phone:
        ReporterContact.objects.create(
            report=report,
            name_sealed=sealed.seal(draft.name),
            email_sealed=sealed.seal(draft.email),
            email_mark=mark_of(draft.email),
            phone_sealed=sealed.seal(draft.phone),
        )
    priority.promise(report)
    record("report.submitted", report, by=by, data={"status": report.status, "category": report.category})
    watching.page_if_urgent(report, by=by)
    return report


def says_the_same(report: Report, draft: Draft) -> bool:
    """Whether the report holds all that this draft says, about the error and about the reader."""
    contact = getattr(report, "contact", None)
    written = {name: getattr(report, name) for name in WRITTEN}
    given = {name: getattr(draft, name) for name in WRITTEN}
    given["article_url"] = draft.article_url or (draft.article.url if draft.article else "")
    given["sources"] = draft.sources[:MAX_SOURCES]
    reached = [sealed.open_text(getattr(contact, f"{name}_sealed", "") if contact else "") for name in REACHED]
    return written == given and reached == [getattr(draft, name) for name in REACHED]


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
