"""Hostile strings through every text field and every query parameter: never a crash, never markup, never a header.

On each run every field and parameter meets two of the kinds of trouble in turn, those of the API one of them, and every
test meets every kind; on PostgreSQL, which refuses what SQLite takes, each meets two of: half a character, a NUL, and
too large a number. With MASTHEAD_CHAOS=1 all that is known in every field, and 5,000 strings for each of the tests,
from a new seed that is printed on failure.
"""

from __future__ import annotations

import itertools
import json
import os
import random
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.db import connection

from corrections.forms.reader import ReportForm
from corrections.models import Report
from newsroom.events import delivery, planning
from newsroom.web import form_token
from reprints.forms.asking import ArticlesForm, DetailsForm
from reprints.models import LicenseRequest
from tests.doors.browsers import Browser
from tests.doors.hostile import KINDS, MARK, SEEDS, storable_in_utf8, strings
from tests.doors.test_matrix import API, address, description
from tests.doors.test_pages import PAGES, path_of
from tests.doors.world import undone
from tests.reprints import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(1800)]
FULL = os.environ.get("MASTHEAD_CHAOS") == "1"
COUNT = 5000
# What a run finds must not depend on the day: new strings in `make chaos` only.
SEED = int(os.environ.get("MASTHEAD_SEED", "0")) or (random.SystemRandom().randrange(1, 2**31) if FULL else 2311)
REFUSED_BY_POSTGRESQL = (KINDS["no text"], KINDS["half a character"], KINDS["number"])

# The fields come from the forms themselves: one that is added tomorrow is tried tomorrow.
REPORT_FIELDS = (*ReportForm.base_fields, "look")
REQUEST_FIELDS = (*ArticlesForm.base_fields, *DetailsForm.base_fields, "form_token", "do")
TRAPS = {"website"}
QUERIES = {
    "/corrections/": ("q", "kind", "severity", "section", "publication", "after", "before", "cursor", "page_size"),
    "/corrections/feed.atom": ("section", "publication", "q"),
    "/corrections/feed.json": ("section", "publication"),
    "/corrections/new/": ("url", "quote", "medium"),
    "/reprints/": ("url", "use"),
    "/reprints/new/": ("url", "use"),
    "/licenses/verify/": ("number",),
    "/corrections/lost/": ("reference",),
    "/admin/login/": ("next",),
}
ADMIN_QUERIES = {
    "/admin/corrections/report/": ("q", "due", "open", "status__exact", "publication__id__exact", "o", "p", "e"),
    "/admin/corrections/correction/": ("q", "status__exact", "kind__exact", "_changelist_filters"),
    "/admin/reprints/licenserequest/": ("q", "lane__exact", "p"),
    "/admin/reprints/license/": ("q", "use__exact"),
    "/admin/events/delivery/": ("q", "state__exact"),
    "/admin/events/event/": ("q", "kind__exact"),
    "/admin/articles/article/": ("q",),
    "/admin/corrections/report/start/enter/": ("claim", "publication", "article"),
}


@pytest.fixture(autouse=True)
def no_limits(settings):
    settings.THROTTLES = dict.fromkeys(settings.THROTTLES, (10**9, 3600))
    settings.FORM_MIN_SECONDS = 0


@pytest.fixture
def troubles():
    """Looks at answers, and remembers what is wrong with them."""

    class Troubles(list):
        def look(self, where, text, answer):
            body = b"" if answer.streaming else answer.content
            if answer.status_code >= 500:
                self.append((SEED, where, text[:200], answer.status_code))
            html = answer.get("Content-Type", "").startswith("text/html")
            for sign in (b"<script>alert", b"<script>XSSMARK", b"<svg/onload", b"<img src=x", b'href="javascript:'):
                if html and sign in body:
                    self.append((SEED, where, text[:200], sign))
            for name, value in answer.items():
                if "\r" in value or "\n" in value or name.lower() in {"x-injected", "bcc"}:
                    self.append((SEED, where, text[:200], name))

    return Troubles()


