"""Doormen of the clock: each calls a service."""

from celery import shared_task
from django.utils import timezone

from corrections.services import checkpoints, clock, fixed, pinning, retention


@shared_task(name="corrections.tick")
def tick() -> None:
    """Reminders, lapses, promises."""
    clock.tick()


@shared_task(name="corrections.ask_if_fixed")
def ask_if_fixed() -> None:
    """Ask readers, some weeks after a correction, whether it is fixed."""
    fixed.ask()


@shared_task(name="corrections.sign_checkpoint")
def sign_checkpoint() -> None:
    """A signed checkpoint whenever the log has grown, and copies of it where they cannot be taken back."""
    if checkpoints.sign_or_complain():
        pinning.pin(now=timezone.now())


@shared_task(name="corrections.retain")
def retain() -> None:
    """Forget what is older than the policies say."""
    retention.retain(now=timezone.now(), dry_run=False)
