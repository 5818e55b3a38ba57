"""What an agency told us about its own error."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from corrections.models.notice import Correction
from corrections.models.report import Report
from newsroom.accounts.models import Publication, User
from newsroom.articles.models import Article
from newsroom.records import Record


class AgencyCorrection(Record):
    """An agency's correction as it came in, by hand or by the API; the articles and reports that it is about, and the
    notice that was begun from it, if any. Kept as evidence.
    """

    noun = "agency_correction"

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="+")
    agency = models.CharField(_("agency"), max_length=120)
    headline = models.CharField(_("headline"), max_length=300)
    text = models.TextField(_("what the agency says"), max_length=4000)
    url = models.CharField(_("address"), max_length=2000, blank=True)
    source_id = models.CharField(_("the agency’s own id"), max_length=200, blank=True, default="", db_default="")
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, null=True, related_name="agency_corrections")
    articles = models.ManyToManyField(Article, related_name="+")
    reports = models.ManyToManyField(Report, related_name="agency_corrections")

    class Meta:
        ordering: ClassVar = ["pk"]
