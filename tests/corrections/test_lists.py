"""The desk's lists: what each row says at a glance, and what the filters show."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from corrections.models import Report
from corrections.services import correction as notices
from newsroom.accounts.models import Desk, Membership
from newsroom.events.models import Promise
from tests.factories import (
    force_status,
    make_article,
    make_correction,
    make_desk,
    make_publication,
    make_report,
    make_staff,
)

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:corrections_report_changelist")
NOTICES = reverse("admin:corrections_correction_changelist")


@pytest.fixture
def publication():
    return make_publication(time_zone="America/New_York")


@pytest.fixture
def editor(client, publication):
    person = make_staff(publication, "desk_editor")
    client.force_login(person)
    return person


def listed(client, address=QUEUE):
    response = client.get(address)
    assert response.status_code == 200
    return [row.reference for row in response.context_data["cl"].result_list]


def cell(client, name, address=QUEUE):
    """The words of the one row in this column."""
    page = client.get(address).content.decode()
    found = re.search(rf'<t[dh][^>]* class="field-{name}[^"]*">(.*?)</t[dh]>', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def due(report, moment):
    Promise.objects.filter(subject_reference=report.reference).update(due_at=moment)


def test_a_date_is_given_with_weekday_time_and_zone(client, editor, publication):
    due(make_report(publication), datetime(2096, 12, 3, 18, tzinfo=UTC))
    assert cell(client, "due") == "Mon 3 Dec, 13:00 EST"


def test_a_date_that_is_past_says_by_how_much_and_a_near_one_how_long(client, editor, publication):
    report = make_report(publication)
    due(report, timezone.now() - timedelta(days=2, minutes=5))
    assert cell(client, "due").endswith("2 days late")
    due(report, timezone.now() + timedelta(hours=3, minutes=5))
    assert cell(client, "due").endswith("in 3 hours")
    due(report, timezone.now())
    assert cell(client, "due").endswith("now")


def test_a_report_in_which_a_child_is_named_is_marked_urgent_before_its_words(client, editor, publication):
    make_report(publication, claim="He is nine.", urgent=True, urgent_reason="child")
    assert cell(client, "what").startswith("Urgent He is nine.")


def test_a_row_counts_its_readers_and_names_the_desk_and_who_is_at_it(client, editor, publication):
    report = make_report(publication)
    Report.objects.filter(pk=report.pk).update(desk=make_desk(publication, name="City"), assignee=editor)
    for _ in range(2):
        other = force_status(make_report(publication, report.article), "withdrawn")
        Report.objects.filter(pk=other.pk).update(joined_to=report)
    assert (cell(client, "readers"), cell(client, "with_whom")) == ("3", f"{editor} City")


def test_the_queue_is_filtered_by_desk_assignee_and_channel(client, editor, publication):
    mine, theirs = make_report(publication), make_report(publication)
    desk = make_desk(publication, name="City")
    Report.objects.filter(pk=mine.pk).update(desk=desk, assignee=editor, channel="phone")
    for query in (f"desk={desk.pk}", f"assignee={editor.pk}", "channel__exact=phone"):
        assert listed(client, f"{QUEUE}?{query}") == [mine.reference], query
    assert set(listed(client)) == {mine.reference, theirs.reference}


@pytest.mark.parametrize("value", ["-1", "x", "²", "9" * 30, ""])
def test_a_desk_or_person_that_cannot_be_meant_filters_nothing(client, editor, publication, value):
    report = make_report(publication)
    assert listed(client, f"{QUEUE}?desk={value}&assignee={value}") == [report.reference]


def test_the_filters_name_nobody_of_another_publication(client, editor, publication):
    elsewhere = make_publication()
    stranger = make_staff(elsewhere, "desk_editor")
    Desk.objects.filter(pk=make_desk(elsewhere).pk).update(name="Far away")
    make_report(publication)
    page = client.get(QUEUE).content.decode()
    assert ("Far away" in page, f"assignee={stranger.pk}" in page, f"assignee={editor.pk}" in page) == (
        False,
        False,
        True,
    )


def test_what_was_thrown_away_is_listed_on_request_alone(client, editor, publication):
    made = {status: make_correction(publication, status=status) for status in ("draft", "published")}
    made["discarded"] = notices.discard(make_correction(publication), by=editor)
    names = {notice.reference: status for status, notice in made.items()}

    def shown(query):
        return sorted(names[row] for row in listed(client, f"{NOTICES}{query}"))

    assert shown("") == ["draft", "published"]
    assert shown("?show=discarded") == shown("?status__exact=discarded") == ["discarded"]
    assert shown("?show=making") == ["draft"]
    assert shown("?show=out") == ["published"]
    assert shown("?show=all") == sorted(made)


def test_a_draft_is_due_when_the_reader_was_promised_its_publication(client, editor, publication):
    article = make_article(publication)
    notice = make_correction(article=article, status="draft")
    report = make_report(publication, article)
    Report.objects.filter(pk=report.pk).update(status="accepted", correction=notice)
    due(report, datetime(2096, 7, 3, 18, tzinfo=UTC))
    assert cell(client, "due", NOTICES) == "Tue 3 Jul, 14:00 EDT"


def shown_filter(client, address):
    """The choice that the line of the first filter names."""
    page = client.get(address).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", re.search(r"<summary>(.*?)</summary>", page, re.DOTALL)[1]).split())


def show_all(client, address):
    """Where “Show all” leads, empty where it does not stand."""
    found = re.search(r'<a href="([^"]*)">Show all</a>', client.get(address).content.decode())
    return unescape(found[1]) if found else ""


def test_a_search_finds_a_report_whatever_became_of_it(client, editor, publication):
    closed = force_status(make_report(publication), "declined")
    assert listed(client) == []
    assert listed(client, f"{QUEUE}?q={closed.reference}") == [closed.reference]
    assert listed(client, f"{QUEUE}?q={closed.reference}&open=open") == []
    assert shown_filter(client, QUEUE) == "Show: Open"
    assert shown_filter(client, f"{QUEUE}?q={closed.reference}") == "Show: All"
    assert shown_filter(client, f"{QUEUE}?q={closed.reference}&open=open") == "Show: Open"


def test_a_search_among_mine_finds_closed_ones_of_mine(client, editor, publication):
    mine, other = (force_status(make_report(publication), "declined") for _ in range(2))
    Report.objects.filter(pk=mine.pk).update(assignee=editor)
    assert listed(client, f"{QUEUE}?open=mine&q=R-") == [mine.reference]
    assert listed(client, f"{QUEUE}?open=mine") == []
    assert listed(client, f"{QUEUE}?open=nobody&q=R-") == [other.reference]


def test_show_all_keeps_the_search_and_stands_only_where_something_is_left_out(client, editor, publication):
    force_status(make_report(publication), "declined")
    assert show_all(client, QUEUE) == "?open=all"
    assert show_all(client, f"{QUEUE}?open=all") == ""
    assert show_all(client, f"{QUEUE}?q=bridge&urgent__exact=1") == "?open=all&q=bridge"
    assert show_all(client, f"{QUEUE}?q=bridge") == ""
    assert show_all(client, f"{QUEUE}?open=open&q=bridge") == "?open=all&q=bridge"
    assert len(listed(client, QUEUE + show_all(client, QUEUE))) == 1
    assert show_all(client, f"{NOTICES}?show=making") == "?show=all"


def test_a_search_finds_a_notice_that_was_thrown_away(client, editor, publication):
    draft = notices.discard(make_correction(publication), by=editor)
    assert listed(client, NOTICES) == []
    assert listed(client, f"{NOTICES}?q={draft.reference}") == [draft.reference]


def choices_of(client, title, address=QUEUE):
    """The choices of the filter of this name, none where it is not shown."""
    specs = client.get(address).context_data["cl"].filter_specs
    cl = client.get(address).context_data["cl"]
    return [str(row["display"]) for spec in specs if str(spec.title) == title for row in spec.choices(cl)]


def test_whether_legal_was_asked_is_a_yes_or_no(client, editor, publication):
    asked, _other = make_report(publication), make_report(publication)
    Report.objects.filter(pk=asked.pk).update(referred_at=timezone.now())
    assert choices_of(client, "referred to legal") == ["All", "Yes", "No"]
    assert listed(client, f"{QUEUE}?referred_at__isempty=0") == [asked.reference]


@pytest.mark.parametrize("address", [QUEUE, NOTICES, reverse("admin:corrections_listedsender_changelist")])
def test_a_list_offers_only_publications_where_one_works(client, editor, publication, address):
    make_publication(name="The Weekly", slug="weekly")
    assert choices_of(client, "publication", address) == []
    second = make_publication(name="The Monthly", slug="monthly")
    Membership.objects.create(user=editor, publication=second, role="desk_editor")
    assert choices_of(client, "publication", address) == ["All", *sorted([str(publication), "The Monthly"])]


@pytest.mark.parametrize(
    ("name", "noun"),
    [("published_at", "articles_article"), ("happened_at", "events_event"), ("at", "corrections_ledgerentry")],
)
def test_a_time_in_a_list_says_its_zone(client, publication, name, noun):
    make_correction(article=make_article(publication, published_at=timezone.now()), status="published")
    client.force_login(make_staff(publication, "admin"))
    page = client.get(reverse(f"admin:{noun}_changelist"))
    zone = "UTC" if noun == "corrections_ledgerentry" else "E[SD]T"
    cells = re.findall(rf'class="field-{name}[^"]*">(.*?)</t[dh]>', page.content.decode(), re.DOTALL)
    assert cells
    for found in cells:
        assert re.search(rf"\d\d:\d\d {zone}</span>", found)
