"""Whoever wants to guess a password of twelve signs begins with the common ones, twice or two in a row."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from newsroom.accounts.models import User

pytestmark = pytest.mark.django_db
SAID = "Your password can’t be made of one or two commonly used passwords, or of the same few signs again."


@pytest.mark.parametrize(
    "password",
    [
        *("iloveyou1234", "password1234!", "Password!Monkey", "qwerty123456", "sunshinesunshine", "LIVERPOOL-dragon"),
        *("abcabcabcabc", "1212121212121", "aaaaaaaaaaaaaaaa", "xk7 xk7 xk7 xk7 ", "dragon" * 40),
    ],
)
def test_common_passwords_in_a_row_are_refused_however_long_they_are(password):
    with pytest.raises(ValidationError) as refused:
        validate_password(password, User(username="ada"))
    assert SAID in refused.value.messages


@pytest.mark.parametrize(
    "password",
    [
        *("a long enough passphrase", "nine dry cormorants", "monkey bridge under rain", "qzXvbnWk-7731-Ltrm"),
        *("dragonx7!Kdq", "k" * 8 + "lmnopqrs", "the tide at password"),
    ],
)
def test_a_phrase_with_such_a_word_among_others_is_taken(password):
    validate_password(password, User(username="ada"))
