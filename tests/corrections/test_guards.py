"""The guards of the corrections desk, one by one: the sentence that forbids a move, or nothing."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine

from corrections import workflow
from newsroom.workflow import THE_CLOCK, THE_READER

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANN, BEN = SimpleNamespace(pk=1, actor_kind="staff"), SimpleNamespace(pk=2, actor_kind="staff")
DECIDED = "You decided this report the first time: another editor decides the appeal."


def a_report(**more):
    told = {
        "appealed_at": None,
        "appeal_until": NOW,
        "text_erased_at": None,
        "about_me": False,
        "urgent": False,
        "reminders_sent": 2,
        "same_answer": "",
        "first_deciders": lambda: {ANN.pk},
    }
    return SimpleNamespace(**{**told, **more})


def a_notice(**more):
    told = {
        "author_ids": lambda: {ANN.pk},
        "answerer_ids": set,
        "not_ready": lambda: "",
        "destroyed_at": None,
        "publication": SimpleNamespace(policy=lambda name: name == "allow_publish_urgent"),
    }
    return SimpleNamespace(**{**told, **more})


def test_an_appeal_is_decided_by_another_editor_than_the_first_decision():
    appealed = a_report(appealed_at=NOW)
    assert workflow.decided_before(appealed, ANN) == DECIDED
    assert workflow.decided_before(appealed, BEN) == ""
    assert workflow.decided_before(appealed, THE_CLOCK) == ""
    assert workflow.decided_before(a_report(), ANN) == ""


def test_a_reader_joins_only_by_saying_that_it_is_the_same():
    refused = "Only an editor can join reports."
    for answer, said in (("", refused), ("no", refused), ("yes", "")):
        assert workflow.not_said_to_be_the_same(a_report(same_answer=answer), THE_READER) == said
        assert workflow.not_said_to_be_the_same(a_report(same_answer=answer), ANN) == ""
    assert workflow.not_said_to_be_the_same(a_report(appealed_at=NOW), ANN) == DECIDED


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (a_report(), ""),
        (a_report(appealed_at=NOW), "This report was already looked at a second time."),
        (
            a_report(text_erased_at=NOW),
            "What you wrote was erased: there is nothing left to look at a second time.",
        ),
        (a_report(appeal_until=None), "The time to ask for a second look is over."),
        (a_report(appeal_until=NOW - timedelta(microseconds=1)), "The time to ask for a second look is over."),
        (a_report(appeal_until=NOW + timedelta(microseconds=1)), ""),
    ],
)
def test_an_appeal_comes_once_and_up_to_the_last_moment(report, said):
    with time_machine.travel(NOW, tick=False):
        assert workflow.appeal_is_over(report, THE_READER) == said


def test_nobody_works_on_a_report_that_says_nothing_any_more():
    assert workflow.words_are_erased(a_report(), ANN) == ""
    assert workflow.words_are_erased(a_report(text_erased_at=NOW), ANN) == "What the reader wrote was erased."


def test_a_report_lapses_after_two_reminders_unless_it_is_urgent_or_of_the_subject():
    never = "A report by the subject of the story, or an urgent one, never lapses."
    assert workflow.may_not_lapse(a_report(), THE_CLOCK) == ""
    assert workflow.may_not_lapse(a_report(reminders_sent=3), THE_CLOCK) == ""
    assert workflow.may_not_lapse(a_report(reminders_sent=1), THE_CLOCK) == (
        "The reader has not been reminded twice yet."
    )
    for reason in ("about_me", "urgent"):
        assert workflow.may_not_lapse(a_report(**{reason: True}), THE_CLOCK) == never
    assert workflow.REMINDERS_BEFORE_LAPSE == 2


def test_who_approves_answered_no_warning_about_it():
    answered = a_notice(answerer_ids=lambda: {BEN.pk})
    assert workflow.wrote_the_words(answered, BEN) == (
        "You answered a warning about this notice: another person reads the answer, and publishes it."
    )


def test_who_approves_wrote_none_of_it_and_finds_it_ready():
    wrote = "You wrote words of this draft: a second person publishes it."
    unready = a_notice(not_ready=lambda: "Say what was wrong.")
    assert [workflow.wrote_the_words(a_notice(), by) for by in (ANN, BEN)] == [wrote, ""]
    assert [workflow.wrote_the_words(unready, by) for by in (ANN, BEN)] == [wrote, "Say what was wrong."]


def test_publishing_alone_is_for_publications_that_allow_it_and_notices_that_are_ready():
    closed = a_notice(publication=SimpleNamespace(policy=lambda name: False))
    assert workflow.urgent_not_allowed(closed, ANN) == "This publication does not allow publishing alone."
    assert workflow.urgent_not_allowed(a_notice(), ANN) == ""
    unready = a_notice(not_ready=lambda: "Say what was wrong.")
    assert workflow.urgent_not_allowed(unready, ANN) == "Say what was wrong."


def test_what_an_order_destroyed_does_not_come_back():
    assert workflow.destroyed(a_notice(), ANN) == ""
    assert workflow.destroyed(a_notice(destroyed_at=NOW), ANN) == (
        "The text was destroyed under the order: publish a new notice instead."
    )


def test_the_tables_are_called_as_in_the_events():
    assert [workflow.REPORT.noun, workflow.CORRECTION.noun] == ["report", "correction"]


def needing_words(table):
    return {name for name, row in table.transitions.items() if row.needs_words}


def guarded(table):
    return {name: row.guard.__name__ for name, row in table.transitions.items() if row.guard.__name__ != "no_block"}


def test_these_moves_of_a_report_need_words_and_these_have_a_guard():
    assert needing_words(workflow.REPORT) == {"ask", "reply", "reopen", "decline", "join", "appeal"}
    assert guarded(workflow.REPORT) == {
        "restore": "words_are_erased",
        "accept": "decided_before",
        "decline": "decided_before",
        "join": "not_said_to_be_the_same",
        "lapse": "may_not_lapse",
        "appeal": "appeal_is_over",
    }


def test_these_moves_of_a_notice_need_words_and_these_have_a_guard():
    needing, guards = needing_words(workflow.CORRECTION), guarded(workflow.CORRECTION)
    assert needing >= {"return_to_draft", "publish_urgent"}
    assert not needing & {"send_for_approval", "discard", "publish"}
    assert (guards["publish"], guards["publish_urgent"]) == ("wrote_the_words", "urgent_not_allowed")
    assert set(guards.values()) == {"wrote_the_words", "urgent_not_allowed", "destroyed"}
