"""Story three: a partner signs in by a mail, asks, signs and lives with a license; and tries all of it out first."""

from __future__ import annotations

import re
import secrets

import pytest

from tests.journeys.people import Browser, Partner, link_in
from tests.journeys.stack import text_of
from tests.journeys.test_license import ENDS_ON, STARTS_ON, articles, body, item

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
DOOR = "/reprints/partner/"


def signed_in(stack):
    """A browser of the demo partner's signatory, by the link of the newest mail."""
    address = stack.demo["signatory"]
    before = sum("/reprints/partner/enter/" in text_of(mail) for mail in stack.mails())
    browser = Browser(stack.base).open(DOOR)
    assert "Look into your mail" in browser.send({"email": address}, action=DOOR).text
    mails = stack.wait_for_mail(address, saying="/reprints/partner/enter/", count=before + 1)
    return browser.open(link_in(text_of(mails[-1]), "/reprints/partner/enter/")).send()


def test_a_partner_asks_signs_and_lives_with_a_license_on_its_own_pages(stack):
    partner = signed_in(stack)
    assert "You are signed in as" in partner.text
    article = articles(stack, "priced")[1]
    partner.open(f"{DOOR}requests/new/?url={article['url']}&use=republish_web&organization_type=publisher")
    partner.send({"do": "details"}, action="/requests/new/")
    details = {"quantity": "5000", "starts_on": STARTS_ON, "ends_on": ENDS_ON, "do": "send"}
    partner.send(details, action="/requests/new/")
    assert "Your quote is ready" in partner.text, partner.text[:2000]
    reference = re.search(r"LR-[2-9A-Z]{8}-[2-9A-Z]", partner.url).group(0)
    assert (
        Partner(stack, "partner").call("GET", f"/license-requests/{reference}/", expect=200).json()["lane"] == "priced"
    )
    partner.send({"agreed": "on"}, action="/accept/")
    number = re.search(r"L-[2-9A-Z]{8}-[2-9A-Z]", partner.text).group(0)
    page = partner.url
    partner.send({"urls": "https://partner.example/from-the-pages"}, action="/placements/")
    paper = partner.session.get(f"{page}licenses/{number}/certificate.pdf", timeout=30)
    assert (paper.status_code, paper.content[:5]) == (200, b"%PDF-")
    partner.open(page).send({"ends_on": ""}, action="/renew/")
    assert partner.url != page
    partner.send(action="/leave/")
    assert "Send me a link" in partner.open(page).text


def test_an_integration_is_tried_to_the_end_with_a_key_made_on_the_pages(stack):
    pages = signed_in(stack).open(f"{DOOR}keys/")
    scopes = ["requests:read", "requests:write", "quotes:read", "quotes:accept", "licenses:read", "updates:read"]
    pages.send(
        {"label": "Try-out", "test": "on", "scopes": [*scopes, "updates:acknowledge"]}, action="/keys/", expect=201
    )
    program = Partner(stack, "")
    program.session.headers["Authorization"] = f"Bearer {re.search(r'mh_test_[A-Za-z0-9_-]+', pages.text).group(0)}"
    program.call("POST", "/test/clock/", {"reset": True}, expect=200)
    asked = program.call(
        "POST",
        "/license-requests/",
        body(item(articles(stack, "priced")[0])),
        expect=201,
        Idempotency_Key=secrets.token_hex(8),
    ).json()
    read = program.call("GET", f"/quotes/{asked['quotes'][0]}/", expect=200)
    signed = {"terms_sha256": read.json()["terms_sha256"], "signatory": stack.demo["signatory"]}
    path = f"/quotes/{asked['quotes'][0]}/accept/"
    number = program.call("POST", path, signed, expect=200, If_Match=read.headers["ETag"]).json()["licenses"][0]
    notice = program.call(
        "POST",
        "/test/corrections/",
        {"license": number, "kind": "retraction"},
        expect=201,
        Idempotency_Key=secrets.token_hex(8),
    ).json()
    done = program.call("POST", "/test/clock/", {"advance": {"days": 3}}, expect=200).json()["done"]
    assert done["overdue"] == 1
    answer = program.call(
        "POST", f"/update-notices/{notice['reference']}/acknowledge/", {"action": "removed"}, expect=200
    )
    assert (answer.json()["status"], answer.json()["test"]) == ("acknowledged", True)
    for _ in range(2):
        program.call("POST", "/test/clock/", {"advance": {"days": 200}}, expect=200)
    assert program.call("GET", f"/licenses/{number}/", expect=200).json()["effective_status"] == "expired"
    assert program.call("POST", "/test/clock/", {"reset": True}, expect=200).json()["ahead_seconds"] == 0
    assert Partner(stack, "").call("GET", f"/licenses/{number}/status/", expect=200).json()["status"] == "test"
