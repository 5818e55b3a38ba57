"""What may be sent to the licensing desk, and what it says to everything else."""

import json
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from newsroom.accounts.models import Organization
from newsroom.accounts.scopes import PARTNER
from newsroom.api.models import IdempotencyRecord
from newsroom.events import planning
from newsroom.events.models import Event
from reprints.models import LicenseRequest, PriceRule, Quote
from reprints.services import asking
from reprints.services.checking import countries
from tests.reprints import factories as make
from tests.reprints.api.conftest import Client, faults, refused
from tests.reprints.many import many_like

pytestmark = pytest.mark.django_db


def a_request(article, **values):
    return {"items": [make.item(article, **values)]}


@pytest.mark.parametrize(
    ("values", "pointer", "code"),
    [
        ({"territory": ["US"] * 300}, "/territory", "too_many"),
        ({"territory": ["US", "ZZ"]}, "/territory/1", "unknown_country"),
        ({"territory": []}, "/territory", "required"),
        ({"territory": "US"}, "/territory", "wrong_type"),
        ({"territory": [7]}, "/territory/0", "wrong_type"),
        ({"quantity": 0}, "/quantity", "too_small"),
        ({"quantity": -5}, "/quantity", "too_small"),
        ({"quantity": 10**12}, "/quantity", "too_large"),
        ({"quantity": "5000"}, "/quantity", "wrong_type"),
        ({"quantity": 1.5}, "/quantity", "wrong_type"),
        ({"quantity": True}, "/quantity", "wrong_type"),
        ({"starts_on": "2030-02-01", "ends_on": "2030-01-01"}, "/ends_on", "reversed_dates"),
        ({"starts_on": "2020-01-01"}, "/starts_on", "past_date"),
        ({"starts_on": "tomorrow"}, "/starts_on", "bad_date"),
        ({"starts_on": 20300101}, "/starts_on", "bad_date"),
        ({"ends_on": None}, "/ends_on", "required"),
        ({"ends_on": "2999-12-31"}, "/ends_on", "too_large"),
        ({"perpetual": True}, "/ends_on", "contradiction"),
        ({"languages": ["en", "nicht eine Sprache"]}, "/languages/1", "unknown_language"),
        ({"use": "steal"}, "/use", "unknown_use"),
        ({"use": None}, "/use", "required"),
        ({"portion": "excerpt"}, "/excerpt_text", "required"),
        ({"exclusivity": ["none"]}, "/exclusivity", "unknown_value"),
        ({"placement_urls": ["https://p.ex/1"] * 10_000}, "/placement_urls", "too_many"),
        ({"placement_urls": ["javascript:alert(1)"]}, "/placement_urls/0", "bad_url"),
        ({"article_url": "https://elsewhere.example/x"}, "/article_url", "unknown_article"),
        ({"article_url": None}, "/article_url", "required"),
        ({"article_url": {"url": "x"}}, "/article_url", "required"),
        ({"surprise": 1}, "/surprise", "unknown_member"),
    ],
)
def test_an_item_that_cannot_be_meant_is_refused_at_its_place(story, partner, anyone, values, pointer, code):
    body = a_request(story, **values)
    asked = partner.post("license-requests/", body, once="bad")
    assert (f"/items/0{pointer}", code) in faults(asked)
    assert asked.json()["errors"] == anyone.post("license-requests/estimate/", body).json()["errors"]
    assert (LicenseRequest.objects.count(), Event.objects.count(), IdempotencyRecord.objects.count()) == (0, 0, 0)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/items", "required"),
        ({"items": []}, "/items", "required"),
        ({"items": "all"}, "/items", "required"),
        ({"items": None}, "/items", "required"),
        ([], "", "wrong_type"),
        ("text", "", "wrong_type"),
        (7, "", "wrong_type"),
    ],
)
def test_a_body_without_items_is_refused(daily, partner, body, pointer, code):
    assert faults(partner.post("license-requests/", body, once="bad")) == [(pointer, code)]


