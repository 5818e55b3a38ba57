"""Passages after an edit: resolved where they stood, never found again somewhere else; and edits nobody announced."""

import pytest
from django.urls import reverse

from corrections.anchoring import anchor_of
from corrections.models import Report
from corrections.services import anchors
from corrections.services import report as reports
from newsroom.articles.models import Article
from newsroom.events.log import record
from newsroom.events.models import Event
from newsroom.events.planning import plan_due
from newsroom.workflow import THE_CLOCK
from tests.factories import (
    force_status,
    make_article,
    make_correction,
    make_publication,
    make_report,
    make_staff,
    revise,
)

SEEN = (
    "Bridge opens late\n\nThe mayor, Robin Vale, opened the bridge in May. The council spent 1.2 million on it."
    "\n\nA robin nested on the north pier. Robin watchers were delighted."
)
MAYOR = {"exact": "Robin", "prefix": "The mayor, ", "suffix": " Vale, opened"}


def page_of(report):
    return reverse("admin:corrections_report_change", args=[report.pk])


def state(now, **quote):
    return str(anchor_of(SEEN, now, **(quote or MAYOR)))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (SEEN, "ok"),
        (SEEN.replace("1.2 million", "1.45 million"), "ok"),
        (SEEN.replace("\n\n", "\n \n\t"), "ok"),
        (f"New first paragraph.\n\n{SEEN}", "ok"),
        (SEEN.replace("Robin Vale", "Robyn Vale"), "resolved_by_edit"),
        (SEEN.replace("The mayor, Robin Vale, opened", "The mayor opened"), "resolved_by_edit"),
        (SEEN.split("\n\nA robin")[0].replace("Robin", "Robyn"), "resolved_by_edit"),
        ("Bridge opens late\n\nRobin watchers were delighted.", "resolved_by_edit"),
        ("", "resolved_by_edit"),
        (
            SEEN.replace("Robin Vale", "Robyn Vale")
            + "\n\nAn earlier version of this article misspelled the name of the mayor, Robin Vale, who opened it.",
            "resolved_by_edit",
        ),
        (
            SEEN.replace("Robin Vale", "Robyn Vale") + "\n\nCorrection: The mayor, Robin Vale, opened was wrong.",
            "resolved_by_edit",
        ),
    ],
)
def test_the_name_in_the_fixed_sentence_is_gone_though_robin_stands_elsewhere(now, expected):
    assert state(now) == expected


def test_the_robin_case_without_any_surroundings_is_gone_when_each_of_them_is():
    assert state(SEEN.replace("Robin Vale", "Robyn Vale"), exact="Robin Vale") == "resolved_by_edit"
    assert state(SEEN.replace("Robin Vale", "Robyn Vale") + " Robin Vale retired.", exact="Robin Vale") == (
        "resolved_by_edit"
    )
    assert state(SEEN.replace("Robin watchers", "Bird watchers"), exact="Robin") == "ok"


def test_a_moved_paragraph_is_the_same_passage_and_a_quoted_error_is_not():
    head, first, second = SEEN.split("\n\n")
    sentence = "The council spent 1.2 million on it."
    assert state("\n\n".join([head, second, first]), exact=sentence) == "ok"
    fixed = SEEN.replace("1.2 million", "1.45 million")
    assert state(f"{fixed}\n\nThis article had said: “{sentence}”", exact=sentence) == "resolved_by_edit"


def test_what_never_stood_there_is_an_orphan():
    assert state(SEEN, exact="words of another article") == "orphan"
    assert str(anchor_of(None, SEEN, **MAYOR)) == "ok"
    assert str(anchor_of(None, SEEN.replace("Robin Vale", "Robyn Vale"), **MAYOR)) == "orphan"


@pytest.fixture
def desk(db):
    class Desk:
        publication = make_publication()
        article = make_article(publication)
        editor = make_staff(publication, "desk_editor")

        def report(self, passage="1.2 million", **over):
            report = make_report(article=self.article, passage_exact=passage, name="", email="", **over)
            plan_due(limit=1000)
            return report

        def push(self, wrong, right, django_capture=None):
            """The CMS sends a fixed text, and its event is planned."""
            article = Article.objects.get(pk=self.article.pk)
            revise(article, body=article.current_revision().body.replace(wrong, right))
            record("article.revised", article, by=THE_CLOCK, data={"revision": article.revision})
            while plan_due(limit=1000):
                pass

        def states(self):
            return list(Report.objects.order_by("pk").values_list("anchor_state", flat=True))

        def silent(self):
            return [row.data for row in Event.objects.filter(kind="article.silent_edit")]

    return Desk()


def test_an_edit_resolves_the_reports_whose_passage_it_changed_and_taking_it_back_undoes_that(desk):
    desk.report(), desk.report("Robin Vale"), desk.report("not in the article"), desk.report("")
    assert desk.states() == ["ok", "ok", "orphan", "ok"]

    desk.push("1.2 million", "1.45 million")
    assert desk.states() == ["resolved_by_edit", "ok", "orphan", "ok"]
    desk.push("1.45 million", "1.2 million")
    assert desk.states() == ["ok", "ok", "orphan", "ok"]


@pytest.mark.parametrize(("status", "after"), [("resolved", "ok"), ("spam", "ok")])
def test_a_report_that_a_notice_settled_or_that_is_none_is_left_as_it_was(desk, status, after):
    force_status(desk.report(), status)
    desk.push("1.2 million", "1.45 million")

    assert desk.states() == [after]
    assert desk.silent() == []


