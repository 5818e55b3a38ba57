"""Every state of the reader's pages as a screen reader, a phone, a dark screen and a sheet of paper meet it."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from pypdf import PdfReader

from corrections.models import Report, ReporterContact
from corrections.notices import confirm_path
from corrections.services import erasing, splitting
from corrections.services import report as reports
from corrections.services.submitting import private_path
from corrections.workflow import ReportStatus
from newsroom.workflow import THE_READER
from tests.browsing import barriers, wider_than_the_screen
from tests.corrections.web.conftest import URL
from tests.factories import confirm, force_status, make_correction, make_report, make_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSAGE = "1.2 million"
ANSWER = "The council’s own account says 1.2 million on page 3."
BUTTONS = ("Erase", "Download", "Copy the link", "Take it back", "Send the answer", "Write to me there", "Yes, it is")
TO_PRESS = ("second look", "Erase", "Download", "Copy the link", "What we hold on you", "Give us", "Take it back")


def asked(article, editor, **over):
    report = reports.take_up(make_report(article=article, **over), by=editor)
    return reports.ask(report, by=editor, words="Which budget do you mean?")


def declined(article, editor):
    report = reports.take_up(confirm(make_report(article=article, sources=["https://budget.example/3"])), by=editor)
    return reports.decline(
        report, by=editor, code="no_error_found", words=ANSWER, turn_to="The Council, council.example"
    )


def every_state(article):
    """Name → path of a private page: each status, and what a page may show besides."""
    editor = make_staff(article.publication, "desk_editor")
    settled_by = make_correction(article=article, status="published", original_text="Robin Vale", corrected_text="Vail")
    states = {status: force_status(make_report(article=article), status) for status in ReportStatus.values}
    long_ago = timezone.now() - timedelta(days=29)
    closed = {"status": "resolved", "closed_at": long_ago, "correction": settled_by}
    Report.objects.filter(pk=states["resolved"].pk).update(**closed)
    states["needs_info"] = asked(article, editor)
    states["declined"] = declined(article, editor)
    urgent = make_report(article=article, urgent=True, urgent_reason="child", phone="+1 555 0199", about_me=True)
    states["urgent"] = urgent
    states["bounced"] = make_report(article=article)
    ReporterContact.objects.filter(report=states["bounced"]).update(bounced_at=timezone.now())
    states["erased"] = force_status(make_report(article=article), "withdrawn")
    erasing.erase_text(states["erased"], by=THE_READER, why="asked")
    states["split"] = splitting.split(make_report(article=article), by=editor, claim="The name is wrong as well.")
    states["asked about a notice"] = make_report(article=article, passage_exact="Robin Vale")
    make_report(article=article, passage_exact=PASSAGE)
    states["asked about a report"] = make_report(article=article, passage_exact=f"spent {PASSAGE}")
    return {name: private_path(report) for name, report in states.items()}


def on_a_phone(page, path):
    """The barriers of the page there, on a light and on a dark screen."""
    page.goto(path)
    return [*barriers(page, dark=True), *(["wider than the screen"] if wider_than_the_screen(page) else [])]


def on_paper(page):
    """What is wrong with the page as it would be printed."""
    page.emulate_media(media="print")
    text = page.inner_text("body")
    page.emulate_media(media="screen")
    return [*(words for words in BUTTONS if words in text), *([] if "R-" in text else ["no reference"])]


def test_no_state_of_a_private_page_has_a_barrier_on_a_phone_and_none_has_anything_to_press_on_paper(
    open_browser, article
):
    page = open_browser(viewport={"width": 390, "height": 844}, color_scheme="light", bypass_csp=True)
    found = {name: (on_a_phone(page, path), on_paper(page)) for name, path in every_state(article).items()}
    assert found == {name: ([], []) for name in found}


def test_neither_has_a_refused_form_a_confirmation_or_a_page_that_is_not_there(open_browser, article):
    page = open_browser(viewport={"width": 390, "height": 844}, color_scheme="light", bypass_csp=True)
    fresh, late, done = (make_report(article=article) for _ in range(3))
    Report.objects.filter(pk=late.pk).update(created_at=timezone.now() - timedelta(days=31))
    paths = [confirm_path(fresh), confirm_path(late), confirm_path(confirm(done)), "/corrections/nowhere/at/all/"]
    paths += ["/corrections/reports/R-22222222-R/", f"/corrections/new/?url={URL}", "/corrections/lost/"]
    found = {path: on_a_phone(page, path) for path in paths}
    page.goto("/corrections/new/?url=https://elsewhere.example/")
    page.click("text=It cannot wait")
    page.check("#id_urgent")
    page.click("button:has-text('Send the report') >> nth=-1")
    page.wait_for_selector(".error-summary")
    assert barriers(page, dark=True) == []
    page.goto(private_path(fresh))
    page.click("text=Take this report back")
    page.click("button:has-text('Take it back')")
    page.wait_for_selector(".error-summary")
    assert barriers(page, dark=True) == []
    assert found == {path: [] for path in paths}


def test_the_urgent_door_and_the_promise_are_on_the_first_screens_of_a_phone(open_browser, article):
    page = open_browser(viewport={"width": 390, "height": 844})
    page.goto(f"/corrections/new/?url={URL}")
    tops = [page.locator(selector).bounding_box()["y"] for selector in (".promised", ".cannot-wait")]
    end = page.locator("button:has-text('Send the report') >> nth=-1").bounding_box()["y"]
    assert max(tops) < 844
    assert end < 3000


def test_what_stands_beside_an_aside_has_one_right_edge_and_text_areas_are_as_high_as_they_say(open_browser, article):
    page = open_browser(viewport={"width": 1280, "height": 900})
    page.goto(private_path(declined(article, make_staff(article.publication, "desk_editor"))))
    boxes = [
        page.locator(f"main {name} >> nth=0").bounding_box() for name in (".promise", ".facts", "section > p", ".keep")
    ]
    assert len({round(box["x"] + box["width"]) for box in boxes}) == 1
    page.goto(f"/corrections/new/?url={URL}")
    page.click("text=What would be right")
    heights = [page.locator(f"#id_{name}").bounding_box()["height"] for name in ("sources", "suggestion", "claim")]
    assert heights == sorted(set(heights))


def printed(page, path):
    """The words of the page on paper."""
    page.goto(path)
    pages = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    return " ".join(" ".join(sheet.extract_text() for sheet in pages).split())


def test_on_paper_a_report_has_our_answer_and_nothing_to_press(open_browser, article):
    page = open_browser()
    editor = make_staff(article.publication, "desk_editor")
    report = declined(article, editor)
    text = printed(page, private_path(report))
    for words in (ANSWER, "No error found", "It was 1.45 million.", "The Council"):
        assert words in text, words
    assert report.reference in text
    for words in TO_PRESS:
        assert words not in text, words
    assert text.count(URL) == 1
    assert text.count("https://budget.example/3") == 1
    question = printed(page, private_path(asked(article, editor)))
    assert "Which budget do you mean?" in question
    assert "Send the answer" not in question
    assert "Take this report back" not in question
