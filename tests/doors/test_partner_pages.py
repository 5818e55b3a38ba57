"""Every page of an organization's own, opened and posted to by its people, by strangers, and by nobody at all."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from tests.doors.test_matrix import MODELS, routes
from tests.doors.world import undone
from tests.reprints.web.partners import person, signed_in

pytestmark = pytest.mark.django_db
FOLDER = "reprints/partner/"
VISITORS = ("signed_out", "asker", "signer", "payer", "reader", "other")
OWN = ("asker", "signer", "payer", "reader")
IN = ("asker", "signer", "payer", "reader", "other")


@dataclass(frozen=True)
class Page:
    """Who may open it and who may post to it, among those who are signed in. Whoever may post gets `sent`.

    `own` pages are about a record of one organization: 404 to the others. `plain` is the status of an allowed GET.
    """

    opens: tuple[str, ...] = IN
    posts: tuple[str, ...] = ()
    own: bool = False
    plain: int = 200
    sent: int = 422

    def status(self, visitor: str, method: str) -> set[int]:
        if visitor == "signed_out":
            return {405} if method == "GET" and self.plain == 405 else {303} if method == "GET" or self.posts else {405}
        if self.own and visitor == "other":
            return {404} if self.posts or method == "GET" else {404, 405}
        if method == "GET":
            return {self.plain} if visitor in self.opens else {403}
        if not self.posts:
            return {405}
        return {self.sent} if visitor in self.posts else {403}


MAY_ASK, MAY_SIGN, MAY_ACT = ("asker",), ("signer",), ("asker", "signer")
OF_REQUEST = f"{FOLDER}requests/<str:reference>/"
OF_HOOK = f"{FOLDER}endpoints/<uuid:endpoint_id>/"
PAGES = {
    f"{FOLDER}requests/": Page(),
    f"{FOLDER}quotes/": Page(),
    f"{FOLDER}licenses/": Page(),
    f"{FOLDER}notices/": Page(),
    f"{FOLDER}invoices/": Page(opens=("signer", "payer", "other")),
    f"{FOLDER}leave/": Page(plain=405, posts=IN, sent=303),
    f"{FOLDER}choose/": Page(plain=405, posts=IN, sent=303),
    f"{FOLDER}test/": Page(posts=("asker", "signer", "payer", "other")),
    f"{FOLDER}drafts/": Page(opens=("asker", "other"), posts=("asker", "other"), sent=303),
    f"{FOLDER}keys/": Page(posts=IN),
    f"{FOLDER}keys/<str:key_id>/rotate/": Page(opens=OWN, own=True, plain=303, posts=OWN),
    f"{FOLDER}keys/<str:key_id>/revoke/": Page(opens=OWN, own=True, plain=303, posts=OWN),
    f"{FOLDER}endpoints/": Page(posts=("signer", "other")),
    OF_HOOK: Page(opens=OWN, own=True),
    f"{OF_HOOK}deliveries/<uuid:delivery_id>/redeliver/": Page(opens=OWN, own=True, plain=303, posts=MAY_ACT),
    f"{OF_HOOK}ping/": Page(opens=OWN, own=True, plain=303, posts=MAY_ACT),
    f"{OF_HOOK}pause/": Page(opens=OWN, own=True, plain=303, posts=MAY_ACT),
    f"{OF_HOOK}resume/": Page(opens=OWN, own=True, plain=303, posts=MAY_ACT),
    f"{OF_HOOK}rotate/": Page(opens=OWN, own=True, plain=303, posts=MAY_SIGN),
    f"{FOLDER}requests/new/": Page(opens=("asker", "other"), posts=("asker", "other")),
    OF_REQUEST: Page(opens=OWN, own=True),
    f"{OF_REQUEST}quotes/<str:record>/quote.pdf": Page(opens=OWN, own=True),
    f"{OF_REQUEST}licenses/<str:record>/certificate.pdf": Page(opens=OWN, own=True),
    f"{OF_REQUEST}invoices/<str:record>/invoice.pdf": Page(opens=("signer", "payer"), own=True, plain=409),
    f"{OF_REQUEST}quotes/<str:record>/accept/": Page(opens=OWN, own=True, plain=303, posts=MAY_SIGN),
    f"{OF_REQUEST}quotes/<str:record>/decline/": Page(opens=OWN, own=True, plain=303, posts=MAY_SIGN),
    f"{OF_REQUEST}licenses/<str:record>/placements/": Page(opens=OWN, own=True, plain=303, posts=MAY_ACT),
    f"{OF_REQUEST}licenses/<str:record>/renew/": Page(opens=OWN, own=True, plain=303, posts=MAY_ASK),
    f"{OF_REQUEST}licenses/<str:record>/terminate/": Page(opens=OWN, own=True, plain=303, posts=MAY_SIGN),
    f"{OF_REQUEST}notices/<str:record>/acknowledge/": Page(opens=OWN, own=True, plain=303, posts=MAY_ACT),
    f"{OF_REQUEST}another/": Page(opens=MAY_ASK, own=True, posts=MAY_ASK),
    f"{OF_REQUEST}withdraw/": Page(opens=OWN, own=True, plain=303, posts=MAY_ASK),
    f"{OF_REQUEST}edit/": Page(opens=OWN, own=True, plain=303, posts=MAY_ASK),
    f"{OF_REQUEST}message/": Page(opens=OWN, own=True, plain=303, posts=MAY_ASK),
    f"{OF_REQUEST}reply/": Page(opens=OWN, own=True, plain=303, posts=MAY_ASK),
    f"{OF_REQUEST}reopen/": Page(opens=OWN, own=True, plain=303, posts=MAY_ASK),
}
"""Pattern of the URLconf, with the names of the moves filled in → who may."""

FILLED = {
    f"{OF_REQUEST}quotes/<str:record>/<str:name>/": ("accept/", "decline/"),
    f"{OF_REQUEST}licenses/<str:record>/<str:name>": ("certificate.pdf",),
    f"{OF_REQUEST}licenses/<str:record>/<str:name>/": ("placements/", "renew/", "terminate/"),
    f"{OF_REQUEST}notices/<str:record>/<str:name>/": ("acknowledge/",),
    f"{FOLDER}keys/<str:key_id>/<str:name>/": ("rotate/", "revoke/"),
    f"{OF_HOOK}<str:name>/": ("ping/", "pause/", "resume/", "rotate/"),
    f"{OF_REQUEST}<str:name>/": ("withdraw/", "edit/", "message/", "reply/", "reopen/"),
}
"""A pattern that ends in the name of a move → those names."""

ELSEWHERE = {FOLDER, f"{FOLDER}enter/<str:token>/"}
"""The door: see tests/reprints/web/test_partner_door.py and the two tests at the end."""


def filled(pattern: str) -> list[str]:
    stem = pattern.rpartition("<str:name>")[0]
    return [stem + name for name in FILLED[pattern]] if pattern in FILLED else [pattern]


@pytest.fixture
def visitors(world):
    people = {
        "asker": person(world.owner, is_requester=True),
        "signer": person(world.owner, is_signatory=True),
        "payer": person(world.owner, is_billing=True),
        "reader": person(world.owner),
        "other": person(world.other, is_requester=True, is_signatory=True, is_billing=True),
    }
    return {"signed_out": Client()} | {name: signed_in(contact) for name, contact in people.items()}


def path_of(world, pattern: str) -> str:
    record = {"quotes": world.quote, "licenses": world.license, "notices": world.notice, "invoices": world.invoice}
    kind = pattern.removeprefix(OF_REQUEST).split("/")[0]
    owner = {"licenses": world.license, "notices": world.license}.get(kind)
    request = owner.request if owner else world.invoice.quote.request if kind == "invoices" else world.request
    path = pattern.replace("<str:reference>", request.reference).replace("<str:key_id>", world.key.key_id)
    path = path.replace("<uuid:endpoint_id>", str(world.endpoint.public_id))
    path = path.replace("<uuid:delivery_id>", str(world.delivery.uuid))
    return "/" + (path.replace("<str:record>", record[kind].reference) if kind in record else path)


def ask(client: Client, method: str, path: str) -> tuple[int, str]:
    with undone():
        answer = client.get(path) if method == "GET" else client.post(path, {})
    return answer.status_code, answer.content.decode(errors="replace")


def test_every_page_has_a_rule_and_every_rule_a_page():
    patterns = {end for name in routes() if name.startswith(FOLDER) for end in filled(name)}
    assert patterns == set(PAGES) | ELSEWHERE


def test_what_each_person_may_open_and_send(world, visitors):
    before = [list(model.objects.order_by("pk").values()) for model in MODELS]
    own = [row.reference for row in (world.license, world.request, world.quote, world.notice, world.invoice)]
    wrong = []
    for pattern, page in PAGES.items():
        path = path_of(world, pattern)
        for visitor in VISITORS:
            for method in ("GET", "POST"):
                status, said = ask(visitors[visitor], method, path)
                leaks = visitor in {"signed_out", "other"} and any(name in said and name not in path for name in own)
                if status not in page.status(visitor, method) or leaks:
                    wrong.append((visitor, method, path, status, page.status(visitor, method), leaks))
    assert wrong == []
    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == before


def test_records_of_other_requests_and_made_up_names_are_nowhere(world, visitors):
    base = f"/{FOLDER}requests/{world.request.reference}/"
    strange = [
        f"{base}licenses/{world.license.reference}/certificate.pdf",
        f"{base}quotes/{world.asked.quotes.get().reference}/quote.pdf",
        f"{base}licenses/{world.license.reference}/revoke/",
        f"{base}erase_contact/",
        f"{base}take_up/",
        f"/{FOLDER}requests/{world.asked.reference}/",
        f"/{FOLDER}nowhere/",
    ]
    for path in strange:
        assert {ask(visitors["signer"], method, path)[0] for method in ("GET", "POST")} <= {404, 405}, path


def test_the_door_is_open_to_all_and_its_link_to_its_holder(world, visitors):
    assert ask(visitors["signed_out"], "GET", f"/{FOLDER}")[0] == 200
    for token in ("x" * 44, world.asked_path.rstrip("/").split("/")[-1], world.request.reference):
        for method in ("GET", "POST"):
            assert ask(visitors["signed_out"], method, f"/{FOLDER}enter/{token}/")[0] == 404


def test_a_partners_session_is_no_staff_session_and_the_other_way_round(world, visitors):
    assert visitors["signer"].get("/admin/").status_code == 302
    staff = Client()
    staff.force_login(world.staff["superuser"])
    assert staff.get(f"/{FOLDER}requests/").status_code == 303
