"""What no single page shows: rules that hold for all of the code, all scripts, all passwords and all sessions."""

from __future__ import annotations

import ast
import json
import logging
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django import forms
from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import models
from django.test import Client
from django.utils import timezone
from rest_framework import serializers

from corrections.anchoring import anchor_of
from corrections.models import Correction, LedgerEntry
from corrections.services import correction as notices
from newsroom.accounts import factors
from newsroom.events.models import Event
from newsroom.web.requests import JsonFormatter
from tests.doors.browsers import Stranger
from tests.doors.test_headers import everything
from tests.doors.world import undone
from tests.factories import make_correction, make_publication, make_staff

ROOT = Path(__file__).resolve().parents[2]
HOUSES = ("newsroom", "corrections", "reprints")
CODE = [path for house in HOUSES for path in sorted((ROOT / house).rglob("*.py"))]
SCRIPTS = [path for house in HOUSES for path in sorted((ROOT / house).rglob("*.js"))]
PAGES = sorted((ROOT / "templates").rglob("*.html"))
PASSWORD = "a long enough passphrase"


def calls(path: Path) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]


def name_of(call: ast.Call) -> str:
    return ast.unparse(call.func)


# --- commands, patterns and files ----------------------------------------------------------------------------------


def test_programs_are_started_in_one_place_from_a_list_and_without_a_shell():
    started, forbidden = {}, {}
    for path in CODE:
        names = [name_of(call) for call in calls(path)]
        if any(name.startswith("subprocess.") for name in names):
            started[path.relative_to(ROOT).as_posix()] = [name for name in names if name.startswith("subprocess.")]
        if found := [name for name in names if re.fullmatch(r"os\.(system|popen|exec\w*|spawn\w*)|eval|exec", name)]:
            forbidden[path.name] = found
        shells = [word.value for call in calls(path) for word in call.keywords if word.arg == "shell"]
        assert shells == [], path
    assert started == {"newsroom/backups/database.py": ["subprocess.run"]}
    assert forbidden == {}


@pytest.mark.parametrize("words", ["1.2 (approx", "a+b", "[sic]", "C:\\new\\d", "what?", "^ or $", "{3}", "x|y"])
def test_signs_of_a_pattern_in_a_reader_s_words_stand_for_themselves(words):
    text = f"The minutes say {words} and nothing else."
    assert anchor_of(text, text, exact=words, prefix="", suffix="") == "ok"
    assert anchor_of(text, text.replace(words, "xyz"), exact=words, prefix="", suffix="") != "ok"


def kinds_of(base: type) -> set[type]:
    return {base} | {deeper for kind in base.__subclasses__() for deeper in kinds_of(kind)}


def test_there_is_nothing_to_upload_a_file_with():
    fields = {field for model in apps.get_models() for field in model._meta.get_fields()}
    assert [field for field in fields if isinstance(field, models.FileField)] == []
    declared = [
        (kind.__name__, name)
        for base in (forms.BaseForm, serializers.Serializer)
        for kind in kinds_of(base)
        if kind.__module__.partition(".")[0] in HOUSES
        for name, field in {**getattr(kind, "base_fields", {}), **getattr(kind, "_declared_fields", {})}.items()
        if isinstance(field, forms.FileField | serializers.FileField)
    ]
    assert declared == []
    assert [path.name for path in PAGES if 'type="file"' in path.read_text()] == []


# --- scripts -------------------------------------------------------------------------------------------------------

SINKS = r"\.(?:inner|outer)HTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|javascript:"
WINDOWS = r"postMessage|onmessage|addEventListener\(\s*[\"']message"
PROTOTYPES = r"__proto__|\.prototype\b|Object\.assign|\bfor\s*\([^)]*\bin\b|structuredClone|\.constructor\b"
STORES = r"localStorage\.setItem|document\.cookie|indexedDB|caches\."


@pytest.mark.parametrize("rule", [SINKS, WINDOWS, PROTOTYPES, STORES], ids=["sinks", "windows", "prototypes", "stores"])
def test_no_script_of_ours_makes_html_of_text_hears_other_windows_merges_objects_or_keeps_anything(rule):
    assert len(SCRIPTS) >= 3
    assert {path.name: found for path in SCRIPTS if (found := re.findall(rule, path.read_text()))} == {}


