"""What a use may be asked for in: a use at the price of another is refused, and what is left out is what is usual."""

import pytest

from newsroom.errors import Invalid
from reprints.models import UseType
from reprints.services import asking
from reprints.services.ratecard import USE_TYPES
from reprints.vocabulary import SHAPES, Format, Portion, QuantityUnit, Use
from tests.reprints import factories as make
from tests.reprints.api.conftest import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def publication():
    return make.make_publication(is_default=True)


@pytest.fixture
def article(publication):
    return make.make_article(publication)


def checked(publication, item):
    return asking.check_items([item], publication=publication, today=make.today_of(publication))[0]


def test_every_use_has_its_shape_and_its_usual_words_are_among_them():
    assert set(SHAPES) == set(Use)
    for code, _words, usual_format, unit, _needed in USE_TYPES:
        assert (code, usual_format in SHAPES[Use(code)].formats, unit in SHAPES[Use(code)].units) == (code, True, True)


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"use": "excerpt_quote", "portion": "full_text"}, "/items/0/portion"),
        ({"use": "eprint_pdf", "format": "audio", "quantity_unit": "copies"}, "/items/0/format"),
        ({"use": "eprint_pdf", "format": "pdf_eprint", "quantity_unit": "tokens"}, "/items/0/quantity_unit"),
        ({"use": "republish_web", "portion": "logo_badge"}, "/items/0/portion"),
        ({"use": "republish_print"}, None),
        ({"use": "badge_logo", "portion": "full_text"}, "/items/0/portion"),
    ],
)
def test_a_use_is_asked_for_in_its_own_shape(publication, article, values, pointer):
    item = make.item(article, **values)
    if pointer is None:
        assert checked(publication, item).format == "print"
        return
    with pytest.raises(Invalid) as refused:
        checked(publication, item)
    assert [(row.pointer, row.code) for row in refused.value.faults] == [(pointer, "not_with_this_use")]


def test_what_is_left_out_is_what_is_usual_for_the_use(publication, article):
    item = make.item(article, use="excerpt_quote", excerpt_text="It spent 1.2 million")
    made = checked(publication, item)
    assert (made.portion, made.format, made.quantity_unit) == ("quote", "web", "monthly_users")
    made = checked(publication, make.item(article, use="eprint_pdf"))
    assert (made.portion, made.format, made.quantity_unit) == ("full_text", "pdf_eprint", "copies")


def test_a_newsroom_may_call_another_format_usual(publication, article):
    UseType.objects.filter(code="republish_print").update(default_format="web", default_unit="tokens")
    made = checked(publication, make.item(article, use="republish_print"))
    assert (made.format, made.quantity_unit) == ("web", "tokens")


def test_the_rate_card_in_words_says_the_shapes(publication):
    shown = {row["use"]: row for row in Client().get("license-uses/").json()["results"]}
    assert shown["eprint_pdf"]["formats"] == ["pdf_eprint"]
    assert shown["excerpt_quote"]["portions"] == ["quote", "excerpt"]
    assert shown["reprint_hardcopy"]["units"] == ["copies"]
    assert set(shown["other"]["portions"]) == set(Portion.values)
    assert {name for row in shown.values() for name in row["formats"]} == set(Format.values)
    assert {name for row in shown.values() for name in row["units"]} == set(QuantityUnit.values)
