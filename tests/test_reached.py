"""The check of the core's coverage cannot pass without a measurement."""

from pathlib import Path

from tests.reached import CORE, gaps

ROOT = Path(__file__).parent.parent


def measured(**over):
    file = {"summary": {"num_statements": 3}, "missing_lines": [], "missing_branches": []}
    return {"files": {name: {**file, **over} for name in CORE}, "totals": {"percent_covered": 97.0}}


def test_the_core_is_there_and_is_what_the_mutants_break():
    assert len(CORE) >= 18
    assert [name for name in CORE if not (ROOT / name).is_file()] == []


def test_all_reached_is_no_gap():
    assert gaps(measured()) == []


def test_a_file_that_was_not_measured_is_a_gap():
    nothing = {"files": {}, "totals": {"percent_covered": 100.0}}
    assert gaps(nothing) == [f"{name} was not measured" for name in CORE]
    assert len(gaps(measured(summary={"num_statements": 0}))) == len(CORE)
    without = measured()
    del without["files"][CORE[0]]["missing_branches"]
    assert gaps(without) == [f"{CORE[0]} was measured without branches"]


def test_a_line_a_branch_and_too_little_overall_are_gaps():
    assert gaps(measured(missing_lines=[7]))[0] == f"{CORE[0]}: lines [7], branches []"
    assert gaps(measured(missing_branches=[[7, 9]]))[0] == f"{CORE[0]}: lines [], branches [[7, 9]]"
    assert gaps({**measured(), "totals": {"percent_covered": 94.99}}) == ["overall 94.99 %, wanted 95 %"]
