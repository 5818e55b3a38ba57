"""Private pages: a link with a token becomes a cookie of that one page and an address without the token.

So history, screenshots and referrers do not hold the token. A browser without cookies stays on the token's address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from newsroom import references
from newsroom.records import Record
from newsroom.web.headers import see_other
from newsroom.web.requests import carries_token

COOKIE_SECONDS = 90 * 86_400
HOP_SECONDS = 60
HOP = TimestampSigner(salt="masthead.private-page.hop")
FOLDERS: set[str] = set()
"""Where the private pages are: each `PrivatePages` adds its own."""


Row = TypeVar("Row", bound=Record)


@dataclass(frozen=True)
class PrivatePages(Generic[Row]):
    """The private pages of one noun, one a record, all in one folder of the site.

    `find` opens a token, `by_reference` finds a record without any right to it, `link` is the path with the token.
    """

    noun: str
    folder: str
    find: Callable[[str], Row | None]
    by_reference: Callable[[str], Row | None]
    link: Callable[[Row], str]
    closed: str

    def __post_init__(self) -> None:
        FOLDERS.add(self.folder)

    def enter(
        self, request: HttpRequest, key: str, show: Callable[[HttpRequest, Row, str], HttpResponse]
    ) -> HttpResponse:
        """The page. `key` is the token of the link, or the reference once the cookie is there.

        A token is exchanged: 303 with the cookie. `show` gets the key that later requests of the page go on with.
        A known and an unknown reference without a cookie look the same (404, template `closed`); a forged token is
        Http404.
        """
        reference = references.normalize(key)
        if references.is_valid(reference, self.noun):
            return self._enter_by_reference(request, reference, show)
        record = self.find(key)
        if record is None:
            raise Http404
        if "stay" in request.GET:
            return show(request, record, key)
        response = see_other(f"{self.clean_path(record)}?hop={HOP.sign(record.reference)}")
        response.set_cookie(
            self.cookie_names(record.reference)[0],
            key,
            max_age=COOKIE_SECONDS,
            path=self.clean_path(record),
            secure=settings.SECURE_COOKIES,
            httponly=True,
            samesite="Lax",
        )
        return response

    def opened(self, request: HttpRequest, key: str) -> Row | None:
        """The record that the token, or the reference with its cookie, opens; None without the right."""
        reference = references.normalize(key)
        if not references.is_valid(reference, self.noun):
            return self.find(key)
        names = self.cookie_names(reference)
        record = self.find(next((request.COOKIES[name] for name in names if name in request.COOKIES), ""))
        return record if record is not None and record.reference == reference else None

    def record_of(self, request: HttpRequest, key: str) -> Row:
        """What `opened` opens. Raises Http404 without the right."""
        record = self.opened(request, key)
        if record is None:
            raise Http404
        return record

    def download(self, request: HttpRequest, key: str, held_on: Callable[[Row], dict[str, Any]]) -> HttpResponse:
        """Everything that is held on the person about this record, as a JSON file. Raises Http404 without the right."""
        record = self.record_of(request, key)
        response = JsonResponse(held_on(record), json_dumps_params={"ensure_ascii": False, "indent": 2})
        response["Content-Disposition"] = f'attachment; filename="{record.reference}.json"'
        return response

    def back(self, record: Row, key: str) -> str:
        """The page's path for whoever came by this key."""
        by_token = not references.is_valid(references.normalize(key), self.noun)
        return f"{self.folder}{key}/?stay=1" if by_token else self.clean_path(record)

    def clean_path(self, record: Row) -> str:
        """The page's address without its token; also the path of its cookie."""
        return f"{self.folder}{record.reference}/"

    def cookie_names(self, reference: str) -> list[str]:
        """The cookie of one page, then the names it had before, which browsers may still send.

        Under https a browser takes `__Secure-` from https alone. `__Host-` would end the cookie's path.
        """
        plain = f"{self.noun}_{reference}"
        return [f"__Secure-{plain}", plain] if settings.SECURE_COOKIES else [plain]

    def _enter_by_reference(self, request: HttpRequest, reference: str, show: Any) -> HttpResponse:
        record = self.opened(request, reference)
        if record is not None and "hop" in request.GET:
            return see_other(self.clean_path(record))
        if record is not None:
            return show(request, record, reference)
        if (hopping := self._just_sent_here(request, reference)) is not None:
            return see_other(f"{self.link(hopping)}?stay=1")
        return render(request, self.closed, status=404)

    def _just_sent_here(self, request: HttpRequest, reference: str) -> Row | None:
        """The record, when its link was opened within the last minute by a browser that then sent no cookie."""
        try:
            signed = HOP.unsign(request.GET.get("hop", ""), max_age=HOP_SECONDS)
        except BadSignature:
            return None
        return self.by_reference(reference) if signed == reference else None


def is_private(path: str) -> bool:
    """Whether what is at this address, or leads there, is for one person alone."""
    return path.startswith(tuple(FOLDERS)) or carries_token(path)
