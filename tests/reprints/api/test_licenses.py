"""What a partner holds: the papers agree, the text is handed out while it may be, and placements are declared."""

import copy
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from newsroom.accounts.models import Publication
from newsroom.articles.models import Article
from newsroom.events import planning
from reprints.models import License, LicenseRequest, Placement
from tests.kept import made_once
from tests.reprints import factories as make
from tests.reprints.api.conftest import Client, faults, refused

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """A newsroom with an article, two partners, and a license that one of them holds."""

    def build():
        publication = make.make_publication(is_default=True)
        story = make.make_article(publication)
        partner, other = (Client(make.make_organization()) for _ in range(2))
        return publication, story, partner, other, partner.licensed(story)[0]

    yield from made_once(django_db_blocker, build)


@pytest.fixture(autouse=True)
def daily(built, db):
    return Publication.objects.get(pk=built[0].pk)


@pytest.fixture
def story(built, daily):
    return Article.objects.get(pk=built[1].pk)


@pytest.fixture
def partner(built, daily):
    built[2].organization.refresh_from_db()
    return built[2]


@pytest.fixture
def other(built, daily):
    built[3].organization.refresh_from_db()
    return built[3]


@pytest.fixture
def held(built):
    return copy.deepcopy(built[4])


def force(license_, **fields):
    """Put a license into a state without its history."""
    License.objects.filter(reference=license_["number"]).update(**fields)


def test_a_license_shows_what_was_granted_and_where_its_papers_are(daily, story, partner, held):
    base = f"http://testserver/api/v1/licenses/{held['number']}/"
    assert held == {
        "number": held["number"],
        "version": held["version"],
        "etag": f'"{held["number"]}.{held["version"]}"',
        "status": "active",
        "effective_status": "active",
        "licensee": partner.organization.name,
        "end_client": "",
        "publication": daily.slug,
        "article": {
            "reference": story.reference,
            "url": story.url,
            "headline": story.headline,
            "revision": 1,
            "revision_sha256": story.revision_sha256,
        },
        "use": "republish_web",
        "portion": "full_text",
        "excerpt_text": None,
        "format": "web",
        "quantity": 5000,
        "quantity_unit": "monthly_users",
        "territory": ["US"],
        "languages": ["en"],
        "starts_on": make.item(story)["starts_on"],
        "ends_on": make.item(story)["ends_on"],
        "perpetual": False,
        "exclusivity": "none",
        "modifications": "none",
        "ai_purposes": [],
        "exclusions": [],
        "duties": {
            "hold": {"duty": "take_down", "within_hours": 24},
            "update": {"duty": "inform"},
            "clarification": {"duty": "inform"},
            "correction": {"duty": "replace_or_append", "within_hours": 72},
            "retraction": {"duty": "take_down", "within_hours": 24},
            "legal_removal": {"duty": "take_down", "within_hours": 24},
            "release": {"duty": "inform"},
        },
        "credit_line": held["credit_line"],
        "price": {"amount": "150.00", "currency": "USD"},
        "terms_version": "2026-1",
        "terms_sha256": held["terms_sha256"],
        "request": held["request"],
        "quote": held["quote"],
        "issued_at": held["issued_at"],
        "ended_at": None,
        "end_reason": None,
        "end_words": "",
        "removal_deadline": None,
        "suspended_until": None,
        "renews": None,
        "superseded_by": None,
        "placements": [],
        "documents": {
            "pdf": f"{base}certificate.pdf",
            "jws": f"{base}certificate.jws",
            "odrl": f"{base}odrl/",
            "content": f"{base}content/",
        },
        "verify_url": f"http://testserver/licenses/verify/{held['number']}/",
        "test": False,
    }
    assert story.url in held["credit_line"]


