"""`manage.py setup`: an installation of one's own, without the demo."""

import io

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from newsroom.accounts.models import Desk, Guideline, Publication, User
from reprints.models import RateCard, TermsTemplate

pytestmark = pytest.mark.django_db
PASSWORD = "seven wet herons"
GOOD = {
    "publication": "The Gull",
    "host": ["gull.example", "https://www.gull2.example/"],
    "currency": "eur",
    "time_zone": "Europe/Berlin",
    "admin_username": "ada",
    "admin_email": "ada@gull.example",
    "admin_password_env": "GULL_PASSWORD",
}


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setenv("GULL_PASSWORD", PASSWORD)


def setup(**over):
    out = io.StringIO()
    call_command("setup", stdout=out, **{**GOOD, **over})
    return out.getvalue()


def test_publication_and_administrator_are_made_and_said():
    told = setup()
    made = Publication.objects.get()
    assert (made.name, made.slug, made.hosts) == ("The Gull", "the-gull", ["gull.example", "gull2.example"])
    assert (made.currency, made.time_zone, made.is_default) == ("EUR", "Europe/Berlin", True)
    ada = authenticate(username="ada", password=PASSWORD)
    assert (ada.is_staff, "licensing_manager" in ada.roles_at(made)) == (True, True)
    assert "The Gull is set up: gull.example, gull2.example, EUR, Europe/Berlin." in told
    assert "ada administers it" in told


def test_both_desks_a_rate_card_terms_and_guidelines_are_there_to_begin_with():
    setup()
    assert set(Desk.objects.values_list("kind", flat=True)) == {"corrections", "licensing"}
    assert RateCard.objects.get().currency == "EUR"
    assert TermsTemplate.objects.count() == 1
    assert set(Guideline.objects.values_list("kind", "number")) == {("editorial", 1), ("ai", 1)}
    assert all("Accessibility:" in row.body for row in Guideline.objects.all())


def test_a_second_run_changes_nothing_and_keeps_the_password(monkeypatch):
    setup()
    Publication.objects.update(time_zone="Europe/Paris")
    monkeypatch.setenv("GULL_PASSWORD", "quite another phrase")
    told = setup()
    assert "was there already" in told
    assert Publication.objects.get().time_zone == "Europe/Paris"
    assert (User.objects.count(), Desk.objects.count(), RateCard.objects.count()) == (1, 2, 1)
    assert Guideline.objects.count() == 2
    assert authenticate(username="ada", password=PASSWORD)


def test_a_second_publication_is_not_the_default():
    setup()
    setup(publication="The Tern", host=["tern.example"])
    assert list(Publication.objects.order_by("pk").values_list("slug", "is_default")) == [
        ("the-gull", True),
        ("the-tern", False),
    ]


def test_every_mistake_is_named_at_once_and_nothing_is_written(monkeypatch):
    monkeypatch.setenv("GULL_PASSWORD", "short")
    with pytest.raises(CommandError) as refused:
        setup(publication="***", host=["gull example"], currency="XXY", time_zone="Mars/Crater", admin_email="ada@")
    lines = str(refused.value).splitlines()
    assert lines[0] == "Nothing was changed."
    assert [line.partition(":")[0] for line in lines[1:]] == [
        *("--publication", "--host", "--currency", "--time-zone", "--admin-email", "--admin-password")
    ]
    assert (Publication.objects.count(), User.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "host", ["", "gull", "gull.example/path", "gull.example:8000", "ada@gull.example", "gull.example?x"]
)
def test_what_is_no_domain_is_refused(host):
    with pytest.raises(CommandError, match=r"--host: "):
        setup(host=[host] if host else [])


def test_a_member_who_is_no_administrator_is_not_made_one():
    User.objects.create_user(username="ada", email="ada@gull.example", password=PASSWORD)
    with pytest.raises(CommandError, match="no administrator"):
        setup()
    assert not User.objects.get().is_superuser


def test_without_a_terminal_what_is_missing_is_named():
    with pytest.raises(CommandError) as refused:
        call_command("setup", publication="The Gull")
    assert str(refused.value) == "There is no terminal to ask at. Say --host, --admin-email."


def test_an_empty_password_variable_is_named():
    with pytest.raises(CommandError, match="the variable NOT_THERE is empty"):
        setup(admin_password_env="NOT_THERE")
