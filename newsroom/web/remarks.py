"""What one desk lets the page of another desk's record say, without either knowing the other.

A desk registers a function for a noun; whoever shows a record of that noun asks for the sentences. They carry no
personal data, and cost at most one query each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Remark = Callable[..., str]
REMARKS: dict[str, list[Remark]] = {}


def remark(noun: str) -> Callable[[Remark], Remark]:
    """The function answers a sentence about a record, or an empty string: `f(publication, reference, public=…)`."""

    def register(function: Remark) -> Remark:
        REMARKS.setdefault(noun, []).append(function)
        return function

    return register


def remarks_about(row: Any, *, public: bool) -> list[str]:
    """The sentences about this record; `public`: for everybody to read, else for the desk alone."""
    said = [function(row.publication, row.reference, public=public) for function in REMARKS.get(row.noun, [])]
    return [sentence for sentence in said if sentence]
