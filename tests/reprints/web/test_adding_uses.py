"""Another use in a request that was sent: the same two steps, on the private page and on a partner's pages."""

import pytest

from reprints.models import LicenseRequest
from reprints.services import asking, moving
from tests.reprints import factories as make
from tests.reprints.web.conftest import text
from tests.reprints.web.partners import DOOR, person, signed_in
from tests.reprints.web.test_several_uses import typed_in

pytestmark = pytest.mark.django_db
PRINT = {"use": "republish_print", "quantity": "2,000", "scope": "countries", "countries": "United States"}


def path_of(request):
    return f"/reprints/requests/{request.reference}/another/"


def steps(browser, path, **over):
    """The second step, as it is sent: what the first handed on, and what is typed."""
    first = browser.get(path)
    page = browser.post(path, {**typed_in(first), **chosen(first), "do": "details"})
    typed = make.item(LicenseRequest.objects.latest("pk").items.first().article)
    dates = {name: typed[name] for name in ("starts_on", "ends_on")}
    return page, {**typed_in(page), **PRINT, **dates, "do": "send", **over}


def chosen(first):
    return {"article_urls": str(first.context["form"].initial["article_urls"]), "use": "republish_print"}


def uses(request):
    return [(row.use, row.quantity) for row in request.items.all()]


def test_the_page_leads_to_the_two_steps_which_ask_nothing_twice(client, article, priced):
    request, page = priced
    assert 'another/">Add another use</a>' in page.content.decode()
    first = client.get(path_of(request))
    assert (first.status_code, "Add another use" in text(first), "Who are you?" in text(first)) == (200, True, False)
    assert article.url in first.content.decode()
    second, _data = steps(client, path_of(request))
    html = second.content.decode()
    asked = ("email", "note", "deadline", "po_number", "organization_type")
    assert [f'id="id_{name}"' in html for name in asked] == [False] * 5
    assert ("Add it to my request" in text(second), "Save as a draft" in text(second)) == (True, False)
    assert (second["Cache-Control"], second["Referrer-Policy"]) == ("private, no-store", "no-referrer")


def test_the_use_joins_the_request_whose_quote_is_made_anew(client, priced):
    request, _page = priced
    _second, data = steps(client, path_of(request))
    shown = client.post(path_of(request), {**data, "do": "price"})
    assert "Your price USD 200.00" in text(shown)
    answers = [client.post(path_of(request), data) for _ in range(2)]
    assert {(row.status_code, row["Location"]) for row in answers} == {
        (303, f"/reprints/requests/{request.reference}/")
    }
    assert (uses(request), LicenseRequest.objects.count()) == (
        [("republish_web", 5000), ("republish_print", 2000)],
        1,
    )
    assert [(row.status, str(row.net)) for row in request.quotes.order_by("number")] == [
        ("superseded", "150.000"),
        ("open", "350.000"),
    ]


def test_what_changed_meanwhile_is_said_and_the_next_press_goes_through(client, priced):
    request, _page = priced
    _second, data = steps(client, path_of(request))
    moving.touch(request, fields=[])
    refused = client.post(path_of(request), data)
    assert (refused.status_code, len(uses(request))) == (409, 1)
    assert 'value="2,000"' in refused.content.decode()
    assert client.post(path_of(request), {**data, **typed_in(refused)}).status_code == 303
    assert len(uses(request)) == 2


def test_a_request_that_is_over_takes_no_more_and_loses_nothing_that_was_typed(client, priced):
    request, _page = priced
    _second, data = steps(client, path_of(request))
    asking.withdraw(request)
    assert client.get(path_of(request))["Location"] == f"/reprints/requests/{request.reference}/"
    refused = client.post(path_of(request), {**data, "seen": str(request.version + 1)})
    assert (refused.status_code, len(uses(request))) == (409, 1)
    assert 'value="2,000"' in refused.content.decode()


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"quantity": "0"}, "This must be at least 1"),
        ({"countries": "Atlantis"}, "“Atlantis”: We know no country of this name."),
        ({"article_urls": "https://nowhere.example/x"}, "We do not know this article."),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_is_added(client, priced, over, sentence):
    request, _page = priced
    _second, data = steps(client, path_of(request))
    refused = client.post(path_of(request), {**data, **over})
    assert (refused.status_code, sentence in text(refused), len(uses(request))) == (422, True, 1)


def test_an_article_withdrawn_since_is_said_of_the_request_as_a_whole(client, article, priced):
    request, _page = priced
    other = make.make_article(article.publication)
    _second, data = steps(client, path_of(request))
    article.desk_status = "canceled"
    article.save(update_fields=["desk_status"])
    refused = client.post(path_of(request), {**data, "article_urls": other.url})
    assert (refused.status_code, len(uses(request))) == (422, 1)
    assert "This article was withdrawn and is not licensed." in text(refused)


def test_who_asked_and_of_which_title_stays(client, priced):
    request, _page = priced
    elsewhere = make.make_article(make.make_publication())
    _second, data = steps(client, path_of(request))
    refused = client.post(path_of(request), {**data, "article_urls": elsewhere.url})
    assert (refused.status_code, "need a request of their own" in text(refused)) == (422, True)
    assert client.post(path_of(request), {**data, "organization_type": "education"}).status_code == 303
    request.refresh_from_db()
    assert request.organization_type == "publisher"


def test_without_the_link_and_with_another_forms_token_there_is_no_way_in(client, fields, priced):
    request, _page = priced
    _second, data = steps(client, path_of(request))
    foreign = client.post(path_of(request), {**data, "form_token": fields["form_token"]})
    assert (foreign.status_code, len(uses(request))) == (422, 1)
    client.cookies.clear()
    assert [client.get(path_of(request)).status_code, client.post(path_of(request), data).status_code] == [404, 404]


@pytest.mark.parametrize("seen", ["", "-1", "x", "²", "9" * 30])
def test_a_version_that_is_none_is_the_one_of_now(client, priced, seen):
    request, _page = priced
    _second, data = steps(client, path_of(request))
    assert client.post(path_of(request), {**data, "seen": seen}).status_code == 303


def test_a_contact_who_may_ask_adds_a_use_on_the_partners_pages_and_nobody_else(publication, article):
    organization = make.make_organization()
    request = make.make_request(publication, article, organization=organization)
    path = f"{DOOR}requests/{request.reference}/another/"
    asker = signed_in(organization.contacts.get(is_requester=True))
    second, data = steps(asker, path)
    assert f'href="{DOOR}licenses/"' in second.content.decode()
    answer = asker.post(path, data)
    assert (answer.status_code, answer["Location"]) == (303, f"{DOOR}requests/{request.reference}/")
    assert [use for use, _quantity in uses(request)] == ["republish_web", "republish_print"]
    reader = signed_in(person(organization, is_billing=True))
    stranger = signed_in(make.make_organization().contacts.get(is_requester=True))
    assert [reader.get(path).status_code, stranger.get(path).status_code] == [403, 404]


def test_uses_that_go_on_and_on_wait_with_what_was_typed(client, priced, settings):
    settings.THROTTLES = {**settings.THROTTLES, "move": (0, 3600)}
    request, _page = priced
    _second, data = steps(client, path_of(request))
    answer = client.post(path_of(request), data)
    assert (answer.status_code, "send this again in an hour" in text(answer)) == (429, True)
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert 'value="2,000"' in answer.content.decode()
    assert uses(request) == [("republish_web", 5000)]
