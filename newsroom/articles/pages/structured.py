"""JSON-LD as it is found in the wild: schema.org articles in lists, graphs, wrappers and broken blocks."""

import json
import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml.html import HtmlElement

from newsroom.articles.pages.markup import plain

Node: TypeAlias = dict[str, Any]

ARTICLE_TYPES = (
    *(
        "NewsArticle",
        "ReportageNewsArticle",
        "AnalysisNewsArticle",
        "OpinionNewsArticle",
        "BackgroundNewsArticle",
    ),
    *("ReviewNewsArticle", "AskPublicNewsArticle", "LiveBlogPosting", "Report", "Article", "BlogPosting"),
    *(
        "SatiricalArticle",
        "AdvertiserContentArticle",
        "ScholarlyArticle",
        "TechArticle",
        "SocialMediaPosting",
    ),
)
"""Every subtype of schema.org's NewsArticle, then of Article, the likeliest first."""

WRAPPERS = ("@graph", "mainEntity", "mainEntityOfPage")
MAX_NODES = 5000
TRAILING_COMMA = re.compile(r",(?=\s{0,200}[}\]])")
SALVAGED = re.compile(r'"(headline|datePublished|dateModified)"\s{0,20}:\s{0,20}"([^"\\]{1,500})"')
SALVAGED_AUTHOR = re.compile(r'"author"\s{0,20}:[\s\[{]{0,40}[^\]}]{0,200}?"name"\s{0,20}:\s{0,20}"([^"\\]{1,200})"')


class LinkedData:
    """The article that a page's JSON-LD describes, and the nodes it refers to."""

    def __init__(self, tree: HtmlElement) -> None:
        self.nodes: list[Node] = []
        for script in tree.iter("script"):
            if "ld+json" in (script.get("type") or "").lower():
                self.nodes.extend(_nodes(_loaded(script.text or "")))
        self.by_id = {
            str(node["@id"]): node for node in self.nodes if isinstance(node.get("@id"), str) and len(node) > 1
        }
        articles = [node for node in self.nodes if _rank(node) < len(ARTICLE_TYPES)]
        self.article: Node = min(articles, key=_rank, default={})

    def text(self, *names: str) -> str:
        """The article's first property of these names that is text."""
        for name in names:
            for value in _listed(self.article.get(name)):
                if isinstance(value, str) and plain(value):
                    return plain(value)
        return ""

    def addresses(self, *names: str) -> Iterator[str]:
        """Addresses in these properties, given plainly or as a node's `@id` or `url`."""
        for name in names:
            for value in _listed(self.article.get(name)):
                found = (value.get("@id"), value.get("url")) if isinstance(value, dict) else (value,)
                yield from (address for address in found if isinstance(address, str))

    def names(self, *properties: str) -> Iterator[tuple[str, bool]]:
        """Names in these properties and whether each is an organization's, references followed once."""
        for name in properties:
            for value in _listed(self.article.get(name)):
                if isinstance(value, str):
                    yield plain(value), False
                    continue
                if not isinstance(value, dict):
                    continue
                node = value if value.get("name") else self.by_id.get(str(value.get("@id")), value)
                organization = any("Organization" in kind for kind in _types(node))
                for text in _listed(node.get("name")):
                    if isinstance(text, str):
                        yield plain(text), organization

    def body(self) -> list[str]:
        """Paragraphs of `articleBody`, or of a live blog's updates; as good as they were made."""
        bodies = [self.article.get("articleBody")]
        bodies += [
            update.get("articleBody")
            for update in _listed(self.article.get("liveBlogUpdate"))
            if isinstance(update, dict)
        ]
        lines = (line for body in bodies if isinstance(body, str) for line in re.split(r"\n+|</p>|<br */?>", body))
        return [text for text in map(plain, lines) if text]


def _loaded(text: str) -> object:
    """The JSON in a script, mended where publishers usually break it; else what few properties can be
    read.
    """
    trimmed = text.strip().removeprefix("<!--").removesuffix("-->").strip()
    trimmed = trimmed.removeprefix("//<![CDATA[").removesuffix("//]]>").strip().rstrip(";")
    decoder = json.JSONDecoder(strict=False)
    for candidate in (trimmed, TRAILING_COMMA.sub("", trimmed)):
        try:
            return decoder.raw_decode(candidate)[0]
        except (ValueError, RecursionError):
            continue
    if "Article" not in trimmed and "Posting" not in trimmed:
        return None
    salvaged: Node = {"@type": "Article"}
    for name, value in SALVAGED.findall(trimmed):
        salvaged.setdefault(name, value)
    author = SALVAGED_AUTHOR.search(trimmed)
    if author:
        salvaged["author"] = author.group(1)
    return salvaged if len(salvaged) > 1 else None


def _nodes(value: object) -> Iterator[Node]:
    """Every node that may describe the page itself; not what it links to or lists."""
    waiting = [value]
    for _ in range(MAX_NODES):
        if not waiting:
            return
        current = waiting.pop(0)
        if isinstance(current, list):
            waiting.extend(current[:MAX_NODES])
        elif isinstance(current, dict):
            yield current
            waiting.extend(current[name] for name in WRAPPERS if isinstance(current.get(name), dict | list))


def _listed(value: object) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _types(node: Node) -> list[str]:
    return [str(kind).rsplit("/", 1)[-1].rsplit(":", 1)[-1] for kind in _listed(node.get("@type"))]


def _rank(node: Node) -> int:
    ranks = [ARTICLE_TYPES.index(kind) for kind in _types(node) if kind in ARTICLE_TYPES]
    # A node that only points at an article says nothing about it.
    return min(ranks, default=len(ARTICLE_TYPES)) if len(node) > 2 else len(ARTICLE_TYPES)