@pytest.fixture
def texts(request):
    """Strings of this test's own: what is drawn, or what comes first."""
    own = sum(request.node.name.encode())
    if FULL:
        return strings(COUNT, SEED + own)
    kinds = list(KINDS.values())
    return kinds[own % len(kinds) :] + kinds[: own % len(kinds)]


def browser():
    return Browser()


def each_in(texts, places, *, rounds=2):
    """Texts and the places to put them: every text and every place is met, each place by another text in each round."""
    if FULL:
        yield from itertools.product(SEEDS, places)
        yield from zip(texts, itertools.cycle(random.Random(SEED).sample(places, len(places))), strict=False)
        return
    if connection.vendor == "postgresql":
        texts = REFUSED_BY_POSTGRESQL
    same = len(places) % len(texts) == 0  # and would be so in each round
    for number in range(max(rounds * len(places), len(texts))):
        done, place = divmod(number, len(places))
        yield texts[(number + done * same) % len(texts)], places[place]


def report_fields(world, **over):
    fields = {
        "article_url": world.article.url,
        "claim": "It was 1.45 million.",
        "form_token": form_token.issue("report", head_start=60),
    }
    return fields | over


def request_fields(world, **over):
    item = make.item(world.article)
    fields = {
        "article_urls": world.article.url,
        "use": "republish_web",
        "organization_type": "publisher",
        "quantity": "5,000",
        "portion": "full_text",
        "scope": "countries",
        "countries": "United States",
        "starts_on": item["starts_on"],
        "ends_on": item["ends_on"],
        "name": "Wanda Writer",
        "email": "wanda@review.example",
        "form_token": form_token.issue("license_request", head_start=60),
        "do": "send",
    }
    return fields | over


@pytest.mark.both
def test_the_form_for_errors(world, texts, troubles):
    for text, field in each_in(texts, REPORT_FIELDS):
        sent = storable_in_utf8(text)
        more = {"medium": "print"} if field == "medium_detail" else {}
        with undone():
            troubles.look(
                field, text, browser().post("/corrections/new/", report_fields(world, **more | {field: sent}))
            )
    everywhere = dict.fromkeys(set(REPORT_FIELDS) - TRAPS, MARK)
    troubles.look("every field", MARK, browser().post("/corrections/new/", report_fields(world, **everywhere)))
    assert list(troubles) == []


def test_the_form_for_licenses(world, texts, troubles):
    for text, field in each_in(texts, REQUEST_FIELDS):
        with undone():
            fields = request_fields(world, **{field: storable_in_utf8(text)})
            troubles.look(field, text, browser().post("/reprints/new/", fields))
    everywhere = dict.fromkeys(set(REQUEST_FIELDS) - TRAPS - {"form_token"}, MARK)
    troubles.look("every field", MARK, browser().post("/reprints/new/", request_fields(world, **everywhere)))
    assert list(troubles) == []


def test_private_pages_and_links_in_every_part_of_the_address(world, texts, troubles):
    moves = [
        (world.report_path + "reply/", "reply", world.report, "words"),
        (world.report_path + "appeal/", "appeal", world.report, "words"),
        (world.report_path + "withdraw/", "withdraw", world.report, "seen"),
        (world.asked_path + "message/", "message", world.asked, "words"),
        (world.asked_path + "edit/", "edit", world.asked, "add"),
        (world.asked_path + f"quotes/{world.asked.quotes.get().reference}/decline/", "decline", None, "words"),
        (world.asked_path + f"quotes/{world.asked.quotes.get().reference}/accept/", "accept", None, "signatory"),
        (world.asked_path + f"quotes/{world.asked.quotes.get().reference}/accept/", "accept", None, "terms_sha256"),
    ]
    for text, (path, name, record, field) in each_in(texts, moves):
        about = record or world.asked.quotes.get()
        data = {"seen": about.version, "form_token": form_token.issue(name, about=about.reference), "agreed": "on"}
        with undone():
            answer = browser().post(path, data | {field: storable_in_utf8(text)})
            troubles.look((path, field), text, answer)
    assert list(troubles) == []


