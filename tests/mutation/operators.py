"""The small changes that a test must notice, made one at a time in the syntax tree of a module."""

from __future__ import annotations

import ast
import copy
import types
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

COMPARE = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Add,
    ast.Pow: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitOr,
}  # fmt: skip
WORDS_FOR_PEOPLE = {
    *("_", "_now", "gettext", "gettext_lazy", "ngettext"),
    *("Wrong", "BadRule", "UnverifiedNote", "InconsistentLog", "MemoryLost"),
}
ONLY_TYPES = {"cast", "TypeVar"}
ONLY_POSTGRESQL = {"select_for_update"}
"""SQLite, on which mutants live, has one writer and no locks of rows: how they are taken is the races' to see."""
ONLY_SPEED = {"select_related", "prefetch_related", "exists", "only", "iterator"}


@dataclass(frozen=True)
class Mutant:
    """One change. `scope` is the function it stands in, or '' for a line that runs when the module is loaded."""

    path: Path
    scope: str
    lines: range
    was: str
    now: str
    code: types.CodeType

    @property
    def name(self) -> str:
        return f"{self.path.name}:{self.scope or '<module>'}: {self.was} → {self.now}"


@dataclass(frozen=True)
class _Place:
    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    scope: str
    statement: ast.stmt

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of a file, in the order of its lines. A second one that reads the same has a number."""
    tree = ast.parse(path.read_text("utf-8"))
    seen: Counter[str] = Counter()
    for place in list(_places(tree)):
        node, statement = place.node, place.statement
        for now in list(_changes(node)):
            last = node.end_lineno if isinstance(node, ast.expr) else node.lineno
            lines = range(min(statement.lineno, node.lineno), max(last, node.lineno) + 1)
            was = ast.unparse(node).splitlines()[0]
            place.put(ast.fix_missing_locations(ast.copy_location(now, node)))
            code = compile(tree, str(path), "exec", dont_inherit=True)
            place.put(node)
            became = ast.unparse(now).splitlines()[0]
            seen[f"{place.scope} {was} {became}"] += 1
            times = seen[f"{place.scope} {was} {became}"]
            yield Mutant(path, place.scope, lines, was, f"{became} ({times})" if times > 1 else became, code)


def _places(tree: ast.Module) -> Iterator[_Place]:
    """Everything that is run, with its function and its statement: no docstrings, annotations, imports, log lines,
    nor the points at which only the processes of the fault tests die.
    """

    def walk(node: ast.AST, scope: str, statement: ast.stmt | None) -> Iterator[_Place]:
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "returns", "decorator_list"}:
                continue
            if name == "keywords" and _called(node) in ONLY_POSTGRESQL:
                continue
            inside = scope
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and name == "body":
                inside = f"{scope}{node.name}{'.<locals>.' if isinstance(node, ast.FunctionDef) else '.'}"
            for index, part in enumerate(value if isinstance(value, list) else [value]):
                if not isinstance(part, ast.AST) or (isinstance(part, ast.Constant) and _for_people(node)):
                    continue
                if isinstance(part, ast.stmt) and _is_silent(part):
                    continue
                owner = part if isinstance(part, ast.stmt) else statement
                if owner is not None and isinstance(part, ast.stmt | ast.expr):
                    function = inside.rpartition(".<locals>.")[0]
                    yield _Place(part, node, name, index if isinstance(value, list) else None, function, owner)
                yield from walk(part, inside, owner)

    yield from walk(tree, "", None)


def _called(node: ast.AST) -> str:
    """The last name of the function that is called here; empty where none is."""
    return ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""


def _is_silent(node: ast.stmt) -> bool:
    if isinstance(node, ast.Import | ast.ImportFrom | ast.Global):
        return True
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    if isinstance(node, ast.Expr):
        text = ast.unparse(node.value)
        return isinstance(node.value, ast.Constant) or text.startswith(("logger.", "reach("))
    return False


def _for_people(node: ast.AST) -> bool:
    """Sentences are wording, names of types are for their checker, and hints to the database change what it costs, not
    what is found.
    """
    if isinstance(node, ast.JoinedStr | ast.FormattedValue):
        return True
    name = _called(node)
    return name in WORDS_FOR_PEOPLE | ONLY_SPEED | ONLY_TYPES or name.endswith("Error")


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            changed = copy.copy(node)
            changed.ops = [*node.ops[:place], COMPARE[type(operator)](), *node.ops[place + 1 :]]
            yield changed
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub | ast.Invert):
        yield node.operand
    elif (
        isinstance(node, ast.BinOp)
        and type(node.op) in ARITHMETIC
        and not isinstance(node.left, ast.Constant | ast.JoinedStr)
    ):
        yield ast.BinOp(node.left, ARITHMETIC[type(node.op)](), node.right)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield ast.Constant(not node.value)
        elif isinstance(node.value, int):
            yield ast.Constant(node.value + 1)
        elif node.value in {"utf-8", "ascii", "utf-16-be"}:
            yield ast.Constant("utf-16")  # Python reads “utf-8!” as utf-8
        elif isinstance(node.value, str | bytes):
            yield ast.Constant(node.value + ("!" if isinstance(node.value, str) else b"!"))
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        if not isinstance(node.test, ast.Compare | ast.BoolOp) and not _is_negation(node.test):
            changed = copy.copy(node)
            changed.test = ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test)
            yield changed
    elif isinstance(node, ast.Return) and node.value is not None and not _is_none(node.value):
        yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Expr | ast.Raise | ast.AugAssign | ast.Delete) or _sets_attribute(node):
        yield ast.Pass()
    elif isinstance(node, ast.Break):
        yield ast.Continue()
    elif isinstance(node, ast.Continue):
        yield ast.Break()
    elif isinstance(node, ast.Call) and _called(node) not in (
        WORDS_FOR_PEOPLE | ONLY_SPEED | ONLY_TYPES | ONLY_POSTGRESQL
    ):
        for place, keyword in enumerate(node.keywords):
            if keyword.arg is not None and not _is_none(keyword.value):
                yield ast.Call(node.func, node.args, [*node.keywords[:place], *node.keywords[place + 1 :]])


def _is_negation(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _sets_attribute(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Attribute | ast.Subscript)
