"""Shapes of test mode."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from newsroom.api.fields import MomentField, StrictSerializer, TextField, WholeNumberField, YesNoField
from reprints.api.serializers.parts import AmountField, ChosenField
from reprints.services import trying
from reprints.vocabulary import NoticeKind

MAX_DAYS = 400
MAX_HOURS = 400 * 24


class StepSerializer(StrictSerializer):
    """How far: days and hours together, an hour at least and 400 days at most."""

    days = WholeNumberField(min_value=0, max_value=MAX_DAYS, default=0)
    hours = WholeNumberField(min_value=0, max_value=MAX_HOURS, default=0)

    class Meta:
        ref_name = "TestClockStep"


class ClockWriteSerializer(StrictSerializer):
    """Either `advance`, or `reset`."""

    advance = StepSerializer(required=False)
    reset = YesNoField(default=False, help_text="Back to the real time. What happened stays.")

    class Meta:
        ref_name = "TestClockData"

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if bool(attrs.get("advance")) == attrs["reset"]:
            raise serializers.ValidationError("Send either advance or reset.", code="contradiction")
        return attrs


class ClockSerializer(serializers.Serializer):
    """A test clock. `done` counts what its move brought about: reminders, expiries, overdue notices, …"""

    now = MomentField()
    ahead_seconds = serializers.IntegerField()
    done = serializers.DictField(child=serializers.IntegerField())
    test = serializers.BooleanField()

    class Meta:
        ref_name = "TestClock"


class CorrectionWriteSerializer(StrictSerializer):
    """Which test license is told of what."""

    license = TextField(max_length=40, help_text="The number of a test license.")
    kind = ChosenField(choices=NoticeKind.choices, default=NoticeKind.CORRECTION.value)

    class Meta:
        ref_name = "TestCorrectionData"


class DecisionWriteSerializer(StrictSerializer):
    """What the desk decides about one of your test requests, or about one of your test licenses."""

    request = TextField(max_length=40, required=False, help_text="With quote, ask or decline.")
    license = TextField(max_length=40, required=False, help_text="With suspend, reinstate or revoke.")
    decision = ChosenField(choices=[*trying.DECISIONS, *trying.RULINGS])
    price = AmountField(
        r"^\d{1,9}(\.\d{1,3})?$",
        required=False,
        help_text="Of each line of a quote, net, like 250.00. Left out: the rate card's, or 100 where it has none.",
    )
    until = serializers.DateField(required=False, help_text="The day on which a suspension ends by itself.")
    words = TextField(max_length=2000, multiline=True, allow_blank=True, default="")

    class Meta:
        ref_name = "TestDecisionData"

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A request or a license, and a decision about that."""
        about = [name for name in ("request", "license") if name in attrs]
        if len(about) != 1:
            raise serializers.ValidationError("Name either a request or a license.", code="contradiction")
        fitting = trying.DECISIONS if about == ["request"] else trying.RULINGS
        if attrs["decision"] not in fitting:
            words = f"About a {about[0]} the desk decides: {', '.join(fitting)}."
            raise serializers.ValidationError({"decision": [serializers.ErrorDetail(words, code="wrong_decision")]})
        for name, where in (("price", "quote"), ("until", "suspend")):
            if name in attrs and attrs["decision"] != where:
                words = f"This goes with {where} only."
                raise serializers.ValidationError({name: [serializers.ErrorDetail(words, code="contradiction")]})
        return attrs


class DecisionSerializer(serializers.Serializer):
    """Where the request or license stands now, and the quote that was opened."""

    reference = serializers.CharField()
    status = serializers.CharField()
    quote = serializers.CharField(allow_null=True)
    test = serializers.BooleanField()

    class Meta:
        ref_name = "TestDecision"


class PaymentWriteSerializer(StrictSerializer):
    """Which quote is paid."""

    quote = TextField(max_length=40, help_text="The reference of an accepted test quote.")

    class Meta:
        ref_name = "TestPaymentData"


class PaymentSerializer(serializers.Serializer):
    """What is in force now."""

    quote = serializers.CharField()
    licenses = serializers.ListField(child=serializers.CharField())
    test = serializers.BooleanField()

    class Meta:
        ref_name = "TestPayment"
