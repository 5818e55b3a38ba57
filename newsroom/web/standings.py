"""What both private pages say of a status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Standing:
    """A status in plain words: the label, what happens next, whose turn it is (`us`, `you` or nobody's), and, where the
    way is always the same, how many of its steps are done.
    """

    label: Any
    next: Any
    turn: str = ""
    progress: int = 0
