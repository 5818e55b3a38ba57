"""The checker of the fault runs: does it see what it is there to see?"""

import pytest

from tests.faults import chaos, drill
from tests.faults.books import Book, figures

pytestmark = [pytest.mark.fault]


def kept(*arrivals, withheld=()):
    """A book in which (id, reference) arrived at second 10, 11, 12 …"""
    book = Book(1)
    for second, (message_id, reference) in enumerate(arrivals, 10):
        book.references[message_id] = reference
        book.arrived[message_id].append(second)
    for message_id in withheld:
        book.withheld[message_id] += 1
    return book


def report(rows, *, unplanned=0):
    """What stands in the database: reference → (id, state), each committed at second 9."""
    return {
        "deliveries": {reference: {"id": mid, "state": state} for reference, (mid, state) in rows.items()},
        "events": dict.fromkeys(rows, 9),
        "unplanned": unplanned,
    }


def compared(rows, book, **more):
    found = figures(report(rows, **more), book, worker_kills=2) | {"false_accepted": 0}
    return found, chaos.failures(found)


def test_what_went_well_is_no_finding():
    rows = {"A1": ("m1", "sent"), "A2": ("m2", "sent")}
    found, wrong = compared(rows, kept(("m1", "A1"), ("m2", "A2")))
    assert wrong == []
    assert (found["committed"], found["arrivals"], found["recovery_p99_seconds"]) == (2, 2, 2)


@pytest.mark.parametrize(
    ("rows", "arrivals", "more", "sentences"),
    [
        ({"A1": ("m1", "dead")}, [], {}, ["lost is 1", "dead is 1"]),
        ({"A1": ("m1", "sent")}, [], {}, ["lost is 1", "false_sent is 1"]),
        ({"A1": ("m1", "pending")}, [("m1", "A1")], {}, ["unsettled is 1"]),
        ({"A1": ("m1", "sent")}, [("m1", "A1")], {"unplanned": 1}, ["unsettled is 1"]),
        ({"A1": ("m1", "sent")}, [("m1", "A1"), ("m9", "X1")], {}, ["ghost is 1", "strangers is 1"]),
        ({"A1": ("m1", "sent")}, [("m1", "A1"), ("m9", "A1")], {}, ["strangers is 1"]),
        ({"A1": ("m1", "sent")}, [("m1", "A1")] * 3, {}, ["1.0 duplicates per worker kill"]),
        (
            {f"A{n}": (f"m{n}", "sent") for n in range(20)},
            [(f"m{n}", f"A{n}") for n in range(20)],
            {},
            ["recovery p99 is 20 s, allowed 11 s"],
        ),
    ],
)
def test_what_went_wrong_is_named(rows, arrivals, more, sentences):
    assert compared(rows, kept(*arrivals), **more)[1] == sentences


def test_a_copy_whose_first_answer_was_withheld_is_nobodys_fault():
    found, wrong = compared({"A1": ("m1", "sent")}, kept(("m1", "A1"), ("m1", "A1"), withheld=["m1"]))
    assert (found["duplicates_ambiguous"], found["duplicates_kill"], wrong) == (1, 0, [])


def test_what_was_accepted_and_is_not_there_is_a_finding():
    found, _wrong = compared({"A1": ("m1", "sent")}, kept(("m1", "A1")))
    assert chaos.failures(found | {"false_accepted": 1}) == ["false_accepted is 1"]


def test_a_drill_names_the_table_that_lacks_rows_and_a_log_that_changed():
    found = {"missing": ["events_event"], "root_kept": False, "verified": "1 findings"}
    assert drill.failures(found) == [
        "events_event has other rows than before",
        "the public log has another root",
        "the public log does not verify: 1 findings",
    ]
    assert drill.failures({"missing": [], "root_kept": True, "verified": "The public log is whole; …"}) == []
