"""How a try ended. The class decides what happens next: see `delivery`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Verdict:
    """`ok`, `transient` (try again), `ambiguous` (may have come), `permanent` (give up), `canceled` (nobody there)."""

    name: str
    detail: str = ""
    status_code: int | None = None
    retry_after: timedelta | None = None
    endpoint_gone: bool = False
    endpoint_refused: bool = False
    address_refused: bool = False

    @classmethod
    def ok(cls, detail: str = "", *, status_code: int | None = None) -> Verdict:
        """It arrived."""
        return cls("ok", detail, status_code)

    @classmethod
    def transient(cls, detail: str, *, status_code: int | None = None, retry_after: timedelta | None = None) -> Verdict:
        """It did not arrive; another try may."""
        return cls("transient", detail, status_code, retry_after)

    @classmethod
    def ambiguous(cls, detail: str) -> Verdict:
        """The answer was lost after everything was said."""
        return cls("ambiguous", detail)

    @classmethod
    def permanent(cls, detail: str, *, status_code: int | None = None) -> Verdict:
        """No further try can help."""
        return cls("permanent", detail, status_code)
