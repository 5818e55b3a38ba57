"""What both private pages say of a status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Standing:
    """A status in plain words: the label, what happens next, whose turn it is (`us`, `you` or nobody's), and how far
    the matter has come, in steps.
    """

    label: Any
    next: Any
    turn: str
    progress: int
