"""`manage.py import_article <url or .html file>`: an article from its page."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsroom.accounts.models import Publication
from newsroom.articles import services
from newsroom.articles.addresses import BadAddress
from newsroom.articles.hosts import publication_of
from newsroom.articles.pages import MAX_BYTES, read_page
from newsroom.errors import DomainError
from newsroom.events import outbound
from newsroom.workflow import Outsider

DEADLINE = timedelta(seconds=20)
REDIRECTS = 3
THE_CMS = Outsider("cms", "import_article")


class Command(BaseCommand):
    """Import an article from its page, or from a saved page."""

    help = "Imports an article from its address or from a saved .html file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the page is, and whose it is."""
        parser.add_argument("source", help="address of the article, or a saved .html file")
        parser.add_argument("--publication", default="", help="slug; else the publication whose host it is on")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the page, import the article, print its reference."""
        html, url = _page(options["source"])
        publication = _publication(options["publication"], html, url)
        try:
            article, created, revised = services.import_page(html, url, publication, by=THE_CMS)
        except DomainError as error:
            raise CommandError(error.message) from error
        state = "created" if created else "revised" if revised else "unchanged"
        self.stdout.write(f"{article.reference}\t{state}\trevision {article.revision}\t{article.headline}")


def _page(source: str) -> tuple[bytes, str]:
    """The bytes, and the address that they came from or that a saved page names as its own."""
    if source.lower().startswith(("http://", "https://")):
        return _fetched(source)
    path = Path(source)
    if not path.is_file():
        raise CommandError(f"There is no file “{source}”. An address begins with https://.")
    html = path.read_bytes()[: MAX_BYTES + 1]
    if len(html) > MAX_BYTES:
        raise CommandError(f"“{source}” is larger than {MAX_BYTES} bytes.")
    page = read_page(html)
    url = page.canonical_url or page.url
    if not url:
        raise CommandError(f"“{source}” does not say which address it has: it has no canonical link.")
    return html, url


def _fetched(url: str) -> tuple[bytes, str]:
    """The page behind the address; a few redirects are followed, each judged like the first address."""
    for _hop in range(REDIRECTS + 1):
        try:
            answer = outbound.get(url, deadline=DEADLINE, max_bytes=MAX_BYTES)
        except (outbound.Refused, outbound.Unreachable, outbound.Unanswered) as error:
            raise CommandError(f"{url} cannot be read: {error}") from error
        if answer.status in {301, 302, 303, 307, 308} and answer.headers.get("location"):
            url = urljoin(url, answer.headers["location"])
            continue
        if answer.status != 200:
            raise CommandError(f"{url} answers {answer.status}.")
        if answer.truncated:
            raise CommandError(f"{url} is larger than {MAX_BYTES} bytes.")
        return answer.body, url
    raise CommandError(f"{url} redirects too often.")


def _publication(slug: str, html: bytes, url: str) -> Publication:
    if slug:
        named = Publication.objects.filter(slug=slug).first()
        if named is None:
            raise CommandError(f"There is no publication “{slug}”.")
        return named
    publications = list(Publication.objects.order_by("pk"))
    for address in (url, read_page(html, url=url).canonical_url):
        try:
            if address and (found := publication_of(address, publications)):
                return found
        except BadAddress:
            continue
    raise CommandError(f"No publication has the host of {url}. Name one with --publication.")
