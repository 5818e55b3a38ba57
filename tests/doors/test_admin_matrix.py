"""Every page of the admin, opened and posted to by every kind of staff: the table here is what they may. The buttons of
the pages are pressed in `test_buttons`.

Nobody edits in place and nobody deletes. A record of another publication does not exist for whoever does not work
there. Of people to whom the code grants the same at a kind of record, and of whom the table says the same, one opens
each page, in turn. Everybody opens the pages that ask in a way of their own, and with MASTHEAD_CHAOS=1 all pages.
"""

from __future__ import annotations

import os
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from newsroom.admin import WorkflowAdmin
from tests.doors.browsers import Browser
from tests.doors.test_matrix import MODELS, routes
from tests.doors.world import undone

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(600)]
FULL = os.environ.get("MASTHEAD_CHAOS") == "1"

PEOPLE = (
    *("anonymous", "not_staff", "no_role", "elsewhere"),
    *("desk_editor", "standards_editor", "legal", "licensing_editor", "licensing_manager", "admin"),
    *("house_admin", "superuser"),
)
STRANGERS = {"anonymous", "not_staff"}
MEMBERS = [name for name in PEOPLE if name not in STRANGERS]
HOUSE = {"house_admin", "superuser"}
ADMINS = {"admin", *HOUSE}
DESK = {"desk_editor", "standards_editor", "legal", *ADMINS}
LICENSING = {"licensing_editor", "licensing_manager", *ADMINS}
WITH_ROLE = DESK | LICENSING

SEES = {
    "accounts/user": HOUSE,
    "accounts/accessentry": HOUSE,
    "accounts/publication": HOUSE,
    "accounts/desk": HOUSE,
    "accounts/guideline": HOUSE,
    "accounts/organization": HOUSE,
    "accounts/apikey": HOUSE,
    "articles/article": WITH_ROLE,
    "events/event": ADMINS,
    "events/delivery": ADMINS,
    "events/endpoint": ADMINS,
    "corrections/report": DESK,
    "corrections/correction": DESK,
    "corrections/answertemplate": DESK,
    "corrections/listedsender": DESK,
    "corrections/ledgerentry": DESK,
    "corrections/ledgercheckpoint": DESK,
    "reprints/licenserequest": LICENSING,
    "reprints/quote": LICENSING,
    "reprints/license": LICENSING,
    "reprints/updatenotice": LICENSING,
    "reprints/invoice": LICENSING,
    "reprints/ratecard": HOUSE,
    "reprints/usetype": HOUSE,
    "reprints/termstemplate": HOUSE,
}
"""Kind of record → who sees those of their publication."""

ADDS = {
    **dict.fromkeys(
        [
            *("accounts/user", "accounts/publication", "accounts/desk", "accounts/guideline"),
            *("accounts/organization", "accounts/apikey"),
            *("reprints/ratecard", "reprints/usetype", "reprints/termstemplate"),
        ],
        HOUSE,
    ),
    "corrections/answertemplate": {"standards_editor", "elsewhere", *ADMINS},  # each at their own publication
}
"""Kind of record → who may make one with Django's own form. All others are made by moves."""

STARTS = (DESK - {"legal"}) | {"elsewhere"}
"""Who may begin a report or a notice by hand."""

CHANGES = {kind: who for kind, who in ADDS.items() if kind not in {"accounts/apikey", "reprints/termstemplate"}}
CHANGES["corrections/answertemplate"] = {"standards_editor", *ADMINS}
"""Kind of record → who may edit one. A key and a version of the terms are as they are."""

PUBLIC_KINDS = {"corrections/ledgerentry", "corrections/ledgercheckpoint"}
"""What the world may read is not divided by publication."""

OPEN_TO_ALL = {
    "admin/login/",
    "admin/second-step/",
    "admin/password_reset/",
    "admin/password_reset/done/",
    "admin/password_reset/<uidb64>/<token>/",
    "admin/password_reset/complete/",
}
STAFF_ONLY = {
    *("admin/", "admin/logout/", "admin/password_change/", "admin/password_change/done/", "admin/jsi18n/"),
    *("admin/second-factor/", "admin/kept/"),
}
NOWHERE = {"admin/autocomplete/", "admin/r/<path:content_type_id>/<path:object_id>/", "admin/(?P<url>.*)$"}
SECTIONS = "admin/^(?P<app_label>accounts|articles|events|corrections|reprints)/$"
SUFFIXES = (
    *("", "add/", "<path:object_id>/history/", "<path:object_id>/delete/", "<path:object_id>/change/"),
    *("<path:object_id>/", "start/<slug:starter>/", "<path:object_id>/do/<slug:button>/"),
    *("<id>/password/", "statistics/", "export.csv", "<path:object_id>/invoice.pdf", "<path:object_id>/preview/"),
    "<path:object_id>/copy/",
)
OURS = {"<id>/password/", "statistics/", "export.csv", "<path:object_id>/invoice.pdf", "<path:object_id>/preview/"} | {
    "<path:object_id>/copy/"
}
"""Pages that ask in a way of their own who may open them."""
READ_ONLY = {"statistics/", "export.csv", "<path:object_id>/invoice.pdf", "<path:object_id>/preview/"}


