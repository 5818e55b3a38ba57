"""Rounds of the clock: a row that fails holds up none of the others, and is heard of."""

import logging
from dataclasses import dataclass

import pytest
from django.db import OperationalError

from newsroom import rounds
from newsroom.accounts import forgetting
from newsroom.accounts.models import Publication
from newsroom.errors import Conflict
from tests.factories import make_publication


@dataclass
class Row:
    """Something with a reference, as the records of the desks have."""

    reference: str


ROWS = [Row("T-1"), Row("T-2"), Row("T-3")]


@pytest.fixture(autouse=True)
def listening(caplog):
    caplog.set_level(logging.INFO, logger="newsroom.rounds")


def acting(seen, at, error):
    def act(row):
        seen.append(row.reference)
        if row.reference == at:
            raise error
        return True

    return act


def test_it_answers_how_much_was_done():
    assert rounds.one_by_one(ROWS, lambda row: row.reference != "T-2") == 2


def test_whoever_was_quicker_is_no_failure(caplog):
    seen = []
    assert rounds.one_by_one(ROWS, acting(seen, "T-1", Conflict("It is answered."))) == 2
    assert seen == ["T-1", "T-2", "T-3"]
    said = [(record.levelname, record.getMessage(), record.exc_info) for record in caplog.records]
    assert said == [("INFO", "the clock leaves T-1 alone: It is answered.", None)]


def test_what_fails_is_logged_with_its_traceback_and_raised_when_the_round_is_over(caplog):
    seen, trouble = [], ValueError("soon is no number")
    with pytest.raises(ValueError, match="soon is no number") as raised:
        rounds.one_by_one(ROWS, acting(seen, "T-1", trouble))
    assert raised.value is trouble
    assert seen == ["T-1", "T-2", "T-3"]
    (logged,) = caplog.records
    assert (logged.levelname, logged.getMessage(), logged.exc_info[1]) == ("ERROR", "the clock failed at T-1", trouble)


def test_several_rounds_go_to_the_end_and_the_first_failure_is_raised():
    seen = []

    @rounds.to_the_end()
    def task():
        rounds.one_by_one(ROWS, acting(seen, "T-2", ValueError("first")))
        rounds.one_by_one(ROWS, acting(seen, "T-3", KeyError("second")))
        seen.append("over")

    with pytest.raises(ValueError, match="first"):
        task()
    assert seen == ["T-1", "T-2", "T-3", "T-1", "T-2", "T-3", "over"]
    assert rounds.one_by_one(ROWS, acting(seen, "T-4", ValueError)) == 3  # nothing is left of it


def test_a_database_that_is_away_ends_the_round_at_once(caplog):
    seen = []
    with pytest.raises(OperationalError):
        rounds.one_by_one(ROWS, acting(seen, "T-2", OperationalError("the server closed the connection")))
    assert (seen, caplog.records) == (["T-1", "T-2"], [])


@pytest.mark.django_db
def test_what_is_forgotten_in_batches_goes_on_after_a_row_that_fails(monkeypatch):
    monkeypatch.setattr(forgetting, "BATCH", 2)
    houses = [make_publication().slug for _ in range(5)]
    seen = []

    def take(house):
        seen.append(house.slug)
        if house.slug in houses[1:3]:
            raise ValueError(house.slug)
        return True

    with pytest.raises(ValueError, match=f"^{houses[1]}$"):
        forgetting.each(Publication.objects.all(), take)
    assert seen == houses
