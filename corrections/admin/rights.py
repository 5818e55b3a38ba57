"""Who may press what is not a move of the table."""

from __future__ import annotations

from typing import Any

from newsroom.accounts.models import User

DESK_ROLES = frozenset({"desk_editor", "standards_editor", "legal"})


def at_desk(subject: Any, person: User) -> bool:
    return "desk_editor" in person.roles_at(subject.publication)
