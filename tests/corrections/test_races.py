"""Two editors at once, on separate connections: one wins, the other reads why.

A few rounds on each run, fewer on SQLite, which lets one writer in at a time; fifty with MASTHEAD_CHAOS=1.
"""

import os
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from corrections.ledger import merkle
from corrections.models import Correction, LedgerEntry, LedgerHead, Report, ReporterContact
from corrections.services import contacts, fixed, splitting
from corrections.services import correction as notices
from corrections.services import report as reports
from corrections.services.same import say_same
from newsroom.articles.models import Article
from newsroom.errors import Conflict
from newsroom.events.models import Event
from newsroom.workflow import THE_READER
from tests.factories import (
    answer_warnings,
    force_status,
    make_article,
    make_correction,
    make_publication,
    make_report,
    make_staff,
)
from tests.racing import at_once

FULL = os.environ.get("MASTHEAD_CHAOS") == "1"
pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True), pytest.mark.slow]


def rounds():
    """How often each is tried: two locks in two orders meet within the first rounds."""
    return 50 if FULL else 10 if connection.vendor == "postgresql" else 4


def losers(answers):
    return [answer for answer in answers if isinstance(answer, Exception)]


def test_accept_and_decline_at_once_decide_only_once():
    publication = make_publication()
    ann, bob = make_staff(publication, "desk_editor"), make_staff(publication, "desk_editor")
    article = make_article(publication)
    for _ in range(rounds()):
        report = reports.take_up(make_report(publication, article), by=ann)
        before = Event.objects.count()
        answers = at_once(
            lambda report=report: reports.accept(report, by=ann, seen=2),
            lambda report=report: reports.decline(report, by=bob, code="opinion", words="Opinion.", seen=2),
        )
        (loser,) = losers(answers)
        assert isinstance(loser, Conflict), repr(loser)
        assert "Someone changed this since you opened it" in str(loser)
        report = Report.objects.get(pk=report.pk)
        assert (report.status in {"accepted", "declined"}, report.version) == (True, 3)
        assert report.decisions.count() == 1
        assert Event.objects.count() == before + 1


def test_reader_withdraws_while_the_desk_takes_up_without_a_version():
    publication = make_publication()
    ann = make_staff(publication, "desk_editor")
    article = make_article(publication)
    for _ in range(rounds()):
        report = make_report(publication, article)
        answers = at_once(
            lambda report=report: reports.withdraw(report, seen=1),
            lambda report=report: reports.take_up(report, by=ann, seen=1),
        )
        (loser,) = losers(answers)
        assert isinstance(loser, Conflict), repr(loser)
        assert Report.objects.get(pk=report.pk).version == 2


def test_a_reader_says_same_thing_while_the_other_takes_the_report_back():
    article = make_article(make_publication())
    ends = set()
    for _ in range(rounds()):
        first, second = (make_report(article=article, passage_exact="1.2 million") for _ in range(2))
        answers = at_once(
            lambda report=second: say_same(report, yes=True),
            lambda report=first: reports.withdraw(report, seen=1),
        )
        assert all(isinstance(loser, Conflict) for loser in losers(answers)), answers
        first, second = (Report.objects.get(pk=row.pk) for row in (first, second))
        ends.add((first.status, second.status, second.joined_to_id))
        reports.withdraw(second)
    assert ends == {("withdrawn", "new", None)}


def test_a_reader_who_joined_appeals_while_the_other_takes_the_report_back():
    publication = make_publication()
    editor, article = make_staff(publication, "desk_editor"), make_article(publication)
    for _ in range(rounds()):
        older, newer = (make_report(article=article) for _ in range(2))
        older = reports.join(older, by=editor, other=newer, words="The same.")
        answers = at_once(
            lambda report=older: reports.appeal(report, words="It is not the same."),
            lambda report=newer: reports.withdraw(report),
        )
        assert all(isinstance(loser, Conflict) for loser in losers(answers)), answers
        older, newer = (Report.objects.get(pk=row.pk) for row in (older, newer))
        assert (older.status in {"in_review", "new"}, older.joined_to_id, newer.status) == (True, None, "withdrawn")


