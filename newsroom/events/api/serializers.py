"""Webhook endpoints, what was sent to them, and the events to pull."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from newsroom.api.fields import MomentField, StrictSerializer, TextField
from newsroom.events import kinds
from newsroom.events.models import Delivery, Endpoint
from newsroom.events.planning import outside_name

MAX_TYPES = 100
URL_LENGTH = 500


class SwitchField(serializers.ChoiceField):
    """`active` or `paused`: the two states that an owner chooses between."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("active", _("Active")), ("paused", _("Paused"))], **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The word itself."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return str(super().to_internal_value(data))


class EndpointWriteSerializer(StrictSerializer):
    """A webhook endpoint as its owner states it."""

    url = TextField(max_length=URL_LENGTH, help_text="https, on port 443 or 8443, at a public host name.")
    types = serializers.ListField(
        child=TextField(max_length=60), max_length=MAX_TYPES, default=list, help_text="Empty: all that you may receive."
    )
    publication = TextField(
        max_length=50,
        required=False,
        help_text="Slug. Only with the key of a CMS, and needed when that is the key of several publications.",
    )

    class Meta:
        ref_name = "WebhookEndpointData"


class EndpointChangeSerializer(StrictSerializer):
    """What may be changed. What is left out stays."""

    url = TextField(max_length=URL_LENGTH, required=False)
    types = serializers.ListField(child=TextField(max_length=60), max_length=MAX_TYPES, required=False)
    state = SwitchField(required=False)

    class Meta:
        ref_name = "WebhookEndpointChange"


class EndpointSerializer(serializers.Serializer):
    """A webhook endpoint."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.URLField()
    types = serializers.ListField(child=serializers.CharField())
    publication = serializers.SerializerMethodField(help_text="Slug; null for a partner's.")
    state = serializers.ChoiceField(choices=Endpoint.State.choices)
    paused_reason = serializers.CharField()
    failing_since = MomentField(allow_null=True)
    test = serializers.BooleanField()
    created_at = MomentField()

    class Meta:
        ref_name = "WebhookEndpoint"

    def get_publication(self, endpoint: Endpoint) -> str | None:
        """Whose CMS it is."""
        return endpoint.publication.slug if endpoint.publication else None


class EndpointWithSecretSerializer(EndpointSerializer):
    """A new endpoint, with the secret that is shown this once."""

    secret = serializers.CharField(help_text="whsec_… of Standard Webhooks. It cannot be read again.")

    class Meta:
        ref_name = "NewWebhookEndpoint"


class SecretSerializer(serializers.Serializer):
    """A new secret. Until `previous_until` each hook carries a signature of the one before as well."""

    secret = serializers.CharField()
    previous_until = MomentField()

    class Meta:
        ref_name = "WebhookSecret"


class TrySerializer(serializers.Serializer):
    """One try at a hook."""

    number = serializers.IntegerField()
    at = MomentField(source="started_at")
    milliseconds = serializers.IntegerField(allow_null=True, help_text="How long it took; null while it is on its way.")
    status_code = serializers.IntegerField(allow_null=True, help_text="What you answered; null for no answer.")
    outcome = serializers.CharField(
        source="verdict",
        help_text="`ok`, `transient` (tried again), `ambiguous` (sent, no answer), `permanent` or `canceled` (not tried"
        " again), `crash` (a fault of ours, tried again); empty while it is on its way.",
    )
    said = serializers.CharField(source="excerpt", help_text="The beginning of your answer, or what went wrong.")

    class Meta:
        ref_name = "WebhookTry"


class DeliverySerializer(serializers.Serializer):
    """One hook: sent, waiting, or given up. `id` is its `webhook-id`, the same at every try."""

    id = serializers.UUIDField(source="uuid")
    type = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=Delivery.State.choices)
    attempts = serializers.IntegerField()
    created_at = MomentField()
    next_attempt_at = serializers.SerializerMethodField()
    sent_at = MomentField(allow_null=True)
    last_error = serializers.CharField()
    tries = TrySerializer(source="newest_tries", many=True, help_text="The last twenty, the newest first.")

    class Meta:
        ref_name = "WebhookDelivery"

    def get_type(self, delivery: Delivery) -> str:
        """The type that the hook's body has, or had while it was kept."""
        if delivery.body:
            return str(json.loads(delivery.body)["type"])
        if delivery.event is None or delivery.event.kind not in kinds.KINDS or delivery.endpoint is None:
            return ""
        return outside_name(delivery.event, delivery.endpoint)

    def get_next_attempt_at(self, delivery: Delivery) -> Any:
        """When it is tried next; null once it is sent or given up."""
        return MomentField().to_representation(delivery.next_try_at) if delivery.next_try_at else None


class PulledEventSerializer(serializers.Serializer):
    """An event with the body that its hook has, and its place in the stream."""

    position = serializers.IntegerField()
    type = serializers.CharField()
    timestamp = MomentField()
    data = serializers.DictField(  # type: ignore[assignment]  # -- the contract calls this member data
        help_text="Thin: references, statuses, and the `url` to fetch where there is one."
    )

    class Meta:
        ref_name = "Event"


class PulledEventsSerializer(serializers.Serializer):
    """A page of the stream, oldest first."""

    next = serializers.URLField(allow_null=True, help_text="The following page; null at the end of the stream.")
    previous = serializers.URLField(allow_null=True, help_text="Always null: the stream is read forward.")
    results = PulledEventSerializer(many=True)
    position = serializers.IntegerField(help_text="Pass this as `after` next time. Nothing is skipped.")

    class Meta:
        ref_name = "Events"
