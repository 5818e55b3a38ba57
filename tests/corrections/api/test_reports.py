"""Reporting an error by API: what is taken in, what the answer says, and everything that is refused."""

import json

import pytest

from corrections.models import Report
from corrections.services.submitting import find_by_token
from newsroom.events import promises, sealed
from newsroom.events.models import Delivery, Event
from newsroom.events.planning import plan_due
from tests.factories import make_article, make_publication

pytestmark = pytest.mark.django_db
URL = "/api/v1/reports/"


@pytest.fixture
def article(publication):
    return make_article(publication)


def body(article, **over):
    return {"article_url": article.url, "claim": "It was 1.45 million.", **over}


def send(client, data, *, key=None, **more):
    headers = {"idempotency-key": key} if key else {}
    return client.post(URL, json.dumps(data), content_type="application/json", headers=headers, **more)


def faults_of(answer):
    assert answer.status_code == 422, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


def test_a_report_is_taken_in_with_everything_it_says(anyone, article):
    full = body(
        article,
        article_url=article.url + "?utm_source=mail#top",
        where={"medium": "web", "detail": "second paragraph"},
        passage={"exact": "1.2 million", "prefix": "spent ", "suffix": " on"},
        suggestion="1.45 million",
        category="number_or_date",
        sources=["https://council.example/budget.pdf"],
        about_me=True,
        urgent=True,
        name="Rita Reader",
        email="rita@reader.example",
        language="de",
    )
    answer = send(anyone, full)
    report = Report.objects.get()
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    decide = promises.running(report).get(kind="decide")
    token = answer.json()["status_url"].removeprefix("http://testserver/corrections/reports/").removesuffix("/")
    assert answer.json() == {
        "reference": report.reference,
        "status": "new",
        "status_url": f"http://testserver/corrections/reports/{token}/",
        "answer_by": decide.due_at.isoformat().replace("+00:00", "Z"),
    }
    assert find_by_token(token) == report
    assert (report.publication, report.article, report.article_url) == (article.publication, article, article.url)
    assert (report.medium, report.medium_detail) == ("web", "second paragraph")
    assert (report.passage_exact, report.passage_prefix, report.passage_suffix) == ("1.2 million", "spent", "on")
    assert (report.claim, report.suggestion) == ("It was 1.45 million.", "1.45 million")
    assert (report.category, report.sources) == ("number_or_date", ["https://council.example/budget.pdf"])
    assert (report.about_me, report.urgent, report.language) == (True, True, "de")
    assert (report.channel, report.origin, report.test, report.held_reasons) == ("api", "reader", False, [])
    assert len(report.network_hash) == 32
    assert sealed.open_text(report.contact.email_sealed) == "rita@reader.example"
    assert sealed.open_text(report.contact.name_sealed) == "Rita Reader"
    events = [(event.kind, event.actor_kind) for event in Event.objects.order_by("pk")]
    assert events == [("report.submitted", "reader"), ("report.paged", "reader")]


def test_claim_and_address_are_enough(anyone, article):
    assert send(anyone, body(article)).status_code == 201
    report = Report.objects.get()
    assert (report.category, report.language, report.medium) == ("other", "en", "web")
    assert not hasattr(report, "contact")


def test_an_article_that_was_never_imported_is_known_by_its_host(anyone, publication):
    make_publication()
    url = f"https://www.{publication.hosts[0]}/never/seen"
    assert send(anyone, {"article_url": url, "claim": "Wrong."}).status_code == 201
    report = Report.objects.get()
    assert (report.publication, report.article, report.article_url) == (publication, None, url)


@pytest.mark.parametrize("medium", ["print", "podcast", "newsletter", "social"])
def test_off_the_web_no_address_is_needed(anyone, publication, medium):
    answer = send(anyone, {"where": {"medium": medium, "detail": "page 3"}, "claim": "Wrong."})
    assert answer.status_code == 201
    report = Report.objects.get()
    assert (report.publication, report.medium, report.article_url) == (publication, medium, "")


def test_the_key_of_a_cms_reports_on_behalf(client_of, publication, article):
    assert send(client_of(publication), body(article), key="one").status_code == 201
    report = Report.objects.get()
    assert (report.channel, report.test, report.network_hash) == ("api", False, "")
    assert Event.objects.get().actor_kind == "cms"