@pytest.mark.parametrize(
    ("members", "pointer", "code"),
    [
        ({"currency": "EUR"}, "/currency", "currency_mismatch"),
        ({"currency": "XX1"}, "/currency", "unknown_currency"),
        ({"currency": 5}, "/currency", "wrong_type"),
        ({"deadline": "2020-01-01"}, "/deadline", "past_date"),
        ({"organization_type": "pirate"}, "/organization_type", "unknown_value"),
        ({"po_number": "x" * 61}, "/po_number", "too_long"),
        ({"note": "\u0000"}, "/note", "not_text"),
        ({"surprise": 1}, "/surprise", "unknown_member"),
        ({"reference": "LR-22222222-2"}, "/reference", "unknown_member"),
    ],
)
def test_the_members_around_the_items_are_checked_too(story, partner, members, pointer, code):
    answer = partner.post("license-requests/", {**a_request(story), **members}, once="bad")
    assert faults(answer) == [(pointer, code)]


def test_every_fault_is_named_at_once(story, partner):
    body = {"items": [make.item(story, quantity=0), make.item(story, territory=["ZZ"])], "currency": "EUR"}
    assert faults(partner.post("license-requests/", body, once="bad")) == [
        ("/currency", "currency_mismatch"),
        ("/items/0/quantity", "too_small"),
        ("/items/1/territory/0", "unknown_country"),
    ]


def test_the_same_item_twice_is_refused_at_its_place_and_charged_once(story, partner, anyone):
    item, placed = make.item(story), {"placement_urls": ["https://partner.example.com/story"]}
    for again in (item, {**item, "article_url": f"{story.url}?utm_source=x"}, {**item, **placed}):
        twice = {"items": [item, make.item(story, use="republish_print"), again]}
        assert faults(anyone.post("license-requests/estimate/", twice)) == [("/items/2", "duplicate")]
        assert faults(partner.post("license-requests/", twice, once="bad")) == [("/items/2", "duplicate")]
    assert LicenseRequest.objects.count() == 0
    kept = partner.post("license-requests/", {"items": [item, {**item, "territory": ["CA"]}]}, once="good")
    assert (kept.status_code, len(kept.json()["items"])) == (201, 2)


def test_fifty_one_items_are_too_many(story, partner):
    assert faults(partner.ask(*[make.item(story)] * 51)) == [("/items", "too_many")]


def test_the_whole_list_of_countries_is_taken(story, anyone):
    answer = anyone.post("license-requests/estimate/", a_request(story, territory=sorted(countries())))
    assert (answer.status_code, answer.json()["lane"]) == (200, "priced")


def test_a_canceled_article_is_not_licensed_and_a_withheld_one_goes_to_a_person(daily, partner):
    gone = make.make_article(daily, desk_status="canceled")
    held = make.make_article(daily, desk_status="withheld")
    assert faults(partner.ask(make.item(gone))) == [("/items/0/article_url", "not_usable")]
    assert partner.asked(make.item(held))["lane"] == "manual"


def test_articles_of_two_publications_need_two_requests(story, partner):
    weekly = make.make_article(make.make_publication())
    assert faults(partner.ask(make.item(story), make.item(weekly, ends_on="2027-01-01"))) == [
        ("/items/1/article_url", "other_publication")
    ]


def test_where_no_publication_is_set_up_every_article_is_unknown(db, anyone):
    body = {"items": [{"article_url": "https://daily.example/x", "use": "republish_web"}]}
    assert faults(anyone.post("license-requests/estimate/", body)) == [("/items/0/article_url", "unknown_article")]


def test_a_request_needs_an_idempotency_key_and_repeats_its_answer(story, partner):
    body = a_request(story)
    assert refused(partner.post("license-requests/", body)) == (400, "idempotency_key_required")
    first = partner.post("license-requests/", body, once="one")
    again = partner.post("license-requests/", body, once="one")
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert (again["Idempotency-Replayed"], again["ETag"]) == ("true", first["ETag"])
    place = f"http://testserver/api/v1/license-requests/{first.json()['reference']}/"
    assert (first["Location"], again["Location"], partner.get(place).json()) == (place, place, first.json())
    assert refused(partner.post("license-requests/", a_request(story, quantity=9), once="one")) == (
        422,
        "idempotency_key_reused",
    )
    assert LicenseRequest.objects.count() == 1


def test_a_refused_request_may_be_corrected_under_the_same_key(story, partner):
    assert partner.post("license-requests/", a_request(story, quantity=0), once="one").status_code == 422
    assert partner.post("license-requests/", a_request(story), once="one").status_code == 201


