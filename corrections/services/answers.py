"""Filling in a template for the report at hand. What is not there is refused, and never sent as an empty brace."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from corrections import public
from corrections.models import AnswerTemplate, Correction, Report
from corrections.placeholders import NAMES, OPEN, names_in
from newsroom.accounts import regimes
from newsroom.accounts.models import User
from newsroom.errors import Invalid
from newsroom.events import promises
from newsroom.languages import spoken


def fill(template: AnswerTemplate, report: Report, *, by: User | None) -> str:
    """The template's text for this report, in the template's language. Reads only; `by` nobody when it goes by itself.

    Raises `Invalid` at `/template` that names everything the report does not have.
    """
    with translation.override(spoken(template.language)), timezone.override(report.publication.zone):
        values = {name: VALUES[name](report, by).strip() for name in names_in(template.body)}
    missing = [name for name, value in values.items() if not value]
    if missing:
        sentence = _("This template needs what this report does not have: %(what)s.") % {
            "what": "; ".join(f"{{{name}}}, {NAMES[name]}" for name in missing)
        }
        raise Invalid.one("/template", sentence, "missing_value")
    return OPEN.sub(lambda found: values[found[1]], template.body)


def closing(report: Report, code: str) -> str:
    """The words that go to the reader when this report ends so without anybody writing to them: those of the newsroom's
    template. Empty, for the standard sentence, where there is none or the report lacks what it needs.
    """
    template = AnswerTemplate.objects.closing(report, code)
    try:
        return fill(template, report, by=None) if template is not None else ""
    except Invalid:
        return ""


def refuse_open_names(words: str) -> None:
    """Raise `Invalid` at `/words` for a text in which something was left to be filled in."""
    if left := names_in(words):
        sentence = _("{%(name)s} is not filled in: press “Fill in” again, or write it yourself.") % {"name": left[0]}
        raise Invalid.one("/words", sentence, "open_name")


def _notice_url(report: Report, _by: User | None) -> str:
    if report.article is None:
        return ""
    newest = Correction.objects.listed().for_article(report.article).newest_first().first()
    return settings.BASE_URL + public.path(newest) if newest is not None else ""


def _answer_by(report: Report, _by: User | None) -> str:
    for promise in promises.running(report):
        if promise.kind == "decide" and promise.paused_at is None:
            return str(date_format(timezone.localtime(promise.due_at), "DATE_FORMAT"))
    return ""


VALUES: dict[str, Callable[[Report, User | None], str]] = {
    "headline": lambda report, by: report.article.headline if report.article else "",
    "reference": lambda report, by: report.reference,
    "article_url": lambda report, by: report.article.url if report.article else report.article_url,
    "passage": lambda report, by: report.passage_exact,
    "notice_url": _notice_url,
    "agency": lambda report, by: report.article.source_agency if report.article else "",
    "answer_by": _answer_by,
    "publication": lambda report, by: report.publication.name,
    "corrections_email": lambda report, by: report.publication.corrections_email,
    "complaints_body": lambda report, by: regimes.complaints_body(report.publication).replace("\n", "; "),
    "appeal_days": lambda report, by: str(report.publication.policy("appeal_within_days")),
    "editor": lambda report, by: str(by or ""),
}
"""Name → its value for a report; empty where there is none. Every name of `placeholders.NAMES` has one."""