def test_without_an_address_a_cms_means_its_own_publication(client_of, publication):
    own = make_publication()
    data = {"where": {"medium": "print"}, "claim": "Wrong."}
    assert send(client_of(own), data, key="one").status_code == 201
    assert Report.objects.get().publication == own


def test_without_an_address_the_cms_of_several_means_the_publication_of_the_host(client_of, publication):
    data = {"where": {"medium": "print"}, "claim": "Wrong."}
    assert send(client_of(make_publication(), make_publication()), data, key="one").status_code == 201
    assert Report.objects.get().publication == publication


def test_a_test_key_makes_a_test_that_tells_nobody(client_of, publication, article):
    data = body(article, email="rita@reader.example")
    assert send(client_of(publication, test=True), data, key="one").status_code == 201
    assert Report.objects.get().test is True
    plan_due()
    assert (Event.objects.get().test, Delivery.objects.count()) == (True, 0)


def test_a_key_needs_an_idempotency_key(client_of, publication, article):
    client = client_of(publication)
    answer = send(client, body(article))
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    assert Report.objects.count() == 0


@pytest.mark.parametrize("with_key", [True, False])
def test_the_same_request_again_makes_no_second_report(anyone, client_of, publication, article, with_key):
    client = client_of(publication) if with_key else anyone
    first, again = (send(client, body(article), key="one") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    other = send(client, body(article, claim="Something else."), key="one")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Report.objects.count() == 1


def test_what_the_gate_doubts_is_held_and_looks_new(anyone, article):
    links = " ".join(f"https://spam{number}.example" for number in range(4))
    answer = send(anyone, body(article, claim=links))
    assert (answer.status_code, answer.json()["status"]) == (201, "new")
    assert (Report.objects.get().status, Report.objects.get().held_reasons) == ("held", ["many_links"])


def test_the_same_words_twice_are_held(anyone, article):
    assert [send(anyone, body(article)).status_code for _ in range(2)] == [201, 201]
    assert list(Report.objects.order_by("pk").values_list("status", flat=True)) == ["new", "held"]


def test_the_gate_does_not_doubt_a_key(client_of, publication, article):
    client = client_of(publication)
    for number in range(2):
        assert send(client, body(article), key=str(number)).status_code == 201
    assert set(Report.objects.values_list("status", flat=True)) == {"new"}


def test_a_flood_is_told_to_wait(anyone, article, settings):
    settings.THROTTLES = {**settings.THROTTLES, "report-flood": (2, 3600)}
    answers = [send(anyone, body(article, claim=f"Claim {number}.")) for number in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert answers[2].json()["code"] == "throttled"
    assert 1 <= int(answers[2]["Retry-After"]) <= 3600
    assert Report.objects.count() == 2


def test_a_network_far_beyond_its_quota_is_held_and_not_refused(anyone, article, settings):
    settings.THROTTLES = {**settings.THROTTLES, "form": (1, 3600), "anonymous-write": (1, 3600)}
    answers = [send(anyone, body(article, claim=f"Claim {number}.")) for number in range(6)]
    assert [answer.status_code for answer in answers] == [201] * 6
    assert list(Report.objects.order_by("pk").values_list("status", flat=True)) == ["new", *["held"] * 5]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"claim": ""}, [("/claim", "blank")]),
        ({"claim": "  \n "}, [("/claim", "blank")]),
        ({"claim": None}, [("/claim", "null")]),
        ({"claim": 12}, [("/claim", "not_string")]),
        ({"claim": ["a"]}, [("/claim", "not_string")]),
        ({"claim": "x" * 5001}, [("/claim", "too_long")]),
        ({"claim": "x" * 100_000}, [("/claim", "too_long")]),
        ({"claim": "\u200b\u200b"}, [("/claim", "invisible")]),
        ({"claim": "a\x00b"}, [("/claim", "not_text")]),
        ({"claim": "a\ud800b"}, [("/claim", "not_text")]),
        ({"article_url": ""}, [("/article_url", "required")]),
        ({"article_url": None}, [("/article_url", "null")]),
        ({"article_url": "https://stranger.example/story"}, [("/article_url", "unknown_host")]),
        ({"article_url": "not an address"}, [("/article_url", "bad_address")]),
        ({"article_url": "javascript:alert(1)"}, [("/article_url", "bad_address")]),
        ({"article_url": "https://daily.example/" + "x" * 2000}, [("/article_url", "too_long")]),
        ({"where": "web"}, [("/where", "invalid")]),
        ({"where": {"medium": "radio"}}, [("/where/medium", "invalid_choice")]),
        ({"where": {"medium": ["web"]}}, [("/where/medium", "invalid_choice")]),
        ({"where": {"page": 3}}, [("/where/page", "unknown_member")]),
        ({"passage": {"exact": "x" * 501}}, [("/passage/exact", "too_long")]),
        ({"passage": {"prefix": "x" * 65}}, [("/passage/prefix", "too_long")]),
        ({"passage": {"start": 5}}, [("/passage/start", "unknown_member")]),
        ({"passage": None}, [("/passage", "null")]),
        ({"suggestion": "x" * 5001}, [("/suggestion", "too_long")]),
        ({"category": "rumor"}, [("/category", "invalid_choice")]),
        ({"category": {"a": 1}}, [("/category", "invalid_choice")]),
        ({"sources": "https://a.example"}, [("/sources", "not_a_list")]),
        ({"sources": [f"https://a.example/{n}" for n in range(11)]}, [("/sources", "max_length")]),
        ({"sources": ["https://a.example", "ftp://a.example"]}, [("/sources/1", "bad_address")]),
        ({"sources": ["javascript:alert(1)"]}, [("/sources/0", "bad_address")]),
        ({"sources": [1]}, [("/sources/0", "not_string")]),
        ({"about_me": "true"}, [("/about_me", "not_boolean")]),
        ({"urgent": 1}, [("/urgent", "not_boolean")]),
        ({"name": "x" * 121}, [("/name", "too_long")]),
        ({"email": "rita"}, [("/email", "bad_email")]),
        ({"email": "rita@reader.example\nBcc: all@reader.example"}, [("/email", "bad_email")]),
        ({"email": "x" * 250 + "@reader.example"}, [("/email", "too_long")]),
        ({"language": "klingon!"}, [("/language", "bad_language")]),
        ({"status": "accepted"}, [("/status", "unknown_member")]),
        ({"test": True}, [("/test", "unknown_member")]),
        ({"claim": "", "name": 5, "x": 1}, [("/claim", "blank"), ("/name", "not_string"), ("/x", "unknown_member")]),
    ],
)
def test_every_fault_is_named_with_its_place_and_nothing_is_written(anyone, article, change, expected):
    answer = send(anyone, body(article, **change))
    assert faults_of(answer) == expected
    assert (Report.objects.count(), Event.objects.count()) == (0, 0)


