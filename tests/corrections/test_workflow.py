"""Every transition × status × role, against a matrix written out here and read from nowhere."""

import copy

import pytest
from django.db import transaction

from corrections.models import Correction, Report
from corrections.services import correction as notices
from corrections.services import report as reports
from corrections.workflow import CORRECTION, REPORT, CorrectionStatus, ReportStatus
from newsroom.errors import Conflict, NotAllowed
from newsroom.events.models import Delivery, Event
from newsroom.workflow import THE_CLOCK, THE_LOG, THE_READER
from tests.factories import (
    force_status,
    make_article,
    make_correction,
    make_publication,
    make_report,
    make_staff,
)

DESK = {"desk_editor", "standards_editor", "admin"}
STANDARDS = {"standards_editor", "admin"}
LEGAL = {"legal", "admin"}

REPORT_MATRIX = {
    "release": ({"held"}, "new", DESK),
    "mark_spam": ({"held", "new", "in_review"}, "spam", DESK),
    "restore": ({"spam"}, "new", DESK),
    "take_up": ({"new"}, "in_review", DESK),
    "ask": ({"in_review"}, "needs_info", DESK),
    "reply": ({"needs_info"}, "in_review", {"reader"}),
    "resume": ({"needs_info"}, "in_review", DESK),
    "accept": ({"in_review"}, "accepted", DESK),
    "reopen": ({"accepted"}, "in_review", DESK),
    "resolve": ({"accepted"}, "resolved", {"log"}),
    "decline": ({"new", "in_review", "needs_info"}, "declined", DESK),
    "join": ({"new", "in_review"}, "duplicate", {*DESK, "reader"}),
    "carry_on": ({"duplicate"}, "new", {"log"}),
    "withdraw": ({"held", "new", "in_review", "needs_info"}, "withdrawn", {"reader"}),
    "lapse": ({"needs_info"}, "lapsed", {"clock"}),
    "appeal": ({"declined", "resolved", "duplicate", "lapsed"}, "in_review", {"reader"}),
}
CORRECTION_MATRIX = {
    "send_for_approval": ({"draft"}, "awaiting_approval", DESK),
    "return_to_draft": ({"awaiting_approval"}, "draft", DESK),
    "discard": ({"draft"}, "discarded", DESK),
    "publish": ({"awaiting_approval"}, "published", STANDARDS),
    "publish_urgent": ({"draft"}, "published", STANDARDS),
    "supersede": ({"published"}, "superseded", {"log"}),
    "withdraw": ({"published"}, "withdrawn", STANDARDS),
    "reinstate": ({"withdrawn"}, "published", STANDARDS),
    "suppress": ({"published", "superseded", "withdrawn"}, "suppressed", LEGAL),
    "unsuppress": ({"suppressed"}, "published", LEGAL),
}
ROLES = [
    "desk_editor",
    "standards_editor",
    "legal",
    "licensing_editor",
    "licensing_manager",
    "admin",
    "nobody",
    "elsewhere",
    "reader",
    "clock",
    "log",
]
OUTSIDERS = {"reader": THE_READER, "clock": THE_CLOCK, "log": THE_LOG}


def actor(role, publication):
    if role in OUTSIDERS:
        return OUTSIDERS[role]
    if role == "nobody":
        return make_staff()
    if role == "elsewhere":
        return make_staff(make_publication(), "admin")
    return make_staff(publication, role)


def state(record):
    return (
        list(type(record).objects.filter(pk=record.pk).values()),
        Event.objects.count(),
        Delivery.objects.count(),
    )


def walk(table, matrix, record, statuses, role):
    by = actor(role, record.publication)
    for status in statuses:
        row = force_status(record, status)
        before = state(row)
        for move, (sources, target, who) in matrix.items():
            fresh = copy.copy(row)
            if move == "lapse":
                fresh.reminders_sent = 2
            if move == "join":
                fresh.same_answer = "yes"
            if role not in who:
                with pytest.raises(NotAllowed):
                    table.move(fresh, move, by)
            elif status not in sources:
                with pytest.raises(Conflict):
                    table.move(fresh, move, by)
            else:
                assert table.move(fresh, move, by) == {"move": move, "from": status, "to": target}
                assert (fresh.status, fresh.version) == (target, record.version + 1)
        assert state(row) == before


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_every_move_of_a_report_is_for_these_roles_and_statuses_only(role):
    assert set(REPORT.transitions) == set(REPORT_MATRIX)
    walk(REPORT, REPORT_MATRIX, make_report(), ReportStatus.values, role)


