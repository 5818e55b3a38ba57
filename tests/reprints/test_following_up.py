"""The desk follows a change up: who has not answered, where the text was seen, which suspension should be over."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from newsroom.errors import Invalid, NotAllowed
from newsroom.events import planning
from newsroom.events.models import Event
from reprints.models import License, UpdateNotice
from reprints.services import licenses, placements, updates
from tests.kept import again, made_once
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db
STORY, OTHER = "https://partner.example/story", "https://partner.example/other"
NOTICES = reverse("admin:reprints_updatenotice_changelist")
LICENSES = reverse("admin:reprints_license_changelist")


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """An editor, an article, three licensees of it, and the notice of each."""

    def build():
        publication = make.make_publication()
        editor = make.make_staff(publication, "licensing_editor")
        editor.is_staff = True
        editor.save(update_fields=["is_staff"])
        article = make.make_article(publication)
        for name in ("Albatross Press", "Buzzard Books", "Crane Club"):
            organization = make.make_organization(name=name)
            make.make_license(publication, article, organization=organization, placement_urls=[STORY])
        make.happened("correction.published", article)
        planning.plan_due()
        return publication, editor, article, list(UpdateNotice.objects.order_by("pk"))

    yield from made_once(django_db_blocker, build)


@pytest.fixture(autouse=True)
def publication(built, db):
    return again(built[0])


@pytest.fixture
def editor(built, publication):
    return again(built[1])


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def article(built, publication):
    return again(built[2])


@pytest.fixture
def told(built, publication):
    return [again(row) for row in built[3]]


def at(row):
    return reverse(f"admin:reprints_{row._meta.model_name}_change", args=[row.pk])


def press(desk, row, name, **data):
    row.refresh_from_db()
    address = reverse(f"admin:reprints_{row._meta.model_name}_do", args=[row.pk, name])
    return desk.post(address, {"seen": row.version, **data}).status_code


# --- who has not answered ------------------------------------------------------------


def test_a_notice_lists_everybody_who_was_told_and_who_has_not_answered_first(desk, told):
    updates.acknowledge(told[0], action="appended", url=STORY)
    page = desk.get(at(told[1])).content.decode()
    assert "1 of 3 confirmed" in page
    order = sorted(("Albatross", "Buzzard", "Crane"), key=page.index)
    assert order == ["Buzzard", "Crane", "Albatross"]
    assert [f'href="{at(row)}"' in page for row in told] == [True, False, True]
    assert f'href="{STORY}"' in page


def test_what_was_superseded_or_told_about_something_else_is_not_among_them(desk, publication, article, told):
    other = make.make_article(publication)
    make.make_license(publication, other, organization=make.make_organization(name="Dove Daily"))
    make.happened("correction.published", other)
    licenses.terminate(told[2].license, words="Done.")
    planning.plan_due()
    page = desk.get(at(told[0])).content.decode()
    assert "0 of 2 confirmed" in page
    assert ("Dove Daily" in page, "Crane Club" in page) == (False, False)


def test_a_hold_lists_those_who_were_told_of_it(desk, article, told):
    make.happened("article.withheld", article)
    planning.plan_due()
    hold = UpdateNotice.objects.filter(kind="hold").first()
    page = desk.get(at(hold)).content.decode()
    assert "0 of 3 confirmed" in page
    assert page.count("Albatross Press") > 0


def test_the_page_of_a_notice_costs_the_same_for_three_licensees_and_for_nine(desk, publication, article, told):
    def cost(row):
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(at(row)).status_code == 200
        return len(queries)

    cost(told[0])
    three = cost(told[0])
    for _ in range(6):
        make.make_license(publication, article, organization=make.make_organization())
    make.happened("correction.published", article)
    planning.plan_due()
    newest = UpdateNotice.objects.unanswered().order_by("-pk").first()
    assert "0 of 9 confirmed" in desk.get(at(newest)).content.decode()
    assert cost(newest) == three


def test_the_first_page_leads_to_what_is_overdue(desk, told):
    UpdateNotice.objects.update(due_at=timezone.now() + timedelta(hours=1))
    UpdateNotice.objects.filter(pk=told[0].pk).update(due_at=timezone.now() - timedelta(hours=1))
    updates.escalate(told[0])
    first = desk.get("/admin/").content.decode()
    assert f'href="{NOTICES}?due=over"' in first
    late, unanswered = (desk.get(NOTICES, query).content.decode() for query in ({"due": "over"}, {}))
    assert [row.reference in late for row in told] == [True, False, False]
    assert [row.reference in unanswered for row in told] == [True, True, True]


def test_the_desk_asks_once_more_while_nobody_answered(desk, told):
    assert press(desk, told[0], "remind") == 302
    assert Event.objects.filter(kind="update_notice.reminded", subject_reference=told[0].reference).count() == 1
    updates.acknowledge(told[0], action="appended")
    assert press(desk, told[0], "remind") == 409
    assert Event.objects.filter(kind="update_notice.reminded").count() == 1


# --- where it was seen ------------------------------------------------------------


def test_the_desk_notes_that_the_text_stands_there_and_when(desk, told):
    held = told[0].license
    assert "not seen by us yet" in desk.get(at(held)).content.decode()
    assert press(desk, held, "see_placement", url=STORY) == 302
    seen_at = held.placements.get().verified_at
    assert timezone.now() - seen_at < timedelta(minutes=1)
    assert "seen there" in desk.get(at(held)).content.decode()


def test_only_an_address_of_the_license_can_have_been_seen(desk, editor, told):
    held = told[0].license
    assert press(desk, held, "see_placement", url=OTHER) == 422
    with pytest.raises(Invalid) as refused:
        placements.see(held, url=OTHER, by=editor)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/url", "unknown_value")]
    assert held.placements.filter(verified_at=None).count() == 1


def test_a_licensee_does_not_see_for_us(told):
    with pytest.raises(NotAllowed):
        placements.see(told[0].license, url=STORY, by=told[0].license.request.api_key)
    assert told[0].license.placements.get().verified_at is None


def test_without_an_address_there_is_nothing_to_look_at(desk, told):
    held = told[0].license
    placements.declare(held, urls=[])
    assert "see_placement" not in desk.get(at(held)).content.decode()
    assert press(desk, held, "see_placement", url=STORY) == 409


@pytest.mark.parametrize(("action", "seen"), [("appended", True), ("removed", False)])
def test_checking_an_answer_sees_the_text_where_it_still_stands(editor, told, action, seen):
    answered = updates.acknowledge(told[0], action=action, url=STORY)
    updates.verify(answered, by=editor)
    assert (told[0].license.placements.get().verified_at is not None) is seen


def test_an_address_that_comes_back_is_looked_at_anew(editor, told):
    held = told[0].license
    placements.see(held, url=STORY, by=editor)
    placements.declare(held, urls=[])
    placements.declare(held, urls=[STORY])
    assert held.placements.get().verified_at is None


# --- suspended longer than was meant ------------------------------------------------------------


def test_the_first_page_leads_to_suspensions_past_their_day(desk, editor, told):
    late, waiting, over = (row.license for row in told)
    for row in (late, waiting, over):
        licenses.suspend(
            row, by=editor, reason="suspected_breach", words="Why?", until=row.day() + timedelta(days=3), seen=None
        )
    yesterday = late.day() - timedelta(days=1)
    License.objects.filter(pk__in=[late.pk, over.pk]).update(suspended_until=yesterday)
    License.objects.filter(pk=over.pk).update(starts_on=yesterday - timedelta(days=9), ends_on=yesterday)
    first = desk.get("/admin/").content.decode()
    assert f'href="{LICENSES}?suspension=over"' in first
    shown = desk.get(LICENSES, {"suspension": "over"}).content.decode()
    assert [row.reference in shown for row in (late, waiting, over)] == [True, False, False]


def test_whoever_releases_a_licensee_reads_that_the_licensee_is_told_why(desk, built):
    notice = built[3][0]
    page = desk.get(reverse("admin:reprints_updatenotice_change", args=[notice.pk])).content.decode()
    assert "Why the licensee need not do anything, told to the licensee" in page
