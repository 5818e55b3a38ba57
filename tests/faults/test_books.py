"""The checker of the fault runs: does it see what it is there to see?"""

import pytest

from tests.faults import chaos, drill
from tests.faults.books import Book, figures
from tests.faults.reader import Reader, Reporter

pytestmark = [pytest.mark.fault]
M0 = ("m0", "M0")


def kept(*arrivals, withheld=()):
    """A book in which (id, reference) arrived at second 10, 11, 12 …"""
    book = Book(1)
    for second, (message_id, reference) in enumerate(arrivals, 10):
        book.references[message_id] = reference
        book.arrived[message_id].append(second)
    for message_id in withheld:
        book.withheld[message_id] += 1
    return book


def report(rows, *, unplanned=0, died=()):
    """What stands in the database: reference → (id, state), each committed at second 9; mails with an even number,
    hooks with an odd one. What `died` was tried at that second, and again at second 30.
    """
    died = dict(died)

    def row(place, reference):
        mid, state = rows[reference]
        tried = [("crash", died[reference]), ("ok", 30)] if reference in died else [("ok", 10)]
        channel = "webhook" if place % 2 else "email"
        verdicts, begun = zip(*tried, strict=True)
        return {"id": mid, "state": state, "channel": channel, "tries": list(verdicts), "begun": list(begun)}

    return {
        "deliveries": {reference: row(place, reference) for place, reference in enumerate(rows)},
        "events": dict.fromkeys(rows, 9),
        "unplanned": unplanned,
    }


def compared(rows, book, **more):
    """With a hook beside them that arrived."""
    book.references["h0"], book.arrived["h0"] = "H0", [10]
    found = figures(report({"M0": ("m0", "sent"), "H0": ("h0", "sent"), **rows}, **more), book, worker_kills=2)
    found |= {"false_accepted": 0, "unended": []} | Reporter("", count=0, seconds=0).figures({})
    return found, chaos.failures(found)


def test_what_went_well_is_no_finding():
    rows = {"A1": ("m1", "sent"), "A2": ("m2", "sent")}
    found, wrong = compared(rows, kept(M0, ("m1", "A1"), ("m2", "A2")))
    assert wrong == []
    assert (found["committed"], found["arrivals"], found["mails"], found["hooks"]) == (4, 4, 2, 2)


def test_recovery_is_from_the_try_that_was_cut_off_to_the_next_one():
    rows = {"A1": ("m1", "sent"), "A2": ("m2", "sent")}
    found, wrong = compared(rows, kept(M0, ("m1", "A1"), ("m2", "A2")), died={"A1": 20})
    assert (found["recoveries"], found["recovery_p99_seconds"], wrong) == (1, 10, [])
    found, wrong = compared(rows, kept(M0, ("m1", "A1"), ("m2", "A2")), died={"A1": 18})
    assert wrong == ["recovery p99 is 12 s, allowed 11 s"]


@pytest.mark.parametrize(("way", "mid"), [("mails", "m0"), ("hooks", "h0")])
def test_a_run_in_which_one_way_was_not_tried_proves_nothing(way, mid):
    found = compared({}, kept(M0))[0]
    assert chaos.failures(found | {way: 0}) == [f"no {way} arrived"]


def test_a_report_by_key_that_is_there_twice_or_not_at_all_is_a_finding():
    reporter = Reporter("", count=3, seconds=0)
    for number in range(3):
        reporter.answered[number].add(f"R-{number}")
    reporter.answered[2].add("R-9")
    claims = {"Sentence 0 names the wrong year.": 2, "Sentence 2 names the wrong year.": 1}
    found = reporter.figures(claims)
    assert (found["keyed_accepted"], found["keyed_lost"], found["keyed_twice"]) == (3, 1, 2)
    good = compared({}, kept(M0))[0]
    assert chaos.failures(good | found) == ["keyed_lost is 1", "keyed_twice is 2"]


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
    ],
)
def test_what_went_wrong_is_named(rows, arrivals, more, sentences):
    assert compared(rows, kept(M0, *arrivals), **more)[1] == sentences


def test_a_copy_whose_first_answer_was_withheld_is_nobodys_fault():
    found, wrong = compared({"A1": ("m1", "sent")}, kept(M0, ("m1", "A1"), ("m1", "A1"), withheld=["m1"]))
    assert (found["duplicates_ambiguous"], found["duplicates_kill"], wrong) == (1, 0, [])


def test_what_was_accepted_and_is_not_there_is_a_finding():
    found, _wrong = compared({"A1": ("m1", "sent")}, kept(M0, ("m1", "A1")))
    assert chaos.failures(found | {"false_accepted": 1}) == ["false_accepted is 1"]


def test_what_was_committed_though_nobody_answered_is_counted_apart():
    sender = Reader("", count=2, seconds=0, seed=1)
    sender.accepted |= {"W1", "W3"}
    assert sender.unanswered({"A1", "W1", "W2", "W3"}) == {"W2"}


def test_what_did_not_end_is_a_finding():
    good = compared({}, kept(M0))[0]
    assert chaos.failures(good | {"unended": ["beat", "Reporter"]}) == ["this did not end: beat, Reporter"]


def test_a_drill_names_what_did_not_come_back():
    whole = {"missing": [], "changed": [], "closed": [], "opened": "All 3 open.", "root_kept": True}
    whole["verified"] = "The log is whole."
    assert drill.failures(whole) == []
    broken = {"missing": ["events_event"], "changed": ["corrections_report"], "closed": ["the partner's key opens"]}
    broken |= {"opened": "FAILED 1 of 3", "root_kept": False, "verified": "1 findings"}
    assert drill.failures(broken) == [
        "events_event has more or fewer rows than before",
        "corrections_report has other contents than before",
        "not so: the partner's key opens",
        "what is sealed does not open: FAILED 1 of 3",
        "the public log has another root",
        "the public log does not verify: 1 findings",
    ]
