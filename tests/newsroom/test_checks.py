"""What `check --deploy` says about a production that lacks something."""

import pytest
from django.core.checks import run_checks


def said():
    return {message.id for message in run_checks(include_deployment_checks=True, tags=["security"])}


@pytest.mark.parametrize(
    ("name", "value", "identifier"),
    [
        ("ALLOW_LOOPBACK_ENDPOINTS", True, "masthead.E001"),
        ("FIELD_KEYS", [], "masthead.E002"),
        ("LEDGER_KEYS", [], "masthead.E003"),
        ("LICENSE_KEYS", [], "masthead.E004"),
        ("BASE_URL", "http://desk.example.com", "masthead.E005"),
        ("FAILPOINT", "after_claim", "masthead.E006"),
        ("EMAIL_BACKEND", "newsroom.web.letterbox.FileBackend", "masthead.E007"),
        ("DEMO", True, "masthead.E008"),
        ("SECURITY_CONTACT", "", "masthead.W001"),
    ],
)
def test_each_thing_that_production_must_have_is_asked_for(settings, name, value, identifier):
    settings.ALLOW_LOOPBACK_ENDPOINTS, settings.FAILPOINT, settings.DEMO = False, "", False
    settings.FIELD_KEYS, settings.LEDGER_KEYS, settings.LICENSE_KEYS = ["k"], ["k"], ["k"]
    settings.BASE_URL = "https://desk.example.com"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.SECURITY_CONTACT = "mailto:security@example.com"
    assert identifier not in said()

    setattr(settings, name, value)

    assert identifier in said()
