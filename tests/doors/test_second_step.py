"""The second step of signing in: nobody is anybody before it, no code works twice, a lost phone locks nobody out."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.oath import TOTP

from newsroom.accounts import factors
from newsroom.accounts.access import AccessEntry, RecoveryCode, SecondFactor
from newsroom.accounts.checking import faults_in
from newsroom.accounts.models import Membership
from newsroom.api.models import Counter
from newsroom.events import delivery, sealed
from tests.doors.test_admin_matrix import NOWHERE, OPEN_TO_ALL
from tests.doors.test_matrix import routes
from tests.factories import make_publication, make_staff

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough passphrase"
ASK, OWN = "/admin/second-step/", "/admin/second-factor/"
NOW = datetime(2026, 11, 23, 12, 0, 5, tzinfo=UTC)


@pytest.fixture(autouse=True)
def required(settings, time_machine):
    settings.STAFF_MFA = "required"
    time_machine.move_to(NOW, tick=False)
    return time_machine


def code_of(factor, later=0):
    clock = TOTP(bytes.fromhex(sealed.open_text(factor.key_sealed)))
    clock.time = datetime.now(tz=UTC).timestamp() + later
    return f"{clock.token():06}"


def enrolled(person):
    """The person's factor and recovery codes; a minute later, so that the next code is a new one."""
    factor = factors.begin(person)
    before = datetime.fromtimestamp(NOW.timestamp() - 60, UTC)
    return factors.confirm(person, begun=factor.pk, code=code_of(factor, later=-60), now=before)


def begun(person):
    """The factor that this person's browser began to set up."""
    return SecondFactor.objects.filter(person=person, confirmed_at=None).first()


def by_password(person, **over):
    client = Client()
    return client, client.post("/admin/login/", {"username": person.username, "password": PASSWORD, **over})


def editor(**over):
    return make_staff(make_publication(), "desk_editor", **over)


def actions(person):
    return list(AccessEntry.objects.filter(person=person).order_by("pk").values_list("action", flat=True))


@pytest.mark.both
def test_password_then_code_then_the_page_one_wanted():
    person = editor()
    factor, _codes = enrolled(person)
    client, answer = by_password(person, next="/admin/corrections/report/")
    assert (answer.status_code, answer["Location"]) == (302, f"{ASK}?next=/admin/corrections/report/")
    page = client.get(answer["Location"])
    assert (page.status_code, "no-store" in page["Cache-Control"]) == (200, True)
    before = client.cookies["desk"].value
    done = client.post(ASK, {"code": code_of(factor), "next": "/admin/corrections/report/"})
    assert (done.status_code, done["Location"]) == (302, "/admin/corrections/report/")
    assert client.cookies["desk"].value != before
    assert client.get("/admin/corrections/report/").status_code == 200
    assert actions(person) == ["factor_added", "password_taken", "signed_in"]


@pytest.mark.parametrize(("has_one", "method"), [(True, "get"), (False, "post")])
def test_no_page_of_staff_opens_before_the_second_step(has_one, method):
    person = make_staff(is_superuser=True)
    if has_one:
        enrolled(person)
    client, _answer = by_password(person)
    opened = {}
    for pattern in routes():
        if not pattern.startswith("admin/") or pattern in OPEN_TO_ALL | NOWHERE or "?P" in pattern:
            continue
        path = "/" + re.sub(r"<[^>]+>", "1", pattern)
        led_to = "/admin/" if pattern == "admin/logout/" else f"/admin/login/?next={path}"
        answer = getattr(client, method)(path)
        if (answer.status_code, answer.get("Location")) != (302, led_to):
            opened[path] = (answer.status_code, answer.get("Location"))
    assert opened == {}
    assert client.get("/admin/login/?next=/admin/")["Location"] == f"{ASK}?next=/admin/"
    assert client.get("/corrections/statistics/").status_code == 404


def test_whoever_must_have_one_sets_it_up_before_anything_else():
    person = editor()
    client, _answer = by_password(person)
    assert "Set it up" in client.get(ASK).content.decode()
    assert client.post(ASK, {"do": "begin", "next": "/admin/"}).status_code == 302
    page = client.get(ASK).content.decode()
    factor = begun(person)
    assert "data:image/svg+xml" in page
    assert factors.secret_of(factor) in page
    wrong = client.post(ASK, {"code": "000000"})
    assert (wrong.status_code, client.get("/admin/").status_code) == (422, 302)
    done = client.post(ASK, {"code": code_of(factor)})
    codes = re.findall(r"[0-9A-Z]{6}(?:-[0-9A-Z]{6}){3}", done.content.decode())
    assert (done.status_code, len(set(codes)), "no-store" in done["Cache-Control"]) == (200, 10, True)
    assert client.get("/admin/").status_code == 200
    assert actions(person) == ["password_taken", "factor_refused", "factor_added", "signed_in"]