def pages() -> dict[str, list[str]]:
    """Kind of record → the endings of its pages in the URLconf."""
    found: dict[str, list[str]] = {}
    for pattern in routes():
        match = re.match(r"admin/(accounts|articles|events|corrections|reprints)/(\w+)/(.*)$", pattern)
        if match:
            found.setdefault(f"{match[1]}/{match[2]}", []).append(match[3])
    return found


def record_of(world: SimpleNamespace, kind: str):
    """A record of the owner's publication."""
    named = {
        "accounts/user": world.staff["desk_editor"],
        "accounts/publication": world.daily,
        "accounts/organization": world.owner,
        "accounts/apikey": world.key,
        "corrections/correction": world.draft,
        "reprints/licenserequest": world.request,
        "reprints/updatenotice": world.notice,
        "reprints/ratecard": world.card,
        "events/event": world.event,
        "events/endpoint": world.desk_endpoint,
        "events/delivery": world.desk_delivery,
    }
    return named.get(kind) or getattr(world, kind.split("/")[1], None) or model_of(kind).objects.order_by("pk").first()


def model_of(kind: str):
    """The model of a kind of record."""
    return next(model for model in admin.site._registry if model._meta.label_lower == kind.replace("/", "."))


def client_of(world: SimpleNamespace, name: str) -> Client:
    client = Browser()
    if name != "anonymous":
        client.force_login(world.staff[name])
    return client


def ask(client: Client, method: str, path: str, data: dict | None = None):
    """The status; 401 for being led to the sign-in page."""
    with undone():
        answer = client.get(path) if method == "GET" else client.post(path, data or {})
    if answer.status_code == 302 and answer["Location"].startswith("/admin/login/"):
        return 401, ""
    return answer.status_code, "" if answer.streaming else answer.content.decode(errors="replace")


def expected(name: str, kind: str, ending: str, method: str) -> set[int]:
    """What the table lets this person be answered."""
    sees = name in SEES[kind] or (name == "elsewhere" and kind in PUBLIC_KINDS)
    lists = sees or (name == "elsewhere" and ("desk_editor" in SEES[kind] or "licensing_editor" in SEES[kind]))
    denied = {403, 404}
    if name in STRANGERS:
        return {401}
    if ending in READ_ONLY and method == "POST":
        return {405}
    if ending in {"export.csv", "statistics/"}:
        return {200} if lists else denied
    if ending == "<path:object_id>/invoice.pdf":
        return denied  # the world's invoice was written by the accounting system: no letter of ours
    if ending == "<path:object_id>/preview/":
        return {200} if sees else denied
    if ending == "<path:object_id>/copy/":
        return {405} if method == "GET" else {302} if name in ADDS[kind] else denied
    if ending == "":
        return {200, 302} if lists else denied
    if ending == "add/":
        return {200} if name in ADDS.get(kind, set()) else denied
    if ending == "<id>/password/":
        return {200} if sees else denied
    if ending == "<path:object_id>/":
        return {302, 405}  # Django's old address: leads to the page, which is judged for itself
    if ending == "<path:object_id>/delete/":
        return {302} | denied
    if ending == "start/<slug:starter>/":
        return {200, 422} if kind.startswith("corrections/") and name in STARTS else denied
    if ending == "<path:object_id>/do/<slug:button>/":
        if method == "GET":
            return {302}  # leads to the page
        return {302, 409, 422} if sees else denied
    if (name, method, kind) == ("elsewhere", "POST", "corrections/answertemplate") and ending.endswith("/change/"):
        return {
            302
        }  # may change those of another publication: is sent back with a sentence, as for one that is not there
    if method == "POST" and ending == "<path:object_id>/change/":
        return {200} if name in CHANGES.get(kind, set()) else denied
    # Django sends whoever may see the kind, but has no such record, back to the first page with a sentence.
    return {200} if sees else {302} | denied


def test_every_page_of_the_admin_has_a_rule():
    assert set(pages()) == set(SEES)
    assert {ending for endings in pages().values() for ending in endings} == set(SUFFIXES)
    others = {name for name in routes() if name.startswith("admin/")}
    others -= {f"admin/{kind}/{ending}" for kind, endings in pages().items() for ending in endings}
    assert others == OPEN_TO_ALL | STAFF_ONLY | NOWHERE | {SECTIONS}


def in_turn(standing: dict[str, Any], turn: int) -> list[str]:
    """Of those who stand alike the one whose turn it is."""
    alike: dict[Any, list[str]] = {}
    for name, how in standing.items():
        alike.setdefault(name if FULL else how, []).append(name)
    return [names[turn % len(names)] for names in alike.values()]


