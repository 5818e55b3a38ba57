"""Publications, staff, desks, partners and keys in the admin. Keys are issued and revoked, never edited."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from newsroom.accounts import regimes
from newsroom.accounts.models import (
    ApiKey,
    Contact,
    Desk,
    Guideline,
    Membership,
    Organization,
    Publication,
    User,
)
from newsroom.accounts.services import issue_key, revoke_key
from newsroom.admin import StaffScopedAdmin

LICENSING = frozenset({"admin", "licensing_manager"})


class MembershipInline(admin.TabularInline):
    """Rights, beside the person who holds them."""

    model = Membership
    extra = 1

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As the person's page."""
        return True

    has_add_permission = has_view_permission
    has_change_permission = has_view_permission
    has_delete_permission = has_view_permission


class ContactInline(MembershipInline):
    """The people of an organization."""

    model = Contact  # type: ignore[assignment]  # -- the same inline for another model


@admin.register(User)
class StaffAdmin(StaffScopedAdmin, UserAdmin):
    """Members of staff and their rights. A leaver is deactivated."""

    list_display = ("username", "first_name", "last_name", "email", "is_active")
    list_filter = ("is_active", "memberships__role")
    search_fields = ("username", "first_name", "last_name", "email")
    inlines: ClassVar = [MembershipInline]
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Access"), {"fields": ("is_active", "is_staff")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "email", "is_staff", "password1", "password2")}),)


@admin.register(Publication)
class PublicationAdmin(StaffScopedAdmin):
    """Titles and their policies."""

    list_display = ("name", "slug", "is_default", "desk_host")
    readonly_fields = ("promised",)

    @admin.display(description=_("what readers are promised"))
    def promised(self, publication: Publication) -> str:
        """The regime, what it asks for, and the dates that a report of this moment would be given."""
        regime = regimes.of(publication)
        now = timezone.now()
        dates = [timezone.localtime(regimes.due(publication, kind, now), publication.zone) for kind in regimes.PROMISES]
        return format_html(
            "<strong>{}</strong><br>{}<br>{}<br>{}",
            regime.label,
            regime.explanation,
            _now("A report of this moment: taken up by %(first)s, answered by %(second)s, corrected by %(third)s.")
            % dict(zip(("first", "second", "third"), (f"{date:%a %d %b %Y %H:%M %Z}" for date in dates), strict=True)),
            _now("Settings: “regime” (%(names)s), “count_days” (business, calendar), “acknowledge_within_days”, …")
            % {"names": ", ".join(regimes.REGIMES)},
        )


@admin.register(Desk)
class DeskAdmin(StaffScopedAdmin):
    """Who handles which sections."""

    list_display = ("name", "publication", "kind")
    list_select_related = ("publication",)
    filter_horizontal = ("members",)


@admin.register(Guideline)
class GuidelineAdmin(StaffScopedAdmin):
    """A new version is a new row."""

    list_display = ("publication", "kind", "number", "effective_on")
    list_select_related = ("publication",)


@admin.register(Organization)
class OrganizationAdmin(StaffScopedAdmin):
    """Partners."""

    roles = LICENSING
    list_display = ("name", "kind", "country", "payment_terms", "blocked")
    list_filter = ("blocked", "payment_terms")
    search_fields = ("name", "slug")
    prepopulated_fields: ClassVar = {"slug": ("name",)}
    inlines: ClassVar = [ContactInline]


@admin.register(ApiKey)
class ApiKeyAdmin(StaffScopedAdmin):
    """Issued here, shown once, revoked by an action."""

    roles = LICENSING
    list_display = ("__str__", "label", "organization", "test", "created_at", "last_used_at", "revoked_at")
    list_select_related = ("organization",)
    list_filter = ("test",)
    fields = ("label", "organization", "publications", "scopes", "test", "expires_at")
    actions = ("revoke",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A key is never edited: only the list's revoke action may touch it."""
        return obj is None and super().has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's
        """Issue it, and show the secret this once."""
        if change:
            return
        key, text = issue_key(
            label=obj.label,
            scopes=obj.scopes,
            organization=obj.organization,
            publications=list(form.cleaned_data.get("publications") or []),
            test=obj.test,
            expires_at=obj.expires_at,
        )
        obj.pk, obj.key_id, obj.secret_sha256 = key.pk, key.key_id, key.secret_sha256
        messages.warning(request, _now("The key, shown only now: %(key)s") % {"key": text})

    @admin.action(description=_("Revoke"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """From now on these keys open nothing."""
        for key in queryset:
            revoke_key(key)
        messages.success(request, _now("Revoked."))
