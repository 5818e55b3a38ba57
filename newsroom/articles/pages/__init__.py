"""What an article's page says about itself, read from its markup alone.

Sources in order of trust: schema.org JSON-LD, Open Graph and the usual meta names, microdata, then the
visible page. General rules only: nothing here knows any publisher. No network, no scripts, no external
entities.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml.html import HtmlElement

from newsroom.articles.pages import body, dates, names
from newsroom.articles.pages.markup import MAX_BYTES, BadPage, absolute, parsed, plain, text_of, words
from newsroom.articles.pages.structured import LinkedData

__all__ = ["MAX_BYTES", "BadPage", "Page", "read_page"]

HEADLINE_NAMES = ("headline", "title", "parsely-title", "sailthru.title", "dc.title", "dcterms.title")
AUTHOR_NAMES = (
    *("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator"),
    *("byl", "byline", "cxenseparse:author"),
)
PUBLISHED_NAMES = (
    *(
        "article:published_time",
        "og:article:published_time",
        "parsely-pub-date",
        "sailthru.date",
        "datepublished",
    ),
    *("dc.date.issued", "dcterms.created", "dcterms.issued", "dc.date", "cxenseparse:publishtime", "pubdate"),
    *("publishdate", "publish-date", "date.available", "date.created", "date", "og:pubdate", "ptime"),
)
MODIFIED_NAMES = (
    *("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified"),
    *("date.modified", "date.updated", "last-modified", "utime", "lastmod"),
)
SECTION_NAMES = ("article:section", "parsely-section", "og:article:section", "section", "prism.section")
SEPARATORS = "-–—|·:：ㅣ｜•»/\\"
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
BYLINE_CLASS = re.compile(r"(?:^|[\s_-])(?:byline|author|article-author)(?:__?name|-name)?(?:$|\s)", re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    """One article as its page states it. What the page does not say is empty, never guessed.

    Addresses are absolute and not cleaned; `alternate_urls` are other addresses of this same article (AMP,
    mobile, short link), never translations. Times are aware, in UTC. `language` is a BCP 47 tag.
    """

    url: str
    canonical_url: str
    headline: str
    bylines: list[str]
    published_at: datetime | None
    modified_at: datetime | None
    section: str
    language: str
    paragraphs: list[str]
    source_agency: str
    alternate_urls: list[str]

    @property
    def body(self) -> str:
        """The paragraphs, an empty line between them."""
        return "\n\n".join(self.paragraphs)


def read_page(html: bytes, *, url: str = "") -> Page:
    """Read an article's page as it was served. `url` is where it was served from, if known.

    Raises BadPage for more than `MAX_BYTES`. Any other bytes give a Page, with empty fields at worst.
    """
    tree = parsed(html)
    reading = _Reading(tree, url)
    canonical, alternates = reading.addresses()
    headline, bylines, section, language = (
        reading.headline(),
        reading.bylines(),
        reading.section(),
        reading.language(),
    )
    published_at, modified_at = reading.published_at(), reading.modified_at()
    paragraphs = body.paragraphs(tree)
    stated = reading.data.body()
    if sum(map(len, paragraphs)) < 0.3 * sum(map(len, stated)):
        paragraphs = list(dict.fromkeys(stated))
    return Page(
        url=url,
        canonical_url=canonical,
        headline=headline,
        bylines=bylines,
        published_at=published_at,
        modified_at=modified_at,
        section=section,
        language=language,
        paragraphs=paragraphs,
        source_agency=names.agency(bylines, paragraphs),
        alternate_urls=alternates,
    )


class _Reading:
    """One page's tree, with its meta elements and JSON-LD at hand."""

    def __init__(self, tree: HtmlElement, url: str) -> None:
        self.tree = tree
        self.url = url
        self.data = LinkedData(tree)
        self.meta: dict[str, list[str]] = {}
        for element in tree.iter("meta"):
            content = words(element.get("content"))
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                name = element.get(attribute)
                if name and content:
                    self.meta.setdefault(name.strip().lower(), []).append(content)

    def addresses(self) -> tuple[str, list[str]]:
        """The canonical address and the other ones of this article, each once."""
        links = [(set((link.get("rel") or "").lower().split()), link) for link in self.tree.iter("link")]
        base = absolute(next((element.get("href") for element in self.tree.iter("base")), ""), self.url) or self.url
        canonical = [link.get("href") for relations, link in links if "canonical" in relations]
        mobile = [
            link.get("href")
            for relations, link in links
            if relations & {"amphtml", "shortlink"} or ("alternate" in relations and link.get("media"))
        ]
        stated = [*self._all("og:url"), *self.data.addresses("mainEntityOfPage", "url")]
        found = [absolute(address, base) for address in (*canonical, *stated, *mobile)]
        distinct = list(dict.fromkeys(address for address in found if address))
        first = distinct[0] if distinct and (canonical or stated) else self.url
        return first, [address for address in distinct if address not in {first, self.url}]

    def headline(self) -> str:
        """The title the newsroom hands out, without the site's name that is often put around it."""
        others = [self.data.text("headline", "alternativeHeadline"), *self._all(*HEADLINE_NAMES[:1])]
        others += [
            *self._itemprop("headline"),
            *self._headings(),
            *self._all("twitter:title", *HEADLINE_NAMES[1:]),
        ]
        others += [text_of(element) for element in self.tree.iter("title")]
        others = [text for text in others if text]
        shared = next(iter(self._all("og:title")), "") or next(iter(others), "")
        for text in others:
            rest = shared[len(text) :].lstrip()
            if len(text) > 10 and shared.startswith(text) and rest[:1] and rest[0] in SEPARATORS:
                return text
        return self._without_site(shared)

    def bylines(self) -> list[str]:
        """People, or the organizations when the page names no person."""
        sites = {name.casefold() for name in self._all("og:site_name", "application-name")}
        sites |= {name.casefold() for name, _ in self.data.names("publisher")}
        organizations: list[str] = []
        for stated, lines in self._credits():
            if organizations and not stated:
                break  # what the page states outranks what it looks like
            found: list[str] = []
            for credit, is_organization in lines:
                for name in [credit] if is_organization else names.people(credit):
                    is_site = is_organization or name.casefold() in sites
                    (organizations if is_site else found).append(name)
            if found:
                return names.distinct(found)
        return names.distinct(name for name in organizations if name)

    def published_at(self) -> datetime | None:
        """When it was first published."""
        stated = [self.data.text("datePublished"), *self._all(*PUBLISHED_NAMES)]
        visible = [element.get("datetime") or "" for element in self.tree.iter("time")]
        return dates.first_moment([*stated, *self._itemprop("datePublished")]) or dates.first_moment(
            [*visible[:1], self.data.text("dateCreated", "uploadDate")]
        )

    def modified_at(self) -> datetime | None:
        """When it was last changed, as far as the page says."""
        stated = [
            self.data.text("dateModified"),
            *self._all(*MODIFIED_NAMES),
            *self._itemprop("dateModified"),
        ]
        return dates.first_moment(stated)

    def section(self) -> str:
        """The section, in the publisher's word."""
        return self.data.text("articleSection") or next(iter(self._all(*SECTION_NAMES)), "")

    def language(self) -> str:
        """The article's language tag."""
        stated = [self.tree.get("lang") or "", self.data.text("inLanguage")]
        for text in [*stated, *self._all("dc.language", "content-language", "og:locale", "language")]:
            tag = text.strip().replace("_", "-")
            if LANGUAGE.fullmatch(tag):
                return tag
        return ""

    def _credits(self) -> Iterator[tuple[bool, list[tuple[str, bool]]]]:
        """Source by source: whether it is machine-readable; its credits, each with “is an organization's”."""
        yield True, list(self.data.names("author", "creator"))
        yield True, [(text, False) for text in self._all(*AUTHOR_NAMES)]
        authors = [element for element in self.tree.iter() if "author" in (element.get("itemprop") or "").split()]
        named = [element for author in authors for element in author.iter() if element.get("itemprop") == "name"]
        yield (
            True,
            [(plain(element.get("content") or text_of(element)), False) for element in named or authors],
        )
        yield (
            False,
            [(text_of(link), False) for link in self.tree.iter("a") if "author" in (link.get("rel") or "").split()],
        )
        marked = [
            element
            for element in self.tree.iter("p", "span", "div", "a", "address")
            if BYLINE_CLASS.search(element.get("class") or "")
        ]
        yield False, [(text, False) for text in map(text_of, marked[:1]) if 0 < len(text) < 120]

    def _all(self, *wanted: str) -> list[str]:
        return [plain(text) for name in wanted for text in self.meta.get(name, [])]

    def _itemprop(self, name: str) -> list[str]:
        found = [element for element in self.tree.iter() if name in (element.get("itemprop") or "").split()]
        return [plain(element.get("content") or element.get("datetime") or text_of(element)) for element in found[:3]]

    def _headings(self) -> list[str]:
        headings = [heading for heading in self.tree.iter("h1") if text_of(heading)]
        headings.sort(key=lambda heading: not any(parent.tag == "article" for parent in heading.iterancestors()))
        return [text_of(heading) for heading in headings]

    def _without_site(self, title: str) -> str:
        for site in self._all("og:site_name", "application-name"):
            lead = title.removesuffix(site).rstrip()
            if lead != title and lead[-1:] and lead[-1] in SEPARATORS:
                return lead.rstrip(SEPARATORS + " ")
        return title
