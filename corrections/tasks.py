"""Doormen of the clock: each calls a service."""

from celery import shared_task

from corrections.services import checkpoints, clock


@shared_task(name="corrections.tick")
def tick() -> None:
    """Reminders, lapses, promises."""
    clock.tick()


@shared_task(name="corrections.sign_checkpoint")
def sign_checkpoint() -> None:
    """A signed checkpoint whenever the log has grown."""
    checkpoints.sign_or_complain()
