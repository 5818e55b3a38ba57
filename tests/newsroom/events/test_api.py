"""Webhook endpoints and the event stream by API: each owner's own, in its own world, and nothing else."""

import itertools
import json
import uuid
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient
from standardwebhooks import Webhook

from corrections.services import correction as notices
from newsroom.accounts.models import Organization
from newsroom.accounts.services import issue_key
from newsroom.events import channels, log
from newsroom.events.models import Attempt, Delivery, Endpoint, Event, Position
from newsroom.events.planning import plan_due
from newsroom.workflow import THE_CLOCK
from tests.factories import make_article, make_correction, make_publication, make_report, make_staff, verified

pytestmark = pytest.mark.django_db
ENDPOINTS = "/api/v1/webhook-endpoints/"
EVENTS = "/api/v1/events/"
URL = "https://partner.example/hook"
SCOPES = ("webhooks:manage", "events:read")
_count = itertools.count(1)


class Client(APIClient):
    """A client that sends each POST with a fresh Idempotency-Key."""

    def write(self, url, data=None, **headers):
        headers = {"idempotency-key": str(uuid.uuid4()), **headers}
        return self.post(url, data, format="json", headers={k: v for k, v in headers.items() if v is not None})


def client_of(*publications, organization=None, scopes=SCOPES, test=False):
    if not publications and organization is None:
        organization = make_partner()
    _key, text = issue_key(label="Key", scopes=scopes, organization=organization, publications=publications, test=test)
    client = Client()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    client.organization = organization
    return client


def make_partner():
    number = next(_count)
    return Organization.objects.create(name=f"Partner {number}", slug=f"partner-{number}")


@pytest.fixture
def partner(db):
    return client_of()


def create(client, **data):
    """A new endpoint, which answered its first ping."""
    answer = client.write(ENDPOINTS, {"url": URL, **data})
    assert answer.status_code == 201, answer.content
    verified(Endpoint.objects.get(public_id=answer.json()["id"]))
    return answer.json()


def at(endpoint, *rest):
    return ENDPOINTS + "/".join([endpoint["id"], *rest]) + "/"


def faults_of(answer):
    assert answer.status_code == 422, answer.content
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


def deliver_to(endpoint, count=1):
    """So many planned deliveries of public events."""
    for _ in range(count):
        make_correction(status="published")
    plan_due()
    return Delivery.objects.filter(endpoint__public_id=endpoint["id"]).order_by("pk")


def moment(value):
    return value.isoformat().replace("+00:00", "Z")


# endpoints


def test_a_new_endpoint_shows_its_secret_once(partner):
    made = create(partner, types=["correction.published"])
    row = Endpoint.objects.get()
    assert made == {
        "id": str(row.public_id),
        "url": URL,
        "types": ["correction.published"],
        "publication": None,
        "state": "unverified",
        "paused_reason": "",
        "failing_since": None,
        "test": False,
        "created_at": row.created_at.isoformat().replace("+00:00", "Z"),
        "secret": made["secret"],
    }
    assert (row.organization, row.publication) == (partner.organization, None)
    assert made["secret"].startswith("whsec_")
    shown = partner.get(at(made)).json()
    assert shown == {**{name: value for name, value in made.items() if name != "secret"}, "state": "active"}
    assert partner.get(ENDPOINTS).json() == {"next": None, "previous": None, "results": [shown]}


def test_the_answer_says_where_it_is_and_may_not_be_kept(partner):
    answer = partner.write(ENDPOINTS, {"url": URL})
    assert answer["Location"] == f"http://testserver{at(answer.json())}"
    assert answer["Cache-Control"] == "no-store"
    assert partner.get(ENDPOINTS)["Cache-Control"] == "private, no-store"


