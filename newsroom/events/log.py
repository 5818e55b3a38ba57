"""The only way into the event log, and the readings of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from newsroom.accounts.models import ApiKey, Organization, Publication, User
from newsroom.articles.models import Article
from newsroom.events import wake
from newsroom.events.failpoints import reach
from newsroom.events.kinds import KINDS, Kind
from newsroom.events.models import Audience, Event, Unplanned
from newsroom.workflow import Actor


def record(
    kind: Kind | str,
    subject: Any,
    *,
    by: Actor,
    data: dict[str, Any] | None = None,
    article: Article | None = None,
    organization: Organization | None = None,
) -> Event:
    """Write down what happened, inside the transaction that made it happen, and owe its consequences.

    What is about a `confidential` subject goes to no endpoint and no stream: its audience is `nobody`.
    `subject` has `noun`, `reference` and `publication`. `data` holds ids, statuses and amounts: never a name, an
    address or a person's words. Raises RuntimeError outside a transaction and KeyError for a kind never declared.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("An event is recorded inside the transaction that changes its subject.")
    declared = KINDS[kind if isinstance(kind, str) else kind.name]
    event = Event.objects.create(
        kind=declared.name,
        audience=Audience.NOBODY if getattr(subject, "confidential", False) else declared.audience,
        publication=_publication_of(subject),
        article=article if article is not None else _article_of(subject),
        organization=organization if organization is not None else getattr(subject, "organization", None),
        subject_kind=subject.noun,
        subject_reference=subject.reference,
        actor_kind="cms" if isinstance(by, ApiKey) and by.organization_id is None else by.actor_kind,
        actor=by if isinstance(by, User) else None,
        data=data or {},
        test=bool(getattr(subject, "test", False)),
    )
    Unplanned.objects.create(event=event)
    reach("before_commit")
    transaction.on_commit(wake.after_commit, robust=True)
    return event


def last_word(subject: Any, *, now: datetime | None = None) -> str:
    """Who did what to this record last, and how long ago; empty for one without a history.

    Words are written without an event: a subject that has any says by `last_written` who wrote them last, and when.
    """
    known: list[tuple[datetime, Any, Any]] = []
    if (event := history_of(subject).last()) is not None:
        kind = KINDS.get(event.kind)
        known.append((event.happened_at, event.actor or event.actor_kind, kind.label if kind else event.kind))
    if hasattr(subject, "last_written") and (written := subject.last_written()) is not None:
        person, moment = written
        known.append((moment, person, _("Words written")))
    if not known:
        return ""
    at, who, what = max(known, key=lambda row: row[0])
    return _("Last here: %(who)s, “%(what)s”, %(ago)s.") % {
        "who": who,
        "what": what,
        "ago": ago(at, now or timezone.now()),
    }


def ago(moment: datetime, now: datetime) -> str:
    """“2 minutes ago”; “just now” within the first minute."""
    if now - moment < timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, now, depth=1)}


def history_of(subject: Any) -> QuerySet[Event]:
    """Everything that happened to this record, oldest first, with who did it."""
    return (
        Event.objects.filter(subject_kind=subject.noun, subject_reference=subject.reference)
        .select_related("actor")
        .order_by("pk")
    )


def _publication_of(subject: Any) -> Publication | None:
    return subject if isinstance(subject, Publication) else getattr(subject, "publication", None)


def _article_of(subject: Any) -> Article | None:
    if isinstance(subject, Article):
        return subject
    article = getattr(subject, "article", None)
    return article if isinstance(article, Article) else None
