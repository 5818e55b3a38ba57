"""Where else a reader may turn: one text as before, or a list with addresses and time limits."""

import pytest

from newsroom.accounts import checking, regimes
from tests.factories import make_publication

pytestmark = [pytest.mark.django_db]
COUNCIL = {"name": "The Council", "address": "https://council.example", "limit": "within four months"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("The Press Council, within 3 months.", "The Press Council, within 3 months."),
        (
            [COUNCIL, {"name": "An ombudsman"}],
            "The Council, https://council.example (within four months)\nAn ombudsman",
        ),
        ("", ""),
        ([], ""),
    ],
)
def test_a_text_and_a_list_are_both_read(value, text):
    publication = make_publication(settings={"complaints_body": value})

    assert checking.faults_in(publication.settings) == []
    assert regimes.complaints_body(publication) == text


def test_without_a_setting_the_regime_names_its_own():
    publication = make_publication(settings={"regime": "impress"})

    assert [body.name for body in regimes.complaints_bodies(publication)] == ["IMPRESS, impressorg.com"]


@pytest.mark.parametrize(
    "value",
    [7, None, {"name": "x"}, ["x"], [{}], [{"name": " "}], [{"name": 7}], [{**COUNCIL, "fax": "1"}], [COUNCIL] * 6],
)
def test_what_no_page_could_show_is_refused(value):
    assert len(checking.faults_in({"complaints_body": value})) == 1


def test_the_form_names_them_beside_the_rules(client):
    make_publication(is_default=True, settings={"complaints_body": [COUNCIL], "appeal_within_days": 14})

    text = client.get("/corrections/new/").content.decode()

    assert '<a href="https://council.example" rel="nofollow">https://council.example</a>' in text
    assert "within four months" in text
    assert "by another editor, within 14 days of our answer." in text