def test_pages_load_scripts_styles_and_pictures_from_here_only_and_hold_no_code():
    elsewhere = re.compile(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=\"(?:https?:)?//", re.IGNORECASE)
    assert [path.name for path in PAGES if elsewhere.search(path.read_text())] == []
    handlers = re.compile(r"<[^>]+\son[a-z]+=|<script(?![^>]*(?:\bsrc=|ld\+json))", re.IGNORECASE)
    assert [path.name for path in PAGES if handlers.search(path.read_text())] == []


# --- passwords -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("password", "taken"),
    [
        ("elevenchars", False),
        ("twelve chars", True),
        ("cormorant " * 13, True),
        ("  t   i d  e ", True),
        ("🦜🐚🦀🐙🦑🐠🐟🦐🐡🐬🐳🦭", True),
        ("onlylowercase", True),
        ("qwertyqwerty", False),
        ("1q2w3e4r5t6y", False),
    ],
)
def test_a_password_is_twelve_characters_of_any_kind_and_not_a_common_one(password, taken):
    try:
        validate_password(password)
    except ValidationError:
        assert taken is False
    else:
        assert taken is True


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["A Long Passphrase ", "a long passphrase ", "A Long Passphrase"])
def test_a_password_is_compared_as_it_was_typed(typed):
    person = make_staff(username="ada")
    person.set_password("A Long Passphrase ")
    person.save()
    answer = Client().post("/admin/login/", {"username": "ada", "password": typed})
    assert (answer.status_code == 302) is (typed == "A Long Passphrase ")


@pytest.mark.django_db
def test_the_sign_in_asks_for_name_and_password_hides_the_latter_and_lets_managers_fill_it_in():
    page = Stranger().get("/admin/login/").content.decode()
    asked = re.findall(r"<input[^>]*>", page.partition('id="login-form"')[2] or page)
    told = {
        re.search(r'name="(\w+)"', field)[1]: field
        for field in asked
        if 'type="hidden"' not in field and "name=" in field
    }
    assert sorted(told) == ["password", "username"]
    assert 'type="password"' in told["password"]
    assert 'autocomplete="current-password"' in told["password"]
    assert "onpaste" not in page
    assert 'autocomplete="off"' not in page


