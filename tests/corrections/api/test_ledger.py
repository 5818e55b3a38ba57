"""The public log by API: checkpoint, key, entries and proofs, checked as an outsider would."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from corrections.ledger import merkle, verify_corrections
from corrections.ledger.checkpoint import VerifierKey, open_checkpoint
from corrections.models import LedgerEntry
from corrections.services import checkpoints
from tests.factories import make_correction, make_publication

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_memory")]
ROOT = "/api/v1/ledger/"


@pytest.fixture
def log(publication):
    """A function that publishes so many notices and signs."""

    def grow(count, *, sign=True):
        for _ in range(count):
            make_correction(publication, status="published")
        return checkpoints.sign() if sign else None

    return grow


def proof(client, **parameters):
    answer = client.get(f"{ROOT}proof/", parameters)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_the_checkpoint_is_plain_text_that_the_key_verifies(anyone, log):
    log(3)
    answer = anyone.get(f"{ROOT}checkpoint/")
    key = anyone.get(f"{ROOT}key/")
    assert answer["Content-Type"] == key["Content-Type"] == "text/plain; charset=utf-8"
    checkpoint = open_checkpoint(answer.content.decode(), [VerifierKey.parse(key.content.decode().strip())])
    assert (checkpoint.origin, checkpoint.size) == ("testserver/corrections", 3)
    hashes = [bytes.fromhex(entry["leaf_hash"]) for entry in anyone.get(f"{ROOT}entries/").json()["entries"]]
    assert merkle.root(hashes) == checkpoint.root


@pytest.mark.parametrize("accept", ["*/*", "text/plain", "application/json", "text/html"])
def test_it_is_text_whatever_the_caller_accepts(anyone, log, accept):
    signed = log(1)
    assert anyone.get(f"{ROOT}checkpoint/", headers={"accept": accept}).content.decode() == signed.text


def test_an_earlier_checkpoint_is_read_by_its_size(anyone, log):
    older, newer = log(2), log(1)
    assert anyone.get(f"{ROOT}checkpoint/?size=2").content.decode() == older.text
    assert anyone.get(f"{ROOT}checkpoint/?size=3").content.decode() == newer.text
    missing = anyone.get(f"{ROOT}checkpoint/?size=1")
    assert (missing.status_code, json.loads(missing.content)["code"]) == (404, "not_found")
    for size in ("", "-1", "x", "1" * 16, "٣"):
        assert anyone.get(f"{ROOT}checkpoint/", {"size": size}).status_code == 422, size


def test_before_the_first_signature_there_is_a_problem_and_no_checkpoint(anyone, log):
    for _ in range(2):
        answer = anyone.get(f"{ROOT}checkpoint/", headers={"accept": "text/plain"})
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
        assert json.loads(answer.content)["code"] == "not_found"
        log(1, sign=False)


def test_entries_come_in_order_and_in_parts(anyone, log):
    log(3)
    first = anyone.get(f"{ROOT}entries/", {"limit": 2}).json()
    second = anyone.get(first["next"]).json()
    assert first["next"] == "http://testserver/api/v1/ledger/entries/?limit=2&start=2"
    assert second["next"] is None
    entries = first["entries"] + second["entries"]
    assert [entry["index"] for entry in entries] == [0, 1, 2]
    for entry, row in zip(entries, LedgerEntry.objects.order_by("index"), strict=True):
        assert entry == {"index": row.index, "leaf": json.loads(row.leaf), "leaf_hash": row.leaf_hash}
    assert anyone.get(f"{ROOT}entries/", {"start": 3}).json() == {"entries": [], "next": None}


def test_a_leaf_names_no_person_headline_or_address(anyone, log):
    log(1)
    [entry] = anyone.get(f"{ROOT}entries/").json()["entries"]
    assert set(entry["leaf"]) == {"type", "reference", "publication", "kind", "at", "commitment"}


def test_every_entry_of_every_size_can_be_proved(anyone, log):
    log(7)
    hashes = [bytes.fromhex(row) for row in LedgerEntry.objects.order_by("index").values_list("leaf_hash", flat=True)]
    for size in range(1, 8):
        root = merkle.root(hashes[:size])
        for index in range(size):
            answer = proof(anyone, index=index, size=size)
            assert (answer["index"], answer["size"]) == (index, size)
            path = [bytes.fromhex(text) for text in answer["hashes"]]
            assert merkle.verify_inclusion(leaf=hashes[index], index=index, size=size, proof=path, root_hash=root)


def test_that_the_log_only_grew_can_be_proved_between_any_two_sizes(anyone, log):
    log(7)
    hashes = [bytes.fromhex(row) for row in LedgerEntry.objects.order_by("index").values_list("leaf_hash", flat=True)]
    for new in range(8):
        for old in range(new + 1):
            answer = proof(anyone, **{"from": old, "to": new})
            assert (answer["from"], answer["to"]) == (old, new)
            path = [bytes.fromhex(text) for text in answer["hashes"]]
            assert merkle.verify_consistency(
                old=old, new=new, old_root=merkle.root(hashes[:old]), new_root=merkle.root(hashes[:new]), proof=path
            )


@pytest.mark.parametrize(
    ("route", "parameters", "pointer", "code"),
    [
        ("entries", {"start": "-1"}, "/start", "whole_number"),
        ("entries", {"start": "x"}, "/start", "whole_number"),
        ("entries", {"start": "1" * 16}, "/start", "whole_number"),
        ("entries", {"start": "٣"}, "/start", "whole_number"),
        ("entries", {"limit": "0"}, "/limit", "whole_number"),
        ("entries", {"limit": "1001"}, "/limit", "whole_number"),
        ("entries", {"page": "1"}, "/page", "unknown_parameter"),
        ("proof", {}, "", "required"),
        ("proof", {"index": "0"}, "", "required"),
        ("proof", {"index": "0", "size": "1", "from": "0"}, "", "required"),
        ("proof", {"index": "2", "size": "2"}, "/index", "out_of_range"),
        ("proof", {"index": "0", "size": "3"}, "/index", "out_of_range"),
        ("proof", {"index": "0", "size": "0"}, "/index", "out_of_range"),
        ("proof", {"from": "2", "to": "1"}, "/from", "out_of_range"),
        ("proof", {"from": "0", "to": "3"}, "/from", "out_of_range"),
        ("proof", {"from": "", "to": "1"}, "/from", "whole_number"),
        ("checkpoint", {"index": "1"}, "/index", "unknown_parameter"),
        ("checkpoint", {"size": "x"}, "/size", "whole_number"),
        ("key", {"x": "1"}, "/x", "unknown_parameter"),
        ("keys", {"x": "1"}, "/x", "unknown_parameter"),
    ],
)
def test_what_has_no_meaning_is_refused_with_its_place(anyone, log, route, parameters, pointer, code):
    log(2)
    answer = anyone.get(f"{ROOT}{route}/", parameters)
    assert answer.status_code == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [(pointer, code)]


def test_anyone_may_keep_and_revalidate_what_the_log_says(anyone, log):
    log(2)
    for url in ("checkpoint/", "key/", "keys/", "entries/", "proof/?index=0&size=2"):
        answer = anyone.get(ROOT + url)
        assert answer["Cache-Control"].startswith("public, max-age=")
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert anyone.get(ROOT + url, headers={"if-none-match": answer["ETag"]}).status_code == 304


def test_entries_cost_the_same_for_one_and_for_thirty(anyone, log):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            count = len(anyone.get(f"{ROOT}entries/").json()["entries"])
        return count, len(queries)

    log(1)
    one = cost()
    log(29)
    assert (one[0], cost()) == (1, (30, one[1]))


def test_the_readers_program_accepts_what_is_served_and_finds_what_was_changed(anyone, log):
    older = log(2).text
    log(3)
    make_publication()
    key = anyone.get(f"{ROOT}key/").content.decode().strip()
    newest = anyone.get(f"{ROOT}checkpoint/").content.decode()
    pages = [anyone.get(f"{ROOT}entries/", {"start": start, "limit": 2}).content.decode() for start in (0, 2, 4)]
    notice = anyone.get("/api/v1/corrections/").json()["results"][0]
    told = verify_corrections.verify([key], newest, pages, [(older, "")], json.dumps(notice))
    assert told[0] == "The checkpoint of testserver/corrections is signed and fits its 5 entries."
    assert told[1] == "Nothing was changed since the checkpoint of 2 entries."
    assert told[2].startswith("The notice is entry 4, dated ")
    notice["text"] = "We were always right."
    with pytest.raises(verify_corrections.Wrong, match="shows another text"):
        verify_corrections.verify([key], newest, pages, [], json.dumps(notice))


def test_the_description_tells_both_proofs_apart(anyone):
    schemas = anyone.get("/api/schema/").json()["components"]["schemas"]
    assert schemas["LedgerProof"]["oneOf"] == [
        {"$ref": "#/components/schemas/InclusionProof"},
        {"$ref": "#/components/schemas/ConsistencyProof"},
    ]
    assert sorted(schemas["InclusionProof"]["required"]) == ["hashes", "index", "size"]
    assert sorted(schemas["ConsistencyProof"]["required"]) == ["from", "hashes", "to"]