def test_creating_needs_an_idempotency_key_and_happens_once(partner):
    without = partner.write(ENDPOINTS, {"url": URL}, **{"idempotency-key": None})
    assert (without.status_code, without.json()["code"]) == (400, "idempotency_key_required")
    first, again = (partner.write(ENDPOINTS, {"url": URL}, **{"idempotency-key": "one"}) for _ in range(2))
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert Endpoint.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"url": "http://partner.example/hook"}, [("/url", "refused_address")]),
        ({"url": "https://10.0.0.1/hook"}, [("/url", "refused_address")]),
        ({"url": "https://localhost/hook"}, [("/url", "refused_address")]),
        ({"url": "https://user:word@partner.example/"}, [("/url", "refused_address")]),
        ({"url": ""}, [("/url", "blank")]),
        ({"url": 5}, [("/url", "not_string")]),
        ({"url": None}, [("/url", "null")]),
        ({"url": "https://partner.example/" + "x" * 500}, [("/url", "too_long")]),
        ({"url": "https://partner.example/\x00"}, [("/url", "not_text")]),
        ({"types": "correction.published"}, [("/types", "not_a_list")]),
        ({"types": ["correction.published", "x.y"]}, [("/types/1", "unknown_type")]),
        ({"types": ["correction.published", "report.submitted"]}, [("/types/1", "not_for_partners")]),
        ({"types": ["correction.suppressed"]}, [("/types/0", "not_for_partners")]),
        ({"types": [5]}, [("/types/0", "not_string")]),
        ({"types": ["correction.published"] * 101}, [("/types", "max_length")]),
        ({"secret": "whsec_mine"}, [("/secret", "unknown_member")]),
        ({"publication": "daily"}, [("/publication", "not_for_partners")]),
    ],
)
def test_what_cannot_be_an_endpoint_is_refused_with_its_place(partner, change, expected):
    assert faults_of(partner.write(ENDPOINTS, {"url": URL, **change})) == expected
    assert Endpoint.objects.count() == 0


def test_a_body_that_is_no_object_is_refused(partner):
    for data in ([], "x", 5):
        assert partner.write(ENDPOINTS, data).status_code == 422
    assert partner.write(ENDPOINTS, {}).json()["errors"][0]["pointer"] == "/url"


def test_the_key_of_a_cms_makes_endpoints_of_its_publication():
    daily, weekly, stranger = make_publication(), make_publication(), make_publication()
    one, several = client_of(daily), client_of(daily, weekly)
    assert create(one)["publication"] == daily.slug
    assert create(several, publication=weekly.slug)["publication"] == weekly.slug
    assert faults_of(several.write(ENDPOINTS, {"url": URL})) == [("/publication", "required")]
    for client in (one, several):
        answer = client.write(ENDPOINTS, {"url": URL, "publication": stranger.slug})
        assert faults_of(answer) == [("/publication", "unknown_publication")]
    assert len(several.get(ENDPOINTS).json()["results"]) == 2
    assert [row["publication"] for row in one.get(ENDPOINTS).json()["results"]] == [daily.slug]


def test_an_endpoint_changes_pauses_and_goes_on(partner):
    made = create(partner, types=["correction.published"])
    changed = partner.patch(at(made), {"types": []}, format="json").json()
    assert (changed["types"], changed["url"], changed["state"]) == ([], URL, "active")
    assert partner.patch(at(made), {"state": "paused"}, format="json").json()["state"] == "paused"
    assert partner.patch(at(made), {"state": "active"}, format="json").json()["state"] == "active"
    assert partner.patch(at(made), {}, format="json").json() == partner.get(at(made)).json()


def test_another_address_is_unverified_again_and_cannot_be_paused_until_it_is(partner):
    made = create(partner)
    elsewhere = {"url": "https://other.example/", "state": "active"}
    moved = partner.patch(at(made), elsewhere, format="json").json()
    assert (moved["types"], moved["url"], moved["state"]) == ([], "https://other.example/", "unverified")
    refused = partner.patch(at(made), {"state": "paused"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "unverified")
    assert [row["type"] for row in partner.get(at(made, "deliveries")).json()["results"]] == ["endpoint.ping"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"url": "http://partner.example/"}, [("/url", "refused_address")]),
        ({"types": ["x.y"]}, [("/types/0", "unknown_type")]),
        ({"state": "gone"}, [("/state", "invalid_choice")]),
        ({"state": ["active"]}, [("/state", "invalid_choice")]),
        ({"test": True}, [("/test", "unknown_member")]),
    ],
)
def test_a_change_that_cannot_be_made_changes_nothing(partner, change, expected):
    made = create(partner)
    assert faults_of(partner.patch(at(made), {"url": "https://new.example/", **change}, format="json")) == expected
    assert partner.get(at(made)).json()["url"] == URL