@pytest.mark.django_db
def test_a_password_does_not_grow_old():
    make_staff(username="ada", date_joined=timezone.now() - timedelta(days=4000))
    answer = Client().post("/admin/login/", {"username": "ada", "password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


@pytest.mark.django_db
def test_whoever_changed_a_forgotten_password_still_owes_the_second_step(settings):
    settings.STAFF_MFA = "required"
    ada = make_staff(make_publication(), "desk_editor", username="ada")
    factors.begin(ada)
    ada.set_password("nine dry cormorants")
    ada.save()
    client = Client()
    answer = client.post("/admin/login/", {"username": "ada", "password": "nine dry cormorants"})
    assert answer["Location"].startswith("/admin/second-")
    assert client.get("/admin/corrections/report/").status_code == 302


# --- sessions ------------------------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(db):
    client = Client()
    make_staff(is_superuser=True, username="root")
    assert client.post("/admin/login/", {"username": "root", "password": PASSWORD}).status_code == 302
    return client


def test_the_key_of_a_session_has_more_than_128_bits(signed_in):
    key = signed_in.cookies["desk"].value
    assert re.fullmatch("[a-z0-9]{32}", key)  # 36^32 is more than 2^165


def test_a_session_ends_after_twelve_hours_however_much_it_was_used(signed_in):
    row = Session.objects.get()
    assert abs(row.expire_date - timezone.now() - timedelta(hours=12)) < timedelta(minutes=1)
    Session.objects.update(expire_date=row.expire_date - timedelta(hours=11))
    for path in ("/admin/", "/admin/corrections/report/", "/admin/events/delivery/"):
        assert signed_in.get(path).status_code == 200
    assert Session.objects.get().expire_date == row.expire_date - timedelta(hours=11)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert signed_in.get("/admin/").status_code == 302


def test_writing_it_again_makes_a_session_no_longer(signed_in):
    row = Session.objects.get()
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        assert signed_in.get("/admin/").status_code == 200
        written = Session.objects.get()
    assert written.session_data != row.session_data
    assert abs(written.expire_date - row.expire_date) < timedelta(seconds=1)


def test_a_session_that_nobody_used_for_two_hours_is_over(signed_in):
    began = timezone.now()
    for hours in (1.9, 3.8):
        with time_machine.travel(began + timedelta(hours=hours), tick=False):
            assert signed_in.get("/admin/").status_code == 200
    with time_machine.travel(began + timedelta(hours=5.9), tick=False):
        assert signed_in.get("/admin/").status_code == 302
        assert not Session.objects.filter(session_key=signed_in.cookies["desk"].value).exists()


def test_while_nothing_may_be_written_a_session_is_neither_noted_nor_ended_for_want_of_it(signed_in, settings):
    before = Session.objects.get().session_data
    began = timezone.now()
    settings.READ_ONLY = True
    for hours in (1, 5):
        with time_machine.travel(began + timedelta(hours=hours), tick=False):
            assert signed_in.get("/admin/").status_code == 200
            assert Session.objects.get().session_data == before
    with time_machine.travel(began + timedelta(hours=13), tick=False):
        assert signed_in.get("/admin/").status_code == 302
    settings.READ_ONLY = False
    with time_machine.travel(began + timedelta(hours=5), tick=False):
        assert signed_in.get("/admin/").status_code == 302


def test_a_page_soon_after_another_one_writes_no_session(signed_in):
    before = Session.objects.get().session_data
    assert signed_in.get("/admin/").status_code == 200
    assert Session.objects.get().session_data == before


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/corrections/report/", "/admin/accounts/user/", "/admin/password_change/"]
)
def test_the_way_out_is_on_each_page_of_the_desk(signed_in, path):
    assert 'action="/admin/logout/"' in signed_in.get(path).content.decode()


def test_a_new_password_ends_the_other_sessions_and_keeps_one_s_own(signed_in):
    other = Client()
    assert other.post("/admin/login/", {"username": "root", "password": PASSWORD}).status_code == 302
    new = {"new_password1": "nine dry cormorants", "new_password2": "nine dry cormorants"}
    assert signed_in.post("/admin/password_change/", {"old_password": PASSWORD, **new}).status_code == 302
    assert [client.get("/admin/").status_code for client in (signed_in, other)] == [200, 302]


# --- answers -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_answer_that_is_text_says_in_which_alphabet(world):
    unsaid = {}
    for path in everything(world):
        with undone():
            answer = Client().get(path)
        media_type = answer.get("Content-Type", "")
        body = b"" if answer.streaming else answer.content
        if body and re.match(r"text/|.*[/+]xml", media_type) and "charset=utf-8" not in media_type.lower():
            unsaid[path] = media_type
    assert unsaid == {}


# --- all or nothing, and one line a line ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_publication_that_fails_at_its_last_step_did_not_happen(monkeypatch):
    daily = make_publication()
    ready = make_correction(daily, status="awaiting_approval")
    before = Event.objects.count(), LedgerEntry.objects.count()

    def fail(*_args, **_named):
        raise OSError("the disk is full")

    monkeypatch.setattr("corrections.services.publishing.log.append", fail)
    with pytest.raises(OSError, match="the disk is full"):
        notices.publish(ready, by=make_staff(daily, "standards_editor"))
    after = Correction.objects.get(pk=ready.pk)
    assert (after.status, after.version, after.published_at) == ("awaiting_approval", ready.version, None)
    assert (Event.objects.count(), LedgerEntry.objects.count()) == before


def test_no_words_of_a_caller_begin_a_line_of_the_log():
    words = 'x\r\n{"level": "info"}\u2028\x1b[31m'
    record = logging.LogRecord("masthead", logging.WARNING, "here", 1, "refused %s", (words,), None)
    line = JsonFormatter().format(record)
    assert (line.isascii(), line.isprintable(), len(line.splitlines())) == (True, True, 1)
    said = json.loads(line)
    assert (said["message"], said["level"]) == (f"refused {words}", "warning")
    assert datetime.fromisoformat(said["at"]).utcoffset() == timedelta(0)
