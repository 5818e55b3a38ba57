"""Whom and what the desk looks at before the queue does: listed senders, crowded articles, words sent over and over.

Nothing here refuses a report: it is held, with its reasons for the desk, and looks new to whoever sent it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from corrections import events
from corrections.models import ListedSender, Report
from corrections.services.moving import keep_closed
from corrections.services.submitting import Draft
from newsroom.accounts.models import User
from newsroom.api import throttles
from newsroom.api.networks import KEEP
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events import sealed
from newsroom.events.log import record
from newsroom.workflow import DESK, lock

CEILING = "report-flood"
"""The throttle that only a flood meets: readers of one network beyond their quota are held, up to this many an hour."""
Kind = ListedSender.Kind
MAX_REASON = 500
MOST_DAYS = 365
RECENT = 500
MIN_TEXT_TO_COMPARE = 40
SAME_TEXT_WITHIN = timedelta(days=1)
EVERYBODYS = frozenset(
    (
        *("aol.com", "gmail.com", "gmx.de", "gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com"),
        *("mail.com", "mail.ru", "me.com", "msn.com", "outlook.com", "proton.me", "protonmail.com", "qq.com"),
        *("t-online.de", "web.de", "yahoo.com", "yandex.ru"),
    )
)
"""Mail domains of the whole world: listing one would hold every second reader."""


def reasons(draft: Draft, *, networks: Collection[str]) -> list[str]:
    """Codes of `gate.REASONS` that this desk finds; counts the report against the quota of its article.

    `networks` is `network_marks(request)`. Call it outside a transaction.
    """
    about = str(draft.article.pk) if draft.article else draft.article_url
    found = []
    if about and not throttles.hit("article-form", throttles_key(draft.publication.pk, about)).allowed:
        found.append("many_on_article")
    wanted = {Kind.NETWORK: list(networks)}
    if draft.email:
        wanted[Kind.ADDRESS] = list(_marks(Kind.ADDRESS, draft.email))
        wanted[Kind.DOMAIN] = list(_marks(Kind.DOMAIN, draft.email))
    every = [mark for marks in wanted.values() for mark in marks]
    listed = ListedSender.objects.in_force(timezone.now()).filter(publication=draft.publication, mark__in=every)
    kinds = {kind for kind, mark in listed.values_list("kind", "mark") if mark in wanted.get(Kind(kind), [])}
    return found + [f"listed_{kind}" for kind in sorted(kinds)]


def said_before(draft: Draft, *, network: str, sending: str = "") -> bool:
    """Whether one of the last 500 reports, an earlier sending of this very form apart, says the same word for word; or
    one from this network does but for case, figures, links and punctuation.
    """
    if len(draft.claim) < MIN_TEXT_TO_COMPARE:
        return False
    newest = Report.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    recent = Report.objects.filter(pk__gt=newest - RECENT)
    if sending:
        recent = recent.exclude(form_token=sending)
    if recent.filter(claim=draft.claim).exists():
        return True
    plain = _plain(draft.claim)
    mine = recent.filter(network_hash=network).order_by("-pk").values_list("claim", flat=True)
    return any(_plain(claim) == plain for claim in mine[:50])


def said_today(draft: Draft) -> bool:
    """Whether this publication got the very same words, of any length, within a day: programs say things twice."""
    since = timezone.now() - SAME_TEXT_WITHIN
    return Report.objects.filter(publication=draft.publication, claim=draft.claim, created_at__gt=since).exists()


def can_be_listed(report: Report) -> list[str]:
    """What of this report's sender can still be told apart: address and domain while we have them, the network while
    its key is kept.
    """
    contact = getattr(report, "contact", None)
    kinds = [Kind.ADDRESS.value, Kind.DOMAIN.value] if contact is not None and contact.email_sealed else []
    if report.network_hash and report.created_at > timezone.now() - KEEP:
        kinds.append(Kind.NETWORK.value)
    return kinds


def may_list(report: Report, by: User) -> bool:
    """Whether this person may put the sender of this report on the list."""
    return DESK in by.roles_at(report.publication) and bool(can_be_listed(report))


@transaction.atomic
def list_sender(report: Report, *, by: User, kind: str, reason: str, days: int) -> ListedSender:
    """Hold whatever comes from this sender at this publication for so many days. Nobody sees or keeps the address.

    A network lasts eight days at most: by then its key is gone. Raises `NotAllowed`, `Conflict` when there is
    nothing to tell the sender by, `Invalid`.
    """
    report = lock(report)
    keep_closed(report, by)
    if DESK not in by.roles_at(report.publication):
        raise NotAllowed(_("Your role does not include this."))
    if kind not in can_be_listed(report):
        raise Conflict(_("There is nothing left of this report to tell its sender by."))
    if not reason.strip() or len(reason) > MAX_REASON:
        raise Invalid.one("/reason", _("Say why: it is kept with your name."), "required")
    if not 1 <= days <= MOST_DAYS:
        raise Invalid.one("/days", _("From 1 to 365 days."), "out_of_range")
    now = timezone.now()
    until = (
        min(now + timedelta(days=days), report.created_at + KEEP)
        if kind == Kind.NETWORK
        else now + timedelta(days=days)
    )
    row, _made = ListedSender.objects.update_or_create(
        publication=report.publication,
        kind=kind,
        mark=_mark_of(report, kind),
        lifted_at=None,
        defaults={"report": report, "reason": reason.strip(), "added_by": by, "added_at": now, "expires_at": until},
    )
    record(events.SENDER_LISTED, report, by=by, data={"kind": kind, "entry": row.pk})
    return row


@transaction.atomic
def lift(entry: ListedSender, *, by: User) -> ListedSender:
    """No longer."""
    entry = ListedSender.objects.select_for_update().select_related("report").get(pk=entry.pk)
    if DESK not in by.roles_at(entry.publication):
        raise NotAllowed(_("Your role does not include this."))
    if entry.lifted_at is None:
        entry.lifted_at = timezone.now()
        entry.save(update_fields=["lifted_at"])
        record(events.SENDER_LIFTED, entry.report, by=by, data={"kind": entry.kind, "entry": entry.pk})
    return entry


def forget_expired(*, now: datetime, dry_run: bool) -> int:
    """Delete what is expired or lifted. How many."""
    rows = ListedSender.objects.exclude(pk__in=ListedSender.objects.in_force(now).values("pk"))
    return rows.count() if dry_run else rows.delete()[0]


def throttles_key(publication: int, about: str) -> str:
    """The article's key of the throttle: short whatever the address is."""
    return salted_hmac("corrections.article-form", f"{publication} {about}", algorithm="sha256").hexdigest()[:32]


def _mark_of(report: Report, kind: str) -> str:
    if kind == Kind.NETWORK:
        return report.network_hash
    email = sealed.open_text(report.contact.email_sealed)
    if kind == Kind.DOMAIN and _part(Kind.DOMAIN, email) in EVERYBODYS:
        raise Invalid.one("/kind", _("Half the world has its mail there: list the address instead."), "everybodys")
    return next(iter(_marks(kind, email)))


def _marks(kind: str, email: str) -> Iterable[str]:
    """The mark under the key of today, then under older ones."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield salted_hmac(f"corrections.listed.{kind}", _part(kind, email), secret=key, algorithm="sha256").hexdigest()


def _part(kind: str, email: str) -> str:
    address = email.strip().casefold()
    return address.rpartition("@")[2] if kind == Kind.DOMAIN else address


def _plain(text: str) -> str:
    without_links = re.sub(r"(?:https?://|www\.)\S*", " ", text.casefold())
    return " ".join(re.findall(r"[^\W\d_]+", without_links))
