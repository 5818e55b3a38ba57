"""The log, the deliveries and the endpoints, to read. What was given up can be tried again or canceled from here."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from newsroom.accounts.models import Role, User
from newsroom.admin import CARDS, Card, ReadOnlyAdmin, within
from newsroom.errors import DomainError
from newsroom.events import delivery as deliveries
from newsroom.events.models import Delivery, Endpoint, Event
from newsroom.web.fields import CleanTextField

logger = logging.getLogger(__name__)
ROLES = frozenset({Role.ADMIN.value})
OF_DELIVERIES = ("event__publication", "endpoint__publication")
REASON = CleanTextField(multiline=False, name=True, max_length=200, required=False)


def cards(person: User) -> list[Card]:
    """What administrators should look at: their messages that were given up, and their webhooks that are paused."""
    if Role.ADMIN not in person.roles_anywhere():
        return []
    given_up = Delivery.objects.filter(state=Delivery.State.DEAD)
    failing = Endpoint.objects.filter(state=Endpoint.State.PAUSED).exclude(paused_reason="")
    dead = within(person, given_up, *OF_DELIVERIES, roles=ROLES).count()
    paused = within(person, failing, "publication", roles=ROLES).count()
    waiting = reverse("admin:events_delivery_changelist")
    hooks = reverse("admin:events_endpoint_changelist")
    found = [
        Card(_("messages given up"), dead, f"{waiting}?state__exact=dead", urgent=True),
        Card(_("webhooks paused after failures"), paused, f"{hooks}?state__exact=paused"),
    ]
    return [card for card in found if card.count]


CARDS.append(cards)


class SettleForm(ActionForm):
    """What to do with the chosen deliveries, and why."""

    # Judged by the action: Django says “No action selected.” of whatever is wrong with this form.
    reason = forms.Field(
        label=_("Reason, when canceling:"),
        required=False,
        widget=forms.TextInput(attrs={"size": 40, "maxlength": REASON.max_length}),
    )


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened."""

    publication_paths = ("publication",)
    list_display = ["happened_at", "kind", "subject_reference", "publication", "actor_kind", "actor", "test"]
    list_filter = ["kind", "publication", "test"]
    list_select_related = ["publication", "actor"]
    search_fields = ["=subject_reference", "=uuid"]
    ordering = ["-pk"]
    date_hierarchy = None


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Who is owed what, and what became of it. The filter “Given up” is the list of dead letters."""

    publication_paths = OF_DELIVERIES
    list_display = [
        "created_at",
        "channel",
        "event",
        "template",
        "endpoint",
        "state",
        "attempts",
        "last_verdict",
        "last_error",
    ]
    list_filter = ["state", "channel", "last_verdict"]
    list_select_related = ["event", "endpoint"]
    search_fields = ["=uuid", "=event__subject_reference"]
    ordering = ["-pk"]
    # A hook's body is what the partner may read; the secret that signs it is nowhere here.
    exclude = ["lease_token"]
    actions = ["retry_selected", "cancel_selected"]
    action_form = SettleForm

    @admin.action(description=_("Try again"), permissions=["view"])
    def retry_selected(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Owe them again, each with the id it had."""
        self._each(request, queryset, "retry", deliveries.retry)

    @admin.action(description=_("Cancel"), permissions=["view"])
    def cancel_selected(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        """Owe them no longer. The reason is kept with each, and in the log of the admin."""
        try:
            reason = REASON.clean(request.POST.get("reason", ""))
        except forms.ValidationError as refusal:
            self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            return
        if not reason:
            self.message_user(request, _now("Say why they are canceled."), messages.ERROR)
            return
        note = f"canceled by {request.user.get_username()}: {reason}"
        self._each(request, queryset, f"cancel ({reason})", lambda row: deliveries.cancel(row, note=note))

    def _each(
        self, request: HttpRequest, queryset: QuerySet[Delivery], name: str, change: Callable[[Delivery], None]
    ) -> None:
        done = 0
        for row in queryset:
            try:
                change(row)
            except DomainError as error:
                self.message_user(request, f"{row}: {error.message}", messages.ERROR)
                continue
            done += 1
            self.log_change(request, row, _now("delivery: %(name)s") % {"name": name})
            logger.info("delivery %s: %s by %s", row.uuid, name, request.user.pk)
        if done:
            words = ngettext("%(count)s delivery changed.", "%(count)s deliveries changed.", done)
            self.message_user(request, words % {"count": done}, messages.SUCCESS)


@admin.register(Endpoint)
class EndpointAdmin(ReadOnlyAdmin):
    """Where hooks go. Secrets are not shown: they were, once, to whoever made the endpoint."""

    publication_paths = ("publication",)
    list_display = ["url", "organization", "publication", "state", "paused_reason", "failing_since", "test"]
    list_filter = ["state", "test"]
    list_select_related = ["organization", "publication"]
    search_fields = ["url", "organization__name"]
    ordering = ["-pk"]
    exclude = ["secret_encrypted", "previous_secret_encrypted"]
