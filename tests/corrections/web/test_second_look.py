"""A second look at what was published: it stays the reader's answer until something else is published in its place."""

import pytest

from corrections import statistics
from corrections.models import Correction, Report
from corrections.services import correction as notices
from corrections.services import erasing
from corrections.services import report as reports
from corrections.services.same import say_same
from corrections.services.submitting import private_path
from corrections.views.progress import steps_of
from newsroom.events import kinds, mail, planning
from newsroom.events.models import Delivery
from tests.factories import answer_warnings, confirm, make_article, make_follower, make_report, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def desk(daily):
    class Desk:
        publication = daily
        article = make_article(daily)
        ann = make_staff(daily, "desk_editor")
        bob = make_staff(daily, "desk_editor")
        vera = make_staff(daily, "standards_editor")

        def publish(self, draft, text="An earlier version misstated the cost. It was 1.45 million."):
            draft = notices.edit(draft, by=self.ann, text=text, not_fixed_reason="Print only.")
            draft = notices.send_for_approval(answer_warnings(draft, by=self.ann), by=self.ann)
            return notices.publish(draft, by=self.vera)

    return Desk()


@pytest.fixture
def settled(desk):
    """A report that its correction settled."""
    report = make_report(article=desk.article, passage_exact="1.2 million")
    report = reports.accept(reports.take_up(report, by=desk.ann), by=desk.ann)
    desk.publish(report.correction)
    return fresh(report)


def fresh(report):
    return Report.objects.select_related("joined_to").get(pk=report.pk)


def letter(template):
    """The newest mail of that template."""
    while planning.plan_due():
        pass
    delivery = Delivery.objects.filter(template=f"corrections/mail/{template}").latest("pk")
    return mail.compose(delivery, kinds.ADDRESS_BOOKS[delivery.recipient_kind](delivery.recipient_key))


def shown(client, report):
    """Reference of the notice on the private page, and the sentence at its head."""
    page = client.get(private_path(report), follow=True)
    notice = page.context["notice"]
    return notice and notice["reference"], str(page.context["next"])


def test_what_was_published_stays_on_the_page_and_in_the_file_while_we_look_again(client, desk, settled):
    first = settled.correction
    again = reports.appeal(settled, words="The year is wrong, too.")
    reference, _next = shown(client, again)
    assert reference == first.reference
    assert erasing.held_on(again)["public_correction"] == f"http://testserver/corrections/{first.reference}/"
    assert [row["label"] for row in steps_of(fresh(again))] == [
        *("Received", "With an editor", "Decided", "Published", "Second look", "Decided")
    ]
    assert list(first.reports.all()) == [again]


def test_once_the_second_editor_declines_the_page_says_that_the_correction_stands(client, desk, settled):
    first = settled.correction
    again = reports.appeal(settled, words="The year is wrong, too.")
    reports.decline(again, by=desk.bob, code="no_error_found", words="The year is right.")
    assert shown(client, again) == (
        first.reference,
        "We looked at it again. What we published stands; the reasons are below.",
    )
    figures = statistics.of(desk.publication, few=1)
    assert (figures["totals"]["accepted"], figures["totals"]["declined"], figures["declined_by_code"]) == (1, 0, [])
    assert figures["totals"]["hours"]["publish"]["median"] is not None
    assert list(first.reports.all()) == [again]


def test_the_mail_of_that_answer_says_so_too(desk, settled):
    confirm(settled)
    again = reports.appeal(fresh(settled), words="The year is wrong, too.")
    reports.decline(again, by=desk.bob, code="no_error_found", words="The year is right.")
    said = letter("report_declined").text
    address = f"http://testserver/corrections/{settled.correction.reference}/"
    assert f"The year is right.\n\nWhat we published stands:\n{address}\n" in said


def test_a_declined_second_look_at_what_was_replaced_meanwhile_does_not_say_that_it_stands(client, desk, settled):
    again = reports.appeal(settled, words="The year is wrong, too.")
    make_follower(settled.correction, "supersede")
    reports.decline(again, by=desk.bob, code="no_error_found", words="The year is right.")
    assert shown(client, again)[1] == "We have answered you. The reasons are below."


def test_an_accepted_second_look_begins_a_notice_that_replaces_the_first_one(client, desk, settled):
    first = settled.correction
    Correction.objects.filter(pk=first.pk).update(severity="high")
    other = make_article(desk.publication)
    first.articles.create(article=other, revision_before=1, not_fixed_reason="Print only.")
    again = reports.accept(reports.appeal(settled, words="It was 1.46."), by=desk.bob)
    draft = again.correction
    assert (draft.status, draft.target, draft.effect, draft.kind) == ("draft", first, "supersede", "correction")
    assert (draft.severity, {row.article for row in draft.articles.all()}) == ("high", {desk.article, other})
    assert shown(client, again)[0] == first.reference

    again = reports.reopen(again, by=desk.bob, words="Not so sure.")
    assert (again.correction, shown(client, again)[0]) == (first, first.reference)

    again = reports.accept(again, by=desk.bob)
    second = again.correction
    notices.leave_unchanged(second, by=desk.ann, article=other, reason="Print only.")
    notices.leave_unchanged(second, by=desk.ann, article=desk.article, reason="Print only.")
    second = notices.edit(second, by=desk.ann, text="The corrected cost was wrong too. It was 1.46 million.")
    second = notices.send_for_approval(answer_warnings(second, by=desk.ann), by=desk.ann)
    notices.publish(second, by=desk.vera)
    assert Correction.objects.get(pk=first.pk).status == "superseded"
    assert (fresh(again).status, shown(client, again)[0]) == ("resolved", second.reference)


def test_the_new_notice_replaces_the_one_that_counts_by_then(desk, settled):
    newer = make_follower(settled.correction, "supersede")
    again = reports.accept(reports.appeal(fresh(settled), words="Still wrong."), by=desk.bob)
    assert again.correction.target == newer


def test_after_a_withdrawal_there_is_nothing_left_to_replace(desk, settled):
    make_follower(settled.correction, "withdraw")
    again = reports.accept(reports.appeal(fresh(settled), words="You were right at first."), by=desk.bob)
    assert (again.correction.target, again.correction.effect) == (None, "")


def test_whoever_joined_keeps_what_was_published_when_they_ask_for_a_second_look(client, desk):
    first = make_report(article=desk.article, passage_exact="1.2 million")
    second = say_same(make_report(article=desk.article, passage_exact="spent 1.2 million"), yes=True)
    first = reports.accept(reports.take_up(first, by=desk.ann), by=desk.ann)
    notice = desk.publish(first.correction)
    second = reports.appeal(fresh(second), words="Mine is the year.")
    assert shown(client, second)[0] == notice.reference
    assert [row["label"] for row in steps_of(fresh(second))][-3:] == ["Published", "Second look", "Decided"]
    assert set(notice.reports.all()) == {first, second}


def test_a_published_notice_has_no_date_because_a_reader_asks_for_a_second_look(client, desk, settled):
    reports.appeal(settled, words="The year is wrong, too.")
    client.force_login(desk.ann)
    page = client.get("/admin/corrections/correction/")
    assert [row.due_at for row in page.context["cl"].result_list] == [None]
