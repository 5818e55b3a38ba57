"""Webhooks on a partner's pages: made, tried, changed, paused, given new secrets, deleted; what was sent, and sent
again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from newsroom.errors import Conflict, DomainError, Invalid
from newsroom.events import delivery as sending
from newsroom.events import endpoints, wake
from newsroom.events.models import Delivery, Endpoint
from newsroom.events.planning import outside_name
from newsroom.web.headers import see_other
from newsroom.web.once import once
from reprints.forms.partner import EndpointForm
from reprints.services import partner_rights
from reprints.views.moves import CONFLICT, FORBIDDEN, INVALID, place
from reprints.views.pages import page_of
from reprints.views.partner import door
from reprints.views.partner.door import FOLDER, Guest, signed_in

PATH = f"{FOLDER}endpoints/"
CHANGE = "change"
MOVES: dict[str, Callable[[Endpoint], Any]] = {
    "pause": endpoints.pause,
    "resume": endpoints.resume,
    "ping": endpoints.ping,
    "rotate": endpoints.rotate_secret,
    "delete": endpoints.delete,
}
BUTTONS = {
    Endpoint.State.UNVERIFIED: ("ping", "rotate"),
    Endpoint.State.ACTIVE: ("ping", "pause", "rotate"),
    Endpoint.State.PAUSED: ("resume", "rotate"),
    Endpoint.State.GONE: (),
}
"""State of a webhook → what can be done with it."""
STATES = {"pending": "open", "leased": "open", "sent": "done", "dead": "stop", "canceled": "closed"}
"""State of a delivery → tone of its badge."""


@signed_in("GET", "POST")
def page(request: HttpRequest, guest: Guest) -> HttpResponse:
    """The webhooks, live and test ones, and a form for a new one."""
    if request.method != "POST":
        return _list(request, guest, EndpointForm())
    form = EndpointForm(request.POST)
    test = "test" in request.POST
    if not partner_rights.may(guest.contact, "endpoint.create", test=test):
        return _list(request, guest, form, sentence=_role(), status=FORBIDDEN)
    token = guest.sent(request, "endpoint")
    if token is None or not form.is_valid():
        return _list(request, guest, form, sentence="" if token else _too_old(), status=INVALID)
    data, secrets = form.cleaned_data, []

    def make() -> str:
        made, secret = endpoints.create(guest.organization, url=data["url"], types=data["types"], test=data["test"])
        secrets.append(secret)
        return str(made.public_id)

    try:
        spent = once("partner_endpoint", token.nonce, [data["url"]], make)
    except Invalid as error:
        place(form, error)
        return _list(request, guest, form, status=INVALID)
    except Conflict as refusal:
        return _list(request, guest, form, sentence=refusal.message, status=CONFLICT)
    if not secrets:
        return see_other(f"{PATH}{spent.reference}/")
    made = Endpoint.objects.get(public_id=spent.reference)
    return _show(request, guest, made, secret=secrets[0], status=201)


@signed_in("GET")
def detail(request: HttpRequest, guest: Guest, endpoint_id: UUID) -> HttpResponse:
    """One webhook, and what was sent to it."""
    return _show(request, guest, _own(guest, endpoint_id))


@signed_in("GET", "POST")
def move(request: HttpRequest, guest: Guest, endpoint_id: UUID, name: str) -> HttpResponse:
    """One of `MOVES`, or `change`, by POST. Opening the address leads back to the webhook."""
    endpoint = _own(guest, endpoint_id)
    if name not in {*MOVES, CHANGE}:
        raise Http404
    if request.method != "POST":
        return see_other(f"{PATH}{endpoint_id}/")
    if not guest.may(f"endpoint.{name}", test=endpoint.test):
        return _show(request, guest, endpoint, sentence=_role(), status=FORBIDDEN)
    token = guest.sent(request, name, str(endpoint_id))
    form = EndpointForm(request.POST) if name == CHANGE else None
    if token is None:
        return _show(request, guest, endpoint, form=form, sentence=_too_old(), status=INVALID)
    if form is not None:
        return _change(request, guest, endpoint, form)
    found: list[Any] = []

    def make() -> str:
        found.append(MOVES[name](endpoint))
        return name

    try:
        once("partner_endpoint_move", token.nonce, [str(endpoint_id), name], make)
    except DomainError as refusal:
        return _show(request, guest, endpoint, sentence=refusal.message, status=CONFLICT)
    if name == "rotate" and found:
        return _show(request, guest, endpoint, secret=found[0])
    return see_other(PATH if name == "delete" else f"{PATH}{endpoint_id}/")


def _change(request: HttpRequest, guest: Guest, endpoint: Endpoint, form: EndpointForm) -> HttpResponse:
    """Another address, or other messages."""
    if not form.is_valid():
        return _show(request, guest, endpoint, form=form, status=INVALID)
    try:
        endpoints.change(endpoint, url=form.cleaned_data["url"], types=form.cleaned_data["types"])
    except Invalid as error:
        place(form, error)
        return _show(request, guest, endpoint, form=form, status=INVALID)
    except Conflict as refusal:
        return _show(request, guest, endpoint, form=form, sentence=refusal.message, status=CONFLICT)
    return see_other(f"{PATH}{endpoint.public_id}/")


@signed_in("GET", "POST")
def redeliver(request: HttpRequest, guest: Guest, endpoint_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send a hook again, with the same id and body."""
    endpoint = _own(guest, endpoint_id)
    found = Delivery.objects.filter(endpoint=endpoint, uuid=delivery_id).first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return see_other(f"{PATH}{endpoint_id}/")
    if not guest.may("endpoint.redeliver", test=endpoint.test):
        return _show(request, guest, endpoint, sentence=_role(), status=FORBIDDEN)
    if guest.sent(request, "redeliver", str(endpoint_id)) is None:
        return _show(request, guest, endpoint, sentence=_too_old(), status=INVALID)
    try:
        with transaction.atomic():
            sending.retry(found)
            transaction.on_commit(wake.after_commit, robust=True)
    except DomainError as refusal:
        return _show(request, guest, endpoint, sentence=refusal.message, status=CONFLICT)
    return see_other(f"{PATH}{endpoint_id}/")