def test_a_message_and_a_renewal_create_something_and_need_the_key_too(story, partner):
    (license_,) = partner.licensed(story)
    messages = f"license-requests/{license_['request']}/messages/"
    assert refused(partner.post(messages, {"words": "Hello."})) == (400, "idempotency_key_required")
    assert refused(partner.post(f"licenses/{license_['number']}/renew/")) == (400, "idempotency_key_required")


def test_without_a_key_401_and_without_the_scope_403(story, partner, anyone):
    doors = {
        "requests:write": [
            ("post", "license-requests/"),
            ("patch", "license-requests/{r}/"),
            *[("post", f"license-requests/{{r}}/{move}/") for move in ("withdraw", "reopen", "reply", "messages")],
        ],
        "requests:read": [
            ("get", "license-requests/"),
            ("get", "license-requests/{r}/"),
            ("get", "license-requests/{r}/messages/"),
        ],
        "quotes:read": [("get", "quotes/"), ("get", "quotes/{q}/"), ("get", "quotes/{q}/pdf/")],
        "quotes:accept": [("post", "quotes/{q}/accept/"), ("post", "quotes/{q}/decline/")],
        "licenses:read": [
            *[("get", f"licenses/{path}") for path in ("", "{l}/", "{l}/odrl/", "{l}/content/")],
            *[("get", f"licenses/{{l}}/certificate.{kind}") for kind in ("pdf", "jws")],
            ("get", "invoices/"),
            ("get", "invoices/1/"),
            ("get", "invoices/1/pdf/"),
        ],
        "licenses:write": [("put", "licenses/{l}/placements/"), ("post", "licenses/{l}/renew/")],
        "updates:read": [("get", "update-notices/"), ("get", "update-notices/{l}/")],
        "updates:acknowledge": [("post", "update-notices/{l}/acknowledge/")],
    }
    quote, _etag = partner.quoted(story)
    names = {"r": quote["request"], "q": quote["reference"], "l": "L-22222222-2"}
    before = make.rows()
    for scope, calls in doors.items():
        narrow = Client(partner.organization, scopes=PARTNER - {scope})
        for method, path in calls:
            place = path.format(**names)
            for client, expected in ((narrow, (403, "not_allowed")), (anyone, (401, "not_authenticated"))):
                answer = client.get(place) if method == "get" else client.send(method, place)
                assert refused(answer) == expected, (method, place)
    assert make.rows() == before


def test_items_are_changed_with_the_version_that_was_read(story, partner, other):
    quote, _etag = partner.quoted(story)
    path = f"license-requests/{quote['request']}/"
    request = partner.get(path).json()
    items = [{**request["items"][0], "territory": ["US", "CA"]}]
    assert refused(partner.send("patch", path, {"items": items})) == (428, "precondition_required")
    assert refused(partner.send("patch", path, {"items": items}, match="*")) == (428, "precondition_required")
    assert refused(partner.send("patch", path, {"items": items}, match='"old"')) == (412, "stale")
    assert refused(other.send("patch", path, {"items": items}, match=request["etag"])) == (404, "not_found")
    changed = partner.send("patch", path, {"items": items}, match=request["etag"])
    assert (changed.status_code, changed.json()["status"], changed.json()["items"]) == (200, "quoted", items)
    assert changed["ETag"] == changed.json()["etag"] != request["etag"]
    first, second = changed.json()["quotes"]
    assert (partner.get(f"quotes/{first}/").json()["status"], first) == ("superseded", quote["reference"])
    assert partner.get(f"quotes/{second}/").json()["net"] == {"amount": "195.00", "currency": "USD"}
    assert refused(partner.send("patch", path, {"items": items}, match=request["etag"])) == (412, "stale")
    assert faults(partner.send("patch", path, {"items": items, "currency": "USD"}, match=changed["ETag"])) == [
        ("/currency", "unknown_member")
    ]


def test_what_is_agreed_is_not_edited(story, partner):
    (license_,) = partner.licensed(story)
    path = f"license-requests/{license_['request']}/"
    etag = partner.get(path)["ETag"]
    assert refused(partner.send("patch", path, {"items": [make.item(story)]}, match=etag)) == (409, "conflict")
    assert refused(partner.post(f"{path}withdraw/")) == (409, "conflict")


