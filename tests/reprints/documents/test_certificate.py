import re
import time
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from babel import Locale
from babel.dates import format_date
from django.utils import translation
from hypothesis import given, settings
from pypdf import PdfReader

from reprints.documents.certificate import _page, certificate_pdf
from reprints.documents.signing import certificate_claims
from reprints.documents.typesetting import printable, qr_svg
from reprints.documents.wording import speaking
from reprints.duties import task_of
from reprints.models import UpdateNotice
from reprints.services.ratecard import DUTIES
from tests.reprints.documents.qr_reader import code_on_page, modules_of_svg, read
from tests.reprints.snapshots import STATUS_URL, VERIFY_URL, snapshot, snapshots


def pdf(**changes):
    return PdfReader(BytesIO(certificate_pdf(snapshot(**changes), verify_url=VERIFY_URL)))


def squeezed(text):
    """Without blanks: a line may end anywhere."""
    return re.sub(r"\s+", "", text)


def words(reader, pages=None):
    """The text of the pages, with every run of blanks as one."""
    text = " ".join(page.extract_text() for page in (pages or reader.pages))
    return re.sub(r"\s+", " ", text.replace("\u200b", ""))


def test_the_certificate_says_what_the_snapshot_says():
    text = words(pdf())
    for said in [
        "L-7K3QX2MW-4",
        "The Daily Example",
        "Daily Example Publishing, Inc.",
        "Partner Media GmbH",
        "Lindenallee 7, 20095 Hamburg, Germany, VAT id DE136695976",
        "Council votes for the bridge",
        "By Ann Reporter · Politics · published November 20, 2026",
        "https://daily.example/politics/bridge",
        "Republish on a website",
        "The full text (812 words)",
        "December 1, 2026 to November 30, 2027, both days included",
        "Up to 50,000 monthly users",
        "United States and Canada",
        "English",
        "$450.00",
        "photo: AP",
        "By Ann Reporter. © 2026 The Daily Example.",
        "If the article is corrected, within 72 hours of our notice: "
        "Replace the text by the corrected one, or append the notice to it.",
        "If the article is retracted, within 24 hours of our notice: Take the text down, wherever it stands.",
        snapshot()["article"]["revision_sha256"],
        snapshot()["terms"]["sha256"],
        VERIFY_URL,
        "Terms, version 2026-1",
        "2. The credit line stays with the text.",
    ]:
        assert said in text


def test_it_is_one_page_and_the_terms_are_the_next():
    reader = pdf()
    assert len(reader.pages) == 2
    assert "2. The credit line stays with the text." not in words(reader, reader.pages[:1])
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]


def test_the_duties_of_the_usual_terms_leave_the_code_on_the_first_page():
    told = {"duties": DUTIES, "exclusions": ["photo: AP", "graphic: Reuters"]}
    reader = pdf(**told, placement_urls=["https://partner.example/story"])
    assert len(reader.pages) == 2
    assert VERIFY_URL in words(reader, reader.pages[:1])


def test_what_spills_onto_the_second_page_is_followed_by_the_terms():
    reader = pdf(excerpt_text="A passage of some length. " * 70)
    assert len(reader.pages) == 2
    assert VERIFY_URL in words(reader, reader.pages[1:])
    assert "2. The credit line stays with the text." in words(reader, reader.pages[1:])


@pytest.mark.parametrize(
    ("kind", "term", "said"),
    [
        ("update", {"duty": "inform"}, "For your information: nothing has to be done."),
        ("update", {"duty": "inform", "within_hours": 24}, "Read the notice, and tell us that you did."),
        ("hold", {"duty": "take_down", "within_hours": 24}, "Take the text down until we tell you that it may be used"),
        ("release", {"duty": "inform"}, "You may use the text again: nothing has to be done."),
    ],
)
def test_certificate_and_notice_ask_the_same_in_the_same_words(kind, term, said):
    due = datetime.now(UTC) if "within_hours" in term else None
    task = task_of(UpdateNotice(kind=kind, duty=term["duty"], due_at=due))
    assert said in task
    assert f": {task}" in words(pdf(duties={kind: term}))


def test_the_signatory_and_internal_names_are_not_printed():
    text = words(pdf())
    assert "Pat Signer" not in text
    assert "republish_web" not in text


def test_equal_snapshots_give_equal_bytes_and_state_the_day_of_issue():
    first = certificate_pdf(snapshot(), verify_url=VERIFY_URL)
    assert certificate_pdf(snapshot(), verify_url=VERIFY_URL) == first
    assert certificate_pdf(snapshot(words=813), verify_url=VERIFY_URL) != first
    assert PdfReader(BytesIO(first)).metadata.creation_date.isoformat() == "2026-11-23T10:00:00+00:00"


