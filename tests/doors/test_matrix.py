"""Every address of the service, knocked at by everybody: nobody gets in or learns what is not theirs.

The addresses come from the OpenAPI description and the URLconf. What is expected stands here, written by hand; an
address without a rule fails. The admin's pages are in `test_admin_matrix`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.urls import get_resolver

from corrections.models import Correction, Report
from newsroom.accounts.scopes import CMS
from newsroom.events.models import Delivery, Endpoint, Event
from reprints.models import License, LicenseRequest, Quote, UpdateNotice
from tests.doors.browsers import Stranger
from tests.doors.world import key_without, undone
from tests.reprints import factories as make

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML was built where there is no libyaml
    from yaml import SafeLoader

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
METHODS = ("get", "post", "put", "patch", "delete")
CALLERS = ("anonymous", "owner", "other", "revoked", "expired", "narrow", "test", "cms", "other_cms")
MODELS = (Report, Correction, LicenseRequest, Quote, License, UpdateNotice, Endpoint, Delivery, Event)


@dataclass(frozen=True)
class Rule:
    """Who may: `anyone`, the `partner` (each sees their own list), the `owner` of the record, the `cms`, or
    `its own cms` alone, what it is about being 404 to everyone else; or the `tester`, with a test key.

    `ok` is the status for those let in; a refusal behind the door (409, 412) says that it was open. `refused` is what
    the CMS of another publication gets; for a batch that is 200, with a 409 for each article in it.
    """

    who: str
    scope: str = ""
    ok: int = 200
    body: Callable[[SimpleNamespace], Any] | None = None
    headers: Callable[[SimpleNamespace], dict[str, str]] = field(default=lambda world: {})
    refused: int = 409

    def statuses(self, caller: str) -> set[int]:
        """What this caller may be answered."""
        if self.who == "its own cms" and caller not in {"revoked", "expired"}:
            return {self.ok} if caller == "cms" else {404}
        if caller in {"revoked", "expired"} or (caller == "anonymous" and self.who != "anyone"):
            return {401}
        if self.who == "anyone":
            return {self.ok}
        if caller == "narrow" or (caller in {"cms", "other_cms"} and self.scope not in CMS):
            return {403}
        if self.who == "tester":
            return {self.ok} if caller == "test" else {403}
        if self.who == "cms":
            return {"cms": {self.ok}, "other_cms": {self.refused}}.get(caller, {403})
        if self.who == "partner" or caller == "owner":
            return {self.ok}
        return {404}


def words(world):
    return {"words": "Thank you."}


def a_request(world):
    return {"items": [make.item(world.article)], "organization_type": "publisher"}


def items_only(world):
    return {"items": [make.item(world.article)]}


def an_article(world):
    return {"url": world.article.url, "headline": "Council spends on bridge, again"}


def acceptance(world):
    return {
        "terms_sha256": world.quote.terms.sha256,
        "signatory": make.signatory_of(world.owner),
    }


def a_report(world):
    return {"article_url": world.article.url, "claim": "It was 1.45 million."}


def an_agency_correction(world):
    told = {"agency": "Wire", "headline": "Bridge opens", "text": "It was 1.45 million."}
    return {**told, "article_urls": [world.article.url]}


def quote_etag(world):
    return {"If-Match": f'"{world.quote.reference}.{world.quote.version}"'}


def nothing(world):
    return None


API = {
    "POST /api/v1/agency-corrections/": Rule("cms", "agency_corrections:write", 201, an_agency_correction, refused=422),
    "GET /api/v1/articles/": Rule("anyone"),
    "PUT /api/v1/articles/": Rule("cms", "articles:write", body=an_article),
    "GET /api/v1/articles/{reference}/": Rule("anyone"),
    "GET /api/v1/articles/{reference}/corrections/": Rule("anyone"),
    "GET /api/v1/articles/{reference}/history/": Rule("anyone"),
    "GET /api/v1/articles/{reference}/jsonld/": Rule("anyone"),
    "GET /api/v1/articles/{reference}/updates/": Rule("anyone"),
    "POST /api/v1/articles/batch/": Rule(
        "cms", "articles:write", body=lambda world: {"articles": [an_article(world)]}, refused=200
    ),
    "GET /api/v1/corrections/": Rule("anyone"),
    "GET /api/v1/corrections/{reference}/": Rule("anyone"),
    "GET /api/v1/events/": Rule("partner", "events:read"),
    "GET /api/v1/invoices/": Rule("partner", "licenses:read"),
    "GET /api/v1/invoices/{number}/": Rule("owner", "licenses:read"),
    "GET /api/v1/invoices/{number}/pdf/": Rule("owner", "licenses:read", 409),
    "GET /api/v1/ledger/checkpoint/": Rule("anyone"),
    "GET /api/v1/ledger/entries/": Rule("anyone"),
    "GET /api/v1/ledger/key/": Rule("anyone"),
    "GET /api/v1/ledger/keys/": Rule("anyone"),
    "GET /api/v1/statistics/": Rule("its own cms"),  # as the page, until the publication opens it
    "GET /api/v1/ledger/proof/": Rule("anyone"),
    "GET /api/v1/license-requests/": Rule("partner", "requests:read"),
    "POST /api/v1/license-requests/": Rule("partner", "requests:write", 201, a_request),
    "POST /api/v1/license-requests/estimate/": Rule("anyone", body=a_request),
    "GET /api/v1/license-requests/{reference}/": Rule("owner", "requests:read"),
    "PATCH /api/v1/license-requests/{reference}/": Rule(
        "owner", "requests:write", 412, items_only, lambda world: {"If-Match": '"old"'}
    ),
    "GET /api/v1/license-requests/{reference}/messages/": Rule("owner", "requests:read"),
    "POST /api/v1/license-requests/{reference}/messages/": Rule("owner", "requests:write", 201, words),
    "POST /api/v1/license-requests/{reference}/reply/": Rule("owner", "requests:write", 409, words),
    "POST /api/v1/license-requests/{reference}/withdraw/": Rule("owner", "requests:write", body=words),
    "POST /api/v1/license-requests/{reference}/reopen/": Rule("owner", "requests:write", 409),
    "POST /api/v1/quotes/{reference}/counter/": Rule(
        "owner", "requests:write", 201, lambda world: {"amount": {"amount": "90.00", "currency": "USD"}}
    ),
    "GET /api/v1/license-uses/": Rule("anyone"),
    "GET /api/v1/licenses/": Rule("partner", "licenses:read"),
    "GET /api/v1/licenses/{number}/": Rule("owner", "licenses:read"),
    "GET /api/v1/licenses/{number}/certificate.jws": Rule("owner", "licenses:read"),
    "GET /api/v1/licenses/{number}/certificate.pdf": Rule("owner", "licenses:read"),
    "GET /api/v1/licenses/{number}/content/": Rule("owner", "licenses:read"),
    "GET /api/v1/licenses/{number}/odrl/": Rule("owner", "licenses:read"),
    "PUT /api/v1/licenses/{number}/placements/": Rule(
        "owner", "licenses:write", body=lambda world: {"urls": ["https://partner.example/story"]}
    ),
    "POST /api/v1/licenses/{number}/renew/": Rule("owner", "licenses:write", 201, body=lambda world: {}),
    "GET /api/v1/licenses/{number}/status/": Rule("anyone"),
    "GET /api/v1/quotes/": Rule("partner", "quotes:read"),
    "GET /api/v1/quotes/{reference}/": Rule("owner", "quotes:read"),
    "POST /api/v1/quotes/{reference}/accept/": Rule("owner", "quotes:accept", 200, acceptance, quote_etag),
    "POST /api/v1/quotes/{reference}/billing/": Rule(
        "owner", "quotes:accept", body=lambda world: {"address": "2 Partner Road", "country": "US"}
    ),
    "POST /api/v1/quotes/{reference}/decline/": Rule("owner", "quotes:accept", body=words),
    "GET /api/v1/quotes/{reference}/pdf/": Rule("owner", "quotes:read"),
    "GET /api/v1/test/clock/": Rule("tester", "requests:read"),
    "POST /api/v1/test/clock/": Rule("tester", "requests:write", body=lambda world: {"reset": True}),
    # What these name is live: for the test key, which alone is let in, it is not there.
    "POST /api/v1/test/corrections/": Rule(
        "tester", "requests:write", 404, lambda world: {"license": world.license.reference}
    ),
    "POST /api/v1/test/decisions/": Rule(
        "tester",
        "requests:write",
        404,
        lambda world: {"decision": "quote", "request": world.request.reference, "price": "1.00"},
    ),
    "POST /api/v1/test/payments/": Rule(
        "tester", "requests:write", 404, lambda world: {"quote": world.quote.reference}
    ),
    "POST /api/v1/reports/": Rule("anyone", ok=201, body=a_report),
    "GET /api/v1/update-notices/": Rule("partner", "updates:read"),
    "GET /api/v1/update-notices/{reference}/": Rule("owner", "updates:read"),
    "GET /api/v1/update-notices/sync/": Rule("partner", "updates:read"),
    "POST /api/v1/update-notices/sync/acknowledge/": Rule(
        "partner", "updates:acknowledge", body=lambda world: {"through": 10**6}
    ),
    "POST /api/v1/update-notices/{reference}/acknowledge/": Rule(
        "owner", "updates:acknowledge", body=lambda world: {"action": "removed"}
    ),
    "GET /api/v1/webhook-endpoints/": Rule("partner", "webhooks:manage"),
    "POST /api/v1/webhook-endpoints/": Rule(
        "partner", "webhooks:manage", 201, lambda world: {"url": "https://hooks.partner.example/second"}
    ),
    "GET /api/v1/webhook-endpoints/{endpoint_id}/": Rule("owner", "webhooks:manage"),
    "PATCH /api/v1/webhook-endpoints/{endpoint_id}/": Rule(
        "owner", "webhooks:manage", body=lambda world: {"state": "paused"}
    ),
    "DELETE /api/v1/webhook-endpoints/{endpoint_id}/": Rule("owner", "webhooks:manage", 204, nothing),
    "GET /api/v1/webhook-endpoints/{endpoint_id}/deliveries/": Rule("owner", "webhooks:manage"),
    "POST /api/v1/webhook-endpoints/{endpoint_id}/deliveries/{delivery_id}/redeliver/": Rule(
        "owner", "webhooks:manage", 202, nothing
    ),
    "POST /api/v1/webhook-endpoints/{endpoint_id}/ping/": Rule("owner", "webhooks:manage", 202, nothing),
    "POST /api/v1/webhook-endpoints/{endpoint_id}/rotate-secret/": Rule("owner", "webhooks:manage", 200, nothing),
}
"""Method and path of the OpenAPI description → who may."""


@cache
def description() -> dict[str, Any]:
    """What `docs/openapi.yaml` says: read once, and never written to."""
    return yaml.load((ROOT / "docs" / "openapi.yaml").read_text(), Loader=SafeLoader)


def described() -> dict[str, Any]:
    """Method and path → the operation, as `docs/openapi.yaml` has them."""
    paths = description()["paths"]
    return {
        f"{method.upper()} {path}": operation
        for path, methods in paths.items()
        for method, operation in methods.items()
        if method in METHODS
    }


def scope_in(operation: dict[str, Any]) -> str:
    """The scope that the description names; empty where anyone may."""
    security = operation["security"]
    return "" if {} in security else security[0]["bearer"][0]


def routes(patterns: Any = None, prefix: str = "") -> dict[str, Any]:
    """Every pattern of the URLconf → what answers there."""
    found = {}
    for row in patterns or get_resolver().url_patterns:
        whole = prefix + str(row.pattern)
        if hasattr(row, "url_patterns"):
            found |= routes(row.url_patterns, whole)
        else:
            found[whole] = row.callback
    return found


def address(world, path: str) -> str:
    """The path with the owner's records in it, and the query it cannot do without."""
    kind = path.split("/")[3]
    reference = {
        "articles": world.article,
        "corrections": world.correction,
        "license-requests": world.request,
        "quotes": world.quote,
        "licenses": world.license,
        "update-notices": world.notice,
        "invoices": world.invoice,
    }.get(kind)
    names = {
        "reference": reference.reference if reference else "",
        "number": getattr(reference, "reference", ""),
        "endpoint_id": world.endpoint.public_id,
        "delivery_id": world.delivery.uuid,
    }
    query = {"updates": "?since=2026-11-01T00:00:00Z", "proof": "?index=0&size=1"}.get(path.rstrip("/").split("/")[-1])
    asked = f"?url={world.article.url}" if path == "/api/v1/articles/" else ""
    return path.format(**names) + (query or asked)