def test_an_endpoint_that_said_it_is_gone_stays_gone(partner):
    made = create(partner)
    Endpoint.objects.update(state="gone")
    answer = partner.patch(at(made), {"state": "active"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "gone")
    assert partner.write(at(made, "ping")).json()["code"] == "not_active"


def test_a_deleted_endpoint_is_owed_nothing_more(partner):
    made = create(partner)
    deliver_to(made)
    answer = partner.delete(at(made))
    assert (answer.status_code, answer.content) == (204, b"")
    assert (Endpoint.objects.count(), Delivery.objects.filter(channel="webhook").count()) == (0, 0)
    assert partner.delete(at(made)).status_code == 404


def test_twenty_are_enough(partner):
    for _ in range(20):
        create(partner)
    answer = partner.write(ENDPOINTS, {"url": URL})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many")


# deliveries


def test_deliveries_are_listed_newest_first_with_what_became_of_them(partner):
    made = create(partner)
    waiting, sent = deliver_to(made, 2)
    Delivery.objects.filter(pk=sent.pk).update(state="sent", sent_at=timezone.now(), attempts=1)
    sent.refresh_from_db()
    rows = partner.get(at(made, "deliveries")).json()["results"]
    assert rows == [
        {
            "id": str(sent.uuid),
            "type": "correction.published",
            "state": "sent",
            "attempts": 1,
            "created_at": moment(sent.created_at),
            "next_attempt_at": None,
            "sent_at": moment(sent.sent_at),
            "last_error": "",
            "tries": [],
        },
        {
            "id": str(waiting.uuid),
            "type": "correction.published",
            "state": "pending",
            "attempts": 0,
            "created_at": moment(waiting.created_at),
            "next_attempt_at": moment(waiting.not_before),
            "sent_at": None,
            "last_error": "",
            "tries": [],
        },
    ]
    assert partner.get(at(made, "deliveries"), {"state": "sent"}).json()["results"] == rows[:1]
    assert faults_of(partner.get(at(made, "deliveries"), {"state": "x"})) == [("/state", "invalid_choice")]
    assert faults_of(partner.get(at(made, "deliveries"), {"stat": "x"})) == [("/stat", "unknown_parameter")]
    assert faults_of(partner.get(at(made, "deliveries"), {"cursor": "x"})) == [("/cursor", "bad_cursor")]


def test_each_try_is_listed_with_its_time_its_answer_and_how_long_it_took(partner):
    made = create(partner)
    [row] = deliver_to(made)
    began = timezone.now()
    Attempt.objects.create(
        delivery=row,
        number=1,
        started_at=began,
        finished_at=began + timedelta(seconds=1, milliseconds=250),
        verdict="transient",
        status_code=503,
        excerpt="HTTP 503 busy",
    )
    Attempt.objects.create(delivery=row, number=2, started_at=began + timedelta(seconds=9))
    [shown] = partner.get(at(made, "deliveries")).json()["results"]
    assert shown["tries"] == [
        {
            "number": 2,
            "at": moment(began + timedelta(seconds=9)),
            "milliseconds": None,
            "status_code": None,
            "outcome": "",
            "said": "",
        },
        {
            "number": 1,
            "at": moment(began),
            "milliseconds": 1250,
            "status_code": 503,
            "outcome": "transient",
            "said": "HTTP 503 busy",
        },
    ]


def test_a_delivery_keeps_its_type_when_its_body_is_cleared(partner):
    made = create(partner)
    deliver_to(made).update(body="")
    [row] = partner.get(at(made, "deliveries")).json()["results"]
    assert row["type"] == "correction.published"
    partner.write(at(made, "ping"))
    Delivery.objects.update(body="")
    assert [row["type"] for row in partner.get(at(made, "deliveries")).json()["results"]] == [
        "",
        "correction.published",
    ]


def test_a_hook_is_sent_again_with_the_same_id_and_body(partner):
    made = create(partner)
    [row] = deliver_to(made)
    body = row.body
    Delivery.objects.filter(pk=row.pk).update(state="dead", attempts=9, crashes=3)
    answer = partner.write(at(made, "deliveries", str(row.uuid), "redeliver"))
    row.refresh_from_db()
    assert (answer.status_code, answer.json()["id"], answer.json()["state"]) == (202, str(row.uuid), "pending")
    assert (row.state, row.body, row.crashes) == ("pending", body, 0)


def test_what_is_being_sent_or_no_longer_kept_is_not_sent_again(partner):
    made = create(partner)
    rows = deliver_to(made)
    url = at(made, "deliveries", str(rows[0].uuid), "redeliver")
    rows.update(state="leased", lease_token=uuid.uuid4(), lease_until=timezone.now())
    busy = partner.write(url)
    assert (busy.status_code, busy.json()["code"]) == (409, "being_sent")
    rows.update(state="sent", sent_at=timezone.now(), body="")
    cleared = partner.write(url)
    assert (cleared.status_code, cleared.json()["code"]) == (409, "cleared")


def test_a_ping_is_owed_and_listed(partner):
    made = create(partner)
    answer = partner.write(at(made, "ping"))
    assert (answer.status_code, answer.json()["type"], answer.json()["state"]) == (202, "endpoint.ping", "pending")
    [row] = partner.get(at(made, "deliveries")).json()["results"]
    assert row == answer.json()


def test_the_fourth_ping_that_would_wait_is_refused(partner):
    made = create(partner)
    assert [partner.write(at(made, "ping")).status_code for _ in range(3)] == [202] * 3
    refused = partner.write(at(made, "ping"))
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_pings")
    assert Delivery.objects.count() == 3


def test_the_next_attempt_is_told_with_the_rest_of_the_endpoint_counted_in(partner):
    made = create(partner)
    deliver_to(made)
    Endpoint.objects.update(ready_at=timezone.now() + timedelta(minutes=30))
    [row] = partner.get(at(made, "deliveries")).json()["results"]
    assert row["next_attempt_at"] == Endpoint.objects.get().ready_at.isoformat().replace("+00:00", "Z")


def test_a_rotated_secret_is_shown_once_and_both_sign_for_a_day(partner):
    made = create(partner)
    [row] = deliver_to(made)
    answer = partner.write(at(made, "rotate-secret"))
    assert answer.status_code == 200
    assert set(answer.json()) == {"secret", "previous_until"}
    assert answer.json()["secret"] != made["secret"]
    assert answer["Cache-Control"] == "no-store"
    endpoint = Endpoint.objects.get()
    headers = channels.signed_headers(str(row.uuid), row.body.encode(), channels.secrets_of(endpoint))
    for secret in (made["secret"], answer.json()["secret"]):
        assert Webhook(secret).verify(row.body, headers)["type"] == "correction.published"
    again = partner.write(at(made, "rotate-secret"))
    assert (again.status_code, again.json()["code"], again["Content-Type"]) == (
        409,
        "two_secrets",
        "application/problem+json",
    )


@pytest.mark.parametrize("move", ["ping", "rotate-secret"])
def test_a_move_takes_no_members(partner, move):
    made = create(partner)
    assert faults_of(partner.write(at(made, move), {"x": 1})) == [("", "unknown_member")]
    assert faults_of(partner.write(at(made, move) + "?x=1")) == [("/x", "unknown_parameter")]


@pytest.mark.parametrize("move", ["ping", "rotate-secret"])
def test_a_move_sent_twice_with_one_key_is_done_once(partner, move):
    made = create(partner)
    first, again = (partner.write(at(made, move), **{"idempotency-key": "one"}) for _ in range(2))
    assert again.json() == first.json()
    without = partner.write(at(create(partner), move), **{"idempotency-key": None})
    assert without.status_code == first.status_code


# rights


def every_call(client, endpoint, delivery):
    return {
        "list": client.get(ENDPOINTS),
        "create": client.write(ENDPOINTS, {"url": URL}),
        "read": client.get(at(endpoint)),
        "change": client.patch(at(endpoint), {"types": []}, format="json"),
        "deliveries": client.get(at(endpoint, "deliveries")),
        "redeliver": client.write(at(endpoint, "deliveries", str(delivery), "redeliver")),
        "ping": client.write(at(endpoint, "ping")),
        "rotate": client.write(at(endpoint, "rotate-secret")),
        "delete": client.delete(at(endpoint)),
    }


def test_without_a_key_everything_is_401_and_without_the_scope_403(partner):
    made = create(partner)
    [row] = deliver_to(made)
    before = Endpoint.objects.values().get()
    for client, status, code in (
        (Client(), 401, "not_authenticated"),
        (client_of(organization=partner.organization, scopes=["events:read"]), 403, "not_allowed"),
    ):
        for name, answer in every_call(client, made, row.uuid).items():
            assert (name, answer.status_code, answer.json()["code"]) == (name, status, code)
    assert Client().get(EVENTS).status_code == 401
    assert client_of(scopes=["webhooks:manage"]).get(EVENTS).status_code == 403
    assert Endpoint.objects.values().get() == before


def test_what_is_someone_elses_is_not_there(partner):
    daily = make_publication()
    own = create(client_of(daily))
    made = create(partner)
    [row] = deliver_to(made)
    before = list(Endpoint.objects.order_by("pk").values())
    strangers = [
        (client_of(), made),
        (client_of(daily), made),
        (partner, own),
        (client_of(make_publication()), own),
        (client_of(organization=partner.organization, test=True), made),
    ]
    for client, endpoint in strangers:
        for name, answer in every_call(client, endpoint, row.uuid).items():
            if name not in {"list", "create"}:
                assert (name, answer.status_code, answer.json()["code"]) == (name, 404, "not_found")
    assert [row["id"] for row in partner.get(ENDPOINTS).json()["results"] if row["id"] == own["id"]] == []
    kept = Endpoint.objects.filter(pk__in=[row["id"] for row in before])
    assert list(kept.order_by("pk").values()) == before


def test_a_delivery_to_another_endpoint_of_mine_is_not_this_ones(partner):
    made, other = create(partner), create(partner)
    row = deliver_to(made)[0]
    assert partner.write(at(other, "deliveries", str(row.uuid), "redeliver")).status_code == 404


def test_an_id_that_is_no_id_is_not_found(partner):
    assert partner.get(f"{ENDPOINTS}1/").status_code == 404
    assert partner.get(f"{ENDPOINTS}{uuid.uuid4()}/").json()["code"] == "not_found"


def test_a_key_that_writes_too_much_waits(settings):
    settings.THROTTLES = {**settings.THROTTLES, "key-write": (1, 3600)}
    client = client_of()
    create(client)
    answer = client.write(ENDPOINTS, {"url": URL})
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert 1 <= int(answer["Retry-After"]) <= 3600


# events


def pulled(client, **parameters):
    answer = client.get(EVENTS, parameters)
    assert answer.status_code == 200, answer.content
    return answer.json()


def types_of(client):
    return [row["type"] for row in pulled(client, page_size=100)["results"]]


def test_what_is_pulled_is_what_the_hook_says(partner):
    made = create(partner)
    cms = client_of(make_publication())
    hooked = create(cms)
    correction = make_correction(status="published")
    plan_due()
    for client, endpoint in ((partner, made), (cms, hooked)):
        [row] = Delivery.objects.filter(endpoint__public_id=endpoint["id"])
        [event] = pulled(client)["results"]
        position = event.pop("position")
        assert event == json.loads(row.body)
        assert Position.objects.get(event=row.event).number == position
    assert event == {
        "type": "correction.published",
        "timestamp": event["timestamp"],
        "data": {
            "reference": correction.reference,
            "status": "published",
            "articles": [correction.main_article.reference],
            "url": f"http://testserver/api/v1/corrections/{correction.reference}/",
            "kind": "correction",
            "severity": "low",
            "effect": None,
        },
    }


def test_pulling_and_hooks_tell_the_same_owner_the_same_events():
    daily, other = make_publication(), make_publication()
    clients = [client_of(), client_of(daily), client_of(other)]
    hooks = [create(client) for client in clients]
    report = make_report(daily)
    correction = make_correction(daily, status="published")
    make_correction(other, status="awaiting_approval")
    notices.suppress(correction, by=make_staff(daily, "legal"), words="Order 7")
    with transaction.atomic():
        agreed = log.record("license_request.agreed", report, by=THE_CLOCK, organization=clients[0].organization)
    plan_due()
    for client, hook in zip(clients, hooks, strict=True):
        rows = Delivery.objects.filter(endpoint__public_id=hook["id"]).order_by("event__position__number")
        bodies = [json.loads(row.body) for row in rows]
        events = pulled(client, page_size=100)["results"]
        assert [{name: event[name] for name in ("type", "timestamp", "data")} for event in events] == bodies
    assert types_of(clients[0]) == ["correction.published", "correction.gone", "license_request.agreed"]
    assert types_of(clients[1]) == [
        "report.submitted",
        "correction.sent_for_approval",
        "correction.published",
        "correction.suppressed",
        "license_request.agreed",
    ]
    assert types_of(clients[2]) == ["correction.published", "correction.sent_for_approval", "correction.gone"]
    gone = pulled(clients[0])["results"][1]
    assert gone["data"] == {"reference": correction.reference}
    assert Event.objects.get(pk=agreed.pk).audience == "organization"
    assert types_of(client_of()) == ["correction.published", "correction.gone"]


def test_a_readers_words_and_address_never_leave_by_event():
    daily = make_publication()
    make_report(daily, claim="The secret claim.", email="rita@reader.example")
    plan_due()
    answer = client_of(daily).get(EVENTS)
    assert [row["type"] for row in answer.json()["results"]] == ["report.submitted"]
    assert [word for word in (b"secret", b"rita") if word in answer.content] == []


def test_a_test_key_pulls_tests_only():
    daily = make_publication()
    make_report(daily)
    with transaction.atomic():
        report = make_report(daily)
        report.test = True
        log.record("report.released", report, by=THE_CLOCK)
    plan_due()
    assert types_of(client_of(daily, test=True)) == ["report.released"]
    assert types_of(client_of(daily)) == ["report.submitted", "report.submitted"]


def test_reading_on_from_the_last_position_skips_and_repeats_nothing(partner):
    for _ in range(5):
        make_correction(status="published")
        make_report()
    plan_due()
    everything = [row["position"] for row in pulled(partner)["results"]]
    assert len(everything) == 5
    seen, after = [], 0
    while True:
        page = pulled(partner, after=after, page_size=2)
        seen += [row["position"] for row in page["results"]]
        after = page["position"]
        if page["next"] is None:
            break
        assert partner.get(page["next"]).json() == pulled(partner, after=after, page_size=2)
    assert seen == everything == sorted(everything)
    assert after == Position.objects.order_by("-number").first().number
    assert pulled(partner, after=after) == {"next": None, "previous": None, "results": [], "position": after}
    make_correction(status="published")
    assert pulled(partner, after=after)["results"] == []
    plan_due()
    assert len(pulled(partner, after=after)["results"]) == 1


@pytest.mark.parametrize(
    ("parameters", "pointer", "code"),
    [
        ({"after": "-1"}, "/after", "whole_number"),
        ({"after": "x"}, "/after", "whole_number"),
        ({"after": ""}, "/after", "whole_number"),
        ({"after": "٣"}, "/after", "whole_number"),
        ({"after": str(2**63)}, "/after", "whole_number"),
        ({"after": "9" * 40}, "/after", "whole_number"),
        ({"page_size": "101"}, "/page_size", "page_size"),
        ({"page_size": "0"}, "/page_size", "page_size"),
        ({"cursor": "x"}, "/cursor", "unknown_parameter"),
        ({"type": "correction.published"}, "/type", "unknown_parameter"),
    ],
)
def test_what_is_no_position_is_refused(partner, parameters, pointer, code):
    assert faults_of(partner.get(EVENTS, parameters)) == [(pointer, code)]


def test_the_largest_position_is_one(partner):
    assert pulled(partner, after=2**63 - 1)["results"] == []


def test_lists_cost_the_same_for_one_and_for_thirty(partner):
    made = create(partner)

    def cost(url):
        with CaptureQueriesContext(connection) as queries:
            answer = partner.get(url, {"page_size": 100})
        return len(queries), len(answer.json()["results"])

    urls = (ENDPOINTS, at(made, "deliveries"), EVENTS)
    deliver_to(made)
    partner.get(ENDPOINTS)  # notes that the key was used, once an hour
    before = [cost(url) for url in urls]
    for _ in range(29):
        make_correction(article=make_article(make_publication()), status="published")
    for _ in range(19):
        create(partner)
    plan_due()
    after = [cost(url) for url in urls]
    assert [count for _queries, count in before] == [1, 1, 1]
    assert [count for _queries, count in after] == [20, 30, 30]
    assert [queries for queries, _count in after] == [queries for queries, _count in before]
