"""Whoever wants to guess an editor's password begins with the name of the newspaper."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from newsroom.accounts.installing import Wanted, install
from newsroom.accounts.models import User
from newsroom.errors import Invalid
from tests.factories import make_publication

pytestmark = pytest.mark.django_db
SAID = "Your password can’t be made of the names of your titles, their domains, or of this service."
FINE = [
    "a long enough passphrase",
    "Harbor lights over Chronicle Street",
    "qzXvbnWk-7731-Ltrm",
    "daily correct horse battery",
]


@pytest.fixture
def title():
    return make_publication(
        name="The Harbor Chronicle",
        slug="chronicle",
        hosts=["harborchronicle.example"],
        desk_host="fehler.hafen.example",
    )


@pytest.mark.parametrize(
    "password",
    [
        *("TheHarborChronicle", "the harbor chronicle 2026!", "Chronicle-Harbor-77", "ＨＡＲＢＯＲ chronicle 1"),
        *(
            "harborchronicle.example",
            "xy chronicle 123456",
            "fehler.hafen.example1",
            "Masthead 2026!!",
            "newsroom newsroom",
        ),
    ],
)
def test_what_is_made_of_the_house_s_words_is_refused(title, password):
    with pytest.raises(ValidationError) as refused:
        validate_password(password, User(username="ada"))
    assert SAID in refused.value.messages


@pytest.mark.parametrize("password", FINE)
def test_a_phrase_with_such_a_word_among_others_is_taken(title, password):
    validate_password(password, User(username="ada"))


def test_the_title_that_is_set_up_is_one_of_them():
    wanted = Wanted("Neue Hafenpost", ["hafenpost.example"], "root", "root@mail.example", "Neue Hafenpost 1")
    with pytest.raises(Invalid) as refused:
        install(wanted)
    assert [(fault.pointer, str(fault.detail)) for fault in refused.value.faults] == [("/admin_password", SAID)]
