"""Errors that came from an agency: waiting for it, and its own correction matched to the articles that used it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import AgencyCorrection, Correction, Report
from corrections.services import correction as notices
from corrections.services.moving import WAITING, end_wait, keep_closed
from corrections.services.submitting import Draft, submit
from corrections.vocabulary import Channel, Origin, Visibility
from corrections.workflow import ReportStatus
from newsroom import references
from newsroom.accounts.models import ApiKey, Publication, User
from newsroom.articles.addresses import BadAddress, clean_url
from newsroom.articles.models import Article, Revision
from newsroom.articles.passages import similarity
from newsroom.business_time import end_of_day
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events import promises
from newsroom.events.log import record
from newsroom.rounds import one_by_one
from newsroom.workflow import DESK, THE_CLOCK, Actor, lock

WAITS_IN = {ReportStatus.IN_REVIEW, ReportStatus.ACCEPTED}
LONGEST = timedelta(days=30)
MAX_AGENCY, MAX_REASON, MAX_HEADLINE, MAX_TEXT = 120, 500, 300, 4000
COMPARED = 500
LEAD = 400
LIKELY = 0.5
MOST = 20
BATCH = 200


def may_wait(report: Report, by: User) -> bool:
    """Whether this person may begin to wait for an agency."""
    return report.status in WAITS_IN and not report.waiting_since and DESK in by.roles_at(report.publication)


def may_go_on(report: Report, by: User) -> bool:
    """Whether there is a wait that this person may end."""
    return report.waiting_since is not None and DESK in by.roles_at(report.publication)


@transaction.atomic
def wait(report: Report, *, by: User, agency: str, reason: str, until: date, seen: int | None = None) -> Report:
    """Wait for the agency that wrote it, to the end of a day at most 30 days from now. The reader is told.

    Our clocks for deciding and publishing stand. Any move ends the wait, so does the day, and the agency's correction.
    """
    report = lock(report, seen=seen)
    keep_closed(report, by)
    if DESK not in by.roles_at(report.publication):
        raise NotAllowed(_("Only the desk waits for agencies."))
    if not may_wait(report, by):
        raise Conflict(_("Only a report that is in review or accepted can wait for an agency, once at a time."))
    if not agency.strip() or len(agency) > MAX_AGENCY:
        raise Invalid.one("/agency", _("Which agency?"), "required")
    if not reason.strip() or len(reason) > MAX_REASON:
        raise Invalid.one("/reason", _("What do you wait for? At most 500 characters."), "required")
    now, zone = timezone.now(), report.publication.zone
    if not now.astimezone(zone).date() <= until <= now.astimezone(zone).date() + LONGEST:
        raise Invalid.one("/until", _("Choose a day from today to 30 days from now."), "out_of_range")
    report.waiting_on, report.waiting_reason = agency.strip(), reason.strip()
    report.waiting_since, report.waiting_until = now, end_of_day(until, zone=zone)
    report.version += 1
    report.save(update_fields=[*WAITING, "version", "updated_at"])
    promises.pause(report, "decide", "publish")
    record(events.WAITING, report, by=by, data={"until": report.waiting_until.isoformat()})
    return report


@transaction.atomic
def go_on(report: Report, *, by: Actor, seen: int | None = None) -> Report:
    """The wait is over: our clocks run again. Raises `Conflict` when nobody waits."""
    report = lock(report, seen=seen)
    keep_closed(report, by)
    if isinstance(by, User) and DESK not in by.roles_at(report.publication):
        raise NotAllowed(_("Only the desk ends a wait."))
    if not end_wait(report):
        raise Conflict(_("This report waits for no agency."))
    report.version += 1
    report.save(update_fields=[*WAITING, "version", "updated_at"])
    record(events.WAIT_ENDED, report, by=by)
    return report


def end_waits(now: datetime) -> int:
    """End the waits whose day is over. How many."""
    over = Report.objects.open().filter(waiting_until__lte=now).order_by("waiting_until")[:BATCH]
    return one_by_one(over, lambda report: go_on(report, by=THE_CLOCK) is not None)


def candidates(publication: Publication, *, agency: str, headline: str, text: str = "") -> list[tuple[Article, float]]:
    """The articles of the publication that came from this agency and are like its story: (article, likeness 0 to 1).

    Compares headline and text with headline and beginning of the newest 500 articles of that agency, in two queries.
    The likeliest 20, from one half on.
    """
    articles = list(
        Article.objects.filter(publication=publication, source_agency__iexact=agency.strip()).order_by(
            F("published_at").desc(nulls_last=True), "-pk"
        )[:COMPARED]
    )
    bodies = dict(
        Revision.objects.filter(article__in=[row.pk for row in articles], number=F("article__revision")).values_list(
            "article", "body"
        )
    )
    found = []
    for article in articles:
        lead = bodies.get(article.pk, "")[:LEAD]
        pairs = [(headline, article.headline), (headline, lead), (text[:LEAD], lead)]
        score = max(similarity(one, other) if one and other else 0.0 for one, other in pairs)
        if score >= LIKELY:
            found.append((article, round(score, 2)))
    return sorted(found, key=lambda row: (-row[1], -row[0].pk))[:MOST]


@transaction.atomic
def receive(
    *,
    by: User,
    publication: Publication,
    agency: str,
    headline: str,
    text: str,
    articles: list[Article],
    url: str = "",
    received: AgencyCorrection | None = None,
) -> Correction:
    """An agency corrects its story: keep what it says, and begin one notice for all chosen articles, which names it.

    Reports on these articles that wait for an agency wait no longer; whoever works on them is told. `received` is what
    came by the API and is begun from now; `Conflict` when it was already.
    """
    if received is not None:
        received = lock(received)
        if received.correction_id is not None:
            raise Conflict(_("A notice was begun from this already."))
    _check(agency, headline, text, url)
    if not articles or len(articles) > MOST:
        raise Invalid.one("/articles", _("Choose one to twenty articles."), "required")
    correction = notices.start(publication, by=by, articles=articles)
    words = _("This article was supplied by %(agency)s, which has corrected it: %(text)s")
    correction = notices.edit(correction, by=by, text=words % {"agency": agency.strip(), "text": text.strip()})
    kept = received or _kept(publication, agency, headline, text, url)
    kept.entered_by, kept.correction = by, correction
    kept.version += 1
    kept.save(update_fields=["entered_by", "correction", "version", "updated_at"])
    kept.articles.add(*articles)
    data = {"agency_correction": kept.reference, "articles": len(articles)}
    record(events.AGENCY_RECEIVED, correction, by=by, article=articles[0], data=data)
    _end_waits_for(articles, by=by)
    return correction


@transaction.atomic
def arrive(
    *,
    by: ApiKey,
    publication: Publication,
    agency: str,
    headline: str,
    text: str,
    url: str = "",
    source_id: str = "",
    articles: list[Article] | None = None,
) -> tuple[AgencyCorrection, bool]:
    """An agency corrects its story, and a machine says so: keep it, and ask the desk. What was kept, and whether it is
    new: the same `source_id` of the agency again changes nothing.

    Without `articles` they are those that used the story, see `candidates`. Reports on them that wait for an agency go
    on; where none waits, one is opened about the likeliest article. A person begins the notice, see `receive`.
    Raises `Invalid` for what is missing or too long, and for an article of another publication.
    """
    _check(agency, headline, text, url)
    if source_id:
        Publication.objects.select_for_update().get(pk=publication.pk)
        known = AgencyCorrection.objects.filter(publication=publication, agency=agency.strip(), source_id=source_id)
        if (earlier := known.first()) is not None:
            return earlier, False
    if any(article.publication_id != publication.pk for article in articles or []):
        raise Invalid.one("/article_urls", _("This article belongs to another publication."), "other_publication")
    if not articles:
        found = candidates(publication, agency=agency, headline=headline, text=text)
        articles = [article for article, _score in found]
    kept = _kept(publication, agency, headline, text, url, source_id)
    kept.articles.add(*articles)
    reports = _end_waits_for(articles, by=by)
    if articles and not reports:
        draft = Draft(
            claim=_("%(agency)s corrected the story that this article used. %(text)s")
            % {"agency": kept.agency, "text": kept.text},
            publication=publication,
            article=articles[0],
            sources=[kept.url] if kept.url else [],
            language=articles[0].language,
        )
        reports = [submit(draft, by=by, channel=Channel.API, origin=Origin.SOURCE)]
    kept.reports.add(*reports)
    return kept, True


def _kept(
    publication: Publication, agency: str, headline: str, text: str, url: str, source_id: str = ""
) -> AgencyCorrection:
    return AgencyCorrection.objects.create(
        reference=references.new("agency_correction"),
        publication=publication,
        agency=agency.strip(),
        headline=headline.strip(),
        text=text.strip(),
        url=url.strip(),
        source_id=source_id,
    )


def _end_waits_for(articles: list[Article], *, by: Actor) -> list[Report]:
    waiting = Report.objects.open().filter(
        article__in=articles, waiting_since__isnull=False, visibility=Visibility.NORMAL
    )
    return [go_on(report, by=by) for report in waiting.order_by("pk")[:BATCH]]


def _check(agency: str, headline: str, text: str, url: str) -> None:
    for pointer, words, limit in (
        ("/agency", agency, MAX_AGENCY),
        ("/headline", headline, MAX_HEADLINE),
        ("/text", text, MAX_TEXT),
    ):
        if not words.strip():
            raise Invalid.one(pointer, _("This is needed."), "required")
        if len(words) > limit:
            raise Invalid.one(pointer, _("That is too long."), "too_long")
    if url.strip():
        try:
            clean_url(url)
        except BadAddress as error:
            raise Invalid.one("/url", str(error), "bad_address") from error
