"""What the pages say once a license permits nothing any more, and what is to be done about it, and by when."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsroom.articles.models import Article
from newsroom.events import endpoints
from reprints import links
from reprints.models import License, UpdateNotice
from reprints.services import accepting, deciding, licenses, placements, updates
from tests.factories import verified
from tests.reprints import factories as make
from tests.reprints.many import many_like
from tests.reprints.web.conftest import text
from tests.reprints.web.partners import DOOR, signed_in

pytestmark = pytest.mark.django_db
STORY = "https://partner.example/story"
HOOK = "https://hooks.harbor.example/in"


@pytest.fixture
def organization(publication):
    return make.make_organization(name="Harbor Media")


@pytest.fixture
def signer(organization):
    return signed_in(organization.contacts.get(is_signatory=True))


@pytest.fixture
def held(publication, article, organization):
    return make.make_license(publication, article, organization=organization)


@pytest.fixture
def manager(publication):
    return make.make_staff(publication, "licensing_manager")


def at(row):
    return f"{DOOR}requests/{row.request.reference}/"


def revoke(row, manager, *, hours=48):
    editor = make.make_staff(row.publication, "licensing_editor")
    licenses.propose_revoke(row, by=editor, reason="breach", words="It was sold on.")
    row.refresh_from_db()
    return licenses.revoke(
        row, by=manager, reason="breach", words="It was sold on.", remove_within=timedelta(hours=hours)
    )


# --- a license that permits nothing any more ------------------------------------------------------------


def test_a_revoked_license_says_what_to_do_and_by_which_hour(signer, held, manager):
    revoke(held, manager)
    page = text(signer.get(at(held)))
    assert "We took the license back. Remove the text, wherever it stands; our reason is below." in page
    assert "Your license is in force" not in page
    assert page.count("Your turn") == 1
    assert "It was sold on." in page


def test_what_else_is_overdue_makes_no_late_date_of_one_to_come(signer, article, held, manager):
    updates.open_for(make.happened("correction.published", article, kind="retraction"))
    UpdateNotice.objects.update(due_at=timezone.now() - timedelta(hours=1))
    revoke(held, manager)
    page = text(signer.get(at(held)))
    assert ("We took the license back. Remove the text" in page, "It was to be done by" in page) == (True, False)


def test_after_the_last_moment_it_says_that_it_may_not_be_used(signer, held, manager):
    revoke(held, manager)
    License.objects.filter(pk=held.pk).update(removal_deadline=timezone.now() - timedelta(minutes=1))
    page = text(signer.get(at(held)))
    assert "We took the license back: the text may not be used any more." in page
    assert "Your turn" not in page


ENDS = [
    ({"status": "suspended"}, "The text may not be used for now."),
    ({"status": "terminated"}, "Your license was ended early: the text may not be used any more."),
    ({"starts_on": "2020-01-01", "ends_on": "2020-12-31"}, "The time of your license is over"),
    ({"starts_on": "2100-01-01", "ends_on": "2100-12-31"}, "Your license is in force from its first day."),
    ({"starts_on": "2020-01-01", "ends_on": "2100-12-31"}, "Your license is in force. Text and certificate are below."),
]


def test_each_end_is_told_in_words_of_its_own(signer, held):
    for change, sentence in ENDS:
        License.objects.filter(pk=held.pk).update(**{"status": "active", **change})
        assert sentence in text(signer.get(at(held))), change


def test_while_one_license_of_a_request_permits_something_the_request_is_licensed(
    publication, article, organization, signer
):
    other = make.make_article(publication)
    request = make.make_request(publication, article, other, organization=organization)
    quote = request.quotes.get()
    accepting.accept(
        quote, by=request.api_key, terms_sha256=quote.terms.sha256, signatory=make.signatory_of(organization)
    )
    first, _second = License.objects.order_by("pk")
    licenses.terminate(first, words="Done.")
    assert "Your license is in force. Text and certificate are below." in text(signer.get(at(first)))


def test_a_suspension_says_until_when(signer, held, manager):
    licenses.suspend(
        held, by=manager, reason="suspected_breach", words="Please explain.", until=held.day() + timedelta(days=5)
    )
    page = text(signer.get(at(held)))
    assert "unless we write to you." in page
    assert "Our reason, and until when, are below." in page


def test_a_suspension_without_a_day_promises_none(signer, held, manager):
    licenses.suspend(held, by=manager, reason="suspected_breach", words="Please explain.")
    page = text(signer.get(at(held)))
    assert ("Our reason is below." in page, "until when" in page, "Please explain." in page) == (True, False, True)


def test_of_a_withdrawn_article_no_next_term_is_offered(organization, article, held):
    asker = signed_in(organization.contacts.get(is_requester=True))
    assert "Renew it" in text(asker.get(at(held)))
    Article.objects.filter(pk=article.pk).update(desk_status="canceled")
    assert "Renew it" not in text(asker.get(at(held)))
    License.objects.filter(pk=held.pk).update(starts_on="2020-01-01", ends_on="2020-12-31")
    page = text(asker.get(at(held)))
    assert "The time of your license is over: the text may not be used any more." in page
    assert "unless you renew it" not in page


def test_a_declined_request_whose_words_were_erased_leads_to_none(publication, organization, signer):
    request = make.make_request(publication, make.make_article(publication, licensable=None), organization=organization)
    editor = make.make_staff(publication, "licensing_editor")
    deciding.decline(request, by=editor, code="editorial_policy", words="Not for this use.")
    path = f"{DOOR}requests/{request.reference}/"
    assert "We cannot license this. The reasons are below." in text(signer.get(path))
    request.messages.all().delete()
    page = text(signer.get(path))
    assert ("We could not license this." in page, "reasons are below" in page) == (True, False)


def test_a_release_is_headed_as_one(publication, article, organization, signer, held):
    updates.open_for(make.happened("article.withheld", article))
    assert "The article that you licensed changed: Hold: do not use for now" in text(signer.get(at(held)))
    updates.open_for(make.happened("article.released", article))
    page = text(signer.get(at(held)))
    assert "The article that you licensed may be used again" in page
    assert "The article that you licensed changed" not in page


# --- what needs the organization ------------------------------------------------------------


def test_what_is_to_be_removed_needs_the_organization_until_its_last_moment(signer, held, manager):
    revoke(held, manager)
    assert "A license was revoked: remove the text" in text(signer.get(DOOR))
    License.objects.filter(pk=held.pk).update(removal_deadline=timezone.now() - timedelta(minutes=1))
    assert "A license was revoked" not in text(signer.get(DOOR))


def test_a_webhook_that_hears_nothing_needs_the_organization(organization, signer):
    made, _secret = endpoints.create(organization, url=HOOK)
    assert "A webhook hears nothing" in text(signer.get(DOOR))
    assert f"{DOOR}endpoints/{made.public_id}/" in signer.get(DOOR).content.decode()
    verified(made)
    assert "A webhook hears nothing" not in text(signer.get(DOOR))
    endpoints.pause(made)
    assert "A webhook hears nothing" not in text(signer.get(DOOR))  # they paused it themselves
    endpoints.pause(made, reason="no success for five days")
    assert "A webhook hears nothing" in text(signer.get(DOOR))


def test_the_hour_is_told_where_it_counts(publication, article, held, signer):
    (notice,) = updates.open_for(make.happened("correction.published", article))
    local = notice.due_at.astimezone(publication.zone)
    assert f"{local:%Y}, {local.hour % 12 or 12}" in text(signer.get(DOOR))


# --- notices ------------------------------------------------------------


def test_a_notice_says_what_to_do_where_it_stands_and_by_whom_nothing_was_promised(client, article, held, signer):
    placements.declare(held, urls=[STORY])
    (notice,) = updates.open_for(make.happened("correction.published", article, kind="retraction"))
    page = text(signer.get(at(held)))
    assert "What to do: Take the text down, wherever it stands." in page
    opened = client.get(links.acknowledge_path(notice))
    assert "Take the text down, wherever it stands." in text(opened)
    assert f'href="{STORY}"' in opened.content.decode()
    UpdateNotice.objects.update(due_at=timezone.now() - timedelta(hours=1))
    late = text(signer.get(at(held)))
    assert ("It was to be done by" in late, "Promised by" in late) == (True, False)


def test_a_settled_notice_is_told_in_the_licensees_words(article, held, signer):
    updates.open_for(make.happened("correction.published", article))
    for status, words in (
        ("waived", "You need not answer"),
        ("superseded", "A newer one took its place"),
        ("canceled", "No longer needed"),
    ):
        UpdateNotice.objects.update(status=status)
        assert words in text(signer.get(f"{DOOR}notices/"))
        assert words in text(signer.get(at(held)))


# --- lists ------------------------------------------------------------


def test_lists_are_searched_by_reference_headline_order_number_and_address(publication, organization, signer):
    bridge = make.make_license(
        publication, make.make_article(publication, headline="The bridge opens"), organization=organization
    )
    ferry = make.make_license(
        publication,
        make.make_article(publication, headline="The ferry sinks"),
        organization=organization,
        placement_urls=[STORY],
    )
    bridge.request.po_number = "PO-17"
    bridge.request.save(update_fields=["po_number"])
    for name, words, found in (
        ("licenses", "BRIDGE", bridge.number),
        ("licenses", ferry.number.lower(), ferry.number),
        ("licenses", "partner.example/story", ferry.number),
        ("requests", "po-17", bridge.request.reference),
        ("quotes", ferry.request.reference, ferry.quote.reference),
    ):
        page = signer.get(f"{DOOR}{name}/", {"q": words}).content.decode()
        shown = {row: row in page for row in {found, bridge.number, ferry.number} if row in page or row == found}
        assert shown == {found: True}, (name, words)


def test_a_search_keeps_its_words_and_finds_nothing_of_others(publication, article, organization, signer):
    make.make_license(publication, article, organization=make.make_organization())
    page = signer.get(f"{DOOR}licenses/", {"q": '<b>"Council"</b>'})
    assert "&lt;b&gt;&quot;Council&quot;&lt;/b&gt;" in page.content.decode()
    assert "Nothing was found." in text(signer.get(f"{DOOR}licenses/", {"q": article.headline}))
    for odd in ("x" * 5000, "a\x00b", "%", "_"):
        assert signer.get(f"{DOOR}licenses/", {"q": odd}).status_code == 200


def test_a_row_found_twice_is_one_row_and_the_next_page_goes_on_searching(publication, organization, signer):
    request = make.make_request(
        publication,
        make.make_article(publication, headline="Tides here"),
        make.make_article(publication, headline="Tides there"),
        organization=organization,
    )
    many_like(request, 26)
    first = signer.get(f"{DOOR}requests/", {"q": "tides"})
    assert first.content.decode().count('class="ref"') == 25
    following = first.content.decode().partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "q=tides" in following
    assert signer.get(following).content.decode().count('class="ref"') == 2


def test_searching_asks_the_same_number_of_queries_for_one_and_for_many(publication, organization, signer):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert signer.get(f"{DOOR}invoices/", {"q": "a"}).status_code == 200
            assert signer.get(f"{DOOR}notices/", {"q": "council"}).status_code == 200
        return len(queries)

    article = make.make_article(publication)
    held = make.make_license(publication, article, organization=organization)
    updates.open_for(make.happened("correction.published", article))
    cost()
    one = cost()
    many_like(held.request, 4)
    assert cost() == one


# --- for everybody ------------------------------------------------------------


def test_the_public_answer_says_as_of_when(client, held):
    page = text(client.get(f"/licenses/verify/{held.number}/"))
    assert "As of" in page
