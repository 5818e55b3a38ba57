"""The gate before the desk: what looks like a machine or a campaign is held for a person to look at, not refused.

No captcha. Only a flood is turned away for a while, with the text kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from newsroom.api import throttles

HOLD_AT = 40
"""Points at which the wording alone is doubted: four links, two with hardly a word beside them, half of it repeated."""
POINTS_A_LINK = 10
WORDS_BESIDE_A_LINK = 5
POINTS_FOR_REPETITION = 80
LEAST_WORDS = 12
"""Shorter texts repeat themselves by accident."""
COUNTS = 10
"""Points from which a part of the wording is named as a reason."""
REASONS = {
    "trap": _("A field that people do not see was filled in"),
    "too_fast": _("Sent faster than a person types"),
    "many_links": _("Many links in the text"),
    "repeats_itself": _("The text repeats itself"),
    "same_text": _("The same text was sent before"),
    "many_on_article": _("Many reports on one article within an hour"),
    "listed_address": _("The address is on the list of senders to look at"),
    "listed_domain": _("The mail domain is on the list of senders to look at"),
    "listed_network": _("The network is on the list of senders to look at"),
    "over_quota": _("Many reports from one network"),
}
"""Every reason for holding something, in words for the desk."""

_LINK = re.compile(r"(?:https?://|\bwww\.)\S*", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_RUN = re.compile(r"(\S)\1{29,}")


@dataclass(frozen=True)
class Judgment:
    """Codes of `REASONS`, empty when nothing is doubted; and the seconds to wait when it is refused for now, else 0."""

    held_reasons: list[str]
    retry_after: int


def score(text: str) -> dict[str, int]:
    """Points against the wording by reason: links, heavier when hardly a word stands beside them, and repetition: the
    share of three words in a row that were there before, or one character thirty times.
    """
    links = len(_LINK.findall(text))
    words = _WORD.findall(_LINK.sub(" ", text).casefold())
    bare = links > 1 and len(words) < WORDS_BESIDE_A_LINK * links
    threes = list(zip(words, words[1:], words[2:], strict=False))
    repeated = 1 - len(set(threes)) / len(threes) if len(words) >= LEAST_WORDS else 0.0
    return {
        "many_links": links * POINTS_A_LINK * (2 if bare else 1),
        "repeats_itself": HOLD_AT if _RUN.search(text) else int(repeated * POINTS_FOR_REPETITION),
    }


def judge(
    *,
    network: str,
    age: float,
    trap: str,
    text: str,
    said_before: bool,
    also: Collection[str] = (),
    ceiling: str = "form",
) -> Judgment:
    """Look at one submission that is otherwise complete, and count it. Call it outside a transaction.

    `network` is `throttles.caller(request)`, `age` the seconds since the form was handed out, `trap` what stood in the
    field that people do not see, `also` what the desk itself doubts. Within the quota of the throttle `form` a network
    passes; as many again as the throttle `ceiling` lets through are held, and only beyond that it waits.
    """
    quota = throttles.hit("form", network)
    beyond = None if quota.allowed else throttles.hit(ceiling, f"beyond:{network}")
    if beyond is not None and not beyond.allowed:
        return Judgment([], beyond.retry_after)
    points = score(text)
    doubted = sum(points.values()) >= HOLD_AT
    found = {code for code, number in points.items() if doubted and number >= COUNTS} | set(also)
    checks = {
        "trap": bool(trap.strip()),
        "too_fast": age < settings.FORM_MIN_SECONDS,
        "same_text": said_before,
        "over_quota": beyond is not None,
    }
    found |= {code for code, holds in checks.items() if holds}
    return Judgment([code for code in REASONS if code in found], 0)
