"""The log as feeds: Atom (RFC 4287) with tombstones (RFC 6721), and JSON Feed 1.1."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.html import escape

from corrections import public
from corrections.models import Correction
from corrections.vocabulary import UNDOING
from corrections.workflow import CorrectionStatus

ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
IN_JSON = (
    *("reference", "kind", "effect", "severity", "status", "supersedes", "withdraws", "reinstates"),
    *("superseded_by", "followed_by", "articles"),
)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

register_namespace("", ATOM)
register_namespace("at", TOMBSTONES)


@dataclass(frozen=True)
class Feed:
    """What a feed tells: its title, the page it belongs to, where `feed.atom` and `feed.json` lie, and its entries.

    `notices` come from `Correction.objects.…for_page()`, newest first; `gone` are suppressed ones; `query` is what of a
    whole log it tells, with its question mark.
    """

    title: str
    page: str
    base: str
    notices: list[Correction]
    gone: list[Correction]
    query: str = ""


def gone(rows: QuerySet[Correction]) -> QuerySet[Correction]:
    """Those of the rows that were removed under an order which lets us say so, the latest first."""
    return rows.filter(status=CorrectionStatus.SUPPRESSED, suppressed_hidden=False).order_by("-updated_at", "-pk")


def atom_response(feed: Feed) -> HttpResponse:
    """The Atom document. Any site may read it."""
    return _open_to_all(HttpResponse(atom(feed), content_type="application/atom+xml; charset=utf-8"))


def json_response(feed: Feed) -> HttpResponse:
    """The JSON Feed document. Any site may read it."""
    text = json.dumps(json_feed(feed), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
    return _open_to_all(HttpResponse(text, content_type="application/feed+json; charset=utf-8"))


def atom(feed: Feed) -> bytes:
    """The feed as Atom. An entry's `updated` moves when its notice is replaced or withdrawn."""
    root = Element(f"{{{ATOM}}}feed")
    _add(root, "id", feed.page)
    _add(root, "title", feed.title)
    _add(root, "updated", _time(max([row.updated_at for row in (*feed.notices, *feed.gone)], default=NEVER)))
    _link(root, "self", f"{feed.base}feed.atom{feed.query}", "application/atom+xml")
    _link(root, "alternate", feed.page, "text/html")
    for row in feed.notices:
        shape = public.shape(row)
        entry = SubElement(root, f"{{{ATOM}}}entry")
        _add(entry, "id", shape["url"])
        _add(entry, "title", _title(shape))
        _add(SubElement(entry, f"{{{ATOM}}}author"), "name", row.publication.name)
        _add(entry, "published", _time(shape["published_at"]))
        _add(entry, "updated", _time(row.updated_at))
        _link(entry, "alternate", shape["url"], "text/html")
        for article in shape["articles"]:
            if article["url"]:
                _link(entry, "related", article["url"], "text/html")
        for term in (_term(shape), f"severity:{shape['severity']}", f"status:{shape['status']}"):
            SubElement(entry, f"{{{ATOM}}}category", term=term)
        _add(entry, "content", _html(shape)).set("type", "html")
    for row in feed.gone:
        SubElement(
            root,
            f"{{{TOMBSTONES}}}deleted-entry",
            ref=f"{settings.BASE_URL}{public.path(row)}",
            when=_time(row.updated_at),
        )
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def json_feed(feed: Feed) -> dict[str, Any]:
    """The feed as JSON Feed 1.1. Our extension `_masthead` carries what the format has no word for."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": f"{feed.base}feed.json{feed.query}",
        "language": settings.LANGUAGE_CODE,
        "items": [_item(row) for row in feed.notices],
        "_masthead": {
            "about": f"{settings.BASE_URL}/api/docs/",
            "gone": [f"{settings.BASE_URL}{public.path(row)}" for row in feed.gone],
        },
    }


def _item(row: Correction) -> dict[str, Any]:
    shape = public.shape(row)
    return {
        "id": shape["url"],
        "url": shape["url"],
        "title": _title(shape),
        "content_html": _html(shape),
        "date_published": shape["published_at"],
        "date_modified": row.updated_at,
        "authors": [{"name": row.publication.name}],
        "tags": [_term(shape)],
        "_masthead": {name: shape[name] for name in IN_JSON},
    }


def _title(shape: dict[str, Any]) -> str:
    headline = shape["articles"][0]["headline"] if shape["articles"] else ""
    return f"{shape['label']}: {headline or shape['reference']}"


def _term(shape: dict[str, Any]) -> str:
    """The kind; of what withdraws or reinstates a notice, that it does: whoever looks for retractions wants none."""
    return f"{shape['effect']}:{shape['kind']}" if shape["effect"] in UNDOING else str(shape["kind"])


def _html(shape: dict[str, Any]) -> str:
    parts = [f"<p>{escape(part)}</p>" for part in shape["text"].split("\n") if part.strip()]
    if shape["original_text"]:
        parts.append(f"<p><del>{escape(shape['original_text'])}</del></p>")
    if shape["corrected_text"]:
        parts.append(f"<p><ins>{escape(shape['corrected_text'])}</ins></p>")
    return "".join(parts)


def _add(parent: Element, name: str, text: str) -> Element:
    child = SubElement(parent, f"{{{ATOM}}}{name}")
    child.text = _NOT_XML.sub("", text)
    return child


def _link(parent: Element, rel: str, href: str, media_type: str) -> None:
    SubElement(parent, f"{{{ATOM}}}link", rel=rel, href=_NOT_XML.sub("", href), type=media_type)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _open_to_all(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    return response
