"""The kinds of event that the fault tests record, known to every process they start."""

from django.apps import AppConfig


class FaultsConfig(AppConfig):
    name = "tests.faults"
    label = "faults"

    def ready(self):
        from tests.faults import kinds  # noqa: F401, PLC0415 -- declares the kinds once the models are there
