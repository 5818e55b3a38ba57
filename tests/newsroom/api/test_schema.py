"""The description of the API says what the API does."""

import json

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from openapi_spec_validator import OpenAPIV31SpecValidator

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(client):
    return client.get("/api/schema/").json()


def test_it_is_valid_openapi_3_1(schema):
    assert schema["openapi"] == "3.1.1"
    assert list(OpenAPIV31SpecValidator(schema).iter_errors()) == []


def test_it_is_made_without_a_warning():
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        SchemaGenerator().get_schema(request=None, public=True)
    assert ({**GENERATOR_STATS._warn_cache}, {**GENERATOR_STATS._error_cache}) == ({}, {})


def test_a_method_names_its_scope_its_headers_and_its_problems(schema):
    put = schema["paths"]["/api/v1/articles/"]["put"]
    batch = schema["paths"]["/api/v1/articles/batch/"]["post"]
    assert (put["operationId"], put["security"]) == ("upsert_article", [{"bearer": ["articles:write"]}])
    assert set(put["responses"]) == {
        *("200", "201", "400", "401", "403", "406", "409", "413", "415", "422", "429", "503"),
    }
    assert list(put["responses"]["422"]["content"]) == ["application/problem+json"]
    assert [(row["name"], row["in"], row["required"]) for row in batch["parameters"]] == [
        ("Idempotency-Key", "header", True)
    ]
    assert schema["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_what_anyone_may_read_needs_no_key(schema):
    find = schema["paths"]["/api/v1/articles/"]["get"]
    assert (find["operationId"], find["security"]) == ("find_article", [{}, {"bearer": []}])
    assert {row["name"] for row in find["parameters"]} == {"url", "cursor", "page_size"}


def test_what_is_written_has_no_unknown_members(schema):
    components = schema["components"]["schemas"]
    assert components["ArticleDataRequest"]["additionalProperties"] is False
    assert "reference" not in components["ArticleDataRequest"]["properties"]
    assert {"reference", "revision", "page"} <= set(components["Article"]["properties"])


def test_it_comes_as_yaml_too_and_can_be_cached(client):
    answer = client.get("/api/schema/", HTTP_ACCEPT="application/vnd.oai.openapi")
    assert answer.content.startswith(b"openapi: 3.1.1")
    plain = client.get("/api/schema/")
    assert (plain["Cache-Control"], json.loads(plain.content)["info"]["title"]) == ("public, max-age=60", "Masthead")
    assert client.get("/api/schema/", HTTP_IF_NONE_MATCH=plain["ETag"]).status_code == 304


def test_the_page_for_people_has_no_inline_script_or_style(client):
    page = client.get("/api/docs/").content.decode()
    assert page.count("<script src=") == page.count("<script") == 2
    assert "<style" not in page
    assert "style=" not in page
