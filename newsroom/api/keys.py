"""Who is calling, and what the key lets them do."""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from newsroom.accounts.models import ApiKey, Publication, full_hour
from newsroom.accounts.scopes import SCOPES
from newsroom.accounts.services import digest
from newsroom.api.throttles import SAFE_METHODS, caller, hit
from newsroom.availability import read_only
from newsroom.errors import Invalid

if TYPE_CHECKING:
    from rest_framework.views import APIView

_KEY = re.compile(r"mh_(live|test)_([A-Za-z0-9]{12})_([A-Za-z0-9_-]{43})")
_NOBODY = digest("")


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer mh_live_<id>_<secret>`. `request.user` and `request.auth` are the `ApiKey`.

    Every failure has the same 401 body: unknown, wrong, revoked, expired and malformed cannot be told apart.
    A key that is sent must be right even where none is needed. Failures beyond the limit `key-failure` of a
    network get 429; right keys from there keep working, because a key of 256 bits is not found by trying.
    """

    def authenticate(self, request: Request) -> tuple[ApiKey, ApiKey] | None:
        """The key twice, or None when there is no Authorization header."""
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        key = _key_of(header)
        if key is None:
            verdict = hit("key-failure", caller(request), durable=request.method not in SAFE_METHODS)
            if not verdict.allowed:
                raise Throttled(verdict.retry_after)
            raise AuthenticationFailed(_("This needs a valid key."))
        _note_use(key)
        return key, key

    def authenticate_header(self, request: Request) -> str:
        """The challenge of a 401."""
        return "Bearer"


class HasScope(BasePermission):
    """A view declares `scopes`: method → scope, None for anyone. `scopes = None` opens every method to
    anyone.

    Nothing is open by forgetting: a method that is implemented but not declared is refused. Without a key
    401, without the scope 403, which names it.
    """

    message = ""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the key, if one is needed, holds the scope."""
        if request.method == "OPTIONS" or not hasattr(view, (request.method or "").lower()):
            return True
        try:
            scope = scope_of(view, request.method or "")
        except LookupError:
            return False
        if scope is None:
            return True
        self.message = _("This key does not have the scope %(scope)s.") % {"scope": scope}
        return isinstance(request.auth, ApiKey) and scope in request.auth.scopes


def publication_for(key: ApiKey, slug: str) -> Publication:
    """Which of the publications of a CMS's key is meant: the one that is named, else its only one. Raises Invalid."""
    owned = {row.slug: row for row in key.publications.all()}
    if slug:
        if slug not in owned:
            raise Invalid.one("/publication", _("This key is not for that publication."), "unknown_publication")
        return owned[slug]
    if len(owned) != 1:
        raise Invalid.one("/publication", _("Say for which of the key's publications."), "required")
    return next(iter(owned.values()))


def scope_of(view: APIView, method: str) -> str | None:
    """The scope this method needs; None when anyone may. LookupError when the view does not say, or says
    nonsense.
    """
    scopes = view.scopes  # type: ignore[attr-defined]  # -- every view declares it; AttributeError is the developer's
    if scopes is None:
        return None
    scope: str | None = scopes["GET" if method == "HEAD" else method]
    if scope is not None and scope not in SCOPES:
        raise LookupError(scope)
    return scope


def _key_of(header: str) -> ApiKey | None:
    word, _blank, text = header.partition(" ")
    match = _KEY.fullmatch(text.strip()) if word.lower() == "bearer" else None
    if match is None:
        return None
    world, key_id, secret = match.groups()
    key = ApiKey.objects.in_force(timezone.now()).select_related("organization").filter(key_id=key_id).first()
    right = hmac.compare_digest(key.secret_sha256 if key else _NOBODY, digest(secret))
    return key if right and key is not None and key.test == (world == "test") else None


def _note_use(key: ApiKey) -> None:
    """Written once in each full hour, so that reading stays reading."""
    now = timezone.now()
    if read_only() or key.last_used_hour == full_hour(now):
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lt=full_hour(now))
    ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
    key.last_used_at = now