def test_a_key_that_another_session_began_is_neither_shown_nor_confirmed():
    person = editor()
    planter, _answer = by_password(person)
    planter.post(ASK, {"do": "begin"})
    planted = begun(person)
    owner, _answer = by_password(person)
    page = owner.get(ASK).content.decode()
    assert ("Set it up" in page, factors.secret_of(planted) in page) == (True, False)
    answer = owner.post(ASK, {"code": code_of(planted)})
    assert (answer.status_code, "Nothing is being set up." in answer.content.decode()) == (422, True)
    assert factors.in_use(person) is None
    owner.post(ASK, {"do": "begin"})
    assert planter.post(ASK, {"code": code_of(begun(person))}).status_code == 422
    assert owner.post(ASK, {"code": code_of(begun(person))}).status_code == 200


def test_a_key_whose_first_code_does_not_come_within_a_quarter_of_an_hour_is_over(settings, required):
    settings.STAFF_MFA = "optional"
    person = editor()
    client, _answer = by_password(person)
    client.post(OWN, {"do": "begin", "password": PASSWORD})
    required.shift(15 * 60 - 1)
    assert "A new authenticator" in client.get(OWN).content.decode()
    required.shift(1)
    late = client.post(OWN, {"do": "confirm", "code": code_of(begun(person))})
    assert (late.status_code, "Nothing is being set up." in late.content.decode()) == (422, True)
    assert 'name="password"' in late.content.decode()
    assert factors.in_use(person) is None
    client.post(OWN, {"do": "begin", "password": PASSWORD})
    assert client.post(OWN, {"do": "confirm", "code": code_of(begun(person))}).status_code == 200


def test_a_new_password_ends_what_was_begun_under_the_old_one_and_leaves_the_factor_in_use():
    person = editor()
    used, _codes = enrolled(person)
    begun_one = factors.begin(person)
    person.save()
    assert begun(person) == begun_one
    person.set_password("nine dry cormorants")
    person.save()
    assert list(SecondFactor.objects.all()) == [used]


def test_a_code_works_once_even_in_another_browser():
    person = editor()
    factor, _codes = enrolled(person)
    code = code_of(factor)
    first, second = by_password(person)[0], by_password(person)[0]
    assert [client.post(ASK, {"code": code}).status_code for client in (first, second)] == [302, 422]
    assert second.get("/admin/").status_code == 302


@pytest.mark.parametrize(("later", "status"), [(-60, 422), (-30, 422), (0, 302), (30, 302), (60, 422)])
def test_a_code_is_taken_a_step_early_or_late_but_never_an_older_one(later, status, required):
    person = editor()
    factor = factors.begin(person)
    factors.confirm(person, begun=factor.pk, code=code_of(factor, later=-30))
    assert by_password(person)[0].post(ASK, {"code": code_of(factor, later=later)}).status_code == status


def test_a_recovery_code_works_once_however_it_is_typed():
    person = editor()
    _factor, codes = enrolled(person)
    typed = f"  {codes[0].lower().replace('-', ' ')} "
    client = by_password(person)[0]
    assert client.post(ASK, {"code": typed}).status_code == 302
    assert by_password(person)[0].post(ASK, {"code": codes[0]}).status_code == 422
    assert RecoveryCode.objects.filter(used_at=None).count() == 9
    assert actions(person)[-5:] == ["code_used", "signed_in", "password_taken", "factor_refused"][-5:] or actions(
        person
    )


def test_the_last_codes_are_counted_aloud():
    person = editor()
    _factor, codes = enrolled(person)
    RecoveryCode.objects.exclude(pk__in=RecoveryCode.objects.values("pk")[:3]).update(used_at=NOW)
    left = [
        code
        for code in codes
        if RecoveryCode.objects.filter(digest=factors.digest(code.replace("-", "")), used_at=None)
    ]
    client = by_password(person)[0]
    client.post(ASK, {"code": left[0]})
    assert "2 recovery codes are left." in client.get("/admin/").content.decode()


def test_nothing_readable_of_key_and_codes_is_stored():
    factor, codes = enrolled(editor())
    stored = str(list(SecondFactor.objects.values())) + str(list(RecoveryCode.objects.values()))
    assert factors.secret_of(factor).replace(" ", "") not in stored
    assert sealed.open_text(factor.key_sealed) not in stored
    assert [code for code in codes if code in stored or code.replace("-", "") in stored] == []


