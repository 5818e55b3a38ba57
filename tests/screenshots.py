"""Takes the pictures of the README from a started demo newsroom: `make screenshots`."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.journeys.stack import Stack, embedded
from tests.services import QUIET, chromium

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
SIZE = {"width": 1280, "height": 800}


def main() -> None:
    """Every picture anew, 1280 × 800."""
    with embedded() as stack, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium()), args=QUIET)
        for name, show in PICTURES.items():
            page = browser.new_context(base_url=stack.base, viewport=SIZE).new_page()
            show(page, stack)
            page.screenshot(path=str(IMAGES / f"{name}.png"))
        browser.close()


def doors(page: Page, stack: Stack) -> None:
    """The first page."""
    page.goto("/")


def log(page: Page, stack: Stack) -> None:
    """The public log."""
    page.goto("/corrections/")


def private_page(page: Page, stack: Stack) -> None:
    """What a reader sees after sending."""
    page.goto(f"/corrections/new/?url={stack.demo['articles'][0]['url']}")
    page.fill("#id_claim", "The bridge opened on a Tuesday, not on a Monday. I was there with my class.")
    page.click("text=What would be right")
    page.select_option("#id_category", "number_or_date")
    page.press("#id_email", "Enter")
    page.wait_for_url("**/corrections/reports/**")


def queue(page: Page, stack: Stack) -> None:
    """The desk's queue."""
    login = stack.demo["users"]["editor"]
    page.goto("/admin/login/?next=/admin/corrections/report/")
    page.fill("#id_username", login["username"])
    page.fill("#id_password", login["password"])
    page.click("[type=submit]")
    page.wait_for_selector("#result_list")


PICTURES = {"doors": doors, "log": log, "private-page": private_page, "queue": queue}

if __name__ == "__main__":
    main()
