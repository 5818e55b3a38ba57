"""Is this notice a good one? `lint` says so, by the rules of `rules`; `reading` is what they read in it."""

from corrections.linter.reading import Notice
from corrections.linter.rules import LEVELS, NAMES, RULES, SENTENCES, Finding, lint, unchecked

__all__ = ["LEVELS", "NAMES", "RULES", "SENTENCES", "Finding", "Notice", "lint", "unchecked"]