def test_what_a_date_makes_of_a_license_changes_its_etag_and_refuses_no_move(partner, held):
    row = License.objects.get(reference=held["number"])
    path = f"licenses/{held['number']}/"
    assert held["etag"] == f'"{held["number"]}.{row.version}"'
    for fields, status in (
        ({"starts_on": row.day() + timedelta(days=1)}, "scheduled"),
        ({"starts_on": row.starts_on - timedelta(days=9), "ends_on": row.day() - timedelta(days=1)}, "expired"),
    ):
        force(held, **fields)
        read = partner.get(path)
        assert read.json()["effective_status"] == status
        assert read["ETag"] == read.json()["etag"] == f'"{held["number"]}.{row.version}.{status}"'
        listed = partner.get("licenses/").json()["results"][0]
        assert listed["etag"] == read["ETag"]
    put = partner.send("put", f"{path}placements/", {"urls": ["https://partner.example/1"]}, match=held["etag"])
    assert put.status_code == 200
    assert refused(partner.send("put", f"{path}placements/", {"urls": []}, match=read["ETag"])) == (412, "stale")


@pytest.mark.parametrize(
    ("fields", "status", "refusal"),
    [
        ({"status": "suspended"}, "suspended", (409, "not_in_force")),
        ({"status": "terminated"}, "expired", (409, "not_in_force")),
        (
            {"status": "revoked", "end_reason": "breach", "removal_deadline": timezone.now()},
            "revoked",
            (409, "not_in_force"),
        ),
        ({"starts_on": "2020-01-01", "ends_on": "2020-12-31"}, "expired", (409, "not_in_force")),
        ({"starts_on": "2020-01-01", "ends_on": "2020-12-31", "archival": True}, "expired", None),
        ({"starts_on": "2090-01-01", "ends_on": "2090-12-31"}, "not_yet_valid", None),
    ],
)
def test_the_text_is_handed_out_while_the_license_holds(partner, anyone, held, fields, status, refusal):
    force(held, **fields)
    assert anyone.get(f"licenses/{held['number']}/status/").json()["status"] == status
    for form in ("html", "text", "ninjs"):
        answer = partner.get(f"licenses/{held['number']}/content/?as={form}")
        assert (refused(answer) if refusal else answer.status_code) == (refusal or 200)
    assert partner.get(held["documents"]["pdf"]).status_code == 200


def test_a_withheld_article_comes_without_its_text_and_says_so(story, partner, held):
    type(story).objects.filter(pk=story.pk).update(desk_status="withheld")
    text = partner.get(f"licenses/{held['number']}/content/?as=text").content.decode()
    assert ("1.2 million" in text, "This article is withheld." in text) == (False, True)
    assert partner.get(f"licenses/{held['number']}/content/?as=ninjs").json()["pubStatus"] == "withheld"


def test_the_three_papers_say_the_same(held, partner):
    license_ = License.objects.get()
    odrl = json.loads(partner.get(held["documents"]["odrl"]).content)
    answer = partner.get(held["documents"]["odrl"])
    assert (answer["Content-Type"], odrl["ns:termsSha256"]) == ("application/ld+json", held["terms_sha256"])
    pdf = partner.get(held["documents"]["pdf"])
    assert (pdf["Content-Type"], pdf["Content-Disposition"], pdf["Cache-Control"]) == (
        "application/pdf",
        f'inline; filename="{license_.number}.pdf"',
        "private, no-store",
    )
    token = partner.get(held["documents"]["jws"])
    assert (token["Content-Type"], token.content.count(b".")) == ("application/jose", 2)


@pytest.mark.parametrize("accept", ["application/pdf", "application/json", "*/*", "text/html"])
def test_a_paper_comes_whatever_is_accepted_and_a_refusal_is_a_problem(partner, held, accept):
    assert partner.get(held["documents"]["pdf"], Accept=accept).content[:5] == b"%PDF-"
    assert refused(partner.get("licenses/L-22222222-2/certificate.pdf", Accept=accept)) == (404, "not_found")


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("as=docx", ("/as", "unknown_value")),
        ("revision=0", ("/revision", "whole_number")),
        ("revision=-1", ("/revision", "whole_number")),
        ("revision=²", ("/revision", "whole_number")),
        ("revision=99999999999999999999", ("/revision", "whole_number")),
        ("revision=", ("/revision", "whole_number")),
        ("format=html", ("/format", "unknown_parameter")),
    ],
)
def test_the_text_is_asked_for_in_known_words(partner, held, query, fault):
    assert faults(partner.get(f"licenses/{held['number']}/content/?{query}")) == [fault]


