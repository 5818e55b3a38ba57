"""What one leaf says, to the letter, and what stands beside it."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from corrections.ledger import commitments, log
from corrections.models import LedgerEntry, LedgerHead, LedgerOpening
from tests.factories import make_article, make_correction, make_publication, revise

pytestmark = pytest.mark.django_db


@pytest.fixture
def published():
    article = make_article(make_publication(slug="daily"))
    return make_correction(
        article=article,
        status="published",
        original_text="1.2 million",
        corrected_text="1.45 million",
    )


def test_a_leaf_names_no_article_and_commits_to_what_the_notice_says(published):
    entry = LedgerEntry.objects.get()
    leaf = json.loads(entry.leaf)
    opening = LedgerOpening.objects.get(entry=entry)
    (row,) = published.articles.select_related("article")
    assert opening.content == {
        "reference": published.reference,
        "kind": "correction",
        "severity": published.severity,
        "text": "An earlier version misstated the cost. It was 1.45 million.",
        "original_text": "1.2 million",
        "corrected_text": "1.45 million",
        "articles": [
            {
                "reference": row.article.reference,
                "url": row.article.url,
                "revision_before": 1,
                "revision_after": row.revision_after,
            }
        ],
        "supersedes": None,
    }
    assert {name: leaf[name] for name in ("type", "reference", "publication", "kind")} == {
        "type": "correction.published",
        "reference": published.reference,
        "publication": "daily",
        "kind": "correction",
    }
    assert leaf["commitment"] == commitments.commit(bytes.fromhex(opening.salt), opening.content)
    assert (entry.correction, entry.index) == (published, 0)


def test_a_notice_without_passages_commits_to_none():
    said = log.content_of(make_correction(article=make_article(make_publication())))
    assert (said["original_text"], said["corrected_text"]) == (None, None)


def test_a_revision_in_which_the_fix_was_seen_is_part_of_the_commitment(published):
    revise(published.articles.get().article, body="Fixed.")
    published.articles.update(revision_after=2)
    assert log.content_of(published)["articles"][0]["revision_after"] == 2


def test_an_effect_commits_to_the_reference_and_what_happened_only(published):
    entry = log.append("superseded", published, now=timezone.now(), opening=False)
    assert (entry.index, entry.correction) == (1, None)
    assert LedgerOpening.objects.get(entry=entry).content == {"reference": published.reference, "type": "superseded"}
    head = LedgerHead.objects.get()
    assert (head.pk, head.size) == (1, 2)


def test_an_entry_is_dated_now_or_like_the_one_before_it_when_that_is_later(published):
    first = LedgerEntry.objects.get().at
    minutes = [10, 5, 10, 11]
    entries = [
        log.append("superseded", published, now=first + timedelta(minutes=number), opening=False) for number in minutes
    ]
    assert [entry.at - first for entry in entries] == [timedelta(minutes=number) for number in (10, 10, 10, 11)]


@pytest.mark.django_db(transaction=True)
def test_the_log_is_not_appended_to_outside_the_publication():
    correction = make_correction(article=make_article(make_publication()))
    with pytest.raises(RuntimeError, match="inside the transaction"):
        log.append("published", correction, now=timezone.now(), opening=True)
    assert (LedgerEntry.objects.count(), LedgerHead.objects.filter(size__gt=0).count()) == (0, 0)
