"""The sign-in log: who came in or was refused, and who gave which right to whom; nothing in it that was typed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from newsroom import privacy
from newsroom.accounts import access_log
from newsroom.accounts.access import Access, AccessEntry
from newsroom.accounts.models import ApiKey, Membership
from newsroom.accounts.services import issue_key, revoke_key
from newsroom.clock import CLOCK
from newsroom.events.models import Event
from tests.factories import make_publication, make_staff
from tests.reprints.factories import make_organization

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough passphrase"


@pytest.fixture(autouse=True)
def one_window(monkeypatch):
    """The clock of the throttle stands still, in the middle of a window."""
    monkeypatch.setattr("newsroom.api.throttles.time.time", lambda: 1_700_000_100.0)


@pytest.fixture
def house(client):
    """The administrator of the house, signed in, and the log empty."""
    person = make_staff(None, "admin", username="house")
    client.force_login(person)
    return person


def enter(name, password=PASSWORD, client=None, **over):
    return (client or Client()).post("/admin/login/", {"username": name, "password": password}, **over)


def lines():
    rows = AccessEntry.objects.order_by("pk").select_related("person", "by")
    return [(row.action, row.person and row.person.username, row.by and row.by.username, row.detail) for row in rows]


@pytest.mark.both
def test_coming_in_going_out_and_being_refused():
    make_staff(username="ada")
    client = Client()
    enter("ada", "wrong", client)
    enter("ada", client=client)
    client.post("/admin/logout/")
    assert lines() == [
        ("password_refused", "ada", None, ""),
        ("signed_in", "ada", None, ""),
        ("signed_out", "ada", None, ""),
    ]
    assert [row.refused for row in AccessEntry.objects.order_by("pk")] == [True, False, False]


@pytest.mark.parametrize("name", ["nobody@mail.example", "a\x00b", "\ud800", "x" * 400, ""])
def test_a_name_that_nobody_has_leaves_no_trace_of_itself(name):
    enter(name.encode("utf-8", "replace").decode(), "my secret words")
    assert lines() == [("password_refused", None, None, "")]
    stored = str(list(AccessEntry.objects.values()))
    assert ("nobody@" in stored, "secret words" in stored) == (False, False)


def test_the_network_is_a_mark_and_not_an_address():
    make_staff(username="ada")
    for address in ("192.0.2.7", "192.0.2.99", "198.51.100.7"):
        enter("ada", REMOTE_ADDR=address)
    first, second, other = AccessEntry.objects.order_by("pk").values_list("network", flat=True)
    assert (first == second, first == other, len(first), "192" in first) == (True, False, 32, False)


def test_too_many_tries_are_one_line_however_long_they_go_on():
    make_staff(username="ada")
    for _try in range(14):
        enter("ada", "wrong")
    assert [line[0] for line in lines()] == ["password_refused"] * 10 + ["too_many"]


def test_a_password_that_was_changed_by_oneself_and_by_an_administrator(client, house):
    new = "nine dry cormorants"
    client.post("/admin/password_change/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    ada = make_staff(username="ada")
    words = {"password1": new, "password2": new, "usable_password": "true", "set-password": "1"}
    client.post(f"/admin/accounts/user/{ada.pk}/password/", words)
    assert lines() == [("password_changed", "house", None, ""), ("password_changed", "ada", "house", "")]
    ada.refresh_from_db()
    assert ada.check_password(new)


def test_guessing_the_old_password_in_an_open_browser_waits_after_ten(client, house):
    new = "nine dry cormorants"
    guess = {"old_password": "wrong", "new_password1": new, "new_password2": new}
    assert [client.post("/admin/password_change/", guess).status_code for _try in range(11)] == [200] * 10 + [429]
    house.refresh_from_db()
    assert house.check_password(PASSWORD)


def test_asking_for_new_passwords_from_one_network_is_limited_as_every_form(client, settings):
    settings.THROTTLES = settings.THROTTLES | {"form": (2, 3600)}
    answers = [client.post("/admin/password_reset/", {"email": f"p{n}@mail.example"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert int(answers[2]["Retry-After"]) > 0


def test_a_role_given_and_taken_and_an_account_made_and_closed(client, house):
    daily = make_publication(slug="the-daily")
    blank = {"memberships-INITIAL_FORMS": 0, "memberships-MIN_NUM_FORMS": 0, "memberships-MAX_NUM_FORMS": 1000}
    made = client.post(
        "/admin/accounts/user/add/",
        {
            "username": "ada",
            "email": "ada@daily.example",
            "is_staff": "on",
            "password1": "nine dry cormorants",
            "password2": "nine dry cormorants",
            "usable_password": "true",
            **blank,
            "memberships-TOTAL_FORMS": 1,
            "memberships-0-publication": daily.pk,
            "memberships-0-role": "legal",
        },
    )
    assert made.status_code == 302
    right = Membership.objects.get(user__username="ada")
    changed = client.post(
        f"/admin/accounts/user/{right.user_id}/change/",
        {
            "username": "ada",
            "email": "ada@daily.example",
            "is_staff": "on",  # no longer active
            **blank,
            "memberships-TOTAL_FORMS": 2,
            "memberships-INITIAL_FORMS": 1,
            "memberships-0-id": right.pk,
            "memberships-0-user": right.user_id,
            "memberships-0-DELETE": "on",
            "memberships-0-publication": daily.pk,
            "memberships-0-role": "legal",
            "memberships-1-user": right.user_id,
            "memberships-1-publication": "",
            "memberships-1-role": "admin",
        },
    )
    assert changed.status_code == 302
    assert lines() == [
        ("account_made", "ada", "house", ""),
        ("role_given", "ada", "house", "legal at the-daily"),
        ("account_closed", "ada", "house", "is_active"),
        ("role_given", "ada", "house", "admin at all"),
        ("role_taken", "ada", "house", "legal at the-daily"),
    ]


def test_keys_issued_and_revoked_in_the_admin_and_at_the_terminal(client, house):
    organization = make_organization()
    fields = {"label": "CMS", "organization": organization.pk, "scopes": '["licenses:read"]'}
    page = client.post("/admin/accounts/apikey/add/", fields, follow=True)
    key = ApiKey.objects.get()
    assert key.key_id in page.content.decode()
    client.post("/admin/accounts/apikey/", {"action": "revoke", "_selected_action": [key.pk]})
    second, text = issue_key(label="x", scopes=["licenses:read"], organization=organization)
    revoke_key(second)
    revoke_key(second)
    assert lines() == [
        ("key_issued", None, "house", key.key_id),
        ("key_revoked", None, "house", key.key_id),
        ("key_issued", None, None, second.key_id),
        ("key_revoked", None, None, second.key_id),
    ]
    assert text.rpartition("_")[2] not in str(list(AccessEntry.objects.values()))


def test_it_is_read_by_administrators_of_the_house_and_changed_by_nobody(client, house):
    for _line in range(60):
        access_log.note(Access.SIGNED_IN, person=house)
    row = AccessEntry.objects.first()
    assert client.get("/admin/accounts/accessentry/?action__exact=signed_in&q=house").status_code == 200
    assert client.get(f"/admin/accounts/accessentry/{row.pk}/change/").status_code == 200
    assert client.post(f"/admin/accounts/accessentry/{row.pk}/change/", {"action": "x"}).status_code == 403
    assert client.post(f"/admin/accounts/accessentry/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    other = Client()
    other.force_login(make_staff(make_publication(), "admin"))
    assert other.get("/admin/accounts/accessentry/").status_code == 403


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_with_one_line_and_with_thirty(client, house, rows, django_assert_num_queries):
    for number in range(rows):
        access_log.note(Access.ROLE_GIVEN, person=make_staff(username=f"p{number}"), by=house)
    with django_assert_num_queries(5):
        assert client.get("/admin/accounts/accessentry/").status_code == 200


def test_it_is_forgotten_by_the_policy_and_no_sooner(settings, house):
    settings.ACCESS_LOG_DAYS = 30
    now = timezone.now()
    for age in (29, 31, 400):
        access_log.note(Access.SIGNED_IN, person=house)
        AccessEntry.objects.filter(pk=AccessEntry.objects.latest("pk").pk).update(at=now - timedelta(days=age))
    assert privacy.retain(now=now, dry_run=True)["accounts.access"] == 2
    call_command("retain", verbosity=0)
    assert AccessEntry.objects.count() == 1
    settings.ACCESS_LOG_DAYS = 0
    assert privacy.retain(now=now + timedelta(days=4000))["accounts.access"] == 0
    assert CLOCK["newsroom.accounts.retain"] == 86_400


def test_a_person_can_read_what_is_kept_on_them_and_no_event_tells(house):
    access_log.note(Access.SIGNED_IN, person=house)
    [found] = privacy.person(house.email)["staff"]
    assert [(row["action"], row["detail"]) for row in found["sign_in_log"]] == [("signed_in", "")]
    assert Event.objects.count() == 0