def test_the_code_on_the_page_leads_to_the_verify_page():
    assert read(modules_of_svg(qr_svg(VERIFY_URL))) == VERIFY_URL
    targets = {str(note.get_object()["/A"]["/URI"]) for note in pdf().pages[0]["/Annots"]}
    assert targets == {VERIFY_URL, "https://daily.example/politics/bridge"}


def test_the_code_can_be_read_from_the_printed_page():
    with speaking("en") as locale:
        page = _page(snapshot(), VERIFY_URL, locale)
    assert code_on_page("certificate.typ", page, VERIFY_URL) == VERIFY_URL


@pytest.mark.parametrize("length", [10, 30, 60, 90, 120, 150, 200])
def test_the_code_is_readable_at_every_length_of_address(length):
    address = ("https://desk.example/" + "licenses/" * 30)[:length]
    assert read(modules_of_svg(qr_svg(address))) == address


def test_a_test_license_says_so_on_every_page():
    assert ["TEST — not a license" in page.extract_text() for page in pdf(test=True).pages] == [True, True]
    assert ["TEST" in page.extract_text() for page in pdf().pages] == [False, False]


@pytest.mark.parametrize(
    "hostile",
    [
        '#eval("1 + 1") #panic()',
        "] #pagebreak() [ $x^2$ *bold* _it_ `raw`",
        "@reference <label> // comment /* x */",
        "back\\slash \\u{41} ~ -- ... \\",
        '#image("/etc/passwd") #read("house.typ")',
        "\"quotes\" 'single' {{ template }} {% tag %}",
    ],
)
def test_words_of_others_are_words_and_never_code(hostile):
    reader = pdf(licensee={"name": hostile}, article={"headline": hostile}, credit_line=hostile, test=False)
    assert len(reader.pages) == 2
    assert words(reader).count(re.sub(r"\s+", " ", hostile)) == 3


@pytest.mark.parametrize("name", ["שלום תקשורת", "Ελληνικά Νέα", "Газета «Пример»", "Łódź Ňőviny ư", "مرحبا"])
def test_names_in_scripts_that_the_fonts_know_are_drawn(name):
    text = words(pdf(licensee={"name": name}))
    assert "shown as boxes" not in text
    # Right-to-left words come out of a PDF in either order, so that only the letters are compared.
    assert set(name) <= set(text)


@pytest.mark.parametrize("name", ["株式会社 日本", "한국 신문", "🎉 Party"])
def test_characters_without_a_shape_are_admitted(name):
    assert "have no shape in its fonts and are shown as boxes" in words(pdf(licensee={"name": name}))


def test_a_name_of_five_hundred_letters_stays_within_the_page():
    reader = pdf(licensee={"name": "x" * 500}, article={"headline": "Long words " * 45})
    text = words(reader)
    assert "x" * 500 in text.replace(" ", "")
    assert text.count("Long words") == 45
    assert len(reader.pages) == 2


def test_controls_lone_surrogates_and_overrides_of_direction_are_not_printed():
    assert printable("a\x00b\ud800c\u202ed\u2066e\x1bf") == "a\ufffdb\ufffdcde\ufffdf"
    assert "Evil txt.exe" in words(pdf(licensee={"name": "Evil \u202etxt.exe"}))


@pytest.mark.parametrize(
    "odd",
    ["\ue000", "\ufeff", "\xad", "\u200d", "̀", "\u2060", "\U0010ffff", "\ufdd0", "\U000e0001", "\t", "\x00"],
)
def test_no_character_keeps_a_license_from_being_printed(odd):
    placed = {"licensee": {"name": odd}, "article": {"headline": f"A{odd}B"}, "credit_line": odd * 300}
    assert "L-7K3QX2MW-4" in words(pdf(**placed))


def test_line_breaks_in_a_name_do_not_make_pages():
    reader = pdf(licensee={"name": "Partner\n" * 40}, article={"headline": "A\n\n\nB"})
    assert "Partner Partner" in words(reader)
    assert len(reader.pages) == 2


def test_what_is_empty_is_left_out():
    nothing = {"headline": "", "url": "", "bylines": [], "section": "", "published_at": None}
    bare = pdf(licensee={"name": "", "address": ""}, article=nothing, territory=[], languages=[], credit_line="")
    assert [label in words(bare) for label in ("TERRITORY", "LANGUAGE", "CIRCULATION")] == [
        False,
        False,
        True,
    ]
    assert len(bare.pages) == 2


