"""No migration is missing, and every app goes back to nothing and forth again."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader


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


def shape(state):
    """Each model → its columns, and what else is said of it, in whatever order."""
    return {
        name: (
            {field: column.deconstruct()[1:] for field, column in model.fields.items()},
            {
                key: sorted(map(repr, value)) if isinstance(value, list) else value
                for key, value in model.options.items()
            },
        )
        for name, model in state.models.items()
    }


def test_a_new_installation_has_at_once_the_tables_that_an_old_one_has_after_its_last_step():
    """On an old one Django takes the steps that are left: those that a squashed migration names as its own."""
    at_once, steps = MigrationLoader(None), MigrationLoader(None, replace_migrations=False)
    assert len(at_once.graph.nodes) < len(steps.graph.nodes)
    assert shape(at_once.project_state()) == shape(steps.project_state())
