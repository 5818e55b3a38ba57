"""Signing in to the desk: guessing is slow, a strange name looks like a known one, and nobody is led astray."""

import pytest
from django.test import Client

from newsroom.api.models import Counter
from tests.factories import make_staff

pytestmark = pytest.mark.django_db
PAGE = "/admin/login/"
PASSWORD = "a long enough passphrase"


@pytest.fixture(autouse=True)
def one_window(monkeypatch):
    """The clock of the throttle stands still, in the middle of a window."""
    monkeypatch.setattr("newsroom.api.throttles.time.time", lambda: 1_700_000_100.0)


def enter(client, name, password=PASSWORD, **over):
    return client.post(PAGE, {"username": name, "password": password, **over})


def test_the_eleventh_try_waits_even_with_the_right_password():
    ada = make_staff(username="ada")
    assert [enter(Client(), ada.username, "wrong").status_code for _ in range(10)] == [200] * 10
    answer = enter(Client(), ada.username)
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (429, "300", "no-store")
    assert "5 minutes" in answer.content.decode()
    assert answer.cookies == {}


def test_a_name_that_nobody_has_gets_the_same_answers():
    make_staff(username="ada")
    known, unknown = ([enter(Client(), name, "wrong") for _ in range(12)] for name in ("ada", "nobody"))
    assert [row.status_code for row in known] == [row.status_code for row in unknown]

    def text(answer, name):
        return answer.content.decode().replace(name, "").split("csrfmiddlewaretoken")[0]

    assert [text(row, "ada") for row in known] == [text(row, "nobody") for row in unknown]


def test_writing_the_name_otherwise_gives_no_further_tries():
    for name in ("ada", "ADA", "ａｄａ", "Ada", "aDa") * 2:
        assert enter(Client(), name, "wrong").status_code == 200
    assert enter(Client(), "ada").status_code == 429


def test_other_people_and_other_networks_still_get_in():
    make_staff(username="ada")
    make_staff(username="bob")
    for _ in range(11):
        enter(Client(), "ada", "wrong")
    assert enter(Client(), "bob").status_code == 302
    assert enter(Client(REMOTE_ADDR="192.0.2.1"), "ada").status_code == 302


def test_the_counter_holds_no_name():
    enter(Client(), "ada@daily.example", "wrong")
    assert [row.name for row in Counter.objects.all()] == ["login"]
    assert "ada" not in str(list(Counter.objects.values()))


def test_the_session_is_a_new_one_after_signing_in_and_gone_after_signing_out():
    make_staff(username="ada")
    client = Client()
    client.cookies["desk"] = "a" * 32
    enter(client, "ada")
    first = client.cookies["desk"].value
    assert first != "a" * 32
    enter(client, "ada")
    assert client.cookies["desk"].value != first
    client.post("/admin/logout/")
    stolen = Client()
    stolen.cookies["desk"] = first
    assert stolen.get("/admin/").status_code == 302


def test_the_cookie_cannot_be_read_by_scripts_and_ends_after_half_a_day():
    make_staff(username="ada")
    cookie = enter(Client(), "ada").cookies["desk"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    assert 43_200 - cookie["max-age"] in (0, 1)  # a second may pass


def test_a_form_from_another_site_signs_nobody_in():
    make_staff(username="ada")
    client = Client(enforce_csrf_checks=True)
    assert enter(client, "ada").status_code == 403


def test_someone_who_left_or_is_no_staff_is_told_the_same_as_a_stranger():
    make_staff(username="gone", is_active=False)
    make_staff(username="reader", is_staff=False)
    pages = [enter(Client(), name, password=PASSWORD) for name in ("gone", "reader", "nobody")]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert len({str(page.context_data["form"].non_field_errors()) for page in pages}) == 1


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example/",
        "\\\\evil.example/",
        "http:evil.example",
        "javascript:alert(1)",
        "https:///evil.example",
        "/%09/evil.example\n",
        "\x00//evil.example",
        "https://testserver@evil.example/",
        "https://testserver.evil.example/",
        "data:text/html,x",
        " //evil.example",
    ],
)
def test_nobody_is_led_to_another_site_by_the_address_of_the_page(target):
    make_staff(username="ada")
    for answer in (enter(Client(), "ada", next=target), Client().post(f"{PAGE}?next={target}", {"next": target})):
        place = answer.get("Location", "/")
        assert place.startswith("/"), place
        assert not place.startswith(("//", "/\\")), place


def test_one_is_led_back_to_the_page_one_wanted():
    make_staff(username="ada")
    assert enter(Client(), "ada", next="/admin/corrections/report/")["Location"] == "/admin/corrections/report/"


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "utf-16"])
def test_a_strange_alphabet_is_refused_or_read_but_never_a_crash(charset):
    body = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\n\\ud800\\u0000\r\n--x--\r\n'
    media_type = f"multipart/form-data; boundary=x; charset={charset}"
    for page in (PAGE, "/admin/password_reset/"):
        answer = Client(raise_request_exception=False).post(page, body, content_type=media_type)
        assert answer.status_code < 500
