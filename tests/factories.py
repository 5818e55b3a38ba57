"""Rows for tests, as plain functions. Each call makes something new; nothing is shared."""

from __future__ import annotations

import hashlib
import itertools
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from corrections.models import Correction, Report
from corrections.services import contacts, destroying
from corrections.services import correction as notices
from corrections.services.submitting import Draft, submit
from newsroom import references
from newsroom.accounts.models import Desk, Membership, Publication, User
from newsroom.articles.addresses import canonical_key
from newsroom.articles.models import Article, ArticleAddress, Revision
from newsroom.events import sealed
from newsroom.events.log import record
from newsroom.events.models import Delivery, Endpoint
from newsroom.workflow import THE_CLOCK

COUNT = itertools.count(1)  # one for all factories: a name that two of them make would be made twice
TEXT = "The council spent 1.2 million on the bridge.\n\nThe mayor, Robin Vale, opened it in May."


def make_publication(**over):
    number = next(COUNT)
    return Publication.objects.create(
        **{
            "name": f"The Daily {number}",
            "slug": f"daily-{number}",
            "hosts": [f"daily{number}.example"],
            "corrections_email": f"corrections{number}@daily.example",
            "licensing_email": f"licensing{number}@daily.example",
            "legal_phone": "+1 555 0100",
            **over,
        }
    )


def make_staff(publication=None, *roles, **over):
    number = next(COUNT)
    person = User.objects.create_user(
        **{
            "username": f"person{number}",
            "email": f"person{number}@daily.example",
            "first_name": "Person",
            "last_name": str(number),
            "is_staff": True,
            "password": "a long enough passphrase",
            **over,
        }
    )
    for role in roles:
        Membership.objects.create(user=person, publication=publication, role=role)
    return person


def make_desk(publication, *members, **over):
    desk = Desk.objects.create(publication=publication, **{"name": f"Desk {next(COUNT)}", **over})
    desk.members.set(members)
    return desk


def make_article(publication, *, body=TEXT, revisions=1, **over):
    number = next(COUNT)
    url = over.pop("url", f"https://{publication.hosts[0]}/politics/story-{number}")
    article = Article.objects.create(
        **{
            "reference": references.new("article"),
            "publication": publication,
            "url": url,
            "external_id": f"cms-{number}",
            "headline": f"Bridge opens late {number}",
            "section": "politics",
            "bylines": ["Ann Reporter"],
            "published_at": timezone.now() - timedelta(days=3),
            "licensable": True,
            **over,
        }
    )
    ArticleAddress.objects.create(article=article, key=canonical_key(url), url=url)
    for _ in range(revisions):
        revise(article, body=body)
    return article


def revise(article, *, body):
    sha256 = hashlib.sha256(f"{article.headline}\n\n{body}".encode()).hexdigest()
    article.revision += 1
    article.revision_sha256 = sha256
    article.save(update_fields=["revision", "revision_sha256"])
    return Revision.objects.create(
        article=article,
        number=article.revision,
        headline=article.headline,
        body=body,
        sha256=sha256,
        seen_at=timezone.now(),
    )


def push(article, *, body):
    """The CMS sends another text: a revision, with its event."""
    with transaction.atomic():
        revision = revise(article, body=body)
        record("article.revised", article, by=THE_CLOCK, data={"revision": revision.number})
    return revision


def make_report(publication=None, article=None, **over):
    publication = publication or (article.publication if article else make_publication())
    article = article or make_article(publication)
    held = over.pop("held_reasons", None)
    draft = {
        "publication": publication,
        "article": article,
        "claim": "It was 1.45 million.",
        "category": "number_or_date",
        "name": "Rita Reader",
        "email": "rita@reader.example",
        **over,
    }
    return submit(Draft(**draft), held_reasons=held)


def confirm(report):
    report.refresh_from_db()
    contacts.confirm_address(report, number=report.contact.address_number)
    return report


def force_status(record, status, **over):
    """Put a record into a status without its history: for matrices only."""
    fields = {"status": status, **over}
    if isinstance(record, Report) and status in {
        "resolved",
        "declined",
        "duplicate",
        "withdrawn",
        "lapsed",
        "spam",
    }:
        fields.setdefault("closed_at", timezone.now())
        if status == "declined":
            fields.setdefault("resolution_code", "opinion")
        if status == "duplicate":
            fields.setdefault("joined_to", make_report(record.publication))
    if isinstance(record, Correction) and status not in {"draft", "discarded"}:
        fields.setdefault("text", "An earlier version misstated the cost. It was 1.45 million.")
        if status in {"published", "superseded", "withdrawn", "suppressed"}:
            fields.setdefault("published_at", timezone.now())
        if status == "suppressed":
            fields.setdefault("status_before", "published")
    type(record).objects.filter(pk=record.pk).update(**fields)
    return type(record).objects.get(pk=record.pk)


def make_correction(publication=None, *, by=None, article=None, status="draft", **words):
    publication = publication or (article.publication if article else make_publication())
    article = article or make_article(publication)
    by = by or make_staff(publication, "desk_editor")
    correction = notices.start(publication, by=by, articles=[article])
    texts = {"retraction": "We retract this article because the cost in it was invented."}
    words = {
        "text": texts.get(words.get("kind"), "An earlier version misstated the cost. It was 1.45 million."),
        "not_fixed_reason": "Print only.",
        **words,
    }
    correction = answer_warnings(notices.edit(correction, by=by, **words), by=by)
    if status == "draft":
        return correction
    correction = notices.send_for_approval(correction, by=by)
    if status == "awaiting_approval":
        return correction
    return notices.publish(correction, by=make_staff(publication, "standards_editor"))


def make_follower(target, effect, *, kind=None, **words):
    """The published notice that supersedes, withdraws or reinstates the target; of its kind, as the desk begins it."""
    by = make_staff(target.publication, "desk_editor")
    draft = notices.start(
        target.publication, by=by, articles=[], kind=kind or target.kind, target=target, effect=effect
    )
    words = {"text": "Our notice about the cost was wrong. It was 1.46 million.", "not_fixed_reason": "-", **words}
    draft = answer_warnings(notices.edit(draft, by=by, **words), by=by)
    draft = notices.send_for_approval(draft, by=by)
    return notices.publish(draft, by=make_staff(target.publication, "standards_editor"))


def make_destroyed(correction):
    """Suppressed, and its words destroyed by two people of legal."""
    first, second = (make_staff(correction.publication, "legal") for _ in range(2))
    suppressed = notices.suppress(correction, by=first, words="Order 7/26")
    return destroying.destroy(destroying.propose_destroy(suppressed, by=first, words="Order 7/26"), by=second)


def answer_warnings(correction, *, by):
    """Answer whatever the linter warns of, so that a test may say its notice in its own few words."""
    for finding in correction.unanswered():
        correction = notices.answer_warning(correction, by=by, code=finding.code, words="The desk stands by it.")
    return correction


def reader_email(report):
    return sealed.open_text(report.contact.email_sealed)


def verified(endpoint):
    """The endpoint as if it had answered its first ping."""
    Delivery.objects.filter(endpoint=endpoint, event=None).delete()
    Endpoint.objects.filter(pk=endpoint.pk).update(state=Endpoint.State.ACTIVE)
    endpoint.refresh_from_db()
    return endpoint
