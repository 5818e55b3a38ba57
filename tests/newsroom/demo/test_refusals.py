"""Where the demo newsroom is not made, and where its partner listens."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from newsroom.accounts.models import Publication, User
from newsroom.demo import house
from newsroom.demo.clock import Clock
from newsroom.events import sealed
from newsroom.events.models import Endpoint

pytestmark = pytest.mark.django_db


def test_production_refuses(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="not for production"):
        call_command("demo")
    assert Publication.objects.count() == 0


def test_a_real_newsroom_is_not_mixed_with_the_demo():
    Publication.objects.create(name="The Real One", slug="real")
    with pytest.raises(CommandError, match="already holds a newsroom"):
        call_command("demo")
    assert [row.slug for row in Publication.objects.all()] == ["real"]


def test_make_run_leaves_a_real_newsroom_alone_without_an_error(capsys):
    Publication.objects.create(name="The Real One", slug="real")
    call_command("demo", if_empty=True)
    assert "gets no demo" in capsys.readouterr().out
    assert [row.slug for row in Publication.objects.all()] == ["real"]


def test_a_hook_to_this_machine_that_is_not_allowed_is_explained_and_leaves_nothing(settings, tmp_path):
    settings.VAR, settings.ALLOW_LOOPBACK_ENDPOINTS = tmp_path, False
    settings.DEMO_WEBHOOK_URL = "http://127.0.0.1:8124/hooks"
    with pytest.raises(CommandError, match="ALLOW_LOOPBACK_ENDPOINTS=1"):
        call_command("demo")
    assert (Publication.objects.count(), User.objects.count()) == (0, 0)
    assert not (tmp_path / "demo.json").exists()


def test_with_an_address_to_listen_at_there_is_a_hook_and_its_secret_is_the_files(settings, tmp_path):
    settings.VAR, settings.ALLOW_LOOPBACK_ENDPOINTS = tmp_path, True
    settings.DEMO_WEBHOOK_URL = "http://127.0.0.1:8124/hooks"
    with Clock(timezone.now()).telling() as clock:
        _stage, shown = house.build(clock)

    endpoint = Endpoint.objects.get()
    assert endpoint.url == settings.DEMO_WEBHOOK_URL
    assert sealed.open_text(endpoint.secret_encrypted) == shown.webhook
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", shown.webhook)
