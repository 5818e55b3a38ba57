"""Checkpoints that nobody here can take back: hooks, the daily mail, files for a public git, a notice's page."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail as outbox

from corrections import tasks
from corrections.ledger.verify_corrections import verify_proof
from corrections.models import LedgerCheckpoint, LedgerHead
from corrections.services import checkpoints, pinning
from newsroom.accounts.models import Organization
from newsroom.events import delivery, endpoints, planning, upkeep
from newsroom.events.models import Delivery, Event
from tests.factories import make_correction, verified

pytestmark = [pytest.mark.django_db, pytest.mark.both]
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def own_memory(settings, tmp_path):
    """A signer whose memory is this test's own."""
    settings.VAR = tmp_path / "var"
    settings.VAR.mkdir()


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveler:
        yield traveler


def publish_and_sign():
    make_correction(status="published")
    tasks.sign_checkpoint()
    return LedgerCheckpoint.objects.first()


def hooks():
    planning.plan_due()
    return [
        (row.endpoint.url, json.loads(row.body))
        for row in Delivery.objects.filter(channel="webhook", event__kind="ledger.signed").order_by("pk")
    ]


def make_endpoint(name, *types):
    owner = Organization.objects.create(name=name, slug=name)
    verified(endpoints.create(owner, url=f"https://{name}.example/hook", types=types)[0])


def test_an_endpoint_that_asks_is_posted_the_signed_checkpoint_and_no_other_is(clock):
    make_endpoint("asks", "ledger.signed")
    make_endpoint("takes-all")
    make_endpoint("takes-others", "correction.published")
    signed = publish_and_sign()
    body = {
        "type": "ledger.signed",
        "timestamp": "2026-11-20T12:00:00Z",
        "data": {
            "checkpoint": signed.text,
            "url": "http://testserver/api/v1/ledger/checkpoint/",
            "size": 1,
            "root": signed.root,
        },
    }
    assert hooks() == [("https://asks.example/hook", body)]


def test_a_hook_says_something_new_and_comes_once_an_hour(clock):
    make_endpoint("asks", "ledger.signed")
    publish_and_sign()
    clock.shift(59 * timedelta(minutes=1))
    publish_and_sign()
    assert [body["data"]["size"] for _, body in hooks()] == [1]
    clock.shift(timedelta(minutes=1))
    tasks.sign_checkpoint()
    clock.shift(5 * HOUR)
    tasks.sign_checkpoint()
    assert [body["data"]["size"] for _, body in hooks()] == [1, 2]


def test_how_often_is_a_setting(clock, settings):
    settings.CHECKPOINT_HOOK_SECONDS = 0
    make_endpoint("asks", "ledger.signed")
    publish_and_sign()
    publish_and_sign()
    assert [body["data"]["size"] for _, body in hooks()] == [1, 2]


def test_each_address_gets_one_mail_a_day_with_the_checkpoint_as_it_is(clock, settings):
    settings.CHECKPOINT_MAIL_TO = ["archive@library.example", "prof@university.example"]
    signed = publish_and_sign()
    clock.shift(HOUR)
    tasks.sign_checkpoint()
    delivery.drain()
    letters = [letter for letter in outbox.outbox if letter.subject.startswith("Checkpoint of")]
    assert sorted(letter.to[0] for letter in letters) == ["archive@library.example", "prof@university.example"]
    assert {letter.subject for letter in letters} == {"Checkpoint of testserver/corrections: 1 entries"}
    assert all(signed.text in letter.body for letter in letters)
    clock.move_to(NOON + 12 * HOUR)
    tasks.sign_checkpoint()
    assert Event.objects.filter(kind="ledger.reported").count() == 2


def test_the_rows_about_a_daily_mail_hold_no_address_and_a_removed_one_gets_nothing(clock, settings):
    settings.CHECKPOINT_MAIL_TO = ["Archive@library.example"]
    publish_and_sign()
    planning.plan_due()
    row = Delivery.objects.get(recipient_kind="witness")
    assert row.recipient_key == pinning.witness_key("archive@library.example")
    settings.CHECKPOINT_MAIL_TO = []
    delivery.drain()
    row.refresh_from_db()
    assert (row.state, row.last_error) == ("canceled", "no address (any more)")


def test_without_the_settings_nobody_is_mailed_and_nothing_is_written(clock, tmp_path):
    publish_and_sign()
    assert Event.objects.filter(kind="ledger.reported").count() == 0
    assert not pinning.write_files(LedgerCheckpoint.objects.first())


