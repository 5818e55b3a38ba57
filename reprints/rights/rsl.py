"""`/license.xml`: Really Simple Licensing 1.0 (https://rslstandard.org/rsl), media type
`application/rsl+xml`.

What is sold is offered by `<payment><custom>`, our request form. There is no `server` attribute: with one, a
crawler must fetch a token even for what is free. What is denied is simply not listed, since `<permits
type="usage">` is a closed list; a `<prohibits>` would be weighed against every block and cancel an offer
beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from lxml import etree

from reprints.rights.policy import (
    RSL_USAGE,
    USE_TO_REQUEST,
    AiPolicy,
    Answer,
    refuse_contradictions,
    with_answer,
)

NAMESPACE = "https://rslstandard.org/rsl"
MEDIA_TYPE = "application/rsl+xml"
MAX_AGE_DAYS = 7

# How RSL names the payment for a purpose; `use` is per use of the text in an answer or an index.
_PAYMENT = {"search": "use", "ai_index": "use", "ai_input": "use", "ai_train": "training"}


def license_xml(
    policy: AiPolicy,
    *,
    sites: Sequence[str],
    form_url: str,
    terms_url: str = "",
    contact_email: str = "",
    contact_url: str = "",
) -> bytes:
    """The RSL document of a publication. UTF-8 with declaration.

    `sites`: absolute addresses, each with every path below it: a path alone would be one of the host that hands the
    document out. `form_url`: where a person asks for a license (`?use=` is added). Raises ContradictoryPolicy.
    """
    refuse_contradictions(policy)
    root = etree.Element(_tag("rsl"), nsmap={None: NAMESPACE})
    root.set("max-age", str(MAX_AGE_DAYS))
    for site in sites:
        content = etree.SubElement(root, _tag("content"), url=site)
        _fill(content, policy, form_url, contact_email)
        if contact_email or contact_url:
            holder = etree.SubElement(content, _tag("copyright"), type="organization")
            if contact_email:
                holder.set("contactEmail", contact_email)
            if contact_url:
                holder.set("contactUrl", contact_url)
        if terms_url:
            etree.SubElement(content, _tag("terms")).text = terms_url
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _fill(content: etree._Element, policy: AiPolicy, form_url: str, contact_email: str) -> None:
    free = [purpose for purpose in with_answer(policy, Answer.ALLOW) if purpose in RSL_USAGE]
    sold = [purpose for purpose in with_answer(policy, Answer.LICENSE) if purpose in RSL_USAGE]
    if free:
        _free(content, free)
    for purpose in sold:
        _offer(content, purpose, form_url, contact_email)
    if not free and not sold:
        nothing = etree.SubElement(content, _tag("license"))
        etree.SubElement(nothing, _tag("prohibits"), type="usage").text = "all"


def request_url(form_url: str, purpose: str) -> str:
    """The request form with the use preselected."""
    joint = "&" if "?" in form_url else "?"
    return f"{form_url}{joint}{urlencode({'use': USE_TO_REQUEST[purpose]})}"


def _free(content: etree._Element, purposes: list[str]) -> None:
    granted = etree.SubElement(content, _tag("license"))
    tokens = " ".join(RSL_USAGE[purpose] for purpose in purposes)
    etree.SubElement(granted, _tag("permits"), type="usage").text = tokens
    etree.SubElement(granted, _tag("payment"), type="free")


def _offer(content: etree._Element, purpose: str, form_url: str, contact_email: str) -> None:
    offered = etree.SubElement(content, _tag("license"))
    etree.SubElement(offered, _tag("permits"), type="usage").text = RSL_USAGE[purpose]
    payment = etree.SubElement(offered, _tag("payment"), type=_PAYMENT[purpose])
    etree.SubElement(payment, _tag("custom")).text = request_url(form_url, purpose)
    if contact_email:
        etree.SubElement(offered, _tag("legal"), type="contact").text = f"mailto:{contact_email}"


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
