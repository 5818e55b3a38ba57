"""The only code that touches the wire: mail and signed hooks. Each send has a hard deadline and answers a verdict."""

from __future__ import annotations

import base64
import hashlib
import hmac
import smtplib
import time
from collections.abc import Sequence
from datetime import timedelta
from email.utils import formataddr
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from newsroom.events import bounces, mail, outbound, schedule, sealed, smtp
from newsroom.events.kinds import ADDRESS_BOOKS
from newsroom.events.models import Delivery, Endpoint
from newsroom.events.verdicts import Verdict

MAX_RETRY_AFTER = timedelta(hours=24)


class Stop(Protocol):
    """Something that can say: wind up now."""

    def is_set(self) -> bool:
        """Whether to wind up."""


def send(delivery: Delivery, held: Sequence[Delivery] = ()) -> Verdict:
    """Send by the delivery's channel. `held` are the mails under the same lease: more than one make a digest."""
    if delivery.channel == Delivery.Channel.EMAIL:
        return send_email(delivery, held)
    return post_webhook(delivery)


def send_email(delivery: Delivery, held: Sequence[Delivery] = ()) -> Verdict:
    """Render the mail from what the event names, to the address as it is now. The Message-ID is the delivery's id, that
    of a digest the one it was given when it was put together.

    Only a refusal of the recipient or of the text is permanent: a greeting, a login or a sender that is refused is our
    own trouble, and the next try may find it mended.
    """
    address = ADDRESS_BOOKS[delivery.recipient_kind](delivery.recipient_key)
    if address is None:
        return Verdict("canceled", "no address (any more)")
    letter = mail.compose_digest(held, address) if len(held) > 1 else mail.compose(delivery, address)
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=letter.text,
        from_email=formataddr((letter.sender_name, settings.DEFAULT_FROM_EMAIL)),
        to=[formataddr((mail.header_safe(address.name), address.email)) if address.name else address.email],
        headers={
            "Message-ID": f"<{delivery.digest or delivery.uuid}@{settings.MAIL_DOMAIN}>",
            "Auto-Submitted": "auto-generated",
            "X-Masthead-Event": letter.event_kind,
        },
        connection=_mail_connection(),
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    try:
        message.send()
    except smtp.Unconfirmed as error:
        return Verdict.ambiguous(str(error))
    except smtplib.SMTPRecipientsRefused as error:
        return _refusal(*next(iter(error.recipients.values()), (550, b"recipient refused")), of_recipient=True)
    except smtplib.SMTPDataError as error:
        return _refusal(error.smtp_code, error.smtp_error, of_recipient=False)
    except smtplib.SMTPNotSupportedError as error:
        return Verdict.permanent(str(error))
    except smtplib.SMTPResponseException as error:
        return Verdict.transient(_words(error.smtp_error), status_code=_code(error.smtp_code))
    except OSError as error:  # smtplib's own exceptions are among these
        return Verdict.transient(f"{type(error).__name__}: {error}")
    return Verdict.ok()


def post_webhook(delivery: Delivery) -> Verdict:
    """Post the frozen body, signed for this try (Standard Webhooks 1.0.0)."""
    endpoint = delivery.endpoint
    if endpoint is None or endpoint.state == Endpoint.State.GONE:
        return Verdict("canceled", "the endpoint is gone")
    if not delivery.body:
        return Verdict("canceled", "what was to be sent is no longer kept")
    body = delivery.body.encode()
    try:
        answer = outbound.post(
            endpoint.url,
            body=body,
            headers=signed_headers(str(delivery.uuid), body, secrets_of(endpoint)),
            deadline=schedule.deadline_of(delivery.channel),
        )
    except outbound.Refused as error:
        return Verdict("permanent", str(error), endpoint_refused=True)
    except outbound.Unanswered as error:
        return Verdict.ambiguous(str(error))
    except outbound.Unreachable as error:
        return Verdict.transient(str(error))
    return _http_verdict(answer)


def secrets_of(endpoint: Endpoint) -> list[bytes]:
    """The secrets that sign today: the current one, and the previous one until its time is over."""
    held = [endpoint.secret_encrypted]
    if endpoint.has_two_secrets:
        held.append(endpoint.previous_secret_encrypted)
    return [base64.b64decode(sealed.open_text(text).removeprefix("whsec_")) for text in held]


def signed_headers(message_id: str, body: bytes, secrets: list[bytes], *, now: int | None = None) -> dict[str, str]:
    """`webhook-id`, `webhook-timestamp` and `webhook-signature` over `id.timestamp.body`, one signature a secret."""
    stamp = str(int(time.time()) if now is None else now)
    signed = f"{message_id}.{stamp}.".encode() + body
    signatures = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in secrets]
    return {
        "content-type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _mail_connection() -> Any:
    if settings.EMAIL_BACKEND == smtp.DJANGO_BACKEND:
        return get_connection(smtp.PATH, deadline=schedule.deadline_of(schedule.EMAIL))
    return get_connection()


def _refusal(code: int, text: bytes | str, *, of_recipient: bool) -> Verdict:
    if not 500 <= code < 600:
        return Verdict.transient(_words(text), status_code=_code(code))
    refused = bounces.about_the_address(_words(text), unsaid=of_recipient)
    return Verdict("permanent", _words(text), _code(code), address_refused=refused)


def _words(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


def _code(code: int) -> int | None:
    return code if code > 0 else None  # smtplib says -1 for an answer that is no answer


def _http_verdict(answer: outbound.Answer) -> Verdict:
    if 200 <= answer.status < 300:
        return Verdict.ok(answer.excerpt, status_code=answer.status)
    said = f"HTTP {answer.status} {answer.excerpt}".strip()
    if answer.status == 410:
        return Verdict("permanent", said, 410, endpoint_gone=True)
    wait = None if answer.retry_after is None else min(answer.retry_after, MAX_RETRY_AFTER)
    return Verdict.transient(said, status_code=answer.status, retry_after=wait)
