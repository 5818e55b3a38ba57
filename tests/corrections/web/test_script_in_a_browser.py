"""The optional script: drafts that belong to one article and one tab, and the passage that was meant."""

import pytest

from corrections.models import Report
from corrections.services.submitting import private_path
from tests.corrections.web.conftest import URL
from tests.factories import make_article, make_report

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OTHER = "https://daily.example/politics/ferry"
ROBIN = "Robin Vale opened it.\n\nThe engineer, Robin Vale, built it. Robin Vale paid. 🌉 " + "All of it. " * 60
MARK = """([paragraph, start, end]) => {
  const text = document.querySelectorAll("[data-passage-source] p")[paragraph].firstChild;
  const range = document.createRange();
  range.setStart(text, start);
  range.setEnd(text, end);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""
SHOWN = """() => [...CSS.highlights.get("marked") || []].map((range) => {
  const before = document.createRange();
  before.setStart(document.querySelector("[data-passage-source]"), 0);
  before.setEnd(range.startContainer, range.startOffset);
  return [before.toString().slice(-14), range.toString()];
})"""


@pytest.fixture
def page(open_browser, article):
    opened = open_browser()
    opened.troubles = []
    opened.on("console", lambda message: opened.troubles.append(message.text))
    opened.on("pageerror", lambda error: opened.troubles.append(str(error)))
    yield opened
    assert [trouble for trouble in opened.troubles if "status of 422" not in trouble] == []


def write(page, claim):
    """Type, and wait until the draft is kept."""
    page.fill("#id_claim", claim)
    page.wait_for_function("(words) => Object.values(sessionStorage).some((draft) => draft.includes(words))", arg=claim)


def claim_at(page, url):
    page.goto(f"/corrections/new/?url={url}" if url else "/corrections/new/")
    return page.input_value("#id_claim")


def send(page):
    page.click("button:has-text('Send the report') >> nth=-1")


def test_a_passage_is_marked_and_survives_a_reload_with_its_surroundings(page, article):
    page.goto(f"/corrections/new/?url={URL}")
    page.evaluate(MARK, [1, 18, 29])
    page.click("text=Use the marked words")
    assert page.input_value("#id_passage_exact") == "1.2 million"
    write(page, "It was 1.45 million.")
    page.reload()
    around = [page.input_value(f"#id_passage_{part}") for part in ("exact", "prefix", "suffix")]
    assert (page.input_value("#id_claim"), around[0]) == ("It was 1.45 million.", "1.2 million")
    assert around[1].endswith("The council spent ")
    assert around[2].startswith(" on the bridge.")
    send(page)
    page.wait_for_selector("text=What you told us")
    report = Report.objects.get()
    assert (report.passage_exact, report.passage_suffix.startswith("on the bridge")) == ("1.2 million", True)
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_the_words_are_to_be_marked_only_where_that_does_something(page, client, article):
    page.goto(f"/corrections/new/?url={URL}")
    assert page.inner_text("#source-hint") == (
        "The text as we have it. Mark the wrong words in it, or copy them into the field below."
    )
    plain = client.get("/corrections/new/", {"url": URL}).content.decode()
    assert "<span data-passage-otherwise>Copy the wrong words into the field below.</span>" in plain
    assert "<span data-passage-hint hidden>Mark the wrong words" in plain


def test_a_draft_belongs_to_its_article(page, article):
    make_article(article.publication, url=OTHER, headline="Ferry sold")
    assert claim_at(page, URL) == ""
    write(page, "About the bridge.")
    assert claim_at(page, OTHER) == ""
    write(page, "About the ferry.")
    assert claim_at(page, f"{URL}?utm_source=mail") == "About the bridge."
    assert claim_at(page, OTHER) == "About the ferry."
    assert claim_at(page, "") == ""


def test_another_report_s_page_ends_no_draft_and_sending_ends_that_one_alone(page, article):
    make_article(article.publication, url=OTHER, headline="Ferry sold")
    earlier = make_report(article=article)
    for url, claim in ((URL, "About the bridge."), (OTHER, "About the ferry.")):
        claim_at(page, url)
        write(page, claim)
    page.goto(private_path(earlier))
    assert claim_at(page, URL) == "About the bridge."
    send(page)
    page.wait_for_selector("text=What you told us")
    assert claim_at(page, URL) == ""
    assert claim_at(page, OTHER) == "About the ferry."


def test_what_comes_back_with_a_mistake_is_still_a_draft_and_what_was_looked_up_goes_on_as_one(page, article):
    claim_at(page, "")
    write(page, "About the bridge.")
    page.fill("#id_email", "rita at reader")
    send(page)
    page.wait_for_selector(".error-summary")
    page.fill("#id_article_url", URL)
    page.fill("#id_email", "")
    page.click("text=Look it up")
    page.wait_for_selector("text=Bridge opens late")
    assert claim_at(page, "") == ""
    assert claim_at(page, URL) == "About the bridge."
    send(page)
    page.wait_for_selector("text=What you told us")
    assert page.evaluate("sessionStorage.length") == 0


def test_a_draft_is_the_tab_s_own_and_older_drafts_of_the_device_are_removed(page, open_browser, article):
    page.goto("/corrections/lost/")
    page.evaluate('localStorage.setItem(\'masthead.draft.report\', \'{"at": 9e15, "fields": {"claim": "Old."}}\')')
    assert claim_at(page, URL) == ""
    assert page.evaluate("localStorage.length") == 0
    write(page, "Mine.")
    assert claim_at(page.context.new_page(), URL) == ""


def test_a_draft_opens_the_part_of_the_form_that_it_is_in_and_can_be_discarded(page, article):
    page.goto(f"/corrections/new/?url={URL}")
    page.click("text=What would be right")
    page.fill("#id_suggestion", "1.45 million")
    write(page, "It was more.")
    page.reload()
    assert page.is_visible("#id_suggestion")
    page.click("text=Start afresh")
    assert [page.input_value(f"#id_{name}") for name in ("claim", "suggestion")] == ["", ""]
    page.reload()
    assert page.input_value("#id_claim") == ""


def test_of_several_like_passages_the_one_that_was_meant_is_marked(page, article):
    url = "https://daily.example/politics/robin"
    make_article(article.publication, url=url, body=ROBIN)
    page.goto(f"/corrections/new/?url={url}")
    page.evaluate(MARK, [2, 14, 24])
    page.click("text=Use the marked words")
    assert page.evaluate(SHOWN) == [["The engineer, ", "Robin Vale"]]
    write(page, "Her name is Robyn.")
    page.reload()
    assert page.evaluate(SHOWN) == [["The engineer, ", "Robin Vale"]]
    page.click("text=Look up another address")
    page.wait_for_selector("mark")
    assert page.evaluate("document.querySelector('mark').previousSibling.textContent") == "The engineer, "
    assert page.evaluate("document.querySelectorAll('mark').length") == 1


def test_more_than_five_hundred_characters_are_not_taken_over(page, article):
    url = "https://daily.example/politics/robin"
    make_article(article.publication, url=url, body=ROBIN)
    page.goto(f"/corrections/new/?url={url}")
    length = page.evaluate("document.querySelectorAll('[data-passage-source] p')[2].textContent.length")
    page.evaluate(MARK, [2, 0, length])
    page.click("text=Use the marked words")
    assert page.input_value("#id_passage_exact") == ""
    assert "at most 500 characters" in page.inner_text(".source + .script-note")
    page.evaluate(MARK, [2, 0, 501])  # one of them is a bridge, which is two units of UTF-16
    page.click("text=Use the marked words")
    assert len(page.input_value("#id_passage_exact")) == 500
    assert "Taken over." in page.inner_text(".source + .script-note")


def test_words_typed_over_a_marked_passage_lose_its_surroundings(page, article):
    page.goto(f"/corrections/new/?url={URL}")
    page.evaluate(MARK, [1, 18, 29])
    page.click("text=Use the marked words")
    page.locator("#id_passage_exact").press_sequentially("!")
    assert [page.input_value(f"#id_passage_{part}") for part in ("prefix", "suffix")] == ["", ""]


def test_the_private_link_is_copied(page, open_browser, article):
    report = make_report(article=article)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(private_path(report))
    page.click("text=Copy the link")
    page.wait_for_selector("text=Copied.")
    assert page.evaluate("navigator.clipboard.readText()").endswith(private_path(report))
