"""The reader's side, part by part: reporting, “same thing”, confirmed mail, and the private page."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime, timedelta

import pytest
import requests

from tests.journeys.people import Browser, Editor, Partner, link_in
from tests.journeys.stack import text_of

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
TEXT = (
    "The pier was opened in 1931 by the mayor of that time.\n\n"
    "The council spent 1.2 million on its repair, and the ferry company paid for the lamps."
)


def new_article(stack):
    """A story of this test alone, sent by the CMS, with a second address."""
    name = secrets.token_hex(4)
    known = Partner(stack, "").call("GET", f"/articles/{stack.demo['articles'][0]['reference']}/", expect=200).json()
    url = re.sub(r"/[^/]*$", f"/pier-{name}", known["url"])
    story = {"url": url, "aliases": [f"{url}?page=amp-{name}"], "headline": f"Pier repaired {name}", "body": TEXT}
    return Partner(stack, "cms").call("PUT", "/articles/", story, expect=201).json()


def report(stack, article, claim="It was 1.45 million: see the budget.", quote="1.2 million", **words):
    reader = Browser(stack.base).open(f"/corrections/new/?url={article['url']}&quote={quote}")
    reader.send({"claim": claim, "category": "number_or_date", **words})
    reference = re.search(r"R-[2-9A-Z]{8}-[2-9A-Z]", reader.text).group(0)
    return reader, reference


def desk_page(stack, reference, username="editor"):
    editor = Editor(stack, username).open(f"/admin/corrections/report/?q={reference}&open=all")
    return editor.open(editor.page.xpath(f"//a[contains(., '{reference}')]/@href")[0])


def test_a_reader_finds_the_article_by_any_address_and_tells_everything_in_one_form(stack):
    article = new_article(stack)
    page = Browser(stack.base).open(f"/corrections/new/?url={article['url']}%3Futm_source=mail&quote=1.2%20million")
    assert article["headline"] in page.text
    assert "spent 1.2 million on its repair" in page.text
    for words in ("What we promise", "You have our answer", "The rules", "The Estuary Press Council", "call us"):
        assert words in page.text, words
    draft = {
        "claim": "It was 1.45 million.",
        "suggestion": "1.45 million",
        "sources": "https://budget.example/2026#p3",
        "acting_for": "my client",
        "about_me": "on",
        "urgent": "on",
        "urgent_reason": "court_order",
        "phone": "+1 555 0123",
    }
    page.send({**draft, "sources": "budget"}, expect=422)
    assert "is not a web address" in page.text
    kept = page._form("/corrections/new/").fields
    assert [kept[name].strip() for name in ("claim", "acting_for", "phone")] == [
        "It was 1.45 million.",
        "my client",
        "+1 555 0123",
    ]
    page.send(draft)
    for words in ("Received", "Keep this link", "budget.example", "1.45 million", "You can also call us"):
        assert words in page.text, words
    due = page.page.xpath("//section[contains(@class, 'promise')]//time/@datetime")[0]
    assert datetime.fromisoformat(due) - datetime.now(UTC) <= timedelta(hours=24)

    heard = Browser(stack.base).open("/corrections/new/?medium=podcast")
    heard.send({"claim": "The guest is a doctor, not a nurse."}, expect=422)
    heard.send({"medium": "podcast", "medium_detail": "Tide Talk 41, minute 12"})
    assert "Tide Talk 41, minute 12" in heard.text
    strange = Browser(stack.base).open("/corrections/new/?url=https://elsewhere.example/story")
    assert "We do not publish at this address." in strange.text


def test_the_second_reader_says_same_thing_and_both_hear_how_it_ends(stack):
    article = new_article(stack)
    addresses = [f"{name}-{secrets.token_hex(4)}@reader.example" for name in ("ann", "ben")]
    first, reference = report(stack, article, claim="It was 1.45 million, says Ann.", email=addresses[0])
    second, other = report(stack, article, email=addresses[1])
    assert "Someone has already told us about these words" in second.text
    assert "Ann" not in second.text
    assert reference not in second.text
    second.send({"answer": "yes"}, action="/same/")
    assert "Joined to another report" in second.text
    for address in addresses:
        Browser(stack.base).open(link_in(text_of(stack.wait_for_mail(address)[0]), "/corrections/confirm/")).send()

    editor = desk_page(stack, reference)
    assert other in editor.text
    editor.press("decline", {"code": "no_error_found", "words": "The budget says 1.2 million on page 3."})
    for reader, address in zip((first, second), addresses, strict=True):
        answer = text_of(stack.wait_for_mail(address, saying="The budget says 1.2 million on page 3.")[0])
        assert "The Estuary Press Council" in answer
        assert "The budget says 1.2 million on page 3." in reader.open(reader.url).text

    third, _reference = report(stack, article, claim="The mayor was a woman.", quote="the mayor of that time")
    assert "Someone has already told us" not in third.text
    publish(stack, article, quote="1.2 million", right="1.25 million")
    fourth, _reference = report(stack, article, quote="The council spent 1.2 million on its repair")
    assert "We have published a correction about these words" in fourth.text
    fourth.send({"answer": "yes"}, action="/settled/")
    assert "Settled before" in fourth.text


def publish(stack, article, *, quote, right):
    editor = Editor(stack, "editor").open("/admin/corrections/correction/start/correction/")
    editor.send({"article": article["url"], "kind": "correction"}, action="/start/correction/")
    words = {
        "kind": "correction",
        "severity": "low",
        "text": f"An earlier version of this article misstated the cost of the repair. It was {right}.",
        "original_text": quote,
        "corrected_text": right,
        "not_fixed_reason": "The page is archived.",
    }
    editor.press("edit", words)
    Editor(stack, "standards").open(editor.press("send_for_approval").url).press("publish")


def test_nothing_but_the_button_is_mailed_before_an_address_is_confirmed(stack):
    article = new_article(stack)
    address = f"cleo-{secrets.token_hex(4)}@reader.example"
    reader, reference = report(stack, article, email=address)
    receipt = stack.wait_for_mail(address)[0]
    desk_page(stack, reference).press("take_up").press("ask", {"words": "Which budget do you mean?"})
    assert "Which budget do you mean?" in reader.open(reader.url).text
    confirm = link_in(text_of(receipt), "/corrections/confirm/")
    for _scanner in range(3):
        assert "Is this your address?" in Browser(stack.base).open(confirm).text
    lost = [
        Browser(stack.base).open("/corrections/lost/").send(known).text
        for known in ({"email": address}, {"email": f"nobody-{address}"}, {"reference": reference})
    ]
    assert lost[0] == lost[1] == lost[2]
    stack.wait_for_mail(address, saying="/corrections/confirm/", count=2)
    assert [mail for mail in stack.mails() if address in str(mail["To"]) and "Which budget" in text_of(mail)] == []
    for _twice in range(2):
        assert "Your address is confirmed" in requests.post(confirm, timeout=20).text

    reader.send({"words": "The one of 2026."}, action="/reply/")
    desk_page(stack, reference).press("ask", {"words": "Which page of it?"})
    stack.wait_for_mail(address, saying="Which page of it?")
    anonymous, unnamed = report(stack, article, claim="The mayor was a woman.", quote="the mayor of that time")
    desk_page(stack, unnamed).press("decline", {"code": "opinion", "words": "She was not."})
    assert "She was not." in anonymous.open(anonymous.url).text


def test_the_private_page_is_its_readers_alone_and_moves_by_buttons_only(stack):
    article = new_article(stack)
    reader, reference = report(stack, article)
    private = reader.page.xpath("//a[contains(., '/corrections/reports/')]/@href")[0]
    assert reader.url.endswith(f"/corrections/reports/{reference}/")
    assert {name: reader.response.headers[name] for name in ("Referrer-Policy", "X-Robots-Tag", "Cache-Control")} == {
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
        "Cache-Control": "private, no-store",
    }
    assert requests.get(reader.url, timeout=20).status_code == 404
    token = private.rstrip("/").rpartition("/")[2]
    assert [path.name for path in stack.var.glob("*.log") if token in path.read_text(errors="replace")] == []

    editor = desk_page(stack, reference)
    editor.press("take_up").press("decline", {"code": "opinion", "words": "It is an estimate."})
    late = Browser(stack.base).open(private)
    assert "The Estuary Press Council" in late.text
    for path in ("appeal/", "withdraw/", "reply/"):
        Browser(stack.base).open(private + path)
    assert "Ask for a second look" in reader.open(reader.url).text
    reader.send({"words": "It is a fact: see the budget."}, action="/appeal/")
    assert "Being looked at" in reader.text
    late.send({"words": "Sent from an old page."}, action="/appeal/", expect=409)
    assert "Sent from an old page." in late.text
    Editor(stack, "standards").open(editor.url).press("decline", {"code": "opinion", "words": "We looked again."})
    assert "/appeal/" not in reader.open(reader.url).response.text

    second, other = report(stack, article, claim="The mayor was a woman.", quote="the mayor of that time")
    stale = desk_page(stack, other)
    second.send({"sure": "on"}, action="/withdraw/")
    assert "Taken back" in second.text
    stale.press("take_up", expect=409)
