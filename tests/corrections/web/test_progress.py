"""The line of steps: what happened with its date, what happens now, what may come; true for every way a report ends."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from corrections.models import Report
from corrections.services import correction as notices
from corrections.services import erasing
from corrections.services import report as reports
from corrections.services.same import say_same, say_settled
from corrections.views.progress import steps_of
from newsroom.workflow import THE_READER
from tests.factories import make_article, make_correction, make_report, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.both]
START = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def story(daily):
    """A report sent on 2 November; each thing done with it comes a day later."""

    class Story:
        editor = make_staff(daily, "desk_editor")
        other = make_staff(daily, "desk_editor")
        standards = make_staff(daily, "standards_editor")

        def __init__(self, clock):
            self.clock = clock
            self.article = make_article(daily)
            self.report = make_report(article=self.article, passage_exact="1.2 million")

        def then(self, move, **words):
            self.clock.shift(timedelta(days=1))
            by = {} if move in {"reply", "withdraw", "appeal", "lapse"} else {"by": self.editor}
            self.report = getattr(reports, move)(self.report, **{**by, **words})
            return self

    with time_machine.travel(START, tick=False) as clock:
        yield Story(clock)


def line(report):
    """The steps as `state label day`."""
    fresh = Report.objects.select_related("joined_to").get(pk=report.pk)
    marks = {"done": "x", "ended": "|", "current": ">", "todo": "-"}
    return [
        f"{marks[row['state']]} {row['label']}" + (f" {row['at'].day}" if row["at"] else "") for row in steps_of(fresh)
    ]


def decline(story, **over):
    return story.then("decline", **{"code": "opinion", "words": "An opinion.", **over})


def publish(story, report):
    story.clock.shift(timedelta(days=1))
    draft = report.correction
    notices.edit(draft, by=story.editor, text="The cost was wrong. It was 1.45.", not_fixed_reason="Print only.")
    notices.publish(notices.send_for_approval(draft, by=story.editor), by=story.standards)


def test_until_it_is_decided(story):
    assert line(story.report) == ["> Received 2", "- With an editor", "- Decided"]
    assert line(story.then("take_up").report) == ["x Received 2", "> With an editor 3", "- Decided"]
    assert line(story.then("ask", words="Which year?").report) == [
        "x Received 2",
        "x With an editor 3",
        "> Your answer",
        "- Decided",
    ]


def test_accepted_and_published(story):
    story.then("take_up").then("accept")
    assert line(story.report) == ["x Received 2", "x With an editor 3", "x Decided 4", "> Correction", "- Published"]
    publish(story, story.report)
    assert line(story.report) == ["x Received 2", "x With an editor 3", "x Decided 4", "x Published 5"]


def test_declined_and_looked_at_a_second_time(story):
    decline(story.then("take_up"))
    assert line(story.report) == ["x Received 2", "x With an editor 3", "x Decided 4"]
    story.then("appeal", words="It is a fact.")
    seen = ["x Received 2", "x With an editor 3", "x Decided 4"]
    assert line(story.report) == [*seen, "> Second look 5", "- Decided"]
    decline(story, by=story.other)
    assert line(story.report) == [*seen, "x Second look 5", "x Decided 6"]


def test_taken_back_before_anybody_looked_and_erased(story):
    story.then("withdraw")
    assert line(story.report) == ["x Received 2", "| Taken back 3"]
    story.clock.shift(timedelta(days=1))
    erasing.erase_text(story.report, by=THE_READER, why="asked")
    assert line(story.report) == ["x Received 2", "| Taken back 3", "| What you wrote was erased 4"]


def test_settled_by_an_earlier_notice(story):
    notice = make_correction(article=story.article, status="published", original_text="1.2 million")
    story.report = say_settled(story.report, yes=True, notice=notice.reference)
    assert line(story.report) == ["x Received 2", "x Settled before 2"]


def test_spam(story):
    assert line(story.then("mark_spam").report) == ["x Received 2", "| Closed 3"]


def test_closed_without_a_reply(story):
    story.then("take_up").then("ask", words="Which year?")
    Report.objects.filter(pk=story.report.pk).update(reminders_sent=2)
    assert line(story.then("lapse").report) == ["x Received 2", "x With an editor 3", "| Closed without a reply 5"]
    assert line(story.then("appeal", words="This year.").report) == [
        "x Received 2",
        "x With an editor 3",
        "| Closed without a reply 5",
        "> Second look 6",
        "- Decided",
    ]


def test_joined_and_then_as_the_other_report_goes(story):
    second = say_same(make_report(article=story.article, passage_exact="spent 1.2 million"), yes=True)
    assert line(second) == ["x Received 2", "> Joined to another report 2", "- Decided"]
    story.then("take_up").then("accept")
    joined = ["x Received 2", "x Joined to another report 2", "x Decided 4"]
    assert line(second) == [*joined, "> Correction", "- Published"]
    publish(story, story.report)
    assert line(second) == [*joined, "x Published 5"]


def test_joined_to_one_that_is_declined_or_is_for_the_legal_desk_alone(story):
    second = say_same(make_report(article=story.article, passage_exact="spent 1.2 million"), yes=True)
    decline(story)
    assert line(second) == ["x Received 2", "x Joined to another report 2", "x Decided 3"]
    Report.objects.filter(pk=story.report.pk).update(visibility="restricted")
    assert line(second) == ["x Received 2", "> Joined to another report 2", "- Decided"]
