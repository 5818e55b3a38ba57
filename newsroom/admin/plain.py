"""Records without moves: those that administrators edit, and those that are only read."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.admin.options import BaseModelAdmin
from django.db.models import CharField, DateField, JSONField, Model, Q, QuerySet, TextField
from django.http import HttpRequest

from newsroom.accounts.models import User
from newsroom.admin.lists import OurLists
from newsroom.web.dates import DayField
from newsroom.web.fields import CleanJSONField, CleanTextField


class OurFields(BaseModelAdmin):
    """Django's own forms with fields of ours: texts behind the Unicode gate, days of this age."""

    formfield_overrides: ClassVar = {DateField: {"form_class": DayField}, JSONField: {"form_class": CleanJSONField}}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Django's field, behind the gate. What fits on one line is a name."""
        # Addresses, links and slugs have a stricter form of their own, and so has what the form itself declares.
        if type(db_field) in {CharField, TextField} and "form_class" not in kwargs:
            several = isinstance(db_field, TextField)
            kwargs |= {"form_class": CleanTextField, "multiline": several, "name": not several}
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class StaffScopedAdmin(OurFields, OurLists):
    """Plain records (publications, desks, keys) that only administrators of the whole house change."""

    roles: ClassVar[frozenset[str]] = frozenset({"admin"})

    def has_module_permission(self, request: HttpRequest) -> bool:
        """With one of the roles at every publication: whoever edits rights could otherwise give themselves more."""
        return isinstance(request.user, User) and bool(request.user.roles_at(None) & self.roles)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """With one of the roles."""
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """With one of the roles."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """With one of the roles."""
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing here is deleted: deactivate, block or revoke it."""
        return False


def within(person: User, rows: QuerySet[Any], *paths: str, roles: frozenset[str]) -> QuerySet[Any]:
    """Those of the rows that are of a publication where this person holds one of the roles, by any of the paths to it;
    all of them for whoever holds one everywhere.
    """
    if person.roles_at(None) & roles:
        return rows
    theirs = person.publications(*roles)
    wanted = Q(pk__in=[])
    for path in paths:
        wanted |= Q(**{f"{path}__in": theirs})
    return rows.filter(wanted)


class ReadOnlyAdmin(OurLists):
    """To look at, with one of the roles anywhere: services write, retention deletes.

    With `publication_paths` rows are seen, and acted on, by those who hold the role at their publication.
    """

    roles: ClassVar[frozenset[str]] = frozenset({"admin"})
    publication_paths: ClassVar[tuple[str, ...]] = ()
    show_full_result_count = False
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Theirs alone, where rows are a publication's."""
        rows = super().get_queryset(request)
        if not self.publication_paths or not isinstance(request.user, User):
            return rows
        return within(request.user, rows, *self.publication_paths, roles=self.roles)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Every column but those that are nobody's business."""
        hidden = self.exclude or ()
        return [field.name for field in self.opts.fields if field.name not in hidden]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """With one of the roles, anywhere."""
        return isinstance(request.user, User) and bool(request.user.roles_anywhere() & self.roles)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """With one of the roles, anywhere."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False
