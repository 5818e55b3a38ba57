"""The door of a partner's pages: a link in a mail, one use, one session, and nothing said about anybody."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from newsroom.accounts.models import Contact
from newsroom.api.models import Counter
from newsroom.events import planning
from newsroom.events.kinds import ADDRESS_BOOKS
from newsroom.events.mail import compose
from newsroom.events.models import Delivery, Event
from reprints.models import PartnerSession, SignInLink
from reprints.services import partner_access
from reprints.services.retention import retain
from tests.reprints import factories as make
from tests.reprints.web.conftest import form_of, text
from tests.reprints.web.partners import DOOR, link_for, person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization(publication):
    return make.make_organization(name="Harbor Media")


@pytest.fixture
def signer(organization):
    return organization.contacts.get(is_signatory=True)


def test_a_contact_asks_for_a_link_presses_its_button_and_is_in(client, signer):
    asked = client.post(DOOR, {"email": signer.email.upper()})
    assert (asked.status_code, "Look into your mail" in text(asked)) == (200, True)
    planning.plan_due()
    owed = Delivery.objects.get()
    assert (owed.recipient_kind, owed.recipient_key) == ("contact", str(signer.pk))
    letter = compose(owed, ADDRESS_BOOKS["contact"](str(signer.pk)))
    assert letter.subject == "Sign in to the pages of Harbor Media"
    path = next(line for line in letter.text.splitlines() if "/enter/" in line).split("testserver")[-1]
    path = path[path.index("/reprints/") :]

    page = client.get(path)
    assert "Sign in for Harbor Media" in text(page)
    assert PartnerSession.objects.count() == 0
    answer = client.post(path)
    assert (answer.status_code, answer["Location"]) == (303, DOOR)
    cookie = answer.cookies["partner"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 7200)
    inside = client.get(DOOR)
    assert "Nothing needs you" in text(inside)
    assert "Sig Natory" in text(inside)
    assert inside["Cache-Control"] == "private, no-store"


def test_every_address_gets_the_same_answer(client, organization, signer):
    gone = person(organization, is_billing=True)
    Contact.objects.filter(pk=gone.pk).update(is_active=False)
    answers = [client.post(DOOR, {"email": email}) for email in (signer.email, gone.email, "nobody@else.example")]
    assert [row.status_code for row in answers] == [200, 200, 200]
    assert len({row.content for row in answers}) == 1
    assert [row.cookies for row in answers] == [{}, {}, {}]
    assert list(SignInLink.objects.values_list("contact", flat=True)) == [signer.pk]


def test_what_is_no_address_is_kept_and_explained(client, publication):
    for typed in ("", "harbor", "x" * 300 + "@harbor.example", "a\x00@harbor.example"):
        answer = client.post(DOOR, {"email": typed})
        assert (answer.status_code, "Please give an email address" in text(answer)) == (422, True)
    assert SignInLink.objects.count() == 0


def test_five_links_an_hour_are_enough_and_the_counter_knows_no_address(client, signer):
    for _ in range(7):
        assert client.post(DOOR, {"email": signer.email}).status_code == 200
    assert SignInLink.objects.count() == 5
    assert "sign@" not in str(list(Counter.objects.values()))


def test_a_network_that_goes_on_waits(client, publication, settings):
    settings.THROTTLES = {**settings.THROTTLES, "form": (2, 3600)}
    answers = [client.post(DOOR, {"email": f"person{n}@harbor.example"}) for n in range(3)]
    assert [row.status_code for row in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0


def test_a_link_works_once_and_within_half_an_hour(signer):
    token = link_for(signer)
    assert Client().post(f"{DOOR}enter/{token}/").status_code == 303
    second = Client().post(f"{DOOR}enter/{token}/")
    assert (second.status_code, "This link is used up" in text(second)) == (404, True)
    late = link_for(signer)
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert Client().get(f"{DOOR}enter/{late}/").status_code == 404
        assert Client().post(f"{DOOR}enter/{late}/").status_code == 404
    assert PartnerSession.objects.count() == 1


def test_a_link_that_was_made_up_or_is_of_something_else_opens_nothing(signer, publication):
    token = link_for(signer)
    link = SignInLink.objects.get()
    request = make.make_request(publication, make.make_article(publication), organization=signer.organization)
    from_request = partner_access.links.token("license_request", request.reference, link.nonce)
    for wrong in (token[:-1], token[:-1] + "-", "x" * 44, from_request, "é" * 44):
        assert Client().post(f"{DOOR}enter/{wrong}/").status_code == 404
    assert link.nonce not in str(list(Event.objects.values_list("data", flat=True)))


def test_a_foreign_page_cannot_sign_anyone_in(signer):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"{DOOR}enter/{link_for(signer)}/").status_code == 403
    assert PartnerSession.objects.count() == 0


def test_two_hours_without_a_page_and_twelve_in_all_end_it(signer):
    with time_machine.travel("2026-11-23T08:00:00Z", tick=False) as clock:
        client = signed_in(signer)
        for _ in range(6):
            clock.shift(timedelta(minutes=119))
            assert client.get(f"{DOOR}requests/").status_code == 200
        clock.shift(timedelta(minutes=8))
        assert client.get(f"{DOOR}requests/").status_code == 303  # twelve hours and two minutes
        idle = signed_in(signer)
        clock.shift(timedelta(minutes=121))
        assert idle.get(f"{DOOR}requests/").status_code == 303


def test_signing_out_ends_every_copy_of_the_cookie(signer):
    client = signed_in(signer)
    stolen = Client()
    stolen.cookies["partner"] = client.cookies["partner"].value
    assert stolen.get(f"{DOOR}requests/").status_code == 200
    action, hidden = form_of(client.get(DOOR), "/leave/")
    assert client.post(action, {}).status_code == 303  # without the page's token nothing happens
    assert PartnerSession.objects.count() == 1
    answer = client.post(action, hidden)
    assert (answer.status_code, answer.cookies["partner"].value) == (303, "")
    assert stolen.get(f"{DOOR}requests/").status_code == 303


def test_signing_in_again_ends_the_session_of_this_browser_only(signer):
    first, other = signed_in(signer), signed_in(signer)
    before = first.cookies["partner"].value
    signed_in(signer, first)
    kept = Client()
    kept.cookies["partner"] = before
    assert kept.get(f"{DOOR}requests/").status_code == 303
    assert [row.get(f"{DOOR}requests/").status_code for row in (first, other)] == [200, 200]


def test_whoever_left_the_organization_is_out_at_once(signer):
    client, token = signed_in(signer), link_for(signer)
    Contact.objects.filter(pk=signer.pk).update(is_active=False)
    assert client.get(f"{DOOR}requests/").status_code == 303
    assert Client().post(f"{DOOR}enter/{token}/").status_code == 404


def test_with_another_address_of_the_contact_sessions_and_links_of_the_old_one_are_over(signer):
    client, token = signed_in(signer), link_for(signer)
    signer.email = signer.email.upper()
    signer.save(update_fields=["email"])
    assert client.get(f"{DOOR}requests/").status_code == 200  # another spelling is the same address
    signer.email = "new@harbor.example"
    signer.save(update_fields=["email"])
    assert client.get(f"{DOOR}requests/").status_code == 303
    assert Client().get(f"{DOOR}enter/{token}/").status_code == 404
    assert Client().post(f"{DOOR}enter/{token}/").status_code == 404
    assert signed_in(signer).get(f"{DOOR}requests/").status_code == 200


def test_a_cookie_that_was_made_up_opens_nothing(client, signer):
    signed_in(signer)
    for value in ("x", "x" * 5000, "a:b:c", "é", partner_access.cookie_of("guess", signer)):
        client.cookies["partner"] = value
        assert client.get(f"{DOOR}requests/").status_code == 303


def test_the_page_that_was_wanted_opens_after_signing_in(client, publication, organization, signer):
    request = make.make_request(publication, make.make_article(publication), organization=organization)
    path = f"{DOOR}requests/{request.reference}/"
    answer = client.get(path)
    assert (answer.status_code, answer["Location"]) == (303, f"{DOOR}?next={path}")
    assert f'name="next" value="{path}"' in client.get(answer["Location"]).content.decode()
    entered = client.post(f"{DOOR}enter/{link_for(signer, next_path=path)}/")
    assert (entered.status_code, entered["Location"]) == (303, path)
    assert request.reference in text(client.get(path))


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/reprints/partner/",
        "/reprints/partner/../../admin/",
        "/reprints/partner//evil.example",
        "/reprints/partner/?next=/admin/",
        "/reprints/partner/\\evil",
        "/admin/",
        "/reprints/partner/" + "x" * 300,
        "/reprints/partner/\x00",
        "javascript:alert(1)",
    ],
)
def test_nobody_is_led_elsewhere(client, publication, path):
    assert partner_access.own_path(path) == ""
    assert 'name="next"' not in client.get(DOOR, {"next": path}).content.decode()


def test_a_person_of_two_organizations_chooses_and_gets_a_new_session(publication, organization, signer):
    other = make.make_organization(name="Island Press")
    Contact.objects.create(organization=other, name="Sig Natory", email=signer.email.upper(), is_billing=True)
    strange = make.make_organization(name="Strangers")
    client = signed_in(signer)
    before = client.cookies["partner"].value
    page = client.get(DOOR)
    assert ("Island Press" in text(page), "Strangers" in text(page)) == (True, False)
    action, hidden = form_of(page, "/choose/")
    assert client.post(action, {**hidden, "organization": strange.slug}).status_code == 404
    assert client.post(action, hidden).status_code == 303
    assert "Island Press" in text(client.get(DOOR))
    old = Client()
    old.cookies["partner"] = before
    assert old.get(f"{DOOR}requests/").status_code == 303


def test_the_secret_is_kept_as_a_digest_and_old_rows_are_forgotten(signer):
    client = signed_in(signer)
    secret = client.cookies["partner"].value.split(":")[0]
    assert secret not in str(list(PartnerSession.objects.values()))
    later = timezone.now() + timedelta(days=8)
    counted = retain(now=later, dry_run=True)
    assert (counted["partner_sessions"], counted["sign_in_links"]) == (1, 1)
    retain(now=later, dry_run=False)
    assert (PartnerSession.objects.count(), SignInLink.objects.count()) == (0, 0)
