"""A browser obeys what the pages say, and has nothing to complain of."""

from __future__ import annotations

import pytest
from playwright.sync_api import sync_playwright

from tests.doors import world as worlds
from tests.factories import make_staff
from tests.services import QUIET


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_admin_works_under_the_strict_policy_without_a_complaint_of_the_browser(
    chromium_path, live_server, settings, monkeypatch, tmp_path
):
    # Playwright runs a loop in this thread; the test's own queries are made in it all the same, one at a time.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.BASE_URL = live_server.url
    world = worlds.build(settings, tmp_path)
    editor = make_staff(is_superuser=True, username="root")
    complaints = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium_path), args=QUIET)
        page = browser.new_context(base_url=live_server.url).new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: complaints.append((page.url, message.text)))
        page.on("pageerror", lambda error: complaints.append((page.url, str(error))))
        page.goto("/admin/login/?next=/admin/corrections/report/")
        page.fill("#id_username", editor.username)
        page.fill("#id_password", "a long enough passphrase")
        page.click("input[type=submit]")
        page.wait_for_url("**/admin/corrections/report/")
        titles = {}
        for path in (
            "/admin/",
            f"/admin/corrections/report/{world.report.pk}/change/",
            f"/admin/corrections/correction/{world.draft.pk}/change/",
            f"/admin/reprints/licenserequest/{world.request.pk}/change/",
            "/admin/corrections/report/start/enter/",
            "/admin/accounts/organization/add/",
            "/admin/events/delivery/",
            "/",
            "/corrections/new/",
            "/api/docs/",
        ):
            answer = page.goto(path, wait_until="networkidle")
            titles[path] = answer.status
        browser.close()
    assert titles == dict.fromkeys(titles, 200)
    assert complaints == []
