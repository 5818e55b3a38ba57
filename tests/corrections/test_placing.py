"""Where a notice must stand, the evidence that it does, and who sees what is missing."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from corrections.forms.notices import CorrectionEditForm
from corrections.placements import owed
from corrections.services import correction as notices
from corrections.services import placing
from corrections.services import report as reports
from corrections.vocabulary import Kind, Place, Severity
from newsroom.accounts import checking
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events.log import history_of
from tests.factories import make_correction, make_publication, make_report, make_staff

pytestmark = pytest.mark.django_db
FOOT = "https://daily.example/politics/story#correction"


@pytest.fixture
def daily():
    return make_publication(time_zone="Europe/Berlin")


@pytest.fixture
def editor(daily):
    return make_staff(daily, "desk_editor")


def places(correction):
    """Place → whether it stands there."""
    return {row.place: row.seen_at is not None for row in correction.placements.order_by("pk")}


@pytest.mark.parametrize(
    ("kind", "severity", "setting", "media", "expected"),
    [
        ("correction", "low", {}, set(), ["article_foot", "corrections_page"]),
        ("correction", "high", {}, set(), ["under_headline", "homepage", "corrections_page"]),
        ("retraction", "low", {}, set(), ["under_headline", "homepage", "corrections_page", "social"]),
        ("minor_fix", "low", {}, {"social"}, []),
        ("correction", "low", {}, {"social", "print", "web"}, ["article_foot", "corrections_page", "social", "print"]),
        ("correction", "low", {"low": ["print"]}, set(), ["print"]),
        (
            "retraction",
            "high",
            {"high": ["alert"]},
            set(),
            ["under_headline", "homepage", "corrections_page", "social"],
        ),
        ("retraction", "high", {"retraction": ["alert"], "high": ["print"]}, set(), ["alert"]),
        ("correction", "low", {"low": []}, set(), []),
        ("correction", "low", {"low": "print"}, set(), ["article_foot", "corrections_page"]),
        ("correction", "low", ["nonsense"], set(), ["article_foot", "corrections_page"]),
    ],
)
def test_kind_severity_setting_and_where_it_was_seen_decide_the_places(kind, severity, setting, media, expected):
    assert owed(kind, severity, setting=setting, media=media) == expected


def test_the_settings_know_the_same_places_and_kinds_as_the_desk():
    assert list(checking.PLACES) == Place.values
    assert set(checking.NOTICES) == {*Kind.values, *Severity.values}
    assert checking.faults_in({"placements": {"high": ["homepage"], "retraction": []}}) == []
    assert len(checking.faults_in({"placements": {"high": ["front page"]}})) == 1
    assert len(checking.faults_in({"placements": {"urgent": ["homepage"]}})) == 1


def test_publishing_owes_the_places_and_our_own_page_has_it_at_once(daily, editor):
    report = reports.take_up(make_report(daily, medium="social"), by=editor)
    report = reports.accept(report, by=editor)
    draft = notices.edit(
        report.correction,
        by=editor,
        severity="high",
        text="An earlier version misstated the cost. It was 1.45 million.",
        not_fixed_reason="The page is archived.",
    )
    correction = notices.publish(notices.send_for_approval(draft, by=editor), by=make_staff(daily, "standards_editor"))
    assert places(correction) == {
        "under_headline": False,
        "homepage": False,
        "corrections_page": True,
        "social": False,
    }
    assert correction.placements.get(place="corrections_page").url.endswith(f"/corrections/{correction.reference}/")


def test_placing_keeps_where_when_and_who_and_the_later_word_counts(daily, editor):
    correction = make_correction(daily, by=editor, status="published")
    placing.place(correction, by=editor, where="article_foot", url="https://daily.example/wrong")
    row = placing.place(correction, by=editor, where="article_foot", url=FOOT)
    assert (row.url, row.placed_by, row.seen_at is not None) == (FOOT, editor, True)
    placing.place(correction, by=editor, where="print", detail="24 November, page 2")
    assert places(correction) == {"article_foot": True, "corrections_page": True, "print": True}
    placed = [event.data["place"] for event in history_of(correction) if event.kind == "correction.placed"]
    assert placed == ["article_foot", "article_foot", "print"]


def test_what_cannot_be_is_refused(daily, editor):
    draft = make_correction(daily, by=editor)
    with pytest.raises(Conflict):
        placing.place(draft, by=editor, where="homepage", url=FOOT)
    correction = make_correction(daily, by=editor, status="published")
    before = correction.published_at - timedelta(hours=1)
    for wrong in (
        {"where": "wall", "url": FOOT},
        {"where": "homepage"},
        {"where": "print"},
        {"where": "homepage", "url": FOOT, "at": timezone.now() + timedelta(hours=1)},
        {"where": "homepage", "url": FOOT, "at": before},
    ):
        with pytest.raises(Invalid):
            placing.place(correction, by=editor, **wrong)
    for person in (make_staff(daily, "legal"), make_staff(make_publication(), "desk_editor")):
        with pytest.raises(NotAllowed):
            placing.place(correction, by=person, where="homepage", url=FOOT)
    assert places(correction) == {"article_foot": False, "corrections_page": True}


def test_the_desk_sees_what_is_missing_and_one_press_places_it(daily, editor):
    with time_machine.travel(datetime(2026, 11, 23, 9, tzinfo=UTC), tick=False):
        correction = make_correction(daily, by=editor, status="published")
    client = Client()
    client.force_login(editor)
    card = next(card for card in client.get("/admin/").context_data["cards"] if "placed" in str(card.label))
    listed = client.get(card.url).content.decode()
    assert (card.count, correction.reference in listed, "1 of 2 placed" in listed) == (1, True, True)

    url = reverse("admin:corrections_correction_do", args=[correction.pk, "place"])
    words = {"seen": correction.version, "where": "article_foot"}
    assert client.post(url, {**words, "url": "javascript:alert(1)"}).status_code == 422
    assert client.post(url, {**words, "url": FOOT, "at": "2026-11-23 10:30"}).status_code == 302
    assert correction.placements.get(place="article_foot").seen_at == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    page = client.get(reverse("admin:corrections_correction_change", args=[correction.pk])).content.decode()
    assert "23 Nov 2026, 10:30" in page
    assert correction.reference not in client.get(card.url).content.decode()
    done = client.get(reverse("admin:corrections_correction_changelist"), {"placed": "done"}).content.decode()
    assert "2 of 2 placed" in done


def test_the_list_asks_no_more_for_thirty_notices_than_for_one(daily, editor):
    client = Client()
    client.force_login(editor)

    def asked():
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("admin:corrections_correction_changelist"))
        return len(seen)

    article = make_correction(daily, by=editor, status="published").main_article
    asked()
    one = asked()
    for _ in range(5):
        make_correction(daily, by=editor, article=article, status="published")
    assert asked() == one


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("2026-07-01 08:30", datetime(2026, 7, 1, 6, 30, tzinfo=UTC)),
        ("2026-11-20 08:30", datetime(2026, 11, 20, 7, 30, tzinfo=UTC)),
        ("2026-03-29 02:30", None),  # the clock change skips it
        ("2026-10-25 02:30", None),  # and repeats this one
    ],
)
def test_a_time_that_is_typed_is_the_publications_own(daily, editor, typed, moment):
    draft = make_correction(daily, by=editor)
    form = CorrectionEditForm({"error_published_at": typed}, subject=draft, person=editor)
    form.is_valid()
    assert form.cleaned_data.get("error_published_at") == moment
    assert ("error_published_at" in form.errors) is (moment is None)
    if moment:
        draft.error_published_at = moment
        again = CorrectionEditForm(subject=draft, person=editor)
        assert again["error_published_at"].value() == typed
