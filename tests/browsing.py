"""A real browser for tests: started once for the tests of a file, with a profile of its own for each page."""

from contextlib import contextmanager

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import sync_playwright

from tests.services import QUIET

OF_COLORS = ["color-contrast", "link-in-text-block"]
"""The rules of axe whose answer depends on colors."""


@contextmanager
def started(path):
    """The browser at that path."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs a loop in this thread; the test's own queries are made in it all the same, one at a time.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=str(path), args=QUIET)
        yield browser
        browser.close()


@contextmanager
def opening(browser, live_server, settings):
    """A function that opens a page of the live server, as a browser that was never there before."""
    settings.FORM_MIN_SECONDS = 0
    settings.BASE_URL = live_server.url
    contexts = []

    def page(**options):
        contexts.append(browser.new_context(base_url=live_server.url, **options))
        opened = contexts[-1].new_page()
        opened.set_default_timeout(10_000)
        return opened

    yield page
    for context in contexts:
        context.close()


def barriers(page, *, dark=False):
    """What axe finds on the page: all its rules in the colors it is in and, if asked, those of colors in dark ones."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    found = _violations(page)
    if dark:
        page.emulate_media(color_scheme="dark")
        found += _violations(page, runOnly=OF_COLORS)
        page.emulate_media(color_scheme="light")
    return [(row["id"], [node["target"] for node in row["nodes"]][:3]) for row in found]


def _violations(page, **options):
    return page.evaluate(
        "options => axe.run(options).then(found => found.violations)", {"resultTypes": ["violations"], **options}
    )


def wider_than_the_screen(page):
    """Whether one must scroll sideways."""
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")
