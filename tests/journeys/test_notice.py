"""Stories of the promise, the figures and the gate, through the pages of a started service."""

from __future__ import annotations

import csv
import io
import re
import secrets
import subprocess
import sys

import pytest
import requests

from tests.journeys.people import Browser, Editor, Partner
from tests.journeys.stack import text_of, wait
from tests.journeys.test_correction import article_of, editor_at

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def reported(stack, number, **words):
    """A reader's report on one of the articles, from the form. The browser on the private page, and the reference."""
    reader = Browser(stack.base).open(f"/corrections/new/?url={article_of(stack, number)['url']}")
    reader.send({"claim": f"The figure is wrong. {secrets.token_hex(8)}", "category": "number_or_date", **words})
    return reader, re.search(r"R-[2-9A-Z]{8}-[2-9A-Z]", reader.text).group(0)


def at_work_page(editor, reference):
    editor.open(f"/admin/corrections/report/?q={reference}&open=all")
    return editor.open(editor.page.xpath(f"//a[contains(., '{reference}')]/@href")[0])


def test_an_urgent_report_pages_somebody_and_its_whole_life_can_be_handed_to_an_auditor(stack):
    _reader, reference = reported(stack, 3, urgent="on", urgent_reason="child")
    page = stack.wait_for_mail("@", saying=f"URGENT report {reference}")[0]
    assert "Take it up by" in text_of(page)
    standards = editor_at(stack, "standards", text_of(page))
    assert reference in standards.text
    standards.press("take_up").press("note", {"words": '=HYPERLINK("https://x.example")'})
    address = standards.url
    standards.press("export", {"reason": "Our regulator asks.", "with_words": "on"})
    rows = list(csv.DictReader(io.StringIO(standards.response.text, newline="")))
    events = [row["what"] for row in rows if row["part"] == "event"]
    assert events == ["report.submitted", "report.paged", "report.taken_up", "report.exported"]
    assert [row["what"] for row in rows if row["part"] == "promise"][-1] == "acknowledge kept in time"
    assert '\'=HYPERLINK("https://x.example")' in [row["words"] for row in rows]
    assert "Our regulator asks." in standards.open(address).text


def test_opened_figures_say_the_same_in_every_form_and_the_desk_has_those_that_count_few_readers_too(stack):
    page = f"{stack.base}/corrections/statistics/"
    assert "How we keep our promise" in requests.get(page, timeout=20).text
    figures = requests.get(f"{page}?format=json", timeout=20).json()
    lines = list(csv.DictReader(io.StringIO(requests.get(f"{page}?format=csv", timeout=20).text)))
    editor = Editor(stack, "editor").open("/admin/corrections/report/")
    assert "Nothing is left out here" in editor.open("/admin/corrections/report/statistics/").text
    desk = editor.open("/admin/corrections/report/statistics/?format=csv").response.text
    assert "" in {line["received"] for line in lines}
    assert "" not in {line["received"] for line in csv.DictReader(io.StringIO(desk))}
    total = next(line for line in lines if line["group"] == "total")
    for column in ("received", "accepted", "corrections", "articles", "corrections_per_1000_articles"):
        assert total[column] == ("" if figures["totals"][column] is None else str(figures["totals"][column])), column


def test_a_form_counts_once_and_what_is_doubted_is_held_with_the_reason_for_the_desk_alone(stack):
    reader = Browser(stack.base).open(f"/corrections/new/?url={article_of(stack, 5)['url']}")
    form = dict(reader._form("").form_values()) | {"claim": f"The name is wrong. {secrets.token_hex(8)}"}
    sent = [requests.post(reader.url, data=form, timeout=20) for _ in range(2)]
    assert sent[0].url == sent[1].url
    assert "/corrections/reports/" in sent[0].url

    trapped, reference = reported(stack, 5, website="https://spam.example", email="troll@reader.example")
    assert "Received" in trapped.text
    editor = at_work_page(Editor(stack, "editor"), reference)
    assert "A field that people do not see was filled in" in editor.text
    editor.press("list_sender", {"kind": "address", "reason": "A machine.", "days": "30"})
    _next, other = reported(stack, 5, email="Troll@Reader.example")
    at_work_page(editor, other)
    assert "The address is on the list of senders to look at" in editor.text
    assert "troll" not in editor.open("/admin/corrections/listedsender/").text.lower()


def log_verifies(stack, folder):
    """Whether the newsroom's own program, run as a reader would, accepts its log as it is served now."""
    program = folder / "verify_corrections.py"
    program.write_bytes(requests.get(f"{stack.base}/corrections/ledger/verify_corrections.py", timeout=20).content)
    key = requests.get(f"{stack.base}/api/v1/ledger/key/", timeout=20).text.strip()
    checkpoint, entries = folder / "checkpoint.txt", folder / "entries.json"
    signed = f"{stack.base}/api/v1/ledger/checkpoint/"
    wait(lambda: requests.get(signed, timeout=20).status_code == 200, "the first checkpoint", seconds=90)
    checkpoint.write_bytes(requests.get(signed, timeout=20).content)
    entries.write_bytes(requests.get(f"{stack.base}/api/v1/ledger/entries/?limit=1000", timeout=20).content)
    ran = subprocess.run(
        [sys.executable, program, "--key", key, "--checkpoint", checkpoint, "--entries", entries],
        capture_output=True,
        text=True,
        timeout=60,
    )
    return ran.returncode == 0 or ran.stdout + ran.stderr


