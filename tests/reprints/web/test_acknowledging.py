"""The link in the mail about a change: a page with one button; and how many confirmed, for everyone to see."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsroom.events import delivery, planning
from newsroom.workflow import THE_PARTNER
from reprints import links
from reprints.models import UpdateNotice
from reprints.services import licenses, updates
from tests import factories
from tests.reprints import factories as make
from tests.reprints.web.conftest import form_of, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(publication, article):
    make.make_license(publication, article)
    return told(article)


def told(article, **data):
    make.happened("correction.published", article, **data)
    planning.plan_due()
    return UpdateNotice.objects.order_by("-pk").first()


def answer(client, path, **said):
    action, hidden = form_of(client.get(path), path)
    return client.post(action, {**hidden, "action": "appended", "url": "", "note": "", **said})


def test_the_mail_to_a_contact_leads_to_a_page_with_one_button(client, notice):
    while delivery.drain().planned:
        continue
    letter = next(row for row in mail.outbox if "Correction" in row.subject)
    path = re.search(r"/reprints/notices/\S+", letter.body).group()
    assert path == links.acknowledge_path(notice)
    page = client.get(path)
    assert page["Cache-Control"] == "private, no-store"
    for said in (
        notice.article.headline,
        "Replace the text by the corrected one, or append the notice to it.",
        notice.license.number,
    ):
        assert said in text(page)
    assert page.content.decode().count("<button") == 1
    notice.refresh_from_db()
    assert notice.status == "open"


def test_the_button_tells_the_desk(client, notice):
    path = links.acknowledge_path(notice)
    done = answer(client, path, url="https://partner.example/story", note="At the foot.")
    assert (done.status_code, done["Location"]) == (303, path)
    notice.refresh_from_db()
    assert (notice.status, notice.action, notice.action_url) == (
        "acknowledged",
        "appended",
        "https://partner.example/story",
    )
    page = client.get(path)
    assert "Thank you. The desk knows what you did." in text(page)
    assert "<form" not in page.content.decode().split("<main")[1].split("</main")[0]


@pytest.mark.parametrize(
    ("said", "sentence", "status"),
    [
        ({"action": ""}, "Say what you did.", 422),
        ({"url": "javascript:alert(1)"}, "This is not a web address", 422),
        ({"action": "replaced"}, "The corrected text is not there yet.", 409),
        ({"form_token": "x"}, "This page was open for too long.", 422),
        ({"seen": "99"}, "Someone changed this since you opened it", 409),
    ],
)
def test_a_bad_answer_is_explained_and_what_was_typed_stays(client, notice, said, sentence, status):
    page = answer(client, links.acknowledge_path(notice), note="Kept words.", **said)
    assert (page.status_code, sentence in text(page), "Kept words." in page.content.decode()) == (status, True, True)
    notice.refresh_from_db()
    assert notice.status == "open"


def test_what_was_overtaken_leads_to_what_counts_now(client, notice, article):
    newer = told(article, kind="retraction")
    page = client.get(links.acknowledge_path(notice))
    assert "Nothing is to be done here any more" in text(page)
    assert links.acknowledge_path(newer) in page.content.decode()


def test_a_canceled_notice_asks_for_nothing(client, notice):
    licenses.terminate(notice.license, by=THE_PARTNER, words="Never used.")
    page = client.get(links.acknowledge_path(notice))
    assert "Nothing is to be done here any more" in text(page)


def test_a_link_opens_its_own_notice_only(client, publication, notice):
    other_article = make.make_article(publication)
    make.make_license(publication, other_article)
    other = told(other_article)
    token = links.acknowledge_path(notice).rstrip("/").split("/")[-1]
    private = links.token_of(notice.license.request)
    for wrong in (token[:-1] + "-", private, "x" * 44):
        assert client.get(f"/reprints/notices/{notice.reference}/{wrong}/").status_code == 404
    assert client.get(f"/reprints/notices/{other.reference}/{token}/").status_code == 404
    assert client.get(f"/reprints/requests/{token}/").status_code == 404


@pytest.fixture
def corrected(publication):
    """A public notice about an article with two licensees, one of whom answered."""
    found = make.make_article(publication)
    for _ in range(2):
        make.make_license(publication, found)
    correction = factories.make_correction(article=found, status="published")
    planning.plan_due()
    updates.acknowledge(UpdateNotice.objects.first(), action="removed")
    return correction


@pytest.mark.parametrize("shown", [True, False])
def test_the_public_notice_says_how_many_confirmed_where_the_publication_wants_it(
    client, publication, corrected, shown
):
    publication.settings = {"show_update_counts": shown}
    publication.save(update_fields=["settings"])
    page = client.get(f"/corrections/{corrected.reference}/")
    said = "1 of 2 publishers who licensed this article have confirmed the update."
    assert (page.status_code, said in text(page)) == (200, shown)


def test_counting_takes_one_query(corrected):
    with CaptureQueriesContext(connection) as queries:
        assert updates.counts_for(corrected.reference) == {"told": 2, "confirmed": 1}
    assert len(queries) == 1


def test_the_desks_see_the_count(client, publication, corrected):
    for role, noun in (("licensing_editor", "reprints/updatenotice"), ("standards_editor", "corrections/correction")):
        client.force_login(factories.make_staff(publication, role))
        pk = corrected.pk if noun.startswith("corrections") else UpdateNotice.objects.first().pk
        page = client.get(f"/admin/{noun}/{pk}/change/")
        assert re.search("1 of 2 (publishers|confirmed)", text(page)) is not None
