"""The desk puts right what a report was filed under: desk, category, article, urgency."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from corrections.models import Report
from corrections.services import filing, legal
from corrections.services import report as reports
from corrections.services.submitting import Draft, submit
from newsroom.articles.models import Revision
from newsroom.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from newsroom.events import planning, promises
from newsroom.events.models import Delivery, Event
from tests.factories import make_article, make_desk, make_publication, make_report, make_staff, revise

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(daily):
    return make_report(daily)


def refile(report, editor, **over):
    now = {name: getattr(report, name) for name in ("desk", "category", "article", "urgent", "urgent_reason")}
    return filing.refile(report, by=editor, **now | over)


def told():
    while planning.plan_due():
        pass
    rows = Delivery.objects.filter(event__kind="report.refiled", channel="email")
    return sorted(rows.values_list("template", "recipient_key"))


def test_the_desk_that_gets_it_is_told_and_who_filed_it_there_is_not(daily, editor, report):
    ann = make_staff(daily, "desk_editor")
    sports = make_desk(daily, ann, editor)
    moved = refile(report, editor, desk=sports)
    assert (moved.desk, moved.status, moved.version) == (sports, "new", report.version + 1)
    assert Event.objects.get(kind="report.refiled").data == {"changed": ["desk"], "desk": sports.pk}
    assert told() == [("corrections/mail/report_refiled_desk", str(ann.pk))]


def test_another_category_weighs_anew_and_mails_nobody(editor, report):
    moved = refile(report, editor, category="privacy")
    fresh = Report.objects.get(pk=report.pk)
    assert (fresh.category, fresh.priority_reasons) == ("privacy", ["category:privacy"])
    assert fresh.priority == moved.priority > report.priority
    assert told() == []


def test_what_becomes_urgent_is_owed_by_the_hour_and_calls_the_editor_on_duty_once(editor, report):
    before = {row.kind: row.due_at for row in promises.running(report)}
    moved = refile(report, editor, urgent=True, urgent_reason="child")
    after = {row.kind: row.due_at for row in promises.running(report)}
    assert after["acknowledge"] < timezone.now() + timedelta(hours=25) < before["decide"]
    assert (after["decide"] < before["decide"], after["publish"]) == (True, before["publish"])
    assert Event.objects.filter(kind="report.paged").count() == 1
    assert moved.priority_reasons[0] == "urgent"
    moved = refile(moved, editor, urgent=False)
    assert (moved.urgent, moved.urgent_reason) == (False, "")
    assert {row.kind: row.due_at for row in promises.running(report)} == after
    refile(moved, editor, urgent=True, urgent_reason="danger")
    assert Event.objects.filter(kind="report.paged").count() == 1


def test_what_waits_for_the_reader_goes_on_waiting_when_it_becomes_urgent(editor, report):
    asked = reports.ask(reports.take_up(report, by=editor), by=editor, words="Which year?")
    refile(asked, editor, urgent=True, urgent_reason="child")
    assert promises.running(report).get(kind="decide").paused_at is not None


def test_a_report_without_an_article_gets_one_as_it_stood_when_the_reader_saw_it(daily, editor):
    old = make_article(daily, body="The council spent 1.2 million on the bridge.")
    Revision.objects.filter(article=old).update(seen_at=timezone.now() - timedelta(days=2))
    address = f"https://{daily.hosts[0]}/amp/unknown"
    report = submit(
        Draft(claim="1.45", publication=daily, article_url=address, anchor="post-3", passage_exact="1.2 million")
    )
    revise(old, body="The council spent 1.45 million on the bridge.")

    moved = refile(report, editor, article=old)

    moved.refresh_from_db()
    assert (moved.article, moved.article_url, moved.article_revision) == (old, old.url, 1)
    assert (moved.anchor, moved.anchor_state) == ("post-3", "resolved_by_edit")
    assert Event.objects.get(kind="report.refiled").article == old


def test_another_article_than_before_forgets_the_post_of_the_first(daily, editor):
    report = make_report(daily, anchor="post-3", passage_exact="The mayor, Robin Vale")
    other = make_article(daily, body="Nothing of the kind.")
    moved = refile(report, editor, article=other)
    moved.refresh_from_db()
    assert (moved.article, moved.anchor, moved.anchor_state) == (other, "", "orphan")


def test_once_a_notice_was_begun_the_article_stays_and_the_rest_may_change(daily, editor, report):
    accepted = reports.accept(reports.take_up(report, by=editor), by=editor)
    with pytest.raises(Conflict, match="reopen"):
        refile(accepted, editor, article=make_article(daily))
    assert refile(accepted, editor, category="spelling").category == "spelling"


@pytest.mark.parametrize(
    ("pointer", "change"),
    [
        ("", dict),
        ("/category", lambda: {"category": "nonsense"}),
        ("/urgent_reason", lambda: {"urgent": True, "urgent_reason": "boredom"}),
        ("/article", lambda: {"article": None}),
        ("/article", lambda: {"article": make_article(make_publication())}),
        ("/desk", lambda: {"desk": make_desk(make_publication())}),
    ],
)
def test_what_is_not_the_publication_s_and_what_changes_nothing_is_refused(editor, report, pointer, change):
    with pytest.raises(Invalid) as refused:
        refile(report, editor, **change())
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert Report.objects.get(pk=report.pk).version == report.version
    assert not Event.objects.filter(kind="report.refiled").exists()


def test_a_report_goes_to_the_desk_of_its_section_else_to_the_one_without_sections(daily):
    sport = make_desk(daily, sections=["Sport"])
    general = make_desk(daily)
    make_desk(daily, kind="licensing", sections=["politics"])

    found = {
        section: make_report(article=make_article(daily, section=section)).desk for section in ("sport", "politics", "")
    }

    assert found == {"sport": sport, "politics": general, "": general}


def test_a_licensing_desk_is_no_desk_for_reports(daily, editor, report):
    with pytest.raises(Invalid):
        refile(report, editor, desk=make_desk(daily, kind="licensing"))


def test_closed_reports_strangers_and_old_pages(daily, editor, report):
    with pytest.raises(NotAllowed):
        refile(report, make_staff(daily, "legal"), category="spelling")
    filed = {"desk": None, "category": "spelling", "article": report.article, "urgent": False}
    with pytest.raises(Stale):
        filing.refile(report, by=editor, seen=report.version + 1, **filed)
    closed = reports.decline(make_report(daily), by=editor, code="opinion", words="No.")
    with pytest.raises(Conflict):
        refile(closed, editor, category="spelling")
    restricted = legal.restrict(report, by=make_staff(daily, "legal"), reason="Court.")
    with pytest.raises(NotFound):
        refile(restricted, editor, category="spelling")


def test_the_form_begins_with_what_is_and_an_empty_press_says_so(client, daily, editor, report):
    Report.objects.filter(pk=report.pk).update(urgent=True, urgent_reason="")
    client.force_login(editor)
    page = client.get(reverse("admin:corrections_report_change", args=[report.pk]))
    form = next(row["form"] for row in page.context_data["buttons"] if row["name"] == "refile")
    drawn = {name: form[name].value() for name in ("desk", "category", "article", "urgency")}
    assert drawn == {
        "desk": None,
        "category": "number_or_date",
        "article": report.article.reference,
        "urgency": "other",
    }
    press = reverse("admin:corrections_report_do", args=[report.pk, "refile"])
    fields = {name: value or "" for name, value in drawn.items()} | {"seen": report.version}
    answer = client.post(press, fields)
    assert (answer.status_code, "Nothing is different" in answer.content.decode()) == (422, True)
    assert client.post(press, fields | {"urgency": ""}).status_code == 302
    report.refresh_from_db()
    assert (report.urgent, report.urgent_reason) == (False, "")
    assert client.post(press, fields | {"article": "A-nothing", "seen": report.version}).status_code == 422