def knock(world, caller: str, operation: str, rule: Rule) -> Any:
    """One call; what it did is undone."""
    method, path = operation.split(" ")
    key = key_without(world, rule.scope) if caller == "narrow" and rule.scope else world.keys.get(caller)
    key = world.keys["owner"] if caller == "narrow" and not rule.scope else key
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    headers |= {"Idempotency-Key": f"door-{caller}"} | rule.headers(world)
    body = rule.body(world) if rule.body else None
    url = address(world, path) if method == "GET" else address(world, path).split("?")[0]
    with undone():
        sent, media_type = ("", "application/octet-stream") if body is None else (json.dumps(body), "application/json")
        client = Stranger()
        return client.generic(method, url, sent, content_type=media_type, headers=headers)


def private_words(world) -> list[str]:
    """What only the owner may read."""
    rows = (world.license, world.request, world.quote, world.notice, world.invoice, world.asked, world.draft)
    return [*(row.reference for row in rows), str(world.endpoint.public_id), "hooks.partner.example/in"]


def test_every_operation_has_a_rule_and_every_rule_an_operation():
    assert set(described()) == set(API)
    scopes = {name: scope_in(operation) for name, operation in described().items()}
    assert scopes == {name: rule.scope for name, rule in API.items()}


def test_every_caller_gets_from_every_operation_what_the_table_says(world, settings):
    settings.THROTTLES = dict.fromkeys(settings.THROTTLES, (10**6, 3600))
    before = [list(model.objects.order_by("pk").values()) for model in MODELS]
    wrong = []
    for operation, rule in API.items():
        for caller in CALLERS:
            answer = knock(world, caller, operation, rule)
            said = b"".join(answer.streaming_content) if answer.streaming else answer.content
            # The publication's own CMS is told by the event stream what its newsroom does.
            strangers = caller not in {"owner", "narrow"} and (caller, operation) != ("cms", "GET /api/v1/events/")
            asked = address(world, operation.split(" ")[1])
            leaked = [
                word for word in private_words(world) if strangers and word.encode() in said and word not in asked
            ]
            if answer.status_code not in rule.statuses(caller) or leaked:
                wrong.append((caller, operation, answer.status_code, sorted(rule.statuses(caller)), leaked, said[:150]))
    assert wrong == []
    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == before
