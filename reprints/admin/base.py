"""What every page of the licensing desk shares."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from newsroom.accounts import approvals
from newsroom.accounts.models import User
from newsroom.admin import WorkflowAdmin
from reprints.admin import wording

ROLES = frozenset({"licensing_editor", "licensing_manager"})


def does_licensing(subject: Any, person: User) -> bool:
    return "licensing_editor" in person.roles_at(subject.publication)


class LicensingAdmin(WorkflowAdmin):
    """What the pages of this desk have in common."""

    roles = ROLES

    def subject_context(self, request: HttpRequest, subject: Any) -> dict[str, Any]:
        """The approvals of any of them."""
        pairs = approvals.of(subject)
        for pair in pairs:
            pair.reason = wording.reason_of(pair)
        return {"approvals": pairs}
