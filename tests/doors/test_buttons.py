"""Every button of both desks, pressed by everybody with all that it needs: only those who may change anything.

Once over HTTP, and once past the page, at the service itself: neither relies on the other.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.utils.datastructures import MultiValueDict

from newsroom.errors import DomainError, NotAllowed
from tests.doors.presses import TABLES, Press
from tests.doors.test_admin_matrix import ADMINS, DESK, LICENSING, PEOPLE, client_of, model_of
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

STRANGERS = {"anonymous", "not_staff"}
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


def at_the_service(world: SimpleNamespace, name: str, desk: Any, button: Any, press: Press) -> tuple[str, list[str]]:
    """The service, with what an administrator's form makes of the same fields."""
    record = type(press.record).objects.get(pk=press.record.pk)
    lists = {key: value if isinstance(value, list) else [value] for key, value in sent(press).items()}
    form = desk._form(button, record, world.staff["superuser"], data=MultiValueDict(lists))
    assert form.is_valid(), form.errors
    with undone(), written() as tables:
        try:
            button.service(record, by=type(world.staff[name]).objects.get(pk=world.staff[name].pk), **form.cleaned_data)
        except NotAllowed:
            return "refused", tables
        except DomainError as error:
            return f"{type(error).__name__}: {error.message}", tables
    return "done", tables


def expected(name: str, kind: str, *, may: bool, visible: bool) -> str:
    if name in STRANGERS:
        return "sign in"
    return "done" if may else "refused" if visible else "not there"


@pytest.mark.parametrize("kind", TABLES)
def test_only_those_who_may_press_a_button_change_anything(world, settings, kind):
    settings.STAFF_MFA = "off"
    desk = admin.site._registry[model_of(kind)]
    table = TABLES[kind](world)
    assert set(table) == set(desk.buttons)
    assert set(MAY.get(kind, {})) <= set(desk.buttons)
    clients = {name: client_of(world, name) for name in PEOPLE}
    wrong = []
    for button, build in table.items():
        may = MAY.get(kind, {}).get(button, USUALLY[kind.split("/")[0]])
        with undone():
            press = build()
            path = f"/admin/{kind}/{press.record.pk}/do/{button}/"
            for name in PEOPLE:
                rows = desk.model.objects.filter(pk=press.record.pk)
                visible = name not in STRANGERS and rows.visible_to(world.staff[name]).exists()
                answer, tables = over_http(clients[name], name, path, press)
                if answer != expected(name, kind, may=name in may, visible=visible) or (answer == "done") != bool(
                    tables
                ):
                    wrong.append((button, name, "over http", answer, tables))
                if name in STRANGERS:
                    continue
                answer, tables = at_the_service(world, name, desk, desk.buttons[button], press)
                said = SAYS.get((kind, button, name), "done" if name in may else "refused")
                if answer != said or (answer == "done") != bool(tables):
                    wrong.append((button, name, "at the service", answer, tables))
    assert wrong == []
