"""What two people decide about a notice: its words, what one did alone, and destroying it under an order."""

import html
import re

import pytest
from django.urls import reverse

from corrections.models import Correction, LedgerOpening
from corrections.services import correction as notices
from corrections.services import destroying
from newsroom.accounts import approvals
from newsroom.errors import Conflict, Invalid, NotAllowed
from newsroom.events import planning, promises
from newsroom.events.log import history_of
from newsroom.events.models import Delivery
from tests.factories import make_correction, make_destroyed, make_publication, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    class Desk:
        publication = make_publication()
        editor = make_staff(publication, "desk_editor")
        standards = make_staff(publication, "standards_editor")
        legal = make_staff(publication, "legal")
        second_legal = make_staff(publication, "legal")

        def press(self, person, record, name, **data):
            client.force_login(person)
            url = reverse("admin:corrections_correction_do", args=[record.pk, name])
            return client.post(url, {"seen": Correction.objects.get(pk=record.pk).version, **data})

        def page(self, person, record):
            client.force_login(person)
            return client.get(reverse("admin:corrections_correction_change", args=[record.pk]))

        def suppressed(self):
            row = make_correction(self.publication, status="published")
            return notices.suppress(row, by=self.legal, words="Order 7/26")

    return Desk()


def buttons(response):
    return {row["name"] for row in response.context_data["buttons"]}


def kinds(record):
    return [event.kind for event in history_of(record)]


def mailed(template):
    while planning.plan_due():
        pass
    return list(
        Delivery.objects.filter(template=f"corrections/mail/{template}").values_list("recipient_key", flat=True)
    )


# --- sent for approval, sent back ------------------------------------------------------------------------------------


def test_words_that_must_change_are_not_sent_for_approval(desk):
    draft = make_correction(desk.publication, by=desk.editor)
    draft = notices.edit(
        draft, by=desk.editor, text="The cost of the bridge was wrong.", original_text="1.2", corrected_text=" 1.2"
    )
    found = {finding.code for finding in draft.lint() if finding.level == "block"}
    assert found == {"same_passages"}

    with pytest.raises(Invalid) as refused:
        notices.send_for_approval(draft, by=desk.editor)
    assert {(fault.pointer, fault.code) for fault in refused.value.faults} == {("/text", code) for code in found}
    answer = desk.press(desk.editor, draft, "send_for_approval")
    assert answer.status_code == 422
    sentences = [str(finding.sentence) for finding in draft.lint() if finding.level == "block"]
    form = next(row["form"] for row in answer.context_data["buttons"] if row["name"] == "send_for_approval")
    assert list(form.non_field_errors()) == sentences
    assert Correction.objects.get(pk=draft.pk).status == "draft"


def test_a_draft_that_would_come_back_at_once_is_not_offered_to_be_sent_and_says_what_it_lacks(desk):
    draft = make_correction(desk.publication, by=desk.editor)

    def shown():
        page = desk.page(desk.editor, draft)
        said = re.search(r"<strong>(Before it can be sent for approval)</strong>: (.*?)</p>", page.content.decode())
        return "send_for_approval" in buttons(page), said and html.unescape(said[2])

    assert shown() == (True, None)
    notices.edit(draft, by=desk.editor, text="The cost was wrong.", original_text="1.2", corrected_text="1.2")
    (blocking,) = [
        str(finding.sentence) for finding in Correction.objects.get(pk=draft.pk).lint() if finding.level == "block"
    ]
    assert shown() == (False, blocking)
    Correction.objects.filter(pk=draft.pk).update(text="")
    assert shown() == (False, "The notice has no text yet.")
    Correction.objects.filter(pk=draft.pk).update(text="This correction clarifies the story about the bridge.")
    Correction.objects.filter(pk=draft.pk).update(original_text="", corrected_text="")
    assert {finding.level for finding in Correction.objects.get(pk=draft.pk).lint()} == {"warn"}
    assert shown() == (True, None)  # warnings are answered while it waits


def test_what_only_warns_is_sent_and_answered_while_it_waits(desk):
    draft = make_correction(desk.publication, by=desk.editor)
    draft = notices.edit(draft, by=desk.editor, text="This correction clarifies the story about the bridge.")
    assert {finding.level for finding in draft.lint()} == {"warn"}
    assert notices.send_for_approval(draft, by=desk.editor).status == "awaiting_approval"


def test_each_return_keeps_its_remark_and_nothing_of_it_waits_for_ever(desk):
    draft = make_correction(desk.publication, by=desk.editor)
    for remark in ("The name is missing.", "And the date."):
        waiting = notices.send_for_approval(draft, by=desk.editor)
        draft = notices.return_to_draft(waiting, by=desk.standards, words=remark)
    notices.publish(notices.send_for_approval(draft, by=desk.editor), by=desk.standards)

    rows = approvals.of(draft)
    assert [(row.closed_words, row.approved_by) for row in rows] == [
        ("The name is missing.", None),
        ("And the date.", None),
        ("", desk.standards),
    ]
    shown = desk.page(desk.editor, draft).content.decode()
    assert ("And the date." in shown, "waiting for a second person" in shown) == (True, False)


# --- what one did alone ----------------------------------------------------------------------------------------------


