"""What waits at the corrections desk."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from corrections.admin.rights import DESK_ROLES, to_decide, to_place
from corrections.admin.waiting import answered, appealed
from corrections.models import Correction, Report
from corrections.services import anchors
from corrections.vocabulary import Visibility
from corrections.workflow import CorrectionStatus, ReportStatus
from newsroom.accounts.models import User
from newsroom.admin import CARDS, Card
from newsroom.events.models import Promise
from newsroom.workflow import LEGAL


def cards(person: User) -> Iterable[Card]:
    """What waits for this person at the corrections desk."""
    roles = person.roles_anywhere()
    if not roles & DESK_ROLES:
        return
    url = reverse("admin:corrections_report_changelist")
    visible = Report.objects.visible_to(person)
    overdue = Promise.objects.overdue(timezone.now()).filter(subject_kind="report").values("subject_reference")
    mine = visible.open()
    if urgent := visible.filter(urgent=True, status=ReportStatus.NEW).count():
        label = _("urgent reports that nobody has taken up")
        yield Card(label, urgent, f"{url}?status__exact=new&urgent__exact=1", urgent=True)
    yield Card(_("overdue reports"), mine.filter(reference__in=overdue).count(), f"{url}?due=over", urgent=True)
    yield Card(_("replies of readers that wait for you"), answered(mine).count(), f"{url}?waits=reply")
    yield Card(_("appeals that wait for a second look"), appealed(mine, person).count(), f"{url}?waits=appeal")
    silent = anchors.silent_edits(visible).count()
    yield Card(_("reports whose passage was changed without a notice"), silent, f"{url}?passage=silent")
    yield Card(_("new reports"), visible.filter(status=ReportStatus.NEW).count(), f"{url}?status__exact=new")
    yield Card(_("held reports to look at"), mine.filter(status=ReportStatus.HELD).count(), f"{url}?status__exact=held")
    yield Card(_("reports assigned to you"), mine.filter(assignee=person).count(), f"{url}?open=mine")
    if LEGAL in roles:
        restricted = mine.filter(visibility=Visibility.RESTRICTED).count()
        yield Card(_("restricted reports"), restricted, f"{url}?visibility__exact=restricted")
        referred = mine.filter(referred_at__isnull=False).count()
        yield Card(_("reports that wait for legal advice"), referred, f"{url}?referred_at__isempty=0")
    yield from _notices(person)
    yield Card(_("Figures: how we keep our promise"), None, reverse("admin:corrections_statistics"))


def _notices(person: User) -> Iterable[Card]:
    url = reverse("admin:corrections_correction_changelist")
    visible = Correction.objects.visible_to(person)
    if "standards_editor" in person.roles_anywhere():
        approval = visible.filter(status=CorrectionStatus.AWAITING_APPROVAL).exclude(Q(authors__user=person))
        yield Card(_("corrections to approve"), approval.count(), f"{url}?status__exact=awaiting_approval")
    drafts = visible.filter(status=CorrectionStatus.DRAFT).count()
    yield Card(_("drafts of notices"), drafts, f"{url}?status__exact=draft")
    if reviews := to_decide(person).count():
        label = _("notices to review or decide as the second person")
        yield Card(label, reviews, f"{url}?review=waiting", urgent=True)
    missing = visible.filter(pk__in=to_place().values("pk")).count()
    yield Card(_("notices that are not placed everywhere yet"), missing, f"{url}?placed=waiting")


CARDS.append(cards)
