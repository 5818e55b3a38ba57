"""After an erasure nothing of the person is left: not in any column of any table, not under a seal, not in the file."""

import contextlib
import logging
import smtplib
import sqlite3

import pytest
from django.apps import apps

from corrections.models import Report
from corrections.services import contacts
from corrections.services import correction as notices
from corrections.services import report as reports
from newsroom import privacy
from newsroom.events import delivery, planning, sealed
from newsroom.events.models import Delivery
from newsroom.workflow import THE_PARTNER, THE_READER
from reprints.services import asking, deciding
from tests.factories import (
    answer_warnings,
    confirm,
    make_article,
    make_destroyed,
    make_publication,
    make_report,
    make_staff,
)
from tests.reprints import factories as licensing

ADDRESS = "https://daily.example/politics/bridge"
WORDS = {
    "claim": "The zinnia bridge cost more than that.",
    "suggestion": "Say zinnia million.",
    "passage": {"exact": "zinnia passage", "prefix": "zinnia before", "suffix": "zinnia after"},
    "where": {"medium": "web", "detail": "zinnia detail"},
    "sources": ["https://zinnia.example/bill"],
    "name": "Zinnia Reader",
    "email": "zinnia@reader.example",
}


def stored():
    """Every value of every table, with what lies under a seal opened, as `table.column: value`."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        names = [field.attname for field in model._meta.concrete_fields]
        for row in model._base_manager.values_list(*names):
            found += [f"{model._meta.label}.{name}: {_opened(value)}" for name, value in zip(names, row, strict=True)]
    return found


def _opened(value):
    try:
        return sealed.open_text(value) if isinstance(value, str) else str(value)
    except sealed.Unreadable:
        return value


def traces(word="zinnia"):
    return sorted({line.partition(":")[0] for line in stored() if word in line.casefold()})


@pytest.fixture
def sent(client, db):
    """A report by the API whose answer is kept for a repetition, with a reply, declined."""
    daily = make_publication(name="The Daily", slug="daily", hosts=["daily.example"], is_default=True)
    make_article(daily, url=ADDRESS)
    answer = client.post(
        "/api/v1/reports/",
        {"article_url": f"{ADDRESS}?utm_content=zinnia#zinnia", "category": "other", **WORDS},
        content_type="application/json",
        headers={"idempotency-key": "the-first-time"},
    )
    assert answer.status_code == 201, answer.content
    report = confirm(Report.objects.get(reference=answer.json()["reference"]))
    editor = make_staff(daily, "desk_editor")
    if report.status == "held":
        report = reports.release(report, by=editor)
    report = reports.take_up(report, by=editor)
    report = reports.ask(report, by=editor, words="Which bill?")
    report = reports.reply(report, words="The zinnia bill.")
    return reports.decline(report, by=editor, code="opinion", words="That is an opinion.", turn_to="The council")


@pytest.mark.both
def test_what_a_reader_sent_is_nowhere_after_an_erasure(sent):
    assert len(traces()) > 8
    done = privacy.erase("Zinnia@Reader.example")
    assert [shelf.kept for shelf in done.values() if shelf.kept] == []
    assert traces() == []


@pytest.mark.django_db(transaction=True)
def test_no_log_line_holds_what_a_reader_sent(client, caplog, monkeypatch, db, request):
    caplog.set_level(logging.INFO)
    report = request.getfixturevalue("sent")
    asked = {"url": ADDRESS, "quote": "zinnia passage"}
    assert client.get("/corrections/new/", asked).status_code == 200
    assert client.get("/corrections/", {"q": "zinnia", "kind": "nonsense"}).status_code == 422
    typed = {"claim": "The zinnia bridge.", "article_url": "zinnia", "email": "zinnia@", "form_token": "zinnia"}
    assert client.post("/corrections/new/", typed).status_code == 422
    assert client.post("/corrections/lost/", {"email": "zinnia@reader.example"}).status_code in {200, 303, 422}

    def refuse(*_args, **_named):
        raise smtplib.SMTPRecipientsRefused(
            {"zinnia@reader.example": (550, b"5.1.1 zinnia@reader.example: no such user")}
        )

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    delivery.drain()
    assert Delivery.objects.exclude(last_error="").exists()
    contacts.erase_contact(report, by=THE_READER, why="asked")
    assert len(caplog.records) > 3
    assert [
        record.getMessage() for record in caplog.records if "zinnia" in caplog.handler.format(record).casefold()
    ] == []


@pytest.mark.both
@pytest.mark.django_db
def test_the_words_of_a_notice_are_nowhere_after_two_people_destroyed_them():
    daily = make_publication()
    editor, approver = make_staff(daily, "desk_editor"), make_staff(daily, "standards_editor")
    report = reports.accept(reports.take_up(make_report(daily), by=editor), by=editor)
    notice = notices.edit(
        report.correction,
        by=editor,
        text="The zinnia bridge was wrong. It cost 1.45 million.",
        original_text="zinnia 1.2",
        corrected_text="zinnia 1.45",
        not_fixed_reason="The zinnia page is archived.",
    )
    notice = answer_warnings(notice, by=editor)
    notices.publish(notices.send_for_approval(notice, by=editor), by=approver)
    planning.plan_due()
    notice.refresh_from_db()
    assert len(traces()) > 4
    make_destroyed(notice)
    assert traces() == []


@pytest.mark.both
@pytest.mark.django_db
def test_what_somebody_sent_who_asked_for_a_license_is_nowhere_after_an_erasure():
    daily = licensing.make_publication()
    article = licensing.make_article(daily, licensable=None)
    wanted = {"items": [licensing.item(article)], "note": "For the zinnia issue.", "po_number": "ZINNIA-7"}
    asked = asking.submit(
        {**wanted, "end_client": "Zinnia Gardens"},
        publication=daily,
        organization=None,
        by=THE_PARTNER,
        requester=asking.Requester("Zinnia Writer", "zinnia@review.example", "The Zinnia Review"),
    )
    editor = make_staff(daily, "licensing_editor")
    asked = deciding.take_up(asked, by=editor)
    asked = deciding.ask(asked, by=editor, words="Which issue?")
    asked = asking.reply(asked, words="The zinnia one.")
    planning.plan_due()
    asking.withdraw(asked)
    assert len(traces()) > 5
    done = privacy.erase("zinnia@review.example")
    assert [shelf.kept for shelf in done.values() if shelf.kept] == []
    assert traces() == []


@pytest.mark.parametrize("erase", ["DELETE FROM letter", "UPDATE letter SET words = ''"])
def test_sqlite_overwrites_in_its_file_what_is_erased(tmp_path, settings, erase):
    path = tmp_path / "desk.sqlite3"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(settings.DATABASES["default"]["OPTIONS"]["init_command"])
        database.execute("CREATE TABLE letter (words text)")
        database.execute("INSERT INTO letter VALUES (?)", ["The zinnia bridge. " * 20])
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert b"zinnia" in path.read_bytes()
        database.execute(erase)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert b"zinnia" not in path.read_bytes()
