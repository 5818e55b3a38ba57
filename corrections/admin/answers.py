"""Templates of answers: standards editors write those of their publications, the desk uses them."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from corrections.admin.rights import DESK_ROLES
from corrections.models import AnswerTemplate
from corrections.placeholders import NAMES
from newsroom.accounts.models import Role, User
from newsroom.admin import StaffScopedAdmin


@admin.register(AnswerTemplate)
class AnswerTemplateAdmin(StaffScopedAdmin):
    """Written and changed by standards editors; one for every publication by those of the whole house."""

    roles = DESK_ROLES
    list_display = ("title", "purpose", "code", "language", "publication", "active")
    list_filter = ("purpose", "code", "language", "publication", "active")
    list_select_related = ("publication",)
    search_fields = ("title", "body")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AnswerTemplate]:
        """Those of the person's publications, and those for all."""
        rows = cast("Any", super().get_queryset(request))
        return cast("QuerySet[AnswerTemplate]", rows.visible_to(request.user))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """With a role at the corrections desk."""
        return isinstance(request.user, User) and bool(request.user.roles_anywhere() & self.roles)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Standards editors."""
        return isinstance(request.user, User) and Role.STANDARDS_EDITOR in request.user.roles_anywhere()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Standards editors of that publication; of the whole house for one that is for all."""
        if obj is None or not isinstance(request.user, User):
            return self.has_add_permission(request)
        return Role.STANDARDS_EDITOR in request.user.roles_at(obj.publication)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only publications where the person may; empty only for those of the whole house."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        person = request.user
        if db_field.name == "publication" and field is not None and isinstance(person, User):
            field.queryset = person.publications(Role.STANDARDS_EDITOR)
            field.required = Role.STANDARDS_EDITOR not in person.roles_at(None)
        return field

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Beside the text, what can be filled in."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "body" and field is not None:
            names = ", ".join(f"{{{name}}} ({what})" for name, what in NAMES.items())
            field.help_text = _("Filled in for each report: %(names)s.") % {"names": names}
        return field
