"""Articles in the admin: to look up, and to say whether they may be used. Their text comes from the CMS."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import Role
from newsroom.admin import Button, WorkflowAdmin, WorkForm
from newsroom.articles import using
from newsroom.articles.models import Article, UseStatus
from newsroom.web.fields import CleanTextField
from newsroom.workflow import Workflow

SHOWN = 100
NO_MOVES = Workflow("article", UseStatus, [])
"""An article has no status of its own to move: what counts is the stricter of two words."""


class UseForm(WorkForm):
    """Why."""

    reason = CleanTextField(
        label=_("Why (internal)"), help_text=_("Kept with your name and the time."), max_length=using.MAX_REASON
    )


@admin.register(Article)
class ArticleAdmin(WorkflowAdmin):
    """The articles of one's publications."""

    workflow = NO_MOVES
    roles = frozenset(Role.values)
    subject_template = "admin/articles/article.html"
    list_display = ("headline", "publication", "section", "published_at", "shown_status", "corrections_count")
    list_select_related = ("publication",)
    list_filter = ("publication", "section", "desk_status")
    search_fields = ("headline", "reference", "url")
    buttons: ClassVar[dict[str, Button]] = {
        "withhold": Button(using.withhold, UseForm, _("Withhold: nobody may use it for now"), using.may_withhold),
        "release": Button(using.release, UseForm, _("Release: it may be used again"), using.may_release),
        "remove": Button(using.remove, UseForm, _("Remove: nobody may use it any more"), using.may_remove, danger=True),
    }

    def subject_context(self, request: HttpRequest, subject: Article) -> dict[str, Any]:
        """Its addresses, its texts, and what the desk said about its use."""
        return {
            "addresses": list(subject.addresses.order_by("pk")[:SHOWN]),
            "revisions": list(subject.revisions.defer("body")[:SHOWN]),
            "use_decisions": list(subject.use_decisions.select_related("by")[:SHOWN]),
            "retracted": using.is_retracted(subject),
        }

    def title_of(self, subject: Article) -> str:
        """Its headline."""
        return subject.headline

    @admin.display(description=_("status"))
    def shown_status(self, article: Article) -> str:
        """The stricter word."""
        return article.get_status_display()
