"""What an administrator types into the settings of a publication for this desk, checked while it is typed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from newsroom.accounts.checking import checks
from reprints.rights.policy import AiPolicy, Answer, lint


@checks("ai_policy")
def ai_policy(value: dict[str, Any]) -> str:
    """The sentence for an answer or a purpose that is none, or for every contradiction of the whole; else empty."""
    purposes = AiPolicy().answers()
    for purpose, answer in value.items():
        if purpose not in purposes:
            said = {"entry": str(purpose)[:40], "names": ", ".join(purposes)}
            return _("“%(entry)s” is none of %(names)s.") % said
        if answer not in list(Answer):
            said = {"entry": str(answer)[:40], "name": purpose, "names": ", ".join(Answer)}
            return _("%(name)s: “%(entry)s” is none of %(names)s.") % said
    return " ".join(str(found.detail) for found in lint(AiPolicy.of(value)))
