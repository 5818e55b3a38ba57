"""The desk's page of a report: what the reader says, where it stands, and what is said about it, each in its place."""

import re

import pytest
from django.urls import reverse

from corrections.models import Report
from corrections.services import report as reports
from newsroom.events.models import Delivery
from tests.factories import force_status, make_article, make_publication, make_report, make_staff

pytestmark = pytest.mark.django_db
BODY = "Before it rained.\n\nThe council spent 1.2 million on the bridge.\n\nAfter that it was dry.\n\nFar below."


@pytest.fixture
def publication():
    return make_publication(time_zone="America/New_York")


@pytest.fixture
def editor(client, publication):
    person = make_staff(publication, "desk_editor")
    client.force_login(person)
    return person


def html(client, report):
    response = client.get(reverse("admin:corrections_report_change", args=[report.pk]))
    assert response.status_code == 200
    return response.content.decode()


def text(markup):
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


def part(page, name):
    """The section with this heading's id."""
    return re.search(rf'<section aria-labelledby="{name}".*?</section>', page, re.DOTALL)[0]


def test_the_passage_stands_in_its_paragraphs_and_is_marked(client, editor, publication):
    report = make_report(article=make_article(publication, body=BODY), passage_exact="1.2 million")
    stands = part(html(client, report), "stands")
    assert "<p>Before it rained.</p><p>The council spent <mark>1.2 million</mark> on the bridge.</p>" in stands
    assert "After that it was dry." in stands
    assert "Far below." not in stands
    assert "Revision 1, seen on" in text(stands)


def test_of_two_like_sentences_the_one_that_was_meant_is_marked(client, editor, publication):
    body = "Ann paid 5. She left.\n\n" + "Nothing. " * 9 + "\n\nRobin paid 5. He stayed."
    report = make_report(
        article=make_article(publication, body=body), passage_exact="paid 5", passage_prefix="Robin ", passage_suffix=""
    )
    assert "Robin <mark>paid 5</mark>" in part(html(client, report), "stands")


def test_a_passage_that_never_stood_there_is_shown_with_a_word_about_it(client, editor, publication):
    report = make_report(article=make_article(publication, body=BODY), passage_exact="nine billion")
    stands = part(html(client, report), "stands")
    assert "<mark>" not in stands
    assert "These words do not stand in the text that was up when the report came." in stands
    assert "nine billion" in stands


def test_a_long_paragraph_is_cut_around_the_passage(client, editor, publication):
    body = "Word " * 400 + "1.2 million" + " more" * 400
    report = make_report(article=make_article(publication, body=body), passage_exact="1.2 million")
    shown = text(part(html(client, report), "stands"))
    assert shown.count("…") == 2
    assert len(shown) < 2000


def test_markup_in_the_article_stays_text(client, editor, publication):
    body = "<script>alert(1)</script> 1.2 million <b>x</b>"
    report = make_report(article=make_article(publication, body=body), passage_exact="1.2 million")
    stands = part(html(client, report), "stands")
    assert "&lt;script&gt;" in stands
    assert "<script>" not in stands


def test_notes_stand_apart_from_what_the_reader_and_we_wrote(client, editor, publication):
    report = reports.take_up(make_report(publication), by=editor)
    report = reports.ask(report, by=editor, words="Which year?")
    reports.note(report, by=editor, words="She is the mayor's aunt.")
    page = html(client, report)
    assert "Which year?" in part(page, "thread")
    assert "aunt" not in part(page, "thread")
    assert "aunt" in part(page, "notes")


def test_urgency_proxy_and_origin_are_said_in_words(client, editor, publication):
    report = make_report(publication, urgent=True, urgent_reason="child", acting_for="my daughter")
    Report.objects.filter(pk=report.pk).update(channel="lawyer", origin="source")
    page = text(html(client, report))
    assert "Urgent : It concerns a child" in page
    assert "Acts for my daughter" in page
    assert re.search("Lawyer · found by Source or agency", page)


def test_no_code_word_is_shown_for_who_did_it_who_is_told_and_what_was_decided(client, editor, publication):
    report = reports.take_up(make_report(publication), by=editor)
    report = reports.decline(report, by=editor, code="opinion", words="That is an opinion.")
    delivery = Delivery.objects.filter(event__subject_reference=report.reference).first()
    if delivery is not None:
        Delivery.objects.filter(pk=delivery.pk).update(recipient_kind="unconfirmed_reader")
    page = html(client, report)
    assert "unconfirmed_reader" not in page
    assert "Decline · An opinion" in text(part(page, "decided"))
    assert "the reader" in part(page, "happened")


def test_on_a_narrow_page_the_moves_follow_what_the_reader_says_and_the_rest_follows_them(client, editor, publication):
    page = html(client, make_report(publication))
    places = [page.index(f'id="{name}"') for name in ("said", "moves", "about", "happened")]
    assert places == sorted(places)
    assert 'href="#moves"' in page


def test_who_decided_first_reads_that_another_editor_decides_the_appeal(client, editor, publication):
    report = reports.take_up(make_report(publication), by=editor)
    report = reports.decline(report, by=editor, code="opinion", words="That is an opinion.")
    report = reports.appeal(report, words="It is not.")
    sentence = "another editor decides the appeal"
    assert sentence in html(client, report)
    client.force_login(make_staff(publication, "desk_editor"))
    assert sentence not in html(client, report)


def test_an_accepted_report_leads_to_the_correction_that_is_due(client, editor, publication):
    report = reports.take_up(make_report(publication), by=editor)
    assert "write the correction and send it for approval" not in html(client, report)
    report = reports.accept(report, by=editor)
    page = html(client, report)
    link = reverse("admin:corrections_correction_change", args=[report.correction_id])
    assert f'write the correction and send it for approval: <a href="{link}">' in page
    assert page.index(link) < page.index('id="said"')
    force_status(report.correction, "awaiting_approval")
    assert f'a second person publishes the correction: <a href="{link}">' in html(client, report)
