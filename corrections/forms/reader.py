"""The reader's forms: reporting an error, and asking for a lost link. Nothing typed is ever lost."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from corrections.services.submitting import Draft
from corrections.vocabulary import URGENT_REASONS, Category, Medium
from newsroom.accounts.models import Publication
from newsroom.articles import passages
from newsroom.articles.addresses import BadAddress, clean_url, post_of
from newsroom.articles.hosts import publication_of
from newsroom.articles.models import Article, Revision
from newsroom.articles.services import find
from newsroom.web.text import clean_text

MAX_WORDS = 5000
MAX_PASSAGE = 500
MAX_CONTEXT = 64
MAX_SOURCES = 5
MAX_ADDRESS = 2000
MAX_EMAIL = 254
MAX_DETAIL = 300
BETWEEN_LINKS = re.compile(r"\s+|,(?=\s|https?://|www\.|$)|(?<=>)(?=<)")
WITH_THE_PASSAGE = {"data-draft-with": "passage_exact"}
AROUND = "<>\"'“”„‘’«»"
NAMED_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d_][\w-]*(?::\d+)?(?:[/?#].*)?")
"""What is a web address but for its `https://`."""


class WordsField(forms.CharField):
    """Text from outside, through the gate of `newsroom.web.text`, which also counts its length."""

    def __init__(self, *, limit: int, multiline: bool = False, name: bool = False, **kwargs: Any) -> None:
        if multiline:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 5, "dir": "auto"}))
        super().__init__(strip=False, **kwargs)
        # A NUL is refused by the gate; Django's validator would say so a second time.
        self.validators = []
        self.limit, self.multiline, self.is_name = limit, multiline, name

    def clean(self, value: Any) -> str:
        """The cleaned text. A text of blanks counts as none."""
        try:
            text = clean_text(str(value or ""), max_length=self.limit, multiline=self.multiline, name=self.is_name)
        except ValueError as error:
            raise ValidationError(str(error), code=getattr(error, "code", "invalid")) from error
        return str(super().clean(text))


class MailField(WordsField):
    """An address that mail can reach. A machine's number in brackets is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(limit=MAX_EMAIL, **kwargs)

    def clean(self, value: Any) -> str:
        """The address as it was typed, or an empty text."""
        email = super().clean(value)
        try:
            if email:
                validate_email(email)
        except ValidationError as error:
            raise ValidationError(
                _("Please give an email address such as name@example.com."), code="bad_email"
            ) from error
        if "[" in email:
            raise ValidationError(_("Please give an email address such as name@example.com."), code="bad_email")
        return email


class SourcesField(WordsField):
    """Links as a list, separated by lines, spaces or commas, with or without `https://`; each names a host."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(limit=MAX_SOURCES * (MAX_ADDRESS + 1), multiline=True, **kwargs)

    def clean(self, value: Any) -> Any:
        """The links, each once, with their fragments: one may be what points at the evidence."""
        given = [as_pasted(part) for part in BETWEEN_LINKS.split(super().clean(value))]
        links = list(dict.fromkeys(f"https://{part}" if NAMED_HOST.fullmatch(part) else part for part in given if part))
        strange = [
            ValidationError(_("“%(link)s” is not a web address."), params={"link": link[:80]}, code="not_a_link")
            for link in links
            if not is_web_address(link)
        ]
        if strange:
            raise ValidationError(strange[:MAX_SOURCES])
        if len(links) > MAX_SOURCES:
            raise ValidationError(_("Please give at most %(count)d links."), params={"count": MAX_SOURCES})
        return links


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
    medium_detail = WordsField(
        limit=MAX_DETAIL,
        required=False,
        label=_("Where exactly?"),
        help_text=_(
            "If it was not on the web: the edition and page, the episode and minute, the date, or the account."
        ),
    )
    passage_exact = WordsField(
        limit=MAX_PASSAGE,
        required=False,
        label=_("The words that are wrong"),
        help_text=_("As they stand in the article: a sentence or less."),
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    passage_prefix = forms.CharField(
        required=False, widget=forms.HiddenInput(attrs={"data-draft-with": "passage_exact"})
    )
    passage_suffix = forms.CharField(
        required=False, widget=forms.HiddenInput(attrs={"data-draft-with": "passage_exact"})
    )
    claim = WordsField(
        limit=MAX_WORDS,
        multiline=True,
        label=_("What is wrong?"),
        error_messages={"required": _("Please say what is wrong.")},
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto", "aria-required": "true"}),
    )
    suggestion = WordsField(
        limit=MAX_WORDS,
        multiline=True,
        required=False,
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
    acting_for = WordsField(
        limit=120,
        required=False,
        name=True,
        label=_("If you write for someone else: for whom?"),
        help_text=_("For example: my child, my client."),
    )
    urgent = forms.BooleanField(required=False, label=_("This cannot wait"))
    urgent_reason = forms.ChoiceField(
        choices=URGENT_REASONS, required=False, label=_("Why it cannot wait"), widget=forms.RadioSelect
    )
    name = WordsField(
        limit=120,
        required=False,
        name=True,
        label=_("Your name"),
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto", "data-draft-skip": ""}),
    )
    email = MailField(
        required=False,
        label=_("Your email address"),
        help_text=_("We mail you one message with a button to confirm it, and nothing else before you press that."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = WordsField(
        limit=40,
        required=False,
        name=True,
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
        self.revision = self.article.current_revision() if self.article and not self.article.is_embargoed else None
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
        if medium == Medium.WEB and "article_url" in data and not data["article_url"]:
            self.add_error(
                "article_url", ValidationError(_("Which article is it? Paste its address."), code="required")
            )
        if medium not in {None, Medium.WEB} and "medium_detail" in data and not data["medium_detail"]:
            self.add_error(
                "medium_detail",
                ValidationError(
                    _("Please say where: the edition, episode, issue or post, and its date."), code="required"
                ),
            )
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


def as_pasted(text: str) -> str:
    """An address without what comes along when it is copied out of a text: brackets or quotes, a full stop or comma."""
    before, text = "", text.strip()
    while text != before:
        before, text = text, text.strip(AROUND).rstrip(".,;").strip()
    return text


def is_web_address(text: str) -> bool:
    """Whether the text is a link that a browser opens on the web: http or https, a named host, no login in it."""
    if len(text) > MAX_ADDRESS or not text.lower().startswith(("http://", "https://")):
        return False
    try:
        clean_url(text)
        return bool(urlsplit(text).hostname)
    except ValueError:
        return False


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