def test_a_reader_who_joined_appeals_while_everybody_is_asked_whether_it_is_fixed():
    publication = make_publication(settings={"ask_fixed_after_days": 7})
    editor, article = make_staff(publication, "desk_editor"), make_article(publication)
    for _ in range(rounds()):
        older, newer = (make_report(article=article) for _ in range(2))
        older = reports.join(older, by=editor, other=newer, words="The same.")
        newer = force_status(newer, "resolved", closed_at=timezone.now() - timedelta(days=8))
        Report.objects.filter(pk=older.pk).update(closed_at=newer.closed_at)
        answers = at_once(lambda report=older: reports.appeal(report, words="It is not."), fixed.ask)
        assert losers(answers) == []
        assert Report.objects.get(pk=older.pk).status == "in_review"


def test_both_halves_of_a_split_report_ask_to_be_forgotten_at_once():
    publication = make_publication()
    editor = make_staff(publication, "desk_editor")
    for _ in range(rounds()):
        whole = reports.take_up(make_report(publication), by=editor)
        splitting.split(whole, by=editor, claim="And the year.")
        halves = list(Report.objects.filter(publication=publication).order_by("-pk")[:2])
        answers = at_once(
            *(lambda report=half: contacts.erase_contact(report, by=THE_READER, why="asked") for half in halves)
        )
        assert sorted(answers) == [False, True], answers
        assert ReporterContact.objects.count() == 0


def test_two_notices_about_the_same_articles_are_published_at_once():
    publication = make_publication()
    approver = make_staff(publication, "standards_editor")
    first, second = (make_article(publication) for _ in range(2))
    for _ in range(rounds()):
        pair = [
            two_articles(publication, first, second),
            two_articles(publication, second, first),
        ]
        answers = at_once(*(lambda row=row: notices.publish(row, by=approver) for row in pair))
        assert losers(answers) == []
    assert set(Article.objects.values_list("corrections_count", flat=True)) == {2 * rounds()}


def two_articles(publication, *articles):
    author = make_staff(publication, "desk_editor")
    notice = make_correction(article=articles[0], by=author)
    notice = notices.name_article(notice, by=author, article=articles[1])
    notice = notices.leave_unchanged(notice, by=author, article=articles[1], reason="Print only.")
    return notices.send_for_approval(answer_warnings(notice, by=author), by=author)


def test_two_reports_joined_to_each_other_at_once_leave_one_of_them_open():
    publication = make_publication()
    editor, article = make_staff(publication, "desk_editor"), make_article(publication)
    for _ in range(rounds()):
        first, second = (make_report(article=article) for _ in range(2))
        at_once(
            lambda one=first, two=second: reports.join(one, by=editor, other=two, words="The same.", seen=1),
            lambda one=first, two=second: reports.join(two, by=editor, other=one, words="The same.", seen=1),
        )
        assert sorted(Report.objects.filter(article=article).order_by("-pk").values_list("status", flat=True)[:2]) == [
            "duplicate",
            "new",
        ]


def test_one_notice_is_published_once_and_the_log_has_no_gap():
    publication = make_publication()
    author = make_staff(publication, "desk_editor")
    one, two = make_staff(publication, "standards_editor"), make_staff(publication, "standards_editor")
    article = make_article(publication)
    for _ in range(rounds()):
        first = make_correction(article=article, by=author, status="awaiting_approval")
        second = make_correction(article=article, by=author, status="awaiting_approval")
        answers = at_once(
            lambda row=first: notices.publish(row, by=one),
            lambda row=first: notices.publish(row, by=two),
            lambda row=second: notices.publish(row, by=two),
        )
        (loser,) = losers(answers)
        assert isinstance(loser, Conflict), repr(loser)
    entries = list(LedgerEntry.objects.order_by("index"))
    assert [entry.index for entry in entries] == list(range(2 * rounds()))
    head = LedgerHead.objects.get()
    hashes = [bytes.fromhex(entry.leaf_hash) for entry in entries]
    assert merkle.Frontier.from_hex(head.size, head.frontier).root() == merkle.root(hashes)
    assert Correction.objects.filter(status="published").count() == 2 * rounds()
