"""The previous release goes on while the tables are changed: what migrations may do, and its rows on today's tables."""

import json
import sys
from importlib import util
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, migrations, models
from django.db.migrations.operations import AddField, AddIndex, AlterField, CreateModel
from django.db.migrations.state import ProjectState

from newsroom.upgrades import columns, linting
from newsroom.upgrades.online import AddIndexOnline
from tests.factories import make_staff

RECORD = json.loads((Path(__file__).parent / "data" / "release_columns.json").read_text())
RELEASE, PREVIOUS = RECORD["release"], RECORD["tables"]
TEXT = models.CharField(max_length=10)
NEEDS_DEFAULT = "the previous release does not write this column: null=True or a db_default"
INDEX = models.Index(fields=["word"], name="thing_word")


def nothing(apps, schema_editor):
    """Rows that a migration would change."""


def thing(**fields):
    return CreateModel("Thing", [("id", models.BigAutoField(primary_key=True)), ("word", TEXT), *fields.items()])


def make_migration(tmp_path, *operations, comment="", **attributes):
    """A migration in a file of its own, because allowances stand in its source."""
    path = tmp_path / f"m{len(list(tmp_path.iterdir()))}.py"
    path.write_text(
        f"{comment}\nfrom django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    pass\n"
    )
    spec = util.spec_from_file_location(f"made_{path.stem}_{id(path)}", path)
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules[spec.name] = module
    made = type(
        "Migration", (module.Migration,), {"operations": list(operations), **attributes, "__module__": spec.name}
    )
    return made("0002_more", "things")


@pytest.fixture
def judged(tmp_path):
    def judge(*operations, before=None, **more):
        state = ProjectState()
        (before or thing()).state_forwards("things", state)
        migration = make_migration(tmp_path, *operations, **more)
        unsafe, _state = linting._of(migration, state)
        return [(found.operation, found.target, found.sentence) for found in linting._unallowed(migration, unsafe)]

    return judge


def test_every_migration_lets_the_previous_release_go_on(capsys):
    call_command("lint_migrations")
    assert capsys.readouterr().out == "The previous release can go on under every migration.\n"


@pytest.mark.parametrize(
    ("operation", "target", "words"),
    [
        (migrations.RemoveField("thing", "word"), "thing.word", "still uses what goes away"),
        (migrations.DeleteModel("Thing"), "thing", "still uses what goes away"),
        (migrations.RenameField("thing", "word", "term"), "thing.word", "still uses what goes away"),
        (AddField("thing", "more", TEXT), "thing.more", NEEDS_DEFAULT),
        (AddField("thing", "more", models.IntegerField(default=0)), "thing.more", NEEDS_DEFAULT),
        (AddField("thing", "more", models.IntegerField(db_default=0, db_index=True)), "thing.more", "builds its index"),
        (AlterField("thing", "word", models.CharField(max_length=5)), "thing.word", "written anew under a lock"),
        (AlterField("thing", "word", models.IntegerField()), "thing.word", "written anew under a lock"),
        (AlterField("thing", "word", models.CharField(max_length=10, unique=True)), "thing.word", "builds its index"),
        (AddIndex("thing", INDEX), "thing.thing_word", "use newsroom.upgrades.online.AddIndexOnline"),
        (
            migrations.AddConstraint("thing", models.UniqueConstraint(fields=["word"], name="once")),
            "thing.once",
            "may write what it refuses",
        ),
        (migrations.RunPython(nothing), "", "there is no way back"),
        (migrations.RunSQL("SELECT 1"), "", "there is no way back"),
    ],
)
def test_what_would_stop_the_previous_release_or_lock_a_table_is_pointed_out(judged, operation, target, words):
    [(kind, where, sentence)] = judged(operation)
    assert (kind, where, words in sentence) == (type(operation).__name__, target, True)


@pytest.mark.parametrize(
    "operation",
    [
        AddField("thing", "more", models.CharField(max_length=10, null=True)),
        AddField("thing", "more", models.CharField(max_length=10, db_default="")),
        AddField("thing", "more", models.IntegerField(null=True, db_index=True)),
        AlterField("thing", "word", models.CharField(max_length=20)),
        AlterField("thing", "word", models.TextField()),
        AlterField("thing", "word", models.CharField(max_length=10, null=True)),
        migrations.RunPython(nothing, migrations.RunPython.noop),
        migrations.RunSQL("SELECT 1", reverse_sql=""),
        migrations.RemoveConstraint("thing", "once"),
    ],
)
def test_what_only_adds_and_widens_is_not(judged, operation):
    before = CreateModel(
        "Thing", thing().fields, {"constraints": [models.UniqueConstraint(fields=["word"], name="once")]}
    )
    assert judged(operation, before=before) == []


def test_a_column_that_may_be_null_does_not_become_one_that_may_not(judged):
    before = thing(more=models.IntegerField(null=True))
    assert [found[2] for found in judged(AlterField("thing", "more", models.IntegerField()), before=before)] == [
        "the previous release may write NULL here: give it a db_default first"
    ]
    assert judged(AlterField("thing", "more", models.IntegerField(db_default=0)), before=before) == []


