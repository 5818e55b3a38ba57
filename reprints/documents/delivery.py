"""The licensed text itself, in three forms: HTML, plain text and ninjs 3.1 (IPTC).

Only what was licensed is in it: the passage for an excerpt, the first paragraph for a summary, no text at all
for a chart or a logo. What the license leaves out is named. An article that is withheld or canceled is
delivered without its text.

`article`: `headline, bylines, body (paragraphs separated by a blank line), url, language, published_at,
modified_at, status, components [{kind, credit, licensable}]`. `revision`: `number, sha256`, of the text in
`article`, which may be newer than the one in the snapshot: a correction travels under the same license.

Under a test license only the beginning of the text is delivered, and every form says that it is a test.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from django.utils.translation import gettext as _

from reprints.documents.signing import validity
from reprints.documents.wording import speaking

Part = Mapping[str, Any]

NINJS_SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#"
ODRL = "http://www.w3.org/ns/odrl/2/"
USABLE = "usable"
_PASSAGES = {"excerpt", "quote"}
TEST_WORDS = 40
"""As many words of a text a test license shows: enough to try a page out, too few to publish."""
_WEB_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


def content_html(snapshot: Part, article: Part, revision: Part) -> str:
    """The text as an `<article>` fragment: headline, bylines, paragraphs, credit line, link to the original,
    and what is not included. Everything is escaped; the only markup is ours.
    """
    mark = ' data-test="true"' if snapshot["test"] else ""
    with speaking(article["language"]):
        lines = [
            f'<article lang="{escape(article["language"])}" data-license="{escape(snapshot["number"])}" '
            f'data-revision="{int(revision["number"])}" data-revision-sha256="{escape(revision["sha256"])}"'
            f"{mark}>",
            f"<h1>{escape(article['headline'])}</h1>",
        ]
        if article["bylines"]:
            lines.append(f'<p class="byline">{escape(byline(article))}</p>')
        if snapshot["test"]:
            lines.append(f'<p class="test"><strong>{escape(test_notice(snapshot))}</strong></p>')
        lines += [f"<p>{_broken(part)}</p>" for part in paragraphs(snapshot, article)]
        if notice := status_notice(article):
            lines.append(f'<p class="status"><strong>{escape(notice)}</strong></p>')
        lines += [
            f'<aside class="excluded">{escape(_not_included(part))}</aside>'
            for part in excluded_parts(snapshot, article)
        ]
        lines += ["<footer>", f'<p class="credit">{escape(credit_of(snapshot))}</p>', _original(article)]
    return "\n".join([*lines, "</footer>", "</article>", ""])


def content_text(snapshot: Part, article: Part, revision: Part) -> str:
    """Plain text: paragraphs separated by a blank line, what is not included in square brackets."""
    with speaking(article["language"]):
        blocks = [article["headline"]]
        if article["bylines"]:
            blocks.append(byline(article))
        if snapshot["test"]:
            blocks.append(test_notice(snapshot))
        blocks += paragraphs(snapshot, article)
        if notice := status_notice(article):
            blocks.append(notice)
        blocks += [f"[{_not_included(part)}]" for part in excluded_parts(snapshot, article)]
        blocks += [credit_of(snapshot), _("Original: %(url)s") % {"url": article["url"]}]
        license_line = _("License %(number)s, revision %(revision)s, SHA-256 %(sha256)s")
        blocks.append(
            license_line % {"number": snapshot["number"], "revision": revision["number"], "sha256": revision["sha256"]}
        )
    return "\n\n".join(block for block in blocks if block) + "\n"


def content_ninjs(snapshot: Part, article: Part, revision: Part, *, base_url: str) -> dict[str, Any]:
    """The text as a ninjs 3.1 object. `rightsInfo` links to the ODRL agreement of the license under
    `base_url`.
    """
    text = "\n\n".join(paragraphs(snapshot, article))
    item: dict[str, Any] = {
        "uri": article["url"],
        "type": "text",
        "representationType": "full" if snapshot["portion"] == "full_text" and not snapshot["test"] else "partial",
        "version": str(revision["number"]),
        "pubStatus": article["status"],
        "language": article["language"],
        "headlines": [{"role": "main", "contentType": "text/plain", "value": article["headline"]}],
        "copyrightHolder": snapshot["publication"]["legal_entity"],
        "copyrightNotice": credit_of(snapshot),
        "altIds": [
            {"role": "license", "value": snapshot["number"]},
            {"role": "article", "value": snapshot["article"]["reference"]},
            {"role": "revision-sha256", "value": revision["sha256"]},
        ],
        "standard": {"name": "ninjs", "version": "3.1", "schema": NINJS_SCHEMA},
        "rightsInfo": {
            "langId": ODRL,
            "linkedRights": f"{base_url.rstrip('/')}/api/v1/licenses/{snapshot['number']}/odrl/",
        },
    }
    with speaking(article["language"]):
        item["usageTerms"] = _usage_terms(snapshot, article)
        if article["bylines"]:
            item["by"] = byline(article)
        notices = [test_notice(snapshot) if snapshot["test"] else "", status_notice(article)]
        if any(notices):
            item["edNote"] = " ".join(filter(None, notices))
    if text:
        body = {"role": "main", "contentType": "text/plain", "value": text}
        item["bodies"] = [body | {"wordCount": len(text.split()), "charCount": len(text)}]
    if article["published_at"]:
        item["firstCreated"] = article["published_at"]
    if article["modified_at"]:
        item["versionCreated"] = article["modified_at"]
    end = validity(snapshot)[1]
    if end is not None:
        item["expires"] = end.isoformat()
    return item


def paragraphs(snapshot: Part, article: Part) -> list[str]:
    """The paragraphs that this license gives out, in order."""
    if article["status"] != USABLE:
        return []
    text = _licensed(snapshot, article["body"])
    if snapshot["test"]:
        text = _beginning(text)
    return [part.strip() for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")) if part.strip()]


def excluded_parts(snapshot: Part, article: Part) -> list[str]:
    """What is not licensed: the exclusions agreed, then the article's parts that are not ours to license.
    “photo: AP”.
    """
    unlicensable = [
        f"{part['kind']}: {part['credit']}" if part.get("credit") else str(part["kind"])
        for part in article.get("components", [])
        if not part.get("licensable", False)
    ]
    return list(dict.fromkeys([*snapshot["exclusions"], *unlicensable]))


def byline(article: Part) -> str:
    """“By Ann Reporter, Bo Writer”."""
    return _("By %(names)s") % {"names": ", ".join(article["bylines"])}


def credit_of(snapshot: Part) -> str:
    """The credit line, marked where it is only a test."""
    line = str(snapshot["credit_line"])
    return _("TEST · %(credit)s") % {"credit": line} if snapshot["test"] else line


def test_notice(snapshot: Part) -> str:
    """What stands above the beginning of a text that a test license shows."""
    words = _("TEST: %(number)s is a test license. It permits nothing; only the first words are shown.")
    return words % {"number": snapshot["number"]}


def status_notice(article: Part) -> str:
    """Why there is no text, when the article is withheld or canceled; otherwise empty."""
    if article["status"] == USABLE:
        return ""
    if article["status"] == "canceled":
        return _("This article is canceled. Its text is no longer supplied; please remove it.")
    return _("This article is withheld. Please do not use it until it is released.")


def _licensed(snapshot: Part, body: str) -> str:
    portion = snapshot["portion"]
    if portion == "full_text":
        return body
    if portion in _PASSAGES:
        return snapshot.get("excerpt_text") or ""
    if portion == "headline_summary":
        return body.strip().split("\n\n")[0]
    return ""


def _beginning(text: str) -> str:
    words = list(re.finditer(r"\S+", text))
    return text if len(words) <= TEST_WORDS else f"{text[: words[TEST_WORDS - 1].end()]} […]"


def _usage_terms(snapshot: Part, article: Part) -> str:
    words = _("License %(number)s. Show the credit line: %(credit)s") % {
        "number": snapshot["number"],
        "credit": credit_of(snapshot),
    }
    excluded = excluded_parts(snapshot, article)
    if not excluded:
        return words
    return f"{words} {_not_included('; '.join(excluded))}"


def _not_included(part: str) -> str:
    return _("Not included in this license: %(part)s") % {"part": part}


def _broken(paragraph: str) -> str:
    return escape(paragraph).replace("\n", "<br>\n")


def _original(article: Part) -> str:
    """The link to the original; an address that is not of the web is shown, never linked."""
    address = escape(article["url"])
    if not _WEB_ADDRESS.match(article["url"]):
        return f'<p class="original">{address}</p>'
    return f'<p class="original"><a rel="canonical" href="{address}">{address}</a></p>'
