"""A form that is sent twice does its work once: the nonce of its token is spent in the transaction of the work."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from newsroom.api.models import IdempotencyRecord


@dataclass(frozen=True)
class Spent:
    """What was made under the nonce, and whether it was asked for in the very same words."""

    reference: str
    same: bool


def once(purpose: str, nonce: str, content: Any, make: Callable[[], str]) -> Spent:
    """Call `make` unless this nonce was spent on the form `purpose` before; then answer what was made at that time.

    `make` runs inside a transaction and answers the reference of what it made; when it raises, the nonce is not spent.
    `content` is JSON: whoever sends the same nonce with other words must be told. Two at the same moment: the second
    waits for the first.
    """
    fingerprint = hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
    owner = f"form:{purpose}"
    try:
        with transaction.atomic():
            row = IdempotencyRecord.objects.create(
                owner=owner,
                key=nonce,
                method="POST",
                path="",
                body_sha256=fingerprint,
                created_at=timezone.now(),
            )
            row.body = make()
            row.save(update_fields=["body"])
            return Spent(row.body, same=True)
    except IntegrityError:
        kept = IdempotencyRecord.objects.filter(owner=owner, key=nonce).first()
        if kept is None:
            raise
        return Spent(kept.body, same=kept.body_sha256 == fingerprint)