def test_addresses_and_fingerprints_can_be_copied_as_they_are():
    address = "https://partner.example/" + "x" * 60
    assert printable([address, "0f" * 32]) == [address, "0f" * 32]
    far = "https://daily.example/" + "y" * 300
    reader = pdf(article={"url": far})
    assert far in {str(note.get_object()["/A"]["/URI"]) for note in reader.pages[0]["/Annots"]}
    assert far in words(reader).replace(" ", "")


def test_a_word_longer_than_a_line_gets_room_to_break_and_a_shorter_one_none():
    assert printable(["x" * 40, {"a": "y" * 41}]) == ["x" * 40, {"a": "y" * 40 + "\u200b" + "y"}]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"territory": ["001"]}, "Worldwide"),
        ({"perpetual": True, "ends_on": None}, "From December 1, 2026, without end"),
        ({"price": {"amount": "45000", "currency": "JPY"}}, "¥45,000 "),
        ({"price": {"amount": "12.345", "currency": "KWD"}}, "12.345 · Exempt"),
        ({"tax": {"treatment": "domestic", "amount": "85.50"}}, "$450.00 · tax (Germany): $85.50"),
        (
            {"tax": {"treatment": "domestic", "amount": "85.50"}, "licensee": {"country": ""}},
            "$450.00 · tax: $85.50",
        ),
        ({"tax": {"treatment": "domestic", "amount": "0.00"}}, "$450.00 · no tax"),
        ({"tax": {"treatment": "manual", "amount": "0"}}, "$450.00 · tax as on the invoice"),
        ({"portion": "excerpt", "words": 1, "excerpt_text": "It passed."}, "An excerpt (1 word)"),
        ({"ai_purposes": ["ground", "index"]}, "Grounding answers and Indexing"),
        ({"supersedes": "L-22222222-2"}, "L-22222222-2"),
        ({"duties": {}}, "You are told; the terms say what follows."),
        ({"duties": {"correction": "at once"}}, "You are told; the terms say what follows."),
        ({"use": "hologram"}, "hologram"),
    ],
)
def test_what_was_agreed_is_put_in_words(change, said):
    assert said in words(pdf(**change)) + " "


def test_a_territory_of_many_countries_is_written_out():
    text = words(pdf(territory=["DE", "AT", "CH", "XX"]))
    assert "Germany, Austria, Switzerland, and XX" in text


def test_the_language_is_the_publications_and_not_the_downloaders(settings):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    english = certificate_pdf(snapshot(), verify_url=VERIFY_URL)
    with translation.override("de"):
        assert certificate_pdf(snapshot(), verify_url=VERIFY_URL) == english
    german = words(pdf(publication={"language": "de"}))
    assert "1. Dezember 2026" in german
    assert "450,00 $" in german.replace("\xa0", " ")
    assert "December 1, 2026" in words(pdf(publication={"language": "fr"}))


def test_it_is_tagged_and_claims_pdf_ua():
    reader = pdf()
    assert bool(reader.trailer["/Root"]["/MarkInfo"]["/Marked"])
    assert b"pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_object().get_data()
    assert reader.metadata.title == "License L-7K3QX2MW-4"


@settings(max_examples=12, deadline=None)
@given(snapshots())
def test_page_and_signed_claims_say_the_same_for_any_license(drawn):
    text = words(PdfReader(BytesIO(certificate_pdf(drawn, verify_url=VERIFY_URL))))
    claims = certificate_claims(drawn, verify_url=VERIFY_URL, status_url=STATUS_URL)
    english = Locale("en")
    countries = [english.territories[code] for code in claims["territory"] if code != "001"]
    start = format_date(date.fromisoformat(drawn["starts_on"]), "long", locale=english)
    last = format_date(date.fromisoformat(drawn["ends_on"]), "long", locale=english) if "exp" in claims else ""
    duties = [f"within {duty['within_hours']} hours" for duty in claims["duties"].values()]
    said = [claims["number"], claims["article"]["revision_sha256"], claims["terms_sha256"], start, last]
    said += [f"Text, revision {claims['article']['revision']}", *countries, *duties]
    assert [part for part in said if squeezed(part) not in squeezed(text)] == []
    assert ("TEST — not a license" in text) is claims["test"]


def test_one_page_is_made_while_whoever_asked_for_it_waits():
    certificate_pdf(snapshot(), verify_url=VERIFY_URL)
    taken = []
    for number in range(5):
        start = time.perf_counter()
        certificate_pdf(snapshot(words=number + 1), verify_url=VERIFY_URL)
        taken.append(time.perf_counter() - start)
    assert min(taken) < 1
