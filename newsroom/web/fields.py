"""Form fields behind the Unicode gate."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext as _now
from rest_framework.exceptions import ParseError

from newsroom.api.parsers import MAX_BYTES, loads, unstorable
from newsroom.web.text import clean_text


class CleanTextField(forms.CharField):
    """Text through the Unicode gate: no NUL, no lone surrogates, nothing that only seems to be text."""

    def __init__(self, *, multiline: bool = True, name: bool = False, **kwargs: Any) -> None:
        if multiline:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 5}))
        kwargs.setdefault("max_length", 5000)
        super().__init__(**kwargs)
        self.multiline = multiline
        self.is_name = name

    def clean(self, value: Any) -> Any:
        """The cleaned text, `empty_value` where there is none; a sentence for whoever typed it otherwise."""
        text = super().clean(value)
        if not text:
            return text
        try:
            cleaned = clean_text(text, max_length=self.max_length or 5000, multiline=self.multiline, name=self.is_name)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if self.required and not cleaned:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return cleaned or self.empty_value


class CleanJSONField(forms.JSONField):
    """JSON as the API reads it, every text in it storable."""

    def to_python(self, value: Any) -> Any:
        """The value; a sentence for whoever typed it otherwise."""
        if not isinstance(value, str) or value in self.empty_values:
            return super().to_python(value)
        if len(value) > MAX_BYTES:
            raise forms.ValidationError(_now("This is too long."), code="too_long")
        try:
            read = loads(value.encode("utf-8", "replace"))
        except ParseError as error:
            raise forms.ValidationError(str(error.detail), code="invalid") from error
        for fault in unstorable(read, ""):
            raise forms.ValidationError(str(fault.detail), code=fault.code)
        return read

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was typed, as it was where it cannot be read."""
        try:
            return super().bound_data(data, initial) if self.to_python(data) is not None else data
        except forms.ValidationError:
            return InvalidJSONInput(data or "")
