"""The writing of a notice: begun, joined, worded, with the articles it names and the fix that was seen in them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from corrections.events import WARNING_ANSWERED
from corrections.models import Correction, CorrectionArticle, CorrectionAuthor, Report
from corrections.services import fixing, publishing
from corrections.vocabulary import Effect, Kind, Severity
from corrections.workflow import PUBLIC, UNPUBLISHED, CorrectionStatus
from newsroom import references
from newsroom.accounts.models import Publication, User
from newsroom.articles.addresses import POST_ID
from newsroom.articles.models import Article
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events.log import record
from newsroom.web.dates import out_of_range
from newsroom.workflow import lock

OPEN = frozenset(UNPUBLISHED)
WORDS = {
    "kind",
    "severity",
    "text",
    "original_text",
    "corrected_text",
    "anchor",
    "error_published_at",
}
SAID = ("kind", "text", "original_text", "corrected_text")
PASSAGES = {"original_text", "corrected_text"}
MAX_ANSWER = 500


@transaction.atomic
def start(
    publication: Publication,
    *,
    by: User,
    articles: list[Article],
    kind: str = Kind.CORRECTION,
    target: Correction | None = None,
    effect: str = "",
) -> Correction:
    """A draft without any report. `target` and `effect` make it the notice that supersedes, withdraws or reinstates.

    It names every article of that notice; others can be named besides. It begins as grave as that notice is, and a
    retraction as a grave one. Raises `Invalid` for a target that names none of the given articles, and for articles of
    another publication.
    """
    roles = by.roles_at(publication)
    if not roles:
        raise NotAllowed(
            _("You do not work for %(publication)s, whose article this is.") % {"publication": publication}
        )
    if "desk_editor" not in roles:
        raise NotAllowed(_("Your role does not include drafting corrections."))
    if bool(target) != bool(effect) or (target and target.publication_id != publication.pk):
        raise Invalid.one("/target", _("Name the notice and what happens to it."), "target")
    if target:
        named = [row.article for row in target.articles.select_related("article")]
        if articles and not {row.pk for row in articles} & {row.pk for row in named}:
            raise Invalid.one("/article", _("The notice it acts on is about another article."), "other_article")
        articles = list(dict.fromkeys([*named, *articles]))
    return _new(publication, by=by, articles=articles, kind=kind, target=target, effect=effect)


def start_for(report: Report, *, by: User, replaces: Correction | None = None) -> Correction:
    """The draft that an accepted report starts: the passage and what would be right, when the error appeared, how bad
    the desk judged it, and the post of a live blog where it is known to be one. All of it is the desk's to change;
    nobody is its author yet.

    Of a restricted report it has no words: the whole desk reads drafts. It replaces the notice that is given: then the
    error stands in what the articles say now. Inside the acceptance's transaction.
    """
    own = [report.article] if report.article else []
    draft = _new(report.publication, by=None, articles=own) if replaces is None else _replacing(replaces, own)
    if report.anchor and report.article and _is_post(report.article, report.anchor):
        draft.articles.filter(article=report.article).update(anchor=report.anchor)
    if report.article_revision and replaces is None:
        draft.articles.update(revision_before=report.article_revision)
    if not report.confidential:
        draft.original_text = report.passage_exact
        draft.corrected_text = report.suggestion if report.passage_exact else ""
    if report.severity == Severity.HIGH or (report.about_me and not report.severity):
        draft.severity = Severity.HIGH
    draft.error_published_at = _appeared(report)
    draft.save(update_fields=["original_text", "corrected_text", "severity", "error_published_at"])
    fixing.propose(draft)
    return draft


def unpublished_with_words_of(report: Report) -> list[Correction]:
    """The notices in the making, of this report or about its article, that hold its passage or what would be right."""
    said = {report.passage_exact.strip(), report.suggestion.strip()} - {""}
    about = Q(reports=report) | Q(articles__article=report.article_id, articles__article__isnull=False)
    found = Correction.objects.filter(about, status__in=OPEN).distinct().order_by("pk")
    return [
        row
        for row in found
        if any(words in text for words in said for text in (row.text, row.original_text, row.corrected_text))
    ]


def take_in(correction: Correction, report: Report) -> Correction:
    """Let an accepted report join a notice that is being drafted; the article it is about is named there from now on.

    Inside the acceptance's transaction. Raises `Conflict` when the notice is out of the desk's hands, or its words are
    frozen and it does not name that article, and `Invalid` for another publication's.
    """
    correction = lock(correction)
    if correction.publication_id != report.publication_id or correction.status not in OPEN:
        raise Conflict(_("That correction can no longer be joined."))
    article = report.article
    if article is None or correction.articles.filter(article=article).exists():
        return correction
    _check_house(correction.publication, article)
    if correction.status != CorrectionStatus.DRAFT:
        raise Conflict(_("That correction does not name this article, and its words are frozen: return it to draft."))
    publishing.name(correction, article)
    correction.version += 1
    correction.save(update_fields=["version", "updated_at"])
    fixing.propose(correction)
    return correction


@transaction.atomic
def edit(correction: Correction, *, by: User, seen: int | None = None, **words: Any) -> Correction:
    """Change words of a draft. Whoever does is one of its authors, and cannot approve it.

    `not_fixed_reason` belongs to the article: it may stand among the words while the notice names one.
    """
    reason = words.pop("not_fixed_reason", "")
    unknown = set(words) - WORDS
    if unknown:
        raise Invalid.one("/", _("Not a part of a notice: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    correction = _open_draft(correction, by=by, seen=seen)
    said = {name: getattr(correction, name) for name in SAID}
    for name, value in words.items():
        setattr(correction, name, value)
    _check_words(correction)
    if any(getattr(correction, name) != before for name, before in said.items()):
        # An answer was given to the words as they stood.
        correction.lint_answers = {}
    correction.version += 1
    correction.save(update_fields=[*words, "lint_answers", "version", "updated_at"])
    _wrote(correction, by)
    if reason:
        _stays_unchanged(correction, reason)
    if PASSAGES & set(words):
        fixing.propose(correction)
    return correction


@transaction.atomic
def answer_warning(correction: Correction, *, by: User, code: str, words: str, seen: int | None = None) -> Correction:
    """Say why a warning of the linter does not hold here. Kept with the notice until its words change; who and when, in
    its history.

    Any desk editor may, while it is a draft or awaits approval; it makes nobody an author. What blocks has no answer.
    """
    correction = lock(correction, seen=seen)
    if "desk_editor" not in by.roles_at(correction.publication):
        raise NotAllowed(_("Your role does not include this."))
    if correction.status not in OPEN:
        raise Conflict(_("This notice can no longer be changed."))
    if not words.strip():
        raise Invalid.one("/words", _("Say why the notice may stand as it is."), "required")
    if code not in {finding.code for finding in correction.lint() if finding.level == "warn"}:
        raise Invalid.one("/code", _("The linter does not warn of that here."), "unknown_code")
    correction.lint_answers = {**correction.lint_answers, code: words.strip()[:MAX_ANSWER]}
    correction.version += 1
    correction.save(update_fields=["lint_answers", "version", "updated_at"])
    record(WARNING_ANSWERED, correction, by=by, data={"code": code}, article=correction.main_article)
    return correction


@transaction.atomic
def name_article(
    correction: Correction, *, by: User, article: Article, anchor: str = "", seen: int | None = None
) -> Correction:
    """The same error in one more article, or in its post `anchor`. Naming an article again changes its post."""
    correction = _open_draft(correction, by=by, seen=seen)
    _check_house(correction.publication, article)
    post = anchor.strip().removeprefix("#")
    if not POST_ID.fullmatch(post):
        raise Invalid.one("/anchor", _("The id of a post has no blanks, quotes or angle brackets."), "anchor")
    publishing.name(correction, article)
    CorrectionArticle.objects.filter(correction=correction, article=article).update(anchor=post)
    correction.version += 1
    correction.save(update_fields=["version", "updated_at"])
    fixing.propose(correction)
    return correction


@transaction.atomic
def drop_article(correction: Correction, *, by: User, article: Article, seen: int | None = None) -> Correction:
    """Not this article after all. An article of the notice that this one acts on stays."""
    correction = _open_draft(correction, by=by, seen=seen)
    if correction.target is not None and correction.target.articles.filter(article=article).exists():
        raise Conflict(_("The notice it acts on is about this article."))
    CorrectionArticle.objects.filter(correction=correction, article=article).delete()
    correction.version += 1
    correction.save(update_fields=["version", "updated_at"])
    return correction


def _new(
    publication: Publication,
    *,
    by: User | None,
    articles: list[Article],
    kind: str = Kind.CORRECTION,
    target: Correction | None = None,
    effect: str = "",
) -> Correction:
    for article in articles:
        _check_house(publication, article)
    correction = Correction.objects.create(
        reference=references.new("correction"),
        publication=publication,
        kind=kind,
        severity=target.severity if target else Severity.HIGH if kind == Kind.RETRACTION else Severity.LOW,
        target=target,
        effect=effect,
    )
    for article in articles:
        publishing.name(correction, article)
    if by is not None:
        _wrote(correction, by)
    return correction


def _replacing(notice: Correction, articles: list[Article]) -> Correction:
    named = [row.article for row in notice.articles.select_related("article").order_by("pk")]
    return _new(
        notice.publication,
        by=None,
        articles=list(dict.fromkeys([*named, *articles])),
        kind=notice.kind,
        target=notice,
        effect=Effect.SUPERSEDE,
    )


def _check_house(publication: Publication, article: Article) -> None:
    if article.publication_id != publication.pk:
        raise Invalid.one("/article", _("A correction names articles of one publication."), "other_publication")


def _stays_unchanged(correction: Correction, reason: str) -> None:
    rows = list(correction.articles.select_for_update().order_by("pk")[:2])
    if len(rows) != 1:
        raise Invalid.one("/not_fixed_reason", _("Say for each article why it stays as it is."), "each_article")
    fixing.state_reason(rows[0], reason)


def _is_post(article: Article, post: str) -> bool:
    """Whether a reader's fragment is known to be a post: a text of the article leads there, or the desk has named such
    a one in this article. Any other, `#comments`, is shown to the desk, which names it where it is one.
    """
    if article.revisions.filter(body__contains=f"#{post}").exists():
        return True
    named = CorrectionArticle.objects.filter(article=article).exclude(anchor="").values_list("anchor", flat=True)
    return _form_of(post) in {_form_of(row) for row in named.distinct()}


def _form_of(post: str) -> str:
    """Of `post-17` what it shares with `post-4`."""
    return re.sub(r"\d+", "0", post)


def _appeared(report: Report) -> datetime | None:
    """When the words that are wrong came into the article, as far as its revisions tell; its own date otherwise."""
    article = report.article
    if article is None:
        return None
    words = report.passage_exact.strip()
    holding = Q(body__contains=words) | Q(headline__contains=words)
    first = article.revisions.filter(holding).order_by("number").first() if words else None
    found = first.seen_at if first is not None and first.number > 1 else article.published_at
    # What was revised before it came out appeared when it did.
    found = max(found, article.published_at) if found and article.published_at else found
    return found if found is not None and found <= timezone.now() else None


def _open_draft(correction: Correction, *, by: User, seen: int | None) -> Correction:
    correction = lock(correction, seen=seen)
    if "desk_editor" not in by.roles_at(correction.publication):
        raise NotAllowed(_("Your role does not include drafting corrections."))
    if correction.status != CorrectionStatus.DRAFT:
        raise Conflict(_("The words are frozen: return it to draft first."))
    return correction


def _check_words(correction: Correction) -> None:
    if correction.kind not in Kind.values or correction.severity not in Severity.values:
        raise Invalid.one("/kind", _("Choose a kind and a severity."), "unknown_kind")
    if correction.error_published_at and (sentence := out_of_range(correction.error_published_at)):
        raise Invalid.one("/error_published_at", sentence, "out_of_range")
    if correction.error_published_at and correction.error_published_at > timezone.now():
        raise Invalid.one("/error_published_at", _("The error cannot appear in the future."), "future")
    if correction.error_published_at and (begins := _begins(correction)) and correction.error_published_at < begins:
        words = _("The article was published on %(when)s: the error cannot have appeared before.")
        when = date_format(begins.astimezone(correction.publication.zone), "DATETIME_FORMAT")
        raise Invalid.one("/error_published_at", words % {"when": when}, "before_article")
    if correction.effect and correction.target and correction.target.status not in PUBLIC:
        raise Conflict(_("The notice it names is not public."))


def _begins(correction: Correction) -> datetime | None:
    """The minute in which the first of its articles was published; None while that of one is not known."""
    moments = list(correction.articles.values_list("article__published_at", flat=True))
    known = [moment for moment in moments if moment is not None]
    return min(known).replace(second=0, microsecond=0) if known and len(known) == len(moments) else None


def _wrote(correction: Correction, by: User) -> None:
    CorrectionAuthor.objects.update_or_create(correction=correction, user=by)
