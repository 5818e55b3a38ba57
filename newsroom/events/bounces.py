"""A mail server's later word that a mail of ours did not arrive: a delivery status notification (RFC 3464)."""

from __future__ import annotations

import email
import email.policy
import re
import uuid
from collections.abc import Iterator
from email.message import Message

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from newsroom.events import kinds
from newsroom.events.models import Delivery

MAX_BYTES = 2_000_000
MAX_PARTS = 50
OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@([^<>@\s]+)>", re.IGNORECASE)
ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.\d{1,3}(?![\d.])")
ADDRESS, MAILBOX = "1", "2"
"""Second part of an enhanced status code (RFC 3463): the trouble is the address, or its mailbox."""


class NoNotification(Exception):
    """What was read is not a notification about a mail of ours, and the reason."""


def take(raw: bytes) -> str:
    """Note that the mail named in the returned headers did not arrive. What was noted, in a word or two.

    The mail is found by its Message-ID, the id of its delivery; a digest is everything that left in it. A delay
    (`Action: delayed`) changes nothing.
    When the trouble is the address or its mailbox, no more mail is planned there; see `kinds.address_refused`. Raises
    `NoNotification`.
    """
    if len(raw) > MAX_BYTES:
        raise NoNotification(f"larger than {MAX_BYTES} bytes")
    # The old policy reads any header as it stands; the new one raises on some that servers do send.
    parts = list(_parts(email.message_from_bytes(raw, policy=email.policy.compat32)))
    statuses = [text for part in parts for text in _failures(part)]
    if not any(part.get_content_type() == "message/delivery-status" for part in parts):
        raise NoNotification("there is no delivery status in it")
    if not statuses:
        return "nothing failed"
    delivery = _delivery_of(parts)
    if delivery is None:
        raise NoNotification("it returns no mail that this desk sent")
    with transaction.atomic():
        in_it = Q(pk=delivery.pk) if delivery.digest is None else Q(digest=delivery.digest)
        Delivery.objects.filter(in_it, state=Delivery.State.SENT).update(
            state=Delivery.State.DEAD, last_verdict="permanent", last_error=f"returned: {statuses[0]}"
        )
        if about_the_address(statuses[0], unsaid=False):
            note_refusal(delivery)
            return f"{delivery.uuid} did not arrive: its address takes no mail"
    return f"{delivery.uuid} did not arrive"


def note_refusal(delivery: Delivery) -> None:
    """Tell whoever keeps the address of this mail that it takes no mail. Inside a transaction."""
    if heard := kinds.REFUSALS.get(delivery.recipient_kind):
        heard(delivery.recipient_key, delivery.created_at)


def about_the_address(said: str, *, unsaid: bool) -> bool:
    """Whether a refusal is of the address, by its enhanced status code (5.1.x, 5.2.x); `unsaid` without such a code.

    A refusal by policy (5.7.x), of the text or of the sender is no word about the address.
    """
    found = ENHANCED.search(said)
    return unsaid if found is None else found[1] == "5" and found[2] in {ADDRESS, MAILBOX}


def _parts(message: Message) -> Iterator[Message]:
    for part, _number in zip(message.walk(), range(MAX_PARTS), strict=False):
        yield part


def _failures(part: Message) -> Iterator[str]:
    """The status code of each recipient whom the mail did not reach."""
    blocks = part.get_payload() if part.get_content_type() == "message/delivery-status" else None
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, Message):
            continue
        status = ENHANCED.search(str(block.get("Status", "")))
        if str(block.get("Action", "")).strip().lower() == "failed":
            yield status[0] if status else "failed"


def _delivery_of(parts: list[Message]) -> Delivery | None:
    """The delivery whose mail is returned: in full, or its headers alone."""
    for part in parts[1:]:
        returned = part
        if part.get_content_type() == "text/rfc822-headers":
            returned = email.message_from_bytes(part.get_payload(decode=True) or b"", policy=email.policy.compat32)  # type: ignore[arg-type]  # -- bytes, when it is decoded
        found = OURS.search(str(returned.get("Message-ID", "")))
        if found and found[2].lower() == settings.MAIL_DOMAIN.lower():
            named = uuid.UUID(found[1])
            rows = Delivery.objects.filter(Q(uuid=named) | Q(digest=named), channel=Delivery.Channel.EMAIL)
            return rows.order_by("pk").first()
    return None
