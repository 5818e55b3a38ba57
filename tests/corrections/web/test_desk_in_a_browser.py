"""The desk's pages as a screen reader, a phone and a wide screen meet them."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from corrections.models import Report
from corrections.services import correction as notices
from corrections.services import report as reports
from tests.browsing import barriers, wider_than_the_screen
from tests.factories import make_correction, make_report, make_staff

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pages(article):
    """Name → path of each page that an editor works on."""
    editor = make_staff(article.publication, "standards_editor")
    report = make_report(article=article, passage_exact="1.2 million", sources=["https://budget.example/3"])
    report = reports.take_up(report, by=editor)
    reports.note(report, by=editor, words="I called the council.")
    report = reports.ask(report, by=editor, words="Which budget?")
    reports.reply(report, words="That of 2025: https://budget.example/" + "x" * 200)
    make_report(article=article, urgent=True, urgent_reason="child", claim="W" * 400)
    Report.objects.filter(pk=report.pk).update(assignee=editor)
    draft = notices.start(article.publication, by=editor, articles=[article])
    draft = notices.edit(draft, by=editor, text="An earlier version of this article misstated the cost of the bridge.")
    published = make_correction(article=article, status="published", original_text="1.2", corrected_text="1.45")
    found = {
        "start": reverse("admin:index"),
        "queue": reverse("admin:corrections_report_changelist"),
        "notices": reverse("admin:corrections_correction_changelist"),
        "report": reverse("admin:corrections_report_change", args=[report.pk]),
        "draft": reverse("admin:corrections_correction_change", args=[draft.pk]),
        "published": reverse("admin:corrections_correction_change", args=[published.pk]),
    }
    return editor, found


@pytest.fixture
def signed_in(open_browser, pages, live_server):
    def opened(**options):
        client = Client()
        client.force_login(pages[0])
        page = open_browser(bypass_csp=True, **options)
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        return page

    return opened


def test_no_page_of_the_desk_has_a_barrier_and_each_fits_its_width(signed_in, pages):
    page = signed_in()
    found = {}
    for name, path in pages[1].items():
        page.goto(path)
        page.add_style_tag(content="* { transition: none !important }")  # links would fade from light to dark
        for width, colors in ((390, "light"), (1280, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=colors)
            found[name, width] = (barriers(page), wider_than_the_screen(page))
    assert found == {place: ([], False) for place in found}


def test_without_scripts_the_queue_is_filtered_and_a_warning_is_answered(signed_in, pages):
    page = signed_in(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.goto(pages[1]["queue"])
    page.click("summary:has-text('Show')")
    page.click(".filter a:has-text('Mine')")
    assert page.locator("#result_list tbody tr").count() == 1
    assert page.inner_text(".filter summary >> nth=0") == "Show: Mine"
    page.goto(pages[1]["draft"])
    page.fill(".finding textarea", "The sum is secret.")
    page.click("text=Answer the warning")
    assert "The sum is secret." in page.inner_text(".finding")
    assert page.locator(".finding textarea").count() == 0


def test_on_a_phone_the_moves_come_after_the_reader_s_words_and_before_the_history(signed_in, pages):
    page = signed_in(viewport={"width": 390, "height": 844})
    page.goto(pages[1]["report"])
    tops = [page.locator(f"#{name}").bounding_box()["y"] for name in ("said", "stands", "moves", "about", "happened")]
    assert tops == sorted(tops)
