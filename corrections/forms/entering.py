"""Entering a report for somebody who called, wrote, or sent a lawyer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from corrections.forms.desk import ArticleField, UrgencyField
from corrections.forms.said import MailField, SourcesField, missing_place, said
from corrections.services.entering import CHANNELS, MAX_REASON
from corrections.services.submitting import Draft
from corrections.vocabulary import Category, Channel, Medium, Origin
from newsroom import links
from newsroom.accounts.models import Publication, Role
from newsroom.admin import WorkForm
from newsroom.articles.addresses import post_of
from newsroom.articles.hosts import owns
from newsroom.articles.models import Article
from newsroom.web.fields import CleanTextField


class ReportEnterForm(WorkForm):
    """What somebody told us, how it came, and how to reach them."""

    publication = forms.ModelChoiceField(Publication.objects.none(), label=_("Publication"))
    channel = forms.ChoiceField(
        choices=[(row.value, row.label) for row in Channel if row in CHANNELS], label=_("Came by")
    )
    origin = forms.ChoiceField(choices=Origin.choices, label=_("Found by"))
    medium = forms.ChoiceField(choices=Medium.choices, label=_("Seen"))
    article = ArticleField(
        or_address=True,
        required=False,
        help_text=_("Its reference (A-…) or any of its addresses, also one that was not imported yet."),
    )
    medium_detail = said("medium_detail", label=_("Where exactly"))
    passage_exact = said("passage_exact")
    claim = said("claim", label=_("What is wrong"))
    suggestion = said("suggestion", label=_("What would be right"))
    category = forms.ChoiceField(choices=Category.choices, label=_("Category"), initial=Category.OTHER)
    sources = SourcesField(
        required=False,
        label=_("Sources"),
        help_text=_("Links, at most five, with a space or a line between them."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "inputmode": "url"}),
    )
    about_me = forms.BooleanField(required=False, label=_("The person is the subject of the story"))
    acting_for = said("acting_for", label=_("Acts for"), help_text=_("For example: a child, a client."))
    urgency = UrgencyField()
    name = said("name", label=_("Name"))
    email = MailField(
        required=False,
        label=_("Email address"),
        help_text=_("It gets one message with a button to confirm it, and nothing else before that is pressed."),
    )
    phone = said("phone", label=_("Callback number"))
    restricted = CleanTextField(
        multiline=False,
        required=False,
        max_length=MAX_REASON,
        label=_("Restrict to legal: why"),
        help_text=_(
            "With a reason here only legal sees it, from the first moment, and nothing is mailed to the person."
        ),
    )
    once = CleanTextField(multiline=False, max_length=64, widget=forms.HiddenInput, initial=links.new_nonce)

    def prepare(self) -> None:
        """Only the person's publications; where it is one, there is nothing to choose."""
        if self.person is not None:
            rows = self.person.publications(Role.DESK_EDITOR)
            self.fields["publication"].queryset = rows  # type: ignore[attr-defined]  # -- a model field
            if len(own := list(rows[:2])) == 1:
                self.initial.setdefault("publication", own[0].pk)

    def clean(self) -> dict[str, Any]:
        """Hand the service a `Draft`, and what it takes beside."""
        data = super().clean() or {}
        if "article" in data and "publication" in data:
            self._check_article(data["article"], data["publication"])
        for name, fault in missing_place(data, article="article").items():
            self.add_error(name, fault)
        if self.errors:
            return data
        beside = {key: data.pop(key) for key in ("channel", "origin", "restricted", "once", "seen")}
        urgency = data.pop("urgency")
        found, typed = data.pop("article"), str(self.data.get("article", ""))
        if isinstance(found, Article):
            data["article"] = found
        elif found:
            data["article_url"] = found
        draft = Draft(
            **data,
            anchor=post_of(typed) if found else "",
            **urgency,
            language=data["publication"].language,
        )
        return {"draft": draft, **beside}

    def _check_article(self, article: Article | str | None, publication: Publication) -> None:
        if isinstance(article, Article) and article.publication_id != publication.pk:
            self.add_error("article", _("This article belongs to another publication."))
        elif isinstance(article, str) and not owns(publication, article):
            self.add_error("article", _("This publication has no articles at that address. Please check it."))