ACCEPTED = [
    (None, "text/html"),
    ("*/*", "text/html"),
    ("text/plain", "text/plain"),
    ("text/*;q=0.5, application/json", "application/json"),
    ("application/json;q=0.1, text/plain;q=0.9", "text/plain"),
]


@pytest.mark.parametrize(("accept", "media_type"), ACCEPTED)
def test_the_text_comes_in_the_form_that_the_caller_prefers(partner, held, accept, media_type):
    headers = {"Accept": accept} if accept else {}
    answer = partner.get(f"licenses/{held['number']}/content/", **headers)
    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, media_type)
    assert "Accept" in answer["Vary"]
    asked = partner.get(f"licenses/{held['number']}/content/?as=ninjs", **headers)
    assert asked["Content-Type"] == "application/json"


@pytest.mark.parametrize("accept", ["image/png", "application/xml", "text/csv;q=1"])
def test_a_form_that_we_do_not_have_is_not_acceptable(partner, held, accept):
    answer = partner.get(f"licenses/{held['number']}/content/", Accept=accept)
    assert refused(answer) == (406, "not_acceptable")


def test_the_status_of_a_number_is_always_answered(daily, story, partner, anyone, held):
    trial = Client(partner.organization, test=True).licensed(story)[0]
    known = anyone.get(f"licenses/{held['number'].lower()}/status/")
    assert (known.status_code, known.json()["number"], known.json()["status"]) == (200, held["number"], "valid")
    assert set(known.json()) == {"number", "status", "take_down", "ended_at", "as_of"}
    assert known["Cache-Control"] == "public, max-age=60"
    assert anyone.get(f"licenses/{trial['number']}/status/").json()["status"] == "test"
    for number in ("L-22222222-2", "nonsense", "%00", "A" * 500, "%F0%9F%92%A9"):
        answer = anyone.get(f"licenses/{number}/status/")
        assert (answer.status_code, answer.json()["status"]) == (200, "unknown"), number
        assert len(answer.json()["number"]) <= 40


def test_placements_are_the_whole_list_as_of_now(partner, other, held):
    path = f"licenses/{held['number']}/placements/"
    one, two = "https://partner.example/1", "https://partner.example/2"
    first = partner.send("put", path, {"urls": [one, two, one]}, match=held["etag"])
    assert (first.status_code, [row["url"] for row in first.json()["placements"]]) == (200, [one, two])
    assert first["ETag"] != held["etag"]
    assert refused(partner.send("put", path, {"urls": [one]}, match=held["etag"])) == (412, "stale")
    partner.send("put", path, {"urls": [two]})
    shown = partner.get(f"licenses/{held['number']}/").json()["placements"]
    assert [(row["url"], row["removed_at"], row["seen_at"]) for row in shown] == [(two, None, None)]
    assert refused(other.send("put", path, {"urls": []})) == (404, "not_found")


PRIVATE = ("10.0.0.7", "localhost", "127.0.0.1", "[::1]", "intranet", "wiki.internal", "printer.local", "2130706433")


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"urls": ["https://p.ex/1"] * 10_000}, "/urls", "max_length"),
        ({"urls": ["https://p.example/1", "javascript:alert(1)"]}, "/urls/1", "bad_url"),
        ({"urls": ["https://p.example/" + "x" * 1000]}, "/urls/0", "too_long"),
        *(({"urls": [f"https://{host}/story"]}, "/urls/0", "not_public") for host in PRIVATE),
        ({"urls": [7]}, "/urls/0", "not_string"),
        ({"urls": "https://p.example/1"}, "/urls", "not_a_list"),
        ({}, "/urls", "required"),
        ({"urls": [], "note": "x"}, "/note", "unknown_member"),
    ],
)
def test_a_placement_that_is_no_address_is_refused(partner, held, body, pointer, code):
    assert (pointer, code) in faults(partner.send("put", f"licenses/{held['number']}/placements/", body))
    assert Placement.objects.count() == 0