def granted(rf: Any, person: Any, desk: Any, record: Any) -> tuple[Any, ...]:
    """All that the pages of this kind of record ask about a person."""
    request = rf.get("/")
    request.user = person
    starters = getattr(desk, "starters", {}).values()
    return (
        *(desk.has_module_permission(request), desk.has_add_permission(request)),
        *(desk.has_view_permission(request), desk.has_view_permission(request, record)),
        *(desk.has_change_permission(request), desk.has_change_permission(request, record)),
        *(desk.has_delete_permission(request), desk.has_delete_permission(request, record)),
        desk.get_queryset(request).filter(pk=record.pk).exists(),
        *(starter.offered is None or starter.offered(None, person) for starter in starters),
    )


def filled(ending: str, desk: Any, record: Any) -> list[str]:
    """The ending with the record, each way to begin, and a button in it: `test_buttons` presses all."""
    starters = list(getattr(desk, "starters", {})) or ["nothing"]
    buttons = list(getattr(desk, "buttons", {}))[:1] or ["nothing"]
    return [
        ending.replace("<path:object_id>", str(record.pk))
        .replace("<id>", str(record.pk))
        .replace("<slug:starter>", starter)
        .replace("<slug:button>", button)
        for starter in (starters if "starter" in ending else [""])
        for button in (buttons if "button" in ending else [""])
    ]


def test_what_each_person_may_open_and_send(world, rf):
    clients = {name: client_of(world, name) for name in PEOPLE}
    before = [list(model.objects.order_by("pk").values()) for model in MODELS]
    wrong, turn = [], 0
    for kind, endings in pages().items():
        record = record_of(world, kind)
        desk = admin.site._registry[model_of(kind)]
        grants = {name: name in MEMBERS and granted(rf, world.staff[name], desk, record) for name in PEOPLE}
        reference = getattr(record, "reference", "")
        for ending in endings:
            table = {name: [expected(name, kind, ending, how) for how in ("GET", "POST")] for name in PEOPLE}
            standing = {name: (grants[name], *map(frozenset, table[name]), ending in OURS and name) for name in PEOPLE}
            for path in filled(ending, desk, record):
                turn += 1
                for name in in_turn(standing, turn):
                    for method, allowed in zip(("GET", "POST"), table[name], strict=True):
                        data = {"seen": record.version} if "do/" in path else None
                        status, said = ask(clients[name], method, f"/admin/{kind}/{path}", data)
                        # A checkpoint is named by a number, which any page may hold.
                        leak = "-" in reference and reference in said and name not in SEES[kind]
                        if status not in allowed or leak:
                            wrong.append((name, method, f"{kind}/{path}", status, sorted(allowed), leak))
    assert wrong == []
    assert [list(model.objects.order_by("pk").values()) for model in MODELS] == before


@pytest.mark.parametrize("name", PEOPLE)
def test_the_pages_that_belong_to_no_record(world, name, settings):
    settings.STAFF_MFA = "optional"
    client = client_of(world, name)
    stranger = name in STRANGERS
    opened = {path: ask(client, "GET", f"/{path}")[0] for path in STAFF_ONLY - {"admin/logout/", "admin/kept/"}}
    assert opened == dict.fromkeys(opened, 401 if stranger else 200)
    assert ask(client, "GET", "/admin/kept/")[0] == (401 if stranger else 302)  # nothing was typed
    assert ask(client, "GET", "/admin/nowhere/")[0] == (401 if stranger else 404)
    assert ask(client, "GET", "/admin/autocomplete/")[0] == (401 if stranger else 403)
    assert ask(client, "GET", f"/admin/r/1/{world.report.pk}/")[0] == (401 if stranger else 404)
    assert ask(client, "GET", "/admin/logout/")[0] in {302, 401, 405}
    sections = {app: ask(client, "GET", f"/admin/{app}/")[0] for app in ("accounts", "corrections", "reprints", "auth")}
    may = {
        "accounts": HOUSE,
        "corrections": DESK | {"elsewhere"},
        "reprints": LICENSING | {"elsewhere"},
        "auth": set(),
    }
    closed = 401 if stranger else 404
    assert sections == {app: 200 if name in may[app] else closed for app in sections}


def test_who_leaves_is_out_at_once(world):
    person = world.staff["standards_editor"]
    client = client_of(world, "standards_editor")
    assert ask(client, "GET", "/admin/corrections/report/")[0] == 200
    type(person).objects.filter(pk=person.pk).update(is_active=False)
    assert ask(client, "GET", "/admin/corrections/report/")[0] == 401


def test_every_button_asks_the_table(world):
    """A member of staff who may look but not move is refused, whichever button they forge."""
    assert {model._meta.label for model, desk in admin.site._registry.items() if isinstance(desk, WorkflowAdmin)} == {
        *("corrections.Report", "corrections.Correction"),
        *("reprints.LicenseRequest", "reprints.Quote", "reprints.License", "reprints.UpdateNotice"),
        *("articles.Article", "reprints.Invoice"),
    }
    client = client_of(world, "legal")
    for name in ("take_up", "release", "resume", "mark_spam", "restore"):
        path = f"/admin/corrections/report/{world.report.pk}/do/{name}/"
        assert ask(client, "POST", path, {"seen": world.report.version})[0] == 409
