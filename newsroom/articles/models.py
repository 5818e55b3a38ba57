"""Articles, every address they are known by, and the text as it stood at each revision."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Publication, User
from newsroom.records import Record, WrittenOnce


class UseStatus(models.TextChoices):
    """May the article be used? The words of ninjs `pubStatus`."""

    USABLE = "usable", _("Usable")
    WITHHELD = "withheld", _("Withheld")
    CANCELED = "canceled", _("Canceled")


STRICTNESS = [UseStatus.USABLE, UseStatus.WITHHELD, UseStatus.CANCELED]


class ArticleQuerySet(models.QuerySet["Article"]):
    """Articles, in English."""

    def with_publication(self) -> ArticleQuerySet:
        """Joined with their publication: what every list shows."""
        return self.select_related("publication")

    def visible_to(self, person: User) -> ArticleQuerySet:
        """What this member of staff may see: those of their publications."""
        return self.filter(publication__in=person.publications())


class Article(Record):
    """One story of one publication, as its CMS knows it and as the desks see it."""

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="articles")
    external_id = models.CharField(_("CMS id"), max_length=200, blank=True)
    url = models.URLField(_("address"), max_length=2000)
    headline = models.CharField(_("headline"), max_length=500)
    section = models.CharField(_("section"), max_length=80, blank=True, db_index=True)
    bylines = models.JSONField(_("bylines"), default=list, blank=True)
    source_agency = models.CharField(_("agency"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=20, default="en")
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    modified_at = models.DateTimeField(_("modified"), null=True, blank=True)
    cms_status = models.CharField(_("CMS status"), max_length=10, choices=UseStatus.choices, default=UseStatus.USABLE)
    desk_status = models.CharField(_("desk status"), max_length=10, choices=UseStatus.choices, default=UseStatus.USABLE)
    embargoed_until = models.DateTimeField(_("embargoed until"), null=True, blank=True)
    licensable = models.BooleanField(_("ours to license"), null=True, blank=True)
    components = models.JSONField(_("components"), default=list, blank=True)
    translation_of = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="translations"
    )
    same_story_as = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="same_stories"
    )
    revision = models.PositiveIntegerField(_("revision"), default=0, editable=False)
    revision_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    corrections_count = models.PositiveIntegerField(_("corrections"), default=0, editable=False)
    latest_correction_at = models.DateTimeField(_("latest correction"), null=True, editable=False)

    objects = ArticleQuerySet.as_manager()
    noun = "article"
    statuses: ClassVar = UseStatus.choices

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering: ClassVar = ["-published_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["publication", "external_id"], condition=~Q(external_id=""), name="article_cms_id_once"
            ),
            models.CheckConstraint(condition=Q(cms_status__in=UseStatus.values), name="article_cms_status_known"),
            models.CheckConstraint(condition=Q(desk_status__in=UseStatus.values), name="article_desk_status_known"),
        ]

    def __str__(self) -> str:
        return self.headline

    @property
    def status(self) -> str:
        """The stricter of the CMS's word and the desk's."""
        return max((self.cms_status, self.desk_status), key=lambda word: STRICTNESS.index(UseStatus(word)))

    def get_status_display(self) -> str:
        """The same in words."""
        return str(UseStatus(self.status).label)

    @property
    def is_embargoed(self) -> bool:
        """Whether the embargo still runs."""
        return self.embargoed_until is not None and self.embargoed_until > timezone.now()

    def current_revision(self) -> Revision | None:
        """The text as it stands now; None when only the address is known."""
        return self.revisions.filter(number=self.revision).first()


class UseDecision(WrittenOnce):
    """The desk's own word on whether an article may be used: what, who, when, why. Never changed."""

    NEVER = "A decision is never changed."

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="use_decisions")
    status = models.CharField(_("status"), max_length=10, choices=UseStatus.choices)
    reason = models.TextField(_("reason"), max_length=500)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.status} {self.article_id}"


class ArticleAddress(models.Model):
    """An address that leads to the article. `key` is the canonical key of `articles.addresses`, unique everywhere."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="addresses")
    key = models.CharField(_("key"), max_length=2000, unique=True)
    url = models.URLField(_("address"), max_length=2000)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")

    def __str__(self) -> str:
        return self.url


class Revision(WrittenOnce):
    """The text as it stood. Numbered from 1 within its article; never changed."""

    NEVER = "A revision is never changed."

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    headline = models.CharField(_("headline"), max_length=500)
    body = models.TextField(_("text"), blank=True, help_text=_("Plain text, paragraphs separated by a blank line."))
    sha256 = models.CharField(max_length=64)
    source = models.CharField(_("source"), max_length=10, default="api")
    seen_at = models.DateTimeField(_("seen"))

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering: ClassVar = ["-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["article", "number"], name="revision_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}/{self.number}"
