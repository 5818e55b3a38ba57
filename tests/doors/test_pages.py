"""Every page outside the API and the admin: who gets in by which link, and that opening one changes nothing.

Of what only looks like its link a page meets a third by each method on each run, the next page the next third; all of
it with MASTHEAD_CHAOS=1.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from django.test import Client

from newsroom.web import form_token
from tests.doors.browsers import Stranger
from tests.doors.test_matrix import MODELS, routes
from tests.doors.world import undone

pytestmark = pytest.mark.django_db
EVERY = 1 if os.environ.get("MASTHEAD_CHAOS") == "1" else 3
WRONG = "x" * 44


@dataclass(frozen=True)
class Page:
    """The statuses of GET and of POST for whoever holds the link, and for whoever does not (`link` pages only)."""

    get: int = 200
    post: int = 405
    link: str = ""
    fill: str = ""


PUBLIC = Page()
PAGES = {
    "": PUBLIC,
    "guidelines/": PUBLIC,
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "metrics": PUBLIC,  # from this machine only: see test_headers
    "favicon.ico": PUBLIC,
    ".well-known/security.txt": PUBLIC,
    "embed.js": PUBLIC,
    "embed/article/": Page(404),  # with an address of ours: see test_embed
    "embed/<str:version>.js": Page(404, 404),  # no version that there is
    "corrections/": PUBLIC,
    "corrections/feed.atom": PUBLIC,
    "corrections/feed.json": PUBLIC,
    "corrections/new/": Page(post=422),
    "corrections/lost/": Page(post=422),
    "corrections/confirm/<str:token>/": Page(link="confirm_report", post=200),
    "corrections/reports/<str:key>/": Page(303, link="report"),
    "corrections/reports/<str:key>/reply/": Page(303, 422, link="report"),
    "corrections/reports/<str:key>/withdraw/": Page(303, 422, link="report"),
    "corrections/reports/<str:key>/appeal/": Page(303, 422, link="report"),
    "corrections/reports/<str:key>/add/": Page(303, 422, link="report"),
    "corrections/reports/<str:key>/settled/": Page(303, 422, link="report"),
    "corrections/reports/<str:key>/same/": Page(303, 422, link="report"),
    "corrections/reports/<str:key>/fixed/": Page(303, 422, link="report"),
    "corrections/reports/<str:key>/address/": Page(303, 422, link="report"),
    "corrections/reports/<str:key>/erase-contact/": Page(303, 422, link="report"),
    "corrections/reports/<str:key>/erase-text/": Page(303, 422, link="report"),
    "corrections/reports/<str:key>/download/": Page(link="report"),
    "corrections/inquiries/<str:key>/": Page(303, link="inquiry"),
    "corrections/inquiries/<str:key>/answer/": Page(303, 422, link="inquiry"),
    "corrections/statistics/": Page(404),  # for staff, unless the publication opens it to all
    "corrections/ledger/": PUBLIC,
    "corrections/ledger/corrections-log.json": PUBLIC,
    "corrections/ledger/verify_corrections.py": PUBLIC,
    "corrections/<str:reference>/": Page(fill="correction"),
    "corrections/<str:reference>/notice.tlog-proof": Page(fill="correction"),
    "articles/<str:reference>/": Page(fill="article"),
    "articles/<str:reference>/feed.atom": Page(fill="article"),
    "articles/<str:reference>/feed.json": Page(fill="article"),
    "reprints/": PUBLIC,
    "reprints/new/": Page(post=422),
    "reprints/drafts/<str:token>/": Page(link="draft", post=303),
    "reprints/requests/confirm/<str:token>/": Page(link="confirm_request", post=200),
    "reprints/requests/<str:key>/": Page(303, link="request"),
    "reprints/requests/<str:key>/quotes/<str:reference>/quote.pdf": Page(link="request", fill="asked_quote"),
    "reprints/requests/<str:key>/quotes/<str:reference>/accept/": Page(303, 422, link="request", fill="asked_quote"),
    "reprints/requests/<str:key>/licenses/<str:reference>/certificate.pdf": Page(404, link="request", fill="license"),
    "reprints/requests/<str:key>/licenses/<str:reference>/placements/": Page(404, 404, link="request", fill="license"),
    "reprints/requests/<str:key>/notices/<str:reference>/acknowledge/": Page(404, 404, link="request", fill="notice"),
    "reprints/requests/<str:key>/invoices/<str:reference>/invoice.pdf": Page(404, link="request", fill="invoice"),
    "reprints/requests/<str:key>/download/": Page(link="request"),
    "reprints/requests/<str:key>/another/": Page(post=422, link="request"),
    "reprints/requests/<str:key>/withdraw/": Page(303, 422, link="request"),
    "reprints/notices/<str:reference>/<str:token>/": Page(post=422, link="acknowledge", fill="notice"),
    "licenses/verify/": Page(),
    "licenses/verify/<str:number>/": Page(fill="license"),
    "license.xml": PUBLIC,
    "robots.txt": PUBLIC,
    ".well-known/tdmrep.json": PUBLIC,
    ".well-known/tdm-policy.json": PUBLIC,
    ".well-known/jwks.json": PUBLIC,
    "ns/licensing": PUBLIC,
    "api/schema/": PUBLIC,
    "api/docs/": PUBLIC,
    "problems/<slug:code>/": Page(fill="code"),
    "api/<path:rest>": Page(404, 404, fill="code"),
}
"""Pattern of the URLconf, with the names of the moves filled in → what is answered there."""

ELSEWHERE = ("admin/", "api/v1/", "reprints/partner/")
"""These have a matrix of their own."""

MOVES = {
    "quotes/<str:reference>/<str:name>/": "quotes/<str:reference>/accept/",
    "licenses/<str:reference>/<str:name>/": "licenses/<str:reference>/placements/",
    "licenses/<str:reference>/<str:name>": "licenses/<str:reference>/certificate.pdf",
    "notices/<str:reference>/<str:name>/": "notices/<str:reference>/acknowledge/",
    "<str:key>/<str:name>/": "<str:key>/withdraw/",
}


def with_move(pattern: str) -> str:
    """The pattern with the name of a move in it."""
    for end, moved in MOVES.items():
        if pattern.endswith(end):
            return pattern.removesuffix(end) + moved
    return pattern


def path_of(world: SimpleNamespace, pattern: str, key: str) -> str:
    """The pattern with the owner's records, and with this key in place of the link's token."""
    page = PAGES[pattern]
    record = {
        "asked_quote": world.asked.quotes.get().reference,
        "code": "not_found",
    }.get(page.fill) or (getattr(world, page.fill).reference if page.fill else "")
    for name in ("<str:token>", "<str:key>"):
        pattern = pattern.replace(name, key)
    for name in ("<str:reference>", "<str:number>", "<slug:code>", "<path:rest>", "<str:version>"):
        pattern = pattern.replace(name, record)
    return f"/{pattern}"


def keys_of(world: SimpleNamespace, link: str) -> tuple[str, list[str]]:
    """The token that opens pages of this kind; and tokens that do not: forged, of another purpose, cut, a reference."""
    right = {
        "report": world.report_path,
        "request": world.asked_path,
        "inquiry": world.inquiry_path,
        "draft": world.draft_path,
        "confirm_report": world.confirm_report_path,
        "confirm_request": world.confirm_request_path,
        "acknowledge": world.acknowledge_path,
    }
    token = {name: path.rstrip("/").split("/")[-1] for name, path in right.items()}
    others = [value for name, value in token.items() if name != link]
    reference = {"inquiry": world.inquiry, "request": world.asked}.get(
        link, world.report if "report" in link else world.asked
    ).reference
    return token[link], [WRONG, *others, token[link][:-1], token[link][:-1] + "-", reference]


def ask(path: str, method: str) -> int:
    with undone():
        client = Stranger()
        return client.get(path).status_code if method == "GET" else client.post(path, {}).status_code


def test_every_page_has_a_rule_and_every_rule_a_page():
    patterns = {with_move(name) for name in routes() if not name.startswith(ELSEWHERE)}
    assert patterns == set(PAGES)


def test_each_page_opens_to_its_link_and_to_nothing_that_looks_like_it(world):
    before = [list(model.objects.order_by("pk").values()) for model in MODELS]
    wrong = []
    for number, (pattern, page) in enumerate(PAGES.items()):
        right, others = keys_of(world, page.link) if page.link else ("", [])
        expected = {(right, "GET"): page.get, (right, "POST"): page.post}
        for place, method in enumerate(("GET", "POST"), number):
            expected |= {(key, method): 404 for key in others[place % EVERY :: EVERY]}
        for (key, method), status in expected.items():
            got = ask(path_of(world, pattern, key), method)
            closed_to_posts = (got, method, page.post) == (405, "POST", 405)
            if got != status and not closed_to_posts:
                wrong.append((pattern, method, key, got, status))
    assert wrong == []
    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == before


def test_a_page_s_cookie_opens_that_page_only(world):
    client = Client()
    client.get(world.report_path)
    client.get(world.asked_path)
    assert client.get(f"/corrections/reports/{world.report.reference}/").status_code == 200
    assert client.get(f"/reprints/requests/{world.asked.reference}/").status_code == 200
    assert client.get(f"/reprints/requests/{world.request.reference}/").status_code == 404
    assert Client().get(f"/corrections/reports/{world.report.reference}/").status_code == 404


def test_a_form_of_one_record_is_not_taken_for_another(world):
    foreign = form_token.issue("withdraw", about=world.asked.reference)
    path = f"{world.report_path}withdraw/"
    answer = Client().post(path, {"seen": world.report.version, "sure": "on", "form_token": foreign})
    world.report.refresh_from_db()
    assert (answer.status_code, world.report.status) == (422, "new")


def test_a_notice_that_is_not_published_has_no_page(world):
    assert [ask(f"/corrections/{row.reference}/", "GET") for row in (world.correction, world.draft)] == [200, 404]


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer a long secre", "Bearer \xff\xfe", "a long"])
def test_a_wrong_token_for_the_numbers_is_a_wrong_one_whatever_is_in_it(settings, given):
    settings.METRICS_TOKEN = "a long secret"
    assert Client().get("/metrics", headers={"Authorization": given}).status_code == 403


def test_numbers_for_operators_are_not_for_the_world(world, settings):
    settings.METRICS_TOKEN = "a long secret"
    known = {"Authorization": "Bearer a long secret"}
    assert Client().get("/metrics").status_code == 403
    assert Client().get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    assert Client().get("/metrics", headers=known).status_code == 200
    settings.METRICS_TOKEN = ""
    assert Client(REMOTE_ADDR="192.0.2.1").get("/metrics").status_code == 403
