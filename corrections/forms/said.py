"""What is said of an error, by its reader or by whoever takes the call: one list of its fields, limits and checks."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from corrections.vocabulary import Medium
from newsroom.articles.addresses import clean_url
from newsroom.web.text import clean_text

MAX_WORDS = 5000
MAX_PASSAGE = 500
MAX_SOURCES = 5
MAX_ADDRESS = 2000
MAX_EMAIL = 254
MAX_DETAIL = 300
MAX_NAME = 120
MAX_PHONE = 40
BETWEEN_LINKS = re.compile(r"\s+|,(?=\s|https?://|www\.|$)|(?<=>)(?=<)")
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
        super().__init__(limit=MAX_EMAIL, **{"widget": forms.EmailInput, **kwargs})

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


SAID: dict[str, dict[str, Any]] = {
    "claim": {
        "limit": MAX_WORDS,
        "multiline": True,
        "error_messages": {"required": _("Please say what is wrong.")},
    },
    "suggestion": {"limit": MAX_WORDS, "multiline": True, "required": False},
    "passage_exact": {
        "limit": MAX_PASSAGE,
        "multiline": True,
        "required": False,
        "label": _("The words that are wrong"),
        "help_text": _("As they stand in the article: a sentence or less."),
    },
    "medium_detail": {
        "limit": MAX_DETAIL,
        "required": False,
        "help_text": _(
            "If it was not on the web: the edition and page, the episode and minute, the date, or the account."
        ),
    },
    "acting_for": {"limit": MAX_NAME, "required": False, "name": True},
    "name": {"limit": MAX_NAME, "required": False, "name": True},
    "phone": {"limit": MAX_PHONE, "required": False, "name": True},
}
"""What each text of a report is, whichever form asks for it."""


def said(name: str, **own: Any) -> WordsField:
    """The field of this name, with what the form at hand says of it: label, help, widget."""
    return WordsField(**SAID[name] | own)


def missing_place(data: dict[str, Any], *, article: str) -> dict[str, ValidationError]:
    """By field, what a form must still ask for to know where the error stands: the article, by the field of this name,
    or the edition, episode or post. Only of fields that were found valid.
    """
    medium, found = data.get("medium"), {}
    if medium == Medium.WEB and article in data and not data[article]:
        found[article] = ValidationError(_("Which article is it? Paste its address."), code="required")
    if medium not in {None, Medium.WEB} and "medium_detail" in data and not data["medium_detail"]:
        found["medium_detail"] = ValidationError(
            _("Please say where: the edition, episode, issue or post, and its date."), code="required"
        )
    return found


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
