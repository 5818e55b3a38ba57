"""A report and a notice about one post of a live blog lead there, everywhere that they are shown."""

import pytest
from django.test import Client
from django.urls import reverse

from corrections.models import Report
from corrections.services import correction as notices
from corrections.services import report as reports
from corrections.services import splitting
from corrections.services.submitting import private_path
from newsroom.errors import Invalid
from newsroom.web import form_token
from tests.factories import answer_warnings, make_article, make_publication, make_report, make_staff, revise

pytestmark = pytest.mark.django_db


def test_the_notice_leads_to_the_post_on_its_page_in_the_api_and_in_json_ld():
    daily = make_publication()
    blog = make_article(daily, url=f"https://{daily.hosts[0]}/live/election")
    editor = make_staff(daily, "desk_editor")
    draft = notices.start(daily, by=editor, articles=[blog])
    text = "An earlier version of this post misstated the turnout. It was 61 percent."
    draft = notices.edit(draft, by=editor, text=text, not_fixed_reason="The blog is closed.")
    for wrong in ("two words", "a<b", 'a"b', "x" * 201, "a#b"):
        with pytest.raises(Invalid):
            notices.name_article(draft, by=editor, article=blog, anchor=wrong)
    draft = notices.name_article(draft, by=editor, article=blog, anchor="post-1")
    draft = notices.name_article(draft, by=editor, article=blog, anchor="#post-über")
    draft = answer_warnings(draft, by=editor)
    notice = notices.publish(notices.send_for_approval(draft, by=editor), by=make_staff(daily, "standards_editor"))

    (row,) = notice.articles.all()
    assert (row.anchor, row.address) == ("post-über", f"{blog.url}#post-%C3%BCber")
    (named,) = Client().get(f"/api/v1/corrections/{notice.reference}/").json()["articles"]
    assert (named["url"], named["anchor"]) == (blog.url, "post-über")
    page = Client().get(f"/corrections/{notice.reference}/").content.decode()
    assert page.count(f"{blog.url}#post-%C3%BCber") == 2


@pytest.fixture
def blog():
    daily = make_publication()
    return make_article(daily, url=f"https://{daily.hosts[0]}/live/election")


def sent(blog, query):
    """The report of a reader who followed this link to the form, and the page of the form."""
    client = Client(SERVER_NAME="localhost")
    page = client.get(f"/corrections/new/?{query}")
    address = page.context["form"].data["article_url"]
    words = {"article_url": address, "claim": "The turnout is wrong.", "form_token": form_token.issue("report")}
    answer = client.post("/corrections/new/", words)
    assert answer.status_code == 303, answer.content.decode()[:2000]
    return Report.objects.latest("pk"), page.content.decode()


@pytest.mark.parametrize(
    ("end", "post"),
    [
        ("%23post-1", "post-1"),
        ("&post=post-1", "post-1"),
        ("&post=%23post-1", "post-1"),
        ("%23post-1&post=post-2", "post-1"),
        ("&post=post-%C3%BC%2F7", "post-ü/7"),
        ("%23%3A~%3Atext=wrong", ""),
        ("%23post-1%3A~%3Atext=wrong", "post-1"),
        ("%23ref=rss", ""),
        ("&post=two+words", ""),
        ("&post=a%22b", ""),
        ("&post=a%00b", ""),
        ("&post=a%E2%80%AEb", ""),
        ("%23a%2500b", ""),
        ("%23a%25FFb", ""),
        (f"&post={'x' * 201}", ""),
        ("", ""),
    ],
)
def test_the_link_to_the_form_names_the_post(blog, end, post):
    report, form = sent(blog, f"url={blog.url}{end}")

    assert (report.article, report.article_url, report.anchor) == (blog, blog.url, post)
    assert ("Place in the page" in form) is bool(post)


def test_the_desk_and_the_reader_are_led_to_the_post(blog):
    report, _form = sent(blog, f"url={blog.url}&post=post-%C3%BC")
    desk = Client()
    desk.force_login(make_staff(blog.publication, "desk_editor"))
    address = f'href="{blog.url}#post-%C3%BC"'

    assert address in desk.get(reverse("admin:corrections_report_change", args=[report.pk])).content.decode()
    assert address in Client().get(private_path(report), follow=True).content.decode()


def accepted(blog, editor, post):
    report = make_report(blog.publication, blog, anchor=post)
    return reports.accept(reports.take_up(report, by=editor), by=editor).correction


def anchors_of(draft):
    return [row.anchor for row in draft.articles.all()]


def test_an_accepted_report_carries_a_post_into_the_draft_that_a_text_of_the_article_leads_to(blog):
    editor = make_staff(blog.publication, "desk_editor")
    revise(blog, body="Now: https://daily.example/live/election#post-1")
    assert [anchors_of(accepted(blog, editor, post)) for post in ("post-1", "")] == [["post-1"], [""]]


def test_any_other_place_in_the_page_is_for_the_desk_to_name_and_not_for_the_public(client, blog):
    editor = make_staff(blog.publication, "desk_editor")
    client.force_login(editor)
    draft = accepted(blog, editor, "comments")
    assert anchors_of(draft) == [""]
    page = client.get(reverse("admin:corrections_correction_change", args=[draft.pk]))
    form = next(row["form"] for row in page.context_data["buttons"] if row["name"] == "name_article")
    assert (form.initial["article"], form.initial["anchor"]) == (blog.reference, "comments")

    notices.name_article(draft, by=editor, article=blog, anchor="post-4")
    assert [anchors_of(accepted(blog, editor, post)) for post in ("post-17", "comments")] == [["post-17"], [""]]
    page = client.get(reverse("admin:corrections_correction_change", args=[draft.pk]))
    form = next(row["form"] for row in page.context_data["buttons"] if row["name"] == "name_article")
    assert "anchor" not in form.initial


def test_both_halves_of_a_split_report_are_about_the_post(blog):
    report = make_report(blog.publication, blog, anchor="post-1")
    part = splitting.split(report, by=make_staff(blog.publication, "desk_editor"), claim="So is the date.")

    assert part.anchor == "post-1"


def test_the_api_takes_the_post_as_the_fragment_of_the_address(blog):
    body = {"article_url": f"{blog.url}#post-1", "claim": "The turnout is wrong."}
    answer = Client().post("/api/v1/reports/", body, content_type="application/json", headers={"Idempotency-Key": "1"})

    assert answer.status_code == 201, answer.content
    assert Report.objects.get(reference=answer.json()["reference"]).anchor == "post-1"
