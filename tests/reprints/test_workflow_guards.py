"""The guards in the tables of the licensing desk: the sentence that forbids a move, or nothing."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from newsroom.workflow import THE_LOG, THE_PARTNER
from reprints import moments, workflow

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EDITOR = SimpleNamespace(pk=1, actor_kind="staff")


def guard(table, move):
    return workflow.WORKFLOWS[table].transitions[move].guard


def test_a_quoted_request_goes_back_to_the_desk_with_its_quote_only():
    resume = guard("license_request", "resume")
    quoted, waiting = SimpleNamespace(status="quoted"), SimpleNamespace(status="needs_info")
    assert resume(quoted, EDITOR) == "There is an open quote: cancel it first."
    assert [resume(quoted, THE_LOG), resume(waiting, EDITOR), resume(waiting, THE_LOG)] == ["", "", ""]


@pytest.mark.parametrize(
    ("closed_at", "said"),
    [
        (None, ""),
        (NOW - timedelta(days=30), ""),
        (
            NOW - timedelta(days=30, microseconds=1),
            "This lapsed more than 30 days ago. Please send a new request.",
        ),
    ],
)
def test_a_lapsed_request_is_reopened_for_thirty_days(monkeypatch, closed_at, said):
    monkeypatch.setattr(moments, "now", lambda: NOW)
    assert guard("license_request", "reopen")(SimpleNamespace(closed_at=closed_at), THE_PARTNER) == said


@pytest.mark.parametrize("move", ["credit", "write_off"])
def test_a_credit_note_is_neither_credited_nor_written_off(move):
    assert guard("invoice", move)(SimpleNamespace(kind="invoice"), EDITOR) == ""
    assert guard("invoice", move)(SimpleNamespace(kind="credit_note"), EDITOR) == (
        "This is a credit note: it takes back an invoice, and cannot be taken back itself."
    )


def test_the_tables_are_found_by_their_name_and_the_sets_hold_what_is_open():
    assert {name: table.noun for name, table in workflow.WORKFLOWS.items()} == {
        name: name for name in ("license_request", "quote", "license", "update_notice", "invoice")
    }
    assert set(workflow.UNANSWERED) == {"open", "escalated"}
    assert set(workflow.OPEN_REQUEST) == {"submitted", "in_review", "needs_info", "quoted"}
    assert timedelta(days=30) == workflow.REOPEN_WITHIN


def test_these_moves_need_words_and_these_have_a_guard():
    rows = [(name, row) for table in workflow.WORKFLOWS.values() for name, row in table.transitions.items()]
    needing = {
        table: {name for name, row in workflow.WORKFLOWS[table].transitions.items() if row.needs_words}
        for table in workflow.WORKFLOWS
    }
    assert needing == {
        "license_request": {"ask", "reply", "decline", "redirect"},
        "quote": {"cancel"},
        "license": {"suspend", "terminate", "revoke"},
        "update_notice": {"waive"},
        "invoice": {"credit", "write_off"},
    }
    assert {(name, row.guard.__name__) for name, row in rows if row.guard.__name__ != "no_block"} == {
        ("resume", "_quote_goes_first"),
        ("reopen", "_reopens_in_time"),
        ("credit", "_is_no_credit_note"),
        ("write_off", "_is_no_credit_note"),
    }
