"""What every page says to the browser: run nothing that is not ours, be framed by nobody, tell nobody where one was."""

from __future__ import annotations

import pytest
from django.test import Client

from newsroom.web.security import POLICY
from tests.doors.browsers import Stranger
from tests.doors.test_pages import PAGES, keys_of, path_of
from tests.doors.world import undone

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
}
REFERRER = {"same-origin", "no-referrer"}
FORGOTTEN = ("", "done/", "complete/", "x/y/")
ADMIN = ("/admin/", "/admin/corrections/report/", "/admin/reprints/quote/", "/admin/accounts/apikey/add/", "/admin/x/")


def faults_of(answer) -> dict[str, str | None]:
    """Each header that is not what it must be, with what it is."""
    found = {name: answer.get(name) for name, value in EXPECTED.items() if answer.get(name) != value}
    if answer.get("Referrer-Policy") not in REFERRER:
        found["Referrer-Policy"] = answer.get("Referrer-Policy")
    return found


def everything(world) -> list[str]:
    """The address of each page, those behind a link with the right link."""
    paths = []
    for pattern, page in PAGES.items():
        key = keys_of(world, page.link)[0] if page.link else ""
        paths.append(path_of(world, pattern, key))
    return [*paths, f"{world.report_path}?stay=1", f"{world.asked_path}?stay=1", "/api/v1/corrections/", "/nowhere/"]


def test_the_policy_allows_only_what_comes_from_here():
    sources = {row.split()[0]: row.split()[1:] for row in POLICY.split("; ")}
    assert (sources["default-src"], sources["script-src"], sources["style-src"]) == (["'none'"], ["'self'"], ["'self'"])
    assert (sources["base-uri"], sources["form-action"]) == (["'none'"], ["'self'"])
    assert "unsafe" not in POLICY
    assert "*" not in POLICY


@pytest.mark.django_db
def test_every_page_carries_the_headers(world):
    wrong = {}
    for path in everything(world):
        with undone():
            answer = Client().get(path)
        if found := faults_of(answer):
            wrong[path] = found
    assert wrong == {}


@pytest.mark.django_db
def test_every_page_of_the_admin_carries_them_and_is_kept_by_nobody(world):
    client = Client()
    client.force_login(world.staff["superuser"])
    answers = {path: client.get(path) for path in ADMIN}
    assert {path: faults_of(answer) for path, answer in answers.items()} == {path: {} for path in ADMIN}
    kept = {path: answer["Cache-Control"] for path, answer in answers.items() if answer.status_code == 200}
    assert all({"no-store", "private"} <= set(value.split(", ")) for value in kept.values()), kept


@pytest.mark.django_db
def test_a_page_that_sets_the_cookie_of_forms_is_kept_by_nobody(world):
    found = {}
    for path in ("/admin/login/", *(f"/admin/password_reset/{name}" for name in FORGOTTEN)):
        answer = Stranger().get(path)
        found[path] = (answer.status_code, "no-store" in answer.get("Cache-Control", ""), faults_of(answer))
    assert found == dict.fromkeys(found, (200, True, {}))
    assert "csrf" in Stranger().get("/admin/password_reset/").cookies


@pytest.mark.django_db
def test_no_public_page_sets_a_cookie_and_a_private_one_only_its_own(world):
    found = {}
    for path in everything(world):
        with undone():
            cookies = Client().get(path).cookies
        if cookies:
            found[path] = [(name, row["path"], row["httponly"], row["samesite"]) for name, row in cookies.items()]
    report, asked, inquiry = world.report.reference, world.asked.reference, world.inquiry.reference
    assert found == {
        world.report_path: [(f"report_{report}", f"/corrections/reports/{report}/", True, "Lax")],
        world.inquiry_path: [(f"inquiry_{inquiry}", f"/corrections/inquiries/{inquiry}/", True, "Lax")],
        world.asked_path: [(f"license_request_{asked}", f"/reprints/requests/{asked}/", True, "Lax")],
    }


@pytest.mark.django_db
def test_whatever_a_private_address_answers_is_kept_by_nobody_and_names_it_to_nobody(world):
    """Refusals and the redirect to the slash too: its Location holds the token."""
    wrong = {}
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    for pattern, page in PAGES.items():
        path = path_of(world, pattern, keys_of(world, page.link)[0]) if page.link else ""
        for method, where in ((m, p) for m in ("get", "post", "put") for p in (path, path.rstrip("/")) if path):
            with undone():
                answer = getattr(strict, method)(where)
            found = [answer.get("Cache-Control"), answer.get("Referrer-Policy"), answer.get("X-Robots-Tag")]
            if found != ["private, no-store", "no-referrer", "noindex, nofollow"]:
                wrong[method, where] = (answer.status_code, found)
    assert wrong == {}
    clean = f"/corrections/reports/{world.report.reference}"
    answers = {strict.get(clean).status_code: strict.get(clean), 405: strict.post(f"{clean}/")}
    assert {status: (answer.status_code, answer["Cache-Control"]) for status, answer in answers.items()} == {
        301: (301, "private, no-store"),
        405: (405, "private, no-store"),
    }


@pytest.mark.django_db
def test_a_session_on_a_public_page_is_neither_read_into_it_nor_renewed(world):
    client = Client()
    client.force_login(world.staff["superuser"])
    answer = client.get("/corrections/")
    assert (answer.cookies, answer.content) == (
        Client().get("/corrections/").cookies,
        Client().get("/corrections/").content,
    )


def test_trace_is_not_answered(db):
    assert Client().trace("/").status_code == 405
    assert Client().trace("/api/v1/corrections/").status_code == 405
