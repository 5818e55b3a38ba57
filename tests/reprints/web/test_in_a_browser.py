"""The requester’s story in a real browser: without scripts, on a narrow screen, and as a screen reader meets it."""

import pytest

from reprints.models import License, LicenseRequest
from tests import browsing
from tests.reprints import factories as make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="module")
def browser(chromium_path):
    with browsing.started(chromium_path) as found:
        yield found


@pytest.fixture
def open_browser(browser, live_server, settings):
    with browsing.opening(browser, live_server, settings) as page:
        yield page


@pytest.fixture
def article(transactional_db):
    return make.make_article(make.make_publication(is_default=True), headline="Bridge opens late")


def fill_in(page):
    """Both steps, from the search to the private page."""
    page.goto("/reprints/?q=bridge")
    page.click("text=Ask for a license")
    page.check("input[value=republish_web]")
    page.select_option("select[name=organization_type]", "publisher")
    page.click("text=Show me the price")
    page.fill("#id_quantity", "5,000")
    page.fill("#id_name", "Wanda Writer")
    page.fill("#id_email", "wanda@review.example")


def test_without_scripts_a_requester_finds_asks_sees_the_price_and_accepts(open_browser, article):
    page = open_browser(java_script_enabled=False)
    fill_in(page)
    page.press("#id_quantity", "Enter")
    assert "USD 300.00" in page.inner_text("#indication")
    assert LicenseRequest.objects.count() == 0
    page.click("text=Send the request")
    request = LicenseRequest.objects.get()
    assert page.inner_text("h1") == "Your quote is ready"
    assert page.url.endswith(f"/reprints/requests/{request.reference}/")
    page.fill("input[name=signatory]", "Wanda Writer")
    page.check("input[name=agreed]")
    page.click("text=Accept the quote")
    assert page.inner_text("h1") == "Agreed"
    page.goto(f"/licenses/verify/{License.objects.get().number}/")
    assert page.inner_text(".verdict__word") == "Real, but not in force yet."


def test_without_scripts_a_second_use_goes_into_the_same_request(open_browser, article):
    page = open_browser(java_script_enabled=False)
    fill_in(page)
    page.click("text=Add another use")
    page.check("input[value=republish_print]")
    page.click("text=Show me the price")
    page.fill("#id_quantity", "2,000")
    page.press("#id_quantity", "Enter")
    assert "USD 700.00" in page.inner_text("#indication")
    assert page.input_value("#id_email") == "wanda@review.example"
    page.click("text=Send the request")
    assert page.inner_text("h1") == "Your quote is ready"
    page.emulate_media(media="print")
    assert page.is_visible("text=Subtotal")  # folded away on the screen
    assert [page.is_visible(f"text={words}") for words in ("Decline the quote", "Take this request back")] == [
        False
    ] * 2
    page.emulate_media(media="screen")
    assert [page.is_visible(f"text={words}") for words in ("Subtotal", "Decline the quote")] == [False, True]
    assert [row.use for row in LicenseRequest.objects.get().items.all()] == ["republish_web", "republish_print"]


def test_no_page_has_a_fault_that_axe_finds_or_is_wider_than_the_screen(open_browser, article):
    page = open_browser(bypass_csp=True)
    found = {}

    def look(name):
        for scheme, width in (("light", 1280), ("dark", 320)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            found[name, width] = (browsing.barriers(page), browsing.wider_than_the_screen(page))

    for path in ("/reprints/", "/reprints/?q=bridge", "/reprints/partner/", "/licenses/verify/", "/licenses/verify/x/"):
        page.goto(path)
        look(path)
    page.goto("/reprints/new/")
    page.click("text=Show me the price")
    look("first step with errors")
    fill_in(page)
    page.fill("#id_email", "")
    page.click("text=Send the request")
    look("second step with errors")
    page.fill("#id_email", "wanda@review.example")
    page.click("text=Add another use")
    look("first step for a second use")
    page.check("input[value=republish_print]")
    page.click("text=Show me the price")
    page.fill("#id_quantity", "2,000")
    page.press("#id_quantity", "Enter")
    look("second step of a second use")
    page.click("text=Send the request")
    for summary in page.query_selector_all("summary"):
        summary.click()
    look("private page")
    assert page.inner_text("h1") == "Your quote is ready"
    assert found == {place: ([], False) for place in found}