def test_a_move_on_an_older_version_is_refused_when_the_version_is_stated(story, partner):
    quote, etag = partner.quoted(story)
    path = f"license-requests/{quote['request']}/"
    assert refused(partner.post(f"{path}withdraw/", match='"old"')) == (412, "stale")
    assert refused(partner.post(f"quotes/{quote['reference']}/decline/", match='"old"')) == (412, "stale")
    declined = partner.post(f"quotes/{quote['reference']}/decline/", {"words": "Too dear."}, match=etag)
    assert (declined.status_code, declined.json()["status"]) == (200, "declined")
    assert partner.get(path).json()["status"] == "in_review"


def test_a_lapsed_request_is_reopened_for_thirty_days_and_a_date_is_promised_anew(story, partner, other):
    asked = partner.asked(make.item(story, exclusivity="full"))
    path = f"license-requests/{asked['reference']}/"
    assert refused(partner.post(f"{path}reopen/")) == (409, "conflict")
    closed = LicenseRequest.objects.filter(reference=asked["reference"])
    closed.update(status="lapsed", closed_at=timezone.now() - timedelta(days=30, minutes=1))
    assert refused(partner.post(f"{path}reopen/"))[0] == 409
    closed.update(closed_at=timezone.now() - timedelta(days=29))
    assert refused(other.post(f"{path}reopen/")) == (404, "not_found")
    assert faults(partner.post(f"{path}reopen/", {"words": "Please."})) == [("/words", "unknown_member")]
    assert refused(partner.post(f"{path}reopen/", match='"old"')) == (412, "stale")
    answer = partner.post(f"{path}reopen/", match=partner.get(path)["ETag"])
    assert (answer.status_code, answer.json()["status"], answer.json()["answer_by"] is not None) == (
        200,
        "in_review",
        True,
    )


def test_markup_and_formulas_are_kept_as_what_they_are(story):
    organization = make.make_organization(name='=HYPERLINK("x") <script>&]]>')
    partner = Client(organization)
    (license_,) = partner.licensed(story)
    assert license_["licensee"] == '=HYPERLINK("x") <script>&]]>'
    documents = license_["documents"]
    assert partner.get(documents["pdf"]).content[:5] == b"%PDF-"
    assert json.loads(partner.get(documents["odrl"]).content)["assignee"]["vcard:fn"] == organization.name
    assert "<script>" not in partner.get(documents["content"]).content.decode()


def test_a_price_has_the_minor_units_of_its_currency(anyone):
    tokyo = make.make_publication(currency="JPY")
    answer = anyone.post("license-requests/estimate/", a_request(make.make_article(tokyo)))
    assert answer.json()["total"] == {"amount": "150", "currency": "JPY"}
    assert answer.json()["lines"][0]["trace"][-1]["subtotal"] == "150"


def test_an_estimate_counts_in_the_discount_of_the_key(story, anyone):
    partner = Client(make.make_organization(discount_percent=Decimal(20)))
    body = a_request(story)
    assert partner.post("license-requests/estimate/", body).json()["total"]["amount"] == "120.00"
    assert anyone.post("license-requests/estimate/", body).json()["total"]["amount"] == "150.00"


def test_the_manual_lane_says_by_when_a_person_answers_and_why_but_nothing_about_other_people(daily, anyone, partner):
    unknown = make.make_article(daily, licensable=None)
    make.happened("report.accepted", unknown)
    answer = anyone.post("license-requests/estimate/", a_request(unknown)).json()
    assert set(answer) == {"lane", "lane_reasons", "total", "lines", "answer_by"}
    assert (answer["lane"], answer["answer_by"] > timezone.now().isoformat()) == ("manual", True)
    why = [{"item": 0, "code": "rights_unknown", "detail": "We look up whether the rights are ours."}]
    assert answer["lane_reasons"] == why
    asked = partner.post("license-requests/", a_request(unknown), once="asked").json()
    assert (asked["lane"], asked["lane_reasons"]) == ("manual", why)
    listed = partner.get("license-requests/").json()["results"]
    assert [row["lane_reasons"] for row in listed] == [why]


