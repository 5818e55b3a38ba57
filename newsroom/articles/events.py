"""What can happen to an article."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from newsroom.events.kinds import STAFF, declare

IMPORTED = declare("article.imported", STAFF, _("Article imported"), public_data=("revision", "status"))
REVISED = declare("article.revised", STAFF, _("Text of the article changed"), public_data=("revision",))
SILENT_EDIT = declare("article.silent_edit", STAFF, _("Article changed without a notice"), public_data=("revision",))
WITHHELD = declare("article.withheld", STAFF, _("Article withheld"), public_data=("from", "to"))
CANCELED = declare("article.canceled", STAFF, _("Article canceled"), public_data=("from", "to"))
RELEASED = declare("article.released", STAFF, _("Article released"), public_data=("from", "to"))