@pytest.mark.both
def test_the_eleventh_code_in_an_hour_waits_from_whatever_network_until_the_password_is_a_new_one(client):
    person = editor()
    factor, _codes = enrolled(person)
    clients = [by_password(person)[0] for _network in range(2)]
    tries = [clients[number % 2].post(ASK, {"code": "123456"}, REMOTE_ADDR=f"192.0.{number}.1") for number in range(10)]
    assert {answer.status_code for answer in tries} == {422}
    late = clients[0].post(ASK, {"code": code_of(factor)})
    assert (late.status_code, late["Retry-After"], "no-store" in late["Cache-Control"]) == (429, "3595", True)
    assert clients[1].post(ASK, {"code": code_of(factor)}).status_code == 429
    assert actions(person).count("too_many") == 1
    person.set_password("nine dry cormorants")
    person.save()
    fresh = Client()
    fresh.post("/admin/login/", {"username": person.username, "password": "nine dry cormorants"})
    assert fresh.post(ASK, {"code": code_of(factor)}).status_code == 302
    assert "123456" not in str(list(Counter.objects.values()))


def test_it_is_asked_again_in_every_session():
    person = editor()
    factor, _codes = enrolled(person)
    client = by_password(person)[0]
    client.post(ASK, {"code": code_of(factor)})
    client.post("/admin/logout/")
    assert set(client.cookies) <= {"desk", "csrf", "messages"}
    answer = client.post("/admin/login/", {"username": person.username, "password": PASSWORD})
    assert answer["Location"].startswith(ASK)


def test_signing_out_from_half_way_ends_the_session():
    person = editor()
    enrolled(person)
    client = by_password(person)[0]
    assert client.post(ASK, {"do": "leave"})["Location"] == "/admin/login/"
    assert client.get("/admin/login/").status_code == 200
    assert actions(person)[-1] == "signed_out"


def test_half_way_nobody_can_put_another_authenticator_in_place_of_the_one_in_use():
    person = editor()
    factor, _codes = enrolled(person)
    client = by_password(person)[0]
    assert client.post(ASK, {"do": "begin"}).status_code == 422
    assert begun(person) is None
    assert client.post(OWN, {"do": "begin", "password": PASSWORD}).status_code == 302
    assert begun(person) is None
    assert factors.in_use(person) == factor


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "javascript:x", "/\\evil.example", "\x00/"]
)
def test_the_second_step_leads_to_this_site_only(target):
    person = editor()
    factor, _codes = enrolled(person)
    client = by_password(person)[0]
    assert client.post(ASK, {"code": code_of(factor), "next": target})["Location"] == "/admin/"


@pytest.mark.parametrize(
    ("mode", "roles", "role", "asked"),
    [
        ("off", ["admin"], "admin", False),
        ("optional", ["admin"], "admin", False),
        ("required", ["standards_editor"], "desk_editor", False),
        ("required", ["standards_editor"], "standards_editor", True),
        ("required", ["desk_editor"], "standards_editor", True),  # the wider role includes the narrower
        ("required", [], "admin", False),
        ("required", None, "licensing_editor", True),
        ("required", None, None, False),  # somebody without any role sees nothing
    ],
)
def test_who_must_have_one(settings, mode, roles, role, asked):
    settings.STAFF_MFA = mode
    publication = make_publication(settings={} if roles is None else {"second_factor_roles": roles})
    make_publication(settings={"second_factor_roles": ["legal"]})
    person = make_staff(publication, *([role] if role else []))
    assert by_password(person)[1]["Location"].startswith(ASK) is asked


def test_a_role_in_the_whole_house_must_have_one_when_any_publication_asks():
    make_publication(settings={"second_factor_roles": []})
    person = make_staff(None, "admin")
    assert not factors.is_required(person)
    make_publication(settings={"second_factor_roles": ["legal"]})
    assert factors.is_required(type(person).objects.get(pk=person.pk))


def test_a_session_from_before_the_rule_is_asked_too(settings):
    settings.STAFF_MFA = "off"
    client, _answer = by_password(editor())
    assert client.get("/admin/").status_code == 200
    settings.STAFF_MFA = "required"
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == f"{ASK}?next=/admin/"


def test_one_s_own_page_asks_for_the_password_first_and_for_a_code_later(settings, required):
    settings.STAFF_MFA = "optional"
    person = editor()
    client, _answer = by_password(person)
    assert "Second step" in client.get("/admin/").content.decode()
    assert client.get(OWN).status_code == 200
    assert client.post(OWN, {"do": "begin", "password": "not this one"}).status_code == 422
    assert begun(person) is None
    assert client.post(OWN, {"do": "begin", "password": PASSWORD}).status_code == 302
    assert client.post(OWN, {"do": "confirm", "code": code_of(begun(person))}).status_code == 200
    assert client.get(OWN).status_code == 200
    for wish in ("codes", "begin", "remove"):
        assert client.post(OWN, {"do": wish, "code": "000000"}).status_code == 422
    required.shift(60)
    first = factors.in_use(person)
    assert client.post(OWN, {"do": "codes", "code": code_of(first)}).status_code == 200
    required.shift(60)
    assert client.post(OWN, {"do": "begin", "code": code_of(first)}).status_code == 302
    second = begun(person)
    assert client.post(OWN, {"do": "confirm", "code": code_of(second)}).status_code == 200
    assert (factors.in_use(person).pk, RecoveryCode.objects.count()) == (second.pk, 10)
    required.shift(60)
    assert client.post(OWN, {"do": "remove", "code": code_of(second)}).status_code == 302
    assert SecondFactor.objects.count() == 0
    assert client.get("/admin/").status_code == 200


