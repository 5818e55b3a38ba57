"""`docs/security.md` names code and tests that exist, for enough of what the standard asks."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| ([^|]+) \| (?:`([^`]+)`|operator: ([^|]+)) \|$", re.MULTILINE)
ROWS = ROW.findall(PAGE)


def test_enough_requirements_are_met_by_code_or_shown_by_a_test():
    ids = [row[0] for row in ROWS]
    shown = [row[0] for row in ROWS if row[2]]
    assert len(ids) == len(set(ids)) == len(re.findall(r"^\| \d", PAGE, re.MULTILINE))
    assert len(ids) >= 150
    assert len(shown) / len(ids) >= 0.8


def test_most_of_it_is_shown_by_tests_and_not_only_by_code():
    assert sum("::test_" in row[2] for row in ROWS) >= len(ROWS) / 2


@pytest.mark.parametrize("evidence", sorted({row[2] for row in ROWS if row[2]}))
def test_what_is_named_is_there(evidence):
    path, _, name = evidence.partition("::")
    file = ROOT / path
    assert file.is_file()
    if name:
        tests = {node.name for node in ast.parse(file.read_text()).body if isinstance(node, ast.FunctionDef)}
        assert name in tests


def test_what_is_left_to_the_operator_says_what_to_do():
    assert [row[0] for row in ROWS if not row[2] and not row[3].strip()] == []
