"""Whether an article may be used, by the word of the desk: a hold, a removal, a release. Each with a reason."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from corrections.services import correction as notices
from newsroom.articles import using
from newsroom.articles.models import Article, UseDecision
from newsroom.articles.services import upsert
from newsroom.errors import Conflict, Invalid, NotAllowed, Stale
from newsroom.events.models import Event
from newsroom.workflow import THE_CLOCK
from tests.factories import make_article, make_correction, make_publication, make_staff

pytestmark = pytest.mark.django_db

WHY = "The figures are being checked."


@pytest.fixture
def daily():
    return make_publication()


@pytest.fixture
def standards(daily):
    return make_staff(daily, "standards_editor")


@pytest.fixture
def lawyer(daily):
    return make_staff(daily, "legal")


@pytest.fixture
def article(daily):
    return make_article(daily)


def told(article):
    rows = Event.objects.filter(subject_reference=article.reference).order_by("pk")
    return [(row.kind, row.data.get("from"), row.data.get("to")) for row in rows]


def history(article):
    rows = APIClient().get(f"/api/v1/articles/{article.reference}/history/").json()["results"]
    return [row["summary"] for row in rows]


def press(client, article, button, **fields):
    article.refresh_from_db()
    url = reverse("admin:articles_article_do", args=[article.pk, button])
    return client.post(url, {"seen": article.version, "reason": WHY, **fields})


def test_a_hold_and_its_release_are_told_and_kept_with_who_and_why(client, standards, article):
    client.force_login(standards)
    page = reverse("admin:articles_article_change", args=[article.pk])
    assert press(client, article, "withhold").status_code == 302
    article.refresh_from_db()
    assert (article.status, article.desk_status) == ("withheld", "withheld")
    assert "This article is being checked." in client.get(f"/articles/{article.reference}/").content.decode()
    assert WHY in client.get(page).content.decode()
    assert press(client, article, "release", reason="They are right.").status_code == 302

    article.refresh_from_db()
    assert article.status == "usable"
    assert told(article) == [("article.withheld", "usable", "withheld"), ("article.released", "withheld", "usable")]
    assert list(UseDecision.objects.values_list("status", "reason", "by")) == [
        ("withheld", WHY, standards.pk),
        ("usable", "They are right.", standards.pk),
    ]
    assert history(article) == []  # a hold before a verdict is nobody's history
    assert WHY not in client.get(f"/articles/{article.reference}/").content.decode()


def test_a_removal_is_legal_s_and_its_release_stands_in_the_public_history(standards, lawyer, article):
    with pytest.raises(NotAllowed):
        using.remove(article, by=standards, reason=WHY)
    article = using.remove(article, by=lawyer, reason=WHY)
    assert article.status == "canceled"
    assert not using.may_release(article, standards)
    with pytest.raises(NotAllowed):
        using.release(article, by=standards, reason=WHY)
    using.release(article, by=lawyer, reason=WHY)
    assert history(article) == ["The article may be used again", "Retracted: the article may no longer be used"]


def test_while_a_retraction_stands_nobody_but_a_notice_releases_it(daily, standards, lawyer, article):
    editor = make_staff(daily, "desk_editor")
    retraction = make_correction(article=article, status="published", kind="retraction")
    article.refresh_from_db()
    assert not using.may_release(article, lawyer)
    with pytest.raises(Conflict, match="only a notice"):
        using.release(article, by=lawyer, reason=WHY)

    notice = notices.start(daily, by=editor, articles=[], kind="editors_note", target=retraction, effect="withdraw")
    notice = notices.edit(notice, by=editor, text="The retraction was made in error.")
    notices.publish(notices.send_for_approval(notice, by=editor), by=standards)

    article.refresh_from_db()
    assert article.status == "usable"
    assert told(article) == [("article.canceled", "usable", "canceled"), ("article.released", "canceled", "usable")]
    assert "The article may be used again" in history(article)


def test_the_withdrawal_of_a_retraction_does_not_lift_what_legal_removed(daily, standards, lawyer, article):
    editor = make_staff(daily, "desk_editor")
    article = using.remove(article, by=lawyer, reason=WHY)
    retraction = make_correction(article=article, status="published", kind="retraction")
    notice = notices.start(daily, by=editor, articles=[], kind="editors_note", target=retraction, effect="withdraw")
    notice = notices.edit(notice, by=editor, text="The retraction was made in error.")
    notices.publish(notices.send_for_approval(notice, by=editor), by=standards)
    assert Article.objects.get(pk=article.pk).status == "canceled"


def test_while_the_word_of_the_cms_is_stricter_nothing_happens_to_anybody(daily, lawyer, article):
    upsert([daily], {"url": article.url, "status": "canceled"}, by=THE_CLOCK)
    before = told(article)
    article.refresh_from_db()
    held = using.withhold(article, by=lawyer, reason=WHY)
    assert (held.desk_status, held.status, told(article)) == ("withheld", "canceled", before)
    upsert([daily], {"url": article.url, "status": "usable"}, by=THE_CLOCK)
    assert told(article)[-1] == ("article.withheld", "canceled", "withheld")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_without_a_reason_nothing_happens(client, lawyer, article, reason):
    client.force_login(lawyer)
    assert press(client, article, "remove", reason=reason).status_code == 422
    with pytest.raises(Invalid):
        using.withhold(article, by=lawyer, reason=reason)
    assert (Article.objects.get(pk=article.pk).status, UseDecision.objects.count()) == ("usable", 0)


def test_twice_an_old_page_and_strangers_are_refused(daily, standards, article):
    for person in (
        make_staff(daily, "desk_editor"),
        make_staff(daily, "licensing_manager"),
        make_staff(make_publication(), "legal"),
    ):
        assert not using.may_withhold(article, person)
        with pytest.raises(NotAllowed):
            using.withhold(article, by=person, reason=WHY)
    with pytest.raises(Conflict):
        using.release(article, by=standards, reason=WHY)
    held = using.withhold(article, by=standards, reason=WHY)
    with pytest.raises(Conflict):
        using.withhold(held, by=standards, reason=WHY)
    with pytest.raises(Stale):
        using.release(held, by=standards, reason=WHY, seen=held.version - 1)


def test_a_decision_is_never_changed(standards, article):
    using.withhold(article, by=standards, reason=WHY)
    row = UseDecision.objects.get()
    with pytest.raises(TypeError):
        row.save()