def test_nothing_is_copied_before_the_first_checkpoint_nor_when_the_signer_refuses(clock, settings, tmp_path):
    settings.CHECKPOINT_FOLDER = str(tmp_path / "pins")
    tasks.sign_checkpoint()
    assert not (tmp_path / "pins").exists()
    first = publish_and_sign()
    make_correction(status="published")
    LedgerHead.objects.filter(pk=1).update(size=1, frontier=["00" * 32])
    clock.shift(2 * HOUR)
    tasks.sign_checkpoint()
    assert (tmp_path / "pins" / "checkpoint.txt").read_text() == first.text
    assert Event.objects.filter(kind="ledger.signed").count() == 1


def test_the_folder_has_the_newest_checkpoint_the_key_and_a_line_for_each(clock, settings, tmp_path):
    settings.CHECKPOINT_FOLDER = str(tmp_path / "pins")
    first = publish_and_sign()
    clock.shift(HOUR)
    second = publish_and_sign()
    tasks.sign_checkpoint()
    files = {path.name: path.read_text() for path in (tmp_path / "pins").iterdir()}
    assert files.pop("history.jsonl").splitlines() == [
        json.dumps({"signed_at": at, "size": row.size, "root": row.root, "note": row.text}, ensure_ascii=False)
        for at, row in (("2026-11-20T12:00:00Z", first), ("2026-11-20T13:00:00Z", second))
    ]
    assert files == {"checkpoint.txt": second.text, "key.txt": f"{checkpoints.verifier_key()}\n"}


def test_a_line_that_a_crash_cut_off_is_taken_away_and_a_whole_one_is_not_written_twice(settings, tmp_path):
    folder = tmp_path / "pins"
    settings.CHECKPOINT_FOLDER = str(folder)
    publish_and_sign()
    whole = (folder / "history.jsonl").read_bytes()
    (folder / "history.jsonl").write_bytes(whole + whole[:40])
    (folder / "checkpoint.txt").unlink()
    assert pinning.write_files(LedgerCheckpoint.objects.first())
    assert (folder / "history.jsonl").read_bytes() == whole
    assert not pinning.write_files(LedgerCheckpoint.objects.first())


def test_a_folder_that_cannot_be_written_is_logged_and_does_not_stop_the_rest(clock, settings, tmp_path, caplog):
    (tmp_path / "file").write_text("in the way")
    settings.CHECKPOINT_FOLDER = str(tmp_path / "file" / "pins")
    publish_and_sign()
    assert "the checkpoint was not written to CHECKPOINT_FOLDER" in caplog.text
    assert Event.objects.filter(kind="ledger.signed").count() == 1


def test_how_long_a_leaf_has_waited_for_its_signature_is_a_number_to_watch(clock):
    assert upkeep.gauges() == {"ledger_unsigned_seconds": 0.0}
    make_correction(status="published")
    clock.shift(timedelta(seconds=95))
    assert upkeep.gauges() == {"ledger_unsigned_seconds": 95.0}
    checkpoints.sign()
    assert upkeep.gauges() == {"ledger_unsigned_seconds": 0.0}


def test_the_page_of_a_notice_shows_the_proof_and_its_file_verifies_offline(client):
    correction = make_correction(status="published")
    page = f"/corrections/{correction.reference}/"
    assert "is signed within a minute" in client.get(page).content.decode()
    assert client.get(f"{page}notice.tlog-proof").status_code == 404
    make_correction(status="published")
    signed = checkpoints.sign()
    shown = client.get(page).content.decode()
    assert signed.text.splitlines()[2] in shown
    file = client.get(f"{page}notice.tlog-proof")
    assert file["Content-Disposition"] == f'attachment; filename="{correction.reference}.tlog-proof"'
    notice = client.get(f"/api/v1/corrections/{correction.reference}/").content.decode()
    key = client.get("/api/v1/ledger/key/").content.decode()
    assert verify_proof([key], file.content.decode(), notice)[0] == (
        "Entry 0 is in the log of 2 entries that testserver/corrections signed."
    )


def test_a_notice_that_is_not_public_has_no_proof_file(client):
    draft = make_correction()
    assert client.get(f"/corrections/{draft.reference}/notice.tlog-proof").status_code == 404
    assert client.get("/corrections/C-0/notice.tlog-proof").status_code == 404
