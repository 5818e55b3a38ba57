"""Shapes of test mode."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from newsroom.api.fields import MomentField, StrictSerializer, TextField, WholeNumberField, YesNoField
from reprints.api.serializers.parts import ChosenField
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