@pytest.mark.parametrize("status", ["declined", "withdrawn", "lapsed"])
def test_an_edit_after_the_answer_is_found_too(desk, client, status):
    report = force_status(desk.report(), status)
    desk.push("1.2 million", "1.45 million")

    assert desk.states() == ["resolved_by_edit"]
    assert desk.silent() == [{"revision": 2, "status": "usable", "reports": [report.reference]}]
    client.force_login(desk.editor)
    assert "no published notice says so" in client.get(page_of(report)).content.decode()


def test_an_edit_is_told_of_the_revision_that_made_it_however_late_it_is_looked_for(desk):
    report = force_status(desk.report(), "in_review")
    desk.push("Robin Vale", "Robyn Vail")
    revise(Article.objects.get(pk=desk.article.pk), body="Nothing of it is left.")
    desk.push("Nothing of it is left.", "Nothing of it is left, still.")

    assert desk.silent() == [{"revision": 3, "status": "usable", "reports": [report.reference]}]


def test_a_changed_passage_without_a_notice_is_a_silent_edit_said_once(desk):
    first, second = desk.report(), desk.report()
    desk.push("1.2 million", "1.45 million")

    silent = sorted([first.reference, second.reference])
    assert desk.silent() == [{"revision": 2, "status": "usable", "reports": silent}]
    anchors.after_revision(desk.article)
    assert len(desk.silent()) == 1


def test_an_accepted_report_counts_and_test_or_held_ones_do_not(desk):
    accepted = reports.accept(reports.take_up(desk.report(), by=desk.editor), by=desk.editor)
    Report.objects.filter(pk=desk.report().pk).update(test=True)
    desk.report(held_reasons=["links"])
    desk.push("1.2 million", "1.45 million")

    assert [row["reports"] for row in desk.silent()] == [[accepted.reference]]


def notice_of(desk, *, revision=None, report=None):
    """A published notice that names this revision of the article, or settles this report."""
    notice = make_correction(article=desk.article, status="published")
    if revision:
        notice.articles.update(revision_after=revision)
    if report:
        Report.objects.filter(pk=report.pk).update(correction=notice)
    return notice


def test_an_edit_elsewhere_is_not_silent(desk):
    desk.report()
    desk.push("Robin Vale", "Robyn Vail")
    assert desk.silent() == []


def test_an_edit_that_a_published_notice_names_is_not_silent(desk):
    desk.report()
    notice_of(desk, revision=2)
    desk.push("1.2 million", "1.45 million")
    assert (desk.states(), desk.silent()) == (["resolved_by_edit"], [])


def test_neither_is_one_of_a_report_that_a_published_notice_settles_itself_or_by_the_one_it_joined(desk):
    first, second = desk.report(), desk.report()
    Report.objects.filter(pk=second.pk).update(joined_to=first.pk)
    notice_of(desk, report=first)
    desk.push("1.2 million", "1.45 million")
    assert (desk.states(), desk.silent()) == (["resolved_by_edit"] * 2, [])


def test_another_notice_on_the_article_does_not_announce_the_edit(desk, client):
    client.force_login(desk.editor)
    report = desk.report()
    notice_of(desk, revision=1)
    desk.push("1.2 million", "1.45 million")
    notice_of(desk)

    assert [row["reports"] for row in desk.silent()] == [[report.reference]]
    assert "no published notice says so" in client.get(page_of(report)).content.decode()


@pytest.mark.parametrize("settles", [True, False])
def test_the_desk_sees_a_silent_edit_until_a_notice_says_so(desk, client, settles):
    client.force_login(desk.editor)
    report = desk.report()
    words = "no published notice says so"
    assert words not in client.get(page_of(report)).content.decode()

    desk.push("1.2 million", "1.45 million")
    shown = client.get(page_of(report)).content.decode()
    assert (words in shown, "The passage was changed since" in shown) == (True, True)
    notice_of(desk, **({"report": report} if settles else {"revision": 2}))
    assert words not in client.get(page_of(report)).content.decode()


def test_the_first_page_counts_silent_edits_and_leads_to_them_whatever_became_of_the_reports(desk, client):
    client.force_login(desk.editor)
    waiting, declined = desk.report(), force_status(desk.report(), "declined")
    told, _untouched = desk.report(), desk.report("Robin Vale")
    desk.push("1.2 million", "1.45 million")
    notice_of(desk, report=told)

    label = "reports whose passage was changed without a notice"
    card = next(row for row in client.get("/admin/").context_data["cards"] if str(row.label) == label)
    found = client.get(card.url).context_data["cl"].result_list
    assert (card.count, {row.pk for row in found}) == (2, {waiting.pk, declined.pk})
    anybody = make_staff(make_publication(), "desk_editor")
    client.force_login(anybody)
    other = next(row for row in client.get("/admin/").context_data["cards"] if str(row.label) == label)
    assert other.count == 0


def test_an_edit_that_was_taken_back_is_not_silent_any_more(desk):
    desk.report()
    desk.push("1.2 million", "1.45 million")
    desk.push("1.45 million", "1.2 million")
    assert list(anchors.silent_edits(Report.objects.all())) == []


def test_silent_edits_cost_as_many_queries_however_many_there_are(desk, django_assert_num_queries):
    for _ in range(6):
        desk.report()
    desk.push("1.2 million", "1.45 million")
    with django_assert_num_queries(3):
        assert anchors.silent_edits(Report.objects.all()).count() == 6


def test_three_hundred_reports_on_one_article_cost_as_many_queries_as_three(desk, django_assert_max_num_queries):
    first = desk.report()
    rows = []
    for number in range(299):
        copy = Report.objects.get(pk=first.pk)
        copy.pk, copy.reference, copy.token_nonce = None, f"R-{number:08d}-X", f"nonce-{number}"
        rows.append(copy)
    Report.objects.bulk_create(rows)
    revise(desk.article, body="Nothing of it is left.")

    with django_assert_max_num_queries(6):
        assert len(anchors.recheck(desk.article)) == 300