def test_who_must_have_one_cannot_remove_it():
    person = editor()
    factor, _codes = enrolled(person)
    client = by_password(person)[0]
    client.post(ASK, {"code": code_of(factor)})
    client.post(OWN, {"do": "remove", "code": code_of(factor, later=30)})
    assert factors.in_use(person) == factor


def test_an_administrator_removes_that_of_a_colleague_whose_sessions_end_and_who_is_mailed():
    house, person = make_staff(None, "admin"), editor(email="ada@daily.example")
    factor, _codes = enrolled(person)
    lost = by_password(person)[0]
    lost.post(ASK, {"code": code_of(factor)})
    client = by_password(house)[0]
    mine, _mine = enrolled(house)
    client.post(ASK, {"code": code_of(mine)})
    delivery.drain()
    mail.outbox.clear()
    chosen = {"action": "reset_second_step", "_selected_action": [person.pk, house.pk]}
    page = client.post("/admin/accounts/user/", chosen, follow=True).content.decode()
    assert "Your own is removed on your page" in page
    assert (factors.in_use(person), factors.in_use(house)) == (None, mine)
    assert lost.get("/admin/").status_code == 302
    row = AccessEntry.objects.get(action="factor_removed")
    assert (row.person, row.by, row.refused) == (person, house, False)
    delivery.drain()
    assert [(message.subject, message.to) for message in mail.outbox] == [
        ("The second step of your account was removed", [f"{person} <ada@daily.example>"])
    ]
    assert "/admin/password_reset/" in mail.outbox[0].body


def test_administrators_of_one_publication_remove_nobody_s():
    person = editor()
    enrolled(person)
    other = make_staff(make_publication(), "admin")
    factor, _codes = enrolled(other)
    client = by_password(other)[0]
    client.post(ASK, {"code": code_of(factor)})
    chosen = {"action": "reset_second_step", "_selected_action": [person.pk]}
    assert client.post("/admin/accounts/user/", chosen).status_code == 403
    assert factors.in_use(person) is not None


def test_the_terminal_helps_the_only_administrator(capsys):
    person = make_staff(None, "admin", username="root")
    enrolled(person)
    call_command("second_step", "root")
    call_command("second_step", "root", "--remove")
    call_command("second_step", "root", "--remove")
    call_command("second_step", "root")
    assert capsys.readouterr().out.splitlines() == [
        "root: in use since 2026-11-23, 10 recovery codes left.",
        "root: removed.",
        "root had none.",
        "root has none.",
    ]
    with pytest.raises(CommandError, match="no member"):
        call_command("second_step", "nobody")


def test_switched_off_there_is_no_page_and_nobody_is_asked(settings):
    settings.STAFF_MFA = "off"
    person = editor()
    enrolled(person)
    client, answer = by_password(person)
    assert answer["Location"] == "/admin/"
    assert client.get(OWN).status_code == 404
    assert client.get(ASK)["Location"] == "/admin/"
    assert "Second step" not in client.get("/admin/").content.decode()


def test_it_costs_one_query_a_page(settings, django_assert_num_queries):
    person = make_staff(make_publication(), "desk_editor")
    factor, _codes = enrolled(person)
    client = by_password(person)[0]
    client.post(ASK, {"code": code_of(factor)})
    client.get("/admin/password_change/")
    with django_assert_num_queries(0):
        Client().get("/admin/login/")
    settings.STAFF_MFA = "off"
    with django_assert_num_queries(3):
        client.get("/admin/password_change/")
    settings.STAFF_MFA = "required"
    with django_assert_num_queries(4):
        client.get("/admin/password_change/")


def test_a_lost_role_is_not_asked_for_any_more():
    person = editor()
    client, _answer = by_password(person)
    assert client.get("/admin/").status_code == 302
    Membership.objects.filter(user=person).delete()
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(("roles", "right"), [([], True), (["legal"], True), (["lawyer"], False), ([1], False)])
def test_a_setting_that_names_no_role_is_refused(roles, right):
    assert (faults_in({"second_factor_roles": roles}) == []) is right
