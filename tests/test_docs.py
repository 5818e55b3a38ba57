"""Docs fail here when they fall behind: every kind, route, setting, move and command is written down somewhere true."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from newsroom.accounts.policies import POLICIES
from newsroom.api.explanations import EXPLANATIONS
from newsroom.env import KNOWN
from newsroom.events.kinds import ADDRESS_BOOKS, CONTEXTS, KINDS, NOTICES, REACTIONS
from newsroom.management.commands.describe import tables

ROOT = Path(__file__).resolve().parent.parent
DOCS = {path.name: path.read_text() for path in (ROOT / "docs").glob("*.md")}


REFUSING = {"Conflict", "NotAllowed", "NotFound", "Stale", "BadRequest"}
AT_THE_DESK = {
    *("already_invoiced", "builtin", "external", "frozen", "tax_undecided", "unpaid"),
    *("needs_proposal", "not_approved", "nothing_proposed", "nothing_waits", "not_pending"),
    *("legal_hold", "license_in_force", "open", "partner", "log_behind", "draft_changed"),
}
"""Refusals of moves that only pages have: of staff, of the operator, and of people who erase what we hold on them."""


def refused_codes():
    """The codes with which any code of ours refuses."""
    found = set()
    for path in (path for app in ("newsroom", "corrections", "reprints") for path in (ROOT / app).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in REFUSING:
                continue
            given = [word.value for word in node.keywords if word.arg == "code"] or node.args[1:2]
            found |= {word.value for word in given if isinstance(word, ast.Constant)}
    return found


def test_every_code_of_a_problem_has_its_page_and_stands_in_the_docs():
    _ = get_resolver().url_patterns  # what the apps explain is registered with their routes
    codes = refused_codes()
    assert codes - AT_THE_DESK - set(EXPLANATIONS) == set()
    assert AT_THE_DESK - codes == set()
    assert AT_THE_DESK & set(EXPLANATIONS) == set()
    table = DOCS["api.md"].partition("## Codes")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d{3}) \| (.*) \|$", table, re.MULTILINE)
    listed = {code: int(status) for status, codes in rows for code in re.findall(r"`(\w+)`", codes)}
    assert listed == {code: explanation.status for code, explanation in EXPLANATIONS.items()}


def test_the_pages_of_moves_and_events_are_what_the_code_says():
    call_command("describe", "--check")


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_setting_is_in_operations_and_in_the_example(name):
    assert f"`{name}`" in DOCS["operations.md"]
    if name not in {"MASTHEAD_FAILPOINT", "DEBUG", "DELIVERY_LEASE_SECONDS", "DELIVERY_WAIT_DIVISOR"}:
        assert re.search(rf"^#?{name}=", (ROOT / ".env.example").read_text(), re.MULTILINE), name


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_every_setting_of_a_publication_is_in_operations(name):
    assert f"`{name}`" in DOCS["operations.md"]


def test_every_command_is_documented():
    commands = {
        path.stem
        for path in ROOT.glob("*/**/management/commands/*.py")
        if path.stem != "__init__" and not {".venv", "tests"} & set(path.relative_to(ROOT).parts)
    }
    text = "".join(DOCS.values()) + (ROOT / "CONTRIBUTING.md").read_text()
    assert {name for name in commands if f"manage.py {name}" not in text} == set()


def test_every_api_route_is_in_the_snapshot():
    described = set(yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())["paths"])

    def routes(patterns, prefix=""):
        for entry in patterns:
            path = prefix + str(entry.pattern)
            if isinstance(entry, URLResolver):
                yield from routes(entry.url_patterns, path)
            elif isinstance(entry, URLPattern) and path.startswith("api/v1/"):
                yield "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", path)

    assert set(routes(get_resolver().url_patterns)) - described == set()


def test_every_notice_and_reaction_names_a_declared_kind_and_has_its_template():
    for notice in NOTICES:
        assert notice.kind in KINDS
        assert (ROOT / "templates" / f"{notice.template}.txt").exists(), notice.template
        assert KINDS[notice.kind].name.partition(".")[0] in CONTEXTS, notice.kind
    for name, _react in REACTIONS:
        assert name in KINDS
    assert {"user", "publication", "reader", "unconfirmed_reader", "requester", "contact"} <= set(ADDRESS_BOOKS)


def test_every_move_records_an_event_of_its_noun():
    for table in tables():
        assert any(kind.startswith(f"{table.noun}.") for kind in KINDS), table.noun


def test_no_page_of_the_project_names_a_registry_or_a_machine():
    wrong = re.compile(r"pypi\.org|files\.pythonhosted|registry\.npmjs|(?<![\w.])/(?:root|home/\w+)/")
    suffixes = {".md", ".toml", ".txt", ".in", ".yml", ".yaml", ".cfg", ".sh", ""}
    for path in ROOT.rglob("*"):
        parts = set(path.relative_to(ROOT).parts)
        if parts & {".venv", ".git", "var", "node_modules", ".mypy_cache", ".ruff_cache", ".hypothesis"}:
            continue
        if path.is_file() and path.suffix in suffixes:
            assert not wrong.search(path.read_text(errors="ignore")), path
