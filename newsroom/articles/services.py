"""Articles come in: from the CMS, from a page. One article for all its addresses, a revision for every
text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple, TypedDict

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom import references
from newsroom.accounts.models import Publication
from newsroom.articles import events, using
from newsroom.articles.addresses import BadAddress, canonical_key, clean_url
from newsroom.articles.hosts import owns, publication_of
from newsroom.articles.models import Article, ArticleAddress, Revision, UseStatus
from newsroom.articles.pages import BadPage, read_page
from newsroom.errors import Conflict, Invalid
from newsroom.events.log import record
from newsroom.workflow import Actor, lock

COLUMNS = (
    "headline",
    "section",
    "bylines",
    "source_agency",
    "language",
    "published_at",
    "modified_at",
    "embargoed_until",
    "licensable",
    "components",
)
SAVED = (*COLUMNS, "url", "external_id", "cms_status", "revision", "revision_sha256")
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")


class ArticleData(TypedDict, total=False):
    """An article as its CMS states it. What is left out stays as it is; `url` or `external_id` must be
    there.
    """

    url: str
    aliases: list[str]
    publication: str
    external_id: str
    headline: str
    section: str
    bylines: list[str]
    source_agency: str
    language: str
    published_at: datetime | None
    modified_at: datetime | None
    status: str
    embargoed_until: datetime | None
    licensable: bool | None
    components: list[dict[str, Any]]
    body: str


class Upserted(NamedTuple):
    """The article; whether it is new; whether its text is new."""

    article: Article
    created: bool
    revised: bool


def upsert(publications: Iterable[Publication], data: ArticleData, *, by: Actor, source: str = "api") -> Upserted:
    """Create the article that has this address or CMS id, or bring it up to date. Nothing changed: nothing is
    written.

    `publications` are those the caller may write to. A changed headline or body is a new revision. Raises
    Invalid for an unknown publication, an address of a foreign host or missing members, and Conflict
    (`names_two_articles`) when address, aliases and CMS id belong to different articles.
    """
    allowed = list(publications)
    try:
        with transaction.atomic():
            return _upsert(allowed, data, by=by, source=source)
    except IntegrityError:
        # Someone imported the same article between our look and our insert: now it is found.
        with transaction.atomic():
            return _upsert(allowed, data, by=by, source=source)


def import_page(html: bytes, url: str, publication: Publication, *, by: Actor) -> Upserted:
    """Upsert the article that this page is, from its canonical link, JSON-LD, Open Graph and paragraphs.

    Canonical link and alternates count only when they are the publication's. Raises Invalid when the page is
    too large or has no headline.
    """
    try:
        page = read_page(html, url=url)
    except BadPage as error:
        raise Invalid.one("", str(error), "bad_page") from error
    own = [address for address in (page.canonical_url, url, *page.alternate_urls) if _is_own(publication, address)]
    data: ArticleData = {
        "url": own[0] if own else url,
        "aliases": own[1:],
        "headline": _storable(page.headline)[:500],
    }
    if not data["headline"]:
        raise Invalid.one("", _("This page has no headline."), "no_headline")
    texts = {
        "section": (page.section, 80),
        "language": (page.language, 20),
        "source_agency": (page.source_agency, 120),
    }
    for name, (text, length) in texts.items():
        if text:
            data[name] = _storable(text)[:length]  # type: ignore[literal-required]  # -- the names are literals above
    if page.bylines:
        data["bylines"] = [_storable(name)[:200] for name in page.bylines]
    if page.published_at:
        data["published_at"] = page.published_at
    if page.modified_at:
        data["modified_at"] = page.modified_at
    if page.paragraphs:
        data["body"] = _storable(page.body)
    return upsert([publication], data, by=by, source="page")


def find(url: str) -> Article | None:
    """The article that has this address, in whatever spelling; None when we know none. Raises BadAddress."""
    return Article.objects.with_publication().filter(addresses__key=canonical_key(url)).first()


def text_sha256(headline: str, body: str) -> str:
    """The fingerprint of a revision: SHA-256 over headline, an empty line, and body, in UTF-8; lower-case
    hex.
    """
    return hashlib.sha256(f"{headline}\n\n{body}".encode()).hexdigest()


def _upsert(allowed: list[Publication], data: ArticleData, *, by: Actor, source: str) -> Upserted:
    addresses = _addresses(data)
    publication = _publication(allowed, data)
    found = _match(addresses, publication, allowed, data)
    if found is None:
        article = _create(publication, data)
    else:
        article = lock(found)
        if publication is not None and article.publication_id != publication.pk:
            raise Conflict(_("This article belongs to another publication."), code="names_two_articles")
    _check_hosts(article.publication, addresses)
    before = article.status
    changed = _apply(article, data)
    revised = _revise(article, data, source=source)
    added = _add_addresses(article, addresses)
    if changed or revised or added:
        article.version += found is not None
        article.save(update_fields=[*SAVED, "version", "updated_at"])
    if found is None:
        record(events.IMPORTED, article, by=by, data={"revision": article.revision, "status": article.status})
    elif revised:
        record(events.REVISED, article, by=by, data={"revision": article.revision, "status": article.status})
    if found is not None and article.status != before:
        record(
            using.EVENTS[UseStatus(article.status)],
            article,
            by=by,
            data={"from": before, "to": article.status},
        )
    return Upserted(article, created=found is None, revised=revised)


def _addresses(data: ArticleData) -> dict[str, tuple[str, str]]:
    """Canonical key → JSON pointer and address as shown, of the address and every alias."""
    given = [("/url", data["url"])] if data.get("url") else []
    given += [(f"/aliases/{index}", alias) for index, alias in enumerate(data.get("aliases", []))]
    addresses: dict[str, tuple[str, str]] = {}
    for pointer, address in given:
        try:
            addresses.setdefault(canonical_key(address), (pointer, clean_url(address)))
        except BadAddress as error:
            raise Invalid.one(pointer, str(error), "bad_address") from error
    if not addresses and not data.get("external_id"):
        raise Invalid.one("/url", _("Name the article by its address or by its CMS id."), "required")
    return addresses


def _publication(allowed: list[Publication], data: ArticleData) -> Publication | None:
    """The publication the data names, by slug, else by host, else the only one. None leaves it to the
    article found.
    """
    if slug := data.get("publication"):
        named = next((row for row in allowed if row.slug == slug), None)
        if named is None:
            raise Invalid.one("/publication", _("This key is not for that publication."), "unknown_publication")
        return named
    if data.get("url"):
        return publication_of(data["url"], allowed) or (allowed[0] if len(allowed) == 1 else None)
    return allowed[0] if len(allowed) == 1 else None


def _match(
    addresses: dict[str, tuple[str, str]],
    publication: Publication | None,
    allowed: list[Publication],
    data: ArticleData,
) -> Article | None:
    """The one article that these names belong to, or None. Conflict when there are two."""
    rows = ArticleAddress.objects.filter(key__in=addresses).select_related("article__publication")
    found = {row.article_id: row.article for row in rows}
    if external_id := data.get("external_id", ""):
        places = [publication] if publication else allowed
        for article in Article.objects.with_publication().filter(external_id=external_id, publication__in=places):
            found[article.pk] = article
    if len(found) > 1:
        raise Conflict(
            _("The address, an alias and the CMS id belong to different articles: %(references)s.")
            % {"references": ", ".join(sorted(row.reference for row in found.values() if row.publication in allowed))},
            code="names_two_articles",
        )
    known = next(iter(found.values()), None)
    if known is not None and external_id and known.external_id not in {"", external_id}:
        raise Conflict(_("This address belongs to an article with another CMS id."), code="names_two_articles")
    if known is not None and known.publication not in allowed:
        raise Conflict(_("This address belongs to an article of another publication."), code="names_two_articles")
    return known


def _create(publication: Publication | None, data: ArticleData) -> Article:
    for name in ("url", "headline"):
        if not data.get(name):
            raise Invalid.one(f"/{name}", _("A new article needs this."), "required")
    if publication is None:
        raise Invalid.one("/url", _("This address is on no host of your publications."), "foreign_host")
    return Article.objects.create(
        reference=references.new("article"),
        publication=publication,
        url=clean_url(data["url"]),
        headline=data["headline"],
        external_id=data.get("external_id", ""),
        language=publication.language,
    )


def _check_hosts(publication: Publication, addresses: dict[str, tuple[str, str]]) -> None:
    for pointer, address in addresses.values():
        if not owns(publication, address):
            raise Invalid.one(pointer, _("This address is on no host of the publication."), "foreign_host")


def _apply(article: Article, data: ArticleData) -> bool:
    """Set what the data states. Whether anything is different now."""
    wanted: dict[str, Any] = {name: data[name] for name in COLUMNS if name in data}  # type: ignore[literal-required]  # -- the names are the literals of COLUMNS
    if data.get("url"):
        wanted["url"] = clean_url(data["url"])
    if data.get("external_id"):
        wanted["external_id"] = data["external_id"]
    if "status" in data:
        wanted["cms_status"] = data["status"]
    different = {name: value for name, value in wanted.items() if getattr(article, name) != value}
    for name, value in different.items():
        setattr(article, name, value)
    return bool(different)


def _revise(article: Article, data: ArticleData, *, source: str) -> bool:
    """Write the text down when it differs from the newest revision. An article without a known body has
    none.
    """
    newest = article.current_revision()
    body = data.get("body", newest.body if newest else None)
    if body is None:
        return False
    sha256 = text_sha256(article.headline, body)
    if sha256 == article.revision_sha256:
        return False
    article.revision += 1
    article.revision_sha256 = sha256
    Revision.objects.create(
        article=article,
        number=article.revision,
        headline=article.headline,
        body=body,
        sha256=sha256,
        source=source,
        seen_at=timezone.now(),
    )
    return True


def _add_addresses(article: Article, addresses: dict[str, tuple[str, str]]) -> bool:
    known = set(article.addresses.filter(key__in=addresses).values_list("key", flat=True))
    fresh = [
        ArticleAddress(article=article, key=key, url=address)
        for key, (_pointer, address) in addresses.items()
        if key not in known
    ]
    ArticleAddress.objects.bulk_create(fresh)
    return bool(fresh)


def _is_own(publication: Publication, url: str) -> bool:
    """Whether the address is the publication's own: a page can name any other as its canonical one."""
    try:
        return bool(url) and owns(publication, url)
    except BadAddress:
        return False


def _storable(text: str) -> str:
    """Without what UTF-8 or PostgreSQL cannot hold; JSON-LD can smuggle it in as an escape."""
    return _NOT_STORABLE.sub("", text)
