"""Who may import whom, and where things may be written: the sentences of docs/architecture.md as tests."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = sorted(
    path
    for folder in ("newsroom", "corrections", "reprints")
    for path in (ROOT / folder).rglob("*.py")
    if "migrations" not in path.parts
)
NAMED_APPS = {"newsroom/urls.py", "newsroom/settings.py", "newsroom/clock.py", "newsroom/celery.py"}
MODEL_FREE = {
    "newsroom/workflow.py",
    "newsroom/errors.py",
    "newsroom/references.py",
    "newsroom/env.py",
    "newsroom/links.py",
    "newsroom/availability.py",
    "newsroom/rounds.py",
    "newsroom/figures.py",
    "newsroom/languages.py",
}
LAYERS = {
    "newsroom.accounts": {"newsroom.articles", "corrections", "reprints"},
    "newsroom.articles.models": {"newsroom.events", "corrections", "reprints"},
    "newsroom.events": {"newsroom.admin", "newsroom.web", "corrections", "reprints"},
}
INTERFACES = {"admin", "api", "views", "forms", "tasks", "urls", "feeds"}
HOMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "handler", "handlers"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text())))


@cache
def imports(path: Path) -> set[str]:
    found = set()
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def reaching(found: set[str], roots: set[str]) -> set[str]:
    return {name for name in found for root in roots if name == root or name.startswith(f"{root}.")}


def offenders(rule, paths=CODE) -> dict[str, object]:
    """File → what the rule says against it, where it says anything."""
    return {name_of(path): found for path in paths if (found := rule(path))}


def test_the_two_desks_never_import_each_other_and_the_house_imports_neither():
    forbidden = {
        "corrections": {"reprints"},
        "reprints": {"corrections"},
        "newsroom": {"corrections", "reprints"},
    }
    paths = [path for path in CODE if name_of(path) not in NAMED_APPS]
    assert offenders(lambda path: reaching(imports(path), forbidden[path.relative_to(ROOT).parts[0]]), paths) == {}


@pytest.mark.parametrize("path", sorted(MODEL_FREE))
def test_ideas_know_no_models(path):
    houses = {"newsroom.accounts", "newsroom.articles", "newsroom.events", "corrections", "reprints"}
    assert reaching(imports(ROOT / path), houses) == set()


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_a_lower_floor_does_not_reach_up(layer):
    base = ROOT / Path(*layer.split("."))
    paths = [base.with_suffix(".py")] if base.with_suffix(".py").exists() else list(base.rglob("*.py"))
    exempt = {"admin.py", "notices.py"}
    for path in paths:
        if path.name in exempt or {"api", "migrations", "management"} & set(path.relative_to(ROOT).parts):
            continue
        assert reaching(imports(path), LAYERS[layer]) == set(), name_of(path)


@pytest.mark.parametrize("app", ["corrections", "reprints"])
def test_inside_a_desk_nothing_imports_an_interface_and_models_import_no_service(app):
    for path in CODE:
        parts = path.relative_to(ROOT).parts
        if parts[0] != app:
            continue
        story = parts[1].removesuffix(".py")
        found = imports(path)
        if story in {
            "workflow",
            "models",
            "services",
            "events",
            "notices",
            "letters",
            "reactions",
            "ledger",
            "pricing",
            "vocabulary",
        }:
            assert reaching(found, {f"{app}.{name}" for name in INTERFACES}) == set(), name_of(path)
        if story in {"workflow", "models", "vocabulary"}:
            assert reaching(found, {f"{app}.services", f"{app}.notices"}) - _typing_only(path) == set(), name_of(path)


def test_only_the_table_sets_a_status():
    # Deliveries and endpoints have states of their own (`state`), not a table of moves.
    def lines(path):
        return [
            node.lineno
            for node in nodes_of(path)
            if isinstance(node, ast.Assign | ast.AugAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Attribute) and target.attr == "status" and not _is_self(target)
        ]

    assert offenders(lines).keys() == {"newsroom/workflow.py"}


def _is_self(target: ast.Attribute) -> bool:
    return isinstance(target.value, ast.Name) and target.value.id in {"self", "response"}


def _typing_only(path: Path) -> set[str]:
    found = set()
    for node in nodes_of(path):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for inner in ast.walk(node):
                if isinstance(inner, ast.ImportFrom) and inner.module:
                    found |= {inner.module} | {f"{inner.module}.{alias.name}" for alias in inner.names}
    return found


def test_no_module_is_homeless():
    assert offenders(lambda path: HOMELESS & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}) == {}


def test_mail_and_http_leave_by_one_place_only():
    sends = {
        "send_mail",
        "EmailMessage",
        "EmailMultiAlternatives",
        "urlopen",
        "HTTPSConnection",
        "HTTPConnection",
    }

    def used(path):
        names = {
            node.id if isinstance(node, ast.Name) else node.attr
            for node in nodes_of(path)
            if isinstance(node, ast.Name | ast.Attribute)
        }
        return sends & names

    assert offenders(used).keys() <= {
        "newsroom/events/channels.py",
        "newsroom/events/outbound.py",
        "newsroom/events/smtp.py",
        "newsroom/web/letterbox.py",
    }


def test_every_exemption_gives_its_reason():
    def silent(path):
        return [
            number
            for number, line in enumerate(path.read_text().splitlines(), 1)
            for mark in ("# noqa", "# type: ignore")
            if (f"{mark}:" in line or f"{mark}[" in line) and "--" not in line.split(mark, 1)[1]
        ]

    assert offenders(silent, [*CODE, *sorted((ROOT / "tests").rglob("*.py"))]) == {}


def test_both_desks_have_the_same_file_names():
    wanted = {
        "apps",
        "workflow",
        "models",
        "events",
        "notices",
        "letters",
        "services",
        "forms",
        "views",
        "admin",
        "api",
        "urls",
        "tasks",
    }
    for app in ("corrections", "reprints"):
        assert wanted <= {path.stem for path in (ROOT / app).iterdir()}, app
