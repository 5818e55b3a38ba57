"""Composing a mail: a text template whose first line is the subject, with an HTML twin where there is one."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import css_inline
from django.conf import settings
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import timezone, translation

from newsroom.events.kinds import CONTEXTS, Address, Recipient
from newsroom.events.models import Delivery
from newsroom.languages import spoken

MAX_SUBJECT = 200


@dataclass(frozen=True)
class Letter:
    """A mail ready to be sent."""

    subject: str
    text: str
    html: str
    sender_name: str
    event_kind: str


def compose(delivery: Delivery, address: Address) -> Letter:
    """Render the delivery's template in the recipient's language, from the rows that the event names; its days are
    those of the publication, as on the pages that the mail leads to.
    """
    event = delivery.event
    if event is None:
        raise ValueError("A mail is about an event.")
    make = CONTEXTS.get(event.subject_kind)
    recipient = Recipient(delivery.recipient_kind, delivery.recipient_key)
    publication = event.publication
    zone = publication.zone if publication else None
    with translation.override(spoken(address.language)), timezone.override(zone):
        context = {
            "event": event,
            "publication": publication,
            "recipient": address,
            "base_url": settings.BASE_URL,
            **(make(event, recipient) if make else {}),
        }
        first, _, rest = get_template(f"{delivery.template}.txt", using="text").render(context).partition("\n")
        try:
            html = css_inline.inline(
                get_template(f"{delivery.template}.html", using="pages").render(context), keep_style_tags=True
            )
        except TemplateDoesNotExist:
            html = ""
    return Letter(header_safe(first), rest.lstrip("\n"), html, header_safe(str(publication or "Masthead")), event.kind)


def compose_digest(deliveries: Sequence[Delivery], address: Address) -> Letter:
    """One mail for a burst: the references with their subjects, then each mail's text in full. Plain text only."""
    letters = [compose(delivery, address) for delivery in deliveries]
    items = [
        {"reference": delivery.event.subject_reference if delivery.event else "", "letter": letter}
        for delivery, letter in zip(deliveries, letters, strict=True)
    ]
    with translation.override(spoken(address.language)):
        context = {"items": items, "count": len(items), "recipient": address, "base_url": settings.BASE_URL}
        first, _, rest = get_template("events/mail/digest.txt", using="text").render(context).partition("\n")
    return Letter(header_safe(first), rest.lstrip("\n"), "", letters[0].sender_name, letters[0].event_kind)


def header_safe(text: str) -> str:
    """One line, no control or format characters, at most 200: safe as a subject or a name."""
    kept = "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in text)
    kept = "".join(c for c in kept if unicodedata.category(c) not in {"Cf", "Cs", "Co", "Cn"})
    return " ".join(kept.split())[:MAX_SUBJECT]
