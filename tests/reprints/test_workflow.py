"""Every transition × every status × every role of the licensing desk, against the matrix written out here."""

import pytest

from newsroom.accounts.models import INCLUDES
from newsroom.errors import Conflict, NotAllowed
from newsroom.workflow import Outsider
from reprints.events import EVENT_OF_MOVE
from reprints.workflow import WORKFLOWS

E, M, P, C, L = "licensing_editor", "licensing_manager", "partner", "clock", "log"

EXPECTED = {
    "license_request": {
        "take_up": ({"submitted"}, "in_review", {E}),
        "ask": ({"in_review"}, "needs_info", {E}),
        "reply": ({"needs_info"}, "in_review", {P}),
        "resume": ({"needs_info", "quoted"}, "in_review", {E, L}),
        "quote": ({"submitted", "in_review"}, "quoted", {L}),
        "agree": ({"quoted"}, "agreed", {L}),
        "fulfill": ({"agreed"}, "fulfilled", {L}),
        "decline": ({"submitted", "in_review", "needs_info"}, "declined", {E}),
        "redirect": ({"submitted", "in_review", "needs_info"}, "redirected", {E}),
        "withdraw": ({"submitted", "in_review", "needs_info", "quoted"}, "withdrawn", {P}),
        "lapse": ({"needs_info", "quoted"}, "lapsed", {C}),
        "reopen": ({"lapsed"}, "in_review", {P, E}),
    },
    "quote": {
        "open": ({"draft"}, "open", {E, L}),
        "accept": ({"open"}, "accepted", {P, L}),
        "decline": ({"open"}, "declined", {P}),
        "supersede": ({"draft", "open"}, "superseded", {L}),
        "cancel": ({"draft", "open"}, "canceled", {E, L}),
    },
    "license": {
        "issue": ({"pending_payment"}, "active", {E, L}),
        "suspend": ({"active"}, "suspended", {E, C}),
        "reinstate": ({"suspended"}, "active", {E, C}),
        "terminate": ({"pending_payment", "active", "suspended"}, "terminated", {P, E}),
        "revoke": ({"active", "suspended"}, "revoked", {M}),
        "supersede": ({"active", "suspended"}, "superseded", {L}),
    },
    "update_notice": {
        "acknowledge": ({"open", "escalated"}, "acknowledged", {P, E}),
        "verify": ({"acknowledged"}, "verified", {E}),
        "escalate": ({"open"}, "escalated", {E, C}),
        "supersede": ({"open", "escalated"}, "superseded", {L}),
        "cancel": ({"open", "escalated"}, "canceled", {L}),
        "waive": ({"open", "escalated"}, "waived", {E}),
    },
    "invoice": {
        "issue": ({"draft"}, "issued", {E, L}),
        "pay": ({"issued"}, "paid", {E}),
        "credit": ({"issued", "paid"}, "credited", {E}),
        "write_off": ({"issued"}, "written_off", {M}),
    },
}

STATUSES = {
    "license_request": "submitted in_review needs_info quoted agreed fulfilled declined withdrawn lapsed redirected",
    "quote": "draft open accepted declined superseded canceled",
    "license": "pending_payment active suspended revoked terminated superseded",
    "update_notice": "open acknowledged verified escalated superseded canceled waived",
    "invoice": "draft issued paid credited written_off",
}

EVENTS = {
    "license_request": "taken_up asked replied resumed quoted agreed fulfilled declined redirected withdrawn lapsed "
    "reopened",
    "quote": "opened accepted declined superseded canceled",
    "license": "issued suspended reinstated terminated revoked superseded",
    "update_notice": "acknowledged verified escalated superseded canceled waived",
    "invoice": "issued paid credited written_off",
}

ROLES = {
    "desk_editor": set(),
    "standards_editor": set(),
    "legal": set(),
    E: {E},
    M: {E, M},
    "admin": {E, M},
    "reader": set(),
    P: {P},
    C: {C},
    L: {L},
}
"""Who is asking → which of the five roles of these tables that person holds."""


class Person:
    """A member of staff with one membership, or one of the actors without an account."""

    def __init__(self, role):
        self.role = role
        self.actor_kind = "staff" if role in INCLUDES else role

    def roles_at(self, publication):
        return INCLUDES[self.role] if self.role in INCLUDES else Outsider(self.role).roles_at(publication)


class Row:
    """Anything with a status."""

    publication = None
    closed_at = None
    kind = "invoice"

    def __init__(self, status):
        self.status = status
        self.version = 7

    def get_status_display(self):
        return self.status


def test_the_tables_hold_exactly_the_moves_written_here():
    assert {noun: list(table.transitions) for noun, table in WORKFLOWS.items()} == {
        noun: list(moves) for noun, moves in EXPECTED.items()
    }


def test_the_statuses_are_exactly_those_written_here():
    assert {noun: table.statuses.values for noun, table in WORKFLOWS.items()} == {
        noun: words.split() for noun, words in STATUSES.items()
    }


def test_every_move_records_the_event_that_is_its_participle():
    assert {noun: [kind.name for kind in kinds.values()] for noun, kinds in EVENT_OF_MOVE.items()} == {
        noun: [f"{noun}.{word}" for word in words.split()] for noun, words in EVENTS.items()
    }
    assert {noun: list(kinds) for noun, kinds in EVENT_OF_MOVE.items()} == {
        noun: list(moves) for noun, moves in EXPECTED.items()
    }


CELLS = [
    (noun, move, status, role)
    for noun, moves in EXPECTED.items()
    for move in moves
    for status in STATUSES[noun].split()
    for role in ROLES
]


@pytest.mark.parametrize("noun", EXPECTED)
def test_every_cell_of_the_matrix(noun):
    wrong = [cell for cell in CELLS if cell[0] == noun and outcome(*cell) != expected(*cell)]
    assert wrong == []


def test_the_matrix_has_every_cell():
    assert len(CELLS) == sum(len(moves) * len(STATUSES[noun].split()) * len(ROLES) for noun, moves in EXPECTED.items())
    assert len(CELLS) == 12 * 10 * 10 + 5 * 6 * 10 + 6 * 6 * 10 + 6 * 7 * 10 + 4 * 5 * 10


def outcome(noun, move, status, role):
    row = Row(status)
    try:
        change = WORKFLOWS[noun].move(row, move, Person(role))
    except NotAllowed:
        assert (row.status, row.version) == (status, 7)
        return "not allowed"
    except Conflict:
        assert (row.status, row.version) == (status, 7)
        return "conflict"
    assert change == {"move": move, "from": status, "to": row.status}
    assert row.version == 8
    return row.status


def expected(noun, move, status, role):
    sources, target, who = EXPECTED[noun][move]
    if not who & ROLES[role]:
        return "not allowed"
    if status not in sources:
        return "conflict"
    if (noun, move, status) == ("license_request", "resume", "quoted") and role != L:
        return "conflict"
    return target


WORDS_NEEDED = {
    ("license_request", "ask"),
    ("license_request", "reply"),
    ("license_request", "decline"),
    ("license_request", "redirect"),
    ("quote", "cancel"),
    ("license", "suspend"),
    ("license", "terminate"),
    ("license", "revoke"),
    ("update_notice", "waive"),
    ("invoice", "credit"),
    ("invoice", "write_off"),
}


def test_moves_that_end_someones_waiting_need_words():
    assert {
        (noun, row.name) for noun, table in WORKFLOWS.items() for row in table.transitions.values() if row.needs_words
    } == WORDS_NEEDED
