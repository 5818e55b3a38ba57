"""Two people: proposed, approved or sent back, on this version; and both stand in the history."""

import pytest
from django.db import transaction

from newsroom.accounts import approvals
from newsroom.accounts.models import Approval
from newsroom.errors import Conflict, NotAllowed
from newsroom.events.kinds import KINDS
from newsroom.events.log import history_of
from tests.factories import make_correction, make_publication, make_staff

pytestmark = pytest.mark.django_db
KIND = KINDS["correction.reviewed"]


@pytest.fixture
def subject():
    return make_correction(make_publication())


@pytest.fixture
def people(subject):
    return [make_staff(subject.publication, "desk_editor") for _ in range(3)]


def happened(subject):
    return [(event.kind, event.actor, event.data) for event in history_of(subject)]


def test_a_proposal_waits_and_the_second_person_decides_it(subject, people):
    first, second, _third = people
    with transaction.atomic():
        proposed = approvals.propose(subject, "publish", by=first, reason=" It is right. ", kind=KIND)
        assert list(approvals.waiting(subject)) == [proposed]
        agreed = approvals.approve(subject, "publish", by=second, kind=KIND)

    assert (agreed.proposed_by, agreed.approved_by, agreed.reason) == (first, second, "It is right.")
    assert (approvals.is_given(subject, "publish"), approvals.waiting(subject).exists()) == (True, False)
    data = {"decides": "publish"}
    assert happened(subject) == [("correction.reviewed", first, data), ("correction.reviewed", second, data)]


def test_nobody_approves_what_they_proposed_nor_what_nobody_did(subject, people):
    with transaction.atomic(), pytest.raises(Conflict) as nothing:
        approvals.approve(subject, "publish", by=people[0], kind=KIND)
    assert nothing.value.code == "nothing_waits"
    approvals.propose(subject, "publish", by=people[0])
    with transaction.atomic(), pytest.raises(NotAllowed):
        approvals.approve(subject, "publish", by=people[0], kind=KIND)
    with transaction.atomic(), pytest.raises(Conflict):
        approvals.approve(subject, "suppress", by=people[1], kind=KIND)
    assert happened(subject) == []
    assert not approvals.is_given(subject, "publish")


def test_asked_twice_is_one_proposal_and_one_event(subject, people):
    with transaction.atomic():
        first = approvals.propose(subject, "publish", by=people[0], kind=KIND)
        again = approvals.propose(subject, "publish", by=people[1], kind=KIND)
    assert (first, again.proposed_by) == (again, people[0])
    assert len(happened(subject)) == 1


def test_a_word_on_one_version_is_none_on_the_next(subject, people):
    approvals.propose(subject, "publish", by=people[0])
    approvals.approve(subject, "publish", by=people[1])
    subject.version += 1
    assert (approvals.is_given(subject, "publish"), approvals.of_version(subject, "publish")) == (False, None)


def test_what_was_sent_back_waits_no_longer_and_keeps_its_own_remark(subject, people):
    first, second, third = people
    approvals.propose(subject, "publish", by=first)
    assert approvals.close(subject, "publish", by=second, words="The name is missing.") == 1
    subject.version += 1
    approvals.propose(subject, "publish", by=first)
    assert approvals.close(subject, "publish", by=third, words="And the date.") == 1
    assert approvals.close(subject, "publish", by=third, words="Nothing waits.") == 0

    rows = [(row.closed_by, row.closed_words, row.is_waiting, row.approved_by) for row in approvals.of(subject)]
    assert rows == [(second, "The name is missing.", False, None), (third, "And the date.", False, None)]
    with pytest.raises(Conflict):
        approvals.approve(subject, "publish", by=second)


def test_what_was_sent_back_is_not_proposed_again_unchanged(subject, people):
    approvals.propose(subject, "publish", by=people[0])
    approvals.close(subject, "publish", by=people[1], words="No.")
    with transaction.atomic(), pytest.raises(Conflict) as refused:
        approvals.propose(subject, "publish", by=people[0])
    assert refused.value.code == "not_approved"
    assert Approval.objects.count() == 1
