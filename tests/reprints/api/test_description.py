"""The description says what is sent and taken: every shape of the desk is held against its schema."""

import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator

from newsroom.api.explanations import EXPLANATIONS
from newsroom.events import planning
from reprints.api.serializers.asking import ItemSerializer, ItemWriteSerializer, LicenseRequestWriteSerializer
from reprints.models.asking import ITEM_FIELDS
from reprints.services.accepting import REFUSALS
from reprints.services.checking import MEMBERS
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def description():
    return SchemaGenerator().get_schema(request=None, public=True)


def complaints(description, name, value):
    """What in the value is not as the component says; members that it does not name count too."""
    components = {key: _closed(shape) for key, shape in description["components"]["schemas"].items()}
    schema = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": components}}
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(value)]


def _closed(shape):
    return {"additionalProperties": False, **shape} if shape.get("type") == "object" else shape


def test_every_shape_that_is_sent_is_the_one_described(description, daily, partner, anyone):
    told, manual = make.make_article(daily), make.make_article(daily, source_agency="AP")
    estimate = anyone.post("license-requests/estimate/", {"items": [make.item(told), make.item(manual)]}).json()
    priced = partner.asked(make.item(told))
    asked = partner.asked(make.item(manual))
    messages = f"license-requests/{asked['reference']}/messages/"
    said = partner.post(messages, {"words": "Hello."}, once="m").json()
    quote = partner.get(f"quotes/{priced['quotes'][0]}/").json()
    accepted = partner.post(f"quotes/{quote['reference']}/accept/", partner.signed(quote), match=quote["etag"]).json()
    number = accepted["licenses"][0]
    placements = partner.send("put", f"licenses/{number}/placements/", {"urls": ["https://p.example/1"]}).json()
    make.happened("correction.published", told)
    planning.plan_due()
    (notice,) = partner.get("update-notices/").json()["results"]
    shapes = [
        ("Estimate", estimate),
        ("LicenseRequest", priced),
        ("LicenseRequest", asked),
        ("LicenseRequestMessage", said),
        ("Quote", quote),
        ("Accepted", accepted),
        ("License", partner.get(f"licenses/{number}/").json()),
        ("LicenseStatusAnswer", anyone.get(f"licenses/{number}/status/").json()),
        ("Placements", placements),
        ("UpdateNotice", notice),
        ("RateCard", anyone.get("license-uses/").json()),
        ("Problem", partner.get("quotes/Q-22222222-2/").json()),
    ]
    for name, value in shapes:
        assert complaints(description, name, value) == [], name
    for path in ("license-requests/", "quotes/", "licenses/", "update-notices/", "invoices/", messages):
        assert set(partner.get(path).json()) == {"next", "previous", "results"}


def test_a_request_is_described_with_the_members_that_the_desk_checks():
    assert set(ItemWriteSerializer().fields) == MEMBERS
    assert list(ItemSerializer().fields) == ["article_url", *ITEM_FIELDS]
    assert set(LicenseRequestWriteSerializer().fields) == {
        *("items", "organization_type", "currency", "po_number", "deadline", "note", "end_client"),
    }


def test_what_the_description_takes_the_desk_takes(description, story, partner):
    body = {"items": [make.item(story)], "organization_type": "education", "currency": "USD", "deadline": None}
    assert complaints(description, "LicenseRequestDataRequest", body) == []
    assert partner.post("license-requests/", body, once="x").status_code == 201
    assert complaints(description, "LicenseRequestDataRequest", {**body, "surprise": 1}) != []


def test_what_can_be_read_of_an_item_can_be_sent_back(description, story, partner):
    request = partner.asked(make.item(story))
    assert complaints(description, "PatchedLicenseRequestChangeRequest", {"items": request["items"], "note": "x"}) == []
    path = f"license-requests/{request['reference']}/"
    again = partner.send("patch", path, {"items": request["items"]}, match=request["etag"])
    assert (again.status_code, again.json()["items"]) == (200, request["items"])


@pytest.mark.parametrize(
    ("path", "method", "header", "required"),
    [
        ("license-requests/", "post", "Idempotency-Key", True),
        ("license-requests/{reference}/", "patch", "If-Match", True),
        ("license-requests/{reference}/messages/", "post", "Idempotency-Key", True),
        ("license-requests/{reference}/withdraw/", "post", "Idempotency-Key", False),
        ("license-requests/{reference}/withdraw/", "post", "If-Match", False),
        ("quotes/{reference}/accept/", "post", "If-Match", True),
        ("quotes/{reference}/accept/", "post", "Idempotency-Key", False),
        ("licenses/{number}/renew/", "post", "Idempotency-Key", True),
        ("update-notices/{reference}/acknowledge/", "post", "Idempotency-Key", False),
    ],
)
def test_a_call_names_the_headers_it_reads(description, path, method, header, required):
    rows = {row["name"]: row for row in description["paths"][f"/api/v1/{path}"][method]["parameters"]}
    assert (rows[header]["in"], rows[header].get("required", False)) == ("header", required)


def test_a_refusal_has_an_example_and_a_page(description, client):
    accept = description["paths"]["/api/v1/quotes/{reference}/accept/"]["post"]["responses"]
    (example,) = accept["409"]["content"]["application/problem+json"]["examples"].values()
    assert (example["value"]["code"], example["value"]["status"]) == ("expired", 409)
    assert complaints(description, "Problem", example["value"]) == []
    codes = {*REFUSALS, "expired", "terms_changed", "exclusivity_clash", "not_a_signatory", "no_revision", "renewing"}
    assert codes - set(EXPLANATIONS) == set()
    assert client.get("/problems/not_a_signatory/").status_code == 200


def test_a_paper_is_described_by_its_media_type(description):
    kinds = {
        "certificate.pdf": ["application/pdf"],
        "certificate.jws": ["application/jose"],
        "odrl/": ["application/ld+json"],
        "content/": ["text/html", "text/plain", "application/json"],
    }
    for name, expected in kinds.items():
        answer = description["paths"][f"/api/v1/licenses/{{number}}/{name}"]["get"]["responses"]["200"]
        assert list(answer["content"]) == expected
