"""The moves of a notice, one function each, and the writing of its draft."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from corrections.events import EVENT_OF_MOVE, WARNING_ANSWERED
from corrections.models import Correction, CorrectionArticle, CorrectionAuthor, Report
from corrections.services import publishing
from corrections.vocabulary import Kind, Severity
from corrections.workflow import CORRECTION, PUBLIC, CorrectionStatus
from newsroom import references
from newsroom.accounts.models import Approval, Publication, User
from newsroom.articles.addresses import POST_ID
from newsroom.articles.models import Article
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events import promises
from newsroom.events.log import record
from newsroom.web.dates import out_of_range
from newsroom.workflow import Actor, lock

OPEN = {CorrectionStatus.DRAFT, CorrectionStatus.AWAITING_APPROVAL}
MOVED = ["status", "version", "updated_at"]
WORDS = {
    "kind",
    "severity",
    "text",
    "original_text",
    "corrected_text",
    "not_fixed_reason",
    "anchor",
    "error_published_at",
}
SAID = ("kind", "text", "original_text", "corrected_text")
MAX_ANSWER = 500
SECOND_REVIEW = timedelta(hours=24)


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
    """A draft without any report. `target` and `effect` make it the notice that supersedes, withdraws or reinstates."""
    if "desk_editor" not in by.roles_at(publication):
        raise NotAllowed(_("Your role does not include drafting corrections."))
    if bool(target) != bool(effect) or (target and target.publication_id != publication.pk):
        raise Invalid.one("/target", _("Name the notice and what happens to it."), "target")
    if target:
        articles = articles or [row.article for row in target.articles.select_related("article")]
    return _new(publication, by=by, articles=articles, kind=kind, target=target, effect=effect)


def start_for(report: Report, *, by: User) -> Correction:
    """The draft that an accepted report starts, with the passage and the post of a live blog that it names.

    Inside the acceptance's transaction.
    """
    draft = _new(report.publication, by=None, articles=[report.article] if report.article else [])
    if report.anchor:
        draft.articles.update(anchor=report.anchor)
    if report.passage_exact:
        draft.original_text = report.passage_exact
        draft.save(update_fields=["original_text"])
    if report.about_me:
        draft.severity = Severity.HIGH
        draft.save(update_fields=["severity"])
    return draft


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
    return correction


@transaction.atomic
def edit(correction: Correction, *, by: User, seen: int | None = None, **words: Any) -> Correction:
    """Change words of a draft. Whoever does is one of its authors, and cannot approve it."""
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
    return correction


@transaction.atomic
def drop_article(correction: Correction, *, by: User, article: Article, seen: int | None = None) -> Correction:
    """Not this article after all."""
    correction = _open_draft(correction, by=by, seen=seen)
    CorrectionArticle.objects.filter(correction=correction, article=article).delete()
    correction.version += 1
    correction.save(update_fields=["version", "updated_at"])
    return correction


@transaction.atomic
def see_fix(
    correction: Correction, *, by: User, article: Article, revision: int, at: datetime | None = None
) -> Correction:
    """A person states which revision of the article holds the fix."""
    correction = lock(correction)
    if "desk_editor" not in by.roles_at(correction.publication):
        raise NotAllowed(_("Your role does not include this."))
    row = CorrectionArticle.objects.select_for_update().filter(correction=correction, article=article).first()
    if row is None or not article.revisions.filter(number=revision).exists():
        raise Invalid.one("/revision", _("That article has no such revision."), "unknown_revision")
    row.revision_after = revision
    row.fixed_at = at or timezone.now()
    row.save(update_fields=["revision_after", "fixed_at"])
    return correction


@transaction.atomic
def send_for_approval(correction: Correction, *, by: User, seen: int | None = None) -> Correction:
    """The words are done; from here on they are frozen."""
    correction = lock(correction, seen=seen)
    if not correction.text.strip():
        raise Invalid.one("/text", _("The notice has no text yet."), "required")
    if not correction.articles.exists():
        raise Invalid.one("/articles", _("Name at least one article."), "required")
    change = CORRECTION.move(correction, "send_for_approval", by)
    correction.save(update_fields=MOVED)
    author = correction.authors.order_by("-at").first()
    Approval.objects.create(
        subject_kind="correction",
        subject_reference=correction.reference,
        subject_version=correction.version,
        move="publish",
        proposed_by=author.user if author else by,
        proposed_at=timezone.now(),
    )
    _record(correction, change, by=by)
    return correction


@transaction.atomic
def return_to_draft(correction: Correction, *, by: User, words: str, seen: int | None = None) -> Correction:
    """Not yet: back to the desk, with the reason."""
    if not words.strip():
        raise Invalid.one("/words", _("Say what is missing."), "required")
    correction = lock(correction, seen=seen)
    change = CORRECTION.move(correction, "return_to_draft", by)
    correction.save(update_fields=MOVED)
    Approval.objects.filter(subject_kind="correction", subject_reference=correction.reference, approved_at=None).update(
        reason=words.strip()[:2000]
    )
    _record(correction, change, by=by)
    return correction


@transaction.atomic
def discard(correction: Correction, *, by: User, seen: int | None = None) -> Correction:
    """No notice will come of this. Refused while accepted reports wait for it."""
    correction = lock(correction, seen=seen)
    change = CORRECTION.move(correction, "discard", by)
    if correction.reports.filter(status="accepted").exists():
        raise Conflict(_("Accepted reports wait for this correction: reopen them first."), code="blocked")
    correction.save(update_fields=MOVED)
    _record(correction, change, by=by)
    return correction


@transaction.atomic
def publish(correction: Correction, *, by: User, seen: int | None = None) -> Correction:
    """Say it in public. A second person does this, who wrote none of the words.

    In one transaction: the notice, its leaf in the public log, the settled reports, its effect on the notice it names,
    and the article's desk status when it is retracted.
    """
    correction = lock(correction, seen=seen)
    change = CORRECTION.move(correction, "publish", by)
    now = timezone.now()
    approval = (
        Approval.objects.select_for_update()
        .filter(
            subject_kind="correction",
            subject_reference=correction.reference,
            move="publish",
            approved_at=None,
        )
        .order_by("-pk")
        .first()
    )
    if approval is not None:
        approval.approved_by, approval.approved_at = by, now
        approval.save(update_fields=["approved_by", "approved_at"])
    return publishing.publish(correction, change, by=by, now=now)


@transaction.atomic
def publish_urgent(correction: Correction, *, by: User, words: str, seen: int | None = None) -> Correction:
    """Alone, because it cannot wait. The reason is kept, and a second person reviews it within 24 hours."""
    if not words.strip():
        raise Invalid.one("/words", _("Say why it cannot wait for a second person."), "required")
    correction = lock(correction, seen=seen)
    change = CORRECTION.move(correction, "publish_urgent", by)
    now = timezone.now()
    correction.alone_reason = words.strip()[:500]
    Approval.objects.create(
        subject_kind="correction",
        subject_reference=correction.reference,
        subject_version=correction.version,
        move="publish_urgent",
        reason=correction.alone_reason,
        proposed_by=by,
        proposed_at=now,
    )
    promises.give(correction, "second_review", now + SECOND_REVIEW)
    return publishing.publish(correction, change, by=by, now=now)


@transaction.atomic
def review(correction: Correction, *, by: User) -> Approval:
    """The second person's word on what was published alone, or suppressed."""
    correction = lock(correction)
    needed = {"publish_urgent": "standards_editor", "suppress": "legal"}
    approval = (
        Approval.objects.select_for_update()
        .filter(subject_reference=correction.reference, move__in=list(needed), approved_at=None)
        .order_by("-pk")
        .first()
    )
    if approval is None:
        raise Conflict(_("Nothing waits for a second review."))
    if needed[approval.move] not in by.roles_at(correction.publication):
        raise NotAllowed(_("Your role does not include this review."))
    if approval.proposed_by_id == by.pk:
        raise Conflict(_("A second person reviews this, not you."), code="blocked")
    approval.approved_by, approval.approved_at = by, timezone.now()
    approval.save(update_fields=["approved_by", "approved_at"])
    promises.keep(correction, "second_review")
    return approval


