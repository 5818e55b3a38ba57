"""Two editors at once, on separate connections: one wins, the other reads why."""

import pytest

from corrections.ledger import merkle
from corrections.models import Correction, LedgerEntry, LedgerHead, Report
from corrections.services import correction as notices
from corrections.services import report as reports
from corrections.services.same import say_same
from newsroom.errors import Conflict
from newsroom.events.models import Event
from tests.factories import make_article, make_correction, make_publication, make_report, make_staff
from tests.racing import at_once

ROUNDS = 50
pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True), pytest.mark.slow]


def losers(answers):
    return [answer for answer in answers if isinstance(answer, Exception)]


def test_accept_and_decline_at_once_decide_only_once():
    publication = make_publication()
    ann, bob = make_staff(publication, "desk_editor"), make_staff(publication, "desk_editor")
    article = make_article(publication)
    for _ in range(ROUNDS):
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
    for _ in range(ROUNDS):
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
    for _ in range(20):
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
    for _ in range(ROUNDS):
        older, newer = (make_report(article=article) for _ in range(2))
        older = reports.join(older, by=editor, other=newer, words="The same.")
        answers = at_once(
            lambda report=older: reports.appeal(report, words="It is not the same."),
            lambda report=newer: reports.withdraw(report),
        )
        assert all(isinstance(loser, Conflict) for loser in losers(answers)), answers
        older, newer = (Report.objects.get(pk=row.pk) for row in (older, newer))
        assert (older.status in {"in_review", "new"}, older.joined_to_id, newer.status) == (True, None, "withdrawn")


def test_two_reports_joined_to_each_other_at_once_leave_one_of_them_open():
    publication = make_publication()
    editor, article = make_staff(publication, "desk_editor"), make_article(publication)
    for _ in range(10):
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
    for _ in range(10):
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
    assert [entry.index for entry in entries] == list(range(20))
    head = LedgerHead.objects.get()
    hashes = [bytes.fromhex(entry.leaf_hash) for entry in entries]
    assert merkle.Frontier.from_hex(head.size, head.frontier).root() == merkle.root(hashes)
    assert Correction.objects.filter(status="published").count() == 20
