"""Every button of both desks, pressed by everybody with all that it needs: only those who may change anything.

Once over HTTP, and once past the page, at the service itself: neither relies on the other. Whom the code cannot
tell apart press in turn, one of them at each button: those who hold the same roles, and over HTTP those who are not let
in, and those to whom the record does not exist. All of them with MASTHEAD_CHAOS=1.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from copy import copy
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils.datastructures import MultiValueDict

from newsroom.errors import DomainError, NotAllowed
from tests.doors.presses import TABLES, Press
from tests.doors.test_admin_matrix import (
    ADMINS,
    DESK,
    FULL,
    LICENSING,
    MEMBERS,
    PEOPLE,
    STRANGERS,
    client_of,
    in_turn,
    model_of,
)
from tests.doors.world import undone

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

EDITORS = {"desk_editor", "standards_editor", *ADMINS}
STANDARDS = {"standards_editor", *ADMINS}
LEGAL = {"legal", *ADMINS}
MANAGERS = {"licensing_manager", *ADMINS}

USUALLY = {"articles": LEGAL, "corrections": EDITORS, "reprints": LICENSING}
MAY = {
    "articles/article": {**dict.fromkeys(["withhold", "release"], STANDARDS | LEGAL), "remove": LEGAL},
    "corrections/report": {
        **dict.fromkeys(["advise", "restrict", "unrestrict", "place_hold", "lift_hold"], LEGAL),
        **dict.fromkeys(["reveal_contact", "export"], DESK),
    },
    "corrections/correction": {
        **dict.fromkeys(["publish", "publish_urgent", "review"], STANDARDS),
        **dict.fromkeys(["suppress", "unsuppress", "propose_destroy", "keep", "destroy"], LEGAL),
    },
    "reprints/quote": {"approve": MANAGERS},
    "reprints/license": {"revoke": MANAGERS},
    "reprints/invoice": {"write_off": MANAGERS},
}
"""Kind of record → button → who may press it, where that is not `USUALLY`."""

SAYS = {
    # Legal reviews what legal did alone; of what others did nothing waits for them.
    ("corrections/correction", "review", "legal"): "Conflict: Nothing waits for a second person.",
}
"""What the service says to somebody who may not, where that is no question of the role alone."""

WRITES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+\"?(\w+)", re.IGNORECASE)
NOT_OF_THE_RECORD = {"django_session", "api_counter", "corrections_presence"}
"""Signing in, counting, and who is looking at a page."""


@contextmanager
def written():
    """The tables that are written to, each time."""
    found: list[str] = []

    def watch(execute, sql, params, many, context):
        match = WRITES.match(sql)
        if match and match[2] not in NOT_OF_THE_RECORD:
            found.append(match[2])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


def sent(press: Press) -> dict[str, Any]:
    return {"seen": press.record.version, **press.fields}


def over_http(client: Client, name: str, path: str, press: Press) -> tuple[str, list[str]]:
    """`done`, `refused`, `not there`, `sign in`, or the status; and what was written."""
    with undone(), written() as tables:
        answer = client.post(path, sent(press))
    page = "" if answer.streaming else answer.content.decode()
    if name in STRANGERS and ("login-form" in page or answer.get("Location", "").startswith("/admin/login/")):
        return "sign in", tables
    return {302: "done", 200: "done", 409: "refused", 404: "not there"}.get(answer.status_code, str(answer)), tables


def typed(world: SimpleNamespace, desk: Any, button: Any, press: Press) -> dict[str, Any]:
    """What an administrator's form makes of the fields."""
    lists = {key: value if isinstance(value, list) else [value] for key, value in sent(press).items()}
    record = type(press.record).objects.get(pk=press.record.pk)
    form = desk._form(button, record, world.staff["superuser"], data=MultiValueDict(lists))
    assert form.is_valid(), form.errors
    return form.cleaned_data


def at_the_service(person: Any, button: Any, press: Press, words: dict[str, Any]) -> tuple[str, list[str]]:
    record = type(press.record).objects.get(pk=press.record.pk)
    with undone(), written() as tables:
        try:
            button.service(record, by=type(person).objects.get(pk=person.pk), **words)
        except NotAllowed:
            return "refused", tables
        except DomainError as error:
            return f"{type(error).__name__}: {error.message}", tables
    return "done", tables


def expected(name: str, kind: str, *, may: bool, visible: bool) -> str:
    if name in STRANGERS:
        return "sign in"
    return "done" if may else "refused" if visible else "not there"


def undrawn(request: Any, subject: Any, *, status: int = 200, **_more: Any) -> HttpResponse:
    """In place of the page, where one of this kind was drawn with such an answer already."""
    return HttpResponse(status=status)


@pytest.mark.parametrize("kind", TABLES)
def test_only_those_who_may_press_a_button_change_anything(world, settings, monkeypatch, kind):
    settings.STAFF_MFA = "off"
    desk = admin.site._registry[model_of(kind)]
    table = TABLES[kind](world)
    assert set(table) == set(desk.buttons)
    assert set(MAY.get(kind, {})) <= set(desk.buttons)
    clients = {name: client_of(world, name) for name in PEOPLE}
    wrong, shown = [], set()
    for turn, (button, build) in enumerate(table.items()):
        may = MAY.get(kind, {}).get(button, USUALLY[kind.split("/")[0]])
        with undone():
            press = build()
            words = typed(world, desk, desk.buttons[button], press)
            path = f"/admin/{kind}/{press.record.pk}/do/{button}/"
            rows = desk.model.objects.filter(pk=press.record.pk)
            sees = {name for name in MEMBERS if rows.visible_to(world.staff[name]).exists()}
            roles = {
                name: (person.roles_at(press.record.publication), person.roles_anywhere())
                for name, person in world.staff.items()
                if name in MEMBERS
            }
            for name in in_turn({name: roles[name] if name in sees else name in MEMBERS for name in PEOPLE}, turn):
                due = expected(name, kind, may=name in may, visible=name in sees)
                with monkeypatch.context() as patch:
                    if due in shown and not FULL:
                        patch.setattr(desk, "work_page", undrawn)
                    answer, tables = over_http(clients[name], name, path, press)
                shown.add(due)
                if answer != due or (answer == "done") != bool(tables):
                    wrong.append((button, name, "over http", answer, tables))
            for name in in_turn(roles, turn):
                answer, tables = at_the_service(world.staff[name], desk.buttons[button], press, copy(words))
                said = SAYS.get((kind, button, name), "done" if name in may else "refused")
                if answer != said or (answer == "done") != bool(tables):
                    wrong.append((button, name, "at the service", answer, tables))
    assert wrong == []
