"""Publications, staff, desks, partners and keys in the admin. Keys are issued and revoked, never edited."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from newsroom.accounts import access_log, factors, regimes
from newsroom.accounts.access import Access, AccessEntry
from newsroom.accounts.checking import faults_in, is_time_zone
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
from newsroom.admin import OurFields, ReadOnlyAdmin, StaffScopedAdmin
from newsroom.api.networks import network_mark

LICENSING = frozenset({"admin", "licensing_manager"})
REDIRECTED = 302

# Rights here are memberships; Django's groups would be a second, empty way to give them.
admin.site.unregister(Group)


class MembershipInline(OurFields, admin.TabularInline):
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
    actions = ("reset_second_step",)

    @admin.action(description=_("Remove the second step (device lost)"), permissions=["change"])
    def reset_second_step(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Colleagues who lost device and recovery codes set up another one when they sign in. They are mailed."""
        by = cast(User, request.user)
        for person in queryset.exclude(pk=by.pk):
            if factors.remove(person, by=by, network=network_mark(request)):
                self.log_change(request, person, _now("second step removed"))
                messages.success(request, _now("%(name)s: the second step is removed.") % {"name": person})
            else:
                messages.info(request, _now("%(name)s has no second step.") % {"name": person})
        if queryset.filter(pk=by.pk).exists():
            messages.warning(request, _now("Your own is removed on your page “Second step”, with a code."))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's
        """Save it; the sign-in log tells who made, opened or closed the account."""
        super().save_model(request, obj, form, change)
        lines = [] if change else [(Access.ACCOUNT_MADE, "")]
        if change:
            fields = {"is_active", "is_staff"} & set(form.changed_data)
            lines = [
                (Access.ACCOUNT_OPENED if getattr(obj, name) else Access.ACCOUNT_CLOSED, name)
                for name in sorted(fields)
            ]
        for action, detail in lines:
            access_log.note(
                action, person=obj, by=cast(User, request.user), network=network_mark(request), detail=detail
            )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 -- idem
        """Save the rights; each that was given or taken away is a line of the sign-in log."""
        before = _roles_of(form.instance)
        super().save_related(request, form, formsets, change)
        after = _roles_of(form.instance)
        told = [(Access.ROLE_GIVEN, role) for role in sorted(after - before)]
        told += [(Access.ROLE_TAKEN, role) for role in sorted(before - after)]
        for action, role in told:
            access_log.note(
                action,
                person=form.instance,
                by=cast(User, request.user),
                network=network_mark(request),
                detail=role,
            )

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002 -- Django's
        """Django's page, with a line in the sign-in log."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == REDIRECTED:
            person = cast(User, self.get_object(request, id))
            access_log.note(
                Access.PASSWORD_CHANGED, person=person, by=cast(User, request.user), network=network_mark(request)
            )
        return response


@admin.register(AccessEntry)
class AccessEntryAdmin(ReadOnlyAdmin):
    """The sign-in log, for administrators of the whole house: it tells about everybody."""

    @admin.display(description=_("network"), ordering="network")
    def network_mark(self, row: AccessEntry) -> str:
        """Enough of the mark to see what came from one place."""
        return row.network[:8]

    list_display = ("at", "action", "person", "by", "detail", "network_mark")
    list_filter = ("action", "refused")
    list_select_related = ("person", "by")
    search_fields = ("=person__username", "=network", "=detail")
    ordering = ("-pk",)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Django's, under its own name."""
        return super().changelist_view(request, {"title": _now("Sign-in log"), **(extra_context or {})})

    def has_module_permission(self, request: HttpRequest) -> bool:
        """With one of the roles at every publication."""
        return isinstance(request.user, User) and bool(request.user.roles_at(None) & self.roles)


@admin.register(Publication)
class PublicationAdmin(StaffScopedAdmin):
    """Titles and their policies."""

    list_display = ("name", "slug", "is_default", "desk_host")
    readonly_fields = ("promised",)

    @admin.display(description=_("what readers are promised"))
    def promised(self, publication: Publication) -> str:
        """The regime, what it asks for, and the dates that a report of this moment would be given."""
        if faults_in(publication.settings) or not is_time_zone(publication.time_zone):
            return _now("Shown when time zone and settings are right.")
        regime = regimes.of(publication)
        terms = [regimes.term(publication, kind, timezone.now()) for kind in regimes.PROMISES]
        dates = [timezone.localtime(term.due_at, publication.zone) for term in terms]
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
    list_display = ("__str__", "label", "organization", "test", "created_at", "last_used", "revoked_at")
    list_select_related = ("organization",)
    list_filter = ("test",)
    fields = ("label", "organization", "publications", "scopes", "test", "expires_at")
    actions = ("revoke",)

    @admin.display(description=_("last used, to the hour"), ordering="last_used_at")
    def last_used(self, row: ApiKey) -> datetime | None:
        """As exactly as it is noted."""
        return row.last_used_hour

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
            by=cast(User, request.user),
        )
        obj.pk, obj.key_id, obj.secret_sha256 = key.pk, key.key_id, key.secret_sha256
        messages.warning(request, _now("The key, shown only now: %(key)s") % {"key": text})

    @admin.action(description=_("Revoke"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        """From now on these keys open nothing."""
        for key in queryset:
            revoke_key(key, by=cast(User, request.user))
        messages.success(request, _now("Revoked."))


def _roles_of(person: User) -> set[str]:
    """Role and publication of each right, as the log's detail says them."""
    rows = Membership.objects.filter(user=person).select_related("publication")
    return {f"{row.role} at {row.publication.slug if row.publication else 'all'}" for row in rows}