def test_a_table_that_the_migration_itself_makes_may_be_shaped_at_will(judged):
    assert judged(CreateModel("New", [("id", models.BigAutoField(primary_key=True))]), AddField("new", "a", TEXT)) == []


def test_rows_are_not_changed_under_the_locks_of_the_tables(judged):
    rows = migrations.RunPython(nothing, migrations.RunPython.noop)
    column = AddField("thing", "more", models.IntegerField(null=True))
    assert [found[0] for found in judged(column, rows)] == ["RunPython"]
    assert judged(column, rows, atomic=False) == []


def test_an_index_is_built_online_outside_a_transaction(judged):
    assert judged(AddIndexOnline("thing", INDEX), atomic=False) == []
    assert [found[2] for found in judged(AddIndexOnline("thing", INDEX))] == [
        "an index is built online outside a transaction: say atomic = False"
    ]


def test_a_dated_reason_allows_one_operation_and_an_idle_one_is_pointed_out(judged):
    comment = "# allowed 2026-11-23: AddIndex thing.thing_word -- a small table"
    assert judged(AddIndex("thing", INDEX), comment=comment) == []
    assert judged(AddField("thing", "more", TEXT), comment=comment) == [
        ("AddField", "thing.more", NEEDS_DEFAULT),
        ("AddIndex", "thing.thing_word", "is allowed, and nothing of the kind is there"),
    ]
    assert judged(AddField("thing", "more", TEXT), comment="# allowed 2026-11-23: * -- before the first release") == []
    assert [found[2] for found in judged(comment="# allowed 2026-11-23: * -- for nothing")] == [
        "is allowed, and nothing of the kind is there"
    ]
    assert [found[2] for found in judged(AddIndex("thing", INDEX), comment=comment.replace("11-23", "13-40"))] == [
        "2026-13-40 is no date"
    ]


def test_the_command_fails_with_a_line_for_each_finding(monkeypatch, capsys):
    found = [linting.Finding("things.0002_more", "DeleteModel", "thing", "no")]
    monkeypatch.setattr(linting, "findings", lambda: found)
    with pytest.raises(CommandError, match="1 findings: expand now, contract a release later"):
        call_command("lint_migrations")
    assert capsys.readouterr().out == "things.0002_more: DeleteModel thing: no\n"


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_an_index_built_online_is_there_and_goes_away():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE things_thing (id bigint PRIMARY KEY, word varchar(10))")
    state = ProjectState()
    thing().state_forwards("things", state)
    after = state.clone()
    operation = AddIndexOnline("thing", INDEX)
    operation.state_forwards("things", after)

    def indexes():
        with connection.cursor() as cursor:
            return "thing_word" in connection.introspection.get_constraints(cursor, "things_thing")

    try:
        with connection.schema_editor(atomic=False) as editor:
            operation.database_forwards("things", editor, state, after)
        assert indexes()
        with connection.schema_editor(atomic=False) as editor:
            operation.database_backwards("things", editor, after, state)
        assert not indexes()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE things_thing")


@pytest.mark.both
@pytest.mark.django_db
def test_every_column_that_the_previous_release_reads_is_there_and_every_row_it_writes_is_taken():
    assert columns.missing(PREVIOUS) == []
    assert columns.refused(PREVIOUS) == []


def test_the_record_of_the_previous_release_has_a_row_of_four_tables_in_five():
    without = [table for table, described in PREVIOUS.items() if described["row"] is None]
    assert len(without) * 5 <= len(PREVIOUS)


@pytest.mark.both
@pytest.mark.django_db
def test_a_column_that_is_gone_and_one_that_must_be_written_are_found():
    row = PREVIOUS["accounts_desk"]["row"]
    kept = {name: value for name, value in row.items() if name != "name"}
    assert columns.missing({"accounts_desk": {"columns": {"gone": {}, "name": {}}, "row": None}}) == [
        "accounts_desk.gone"
    ]
    assert columns.missing({"no_such_table": {"columns": {"id": {}}, "row": None}}) == ["no_such_table.id"]
    [said] = columns.refused({"accounts_desk": {**PREVIOUS["accounts_desk"], "row": kept}})
    assert said.startswith("accounts_desk: ")
    assert columns.refused({"accounts_desk": PREVIOUS["accounts_desk"]}) == []


@pytest.mark.django_db
def test_the_record_is_written_from_the_rows_that_are_there_without_their_secrets(tmp_path):
    make_staff()
    call_command("release_columns", str(tmp_path / "columns.json"), release="v9", verbosity=0)
    written = json.loads((tmp_path / "columns.json").read_text())
    person = written["tables"]["accounts_user"]
    assert (written["release"], person["row"]["password"]) == ("v9", "!")
    assert person["columns"]["username"] == {"type": "CharField", "max_length": 150}
    assert (
        columns.refused(
            {
                "accounts_user": {
                    **person,
                    "row": {**person["row"], "id": 10**6, "username": "new", "email": "new@daily.example"},
                }
            }
        )
        == []
    )