def test_every_query_of_a_public_page_and_every_address(world, texts, troubles):
    places = [(path, name) for path, names in QUERIES.items() for name in names]
    places += [(f"/articles/{world.article.reference}/", name) for name in ("page", "rev", "x")]
    for text, (path, name) in each_in(texts, places):
        query = urlencode({name: text}, errors="surrogatepass")
        troubles.look((path, name), text, browser().get(f"{path}?{query}"))
    for path, names in QUERIES.items():
        troubles.look(path, MARK, browser().get(path, dict.fromkeys(names, MARK)))
    patterns = [pattern for pattern in PAGES if "<" in pattern]
    for text, pattern in each_in(texts, patterns):
        quoted = urlencode({"x": text[:300]}, errors="surrogatepass")[2:].replace("+", "%20")
        key = quoted if PAGES[pattern].link else ""
        path = path_of(world, pattern, key or "x")
        record = PAGES[pattern].fill
        if record and not PAGES[pattern].link:
            known = path_of(world, pattern, "x").strip("/").split("/")
            path = "/" + "/".join([quoted if part.count("-") else part for part in known]) + "/"
        troubles.look(pattern, text, browser().get(path))
    assert list(troubles) == []


@pytest.mark.both  # PostgreSQL refuses what SQLite takes
def test_every_query_of_the_admin_and_the_words_of_a_decision(world, texts, troubles):
    client = browser()
    client.force_login(world.staff["superuser"])
    places = [(path, name) for path, names in ADMIN_QUERIES.items() for name in names]
    for text, (path, name) in each_in(texts, places):
        query = urlencode({name: text}, errors="surrogatepass")
        troubles.look((path, name), text, client.get(f"{path}?{query}"))
    for path, names in ADMIN_QUERIES.items():
        troubles.look(path, MARK, client.get(path, dict.fromkeys(names, MARK)))
    decline = f"/admin/corrections/report/{world.report.pk}/do/decline/"
    for text, field in each_in(texts, ("words", "code", "turn_to", "seen", "internal")):
        data = {"seen": world.report.version, "code": "opinion", "words": "That is an opinion."}
        with undone():
            troubles.look(field, text, client.post(decline, data | {field: storable_in_utf8(text)}))
    assert list(troubles) == []


def fields_of(schema, components, prefix=()):
    """Every path to a text in the schema of a body."""
    schema = components[schema["$ref"].split("/")[-1]] if "$ref" in schema else schema
    if "properties" in schema:
        for name, inner in schema["properties"].items():
            yield from fields_of(inner, components, (*prefix, name))
    elif schema.get("type") == "array":
        yield from fields_of(schema["items"], components, (*prefix, 0))
    else:
        yield prefix


def put(body, path, value):
    """The body with the value at the path, made up where it is not there."""
    for name in reversed(path):
        value = [value] if name == 0 else {name: value}
    return merged(body, value)


def merged(old, new):
    if isinstance(old, dict) and isinstance(new, dict):
        return old | {name: merged(old.get(name), value) for name, value in new.items()}
    if isinstance(old, list) and isinstance(new, list) and old:
        return [merged(old[0], new[0]), *old[1:]]
    return new


