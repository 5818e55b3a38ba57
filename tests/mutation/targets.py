"""What is mutated, by which tests it must be noticed, and how much of it at least."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

ALL = "not postgres and not redis and not browser and not journey and not fault"


@dataclass(frozen=True)
class Target:
    """Modules, the tests that are to keep them, and the least share of mutants killed, in percent."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    at_least: int = 90
    marks: str = ALL


TARGETS = {
    "pricing": Target(
        ("reprints/pricing.py",), ("tests/reprints/test_pricing.py", "tests/reprints/test_pricing_edges.py")
    ),
    "ledger": Target(
        tuple(
            f"corrections/ledger/{name}.py"
            for name in (
                "audit", "canonical", "checkpoint", "commitments", "log", "merkle", "reading", "signer_state",
                "verify_corrections",
            )
        ),
        ("tests/corrections/ledger",),
        at_least=95,
    ),
    "workflow": Target(
        ("newsroom/workflow.py", "corrections/workflow.py", "reprints/workflow.py"),
        (
            "tests/newsroom/test_workflow.py",
            *(f"tests/corrections/test_{name}.py" for name in ("workflow", "guards")),
            *(f"tests/reprints/test_{name}.py" for name in ("workflow", "workflow_guards")),
        ),
    ),
    "delivery": Target(
        tuple(
            f"newsroom/events/{name}.py"
            for name in ("delivery", "leases", "planning", "log", "schedule", "verdicts")
        ),
        ("tests/newsroom/events",),
    ),
    "keys": Target(
        ("newsroom/api/keys.py", "newsroom/accounts/services.py"),
        ("tests/newsroom/api/test_keys.py", "tests/newsroom/accounts/test_keys.py"),
    ),
    "lanes": Target(("reprints/services/lanes.py",), ("tests/reprints/test_services.py",)),
}  # fmt: skip


def target(name: str) -> Target:
    """The target of this name; of `ledger:merkle` that one module of it."""
    whole, _, only = name.partition(":")
    found = TARGETS[whole]
    modules = tuple(path for path in found.modules if not only or Path(path).stem == only)
    return replace(found, modules=modules)


def equivalents() -> dict[str, str]:
    """Mutants that change nothing anybody can see, with the reason: pairs of lines in `equivalent.txt`."""
    lines = (Path(__file__).parent / "equivalent.txt").read_text("utf-8").splitlines()
    pairs = [line for line in lines if line.strip() and not line.startswith("#")]
    return {name: reason.strip() for name, reason in zip(pairs[::2], pairs[1::2], strict=True)}
