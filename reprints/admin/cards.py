"""What waits at the licensing desk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.accounts.models import User
from newsroom.admin import AGENDA, AGENDA_LENGTH, CARDS, Card, Due
from newsroom.events import promises
from newsroom.events.models import Promise
from reprints.admin import waiting
from reprints.admin.base import ROLES
from reprints.models import (
    Invoice,
    License,
    LicenseRequest,
    UpdateNotice,
)
from reprints.vocabulary import InvoiceKind
from reprints.workflow import UNANSWERED, InvoiceStatus


def cards(person: User) -> list[Card]:
    """What waits for this person at the licensing desk."""
    if not person.roles_anywhere() & ROLES:
        return []
    requests = LicenseRequest.objects.visible_to(person)
    request_url = reverse("admin:reprints_licenserequest_changelist")
    notice_url = reverse("admin:reprints_updatenotice_changelist")
    promised = Promise.objects.overdue(timezone.now()).filter(subject_kind="license_request")
    overdue = promised.values("subject_reference")
    late = UpdateNotice.objects.visible_to(person).overdue(timezone.now())
    held_up = License.objects.visible_to(person).suspended_past_their_day(timezone.now())
    return [
        Card(
            _("overdue license requests"),
            requests.filter(reference__in=overdue).count(),
            f"{request_url}?due=over",
            urgent=True,
        ),
        *waiting.cards(person),
        Card(
            _("new license requests"),
            requests.filter(status="submitted").count(),
            f"{request_url}?status__exact=submitted",
        ),
        Card(
            _("update notices without an answer"),
            late.count(),
            f"{notice_url}?due=over",
            urgent=True,
        ),
        Card(
            _("suspended licenses past their day"),
            held_up.count(),
            f"{reverse('admin:reprints_license_changelist')}?suspension=over",
            urgent=True,
        ),
        Card(
            _("requests assigned to you"),
            requests.still_open().filter(assignee=person).count(),
            f"{request_url}?open=mine",
        ),
        Card(_("Figures: how fast we answer"), None, reverse("admin:reprints_statistics")),
    ]


def agenda(person: User) -> Iterable[Due]:
    """The requests that are due next of what is this person's, or nobody's, and the licensees who owe an answer."""
    if not person.roles_anywhere() & ROLES:
        return
    theirs = LicenseRequest.objects.visible_to(person).filter(Q(assignee=person) | Q(assignee=None))
    dated = theirs.annotate(due_at=promises.nearest_due("license_request")).filter(due_at__isnull=False)
    for row in cast(Any, dated).for_lists().order_by("due_at")[:AGENDA_LENGTH]:
        url = reverse("admin:reprints_licenserequest_change", args=[row.pk])
        asked = [item.article.headline for item in row.items.all()]
        who = row.requester_house or str(_("A request by the web form"))
        yield Due(row.due_at, row.publication, who, asked[0] if asked else "", url, row.get_status_display())
    owed = UpdateNotice.objects.visible_to(person).filter(status__in=UNANSWERED, due_at__isnull=False)
    for notice in owed.select_related("publication", "article", "organization").order_by("due_at")[:AGENDA_LENGTH]:
        url = reverse("admin:reprints_updatenotice_change", args=[notice.pk])
        who = f"{notice.organization or notice.reference} · {notice.get_duty_display()}"
        yield Due(notice.due_at, notice.publication, who, notice.article.headline, url, notice.get_status_display())  # type: ignore[arg-type]  # -- not null, by the filter


def invoice_cards(person: User) -> list[Card]:
    """Overdue invoices, and orders and credit notes without a number, for whoever does licensing."""
    if not person.roles_anywhere() & ROLES:
        return []
    mine = Invoice.objects.visible_to(person)
    url = reverse("admin:reprints_invoice_changelist")
    late = mine.overdue(timezone.now())
    drafts = mine.filter(status=InvoiceStatus.DRAFT)
    listed = f"{url}?status__exact=draft&kind__exact="
    return [
        Card(_("overdue invoices"), late.count(), f"{url}?overdue=yes", urgent=True),
        *(
            Card(label, drafts.filter(kind=kind).count(), f"{listed}{kind}")
            for label, kind in (
                (_("orders to invoice"), InvoiceKind.INVOICE.value),
                (_("credit notes without a number"), InvoiceKind.CREDIT_NOTE.value),
            )
        ),
    ]


CARDS.extend([cards, invoice_cards])
AGENDA.extend([agenda, waiting.agenda])
