"""Keys to the API on a partner's pages: listed, made, replaced, revoked. The text of a key is shown once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom.accounts.models import ApiKey
from newsroom.accounts.scopes import PARTNER
from newsroom.errors import Conflict, DomainError, NotAllowed, NotFound
from newsroom.web.headers import see_other
from newsroom.web.once import once
from reprints.forms.partner import KeyForm
from reprints.services import partner_keys
from reprints.views.moves import CONFLICT, FORBIDDEN, INVALID
from reprints.views.partner import door
from reprints.views.partner.door import FOLDER, Guest, signed_in

PATH = f"{FOLDER}keys/"
NAMES = frozenset({"rotate", "revoke"})


@signed_in("GET", "POST")
def page(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The keys, and a form for a new one."""
    if request.method != "POST":
        return _show(request, guest, KeyForm(initial={"scopes": sorted(PARTNER)}))
    form = KeyForm(request.POST)
    token = guest.sent(request, "key")
    if token is None or not form.is_valid():
        return _show(request, guest, form, sentence="" if token else _too_old(), status=INVALID)
    data = form.cleaned_data
    return _make_once(
        request, guest, form, token.nonce, lambda: partner_keys.issue(guest.contact, **data), content=[data["label"]]
    )


@signed_in("GET", "POST")
def move(request: HttpRequest, guest: Guest, key_id: str, name: str) -> HttpResponse:
    """`rotate` or `revoke`, by POST. Opening the address leads back to the list."""
    owned = ApiKey.objects.filter(organization=guest.organization, key_id=key_id).exists()
    if name not in NAMES or not owned:
        raise Http404
    if request.method != "POST":
        return see_other(PATH)
    form = KeyForm(initial={"scopes": sorted(PARTNER)})
    token = guest.sent(request, name, key_id)
    if token is None:
        return _show(request, guest, form, sentence=_too_old(), status=INVALID)
    if name == "rotate":
        overlap = request.POST.get("overlap", "")
        return _make_once(
            request,
            guest,
            form,
            token.nonce,
            lambda: partner_keys.rotate(guest.contact, key_id, overlap=overlap),
            content=[key_id, overlap],
        )
    try:
        partner_keys.revoke(guest.contact, key_id)
    except DomainError as refusal:
        return _show(request, guest, form, sentence=refusal.message, status=_status_of(refusal))
    return see_other(PATH)


def _make_once(
    request: HttpRequest,
    guest: Guest,
    form: KeyForm,
    nonce: str,
    make: Callable[[], tuple[ApiKey, str]],
    *,
    content: list[str],
) -> HttpResponse:
    """The new key with its text. A form that is sent twice makes one key, whose text only the first answer has."""
    made: list[str] = []

    def issue() -> str:
        key, text = make()
        made.append(text)
        return key.key_id

    try:
        once("partner_key", nonce, content, issue)
    except DomainError as refusal:
        return _show(request, guest, form, sentence=refusal.message, status=_status_of(refusal))
    if not made:
        return _show(request, guest, KeyForm(), sentence=_("This key was made before, and its text shown then."))
    return _show(request, guest, KeyForm(initial={"scopes": sorted(PARTNER)}), secret=made[0], status=201)


def _show(
    request: HttpRequest, guest: Guest, form: KeyForm, *, sentence: str = "", secret: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    keys = [_line(guest, key, now) for key in partner_keys.keys_of(guest.organization)]
    context = {
        "form": form,
        "form_token": guest.token("key"),
        "keys": keys,
        "sentence": sentence,
        "secret": secret,
        "may_issue": guest.may("api_key.issue"),
        "overlaps": [
            ("24", _("the old key works for another day")),
            ("168", _("… for another week")),
            ("0", _("… no longer")),
        ],
    }
    return door.show(request, guest, "keys", context, status=status)


def _line(guest: Guest, key: ApiKey, now: Any) -> dict[str, Any]:
    over = key.revoked_at is not None or (key.expires_at is not None and key.expires_at <= now)
    may = not over and guest.may("api_key.rotate", test=key.test)
    return {
        "key": key,
        "over": over,
        "rotate_token": guest.token("rotate", key.key_id) if may and key.rotated_at is None else "",
        "revoke_token": guest.token("revoke", key.key_id) if may else "",
    }


def _too_old() -> str:
    return _("This page was open for too long. Nothing you typed is lost: please send it again.")


def _status_of(refusal: DomainError) -> int:
    if isinstance(refusal, NotAllowed):
        return FORBIDDEN
    return CONFLICT if isinstance(refusal, Conflict | NotFound) else INVALID