def _own(guest: Guest, endpoint_id: UUID) -> Endpoint:
    found = Endpoint.objects.filter(organization=guest.organization, public_id=endpoint_id).first()
    if found is None:
        raise Http404
    return found


def _list(
    request: HttpRequest, guest: Guest, form: EndpointForm, *, sentence: str = "", status: int = 200
) -> HttpResponse:
    rows = list(Endpoint.objects.filter(organization=guest.organization).order_by("-pk")[:50])
    context = {"form": form, "form_token": guest.token("endpoint"), "endpoints": rows, "sentence": sentence}
    context["may_create"] = guest.may("endpoint.create")
    return door.show(request, guest, "endpoints", context, status=status)


def _show(
    request: HttpRequest,
    guest: Guest,
    endpoint: Endpoint,
    *,
    form: EndpointForm | None = None,
    sentence: str = "",
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    endpoint.refresh_from_db()
    may_change = endpoint.state != Endpoint.State.GONE and guest.may(f"endpoint.{CHANGE}", test=endpoint.test)
    rows, pages = page_of(request, Delivery.objects.filter(endpoint=endpoint).with_tries())
    about = str(endpoint.public_id)
    labels = {
        "ping": _("Send a test message"),
        "pause": _("Pause it"),
        "resume": _("Let it go on"),
        "rotate": _("Make a new secret"),
    }
    context = {
        "endpoint": endpoint,
        "deliveries": [
            {"row": row, "type": _type_of(row), "tone": STATES[row.state], "again": row.state in {"dead", "sent"}}
            for row in rows
        ],
        "buttons": [
            {"name": name, "label": labels[name], "token": guest.token(name, about)}
            for name in BUTTONS[Endpoint.State(endpoint.state)]
            if guest.may(f"endpoint.{name}", test=endpoint.test) and not (name == "rotate" and endpoint.has_two_secrets)
        ],
        "form": form or EndpointForm(initial={"url": endpoint.url, "types": endpoint.types}),
        "change_token": guest.token(CHANGE, about) if may_change else "",
        "delete_token": guest.token("delete", about) if guest.may("endpoint.delete", test=endpoint.test) else "",
        "again_token": guest.token("redeliver", about) if guest.may("endpoint.redeliver", test=endpoint.test) else "",
        "sentence": sentence,
        "secret": secret,
        "path": f"{PATH}{endpoint.public_id}/",
        **pages,
    }
    return door.show(request, guest, "endpoint", context, status=status)


def _type_of(row: Delivery) -> str:
    if row.event is None or row.endpoint is None:
        return endpoints.PING
    return outside_name(row.event, row.endpoint)


def _role() -> str:
    return _("Your role at your organization does not include this.")


def _too_old() -> str:
    return _("This page was open for too long. Nothing you typed is lost: please send it again.")
