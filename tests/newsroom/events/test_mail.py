"""How a mail is composed: one safe line as its subject, in the language of whoever reads it."""

from datetime import date

import pytest
from django.utils.formats import date_format

from newsroom.events import kinds, mail, planning
from newsroom.events.models import Delivery

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Plain", "Plain"),
        ("two\r\nBcc: victim@reader.example", "two Bcc: victim@reader.example"),
        ("a\u2028b\u2029c\x85d\x0be", "a b c d e"),
        ("nul\x00 bell\x07", "nul bell"),
        ("\u202eevil\u202c\u200b \u2066x\u2069", "evil x"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("  many   blanks ", "many blanks"),
        ("Zürich — “ok”", "Zürich — “ok”"),
        ("x" * 500, "x" * 200),
    ],
)
def test_a_header_is_one_safe_line(text, safe):
    assert mail.header_safe(text) == safe


@pytest.fixture
def owed(publication, world):
    planning.plan(world.happen().pk)
    return Delivery.objects.get()


def test_the_first_line_of_the_template_is_the_subject(owed):
    letter = mail.compose(owed, kinds.Address("one@reader.example"))
    assert (letter.subject, letter.text.strip(), letter.html, letter.sender_name, letter.event_kind) == (
        "About T-1",
        "It happened: thing.happened.",
        "",
        "The Daily",
        "thing.happened",
    )


def test_what_the_subject_kind_offers_is_in_the_mail(owed, tmp_path):
    kinds.mail_context("thing")(lambda event, recipient: {"event": {"subject_reference": f"{recipient.key}!"}})
    assert mail.compose(owed, kinds.Address("one@reader.example")).subject == "About 1!"


@pytest.mark.parametrize(("offered", "month"), [(["en"], "March"), (["en", "de"], "März")])
def test_a_recipient_whose_language_is_not_offered_reads_english_dates_too(owed, settings, offered, month):
    settings.LANGUAGES = [(code, code) for code in offered]
    kinds.mail_context("thing")(lambda *_: {"event": {"subject_reference": date_format(date(2026, 3, 1), "F")}})
    assert mail.compose(owed, kinds.Address("one@reader.example", language="de")).subject == f"About {month}"


def test_a_mail_about_nothing_is_refused(owed):
    owed.event = None
    with pytest.raises(ValueError, match="about an event"):
        mail.compose(owed, kinds.Address("one@reader.example"))


def test_a_digest_holds_every_reference_and_every_text(publication, world):
    for _ in range(2):
        planning.plan(world.happen().pk)
    letter = mail.compose_digest(list(Delivery.objects.order_by("pk")), kinds.Address("editor@daily.example"))
    assert letter.subject == "2 messages: About T-1 …"
    assert letter.text.splitlines()[:2] == ["- T-1  About T-1", "- T-2  About T-2"]
    assert letter.text.count("It happened: thing.happened.") == 2
