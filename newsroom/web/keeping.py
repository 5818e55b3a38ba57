"""What somebody typed into a form that could not be taken: kept in a page, to be sent again as it was."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from newsroom.events import sealed

MOST_FIELDS = 60
LONGEST = 20_000
MOST_CARRIED = 100_000
"""Characters that are carried through a sign-in; what is more stays in the page it was typed into."""
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 -- the name of Django's field
UNSEEN = frozenset({TOKEN, "form_token", "seen", "website", "passage_prefix", "passage_suffix"})
SECRETS = ("/admin/login/", "/admin/second-", "/admin/password")
CODE = re.compile(r"[a-z0-9_-]{1,40}")
"""What a choice or a check box sends: kept, but not worth showing."""


@dataclass(frozen=True)
class Kept:
    """The fields of a form, and the address that they were sent to."""

    action: str = ""
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def words(self) -> list[str]:
        """The values that a person typed."""
        return [
            value for name, value in self.fields if name not in UNSEEN and value.strip() and not CODE.fullmatch(value)
        ]

    @property
    def without_token(self) -> list[tuple[str, str]]:
        """The fields for a page that brings a CSRF token of its own."""
        return [(name, value) for name, value in self.fields if name != TOKEN]


def kept(request: HttpRequest) -> Kept:
    """The form that was sent. Nothing of one with a password or a code, nor of more than a form of ours sends."""
    nothing = Kept(request.get_full_path())
    if request.method != "POST" or request.path.startswith(SECRETS):
        return nothing
    try:
        fields = tuple((name, value) for name, values in request.POST.lists() for value in values)
    except Exception:  # noqa: BLE001 -- a body that cannot be read is no reason for another error
        return nothing
    if len(fields) > MOST_FIELDS or any("password" in name for name, _value in fields):
        return nothing
    return nothing if any(len(value) > LONGEST for _name, value in fields) else Kept(nothing.action, fields)


def carry(form: Kept) -> str:
    """The form as one value that only this service can read; empty when it is too much to carry."""
    text = json.dumps([form.action, form.without_token])
    return sealed.seal(text) if len(text) <= MOST_CARRIED else ""


def carried(value: str) -> Kept | None:
    """The form that `carry` made this value of; None for any other value."""
    try:
        action, fields = json.loads(sealed.open_text(value))
    except (sealed.Unreadable, ValueError):
        return None
    return Kept(action, tuple((name, text) for name, text in fields))


def shown(form: Kept) -> dict[str, Any]:
    """What `includes/kept.html` is drawn from."""
    return {"action": form.action, "kept": form.fields, "words": form.words}
