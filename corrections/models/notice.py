"""The public notice: what was wrong, what is right, in which articles."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from urllib.parse import quote

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from corrections.linter import Finding, Notice, lint, unchecked
from corrections.vocabulary import UNDOING, UNDONE, Effect, Kind, Place, Severity
from corrections.workflow import PUBLIC, CorrectionStatus
from newsroom.accounts.models import Publication, Role, User
from newsroom.articles.models import Article, Revision
from newsroom.events import sealed
from newsroom.events.models import Event
from newsroom.records import Record

WITHOUT_FIX = frozenset({Kind.RETRACTION, Kind.REPLY})
"""Kinds that change nothing in the text: a retraction takes all of it back, a reply stands beside it."""


class CorrectionQuerySet(models.QuerySet["Correction"]):
    """Notices, in English."""

    def public(self) -> CorrectionQuerySet:
        """What anyone may read: published, superseded and withdrawn ones."""
        return self.filter(status__in=PUBLIC)

    def listed(self) -> CorrectionQuerySet:
        """Public, without the minor fixes that are kept but not listed."""
        return self.public().exclude(kind=Kind.MINOR_FIX)

    def about_articles(self) -> CorrectionQuerySet:
        """Without those that withdraw or reinstate another notice, and say nothing about an article themselves."""
        return self.exclude(effect__in=UNDOING)

    def visible_to(self, person: User) -> CorrectionQuerySet:
        """What this member of staff may see."""
        return self.filter(
            publication__in=person.publications(Role.DESK_EDITOR, Role.STANDARDS_EDITOR, Role.LEGAL, Role.ADMIN)
        )

    def for_article(self, article: Article) -> CorrectionQuerySet:
        """Those that name this article."""
        return self.filter(articles__article=article)

    def newest_first(self) -> CorrectionQuerySet:
        """By publication."""
        return self.order_by("-published_at", "-pk")

    def for_page(self) -> CorrectionQuerySet:
        """With everything that the public shape shows, in a fixed number of queries."""
        return self.select_related("publication", "target", "ledger_entry", "ledger_entry__opening").prefetch_related(
            models.Prefetch(
                "articles",
                queryset=CorrectionArticle.objects.select_related("article", "article__publication").order_by("pk"),
            ),
            models.Prefetch(
                "followers",
                queryset=Correction.objects.public()
                .only("reference", "effect", "published_at", "target_id")
                .order_by("published_at", "pk"),
            ),
        )


class Correction(Record):
    """A notice of one publication about one or several of its articles. It settles many reports, or none."""

    noun = "correction"

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="corrections")
    kind = models.CharField(_("kind"), max_length=14, choices=Kind.choices, default=Kind.CORRECTION)
    severity = models.CharField(_("severity"), max_length=4, choices=Severity.choices, default=Severity.LOW)
    status = models.CharField(
        _("status"), max_length=18, choices=CorrectionStatus.choices, default=CorrectionStatus.DRAFT
    )
    status_before = models.CharField(max_length=18, blank=True, editable=False)
    text = models.TextField(_("text"), max_length=5000, blank=True)
    original_text = models.TextField(_("original passage"), max_length=5000, blank=True)
    corrected_text = models.TextField(_("corrected passage"), max_length=5000, blank=True)
    # Each article has its own reason: the previous release reads and writes this one.
    not_fixed_reason = models.CharField(max_length=500, blank=True, editable=False)
    anchor = models.CharField(_("post of a live blog"), max_length=200, blank=True)
    error_published_at = models.DateTimeField(_("the error appeared"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, editable=False, db_index=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    alone_reason = models.CharField(max_length=500, blank=True, editable=False)
    target = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="followers")
    effect = models.CharField(_("effect on it"), max_length=10, choices=Effect.choices, blank=True)
    reader_reported = models.BooleanField(default=False, editable=False)
    lint_answers = models.JSONField(default=dict, blank=True, editable=False)
    suppressed_reason = models.CharField(max_length=500, blank=True, editable=False)
    suppressed_hidden = models.BooleanField(default=False, editable=False)
    destroyed_at = models.DateTimeField(null=True, editable=False)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering: ClassVar = ["-pk"]
        indexes: ClassVar = [
            models.Index(fields=["publication", "-published_at", "-id"], name="correction_log"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=CorrectionStatus.values), name="correction_status_known"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="correction_kind_known"),
            models.CheckConstraint(
                condition=~Q(status__in=[*PUBLIC, CorrectionStatus.AWAITING_APPROVAL]) | ~Q(text=""),
                name="correction_published_has_text",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=PUBLIC) | Q(published_at__isnull=False),
                name="correction_published_has_time",
            ),
            models.CheckConstraint(
                condition=(Q(effect="") & Q(target=None)) | (~Q(effect="") & Q(target__isnull=False)),
                name="correction_effect_names_target",
            ),
        ]

    @property
    def is_public(self) -> bool:
        """Whether anyone may read it."""
        return self.status in PUBLIC

    @property
    def main_article(self) -> Article | None:
        """The first article it names."""
        first = next(iter(self.articles.all()), None)
        return first.article if first else None

    @property
    def label(self) -> str:
        """What it is, in a word or two: its kind, or that it withdraws or reinstates a notice of such a kind."""
        if self.target is not None and self.effect in UNDOING:
            return str(UNDONE[self.effect][self.target.kind])
        return str(self.get_kind_display())

    @property
    def wants_fix(self) -> bool:
        """Whether its articles are to be changed: its kind does that, and it does not speak of an earlier notice."""
        return self.kind not in WITHOUT_FIX and self.effect not in UNDOING

    def author_ids(self) -> set[int]:
        """Everyone who wrote or changed words of this draft."""
        return set(self.authors.values_list("user_id", flat=True))

    def last_written(self) -> tuple[User, datetime] | None:
        """Who wrote words of it last, and when; None while nobody did."""
        author = self.authors.select_related("user").order_by("-at", "-pk").first()
        return (author.user, author.at) if author is not None else None

    def answerer_ids(self) -> set[int]:
        """Everyone who gave one of the answers to its warnings that stand."""
        answers = Event.objects.filter(
            subject_kind=self.noun, subject_reference=self.reference, kind="correction.warning_answered"
        )
        newest = {data.get("code"): actor for actor, data in answers.order_by("pk").values_list("actor", "data")}
        return {actor for code, actor in newest.items() if code in self.lint_answers and actor is not None}

    def not_ready(self) -> str:
        """The sentence that keeps this from being published, or an empty string."""
        if not self.text.strip():
            return _now("The notice has no text yet.")
        if not self.articles.all():
            return _now("Name at least one article.")
        return self._under_embargo() or self._misses_target() or self._waits_for_fix() or self._fails_the_linter()

    def lint(self) -> list[Finding]:
        """What the linter finds in its words, by the levels of the publication."""
        return lint(self._as_read(), levels=self._lint_levels())

    def unchecked(self) -> list[str]:
        """What the linter does not look for, because it does not know the language."""
        return unchecked(self.kind, self.language, levels=self._lint_levels())

    @property
    def language(self) -> str:
        """The language of its words: that of the first article, otherwise of the publication."""
        return (self.main_article or self.publication).language

    def unanswered(self) -> list[Finding]:
        """The warnings that nobody has answered yet."""
        return [row for row in self.lint() if row.level == "warn" and not self.lint_answers.get(row.code)]

    def _lint_levels(self) -> dict[str, str]:
        levels = self.publication.policy("lint_levels")
        return levels if isinstance(levels, dict) else {}

    def _fails_the_linter(self) -> str:
        for finding in self.lint():
            if finding.level == "block":
                return finding.sentence
            if not self.lint_answers.get(finding.code):
                return _now("Answer the warning, or change the words: %(warning)s") % {"warning": finding.sentence}
        return ""

    def _as_read(self) -> Notice:
        """The notice with all that the linter must know beside the words."""
        articles = [row.article for row in self.articles.select_related("article")]
        names, emails, phones = [], [], []
        for report in self.reports.select_related("contact").prefetch_related("joined__contact"):
            for own in (report, *report.joined.all()):
                contact = getattr(own, "contact", None)
                if contact is not None:
                    name = _opened(contact.name_sealed)
                    # Whose name is what should be put right is in the story, whether or not the box was ticked.
                    in_story = own.about_me or (name and name.casefold() in own.suggestion.casefold())
                    names += [] if in_story else [name]
                    emails.append(_opened(contact.email_sealed))
                    phones.append(_opened(contact.phone_sealed))
        publication = self.publication
        house = (publication.corrections_email, publication.licensing_email, publication.legal_phone)
        return Notice(
            kind=self.kind,
            text=self.text,
            now=timezone.now(),
            severity=self.severity,
            original_text=self.original_text,
            corrected_text=self.corrected_text,
            headlines=tuple(article.headline for article in articles),
            bylines=tuple(str(name) for article in articles for name in article.bylines),
            error_published_at=self.error_published_at,
            reader_names=tuple(name for name in names if name),
            reader_emails=tuple(email for email in emails if email),
            reader_phones=tuple(phone for phone in phones if phone),
            house=tuple(address for address in house if address),
            language=self.language,
            effect=self.effect,
            erroneous=self._erroneous() if self.original_text.strip() else (),
        )

    def _erroneous(self) -> tuple[str, ...]:
        """The texts of its articles that hold the error, as far as they are kept."""
        rows = Revision.objects.filter(
            article__corrections__correction=self, number=F("article__corrections__revision_before")
        )
        return tuple(f"{headline}\n\n{body}" for headline, body in rows.values_list("headline", "body"))

    def _under_embargo(self) -> str:
        for row in self.articles.all():
            if row.article.is_embargoed:
                return _now(
                    "“%(headline)s” is under embargo: nothing may tell of it yet. Publish the notice when that ends."
                ) % {"headline": row.article.headline}
        return ""

    def _waits_for_fix(self) -> str:
        if not self.wants_fix:
            return ""
        for row in self.articles.all():
            if not row.is_settled:
                return _now(
                    "The fixed text of “%(headline)s” has not been seen yet. Wait for it, or say why it stays as it is."
                ) % {"headline": row.article.headline}
        return ""

    def _misses_target(self) -> str:
        if self.target is None:
            return ""
        named = {row.article_id for row in self.articles.all()}
        missing = self.target.articles.exclude(article__in=named).select_related("article").first()
        if missing is None:
            return ""
        words = _now("The notice it acts on is about “%(headline)s”: name that article, too.")
        return words % {"headline": missing.article.headline}


def _opened(token: str) -> str:
    """What was sealed; empty when no key opens it, which must not keep a notice from being published."""
    try:
        return sealed.open_text(token)
    except sealed.Unreadable:
        return ""


class CorrectionArticle(models.Model):
    """One article of a correction: the revision with the error, the revision with the fix, and when that was seen."""

    correction = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="articles")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="corrections")
    revision_before = models.PositiveIntegerField(_("revision with the error"), null=True, blank=True)
    revision_after = models.PositiveIntegerField(_("revision with the fix"), null=True, blank=True)
    fixed_at = models.DateTimeField(_("fix seen"), null=True, blank=True)
    proposed_revision = models.PositiveIntegerField(_("revision that looks like the fix"), null=True, blank=True)
    not_fixed_reason = models.CharField(
        _("why the article is not changed"), max_length=500, blank=True, default="", db_default=""
    )
    anchor = models.CharField(_("post of a live blog"), max_length=200, blank=True, default="", db_default="")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["correction", "article"], name="correction_names_article_once"),
        ]

    def __str__(self) -> str:
        return f"{self.correction_id}/{self.article_id}"

    @property
    def is_settled(self) -> bool:
        """Whether nothing is waited for here: a later revision has the fix, or the article stays, for a reason."""
        if self.not_fixed_reason:
            return True
        return self.revision_after is not None and self.revision_after > (self.revision_before or 0)

    @property
    def is_named(self) -> bool:
        """Whether anyone may read headline and address of the article: not while it is under embargo, even if that was
        set after the notice was published.
        """
        return not self.article.is_embargoed

    @property
    def address(self) -> str:
        """Where readers find what is corrected: the article, at the post that is meant."""
        return f"{self.article.url.partition('#')[0]}#{quote(self.anchor)}" if self.anchor else self.article.url


def with_headline(words: str) -> Q:
    """Of `CorrectionArticle`: the article's headline has these words, and may be named."""
    out = Q(article__embargoed_until=None) | Q(article__embargoed_until__lte=timezone.now())
    return out & Q(article__headline__icontains=words)


class CorrectionAuthor(models.Model):
    """Who wrote words of a draft: whoever is here does not approve it."""

    correction = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="authors")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["correction", "user"], name="correction_author_once"),
        ]

    def __str__(self) -> str:
        return f"{self.correction_id}/{self.user_id}"


class Placement(models.Model):
    """Where a notice must appear, and the evidence that it did."""

    correction = models.ForeignKey(Correction, on_delete=models.CASCADE, related_name="placements")
    place = models.CharField(_("place"), max_length=20, choices=Place.choices)
    url = models.URLField(_("address"), max_length=2000, blank=True)
    detail = models.CharField(_("edition and page"), max_length=200, blank=True, default="", db_default="")
    seen_at = models.DateTimeField(_("seen there"), null=True, blank=True)
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["correction", "place"], name="placement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.correction_id}"
