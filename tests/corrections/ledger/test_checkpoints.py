"""When the log is signed, by which keys, and what is handed out meanwhile."""

import base64
import json
import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import close_old_connections, connection

from corrections.ledger.checkpoint import VerifierKey, open_checkpoint
from corrections.ledger.verify_corrections import verify
from corrections.models import Correction, LedgerCheckpoint, LedgerEntry, LedgerKey
from corrections.services import checkpoints
from tests.corrections.ledger.rows import NOON, follow, forget_entries_from, ledger, publish

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
OLD, NEW = (base64.urlsafe_b64encode(bytes([number] * 32)).decode() for number in (1, 2))


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveler:
        yield traveler


def serve(client):
    return client.get("/api/v1/ledger/checkpoint/").content.decode()


def test_whoever_fetches_the_checkpoint_gets_one_over_all_that_is_published(client, clock):
    publish()
    first = checkpoints.sign()
    assert serve(client) == first.text
    publish()
    clock.shift(20 * MINUTE)
    fetched = serve(client)
    assert LedgerCheckpoint.objects.latest("pk").text == fetched != first.text
    publish()
    entries = client.get("/api/v1/ledger/entries/").content.decode()
    told = verify([checkpoints.verifier_key()], serve(client), [entries], [(fetched, "2026-11-20T12:20:00Z")])
    assert told[1] == "Nothing was changed since the checkpoint of 2 entries."


def test_where_nothing_may_be_written_the_newest_one_is_served(client, settings):
    publish()
    first = checkpoints.sign()
    publish()
    settings.READ_ONLY = True
    assert serve(client) == first.text
    assert LedgerCheckpoint.objects.count() == 1


def test_where_the_memory_is_another_processs_the_newest_one_is_served(client, own_memory):
    publish()
    first = checkpoints.sign()
    publish()
    (own_memory / "ledger_checkpoint").unlink()
    assert serve(client) == first.text


def test_a_clock_that_was_set_back_does_not_make_the_log_look_back_dated(client, clock, caplog):
    [first] = publish()
    clock.shift(-timedelta(days=1))
    [second] = publish()
    clock.shift(timedelta(days=1) + MINUTE)
    publish()
    dates = [json.loads(row.leaf)["at"] for row in LedgerEntry.objects.order_by("index")]
    assert dates == ["2026-11-20T12:00:00Z", "2026-11-20T12:00:00Z", "2026-11-20T12:01:00Z"]
    assert (first.published_at, Correction.objects.get(pk=second.pk).published_at) == (NOON, NOON)
    assert second.main_article.latest_correction_at == NOON
    assert "is 1 day, 0:00:00 ahead of the clock" in caplog.text
    checkpoints.sign()
    entries = client.get("/api/v1/ledger/entries/").content.decode()
    assert len(verify([checkpoints.verifier_key()], serve(client), [entries], [])) == 1
    assert ledger("verify").startswith("The public log of 3 entries is whole")


def test_a_clock_a_little_behind_is_no_reason_to_complain(clock, caplog):
    publish()
    clock.shift(-5 * MINUTE)
    follow(Correction.objects.get(), "withdraw")
    assert [row.at for row in LedgerEntry.objects.all()] == [NOON] * 3
    assert caplog.text == ""


def test_while_a_key_is_replaced_both_sign_and_then_the_old_one_is_known_to_have_signed(settings, client, clock):
    settings.LEDGER_KEYS = [OLD]
    publish()
    alone = checkpoints.sign()
    old = checkpoints.verifier_key()
    clock.shift(MINUTE)
    settings.LEDGER_KEYS = [NEW, OLD]
    new = checkpoints.verifier_key()
    both = checkpoints.sign()
    assert both.text != alone.text
    for key in (old, new):
        assert open_checkpoint(both.text, [VerifierKey.parse(key)]).size == 1
    clock.shift(MINUTE)
    settings.LEDGER_KEYS = [NEW]
    publish()
    last = checkpoints.sign()
    assert client.get("/api/v1/ledger/keys/").json() == {
        "keys": [
            {"vkey": new, "since": "2026-11-20T12:01:00Z", "until": None},
            {"vkey": old, "since": "2026-11-20T12:00:00Z", "until": "2026-11-20T12:02:00Z"},
        ]
    }
    assert client.get("/api/v1/ledger/key/").content.decode() == f"{new}\n"
    entries = client.get("/api/v1/ledger/entries/").content.decode()
    kept = [(row.text, "") for row in (alone, both)]
    assert len(verify([new, old], last.text, [entries], kept)) == 3
    assert ledger("verify").startswith("The public log of 2 entries is whole")


def test_a_key_that_signed_before_keys_were_written_down_is_dated_by_its_first_checkpoint(clock):
    publish()
    checkpoints.sign()
    LedgerKey.objects.all().delete()
    clock.shift(MINUTE)
    publish()
    checkpoints.sign()
    assert [row.since for row in LedgerKey.objects.all()] == [NOON]


def test_a_key_that_has_not_signed_yet_has_no_date(client, own_memory):
    assert [key["since"] for key in client.get("/api/v1/ledger/keys/").json()["keys"]] == [None]


def test_the_wait_for_a_signature_is_counted_while_signed_entries_are_missing(clock, allow_tampering):
    publish()
    checkpoints.sign()
    publish()
    checkpoints.sign().delete()
    assert checkpoints.unsigned_seconds() == 0
    forget_entries_from(1)
    clock.shift(MINUTE)
    assert checkpoints.unsigned_seconds() == 60


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_signers_at_once_in_several_processes_raise_no_false_alarm(caplog):
    publish(2)
    checkpoints.sign()
    gate, verdicts = threading.Barrier(4), []

    def sign():
        gate.wait()
        verdicts.extend(checkpoints.sign_or_complain() for _ in range(5))
        connection.close()

    def grow():
        gate.wait()
        publish(4)
        connection.close()

    threads = [threading.Thread(target=work) for work in (sign, sign, sign, grow)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    checkpoints.sign()
    assert verdicts == [True] * 15
    sizes = list(LedgerCheckpoint.objects.order_by("pk").values_list("size", flat=True))
    assert sizes == sorted(set(sizes))
    assert ledger("verify").startswith("The public log of 6 entries is whole; the newest checkpoint covers 6.")
