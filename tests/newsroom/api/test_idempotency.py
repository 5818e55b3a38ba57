"""A request sent twice is carried out once."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone
from rest_framework.test import APIClient

from newsroom.accounts.models import Organization
from newsroom.accounts.services import issue_key
from newsroom.api.idempotency import prune_idempotency
from newsroom.api.models import IdempotencyRecord

pytestmark = pytest.mark.urls("tests.newsroom.api.probe")
CREATING = "/api/v1/creating/"
ANYONE = "/api/v1/creating-by-anyone/"


def made():
    return sorted(Organization.objects.exclude(slug="partner").values_list("slug", flat=True))


def test_the_same_request_again_gets_the_same_answer(partner):
    first = partner.post(CREATING, {"name": "one", "extra": 1}, HTTP_IDEMPOTENCY_KEY="k1")
    again = partner.post(CREATING, {"extra": 1, "name": "one"}, HTTP_IDEMPOTENCY_KEY="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.json(), first["Location"]) == (again.json(), again["Location"])
    assert (first.has_header("Idempotency-Replayed"), again["Idempotency-Replayed"]) == (False, "true")
    assert made() == ["one"]


def test_the_kept_answer_is_sealed(partner):
    partner.post(CREATING, {"name": "a-secret-slug"}, HTTP_IDEMPOTENCY_KEY="k1")
    assert "a-secret-slug" not in IdempotencyRecord.objects.get().body
    assert partner.post(CREATING, {"name": "a-secret-slug"}, HTTP_IDEMPOTENCY_KEY="k1").json() == {
        "id": "a-secret-slug"
    }


def test_another_request_with_the_same_key_is_refused(partner):
    partner.post(CREATING, {"name": "one"}, HTTP_IDEMPOTENCY_KEY="k1")
    for address in (CREATING, f"{CREATING}?x=1"):
        body = {"name": "two"} if address == CREATING else {"name": "one"}
        answer = partner.post(address, body, HTTP_IDEMPOTENCY_KEY="k1")
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert made() == ["one"]


def test_with_an_api_key_the_header_is_required(partner):
    answer = partner.post(CREATING, {"name": "one"})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    assert made() == []


@pytest.mark.parametrize("key", ["", "x" * 256, "with blank", "é", "tab\t", "\x7f"])
def test_a_key_is_1_to_255_visible_ascii_characters(partner, key):
    assert partner.post(CREATING, {"name": "one"}, HTTP_IDEMPOTENCY_KEY=key).status_code == 400
    assert partner.post(CREATING, {"name": "two"}, HTTP_IDEMPOTENCY_KEY="~" * 255).status_code == 201


def test_two_partners_may_use_the_same_key(partner):
    other = Organization.objects.create(name="Other", slug="partner-other")
    client = APIClient()
    client.credentials(
        HTTP_AUTHORIZATION=f"Bearer {issue_key(label='O', scopes=['requests:write'], organization=other)[1]}"
    )
    assert partner.post(CREATING, {"name": "one"}, HTTP_IDEMPOTENCY_KEY="k1").json() == {"id": "one"}
    assert client.post(CREATING, {"name": "two"}, HTTP_IDEMPOTENCY_KEY="k1").json() == {"id": "two"}


def test_a_refusal_leaves_nothing_and_may_be_tried_again(partner):
    partner.raise_request_exception = False
    for name, status in (("refused", 409), ("crash", 500)):
        assert partner.post(CREATING, {"name": name}, HTTP_IDEMPOTENCY_KEY="k1").status_code == status
    assert (made(), IdempotencyRecord.objects.count()) == ([], 0)
    assert partner.post(CREATING, {"name": "one"}, HTTP_IDEMPOTENCY_KEY="k1").status_code == 201


@pytest.mark.django_db
def test_without_an_api_key_the_header_is_optional_and_bound_to_the_network(anyone):
    assert anyone.post(ANYONE, {"name": "one"}).status_code == 201
    for address, replayed in (("203.0.113.7", False), ("203.0.113.9", True)):
        answer = anyone.post(ANYONE, {"name": "two"}, HTTP_IDEMPOTENCY_KEY="k1", REMOTE_ADDR=address)
        assert (answer.json(), answer.has_header("Idempotency-Replayed")) == ({"id": "two"}, replayed)
    stranger = anyone.post(ANYONE, {"name": "three"}, HTTP_IDEMPOTENCY_KEY="k1", REMOTE_ADDR="198.51.100.1")
    assert stranger.json() == {"id": "three"}
    assert "203.0.113" not in str(list(IdempotencyRecord.objects.values_list("owner", flat=True)))


def test_records_go_after_48_hours(partner):
    partner.post(CREATING, {"name": "one"}, HTTP_IDEMPOTENCY_KEY="k1")
    now = timezone.now()
    assert [prune_idempotency(now=now + timedelta(hours=hours)) for hours in (47, 49)] == [0, 1]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_equal_requests_at_once_make_one_row():
    organization = Organization.objects.create(name="Partner Inc.", slug="partner")
    _key, text = issue_key(label="P", scopes=["requests:write"], organization=organization)
    barrier, answers = threading.Barrier(20), []

    def send():
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
        barrier.wait()
        answer = client.post(CREATING, {"name": "one"}, HTTP_IDEMPOTENCY_KEY="k1")
        answers.append((answer.status_code, answer.get("Idempotency-Replayed", "")))
        connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count((201, "")) == 1
    assert {answer for answer in answers if answer != (201, "")} <= {(201, "true"), (409, "")}
    assert (len(answers), made()) == (20, ["one"])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_twin_of_a_request_that_still_runs_is_409():
    organization = Organization.objects.create(name="Partner Inc.", slug="partner")
    key, text = issue_key(label="P", scopes=["requests:write"], organization=organization)
    inserted, answered = threading.Event(), threading.Event()

    def hold_the_key():
        connection = connections["default"]
        connection.set_autocommit(False)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO api_idempotencyrecord"
                " (owner, key, method, path, body_sha256, status, headers, body, created_at)"
                " VALUES (%s, 'k1', 'POST', '/', '', 0, '{}', '', now())",
                [f"key:{key.key_id}"],
            )
        inserted.set()
        answered.wait(20)
        connection.rollback()
        connections.close_all()

    holder = threading.Thread(target=hold_the_key)
    holder.start()
    inserted.wait(20)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    answer = client.post(CREATING, {"name": "one"}, HTTP_IDEMPOTENCY_KEY="k1")
    answered.set()
    holder.join()
    assert (answer.status_code, answer.json()["code"], made()) == (409, "idempotency_in_progress", [])
    assert client.post(CREATING, {"name": "one"}, HTTP_IDEMPOTENCY_KEY="k1").status_code == 201