def test_a_review_stands_in_the_history(desk):
    alone = notices.publish_urgent(make_correction(desk.publication), by=desk.standards, words="A name is wrong.")
    second = make_staff(desk.publication, "standards_editor")
    assert desk.press(second, alone, "review").status_code == 302
    assert kinds(alone) == ["correction.published", "correction.reviewed"]
    assert history_of(alone).last().actor == second
    with pytest.raises(Conflict):
        notices.review(alone, by=second)


def test_a_lifted_suppression_is_nothing_to_review(desk, client):
    lifted = notices.unsuppress(desk.suppressed(), by=desk.legal, words="The order was lifted.")

    client.force_login(desk.second_legal)
    labels = {str(card.label) for card in client.get("/admin/").context_data["cards"]}
    assert "notices to review or decide as the second person" not in labels
    assert "review" not in buttons(desk.page(desk.second_legal, lifted))
    assert not promises.running(lifted).exists()
    with pytest.raises(Conflict):
        notices.review(lifted, by=desk.second_legal)


def test_two_things_done_alone_are_two_reviews_and_the_first_date_holds(desk):
    alone = notices.publish_urgent(make_correction(desk.publication), by=desk.standards, words="A name is wrong.")
    due = promises.running(alone).get().due_at
    alone = notices.suppress(alone, by=desk.legal, words="Order 7/26")
    assert promises.running(alone).get().due_at == due

    notices.review(alone, by=make_staff(desk.publication, "standards_editor"))
    assert promises.running(alone).get().due_at == due
    notices.review(alone, by=desk.second_legal)
    assert not promises.running(alone).exists()


# --- destroyed under an order ----------------------------------------------------------------------------------------


def test_one_person_of_legal_proposes_to_destroy_and_another_does(desk):
    row = desk.suppressed()
    assert desk.press(desk.legal, row, "propose_destroy", words="Order 7/26, paragraph 2").status_code == 302
    assert LedgerOpening.objects.filter(entry__correction=row).exists()
    assert mailed("correction_destruction_proposed") == [str(desk.second_legal.pk)]
    assert not {"destroy", "keep", "propose_destroy"} & buttons(desk.page(desk.legal, row))
    assert desk.press(desk.legal, row, "destroy").status_code == 409

    assert {"destroy", "keep"} <= buttons(desk.page(desk.second_legal, row))
    assert desk.press(desk.second_legal, row, "destroy").status_code == 302

    row.refresh_from_db()
    assert [getattr(row, name) for name in destroying.DESTROYED] == [""] * len(destroying.DESTROYED)
    assert not LedgerOpening.objects.filter(entry__correction=row).exists()
    assert kinds(row)[-2:] == ["correction.destruction_proposed", "correction.destroyed"]


def test_one_press_suppresses_and_destroys_nothing(desk):
    row = make_correction(desk.publication, status="published")
    desk.press(desk.legal, row, "suppress", words="Order 7/26", destroy="on")
    row.refresh_from_db()
    assert (row.status, row.destroyed_at, bool(row.text)) == ("suppressed", None, True)


def test_the_second_person_may_keep_the_words(desk):
    row = destroying.propose_destroy(desk.suppressed(), by=desk.legal, words="Order 7/26")
    assert desk.press(desk.second_legal, row, "keep", words="The order asks to hide it only.").status_code == 302

    row.refresh_from_db()
    assert (bool(row.text), approvals.waiting(row, "destroy").exists()) == (True, False)
    assert "The order asks to hide it only." in desk.page(desk.legal, row).content.decode()
    assert mailed("correction_destruction_refused") == [str(desk.legal.pk)]
    with pytest.raises(Conflict):
        destroying.destroy(row, by=desk.second_legal)


def test_only_legal_destroys_and_only_what_is_suppressed(desk):
    published = make_correction(desk.publication, status="published")
    for call in (
        lambda row, by: destroying.propose_destroy(row, by=by, words="Order"),
        lambda row, by: destroying.keep(row, by=by, words="No."),
        lambda row, by: destroying.destroy(row, by=by),
    ):
        with pytest.raises(Conflict):
            call(published, desk.legal)
        with pytest.raises(NotAllowed):
            call(desk.suppressed(), desk.standards)
    suppressed = desk.suppressed()
    with pytest.raises(Conflict):
        destroying.destroy(suppressed, by=desk.legal)
    with pytest.raises(Invalid):
        destroying.propose_destroy(suppressed, by=desk.legal, words=" ")
    with pytest.raises(Conflict):
        destroying.keep(suppressed, by=desk.second_legal, words="Nothing was proposed.")


def test_lifting_the_suppression_ends_the_proposal_and_what_is_destroyed_stays_so(desk):
    row = destroying.propose_destroy(desk.suppressed(), by=desk.legal, words="Order 7/26")
    row = notices.unsuppress(row, by=desk.second_legal, words="Lifted.")
    assert not approvals.waiting(row).exists()

    gone = make_destroyed(make_correction(desk.publication, status="published"))
    with pytest.raises(Conflict):
        destroying.propose_destroy(gone, by=desk.legal, words="Again")
    with pytest.raises(Conflict, match="destroyed"):
        notices.unsuppress(gone, by=desk.legal, words="Lifted.")
