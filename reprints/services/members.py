"""Reading the members of an object that came from outside: by type, each fault kept with its pointer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from newsroom.errors import Fault, Invalid
from newsroom.web.dates import FIRST_YEAR, out_of_range
from newsroom.web.text import BadText, clean_text, has_forbidden_characters


@dataclass
class Faults:
    """Reads members of one object, and remembers what is wrong with them."""

    at: str
    faults: list[Fault] = field(default_factory=list)

    def add(self, pointer: str, detail: str, code: str) -> None:
        """Remember a fault at the pointer, relative to this object."""
        self.faults.append(Fault(self.at + pointer, detail, code))

    def has(self, pointer: str) -> bool:
        """Whether that member was found faulty already."""
        return any(fault.pointer == self.at + pointer for fault in self.faults)

    def stop_if_any(self) -> None:
        """Raise `Invalid` with every fault found."""
        if self.faults:
            raise Invalid(self.faults)

    def text(self, data: dict[str, Any], name: str, *, most: int, multiline: bool = False) -> str:
        """A cleaned text; empty when unset."""
        value = data.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.add(f"/{name}", _("This must be text."), "wrong_type")
            return ""
        try:
            return clean_text(value, max_length=most, multiline=multiline)
        except BadText as error:
            self.add(f"/{name}", str(error), error.code)
            return ""

    def choice(
        self,
        data: dict[str, Any],
        name: str,
        among: type[TextChoices],
        *,
        default: str = "",
        code: str = "unknown_value",
        required: bool = False,
    ) -> str:
        """A word of the list; `default` when unset."""
        value = data.get(name)
        if value is None or value == "":
            if required:
                self.add(f"/{name}", _("Please choose."), "required")
            return str(default)
        if not isinstance(value, str) or value not in among.values:
            self.add(f"/{name}", _("This is none of the choices."), code)
            return str(default)
        return value

    def choices(self, data: dict[str, Any], name: str, among: type[TextChoices]) -> list[str]:
        """Words of the list."""
        given = self.strings(data, name, most=len(among.values)) or []
        for index, value in enumerate(given):
            if value not in among.values:
                self.add(f"/{name}/{index}", _("This is none of the choices."), "unknown_value")
        return given

    def strings(self, data: dict[str, Any], name: str, *, most: int) -> list[str] | None:
        """A list of texts, at most so many; None when unset or faulty."""
        value = data.get(name)
        if value is None:
            return None
        if not isinstance(value, list | tuple):
            self.add(f"/{name}", _("This must be a list."), "wrong_type")
            return None
        if len(value) > most:
            self.add(f"/{name}", _("At most %(most)d fit in here.") % {"most": most}, "too_many")
            return None
        for index, entry in enumerate(value):
            if not isinstance(entry, str) or has_forbidden_characters(entry):
                self.add(f"/{name}/{index}", _("This must be text."), "wrong_type")
                return None
        return list(value)

    def number(self, data: dict[str, Any], name: str, *, least: int, most: int) -> int | None:
        """A whole number within the bounds; None when unset or faulty."""
        value = data.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int):
            self.add(f"/{name}", _("This must be a whole number."), "wrong_type")
        elif value < least:
            self.add(f"/{name}", _("This must be at least %(least)d.") % {"least": least}, "too_small")
        elif value > most:
            self.add(f"/{name}", _("This must be at most %(most)d.") % {"most": most}, "too_large")
        else:
            return value
        return None

    def boolean(self, data: dict[str, Any], name: str) -> bool:
        """True or false; false when unset."""
        value = data.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.add(f"/{name}", _("This must be true or false."), "wrong_type")
        return False

    def day(self, data: dict[str, Any], name: str) -> date | None:
        """A date, given as one or as ISO 8601 text; None when unset or faulty."""
        value = data.get(name)
        if value is None or value == "":
            return None
        text = value if isinstance(value, str) and len(value) == len("2026-12-01") else ""
        try:
            day = value if type(value) is date else date.fromisoformat(text)
        except ValueError:
            self.add(f"/{name}", _("This must be a date like 2026-12-01."), "bad_date")
            return None
        if day.year < FIRST_YEAR:
            self.add(f"/{name}", out_of_range(day), "bad_date")
            return None
        return day
