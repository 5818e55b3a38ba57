"""A forgotten password: asked for, mailed through the outbox, changed once."""

import re

import pytest
from django.contrib.auth import authenticate
from django.core import mail

from newsroom.events import delivery
from newsroom.events.models import Delivery, Event
from tests.factories import make_staff

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/admin/password_reset/"


def ask(client, email):
    return client.post(PAGE, {"email": email})


def link_in(message):
    return re.search(r"http://testserver(/admin/password_reset/\S+)", message.body).group(1)


def test_the_sign_in_page_leads_to_it(client):
    assert PAGE in client.get("/admin/login/").content.decode()


def test_the_mail_is_owed_like_every_other_and_its_link_changes_the_password_once(client):
    person = make_staff(email="ada@gull.example", username="ada")
    assert ask(client, "ADA@gull.example").headers["Location"] == "/admin/password_reset/done/"
    assert mail.outbox == []
    delivery.drain()
    assert [message.to for message in mail.outbox] == [[f"{person} <ada@gull.example>"]]
    assert "“ada”" in mail.outbox[0].body
    link = link_in(mail.outbox[0])
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0]
    new = "nine dry cormorants"
    done = client.post(address, {"new_password1": new, "new_password2": new})
    assert done.headers["Location"] == "/admin/password_reset/complete/"
    assert authenticate(username="ada", password=new) == person
    assert "invalid" in client.get(link, follow=True).content.decode().lower()


def test_the_event_names_a_number_and_holds_no_token(client):
    person = make_staff(email="ada@gull.example")
    ask(client, "ada@gull.example")
    event = Event.objects.get()
    assert (event.kind, event.subject_reference, event.data) == ("member.reset_asked", str(person.pk), {})


@pytest.mark.parametrize("over", [{"email": "other@gull.example"}, {"is_active": False, "email": "ada@gull.example"}])
def test_a_stranger_and_someone_who_left_get_the_same_page_and_no_mail(client, over):
    make_staff(**over)
    assert ask(client, "ada@gull.example").headers["Location"] == "/admin/password_reset/done/"
    assert Event.objects.count() == 0


def test_five_in_an_hour_are_enough(client):
    make_staff(email="ada@gull.example")
    for _ in range(7):
        assert ask(client, "ada@gull.example").headers["Location"] == "/admin/password_reset/done/"
    assert Event.objects.filter(kind="member.reset_asked").count() == 5


def test_nobody_hears_of_it_by_hook(client):
    make_staff(email="ada@gull.example")
    ask(client, "ada@gull.example")
    delivery.drain()
    assert set(Delivery.objects.values_list("channel", flat=True)) == {"email"}
