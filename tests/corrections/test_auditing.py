"""The whole life of one report as a table: complete, harmless in a spreadsheet, and not for everybody."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from corrections.models import LedgerEntry
from corrections.services import auditing, clock
from corrections.services import correction as notices
from corrections.services import report as reports
from newsroom.errors import Invalid, NotAllowed, NotFound
from newsroom.events import planning
from newsroom.events.log import history_of
from tests.factories import confirm, force_status, make_article, make_publication, make_report, make_staff

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 2, 9, tzinfo=UTC)
FORMULA = '=HYPERLINK("https://evil.example","x")'
WORDS = "An earlier version misstated the cost of the bridge. It was 1.45 million."


@pytest.fixture
def desk():
    class Desk:
        publication = make_publication()
        editor = make_staff(publication, "desk_editor", first_name="Ed", last_name="Itor")
        standards = make_staff(publication, "standards_editor")
        legal = make_staff(publication, "legal")

    return Desk


def table_of(report, by, **over):
    _name, text = auditing.export(report, by=by, **{"reason": "The press council asks.", **over})
    return list(csv.DictReader(io.StringIO(text, newline="")))


def settled(desk):
    """A report that was asked about, answered late, and settled by a notice."""
    with time_machine.travel(START, tick=False) as clock_hand:
        report = confirm(make_report(desk.publication, claim=FORMULA))
        clock_hand.shift(timedelta(days=4))
        clock.tick()
        report = reports.take_up(report, by=desk.editor)
        report = reports.ask(report, by=desk.editor, words="+Which figure?")
        clock_hand.shift(timedelta(hours=5))
        report = reports.reply(report, words="@The second.")
        report = reports.accept(report, by=desk.editor)
        draft = notices.edit(report.correction, by=desk.editor, text=WORDS, not_fixed_reason="Print only.")
        notices.publish(notices.send_for_approval(draft, by=desk.editor), by=desk.standards)
        while planning.plan_due():
            pass
    report.refresh_from_db()
    return report


def test_the_table_tells_the_whole_life_in_order(desk):
    report = settled(desk)
    rows = table_of(report, desk.editor)
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    events = [row["what"] for row in rows if row["part"] == "event" and row["what"].startswith("report.")]
    assert events == [
        *("report.submitted", "report.address_confirmed", "report.overdue", "report.taken_up", "report.asked"),
        *("report.replied", "report.accepted", "report.resolved", "report.exported"),
    ]
    assert [(row["what"], row["detail"]) for row in rows if row["part"] == "promise"] == [
        ("acknowledge given", "due=2026-11-04T18:00:00Z"),
        ("decide given", "due=2026-11-12T14:00:00Z"),
        ("publish given", "due=2026-12-11T14:00:00Z"),
        ("acknowledge breached", "due=2026-11-04T18:00:00Z"),
        ("acknowledge kept late", "due=2026-11-04T18:00:00Z"),
        ("decide kept in time", "due=2026-11-12T14:00:00Z"),
        ("publish kept in time", "due=2026-12-11T14:00:00Z"),
    ]
    moved = next(row for row in rows if row["what"] == "report.taken_up")
    assert (moved["who"], moved["from"], moved["to"]) == ("Ed Itor", "new", "in_review")
    entry = LedgerEntry.objects.get(correction=report.correction)
    assert [row["detail"] for row in rows if row["part"] == "public log"] == [
        f"index={entry.index}; leaf_hash={entry.leaf_hash}"
    ]
    sent = [(row["what"], row["who"]) for row in rows if row["part"] == "message sent"]
    assert ("report.submitted", "unconfirmed_reader") in sent
    assert ("report.resolved", "reader") in sent
    assert [row["what"] for row in rows if row["part"] == "decision"] == ["accept", "resolve"]


def test_words_are_in_it_only_when_asked_for_and_no_cell_is_a_formula(desk):
    report = settled(desk)
    silent = table_of(report, desk.editor)
    assert {row["words"] for row in silent} == {""}
    told = table_of(report, desk.editor, with_words=True)
    by_part = {(row["part"], row["what"]): row["words"] for row in told}
    assert by_part["report", report.reference] == f"'{FORMULA}"
    assert by_part["message", "to the reader"] == "'+Which figure?"
    assert by_part["message", "by the reader"] == "'@The second."
    assert by_part["notice", report.correction.reference] == WORDS
    text = auditing.export(report, by=desk.editor, reason="Again.", with_words=True)[1]
    assert "rita@reader.example" not in text
    assert "Rita Reader" not in text


def test_the_agency_that_it_was_passed_on_to_is_named(desk):
    article = make_article(desk.publication, source_agency="Coastal Wire")
    report = make_report(article=article)
    reports.decline(report, by=desk.editor, code="referred_to_agency", words="It came from an agency.")

    (decided,) = [row for row in table_of(report, desk.editor) if row["part"] == "decision"]

    assert (decided["what"], decided["detail"]) == ("decline", "resolution=referred_to_agency; agency=Coastal Wire")


def test_every_export_leaves_its_reason_and_a_reason_is_needed(desk):
    report = make_report(desk.publication)
    for reason in ("  ", "x" * 501):
        with pytest.raises(Invalid):
            auditing.export(report, by=desk.editor, reason=reason)
    assert "report.exported" not in [event.kind for event in history_of(report)]
    table_of(report, desk.legal, with_words=True)
    note = report.messages.get()
    assert (note.internal, note.author, note.body) == (True, desk.legal, "The press council asks.")
    event = history_of(report).last()
    assert (event.kind, event.data) == ("report.exported", {"words": True, "note": note.pk})


def test_strangers_get_none_and_a_restricted_report_is_for_legal_alone(desk):
    report = make_report(desk.publication)
    with pytest.raises(NotAllowed):
        table_of(report, make_staff(make_publication(), "desk_editor"))
    report = force_status(report, "new", visibility="restricted")
    with pytest.raises(NotFound):
        table_of(report, desk.editor)
    assert table_of(report, desk.legal)[0]["part"] == "report"


def test_the_button_hands_out_a_file_and_a_link_does_nothing(desk):
    report = make_report(desk.publication)
    client = Client()
    client.force_login(desk.editor)
    url = reverse("admin:corrections_report_do", args=[report.pk, "export"])
    assert client.get(url).status_code == 302
    assert client.post(url, {"seen": report.version}).status_code == 422
    answer = client.post(url, {"seen": report.version, "reason": "The press council asks."})
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert answer["Content-Disposition"] == f'attachment; filename="{report.reference}.csv"'
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.decode().startswith("at,part,what,who,from,to,detail,words\r\n")
