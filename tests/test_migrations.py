"""No migration is missing, and every app goes back to nothing and forth again."""

import pytest
from django.apps import apps
from django.core.management import call_command


@pytest.mark.django_db
def test_no_migration_is_missing(capsys):
    call_command("makemigrations", "--check", "--dry-run", verbosity=1)
    assert "No changes detected" in capsys.readouterr().out


@pytest.mark.timeout(900)
@pytest.mark.both
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("label", ["reprints", "corrections"])
def test_a_desk_migrates_back_to_nothing_and_forth(label):
    call_command("migrate", label, "zero", verbosity=0)
    call_command("migrate", label, verbosity=0)
    model = next(iter(apps.get_app_config(label).get_models()))
    assert model._default_manager.count() == 0
