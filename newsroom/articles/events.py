"""What can happen to an article."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from newsroom.events.kinds import STAFF, declare, payload
from newsroom.events.models import Event

IMPORTED = declare("article.imported", STAFF, _("Article imported"), public_data=("revision", "status"))
REVISED = declare("article.revised", STAFF, _("Text of the article changed"), public_data=("revision",))
SILENT_EDIT = declare("article.silent_edit", STAFF, _("Article changed without a notice"), public_data=("revision",))
WITHHELD = declare("article.withheld", STAFF, _("Article withheld"), public_data=("from", "to"))
CANCELED = declare("article.canceled", STAFF, _("Article canceled"), public_data=("from", "to"))
RELEASED = declare("article.released", STAFF, _("Article released"), public_data=("from", "to"))


@payload("article")
def thin_article(event: Event) -> dict[str, Any]:
    """Reference, status and where to fetch it. The status is the event's own where it says one."""
    status = event.data.get("to") or event.data.get("status") or (event.article.status if event.article else "")
    return {
        "reference": event.subject_reference,
        "url": f"{settings.BASE_URL}/api/v1/articles/{event.subject_reference}/",
        "status": status,
    }
