"""The reader's forms: reporting an error, and asking for a lost link. Nothing typed is ever lost."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from corrections.forms.said import (
    MAX_ADDRESS,
    MAX_DETAIL,
    MailField,
    SourcesField,
    WordsField,
    as_pasted,
    missing_place,
    said,
)
from corrections.services.submitting import Draft
from corrections.vocabulary import URGENT_REASONS, Category, Medium
from newsroom.accounts.models import Publication
from newsroom.articles import passages
from newsroom.articles.addresses import BadAddress, clean_url, post_of
from newsroom.articles.hosts import publication_of
from newsroom.articles.models import Article, Revision, UseStatus
from newsroom.articles.services import find
from newsroom.web.text import clean_text

MAX_CONTEXT = 64
WITH_THE_PASSAGE = {"data-draft-with": "passage_exact"}


class ReportForm(forms.Form):
    """What is wrong, where, and how to reach who says so. `draft()` after it was found valid."""

    use_required_attribute = False

    article_url = WordsField(
        limit=MAX_ADDRESS,
        required=False,
        label=_("Address of the article"),
        help_text=_("Copy it from the address bar of your browser."),
        widget=forms.TextInput(
            attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false", "aria-required": "true"}
        ),
    )
    medium = forms.ChoiceField(
        choices=Medium.choices,
        initial=Medium.WEB,
        required=False,
        label=_("Where did you see it?"),
        widget=forms.RadioSelect,
    )
    medium_detail = said("medium_detail", label=_("Where exactly?"))
    passage_exact = said("passage_exact", widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}))
    passage_prefix = forms.CharField(required=False, widget=forms.HiddenInput(attrs=WITH_THE_PASSAGE))
    passage_suffix = forms.CharField(required=False, widget=forms.HiddenInput(attrs=WITH_THE_PASSAGE))
    claim = said(
        "claim",
        label=_("What is wrong?"),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto", "aria-required": "true"}),
    )
    suggestion = said(
        "suggestion",
        label=_("What would be right?"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    category = forms.ChoiceField(
        choices=[("", _("Choose what fits best")), *Category.choices],
        required=False,
        label=_("What kind of error is it?"),
    )
    sources = SourcesField(
        required=False,
        label=_("How can we check it?"),
        help_text=_("Links to a source, at most five, with a space or a line between them."),
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "inputmode": "url"}),
    )
    about_me = forms.BooleanField(required=False, label=_("The story is about me, or names me"))
    acting_for = said(
        "acting_for",
        label=_("If you write for someone else: for whom?"),
        help_text=_("For example: my child, my client."),
    )
    urgent = forms.BooleanField(required=False, label=_("This cannot wait"))
    urgent_reason = forms.ChoiceField(
        choices=URGENT_REASONS, required=False, label=_("Why it cannot wait"), widget=forms.RadioSelect
    )
    name = said(
        "name",
        label=_("Your name"),
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto", "data-draft-skip": ""}),
    )
    email = MailField(
        required=False,
        label=_("Your email address"),
        help_text=_("We mail you one message with a button to confirm it, and nothing else before you press that."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = said(
        "phone",
        label=_("A number to call you back"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel", "data-draft-skip": ""}),
    )
    website = forms.CharField(
        required=False,
        label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off", "data-draft-skip": ""}),
    )
    form_token = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, publication: Publication | None, language: str = "en", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.publication, self.language = publication, language
        self.article: Article | None = None
        self.strange_address: ValidationError | None = None
        self.revision: Revision | None = None
        self.anchor = ""

    def clean_article_url(self) -> str:
        """The address as one would show it; finds the article and whose it is on the way. What is wrong with it is
        kept until the medium is known: see `clean`.
        """
        text = as_pasted(str(self.cleaned_data["article_url"]))
        if not text:
            return ""
        try:
            address = clean_url(text)
            self.article = find(text)
            owner = (
                self.article.publication if self.article else publication_of(text, Publication.objects.order_by("pk"))
            )
        except BadAddress as error:
            self.strange_address = ValidationError(str(error), code="bad_address")
            return text
        if owner is None:
            self.strange_address = ValidationError(
                _("We do not publish at this address. Please check it: it should be one of our own articles."),
                code="unknown_host",
            )
            return address
        self.publication = owner
        self.revision = _public_text(self.article) if self.article else None
        self.anchor = post_of(text)
        return address

    def clean_medium(self) -> str:
        """On the web, unless it was said otherwise."""
        return str(self.cleaned_data["medium"] or Medium.WEB)

    def clean(self) -> dict[str, Any]:
        """What one field means for another."""
        data = super().clean() or {}
        medium = data.get("medium")
        if self.strange_address is not None:
            self._take_strange_address(data, medium, self.strange_address)
        for name, fault in missing_place(data, article="article_url").items():
            self.add_error(name, fault)
        if data.get("urgent_reason"):
            data["urgent"] = True
        elif data.get("urgent") and "urgent_reason" in data:
            self.add_error("urgent_reason", ValidationError(_("Please say why it cannot wait."), code="required"))
        if self.publication is None:
            raise ValidationError(_("This desk is not open yet."), code="no_publication")
        self._place_passage(data)
        return data

    def draft(self) -> Draft:
        """What was said, for `services.submitting.submit`."""
        data = self.cleaned_data
        if self.publication is None:
            raise ValueError("The form was not found valid.")
        return Draft(
            publication=self.publication,
            article=self.article,
            anchor=self.anchor,
            category=data["category"] or Category.OTHER,
            urgent_reason=data["urgent_reason"] if data["urgent"] else "",
            language=self.language,
            **{name: data[name] for name in _SAME_NAME},
        )

    def _take_strange_address(self, data: dict[str, Any], medium: str | None, why: ValidationError) -> None:
        """Where it was not on the web, an address that is not ours says where: of the post, the episode."""
        if medium in {None, Medium.WEB}:
            self.add_error("article_url", why)
            return
        address, data["article_url"] = data["article_url"], ""
        detail = f"{data.get('medium_detail', '')} {address}".strip()
        if len(detail) > MAX_DETAIL:
            words = _("Please shorten this, or the address above: together they have more than %(count)d characters.")
            self.add_error("medium_detail", ValidationError(words, params={"count": MAX_DETAIL}, code="too_long"))
            return
        if "medium_detail" in data:
            data["medium_detail"] = detail

    def _place_passage(self, data: dict[str, Any]) -> None:
        """Keep the surroundings of the passage only where they agree with the text: it may have been retyped."""
        before, after = (_surroundings(str(data.get(name, ""))) for name in ("passage_prefix", "passage_suffix"))
        data["passage_prefix"], data["passage_suffix"] = before[-MAX_CONTEXT:], after[:MAX_CONTEXT]
        exact = data.get("passage_exact", "")
        if not exact or (
            self.revision and not stands_in(self.revision, exact, data["passage_prefix"], data["passage_suffix"])
        ):
            data["passage_prefix"] = data["passage_suffix"] = ""


class LostLinkForm(forms.Form):
    """Whose links were lost, or of which report."""

    use_required_attribute = False

    email = MailField(
        required=False,
        label=_("Your email address"),
        help_text=_("The one that you gave us with the report."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    reference = WordsField(
        limit=40,
        required=False,
        label=_("Reference of your report"),
        help_text=_("It begins with R- and stands in every message we sent you."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean() or {}
        if not self.errors and not data["email"] and not data["reference"]:
            self.add_error("email", ValidationError(_("Please give your email address."), code="required"))
        return data


def _public_text(article: Article) -> Revision | None:
    """The text that anyone may read: not while it is under embargo, and no longer once it was withheld or canceled."""
    if article.is_embargoed or article.status != UseStatus.USABLE:
        return None
    return article.current_revision()


def text_to_mark(revision: Revision | None) -> str:
    """The text in which a passage is looked for: the headline, an empty line, the body."""
    return f"{revision.headline}\n\n{revision.body}" if revision else ""


def stands_in(revision: Revision | None, exact: str, prefix: str = "", suffix: str = "") -> bool:
    """Whether the quoted words are found in that text, in those surroundings if any are given."""
    return passages.find(text_to_mark(revision), exact, prefix, suffix) is not None


_SAME_NAME = (
    "article_url",
    "medium",
    "medium_detail",
    "passage_exact",
    "passage_prefix",
    "passage_suffix",
    "claim",
    "suggestion",
    "sources",
    "about_me",
    "acting_for",
    "urgent",
    "name",
    "email",
    "phone",
)


def _surroundings(text: str) -> str:
    """A script's text around the passage; what the gate refuses is left out, nobody typed it."""
    try:
        return clean_text(text, max_length=MAX_CONTEXT * 4, multiline=False)
    except ValueError:
        return ""
