"""The reader's story in a real browser: without scripts, with them, and as a screen reader would meet the pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from corrections.models import Report
from corrections.services import report as reports
from corrections.services.submitting import private_path
from newsroom.articles.models import Article
from newsroom.events.promises import running
from tests.browsing import barriers, wider_than_the_screen
from tests.factories import make_correction, make_report, make_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
URL = "https://daily.example/politics/bridge"


def test_without_scripts_a_reader_reports_answers_appeals_and_takes_back(open_browser, article):
    page = open_browser(java_script_enabled=False)
    editor, second = (make_staff(article.publication, "desk_editor") for _ in range(2))
    page.goto("/corrections/new/?quote=1.2%20million")
    page.fill("#id_claim", "It was 1.45 million.")
    page.fill("#id_article_url", f"{URL}?utm_source=mail")
    page.click("text=Look it up")
    assert (page.inner_text(".callout--good strong"), page.input_value("#id_claim")) == (
        "Bridge opens late",
        "It was 1.45 million.",
    )
    page.press("#id_email", "Enter")
    report = Report.objects.get()
    assert (page.inner_text("h1"), page.url.endswith(f"/corrections/reports/{report.reference}/")) == ("Received", True)
    reports.take_up(report, by=editor)
    reports.ask(report, by=editor, words="Which year?")
    page.reload()
    page.fill("#reply_words", "Last year.")
    page.click("text=Send the answer")
    assert page.inner_text("h1") == "Being looked at"
    reports.decline(report, by=editor, code="opinion", words="That is an opinion.")
    page.reload()
    page.fill("#appeal_words", "It is in the budget.")
    page.click("button:has-text('Ask for a second look')")
    assert page.inner_text("h1") == "Being looked at"
    reports.ask(report, by=second, words="Which budget?")
    page.reload()
    page.click("summary")
    page.check("#withdraw_sure")
    page.click("button:has-text('Take it back')")
    assert page.inner_text("h1") == "Taken back"
    report.refresh_from_db()
    assert (report.status, list(running(report))) == ("withdrawn", [])


def test_without_scripts_a_reader_says_same_thing_and_that_it_is_not_fixed(open_browser, article):
    first = make_report(article=article, passage_exact="1.2 million")
    second = make_report(article=article, passage_exact="spent 1.2 million")
    page = open_browser(java_script_enabled=False)
    page.goto(private_path(second))
    page.click("text=Yes, the same thing")
    assert page.inner_text("h1") == "Joined to another report"
    notice = make_correction(article=article, status="published")
    long_ago = timezone.now() - timedelta(days=29)
    Report.objects.filter(pk=first.pk).update(status="resolved", closed_at=long_ago, correction=notice)
    Report.objects.filter(pk=second.pk).update(closed_at=long_ago)
    page.reload()
    assert page.inner_text("h1") == "Settled"
    page.fill("#fixed_words", "The caption still says so.")
    page.click("text=No, it is not")
    assert "You told us that it is not fixed" in page.inner_text("main")
    assert Report.objects.get(pk=second.pk).fixed_answer == "no"


def test_the_pages_have_no_barrier_that_axe_can_find_and_fit_their_width(open_browser, article):
    notice = make_correction(article=article, status="published", original_text="1.2 million", corrected_text="1.45")
    report = make_report(article=article, passage_exact="1.2 million")
    reference = Article.objects.get(pk=article.pk).reference
    page = open_browser(bypass_csp=True)
    found = {}
    for path in (
        f"/corrections/new/?url={URL}&quote=nowhere",
        "/corrections/new/?url=https://elsewhere.example/",
        private_path(report),
        "/corrections/?q=x",
        "/corrections/",
        f"/corrections/{notice.reference}/",
        f"/articles/{reference}/",
        "/corrections/ledger/",
        "/corrections/lost/",
    ):
        page.goto(path)
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            found[path, width] = (barriers(page), wider_than_the_screen(page))
    assert found == {place: ([], False) for place in found}