@pytest.mark.both
def test_every_text_in_every_body_and_query_of_the_api(world, texts, troubles):
    document = description()
    places = []
    for operation in API:
        method, path = operation.split(" ")
        described = document["paths"][path][method.lower()]
        parameters = [row for row in described.get("parameters", []) if row["in"] in {"query", "header"}]
        places += [(operation, row["in"], row["name"]) for row in parameters]
        body = described.get("requestBody")
        if body:
            schema = body["content"]["application/json"]["schema"]
            places += [(operation, "body", at) for at in fields_of(schema, document["components"]["schemas"]) if at]
    count = itertools.count()
    for text, (operation, kind, name) in each_in(texts, places, rounds=1 if connection.vendor == "sqlite" else 2):
        method, path = operation.split(" ")
        rule = API[operation]
        key = world.keys["cms" if rule.who == "cms" else "owner"]
        body = (rule.body(world) if rule.body else None) or {}
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"hostile-{next(count)}"} | rule.headers(world)
        url = address(world, path)
        if kind == "query":
            url = f"{url.split('?')[0]}?" + urlencode({name: text}, errors="surrogatepass")
        elif kind == "header":
            headers[name] = text.encode("utf-8", "replace").decode("latin-1")
        else:
            body = put(body, name, text)
        sent = json.dumps(body) if method != "GET" and (rule.body or kind == "body") else ""
        with undone():
            answer = browser().generic(method, url, sent, content_type="application/json", headers=headers)
        troubles.look((operation, kind, name), text, answer)
        if answer.status_code == 200 and not answer.streaming and answer.get("Content-Type", "").endswith("json"):
            json.loads(answer.content)
    assert list(troubles) == []


REPORTED = ("claim", "suggestion", "name", "acting_for", "passage_exact")
ASKED = ("note", "name", "company")
TAKEN = (
    *(KINDS["markup"], KINDS["template"], KINDS["attribute"], KINDS["header"], "<img src=x onerror=XSSMARK>"),
    *(KINDS["formula"], "'\"--></style></script><script>XSSMARK</script>", KINDS["read backwards"]),
)
"""What both desks take in, every second of them markup."""


def newest():
    return Report.objects.order_by("-pk").first(), LicenseRequest.objects.order_by("-pk").first()


def test_what_was_taken_in_is_text_on_every_page_in_every_feed_and_in_every_mail(world, texts, troubles):
    """A whole report and a whole request of hostile words, looked at by the desk, and every mail about them."""
    staff = browser()
    staff.force_login(world.staff["superuser"])
    before, taken = newest(), 0
    rounds = [itertools.cycle([text]) for text in texts[: COUNT // 20]] if FULL else []
    rounds += [itertools.cycle(TAKEN[number:] + TAKEN[:number]) for number in range(2)]
    for texts_of_it in rounds:
        said = [(field, storable_in_utf8(next(texts_of_it))) for field in (*REPORTED, *ASKED)]
        text = said[0][1]
        with undone():
            mail.outbox.clear()
            fields = dict(said[: len(REPORTED)])
            browser().post("/corrections/new/", report_fields(world, email="rita@reader.example", **fields))
            fields = dict(said[len(REPORTED) :])
            browser().post("/reprints/new/", request_fields(world, **fields))
            report, request = newest()
            taken += (report != before[0]) + (request != before[1])
            for path in (
                f"/admin/corrections/report/{report.pk}/change/",
                f"/admin/reprints/licenserequest/{request.pk}/change/",
                *("/admin/corrections/report/?open=all", "/admin/reprints/licenserequest/", "/admin/"),
            ):
                troubles.look(path, text, staff.get(path))
            planning.plan_due()
            delivery.drain()
            for message in mail.outbox:
                raw = message.message()
                names = {name.lower() for name in raw}
                if "x-injected" in names or "bcc" in names or "\n" in message.subject or len(message.to) != 1:
                    troubles.append((SEED, "mail", text[:200], message.subject))
                for body, media_type in getattr(message, "alternatives", []):
                    if media_type == "text/html" and ("<script>alert" in body or "<svg/onload" in body):
                        troubles.append((SEED, "mail", text[:200], "markup"))
    assert list(troubles) == []
    assert taken > 5 if FULL else taken == 2 * len(rounds)
