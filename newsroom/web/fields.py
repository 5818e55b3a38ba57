"""Form fields behind the Unicode gate."""

from __future__ import annotations

from typing import Any

from django import forms

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

    def clean(self, value: Any) -> str:
        """The cleaned text; a sentence for whoever typed it otherwise."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            cleaned = clean_text(text, max_length=self.max_length or 5000, multiline=self.multiline, name=self.is_name)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if self.required and not cleaned:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return cleaned