@transaction.atomic
def suppress(
    correction: Correction,
    *,
    by: User,
    words: str,
    hidden: bool = False,
    destroy: bool = False,
    seen: int | None = None,
) -> Correction:
    """Under an order: text, passages and salt leave pages, API, feeds and embeds. The log's leaf stays.

    `hidden` (an injunction): even the placeholder is gone, a plain 404. `destroy`: text and salt are erased for good.
    """
    if not words.strip():
        raise Invalid.one("/words", _("Name the order."), "required")
    correction = lock(correction, seen=seen)
    before = correction.status
    change = CORRECTION.move(correction, "suppress", by)
    correction.status_before = before
    correction.suppressed_reason, correction.suppressed_hidden = words.strip()[:500], hidden
    correction.save(update_fields=[*MOVED, "status_before", "suppressed_reason", "suppressed_hidden"])
    Approval.objects.create(
        subject_kind="correction",
        subject_reference=correction.reference,
        subject_version=correction.version,
        move="suppress",
        reason=correction.suppressed_reason,
        proposed_by=by,
        proposed_at=timezone.now(),
    )
    promises.give(correction, "second_review", timezone.now() + SECOND_REVIEW)
    if destroy:
        publishing.destroy(correction)
    publishing.refresh_articles(correction)
    _record(correction, change, by=by)
    return correction


@transaction.atomic
def unsuppress(correction: Correction, *, by: User, words: str, seen: int | None = None) -> Correction:
    """The order is lifted: the notice is again what it was."""
    if not words.strip():
        raise Invalid.one("/words", _("Say why it may be shown again."), "required")
    correction = lock(correction, seen=seen)
    change = CORRECTION.move(correction, "unsuppress", by)
    correction.suppressed_reason, correction.suppressed_hidden = "", False
    correction.save(update_fields=[*MOVED, "suppressed_reason", "suppressed_hidden"])
    promises.drop(correction, "second_review")
    publishing.refresh_articles(correction)
    _record(correction, change, by=by)
    return correction


def available(correction: Correction, by: Actor) -> list[str]:
    """The moves that this person may press. Superseding, withdrawing and reinstating happen by a notice."""
    return [
        row.name
        for row in CORRECTION.available(correction, by)
        if row.name not in {"supersede", "withdraw", "reinstate"}
    ]


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
        target=target,
        effect=effect,
    )
    for article in articles:
        publishing.name(correction, article)
    if by is not None:
        _wrote(correction, by)
    return correction


def _check_house(publication: Publication, article: Article) -> None:
    if article.publication_id != publication.pk:
        raise Invalid.one("/article", _("A correction names articles of one publication."), "other_publication")


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
    if correction.effect and correction.target and correction.target.status not in PUBLIC:
        raise Conflict(_("The notice it names is not public."))


def _wrote(correction: Correction, by: User) -> None:
    CorrectionAuthor.objects.update_or_create(correction=correction, user=by)


def _record(correction: Correction, change: dict[str, str], *, by: Actor) -> None:
    record(
        EVENT_OF_MOVE["correction"][change["move"]],
        correction,
        by=by,
        data=change,
        article=correction.main_article,
    )
