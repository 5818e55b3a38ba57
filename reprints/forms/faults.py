"""What is wrong with a request, beside the field into which it was typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from newsroom.errors import Fault
from reprints.forms.typed import lines_of, words_of

FIELD_OF_MEMBER = {"article_url": "article_urls", "territory": "countries"}
"""Member of an item → the field it is typed into, where the two have different names."""

PLAIN_WORDS = {
    "unknown_country": _("We know no country of this name."),
    "unknown_language": _("We know no language of this name."),
}
"""Code of a fault → what it means to someone who types names and not codes."""


def field_of(fault: Fault) -> str:
    """The field that a fault of the request belongs to, by its JSON pointer; empty for the request as a whole."""
    parts = fault.pointer.strip("/").split("/")
    member = parts[2] if parts[0] == "items" and len(parts) > 2 else parts[0]
    return "article_urls" if member == "items" else FIELD_OF_MEMBER.get(member, member)


def place_faults(form: forms.Form, faults: Iterable[Fault], urls: list[str]) -> None:
    """Add each fault once to the field of the form that it belongs to. An address is named when there are several."""
    for fault in faults:
        name = field_of(fault)
        if name not in form.fields:
            continue
        parts = fault.pointer.strip("/").split("/")
        detail = str(PLAIN_WORDS.get(fault.code, fault.detail))
        if name == "article_urls" and len(urls) > 1 and len(parts) > 1 and parts[1].isdecimal():
            detail = f"{urls[int(parts[1])][:120]}: {detail}"
        elif name in {"countries", "languages", "placement_urls"} and parts[-1].isdecimal():
            detail = f"“{_nth(form, name, int(parts[-1]))}”: {detail}"
        if detail not in form.errors.get(name, []):
            form.add_error(name, ValidationError(detail, code=fault.code))


def _nth(form: forms.Form, name: str, index: int) -> str:
    typed = str(form.data.get(name, ""))
    found = lines_of(typed) if name == "placement_urls" else words_of(typed)
    return found[index][:80] if index < len(found) else ""


def place_of(fault: Fault) -> int | None:
    """The place of the item that a fault is about; None for one about the request as a whole."""
    parts = fault.pointer.strip("/").split("/")
    return int(parts[1]) if parts[0] == "items" and len(parts) > 1 and parts[1].isdecimal() else None


def shifted(fault: Fault, by: int) -> Fault:
    """The same fault, as if its item stood `by` places further up."""
    place = place_of(fault)
    if place is None:
        return fault
    rest = fault.pointer.strip("/").split("/")[2:]
    return replace(fault, pointer="/".join(["", "items", str(place - by), *rest]))