def test_a_quotation_is_free_where_it_is_granted_so_and_not_before_a_person_answered(daily, story, anyone):
    few = {"use": "excerpt_quote", "portion": "quote", "excerpt_text": "It spent 1.2 million."}
    known, unknown = (make.item(row, **few) for row in (story, make.make_article(daily, licensable=None)))
    lanes = []
    for items in ([known], [known, make.item(story)], [known, unknown]):
        told = anyone.post("license-requests/estimate/", {"items": items}).json()
        lanes.append((told["lane"], [line["free"] for line in told["lines"]], len(told["lane_reasons"])))
    assert lanes == [("free", [True], 0), ("priced", [True, False], 0), ("manual", [False, False], 1)]


def test_estimates_without_a_key_are_throttled(story, anyone, settings):
    settings.THROTTLES = {**settings.THROTTLES, "anonymous-write": (2, 3600)}
    answers = [anyone.post("license-requests/estimate/", a_request(story)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0


def test_the_rate_card_says_in_words_what_is_offered(daily, anyone):
    card = anyone.get(f"license-uses/?publication={daily.slug}").json()
    rows = {row["use"]: row for row in card["results"]}
    assert (card["publication"], card["currency"], card["free_words"]) == (daily.slug, "USD", 100)
    assert (len(rows), card["next"], card["previous"]) == (26, None, None)
    assert rows["republish_web"]["from_price"] == {"amount": "50.00", "currency": "USD"}
    assert (rows["republish_web"]["lane"], rows["republish_web"]["label"]) == ("priced", "Republish on a website")
    assert (rows["ai_train"]["lane"], rows["ai_train"]["from_price"]) == ("manual", None)
    assert (rows["archive_database"]["lane"], rows["archive_database"]["from_price"]) == ("manual", None)
    assert anyone.get("license-uses/").json()["publication"] == daily.slug
    assert faults(anyone.get("license-uses/?publication=nowhere")) == [("/publication", "unknown_publication")]
    assert faults(anyone.get("license-uses/?use=exam")) == [("/use", "unknown_parameter")]


def change(partner, request, **members):
    etag = partner.get(f"license-requests/{request['reference']}/")["ETag"]
    return partner.send("patch", f"license-requests/{request['reference']}/", members, match=etag)


def test_what_stands_around_the_items_is_changed_without_a_new_quote(story, partner):
    request = partner.asked(make.item(story), note="First.")
    answer = change(partner, request, po_number="PO-7", note="Second.", deadline="2096-12-01")
    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["po_number"], shown["note"], shown["deadline"]) == ("PO-7", "Second.", "2096-12-01")
    assert (shown["status"], shown["quotes"], shown["items"]) == ("quoted", request["quotes"], request["items"])
    assert Quote.objects.get().status == "open"


def test_null_empties_what_stands_around_the_items(story, partner):
    request = partner.asked(make.item(story), note="First.", po_number="PO-7", deadline="2096-12-01")
    shown = change(partner, request, note=None, po_number=None, deadline=None).json()
    assert (shown["note"], shown["po_number"], shown["deadline"]) == ("", "", None)
    assert shown["quotes"] == request["quotes"]


def test_of_several_items_each_says_how_it_came_by_its_price(story, daily, partner):
    words = make.BODY.split("\n")[0]
    free = make.item(make.make_article(daily), use="excerpt_quote", portion="excerpt", excerpt_text=words)
    by_hand = make.item(make.make_article(daily), exclusivity="full")
    estimate = partner.post("license-requests/estimate/", {"items": [make.item(story), free, by_hand]}).json()
    assert [line["lane"] for line in estimate["lines"]] == ["priced", "free", "manual"]
    assert estimate["lane"] == "manual"
    request = partner.asked(make.item(story), free)
    quote = partner.get(f"quotes/{request['quotes'][0]}/").json()
    assert [(line["lane"], line["price"]["amount"]) for line in quote["lines"]] == [
        ("priced", "150.00"),
        ("free", "0.00"),
    ]
    letter = PdfReader(BytesIO(partner.get(quote["pdf"]).content))
    assert "free of charge" in " ".join(page.extract_text() for page in letter.pages)


def price_of(partner, request):
    return partner.get(f"quotes/{request['quotes'][-1]}/").json()["net"]["amount"]


@pytest.mark.parametrize(("kind", "price"), [("publisher", "150.00"), ("nonprofit", "75.00")])
@pytest.mark.parametrize("typed", ["publisher", "nonprofit", "education"])
def test_a_partner_is_what_its_record_says_whatever_it_types(story, partner, kind, price, typed):
    Organization.objects.update(kind=kind)
    request = partner.asked(make.item(story), organization_type=typed)
    assert (request["organization_type"], request["lane"], price_of(partner, request)) == (kind, "priced", price)
    body = {"items": [make.item(story)], "organization_type": typed}
    assert partner.post("license-requests/estimate/", body).json()["total"]["amount"] == price
    changed = change(partner, request, organization_type=typed).json()
    assert (changed["organization_type"], changed["quotes"]) == (kind, request["quotes"])


@pytest.mark.parametrize(("kind", "typed"), [("Zeitung", "nonprofit"), ("publisher", "agency_pr")])
def test_what_the_record_does_not_say_is_for_a_person(story, partner, kind, typed):
    Organization.objects.update(kind=kind)
    request = partner.asked(make.item(story), organization_type=typed)
    assert (request["organization_type"], request["lane"], request["quotes"]) == (typed, "manual", [])
    assert LicenseRequest.objects.get().lane_reasons == [{"item": None, "code": "other_kind"}]


def test_who_asks_otherwise_than_before_ends_the_quote(story, partner):
    request = partner.asked(make.item(story))
    shown = change(partner, request, organization_type="agency_pr").json()
    assert (shown["organization_type"], shown["lane"], shown["status"]) == ("agency_pr", "manual", "in_review")
    assert list(Quote.objects.values_list("status", flat=True)) == ["superseded"]
    assert shown["items"] == request["items"]


def test_the_end_client_stands_in_the_license_and_makes_a_new_quote(story, partner):
    request = partner.asked(make.item(story))
    assert len(change(partner, request, end_client="Client AG").json()["quotes"]) == 2


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ({}, [("/items", "required")]),
        ({"items": []}, [("/items", "required")]),
        ({"currency": "EUR"}, [("/currency", "unknown_member")]),
        ({"deadline": "2020-01-01", "items": [7]}, [("/deadline", "past_date"), ("/items/0", "wrong_type")]),
        ({"organization_type": "gang"}, [("/organization_type", "unknown_value")]),
        ({"note": "x" * 5001}, [("/note", "too_long")]),
    ],
)
def test_a_change_that_cannot_be_is_refused_whole(story, partner, members, expected):
    request = partner.asked(make.item(story))
    before = make.rows()
    assert faults(change(partner, request, **members)) == expected
    assert make.rows() == before