def test_a_renewal_is_a_request_for_the_next_term(story, partner, other, held):
    path = f"licenses/{held['number']}/renew/"
    assert refused(other.post(path, {}, once="r")) == (404, "not_found")
    answer = partner.post(path, {}, once="r")
    request = answer.json()
    assert (answer.status_code, request["renews"], request["status"]) == (201, held["number"], "quoted")
    assert request["items"][0]["starts_on"] > held["ends_on"]
    assert partner.post(path, {}, once="r").json() == request
    assert refused(partner.post(path, {}, once="r2")) == (409, "renewing")
    assert LicenseRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("ends_on", "fault"),
    [
        ("2020-01-01", ("/ends_on", "reversed_dates")),
        ("soon", ("/ends_on", "invalid")),
        (7, ("/ends_on", "invalid")),
        ("2999-12-31", ("/ends_on", "too_large")),
    ],
)
def test_a_next_term_that_cannot_be_is_refused_at_its_place(partner, held, ends_on, fault):
    assert faults(partner.post(f"licenses/{held['number']}/renew/", {"ends_on": ends_on}, once="r")) == [fault]


def test_licenses_are_found_by_article_use_and_request(daily, partner, held):
    first, second = make.make_article(daily), make.make_article(daily)
    (one,) = partner.licensed(first)
    (two,) = partner.licensed(second, use="email_newsletter")

    def found(query):
        return [row["number"] for row in partner.get(f"licenses/?{query}").json()["results"]]

    assert found("") == [two["number"], one["number"], held["number"]]
    assert found(f"article={first.reference}") == [one["number"]]
    assert found("use=email_newsletter") == [two["number"]]
    assert found(f"request={two['request']}") == [two["number"]]
    assert faults(partner.get("licenses/?article=L-22222222-2")) == [("/article", "bad_reference")]


def test_notices_are_found_by_status_license_and_article(story, partner, other, held):
    other.licensed(story)
    make.happened("article.withheld", story)
    planning.plan_due()
    (notice,) = partner.get("update-notices/").json()["results"]
    assert (notice["kind"], notice["duty"], notice["correction"], notice["overdue"]) == (
        *("hold", "take_down", None, False),
    )
    due = timezone.now() + timedelta(hours=24)
    assert notice["due_at"] < due.isoformat()
    for query in ("status=open", f"license={held['number']}", f"article={story.reference}"):
        assert [row["reference"] for row in partner.get(f"update-notices/?{query}").json()["results"]] == [
            notice["reference"]
        ]
    assert partner.get("update-notices/?status=acknowledged").json()["results"] == []
    read = partner.get(f"update-notices/{notice['reference']}/")
    assert (read.json(), read["ETag"]) == (notice, notice["etag"])
    path = f"update-notices/{notice['reference']}/acknowledge/"
    assert refused(partner.post(path, {"action": "removed"}, match='"old"')) == (412, "stale")
    assert faults(partner.post(path, {"action": "shrugged"})) == [("/action", "invalid_choice")]
    assert faults(partner.post(path, {"action": ["removed"]})) == [("/action", "invalid_choice")]
    assert faults(partner.post(path, {"action": "removed", "url": "ftp://x"})) == [("/url", "bad_url")]
    done = partner.post(path, {"action": "removed"}, match=notice["etag"])
    assert (done.json()["status"], done.json()["action"]) == ("acknowledged", "removed")
