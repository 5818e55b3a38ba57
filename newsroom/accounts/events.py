"""What happens to a member of staff's way in, and is mailed to them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from newsroom.events.kinds import STAFF, declare

RESET_ASKED = declare("member.reset_asked", STAFF, _("New password asked for"))
FACTOR_ADDED = declare("member.factor_added", STAFF, _("Second step of signing in set up"))
FACTOR_REMOVED = declare("member.factor_removed", STAFF, _("Second step of signing in removed"))


@dataclass(frozen=True)
class Member:
    """A member of staff as the subject of an event: by number, never by name."""

    reference: str
    noun: str = "member"
    publication: None = None
