"""A notice about one post of a live blog leads there, everywhere that it is shown."""

import pytest
from django.test import Client

from corrections.services import correction as notices
from newsroom.errors import Invalid
from tests.factories import answer_warnings, make_article, make_publication, make_staff

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
