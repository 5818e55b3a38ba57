"""Where the demo newsroom is not made."""

import pytest
from django.core.management import CommandError, call_command

from newsroom.accounts.models import Publication, User

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
    with pytest.raises(CommandError, match="ALLOW_LOOPBACK_ENDPOINTS=1"):
        call_command("demo")
    assert (Publication.objects.count(), User.objects.count()) == (0, 0)
    assert not (tmp_path / "demo.json").exists()
