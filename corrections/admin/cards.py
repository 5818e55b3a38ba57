"""What waits at the corrections desk."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from corrections.admin.rights import DESK_ROLES, to_decide, to_place
from corrections.models import Correction, Report
from corrections.vocabulary import Visibility
from corrections.workflow import CorrectionStatus, ReportStatus
from newsroom.accounts.models import User
from newsroom.admin import CARDS, Card
from newsroom.events.models import Promise
from newsroom.workflow import LEGAL


def cards(person: User) -> list[Card]:
    """What waits for this person at the corrections desk."""
    if not person.roles_anywhere() & DESK_ROLES:
        return []
    url = reverse("admin:corrections_report_changelist")
    notices_url = reverse("admin:corrections_correction_changelist")
    visible = Report.objects.visible_to(person)
    overdue = Promise.objects.filter(
        subject_kind="report", kept_at=None, dropped_at=None, paused_at=None, due_at__lt=timezone.now()
    ).values("subject_reference")
    approval = (
        Correction.objects.visible_to(person)
        .filter(status=CorrectionStatus.AWAITING_APPROVAL)
        .exclude(Q(authors__user=person))
    )
    found = [
        Card(
            _("overdue reports"),
            visible.open().filter(reference__in=overdue).count(),
            f"{url}?due=over",
            urgent=True,
        ),
        Card(_("new reports"), visible.filter(status=ReportStatus.NEW).count(), f"{url}?status__exact=new"),
        Card(_("reports assigned to you"), visible.open().filter(assignee=person).count(), f"{url}?open=mine"),
    ]
    if LEGAL in person.roles_anywhere():
        restricted = visible.open().filter(visibility=Visibility.RESTRICTED)
        found.append(Card(_("restricted reports"), restricted.count(), f"{url}?visibility__exact=restricted"))
        referred = visible.open().filter(referred_at__isnull=False)
        if waiting := referred.count():
            found.append(Card(_("reports that wait for legal advice"), waiting, f"{url}?referred_at__isempty=0"))
    if urgent := visible.filter(urgent=True, status=ReportStatus.NEW).count():
        label = _("urgent reports that nobody has taken up")
        found.insert(0, Card(label, urgent, f"{url}?status__exact=new&urgent__exact=1", urgent=True))
    if "standards_editor" in person.roles_anywhere():
        found.append(
            Card(
                _("corrections to approve"),
                approval.count(),
                f"{notices_url}?status__exact=awaiting_approval",
            )
        )
    if reviews := to_decide(person).count():
        label = _("notices to review or decide as the second person")
        found.append(Card(label, reviews, f"{notices_url}?review=waiting", urgent=True))
    if missing := Correction.objects.visible_to(person).filter(pk__in=to_place().values("pk")).count():
        found.append(Card(_("notices that are not placed everywhere yet"), missing, f"{notices_url}?placed=waiting"))
    return found


CARDS.append(cards)
