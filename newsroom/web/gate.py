"""The gate before the desk: what looks like a machine or a campaign is held for a person to look at, not refused.

No captcha. Only a network that goes on long after its quota is turned away for a while, with the text kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from newsroom.api import throttles

MAX_LINKS = 3
REASONS = {
    "trap": _("A field that people do not see was filled in"),
    "too_fast": _("Sent faster than a person types"),
    "many_links": _("Many links in the text"),
    "same_text": _("The same text was sent before"),
    "over_quota": _("Many reports from one network"),
}
"""Every reason for holding something, in words for the desk."""

_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)


@dataclass(frozen=True)
class Judgment:
    """Codes of `REASONS`, empty when nothing is doubted; and the seconds to wait when it is refused for now, else 0."""

    held_reasons: list[str]
    retry_after: int


def judge(*, network: str, age: float, trap: str, text: str, said_before: bool) -> Judgment:
    """Look at one submission that is otherwise complete, and count it. Call it outside a transaction.

    `network` is `throttles.caller(request)`, `age` the seconds since the form was handed out, `trap` what stood in the
    field that people do not see. Within the quota of the throttle `form` a network passes, for as many again it is
    held, beyond that it waits.
    """
    quota = throttles.hit("form", network)
    beyond = None if quota.allowed else throttles.hit("form", f"beyond:{network}")
    if beyond is not None and not beyond.allowed:
        return Judgment([], beyond.retry_after)
    found = {
        "trap": bool(trap.strip()),
        "too_fast": age < settings.FORM_MIN_SECONDS,
        "many_links": len(_LINK.findall(text)) > MAX_LINKS,
        "same_text": said_before,
        "over_quota": beyond is not None,
    }
    return Judgment([code for code in REASONS if found[code]], 0)
