"""What a reader downloads to check the log: all of it in one file, and of each notice that nothing changed since."""

import base64
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from corrections.ledger.verify_corrections import Wrong, verify, verify_consistency
from corrections.models import LedgerCheckpoint
from corrections.services import checkpoints, recovery
from corrections.services import correction as notices
from newsroom.articles.models import Article
from tests.factories import make_article, make_correction, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def published(daily):
    article = make_article(daily, url="https://daily.example/politics/bridge", headline="Bridge opens late")
    return make_correction(
        article=article, status="published", original_text="cost 7.1 million", corrected_text="cost 7.31 million"
    )


@pytest.fixture
def legal(daily):
    return make_staff(daily, "legal")


def whole_log(client):
    """The one download, as text."""
    answer = client.get("/corrections/ledger/corrections-log.json")
    assert answer["Content-Type"] == "application/json; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="corrections-log.json"'
    assert answer["Cache-Control"] == "public, max-age=60"
    assert answer.cookies == {}
    return b"".join(answer.streaming_content).decode()


def verified(text, **more):
    return verify([checkpoints.verifier_key()], "", [text], [], notices=[text], **more)


def replace_notice(daily, target):
    editor = make_staff(daily, "desk_editor")
    newer = notices.start(daily, by=editor, articles=[], target=target, effect="supersede")
    newer = notices.edit(newer, by=editor, text="The cost was wrong. It is 1.46.", not_fixed_reason="Print only.")
    notices.send_for_approval(newer, by=editor)
    return notices.publish(newer, by=make_staff(daily, "standards_editor"))


def test_the_whole_log_is_one_download_and_the_program_finds_it_whole(client, daily, published, legal):
    make_correction(daily, status="published", kind="minor_fix")
    checkpoints.sign()
    replace_notice(daily, published)
    size = 4
    assert verified(whole_log(client)) == [
        f"The checkpoint of testserver/corrections is signed and fits its {size} entries.",
        "The 3 notices are those of the log, and each says what was committed to.",
    ]
    notices.suppress(published, by=legal, words="Order 7 O 1/26")
    text = whole_log(client)
    assert "7.31 million" not in text
    assert "Order 7" not in text
    assert verified(text)[-1].endswith(f"The words of 1 were removed and cannot be checked: {published.reference}.")


def test_the_program_finds_the_log_whole_while_an_article_of_it_is_under_embargo(client, daily, published):
    Article.objects.update(embargoed_until=timezone.now() + timedelta(hours=1))
    checkpoints.sign()
    assert verified(whole_log(client))[-1].startswith("The 1 notices are those of the log")


def test_a_notice_hidden_under_an_injunction_is_not_in_the_download(client, published, legal):
    notices.suppress(published, by=legal, words="Injunction", hidden=True)
    checkpoints.sign()
    text = whole_log(client)
    assert json.loads(text)["results"] == []
    assert verified(text, gone=[published.reference])[-1].startswith("The 0 notices are those of the log")
    with pytest.raises(Wrong, match=f"Entry 0 published {published.reference}, which is not among the notices"):
        verified(text)


def test_the_download_is_made_of_pieces_that_fit(client, daily, monkeypatch):
    monkeypatch.setattr("corrections.views.ledger.CHUNK", 2)
    for _ in range(5):
        make_correction(daily, status="published")
    checkpoints.sign()
    document = json.loads(whole_log(client))
    assert [entry["index"] for entry in document["entries"]] == [0, 1, 2, 3, 4]
    assert len(document["results"]) == 5
    assert verified(json.dumps(document))[-1].startswith("The 5 notices are those of the log")


def test_before_anything_is_published_there_is_nothing_to_download(client, daily):
    assert client.get("/corrections/ledger/corrections-log.json").status_code == 404


def test_a_notice_shows_that_nothing_was_changed_since_it_came(client, daily, published):
    path = f"/corrections/{published.reference}/"
    older = checkpoints.sign()
    assert client.get(path).context["proof"]["growth"] is None
    assert "nothing was changed since" not in client.get(path).content.decode()
    for _ in range(2):
        make_correction(daily, status="published")
    newer = checkpoints.sign()
    page = client.get(path)
    growth = page.context["proof"]["growth"]
    assert growth["older"] == older
    text = page.content.decode().replace("&#x2B;", "+").replace("&amp;", "&")
    assert "The proof that nothing was changed since" in text
    served = {}
    for address in ("checkpoint/?size=1", "checkpoint/?size=3", "proof/?from=1&to=3"):
        assert f'href="/api/v1/ledger/{address}"' in text
        served[address] = client.get(f"/api/v1/ledger/{address}").content.decode()
    assert json.loads(served["proof/?from=1&to=3"])["hashes"] == growth["path"]
    key = [checkpoints.verifier_key()]
    assert served["checkpoint/?size=3"] == newer.text
    assert verify_consistency(
        key, served["checkpoint/?size=3"], served["checkpoint/?size=1"], served["proof/?from=1&to=3"]
    )


def rotated(settings, *numbers):
    """The ring of keys, the first one first."""
    settings.LEDGER_KEYS = [base64.urlsafe_b64encode(bytes([number] * 32)).decode() for number in numbers]


def test_after_a_change_of_key_the_pages_name_the_earlier_one_and_the_proof_uses_both(
    client, daily, published, settings
):
    rotated(settings, 1)
    old = checkpoints.verifier_key()
    checkpoints.sign()
    make_correction(daily, status="published")
    rotated(settings, 2)
    checkpoints.sign()
    text = client.get("/corrections/ledger/").content.decode().replace("&#x2B;", "+")
    assert "Earlier keys." in text
    assert text.count(old) == 1
    text = client.get(f"/corrections/{published.reference}/").content.decode().replace("&#x2B;", "+")
    command = text.rpartition("python verify_corrections.py")[2].partition("</pre>")[0].replace("&quot;", '"')
    assert [old in command, checkpoints.verifier_key() in command] == [True, True]


def test_the_page_says_what_a_log_lost_that_this_one_follows(client, daily, published, settings):
    checkpoints.sign()
    assert "took the place of" not in client.get("/corrections/ledger/").content.decode()
    recovery.start_new_log("testserver/corrections-2")
    settings.LEDGER_ORIGIN = "testserver/corrections-2"
    said = "This log goes on where testserver/corrections ended, with all of its 1 entries."
    assert said in client.get("/corrections/ledger/").content.decode()
    make_correction(daily, status="published")
    newest = checkpoints.sign()
    lost = newest.text.replace("testserver/corrections 1 ", "testserver/corrections 7 ")
    LedgerCheckpoint.objects.create(size=2, root=newest.root, text=lost, signed_at=newest.signed_at)
    text = client.get("/corrections/ledger/").content.decode()
    assert "took the place of testserver/corrections, which had 7 entries." in text
    assert "kept the first 1." in text
