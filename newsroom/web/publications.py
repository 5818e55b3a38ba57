"""Which publication a request is for: by host name, else the default one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import wraps
from typing import TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from newsroom.accounts.models import Publication
from newsroom.availability import is_away

Answer = TypeVar("Answer", bound=HttpResponseBase)


class PublicationMiddleware:
    """Sets `request.publication`, read from the database only when somebody asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on, with the publication at hand."""
        request.publication = SimpleLazyObject(lambda: publication_of(request))  # type: ignore[attr-defined]  # -- ours
        return self.get_response(request)


def publication_of(request: HttpRequest) -> Publication | None:
    """The publication whose desk host this is, else the default, else the first, else None (before the set-up)."""
    host = request.get_host().partition(":")[0].lower()
    ranked = sorted(
        Publication.objects.all().order_by("pk")[:200],
        key=lambda row: (row.desk_host.lower() != host or not row.desk_host, not row.is_default, row.pk),
    )
    return ranked[0] if ranked else None


def publication_at_hand(request: HttpRequest) -> Publication | None:
    """The publication of the request, for what a page says around its contents; None while the database is away, of
    which `request.lacks_publication` then tells.
    """
    publication = getattr(request, "publication", None)
    try:
        return publication if publication else None
    except Error as error:
        if not is_away(error):
            raise
        request.lacks_publication = True  # type: ignore[attr-defined]  # -- ours
        return None


def in_its_zone(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """The days and times on the page are those of the publication, not of the server."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> Answer:
        with timezone.override(_zone_of(request)):
            return view(request, *args, **kwargs)

    return answer


def _zone_of(request: HttpRequest) -> tzinfo:
    publication = publication_at_hand(request)
    return publication.zone if publication else timezone.get_default_timezone()


def desk_url(publication: Publication) -> str:
    """Where its desk is, without a slash at the end: at a host of its own, else at the installation's."""
    if not publication.desk_host:
        return str(settings.BASE_URL)
    return f"{urlsplit(settings.BASE_URL).scheme}://{publication.desk_host}"
