"""`/.well-known/tdmrep.json` and its policy: TDM Reservation Protocol (W3C Community Group final report,
2024-05-10).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reprints.rights.policy import TDM_RESERVATION, AiPolicy, Answer, refuse_contradictions
from reprints.rights.rsl import request_url

CONTEXT = ["http://www.w3.org/ns/odrl.jsonld", "http://www.w3.org/ns/tdmrep.jsonld"]
PROFILE = "http://www.w3.org/ns/tdmrep"


def tdmrep_json(policy: AiPolicy, *, policy_url: str) -> list[dict[str, Any]]:
    """The file's content: one rule for every path. The policy is named only where something is on offer.

    Raises ContradictoryPolicy.
    """
    refuse_contradictions(policy)
    rule: dict[str, Any] = {"location": "/", "tdm-reservation": TDM_RESERVATION[policy.tdm]}
    if policy.tdm == Answer.LICENSE:
        rule["tdm-policy"] = policy_url
    return [rule]


def tdm_offer(
    policy: AiPolicy,
    *,
    policy_url: str,
    publisher: str,
    sites: Sequence[str],
    form_url: str,
    contact_email: str = "",
) -> dict[str, Any] | None:
    """The ODRL Offer behind `tdm-policy`: mining of the sites, the first of which stands for the publisher, after our
    consent. None when nothing is on offer.

    Raises ContradictoryPolicy.
    """
    refuse_contradictions(policy)
    if policy.tdm != Answer.LICENSE:
        return None
    assigner = {"uid": sites[0], "vcard:fn": publisher, "vcard:hasURL": request_url(form_url, "tdm")}
    if contact_email:
        assigner["vcard:hasEmail"] = f"mailto:{contact_email}"
    return {
        "@context": list(CONTEXT),
        "@type": "Offer",
        "profile": PROFILE,
        "uid": policy_url,
        "assigner": assigner,
        "permission": [{"target": site, "action": "tdm:mine", "duty": [{"action": "obtainConsent"}]} for site in sites],
    }
