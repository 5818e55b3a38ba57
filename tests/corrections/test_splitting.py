"""Merging and splitting reports, weighing them, and one notice for the same error in several articles."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from corrections.models import Report, ReporterContact
from corrections.services import correction as notices
from corrections.services import erasing, priority, splitting, spreading
from corrections.services import report as reports
from corrections.services.similar import similar_to
from corrections.services.submitting import private_path
from newsroom.errors import Conflict, Invalid, NotAllowed, Stale
from newsroom.events import mail, planning, promises
from newsroom.events.kinds import ADDRESS_BOOKS, Address
from newsroom.events.models import Delivery, Event
from newsroom.workflow import THE_READER
from tests.factories import (
    confirm,
    force_status,
    make_article,
    make_correction,
    make_publication,
    make_report,
    make_staff,
    reader_email,
    revise,
)

pytestmark = pytest.mark.django_db
SENTENCE = "The council spent 1.2 million on the bridge."


def split(report, editor, **over):
    words = {"claim": "The mayor is called Robin Wale.", "category": "name_or_title", **over}
    splitting.split(report, by=editor, **words)
    return Report.objects.latest("pk")


def test_the_new_report_stands_where_the_first_one_does_with_the_same_dates_and_reader(daily, editor):
    report = reports.take_up(confirm(make_report(daily, about_me=True)), by=editor)
    part = split(report, editor, passage="Robin Vale", suggestion="Robin Wale")

    assert (part.split_from, part.status, part.assignee, part.about_me) == (report, "in_review", editor, True)
    assert (part.claim, part.passage_exact, part.category) == (
        "The mayor is called Robin Wale.",
        "Robin Vale",
        "name_or_title",
    )
    assert part.priority_reasons == ["subject_of_story", "category:name_or_title"]
    assert reader_email(part) == reader_email(report)
    assert part.contact.confirmed_at == report.contact.confirmed_at
    assert list(promises.running(part).values_list("kind", "due_at")) == list(
        promises.running(report).values_list("kind", "due_at")
    )
    report.refresh_from_db()
    assert report.version == 3
    assert list(Event.objects.order_by("-pk").values_list("kind", flat=True)[:2]) == [
        "report.split_off",
        "report.split",
    ]


def test_the_reader_is_told_once_and_each_page_leads_to_the_other(daily, editor):
    report = reports.take_up(confirm(make_report(daily)), by=editor)
    part = split(report, editor)
    planning.plan_due()

    told = Delivery.objects.filter(recipient_kind="reader").values_list("template", "recipient_key")
    assert list(told) == [("corrections/mail/report_split", report.reference)]
    delivery = Delivery.objects.get(template="corrections/mail/report_split")
    letter = mail.compose(delivery, ADDRESS_BOOKS["reader"](report.reference))
    assert [word in letter.text for word in (part.claim, part.reference, private_path(part))] == [True] * 3
    for one, other in ((report, part), (part, report)):
        text = Client().get(private_path(one), follow=True).content.decode()
        assert private_path(other) in text
    reports.decline(part, by=editor, code="no_error_found", words="Robin Vale it is.")
    report.refresh_from_db()
    assert report.status == "in_review"
    assert "Robin Vale it is." in Client().get(private_path(part), follow=True).content.decode()


def test_an_address_confirmed_later_is_confirmed_for_both_and_erased_for_both(daily, editor):
    report = reports.take_up(make_report(daily), by=editor)
    part = split(report, editor)
    confirm(report)
    assert ReporterContact.objects.exclude(confirmed_at=None).count() == 2
    held = split(Report.objects.get(pk=report.pk), editor)
    Report.objects.filter(pk=held.pk).update(legal_hold=True)

    erasing.erase_contact(part, by=THE_READER, why="asked")
    assert list(ReporterContact.objects.values_list("report", flat=True)) == [held.pk]


def test_what_cannot_be_split_is_refused(daily, editor):
    report = make_report(daily)
    with pytest.raises(NotAllowed):
        split(report, make_staff(daily, "legal"))
    for over in ({"claim": " "}, {"claim": "x" * 5001}, {"category": "nonsense"}, {"passage": "x" * 501}):
        with pytest.raises(Invalid):
            split(report, editor, **over)
    for status in ("held", "needs_info", "accepted", "resolved", "declined", "spam"):
        with pytest.raises(Conflict):
            split(force_status(make_report(daily), status), editor)
    for _ in range(splitting.MAX_PARTS):
        split(report, editor)
    with pytest.raises(Conflict):
        split(report, editor)
    assert Report.objects.filter(split_from=report).count() == splitting.MAX_PARTS


def test_joining_is_merging_words_sources_and_thread_stay_readable_with_the_survivor(client, daily, editor):
    article = make_article(daily)
    survivor = make_report(article=article)
    twin = make_report(article=article, claim="I counted the money myself.", sources=["https://city.example/accounts"])
    twin = reports.take_up(twin, by=editor)
    reports.note(twin, by=editor, words="Sounds right, says the archive.")
    reports.join(twin, by=editor, other=survivor, words="Another reader said the same.")
    client.force_login(editor)
    page = client.get(reverse("admin:corrections_report_change", args=[survivor.pk])).content.decode()

    words = ("I counted the money myself.", "https://city.example/accounts", "Sounds right, says the archive.")
    assert [word in page for word in words] == [True] * 3


def test_the_survivor_s_page_asks_as_much_for_ten_merged_reports_as_for_one(client, daily, editor):
    article = make_article(daily)
    survivor = make_report(article=article)
    client.force_login(editor)

    def merge(number):
        for _ in range(number):
            twin = reports.take_up(make_report(article=article), by=editor)
            reports.note(twin, by=editor, words="Noted.")
            reports.join(twin, by=editor, other=survivor, words="The same.")

    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("admin:corrections_report_change", args=[survivor.pk])).status_code == 200
        return len(seen)

    merge(1)
    queries()
    one = queries()
    merge(9)
    assert queries() == one


def test_the_priority_follows_who_joins_leaves_and_how_severe_it_is(client, daily, editor):
    article = make_article(daily, published_at=timezone.now())
    survivor, twin = make_report(article=article), make_report(article=article)
    assert (survivor.priority, survivor.priority_reasons) == (25, ["category:number_or_date", "fresh_article"])
    twin = reports.join(twin, by=editor, other=survivor, words="The same.")
    survivor = reports.weigh(Report.objects.get(pk=survivor.pk), by=editor, severity="high")
    reasons = ["severity:high", "category:number_or_date", "fresh_article", "readers:2"]
    assert (survivor.priority, survivor.priority_reasons) == (50, reasons)
    assert priority.words_of(reasons) == [
        "judged severe",
        "A number or date",
        "the article is younger than two days",
        "2 readers",
    ]
    client.force_login(editor)
    page = client.get(reverse("admin:corrections_report_change", args=[survivor.pk])).content.decode()
    assert "50 (judged severe, A number or date, the article is younger than two days, 2 readers)" in page
    reports.appeal(twin, words="Mine is another error.")
    survivor.refresh_from_db()
    assert (survivor.priority, survivor.priority_reasons) == (45, reasons[:3])
    with pytest.raises(Invalid):
        reports.weigh(survivor, by=editor, severity="enormous")
    with pytest.raises(NotAllowed):
        reports.weigh(survivor, by=make_staff(daily, "legal"), severity="low")


def test_whoever_a_report_is_handed_to_is_mailed_and_nobody_for_nobody(daily, editor):
    report = make_report(daily)
    ann = make_staff(daily, "desk_editor")
    report = reports.assign(report, to=ann, by=editor)
    reports.assign(report, to=None, by=editor)
    planning.plan_due()

    told = Delivery.objects.filter(template="corrections/mail/report_assigned")
    assert list(told.values_list("recipient_key", flat=True)) == [str(ann.pk)]
    assert list(Event.objects.filter(kind="report.assigned").values_list("data", flat=True)) == [
        {"to": ann.pk},
        {"left": ann.pk},
    ]
    left = Delivery.objects.filter(template="corrections/mail/report_handed_on")
    assert list(left.values_list("recipient_key", flat=True)) == [str(ann.pk)]


def test_taking_over_makes_it_mine_and_mails_whoever_had_it(daily, editor):
    ann = make_staff(daily, "desk_editor")
    report = reports.take_up(make_report(daily), by=ann)
    report = reports.take_over(report, by=editor, seen=report.version)
    assert (report.assignee, report.status) == (editor, "in_review")
    planning.plan_due()
    rows = Delivery.objects.filter(event__kind="report.assigned").values_list("template", "recipient_key")
    assert list(rows) == [("corrections/mail/report_handed_on", str(ann.pk))]
    letter = mail.compose(Delivery.objects.get(event__kind="report.assigned"), Address(ann.email, str(ann)))
    assert (f"{editor} took this report over from you." in letter.text, report.reference in letter.subject) == (
        True,
        True,
    )


def test_only_what_somebody_else_has_is_taken_over_and_only_by_the_desk(daily, editor):
    report = make_report(daily)
    with pytest.raises(Conflict):
        reports.take_over(report, by=editor)
    report = reports.take_up(report, by=editor)
    assert not reports.may_take_over(report, editor)
    with pytest.raises(Conflict):
        reports.take_over(report, by=editor)
    other = make_staff(daily, "desk_editor")
    with pytest.raises(NotAllowed):
        reports.take_over(report, by=make_staff(daily, "legal"))
    with pytest.raises(Stale):
        reports.take_over(report, by=other, seen=report.version - 1)
    assert reports.take_over(report, by=other).assignee == other
    closed = reports.decline(report, by=other, code="opinion", words="No.")
    with pytest.raises(Conflict):
        reports.take_over(closed, by=editor)


def test_every_other_article_with_the_passage_is_named_with_one_press(client, daily, editor):
    article, second, third = (make_article(daily) for _ in range(3))
    mended = make_article(daily)
    revise(mended, body="The council spent 1.45 million on the bridge.")
    make_article(make_publication())
    shouted = make_article(daily, body=SENTENCE.upper())
    draft = notices.edit(make_correction(article=article), by=editor, original_text=SENTENCE)

    with CaptureQueriesContext(connection) as seen:
        assert {row.pk for row in spreading.articles_with(draft)} == {second.pk, third.pk}
    assert len(seen) == 1
    client.force_login(editor)
    url = reverse("admin:corrections_correction_do", args=[draft.pk, "name_all_articles"])
    assert client.post(url, {"seen": draft.version}).status_code == 302
    named = {row.article_id: row.revision_before for row in draft.articles.all()}
    assert named == {article.pk: 1, second.pk: 1, third.pk: 1}
    assert shouted.pk not in named
    draft.refresh_from_db()
    assert client.post(url, {"seen": draft.version}).status_code == 409


def test_a_passage_that_is_too_short_or_everywhere_is_refused(daily, editor, monkeypatch):
    draft = notices.edit(make_correction(daily), by=editor, original_text="1.2 million")
    assert not spreading.may_spread(draft, editor)
    with pytest.raises(Invalid):
        spreading.name_all_articles(draft, by=editor)
    monkeypatch.setattr(spreading, "MOST", 2)
    for _ in range(3):
        make_article(daily)
    draft = notices.edit(draft, by=editor, original_text=SENTENCE)
    with pytest.raises(Conflict):
        spreading.name_all_articles(draft, by=editor)
    with pytest.raises(NotAllowed):
        spreading.name_all_articles(draft, by=make_staff(daily, "legal"))
    assert draft.articles.count() == 1


def test_the_halves_of_a_split_report_are_not_offered_for_joining(daily, editor):
    report = make_report(daily, claim="The bridge cost 1.45 million, the council says.")
    part = split(report, editor, claim=report.claim)

    assert (similar_to(report), similar_to(part)) == ([], [])


def test_the_split_button_begins_with_the_reader_s_words(client, daily, editor):
    report = make_report(daily, claim="Two things are wrong.")
    client.force_login(editor)
    page = client.get(reverse("admin:corrections_report_change", args=[report.pk]))
    form = next(row["form"] for row in page.context_data["buttons"] if row["name"] == "split")
    assert form["claim"].value() == "Two things are wrong."
    url = reverse("admin:corrections_report_do", args=[report.pk, "split"])
    data = {"seen": 1, "claim": "The second thing.", "category": "other"}
    assert client.post(url, data).status_code == 302
    assert client.post(url, data).status_code == 409
    assert list(Report.objects.order_by("pk").values_list("claim", flat=True)) == [
        "Two things are wrong.",
        "The second thing.",
    ]
