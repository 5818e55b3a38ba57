"""Who asked by the web form: shown to the desk once with a reason, and erased when nothing needs it any more."""

import pytest
from django.urls import reverse

from newsroom.accounts.models import ContactReveal
from newsroom.errors import Conflict, NotAllowed
from newsroom.events.models import Event
from newsroom.workflow import THE_PARTNER
from reprints.models import LicenseRequest, RequesterContact
from reprints.services import asking, contacts
from reprints.services.asking import Requester
from tests.reprints.factories import make_article, make_publication, make_request, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def publication():
    return make_publication()


@pytest.fixture
def editor(publication):
    person = make_staff(publication, "licensing_editor")
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    return person


def ask(publication, *, company="", **values):
    article = make_article(publication, **values)
    return make_request(publication, article, requester=Requester("Wanda Writer", "wanda@review.example", company))


def page(request):
    return reverse("admin:reprints_licenserequest_change", args=[request.pk])


def press(client, request, reason):
    url = reverse("admin:reprints_licenserequest_do", args=[request.pk, "reveal_contact"])
    return client.post(url, {"seen": request.version, "reason": reason})


def shows(response):
    text = response.content.decode()
    return [word for word in ("Wanda Writer", "wanda@review.example", "The Review") if word in text]


def test_the_desk_sees_the_company_and_not_the_person(client, publication, editor):
    client.force_login(editor)
    asked = ask(publication, company="The Review", licensable=None)
    assert shows(client.get(page(asked))) == ["The Review"]
    assert shows(client.get(reverse("admin:reprints_licenserequest_changelist"))) == ["The Review"]
    person = ask(publication, licensable=None)
    assert shows(client.get(page(person))) == []


def test_a_reveal_shows_the_person_once_and_is_kept(client, publication, editor):
    asked = ask(publication, company="The Review", licensable=None)
    client.force_login(editor)
    answer = press(client, asked, "To call about the deadline")
    assert shows(answer) == ["Wanda Writer", "wanda@review.example", "The Review"]
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (200, True)
    row = ContactReveal.objects.get()
    assert (row.subject_kind, row.subject_reference, row.by, row.reason) == (
        "license_request",
        asked.reference,
        editor,
        "To call about the deadline",
    )
    event = Event.objects.get(kind="license_request.contact_revealed")
    assert (event.audience, event.data) == ("staff", {"reveal": row.pk})
    again = client.get(page(asked))
    assert (shows(again), "To call about the deadline" in again.content.decode()) == (["The Review"], True)


def test_without_a_reason_or_the_role_nothing_is_shown(client, publication, editor):
    asked = ask(publication, licensable=None)
    client.force_login(editor)
    answer = press(client, asked, " ")
    assert (answer.status_code, shows(answer)) == (422, [])
    with pytest.raises(NotAllowed):
        contacts.reveal_contact(asked, by=make_staff(publication, "desk_editor"), reason="Curiosity")
    assert ContactReveal.objects.count() == 0


def test_a_partners_request_has_nothing_to_reveal(client, publication, editor):
    asked = make_request(publication, make_article(publication, licensable=None))
    client.force_login(editor)
    names = [drawn["name"] for drawn in client.get(page(asked)).context_data["buttons"]]
    assert "reveal_contact" not in names


def test_an_open_request_keeps_its_contact_and_a_closed_one_may_lose_it(publication):
    asked = ask(publication, licensable=None)
    with pytest.raises(Conflict):
        contacts.erase_contact(asked, by=THE_PARTNER, why="asked")
    asking.withdraw(asked)
    assert contacts.erase_contact(asked, by=THE_PARTNER, why="asked") is True
    row = RequesterContact.objects.get()
    assert (row.name, row.email, row.company, row.email_confirmed_at) == ("", "", "", None)
    assert row.erased_at is not None
    assert contacts.erase_contact(asked, by=THE_PARTNER, why="asked") is False
    assert Event.objects.filter(kind="license_request.contact_erased").count() == 1


def test_the_words_of_a_web_requester_can_be_blanked_and_the_request_stays(publication):
    asked = ask(publication, licensable=None)
    asking.message(asked, words="Please call me at home.")
    asking.message(asked, words="The desk's own words.", by=make_staff(publication, "licensing_editor"))
    asking.withdraw(asked)
    LicenseRequest.objects.filter(pk=asked.pk).update(note="For my mother.")
    assert contacts.erase_text(asked, by=THE_PARTNER, why="asked") is True
    asked.refresh_from_db()
    assert (asked.note, [row.body for row in asked.messages.all()], asked.items.count()) == (
        "",
        ["", "The desk's own words."],
        1,
    )
    assert contacts.erase_text(asked, by=THE_PARTNER, why="asked") is False
