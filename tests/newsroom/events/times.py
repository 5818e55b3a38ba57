"""The database's clock cannot be moved: its dates are."""

from datetime import timedelta

from django.utils import timezone

from newsroom.events.models import Delivery, Endpoint


def expire(*rows):
    """The leases of these deliveries have run out, and with them what holds their endpoints."""
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(lease_until=past)
    Endpoint.objects.filter(deliveries__in=[row.pk for row in rows]).update(ready_at=past)


def make_due():
    """Every wait is over."""
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.update(not_before=past)
    Endpoint.objects.update(ready_at=past)