def test_a_deadline_that_has_passed_keeps_nothing_else_from_being_changed(story, partner):
    request = partner.asked(make.item(story))
    LicenseRequest.objects.update(deadline="2020-01-01")
    assert change(partner, request, note="Still.").json()["deadline"] == "2020-01-01"


def test_nothing_that_is_asked_costs_less_than_the_rate_card_says(story, anyone):
    rows = {row["use"]: row for row in anyone.get("license-uses/").json()["results"]}
    day = timezone.now().astimezone(story.publication.zone).date().isoformat()
    cheapest = {"quantity": 1, "starts_on": day, "ends_on": day, "portion": "headline_summary"}
    for use in ("republish_web", "eprint_pdf", "exam", "social_post", "translation"):
        body = {"items": [make.item(story, use=use, **cheapest)], "organization_type": "education"}
        (line,) = anyone.post("license-requests/estimate/", body).json()["lines"]
        assert Decimal(line["price"]["amount"]) >= Decimal(rows[use]["from_price"]["amount"]), use


def test_a_rule_that_gives_it_away_promises_no_price(daily, anyone):
    PriceRule.objects.filter(name="web").update(base=0, minimum=0)
    rows = {row["use"]: row for row in anyone.get("license-uses/").json()["results"]}
    assert rows["republish_web"]["from_price"] is None


