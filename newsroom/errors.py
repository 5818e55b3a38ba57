"""What can go wrong, in words from the newsroom. Only the edge (API, admin, forms) knows numbers."""

from __future__ import annotations

from dataclasses import dataclass, field


class DomainError(Exception):
    """A refusal with a sentence for the person who asked."""

    code = "refused"

    def __init__(self, message: str, *, code: str = "") -> None:
        super().__init__(message)
        self.message = str(message)
        if code:
            self.code = code


class NotAllowed(DomainError):
    """The person lacks the right (403)."""

    code = "not_allowed"


class Conflict(DomainError):
    """The record is not in a state that permits this (409)."""

    code = "conflict"


class Stale(Conflict):
    """The record changed since the caller read it (412)."""

    code = "stale"


class NotFound(DomainError):
    """No such thing, or not the caller's (404)."""

    code = "not_found"


@dataclass(frozen=True)
class Fault:
    """One thing to fix: where (a JSON pointer), a sentence, a stable code."""

    pointer: str
    detail: str
    code: str = "invalid"


@dataclass
class Invalid(DomainError):
    """The words or values given cannot be taken (422). Carries every fault found."""

    faults: list[Fault] = field(default_factory=list)
    code = "validation"

    def __post_init__(self) -> None:
        DomainError.__init__(self, " ".join(str(f.detail) for f in self.faults) or "Please check what you sent.")

    @classmethod
    def one(cls, pointer: str, detail: str, code: str = "invalid") -> Invalid:
        """The usual case: a single fault."""
        return cls([Fault(pointer, str(detail), code)])
