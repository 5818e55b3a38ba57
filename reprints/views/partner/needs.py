"""What an organization has to do, and by when: the first thing on its pages. Reads only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from newsroom.accounts.days import by_the_day
from newsroom.accounts.models import Organization
from newsroom.business_time import end_of_day
from newsroom.events.models import Endpoint
from reprints import links
from reprints.documents.wording import document_locale, money_words
from reprints.models import Invoice, License, LicenseRequest, Quote, UpdateNotice
from reprints.vocabulary import InvoiceKind
from reprints.workflow import OPEN_REQUEST, InvoiceStatus, LicenseStatus, QuoteStatus, RequestStatus

EACH = 20
SOON = timedelta(days=30)
FAR = datetime.max.replace(tzinfo=timezone.get_fixed_timezone(0)) - timedelta(days=2)


def needs_of(organization: Organization, *, invoices: bool) -> list[dict[str, Any]]:
    """`[{what, title, url, due, zone, by_clock, late}]`, the nearest date first, at most twenty of each kind. Live
    records only.

    `due` is None where there is no date; such lines come last. `zone` is the publication it is owed to, and its hour
    counts if `by_clock`.
    """
    found = [*_revoked(organization), *_notices(organization), *_questions(organization), *_quotes(organization)]
    found += [*_ending(organization), *_webhooks(organization)]
    found += _invoices(organization) if invoices else []
    return sorted(found, key=lambda need: need["due"] or FAR)


def _notices(organization: Organization) -> list[dict[str, Any]]:
    rows = UpdateNotice.objects.unanswered().filter(organization=organization, test=False)
    rows = rows.select_related("article", "license__request", "publication").order_by("due_at", "pk")
    return [
        _need(
            _("An article that you licensed changed"),
            row.article.headline,
            row.license.request,
            row,
            row.due_at,
            by_clock=True,
        )
        for row in rows[:EACH]
    ]


def _revoked(organization: Organization) -> list[dict[str, Any]]:
    """Licenses that we took back, until the text is to be gone."""
    rows = License.objects.filter(organization=organization, test=False, status=LicenseStatus.REVOKED)
    rows = rows.filter(removal_deadline__gte=timezone.now()).select_related("article", "request", "publication")
    return [
        _need(
            _("A license was revoked: remove the text"),
            row.article.headline,
            row.request,
            row,
            row.removal_deadline,
            by_clock=True,
        )
        for row in rows.order_by("removal_deadline", "pk")[:EACH]
    ]


def _webhooks(organization: Organization) -> list[dict[str, Any]]:
    """Webhooks that hear nothing, and would if somebody looked after them."""
    waiting = Q(state=Endpoint.State.UNVERIFIED) | Q(state=Endpoint.State.PAUSED) & ~Q(paused_reason="")
    rows = Endpoint.objects.filter(waiting, organization=organization, test=False).order_by("pk")
    return [
        {
            "what": _("A webhook hears nothing"),
            "title": row.url,
            "url": reverse("reprints:partner-endpoint", args=[row.public_id]),
            "due": None,
            "by_clock": False,
            "late": False,
        }
        for row in rows[:EACH]
    ]


def _questions(organization: Organization) -> list[dict[str, Any]]:
    rows = LicenseRequest.objects.filter(organization=organization, test=False, status=RequestStatus.NEEDS_INFO)
    rows = rows.select_related("publication").prefetch_related("items__article").order_by("waiting_since", "pk")
    return [_need(_("We asked you something"), _headline(row), row, row, None) for row in rows[:EACH]]


def _quotes(organization: Organization) -> list[dict[str, Any]]:
    rows = Quote.objects.filter(organization=organization, test=False, status=QuoteStatus.OPEN)
    rows = rows.filter(valid_until__gte=timezone.now()).select_related("request", "publication")
    rows = rows.prefetch_related("request__items__article").order_by("valid_until", "pk")
    return [
        _need(_("A quote waits for your answer"), _headline(row.request), row.request, row, row.valid_until)
        for row in rows[:EACH]
    ]


def _ending(organization: Organization) -> list[dict[str, Any]]:
    """Licenses that end soon or have just ended, and that nobody renews yet."""
    near = by_the_day(timezone.now(), lambda day: Q(ends_on__range=(day - SOON, day + SOON)))
    rows = License.objects.filter(near, organization=organization, test=False, status=LicenseStatus.ACTIVE)
    renewing = LicenseRequest.objects.filter(
        renews__organization=organization, status__in=[*OPEN_REQUEST, RequestStatus.AGREED, RequestStatus.FULFILLED]
    )
    rows = rows.exclude(pk__in=renewing.values("renews")).select_related("article", "request", "publication")
    return [
        _need(
            _("A license ends: renew it or remove the text"),
            row.article.headline,
            row.request,
            row,
            _end_of(row.ends_on, row),
        )
        for row in rows.order_by("ends_on", "pk")[:EACH]
    ]


def _invoices(organization: Organization) -> list[dict[str, Any]]:
    rows = Invoice.objects.filter(
        organization=organization, test=False, status=InvoiceStatus.ISSUED, kind=InvoiceKind.INVOICE
    ).exclude(due_on=None)
    rows = rows.select_related("quote__request", "publication").order_by("due_on", "pk")
    return [
        _need(
            _("An invoice is to be paid"),
            f"{row.number} · {_owed(row)}",
            row.quote.request,
            row,
            _end_of(row.due_on, row),
        )
        for row in rows[:EACH]
    ]


def _need(
    what: str, title: str, request: LicenseRequest, row: Any, due: datetime | None, *, by_clock: bool = False
) -> dict[str, Any]:
    anchor = "" if row is request else f"#{row.reference}"
    return {
        "what": what,
        "title": title,
        "url": links.partner_path(request) + anchor,
        "due": due,
        "zone": row.publication,
        "by_clock": by_clock,
        "late": due is not None and due < timezone.now(),
    }


def _owed(row: Invoice) -> str:
    return money_words(str(row.outstanding), row.currency, document_locale(get_language() or "en"))


def _headline(request: LicenseRequest) -> str:
    return "; ".join(item.article.headline for item in list(request.items.all())[:3])


def _end_of(day: Any, row: Any) -> datetime:
    return end_of_day(day, zone=row.publication.zone)
