"""`manage.py clock` for the fault runs: its two tasks that send, as often as the beat of `celeryapp`."""

import django

django.setup()

from django.core.management import call_command  # noqa: E402 -- after django.setup()

from newsroom.events.management.commands import clock  # noqa: E402 -- idem
from tests.faults.celeryapp import SWEEP_SECONDS, app  # noqa: E402 -- idem

if __name__ == "__main__":
    clock.app = app
    clock.CLOCK = dict.fromkeys(sorted(clock.SENDERS), SWEEP_SECONDS)
    call_command("clock")
