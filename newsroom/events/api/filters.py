"""How deliveries are found."""

from __future__ import annotations

import django_filters

from newsroom.events.models import Delivery


class DeliveryFilter(django_filters.FilterSet):
    """`?state=`: only those that stand there."""

    state = django_filters.ChoiceFilter(choices=Delivery.State.choices)

    class Meta:
        model = Delivery
        fields: list[str] = []