@pytest.mark.django_db
@pytest.mark.parametrize("role", ROLES)
def test_every_move_of_a_correction_is_for_these_roles_and_statuses_only(role):
    assert set(CORRECTION.transitions) == set(CORRECTION_MATRIX)
    walk(CORRECTION, CORRECTION_MATRIX, make_correction(), CorrectionStatus.values, role)


@pytest.mark.django_db
@pytest.mark.parametrize("move", sorted(REPORT_MATRIX))
def test_every_move_of_a_report_is_a_function_of_its_name_but_those_that_another_record_makes(move):
    assert hasattr(reports, move) == (move not in {"resolve", "carry_on"})


@pytest.mark.django_db
@pytest.mark.parametrize("move", sorted(CORRECTION_MATRIX))
def test_every_move_of_a_correction_is_a_function_of_its_name_but_those_a_notice_makes(move):
    assert hasattr(notices, move) == (move not in {"supersede", "withdraw", "reinstate"})


SERVICES = {
    "release": lambda row, by: reports.release(row, by=by),
    "mark_spam": lambda row, by: reports.mark_spam(row, by=by),
    "restore": lambda row, by: reports.restore(row, by=by),
    "take_up": lambda row, by: reports.take_up(row, by=by),
    "ask": lambda row, by: reports.ask(row, by=by, words="Which page?"),
    "reply": lambda row, by: reports.reply(row, by=by, words="Page 3."),
    "resume": lambda row, by: reports.resume(row, by=by),
    "accept": lambda row, by: reports.accept(row, by=by),
    "reopen": lambda row, by: reports.reopen(row, by=by, words="Not sure."),
    "decline": lambda row, by: reports.decline(row, by=by, code="opinion", words="It is an opinion."),
    "withdraw": lambda row, by: reports.withdraw(row, by=by),
    "appeal": lambda row, by: reports.appeal(row, by=by, words="Look again."),
}


@pytest.mark.django_db
@pytest.mark.parametrize("move", sorted(SERVICES))
def test_an_illegal_move_by_service_leaves_row_events_and_deliveries_identical(move):
    sources, _target, who = REPORT_MATRIX[move]
    publication = make_publication()
    right = OUTSIDERS["reader"] if "reader" in who else make_staff(publication, "standards_editor")
    wrong = make_staff(publication, "legal")
    report = make_report(publication)
    for status in ReportStatus.values:
        row = force_status(report, status)
        before = state(row)
        with pytest.raises(NotAllowed), transaction.atomic():
            SERVICES[move](row, wrong)
        assert state(row) == before
        if status not in sources:
            with pytest.raises(Conflict), transaction.atomic():
                SERVICES[move](row, right)
            assert state(row) == before
        else:
            SERVICES[move](row, right)
            assert Event.objects.count() == before[1] + 1
            force_status(report, "new", version=1, correction=None, appealed_at=None, closed_at=None, joined_to=None)


@pytest.mark.django_db
def test_buttons_are_the_moves_of_the_table():
    publication = make_publication()
    editor = make_staff(publication, "desk_editor")
    report = make_report(publication)

    assert reports.available(report, editor) == ["mark_spam", "take_up", "decline", "join"]
    assert reports.available(report, THE_READER) == ["withdraw"]
    assert reports.available(report, make_staff()) == []


@pytest.mark.django_db
def test_an_unknown_row_is_not_moved():
    report = make_report()
    editor = make_staff(report.publication, "desk_editor")
    Report.objects.filter(pk=report.pk).update(version=7)

    with pytest.raises(Conflict, match="version 7, you saw 1"):
        reports.take_up(report, by=editor, seen=1)
    assert Report.objects.get(pk=report.pk).status == "new"


@pytest.mark.django_db
def test_a_draft_of_another_publication_is_not_seen_by_this_desk():
    here, there = make_publication(), make_publication()
    make_correction(there, article=make_article(there))

    assert list(Correction.objects.visible_to(make_staff(here, "standards_editor"))) == []
