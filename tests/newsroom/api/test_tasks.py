"""What the API forgets."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from newsroom.api.models import Counter, IdempotencyRecord
from newsroom.api.tasks import prune
from newsroom.clock import CLOCK


@pytest.mark.django_db
def test_the_clock_forgets_old_answers_and_counters_and_keeps_the_new():
    now, clock = timezone.now(), int(time.time())
    for key, age in (("old", timedelta(days=3)), ("new", timedelta(hours=1))):
        IdempotencyRecord.objects.create(owner="o", key=key, method="POST", path="/", created_at=now - age)
        Counter.objects.create(name="form", key=key, window_start=clock - int(age.total_seconds()), count=1)
    prune()
    assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["new"]
    assert list(Counter.objects.values_list("key", flat=True)) == ["new"]
    assert "newsroom.api.prune" in CLOCK
