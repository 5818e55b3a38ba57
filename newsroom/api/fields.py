"""Fields and serializers that take exactly what the schema says: JSON types as they are, and no unknown
member.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from newsroom.web.dates import out_of_range
from newsroom.web.text import BadText, clean_text


class TextField(serializers.CharField):
    """Text from outside, through the gate of `newsroom.web.text`. One line unless `multiline`; `name`
    drops bidi controls.
    """

    default_error_messages = {"not_string": _("This must be a text.")}

    def __init__(self, *, max_length: int, multiline: bool = False, name: bool = False, **kwargs: Any) -> None:
        self.multiline = multiline
        self.is_name = name
        super().__init__(max_length=max_length, trim_whitespace=False, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Cleaned before DRF asks whether it is blank or too long."""
        if data is serializers.empty or data is None:
            return super().run_validation(data)
        if not isinstance(data, str):
            self.fail("not_string")
        try:
            text = clean_text(data, max_length=self.max_length or 0, multiline=self.multiline, name=self.is_name)
        except BadText as error:
            raise serializers.ValidationError(str(error), code=error.code) from error
        return super().run_validation(text)


class YesNoField(serializers.BooleanField):
    """`true` or `false`, and nothing that merely looks like it."""

    default_error_messages = {"not_boolean": _("This must be true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        """Only JSON's own two words."""
        if not isinstance(data, bool):
            self.fail("not_boolean")
        return bool(data)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """DRF takes the text “null” for null here; we do not."""
        if isinstance(data, str):
            self.fail("not_boolean")
        return super().run_validation(data)


class WholeNumberField(serializers.IntegerField):
    """A JSON number without a fraction: not a text with digits in it, not true."""

    def to_internal_value(self, data: Any) -> int:
        """Only JSON's whole numbers."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class MomentField(serializers.DateTimeField):
    """A point in time of RFC 3339: date, time and offset in, UTC with `Z` out."""

    default_error_messages = {"no_offset": _("Give the time with its offset, like 2026-11-20T08:00:00Z.")}

    def to_internal_value(self, value: Any) -> datetime:
        """The moment in UTC, of the years 1600 to 2999. A time without an offset is refused, because it means a
        different moment to each of us.
        """
        if not isinstance(value, str) or "T" not in value.upper():
            self.fail("no_offset")
        tail = value.upper().partition("T")[2]
        if not (tail.endswith("Z") or "+" in tail or "-" in tail):
            self.fail("no_offset")
        moment = super().to_internal_value(value.upper())
        if sentence := out_of_range(moment):
            raise serializers.ValidationError(sentence, code="out_of_range")
        return moment.astimezone(UTC)

    def to_representation(self, value: Any) -> Any:
        """`2026-11-20T08:00:00Z`, with a fraction only where there is one."""
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class StrictSerializer(serializers.Serializer):
    """Refuses members it does not know (`unknown_member`), those that are only ever read included."""

    def to_internal_value(self, data: Any) -> Any:
        """The known members; every fault at once, the unknown members among them."""
        found: dict[Any, Any] = {}
        unknown = self._unknown(data)
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            found = dict(error.detail) if isinstance(error.detail, Mapping) else {"non_field_errors": error.detail}
            values = None
        if unknown or found:
            raise serializers.ValidationError(found | unknown)
        return values

    def _unknown(self, data: Any) -> dict[str, list[ErrorDetail]]:
        if not isinstance(data, Mapping):
            return {}
        writable = {field.field_name for field in self._writable_fields}
        return {
            name: [ErrorDetail(str(self._words(name)), code="unknown_member")] for name in data if name not in writable
        }

    def _words(self, name: str) -> Any:
        return _("This member can only be read.") if name in self.fields else _("There is no such member.")


class FaultSerializer(serializers.Serializer):
    """One place of the request, and what is wrong there."""

    pointer = serializers.CharField(help_text="RFC 6901: where in the body, or `/` and the name of the parameter.")
    detail = serializers.CharField()
    code = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """RFC 9457. `code` is stable; `detail` and `title` are for people."""

    type = serializers.URLField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = FaultSerializer(many=True)  # type: ignore[assignment]  # -- RFC 9457's name; DRF's own `errors` is not read here