@pytest.mark.parametrize("path", ["license-requests/", "quotes/", "licenses/", "update-notices/", "invoices/"])
def test_unknown_filters_and_bad_values_are_refused(daily, partner, path):
    assert faults(partner.get(f"{path}?colour=red")) == [("/colour", "unknown_parameter")]
    assert faults(partner.get(f"{path}?page_size=101")) == [("/page_size", "page_size")]
    if path != "invoices/":
        assert faults(partner.get(f"{path}?article=A-1"))[0][0] == "/article"


def test_requests_are_found_by_status_article_and_time(daily, partner):
    first, second = make.make_article(daily), make.make_article(daily)
    one, two = partner.asked(make.item(first), make.item(second)), partner.asked(make.item(second))
    partner.post(f"license-requests/{two['reference']}/withdraw/")

    def found(query):
        return [row["reference"] for row in partner.get(f"license-requests/?{query}").json()["results"]]

    assert found("") == [two["reference"], one["reference"]]
    assert found("status=withdrawn") == [two["reference"]]
    assert found(f"article={first.reference.lower()}") == [one["reference"]]
    assert found(f"article={second.reference}&status=quoted") == [one["reference"]]
    created = LicenseRequest.objects.get(reference=one["reference"]).created_at.isoformat()
    assert found(f"created_after={created}") == [two["reference"]]
    assert found("created_after=2020-01-01") == [two["reference"], one["reference"]]
    assert faults(partner.get("license-requests/?created_after=yesterday")) == [("/created_after", "invalid")]
    assert faults(partner.get("license-requests/?status=lost")) == [("/status", "invalid_choice")]


def test_an_expired_quote_is_listed_as_expired(story, partner):
    quote, _etag = partner.quoted(story)
    Quote.objects.update(valid_until=timezone.now() - timedelta(seconds=1))

    def found(query):
        return [row["status"] for row in partner.get(f"quotes/?{query}").json()["results"]]

    assert (found("status=open"), found("status=expired"), found("status=accepted")) == ([], ["expired"], [])
    assert found(f"request={quote['request']}") == ["expired"]


def test_a_test_key_sees_test_records_only_and_the_reverse(story, partner):
    trial = Client(partner.organization, test=True)
    partner.licensed(story)
    (license_,) = trial.licensed(story)
    assert license_["test"] is True
    assert refused(partner.get(f"licenses/{license_['number']}/")) == (404, "not_found")
    for path in ("license-requests/", "quotes/", "licenses/"):
        live, test = partner.get(path).json()["results"], trial.get(path).json()["results"]
        assert ([row["test"] for row in live], [row["test"] for row in test]) == ([False], [True])


def plan_everything():
    while planning.plan_due():
        pass


def queries(call):
    with CaptureQueriesContext(connection) as seen:
        assert call().status_code == 200
    return len(seen)


def test_a_list_asks_the_database_the_same_for_one_row_and_for_thirty(daily, partner):
    partner.get("licenses/")
    lists = ("license-requests/", "quotes/", "licenses/", "update-notices/")
    told = make.make_article(daily)
    partner.licensed(told)
    make.happened("correction.published", told)
    plan_everything()
    while_one = {path: queries(lambda path=path: partner.get(path)) for path in lists}
    weekly = make.make_publication()
    both = make.make_article(weekly), make.make_article(weekly)
    (another, _second) = partner.licensed(*both)
    for article in both:
        make.happened("correction.published", article)
    plan_everything()
    many_like(LicenseRequest.objects.get(reference=another["request"]), 28, weekly)
    while_thirty = {path: queries(lambda path=path: partner.get(f"{path}?page_size=100")) for path in lists}
    assert while_thirty == while_one
    shown = {path: len(partner.get(f"{path}?page_size=100").json()["results"]) for path in lists}
    assert shown == {"license-requests/": 30, "quotes/": 30, "licenses/": 59, "update-notices/": 59}


def test_a_request_takes_a_hundred_messages_of_its_partner(story, partner):
    request = partner.asked(make.item(story))
    row = LicenseRequest.objects.get()
    for number in range(asking.MOST_MESSAGES):
        row.messages.create(author_kind="partner", body=f"Message {number}")
    answer = partner.post(f"license-requests/{request['reference']}/messages/", {"words": "One more."}, once="m")
    assert refused(answer) == (409, "too_many")
    assert row.messages.count() == 100