def test_a_notice_is_linted_published_alone_placed_and_suppressed_everywhere(stack, tmp_path):
    article = article_of(stack, 4)
    words = f"An earlier version of this article misstated the length of the pier as {secrets.randbelow(10**9)} feet."
    standards = Editor(stack, "standards").open("/admin/corrections/correction/start/correction/")
    standards.send({"article": article["reference"], "kind": "correction"}, action="/start/correction/")
    told = {"kind": "correction", "severity": "high", "not_fixed_reason": "The page is archived."}
    standards.press("edit", told | {"text": f"{words} Write to rita@reader.example."})
    assert "Take “rita@reader.example” out" in standards.text
    assert "/do/publish_urgent/" not in standards.response.text
    standards.press("edit", told | {"text": f"{words} It is 1,450 feet."})
    standards.press("publish_urgent", {"words": "Front page."})
    notice = re.search(r"C-[2-9A-Z]{8}-[2-9A-Z]", standards.text).group(0)
    standards.press("place", {"where": "homepage", "url": "https://harbor.example/"})
    assert "https://harbor.example/" in standards.text

    doors = {
        f"/corrections/{notice}/",
        "/corrections/",
        "/corrections/feed.atom",
        "/corrections/feed.json",
        f"/articles/{article['reference']}/",
        f"/articles/{article['reference']}/feed.atom",
        f"/articles/{article['reference']}/feed.json",
        f"/embed/article/?url={article['url']}",
        "/api/v1/corrections/",
        f"/api/v1/corrections/{notice}/",
        f"/api/v1/articles/{article['reference']}/corrections/",
        f"/api/v1/articles/{article['reference']}/jsonld/",
    }
    kept = {door: requests.get(stack.base + door, timeout=20) for door in sorted(doors)}
    assert {door for door, copy in kept.items() if words not in copy.text} == set()
    Editor(stack, "legal").open(standards.url).press("suppress", {"words": "Order 12 O 3/26"})
    for door, copy in kept.items():
        again = requests.get(stack.base + door, headers={"If-None-Match": copy.headers["ETag"]}, timeout=20)
        assert again.status_code == (410 if notice in door else 200), door
        assert words not in again.text, door
        assert again.headers.get("ETag") != copy.headers["ETag"], door
    assert words not in Partner(stack, "").call("GET", f"/articles/{article['reference']}/history/", expect=200).text
    entries = Partner(stack, "").call("GET", "/ledger/entries/?limit=1000", expect=200).json()["entries"]
    assert notice in [entry["leaf"]["reference"] for entry in entries]
    assert log_verifies(stack, tmp_path) is True


def published(stack, start, words):
    """A notice that standards begins and publishes alone. The editor on its page, and its reference."""
    standards = Editor(stack, "standards").open("/admin/corrections/correction/start/correction/")
    standards.send(start, action="/start/correction/")
    standards.press("edit", {"kind": start["kind"], "severity": "low", "not_fixed_reason": "In print only.", **words})
    standards.press("publish_urgent", {"words": "It cannot wait."})
    return standards, re.search(r"C-[2-9A-Z]{8}-[2-9A-Z]", standards.text).group(0)


def statuses(stack, article):
    """Reference → status, of the article's public notices."""
    rows = Partner(stack, "").call("GET", f"/articles/{article['reference']}/corrections/", expect=200).json()
    return {row["reference"]: row["status"] for row in rows["results"]}


def test_a_notice_is_superseded_a_retraction_withdrawn_and_back_and_a_reply_published(stack):
    article = article_of(stack, 8)
    mark = secrets.randbelow(10**9)
    wrong = f"An earlier version of this article misstated the number of seats as {mark}. It is 1,450."
    _page, first = published(stack, {"article": article["reference"], "kind": "correction"}, {"text": wrong})
    again = f"A correction of this article misstated the number of seats as 1,450. It is {mark + 1}."
    _page, newer = published(stack, {"target": first, "effect": "supersede", "kind": "correction"}, {"text": again})
    assert (statuses(stack, article)[first], statuses(stack, article)[newer]) == ("superseded", "published")
    assert newer in Browser(stack.base).open(f"/corrections/{first}/").text

    taken = f"We retract this article because the survey in it was invented. Case {mark}."
    _page, retraction = published(stack, {"article": article["reference"], "kind": "retraction"}, {"text": taken})
    page = Browser(stack.base)
    assert "This article has been retracted." in page.open(f"/articles/{article['reference']}/").text
    back = {"target": retraction, "effect": "withdraw", "kind": "editors_note"}
    published(stack, back, {"text": f"The survey exists: the retraction of this article was an error. Case {mark}."})
    assert statuses(stack, article)[retraction] == "withdrawn"
    assert "This article has been retracted." not in page.open(f"/articles/{article['reference']}/").text
    once_more = {"target": retraction, "effect": "reinstate", "kind": "editors_note"}
    published(stack, once_more, {"text": f"The survey was invented after all: the retraction stands. Case {mark}."})
    assert statuses(stack, article)[retraction] == "published"
    assert "This article has been retracted." in page.open(f"/articles/{article['reference']}/").text

    own = f"I was never asked about case {mark}, and I did not say it."
    _page, reply = published(stack, {"article": article_of(stack, 9)["reference"], "kind": "reply"}, {"text": own})
    assert own in page.open(f"/corrections/{reply}/").text
    assert "Reply" in page.text