def test_a_body_without_a_claim_says_so(anyone, article):
    assert faults_of(send(anyone, {"article_url": article.url})) == [("/claim", "required")]


@pytest.mark.parametrize("data", [[], "text", 5, None, True])
def test_the_body_is_an_object(anyone, data):
    assert send(anyone, data).status_code == 422


def test_markup_is_kept_as_words(anyone, article):
    claim = "<script>alert(1)</script> is what it says"
    assert send(anyone, body(article, claim=claim, name="\u202eRita")).status_code == 201
    assert Report.objects.get().claim == claim


def test_a_fault_of_form_is_not_a_fault_of_content(anyone, article):
    broken = anyone.post(URL, b"{", content_type="application/json")
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed")
    form = anyone.post(URL, b"claim=x", content_type="application/x-www-form-urlencoded")
    assert form.status_code == 415
    large = anyone.post(URL, b'{"claim": "' + b"x" * 262_144 + b'"}', content_type="application/json")
    assert large.status_code == 413
    assert send(anyone, body(article), QUERY_STRING="x=1").status_code == 422
    assert anyone.get(URL).status_code == 405


def test_a_wrong_key_reports_nothing(anyone, article):
    anyone.credentials(HTTP_AUTHORIZATION="Bearer mh_live_unknown")
    assert send(anyone, body(article)).status_code == 401
    assert Report.objects.count() == 0


def test_without_any_publication_a_report_is_refused_and_not_an_error(anyone, db):
    assert faults_of(send(anyone, {"where": {"medium": "print"}, "claim": "x"})) == [("/article_url", "required")]
