import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from reprints.documents.quote import _letter, quote_pdf
from reprints.documents.wording import speaking
from tests.reprints.documents.qr_reader import code_on_page
from tests.reprints.snapshots import snapshot

URL = "https://desk.example/reprints/requests/token/"
GRANTED = [
    "use",
    "portion",
    "excerpt_text",
    "format",
    "quantity",
    "quantity_unit",
    "territory",
    "languages",
    "starts_on",
    "ends_on",
    "perpetual",
    "exclusivity",
    "modifications",
    "placement_urls",
    "ai_purposes",
]


def quote(**changes):
    agreed = snapshot(territory=["US"])
    line = {
        "item": 0,
        "article": {
            "headline": "Council votes for the bridge",
            "url": "https://daily.example/politics/bridge",
        },
        "granted": {name: agreed[name] for name in GRANTED} | {"article_url": agreed["article"]["url"]},
        "changes": [{"field": "territory", "asked": ["US", "CA"], "granted": ["US"]}],
        "exclusions": ["photo: AP"],
        "price": {"amount": "450.00", "currency": "USD"},
        "trace": [{"rule": "Quantity", "effect": "× 1.5", "subtotal": "450.00"}],
    }
    return {
        "reference": "Q-7K3QX2MW-4",
        "request": "LR-7K3QX2MW-4",
        "version": 2,
        "status": "open",
        "opened_at": "2026-11-23T10:00:00Z",
        "valid_until": "2026-12-23T17:00:00Z",
        "currency": "USD",
        "lines": [line],
        "net": {"amount": "450.00", "currency": "USD"},
        "tax": {"amount": "85.50", "currency": "USD", "treatment": "domestic", "rate": "19", "country": "DE"},
        "gross": {"amount": "535.50", "currency": "USD"},
        "terms_version": "2026-1",
        "terms_sha256": agreed["terms"]["sha256"],
        "publication": agreed["publication"],
        "licensee": agreed["licensee"],
    } | changes


def words(document):
    pages = PdfReader(BytesIO(document)).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


@pytest.mark.parametrize(
    "said",
    [
        "Q-7K3QX2MW-4 · 2",
        "LR-7K3QX2MW-4",
        "December 23, 2026, 12:00 PM EST",
        "Daily Example Publishing, Inc.",
        "Partner Media GmbH",
        "Council votes for the bridge",
        "Republish on a website · The full text · Website · Up to 50,000 monthly users · United States",
        "Where: you asked for “United States and Canada”, we offer “United States”",
        "Not included: photo: AP",
        "Quantity × 1.5",
        "Net $450.00",
        "Tax 19 % (Germany) $85.50",
        "Total $535.50",
        snapshot()["terms"]["sha256"],
        URL,
    ],
)
def test_the_quote_says_what_is_offered_and_until_when(said):
    assert said in words(quote_pdf(quote(), url=URL))


def test_a_tax_that_nobody_can_say_yet_is_not_called_nothing():
    tax = {"amount": "0.00", "currency": "USD", "treatment": "manual", "rate": "0"}
    text = words(quote_pdf(quote(tax=tax, gross=quote()["net"]), url=URL))
    assert "Total, net. Tax is added with the invoice, as the law requires. $450.00" in text
    assert "$0.00" not in text


def test_without_end_is_said_and_no_last_day():
    line = quote()["lines"][0]
    granted = {**line["granted"], "perpetual": True, "ends_on": None}
    text = words(quote_pdf(quote(lines=[{**line, "granted": granted}]), url=URL))
    assert "From December 1, 2026, without end" in text


def test_the_code_on_the_letter_leads_to_the_answer():
    with speaking("en") as locale:
        assert code_on_page("quote.typ", _letter(quote(), URL, locale), URL) == URL


def test_equal_quotes_give_equal_bytes():
    assert quote_pdf(quote(), url=URL) == quote_pdf(quote(), url=URL)


def test_a_quote_without_a_headline_names_the_address_once():
    line = {key: value for key, value in quote()["lines"][0].items() if key != "article"}
    text = words(quote_pdf(quote(lines=[line]), url=URL))
    assert text.count("https://daily.example/politics/bridge") == 1


def test_a_test_quote_says_so():
    assert "TEST — not an offer" in words(quote_pdf(quote(test=True), url=URL))
    assert "TEST" not in words(quote_pdf(quote(), url=URL))


def test_fifty_lines_are_all_there_and_hostile_words_stay_words():
    line = quote()["lines"][0]
    lines = [line | {"article": {"headline": f"#panic() ] ${n}$", "url": "https://a.example/"}} for n in range(50)]
    text = words(quote_pdf(quote(lines=lines), url=URL))
    assert [n for n in range(50) if f"#panic() ] ${n}$" not in text] == []
