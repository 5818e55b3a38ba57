"""Test mode: an integration is tried to the end, on a clock that its owner moves, and nobody else feels it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from newsroom.events import endpoints, planning
from newsroom.events.models import Delivery, Event
from reprints.models import Invoice, License, LicenseRequest, Quote
from reprints.services import clock, trying
from tests.factories import verified
from tests.reprints import billing
from tests.reprints import factories as make
from tests.reprints.api.conftest import Client, faults, refused

pytestmark = pytest.mark.django_db
CLOCK = "test/clock/"


@pytest.fixture
def tester(partner):
    return Client(partner.organization, test=True)


def move(tester, **step):
    answer = tester.post(CLOCK, {"advance": step})
    assert answer.status_code == 200, answer.content
    tester.organization.refresh_from_db()
    return answer.json()


def test_the_clock_is_read_moved_and_set_back(tester):
    with time_machine.travel("2026-11-23T10:00:00Z", tick=False):
        assert tester.get(CLOCK).json() == {
            "now": "2026-11-23T10:00:00Z",
            "ahead_seconds": 0,
            "done": {},
            "test": True,
        }
        assert move(tester, days=30, hours=2)["now"] == "2026-12-23T12:00:00Z"
        assert tester.get(CLOCK).json()["ahead_seconds"] == 30 * 86_400 + 7200
        assert move(tester, days=1)["now"] == "2026-12-24T12:00:00Z"
        assert tester.post(CLOCK, {"reset": True}).json()["now"] == "2026-11-23T10:00:00Z"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"advance": {"days": 0}}, "too_small"),
        ({"advance": {}}, "too_small"),
        ({"advance": {"days": -1}}, "min_value"),
        ({"advance": {"days": 401}}, "max_value"),
        ({"advance": {"days": 400, "hours": 24}}, "too_large"),
        ({"advance": {"days": 1.5}}, None),
        ({"advance": {"days": True}}, None),
        ({"advance": {"weeks": 1}}, "unknown_member"),
        ({"advance": {"days": 1}, "reset": True}, "contradiction"),
        ({}, "contradiction"),
        ({"now": "2027-01-01T00:00:00Z"}, None),
    ],
)
def test_what_is_no_step_forward_is_refused(tester, body, code):
    found = faults(tester.post(CLOCK, body))
    assert code is None or code in {entry[1] for entry in found}, found
    tester.organization.refresh_from_db()
    assert tester.organization.test_clock_seconds == 0


def test_ten_years_are_enough(tester):
    type(tester.organization).objects.update(test_clock_seconds=3600 * 86_400)
    assert faults(tester.post(CLOCK, {"advance": {"days": 100}})) == [("/advance", "too_large")]


def test_a_live_key_has_no_test_mode(partner, tester, story):
    held = partner.licensed(story)[0]["number"]
    assert refused(partner.get(CLOCK)) == (403, "test_only")
    assert refused(partner.post(CLOCK, {"advance": {"days": 1}})) == (403, "test_only")
    assert refused(partner.post("test/corrections/", {"license": held}, once="c")) == (403, "test_only")
    assert refused(tester.post("test/corrections/", {"license": held}, once="c")) == (404, "not_found")
    assert tester.post("test/corrections/", {"license": held}).status_code == 400  # Idempotency-Key


def test_a_quote_expires_on_the_test_clock_and_a_new_one_is_good_from_there(partner, tester, story):
    live, _etag = partner.quoted(story)
    quote, etag = tester.quoted(story)
    Quote.objects.update(valid_until=timezone.now() + timedelta(days=4) - timedelta(hours=1))
    move(tester, days=4)
    assert tester.get(f"quotes/{quote['reference']}/").json()["status"] == "expired"
    assert [row["reference"] for row in tester.get("quotes/?status=expired").json()["results"]] == [quote["reference"]]
    late = tester.post(f"quotes/{quote['reference']}/accept/", tester.signed(quote), match=etag)
    assert refused(late)[1] in {"expired", "stale"}
    assert partner.get(f"quotes/{live['reference']}/").json()["status"] == "open"
    starts = (timezone.now() + timedelta(days=40)).date().isoformat()
    ends = (timezone.now() + timedelta(days=80)).date().isoformat()
    again, etag = tester.quoted(story, starts_on=starts, ends_on=ends)
    assert again["status"] == "open"
    assert tester.post(f"quotes/{again['reference']}/accept/", tester.signed(again), match=etag).status_code == 200


def test_a_license_begins_is_told_that_it_ends_and_ends_by_moving_the_clock(partner, tester, story):
    day = timezone.now().astimezone(story.publication.zone).date()
    dates = {"starts_on": str(day + timedelta(days=3)), "ends_on": str(day + timedelta(days=35))}
    number = tester.licensed(story, **dates)[0]["number"]
    mine = partner.licensed(story, **dates)[0]["number"]

    def standing(who, which):
        return who.get(f"licenses/{which}/").json()["effective_status"]

    assert standing(tester, number) == "scheduled"
    move(tester, days=4)
    assert (standing(tester, number), standing(partner, mine)) == ("active", "scheduled")
    assert move(tester, days=32)["done"] == {"expiring": 3, "expired": 1}
    assert standing(tester, number) == "expired"
    kinds = Event.objects.filter(subject_reference=number, test=True).values_list("kind", flat=True)
    assert list(kinds) == ["license.issued", *["license.expiring"] * 3, "license.expired"]
    told = Event.objects.filter(kind="license.expiring", subject_reference=number).order_by("pk")
    assert [event.data["days"] for event in told] == [30, 7, 1]
    assert not Event.objects.filter(subject_reference=mine, kind__in=["license.expiring", "license.expired"]).exists()
    renewed = tester.post(f"licenses/{number}/renew/", {}, once="renew").json()
    assert renewed["items"][0]["starts_on"] >= str(day + timedelta(days=36))


def test_a_correction_is_told_becomes_overdue_and_is_answered(tester, story):
    endpoint = verified(endpoints.create(tester.organization, url="https://hooks.partner.example/test", test=True)[0])
    number = tester.licensed(story)[0]["number"]
    move(tester, days=4)
    made = tester.post("test/corrections/", {"license": number, "kind": "retraction"}, once="c1")
    notice = made.json()
    assert (made.status_code, notice["status"], notice["kind"], notice["test"]) == (201, "open", "retraction", True)
    assert notice["overdue"] is False
    planning.plan_due()
    told = [row.event.kind for row in Delivery.objects.filter(endpoint=endpoint).select_related("event")]
    assert told.count("update_notice.opened") == 1
    assert Delivery.objects.filter(channel="email").count() == 0
    assert move(tester, hours=13)["done"] == {"notices_reminded": 1}
    assert move(tester, days=4)["done"] == {"overdue": 1, "escalated": 1}
    marks = Event.objects.filter(subject_reference=notice["reference"]).values_list("kind", flat=True)
    assert list(marks) == [f"update_notice.{word}" for word in ("opened", "reminded", "overdue", "escalated")]
    path = f"update-notices/{notice['reference']}/"
    assert tester.get(path).json()["overdue"] is True
    answered = tester.post(f"{path}acknowledge/", {"action": "removed"})
    assert (answered.status_code, answered.json()["status"]) == (200, "acknowledged")
    assert story.revision == 1
    text = tester.get(f"licenses/{number}/content/")
    assert text.status_code == 200


def test_a_correction_can_be_answered_with_the_corrected_text(tester, story):
    number = tester.licensed(story)[0]["number"]
    notice = tester.post("test/corrections/", {"license": number}, once="c1").json()
    assert (notice["kind"], notice["revision"]) == ("correction", 1)
    answer = tester.post(f"update-notices/{notice['reference']}/acknowledge/", {"action": "replaced"})
    assert answer.json()["status"] == "acknowledged"
    assert faults(tester.post("test/corrections/", {"license": number, "kind": "x"}, once="c2"))[0][0] == "/kind"


def test_an_ended_license_hears_of_no_correction(tester, story):
    day = timezone.now().astimezone(story.publication.zone).date()
    number = tester.licensed(story, starts_on=str(day), ends_on=str(day + timedelta(days=3)))[0]["number"]
    License.objects.filter(reference=number).update(archival=False)
    move(tester, days=5)
    assert refused(tester.post("test/corrections/", {"license": number}, once="c")) == (409, "not_in_force")


def test_money_arrives_where_one_pays_first(story):
    organization = make.make_organization(payment_terms="prepay")
    tester = Client(organization, test=True)
    quote, etag = tester.quoted(story)
    path = f"quotes/{quote['reference']}/"
    assert refused(tester.post("test/payments/", {"quote": quote["reference"]})) == (409, "not_accepted")
    number = tester.post(f"{path}accept/", tester.signed(quote), match=etag).json()["licenses"][0]
    assert tester.get(f"licenses/{number}/").json()["status"] == "pending_payment"
    paid = tester.post("test/payments/", {"quote": quote["reference"]})
    assert (paid.status_code, paid.json()) == (200, {"quote": quote["reference"], "licenses": [number], "test": True})
    assert tester.get(f"licenses/{number}/").json()["status"] == "active"
    assert LicenseRequest.objects.get().status == "fulfilled"
    assert refused(tester.post("test/payments/", {"quote": quote["reference"]})) == (409, "nothing_outstanding")


def test_an_invoice_of_the_test_series_becomes_overdue_and_is_paid():
    days = {"invoice_due_days": 2, "suspend_after_overdue_days": 5}
    publication = billing.billing_publication(is_default=True, settings=days)
    tester = Client(billing.a_partner(), test=True)
    quote, etag = tester.quoted(make.make_article(publication))
    answer = tester.post(f"quotes/{quote['reference']}/accept/", tester.signed(quote), match=etag).json()
    invoice = tester.get(f"invoices/{answer['invoice']}/").json()
    assert (invoice["number"][:9], invoice["test"], invoice["overdue"]) == ("TEST-INV-", True, False)
    assert move(tester, days=4)["done"] == {"invoices_reminded": 1}
    assert tester.get(f"invoices/{answer['invoice']}/").json()["overdue"] is True
    assert move(tester, days=4)["done"]["invoices_suspended"] == 1
    assert tester.get(f"licenses/{answer['licenses'][0]}/").json()["status"] == "suspended"
    assert tester.post("test/payments/", {"quote": quote["reference"]}).status_code == 200
    assert Invoice.objects.get().status == "paid"
    assert tester.get(f"licenses/{answer['licenses'][0]}/").json()["status"] == "active"


def test_the_clocks_of_others_and_live_records_do_not_move(partner, other, tester, story):
    neighbor = Client(other.organization, test=True)
    theirs, _etag = neighbor.quoted(story)
    live, _etag = partner.quoted(story)
    mine, _etag = tester.quoted(story)
    Quote.objects.update(valid_until=timezone.now() + timedelta(days=3))
    move(tester, days=5)
    assert neighbor.get(CLOCK).json()["ahead_seconds"] == 0
    assert neighbor.get(f"quotes/{theirs['reference']}/").json()["status"] == "open"
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        clock.tick(timezone.now())
    stands = dict(LicenseRequest.objects.values_list("quotes__reference", "status"))
    assert stands == {theirs["reference"]: "quoted", live["reference"]: "quoted", mine["reference"]: "lapsed"}


def test_the_machine_that_plays_the_desk_touches_no_live_record(partner, story):
    held = License.objects.get(reference=partner.licensed(story)[0]["number"])
    for attempt in (lambda: trying.correct(held, kind="correction"), lambda: trying.pay(held.quote)):
        with pytest.raises(trying.Conflict) as refusal:
            attempt()
        assert refusal.value.code == "not_a_test"


def test_a_long_jump_asks_no_more_than_a_few_queries_a_day(tester, story, django_assert_max_num_queries):
    tester.licensed(story)
    with django_assert_max_num_queries(15 * 20):
        move(tester, days=15)


def test_a_clock_without_records_is_moved_at_once(tester, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        assert move(tester, days=400)["done"] == {}


def decide(tester, **body):
    return tester.post("test/decisions/", body)


@pytest.mark.parametrize(("price", "code"), [("250.001", "too_precise"), (250, "not_string")])
def test_a_price_that_cannot_be_is_refused_at_the_member_that_was_sent(tester, story, price, code):
    asked = tester.asked(make.item(story, use="ai_train", ai_purposes=["train"]))
    answer = decide(tester, request=asked["reference"], decision="quote", price=price)
    assert faults(answer) == [("/price", code)]


def test_the_desk_that_is_none_quotes_what_a_person_would_and_the_way_goes_on_to_the_end(tester, story):
    asked = tester.asked(make.item(story, use="ai_train", ai_purposes=["train"]))
    assert (asked["lane"], asked["status"]) == ("manual", "submitted")
    answer = decide(tester, request=asked["reference"], decision="quote", price="250.00", words="As we said.")
    told = answer.json()
    assert (answer.status_code, told["reference"], told["status"], told["test"]) == (
        200,
        asked["reference"],
        "quoted",
        True,
    )
    quote = tester.get(f"quotes/{told['quote']}/")
    assert (quote.json()["net"]["amount"], quote.json()["status"]) == ("250.00", "open")
    path = f"quotes/{told['quote']}/accept/"
    accepted = tester.post(path, tester.signed(quote.json()), match=quote["ETag"]).json()
    number = accepted["licenses"][0]
    assert tester.get(f"licenses/{number}/").json()["status"] == "active"
    for decision, status in (("suspend", "suspended"), ("reinstate", "active"), ("revoke", "revoked")):
        assert decide(tester, license=number, decision=decision).json()["status"] == status
    held = tester.get(f"licenses/{number}/").json()
    assert (held["end_reason"], held["end_words"][:15], held["removal_deadline"] is not None) == (
        "breach",
        "This is a test.",
        True,
    )
    kinds = set(Event.objects.filter(test=True).values_list("kind", flat=True))
    assert {"license_request.quoted", "license.suspended", "license.reinstated", "license.revoked"} <= kinds
    assert Delivery.objects.filter(channel="email").count() == 0


def test_without_a_price_it_costs_what_the_card_says_else_a_hundred(tester, story):
    asked = tester.asked(make.item(story, exclusivity="full"), make.item(story, use="other"))
    quote = decide(tester, request=asked["reference"], decision="quote").json()["quote"]
    prices = [line["price"]["amount"] for line in tester.get(f"quotes/{quote}/").json()["lines"]]
    assert (len(prices), prices[1]) == (2, "100.00")


def test_a_question_is_answered_and_a_decline_says_why(tester, story):
    asked = tester.asked(make.item(story, exclusivity="full"))["reference"]
    assert decide(tester, request=asked, decision="ask", words="Which edition?").json()["status"] == "needs_info"
    thread = tester.get(f"license-requests/{asked}/messages/").json()["results"]
    assert [row["words"] for row in thread] == ["Which edition?"]
    assert tester.post(f"license-requests/{asked}/reply/", {"words": "The first."}).status_code == 200
    assert decide(tester, request=asked, decision="decline").json()["status"] == "declined"
    assert refused(decide(tester, request=asked, decision="quote")) == (409, "conflict")


def test_a_suspension_until_a_day_ends_by_the_clock(tester, story):
    number = tester.licensed(story)[0]["number"]
    until = (timezone.now().date() + timedelta(days=4)).isoformat()
    assert decide(tester, license=number, decision="suspend", until=until).json()["status"] == "suspended"
    assert tester.get(f"licenses/{number}/").json()["suspended_until"] == until
    assert move(tester, days=5)["done"]["reinstated"] == 1
    assert tester.get(f"licenses/{number}/").json()["status"] == "active"


CANNOT_BE_MEANT = [
    ({"decision": "quote"}, ("", "contradiction")),
    ({"decision": "quote", "request": "{r}", "license": "{l}"}, ("", "contradiction")),
    ({"decision": "revoke", "request": "{r}"}, ("/decision", "wrong_decision")),
    ({"decision": "quote", "license": "{l}"}, ("/decision", "wrong_decision")),
    ({"decision": "dance", "request": "{r}"}, ("/decision", "invalid_choice")),
    ({"decision": "ask", "request": "{r}", "price": "10"}, ("/price", "contradiction")),
    ({"decision": "revoke", "license": "{l}", "until": "2030-01-01"}, ("/until", "contradiction")),
    ({"decision": "quote", "request": "{r}", "price": "-1"}, ("/price", "invalid")),
    ({"decision": "quote", "request": "{r}", "price": 10**12}, ("/price", "not_string")),
    ({"decision": "quote", "request": "{r}", "more": 1}, ("/more", "unknown_member")),
    ({"decision": "suspend", "license": "{l}", "until": "2020-01-01"}, ("/until", "past_date")),
]


def test_a_decision_that_cannot_be_meant_is_refused_at_its_place(tester, story):
    number = tester.licensed(story)[0]["number"]
    asked = tester.asked(make.item(story, exclusivity="full"))["reference"]
    for body, fault in CANNOT_BE_MEANT:
        said = {
            name: value.format(r=asked, l=number) if isinstance(value, str) else value for name, value in body.items()
        }
        assert fault in faults(decide(tester, **said)), body


def test_the_desk_that_is_none_decides_nothing_live_and_nothing_of_others(partner, other, tester, story):
    held = partner.licensed(story)[0]["number"]
    live = partner.asked(make.item(story, exclusivity="full"))["reference"]
    theirs = Client(other.organization, test=True).asked(make.item(story, exclusivity="full"))["reference"]
    for body in ({"request": live}, {"request": theirs}, {"request": "LR-22222222-2"}, {"request": "x"}):
        assert refused(decide(tester, decision="quote", **body)) == (404, "not_found")
    assert refused(decide(tester, decision="revoke", license=held)) == (404, "not_found")
    assert refused(decide(partner, decision="quote", request=live)) == (403, "test_only")


def test_what_a_test_makes_is_of_a_series_of_its_own_and_says_so(partner, anyone, tester, story):
    mine, live = tester.licensed(story)[0], partner.licensed(story)[0]
    references = [mine["number"], mine["quote"], mine["request"]]
    assert {reference.partition("-")[2][0] for reference in references} == {"T"}
    assert "T" not in {live[name].partition("-")[2][0] for name in ("number", "quote", "request")}
    assert anyone.get(f"licenses/{mine['number']}/status/").json()["status"] == "test"
    assert anyone.get(f"licenses/{live['number']}/status/").json()["status"] == "valid"


def test_a_test_license_shows_the_beginning_of_the_text_marked_as_a_test(partner, tester, story):
    body = " ".join(f"word{number}" for number in range(500))
    story.revisions.update(body=body)
    mine, live = tester.licensed(story)[0]["number"], partner.licensed(story)[0]["number"]
    for form in ("html", "text"):
        text = tester.get(f"licenses/{mine}/content/?as={form}").content.decode()
        assert ("word39 […]" in text, "word40" in text, f"TEST: {mine} is a test license" in text) == (
            True,
            False,
            True,
        )
        assert "TEST · Ann Reporter" in text
        assert "TEST" not in partner.get(f"licenses/{live}/content/?as={form}").content.decode()
    ninjs = tester.get(f"licenses/{mine}/content/?as=ninjs").json()
    assert (ninjs["representationType"], ninjs["copyrightNotice"][:4], ninjs["edNote"][:5]) == (
        "partial",
        "TEST",
        "TEST:",
    )
    assert "word40" not in str(ninjs)
    assert "word499" in str(partner.get(f"licenses/{live}/content/?as=ninjs").json())
