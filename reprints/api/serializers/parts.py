"""What several shapes have in common."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from newsroom.api.fields import StrictSerializer, TextField
from reprints.services.moving import MAX_WORDS


class AmountField(serializers.RegexField):
    """An amount as a decimal text: a JSON number would be rounded by whoever reads it."""

    default_error_messages = {"not_string": _('Give the amount as text, like "250.00".')}

    def to_internal_value(self, data: Any) -> str:
        """The text itself."""
        if not isinstance(data, str):
            self.fail("not_string")
        return str(super().to_internal_value(data))


class MoneySerializer(serializers.Serializer):
    """An amount with as many places as its currency has (CLDR): two for USD, none for JPY."""

    amount = AmountField(r"^\d+(\.\d+)?$")
    currency = serializers.RegexField(r"^[A-Z]{3}$", help_text="ISO 4217.")

    class Meta:
        ref_name = "Money"


class StepSerializer(serializers.Serializer):
    """One step of a price. The last subtotal is the price."""

    rule = serializers.CharField()
    effect = serializers.CharField()
    subtotal = serializers.CharField()

    class Meta:
        ref_name = "PriceStep"


class WordsSerializer(StrictSerializer):
    """Words to the licensing desk."""

    words = TextField(max_length=MAX_WORDS, multiline=True)

    class Meta:
        ref_name = "WordsData"


class OptionalWordsSerializer(StrictSerializer):
    """A move that takes words, but does not need them."""

    words = TextField(max_length=MAX_WORDS, multiline=True, allow_blank=True, default="")

    class Meta:
        ref_name = "OptionalWordsData"


class ChosenField(serializers.ChoiceField):
    """One word of a closed list: a text, nothing that merely equals one."""

    default_error_messages = {"invalid_choice": _("This is none of the choices.")}

    def to_internal_value(self, data: Any) -> str:
        """The word itself."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return str(super().to_internal_value(data))
