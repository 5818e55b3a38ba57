"""Senders whose reports are held for a look: to read, and to take off the list."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from corrections.admin.rights import DESK_ROLES
from corrections.models import ListedSender
from corrections.services import doubting
from newsroom.accounts.models import User
from newsroom.admin import ReadOnlyAdmin
from newsroom.errors import DomainError


@admin.register(ListedSender)
class ListedSenderAdmin(ReadOnlyAdmin):
    """Entries come from a report's page; nobody sees what they stand for."""

    roles = DESK_ROLES
    exclude = ("mark",)
    list_display = ("__str__", "publication", "reason", "added_by", "added_at", "expires_at", "lifted_at")
    list_filter = ("kind", "publication")
    list_select_related = ("publication", "report", "added_by")
    actions = ("lift",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ListedSender]:
        """Those of the person's publications; of restricted reports for legal alone."""
        rows = cast("Any", super().get_queryset(request))
        return cast("QuerySet[ListedSender]", rows.visible_to(request.user))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """With a role at the corrections desk there."""
        if obj is None or not isinstance(request.user, User):
            return self.has_module_permission(request)
        return bool(request.user.roles_at(obj.publication) & self.roles)

    @admin.action(description=_("Take off the list"), permissions=["view"])
    def lift(self, request: HttpRequest, queryset: QuerySet[ListedSender]) -> None:
        """From now on these senders are nobody special."""
        for entry in queryset[:100]:
            try:
                doubting.lift(entry, by=cast("User", request.user))
            except DomainError as error:
                messages.error(request, error.message)
                return
        messages.success(request, _now("Taken off the list."))
