"""Story one: a reader finds an error, the desk corrects it, everyone who waited is told."""

from __future__ import annotations

import re
import secrets

import pytest
import requests

from tests.journeys.people import Browser, Editor, Partner, link_in
from tests.journeys.stack import text_of

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def report_as_reader(stack, article, *, claim, email="", quote=""):
    reader = Browser(stack.base)
    reader.open("/")
    assert "/corrections/new/" in reader.response.text
    reader.open(f"/corrections/new/?url={article['url']}&quote={quote}")
    reader.send({"claim": claim, "category": "number_or_date", "email": email, "name": "Rita Reader"})
    reference = re.search(r"R-[2-9A-Z]{8}-[2-9A-Z]", reader.text).group(0)
    return reader, reference


def article_of(stack, number=0):
    return stack.demo["articles"][number]


def editor_at(stack, username, mail_text):
    editor = Editor(stack, username)
    return editor.open(link_in(mail_text, "/admin/corrections/"))


def test_a_report_becomes_a_published_correction(stack):
    article = article_of(stack)
    address = f"rita-{secrets.token_hex(4)}@reader.example"
    reader, reference = report_as_reader(
        stack, article, claim="The figure in the second paragraph is wrong.", email=address
    )
    private = reader.url
    assert "noindex" in reader.response.headers["X-Robots-Tag"]
    assert "no-store" in reader.response.headers["Cache-Control"]
    assert re.search(r"20\d\d", reader.text)

    receipt = stack.wait_for_mail(address)[0]
    confirm = link_in(text_of(receipt), "/corrections/confirm/")
    before = requests.get(confirm, timeout=20)
    assert before.status_code == 200
    Browser(stack.base).open(confirm).send()

    desk_mail = stack.wait_for_mail("@", saying="/admin/corrections/report/")
    desk_mail = next(mail for mail in desk_mail if reference in text_of(mail))
    assert "second paragraph is wrong" not in text_of(desk_mail)
    editor = editor_at(stack, "editor", text_of(desk_mail))
    editor.press("take_up").press("ask", {"words": "Which figure do you mean?"})

    question = stack.wait_for_mail(address, saying="/corrections/reports/", count=1)
    asked = stack.wait_for_mail(address, saying="Which figure do you mean?")
    assert question
    assert asked
    returning = Browser(stack.base).open(link_in(text_of(asked[0]), "/corrections/reports/"))
    assert "Which figure do you mean?" in returning.text
    returning.send({"words": "The cost of the bridge."}, action="/reply/")
    assert "The cost of the bridge." in returning.text

    editor.open(editor.url).press("accept")
    correction = editor.page.xpath("//main//a[contains(@href, '/corrections/correction/')]/@href")[0]
    words = "An earlier version of this article misstated the cost. The correct figure is 1.45 million."
    editor.open(correction).press(
        "edit",
        {
            "kind": "correction",
            "severity": "high",
            "text": words,
            "original_text": "1.2 million",
            "corrected_text": "1.45 million",
            "not_fixed_reason": "The page is archived.",
        },
    )
    notice = re.search(r"C-[2-9A-Z]{8}-[2-9A-Z]", editor.text).group(0)
    editor.press("answer_warning", {"code": "passage_not_found", "words": "It stood in the archived page."})
    editor.press("send_for_approval")
    assert "/do/publish/" not in editor.response.text

    approval = stack.wait_for_mail("@", saying=f"{correction}")
    standards = editor_at(stack, "standards", text_of(approval[0]))
    standards.press("publish")

    outcome = stack.wait_for_mail(address, saying=f"/corrections/{notice}/")
    assert outcome
    for path in ("/corrections/", f"/corrections/{notice}/", f"/articles/{article['reference']}/"):
        page = Browser(stack.base).open(path)
        assert "misstated the cost" in page.text, path
        assert "Set-Cookie" not in page.response.headers
    history = Partner(stack, "").call("GET", f"/articles/{article['reference']}/corrections/", expect=200).json()
    shown = next(row for row in history["results"] if row["reference"] == notice)
    assert (shown["text"], shown["status"], shown["reader_reported"]) == (words, "published", True)
    assert shown["ledger"]["opening"]["content"]["text"] == words
    ended = Browser(stack.base).open(link_in(text_of(outcome[0]), "/corrections/reports/"))
    assert notice in ended.response.text
    assert private


def test_decline_appeal_and_withdraw_from_the_private_page(stack):
    article = article_of(stack, 1)
    reader, reference = report_as_reader(stack, article, claim="I do not share this opinion.")
    editor = Editor(stack, "editor").open(f"/admin/corrections/report/?q={reference}")
    editor.open(editor.page.xpath(f"//a[contains(., '{reference}')]/@href")[0])
    editor.press("decline", {"code": "opinion", "words": "It is marked as an opinion."})

    reader.open(reader.url)
    assert "It is marked as an opinion." in reader.text
    reader.send({"words": "It states a fact, too."}, action="/appeal/")
    assert "/do/decline/" not in editor.open(editor.url).response.text
    standards = Editor(stack, "standards").open(editor.url)
    standards.press("decline", {"code": "no_error_found", "words": "We checked a second time."})
    reader.open(reader.url)
    assert "We checked a second time." in reader.text

    second, _reference = report_as_reader(stack, article, claim="Never mind this one, please.")
    page = second.response.text
    assert "/withdraw/" in page
    form = second._form("/withdraw/")
    ticks = {name: "on" for name in form.fields if name in {"sure", "confirm", "really"}}
    second.send(ticks, action="/withdraw/")
    assert "withdr" in second.text.lower() or "taken back" in second.text.lower()


def test_a_page_of_an_hour_ago_cannot_move_the_report(stack):
    _reader, reference = report_as_reader(stack, article_of(stack, 2), claim="The year is wrong.")
    ann, bob = Editor(stack, "editor"), Editor(stack, "standards")
    for person in (ann, bob):
        person.open(f"/admin/corrections/report/?q={reference}")
        person.open(person.page.xpath(f"//a[contains(., '{reference}')]/@href")[0])
    ann.press("take_up")
    bob.press("take_up", expect=409)
    assert "Someone changed this since you opened it" in bob.text


@pytest.mark.parametrize(
    "data",
    [
        {"claim": ""},
        {"claim": "x" * 100_000},
        {"claim": "a\x00b"},
        {"claim": "fine", "email": "not an address"},
        {"claim": "fine", "article_url": "https://unknown-host.example/x"},
        {"claim": "fine", "article_url": "javascript:alert(1)"},
    ],
)
def test_bad_input_keeps_what_was_typed(stack, data):
    reader = Browser(stack.base).open(f"/corrections/new/?url={article_of(stack)['url']}")
    words = {"suggestion": "KEEP-THESE-WORDS", **data}
    reader.send(words, expect=422)
    assert "KEEP-THESE-WORDS" in reader.response.text
