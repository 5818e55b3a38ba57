"""What a template of an answer may leave open: `{headline}` and its like, from a closed list. No models in here."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

NAMES: dict[str, Any] = {
    "headline": _("the headline of the article"),
    "reference": _("the reference of the report"),
    "article_url": _("the address of the article"),
    "passage": _("the words that the reader marked"),
    "notice_url": _("the address of the newest public notice on the article"),
    "agency": _("the agency that the article came from"),
    "answer_by": _("the day by which an answer was promised"),
    "publication": _("the name of the publication"),
    "corrections_email": _("the address of the corrections desk"),
    "complaints_body": _("where else the reader can turn"),
    "appeal_days": _("how many days there are to ask for a second look"),
    "editor": _("the name of whoever answers"),
}
"""Name → what stands in its place."""
OPEN = re.compile(r"\{([a-z_]+)\}")


def names_in(text: str) -> list[str]:
    """The names that the text leaves open, each once, in their order."""
    return list(dict.fromkeys(OPEN.findall(text)))


def fault_of(text: str) -> str:
    """The sentence that says what is wrong with a template's text, or an empty string."""
    for name in names_in(text):
        if name not in NAMES:
            return _now("There is no {%(name)s}. There are: %(names)s.") % {
                "name": name,
                "names": ", ".join(f"{{{known}}}" for known in NAMES),
            }
    if re.search(r"[{}]", OPEN.sub("", text)):
        return _now("A brace stands alone. Braces are only for what is filled in, as in {headline}.")
    return ""
