"""Preferences in robots.txt and in response headers: IETF AIPREF (`Content-Usage`, a draft), RSL's `License`
and TDMRep.

AIPREF knows two categories, `train-ai` and `search`, and two answers. A sold use is `n`: a preference speaks
to machines without a contract, and a contract overrides it.
"""

from __future__ import annotations

from reprints.rights.policy import (
    AIPREF_CATEGORY,
    TDM_RESERVATION,
    AiPolicy,
    Answer,
    refuse_contradictions,
)
from reprints.rights.rsl import MEDIA_TYPE


def robots_lines(policy: AiPolicy, *, license_url: str) -> list[str]:
    """Lines for the `*` group of robots.txt. `license_url`: absolute. Raises ContradictoryPolicy."""
    refuse_contradictions(policy)
    return [f"License: {license_url}", f"Content-Usage: {content_usage(policy)}"]


def response_headers(policy: AiPolicy, *, license_url: str, tdm_policy_url: str) -> dict[str, str]:
    """Headers for article pages; they agree with the files, which they override. May raise as above."""
    refuse_contradictions(policy)
    headers = {
        "Content-Usage": content_usage(policy),
        "Link": f'<{license_url}>; rel="license"; type="{MEDIA_TYPE}"',
        "tdm-reservation": str(TDM_RESERVATION[policy.tdm]),
    }
    if policy.tdm == Answer.LICENSE:
        headers["tdm-policy"] = tdm_policy_url
    return headers


def content_usage(policy: AiPolicy) -> str:
    """The value of `Content-Usage`: an RFC 9651 dictionary, `train-ai=n, search=y`."""
    answers = policy.answers()
    return ", ".join(
        f"{category}={'y' if answers[purpose] == Answer.ALLOW else 'n'}"
        for purpose, category in AIPREF_CATEGORY.items()
    )
