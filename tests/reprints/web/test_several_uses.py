"""One request for several uses: each is filled in, waits while the next is chosen, and all are sent together."""

import re
from html import unescape

import pytest

from reprints.forms import several
from reprints.models import LicenseRequest, RequestDraft, UseType
from tests.reprints import factories as make
from tests.reprints.web.conftest import form_of, text, token
from tests.reprints.web.partners import DOOR, signed_in

pytestmark = pytest.mark.django_db
NEW = "/reprints/new/"
ABOUT = ("name", "email", "company", "note", "form_token")
PRINT = {"use": "republish_print", "quantity": "2,000"}


def typed_in(page):
    """The fields of the form as a browser would send them, each value."""
    html = page.content.decode()
    found = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html):
        found.setdefault(name, []).append(unescape(value))
    return found


@pytest.fixture
def added(ask):
    """The first step for a second use, after the first was filled in."""
    return ask("name", "email", do="add", note="For our anniversary.")


@pytest.fixture
def details(client, fields, added):
    """The second step of the second use."""
    first = {**typed_in(added), "article_urls": fields["article_urls"], "organization_type": "publisher"}
    return client.post(NEW, {**first, "use": "republish_print", "do": "details"})


def send(client, page, fields, **over):
    own = {name: value for name, value in fields.items() if name not in {"use", "quantity"}}
    return client.post(NEW, {**own, **typed_in(page), **PRINT, "do": "send", **over})


def test_a_further_use_begins_with_the_same_article_place_and_time_and_nothing_was_sent(added, fields):
    assert (added.status_code, "Add another use Choose it" in text(added)) == (200, True)
    assert "Also in this request Republish on a website 1 article" in text(added)
    kept = typed_in(added)
    assert kept["countries"] == ["United States"]
    assert (kept["note"], kept["starts_on"]) == (["For our anniversary."], [fields["starts_on"]])
    assert {"quantity", "exclusivity"} & set(kept) == set()  # these are of the first use
    assert fields["article_urls"] in added.content.decode()
    assert 'name="use" value="republish_web" id="id_use_0" checked' not in added.content.decode()
    assert LicenseRequest.objects.count() == 0


def test_the_second_use_is_priced_from_its_lowest_then_together_with_the_first_and_sent(
    client, article, fields, details
):
    assert (details.status_code, "Price from" in text(details)) == (200, True)
    html = details.content.decode()
    assert ("For our anniversary." in html, 'value="United States"' in html) == (True, True)
    priced = send(client, details, fields, do="price")
    assert "Your price USD 350.00" in text(priced)
    assert f"Republish on a website: {article.headline} : USD 150.00" in text(priced)
    assert f"Republish in print: {article.headline} : USD 200.00" in text(priced)
    answer = send(client, priced, fields)
    assert answer.status_code == 303
    request = LicenseRequest.objects.get()
    assert [(row.use, row.quantity, row.article_id) for row in request.items.all()] == [
        ("republish_web", 5000, article.pk),
        ("republish_print", 2000, article.pk),
    ]
    assert [str(line.price) for line in request.quotes.get().lines.all()] == ["150.000", "200.000"]


def test_a_use_with_a_fault_does_not_wait(ask):
    answer = ask("name", "email", do="add", quantity="none")
    assert (answer.status_code, "Step 2 of 2" in text(answer), "This must be a whole number" in text(answer)) == (
        422,
        True,
        True,
    )
    assert typed_in(answer).get("more") is None


def test_whoever_changes_their_mind_goes_on_with_what_they_had(client, fields, added):
    page = client.post(NEW, {**typed_in(added), "organization_type": "publisher", "do": "without"})
    assert (page.status_code, "Your price USD 150.00" in text(page)) == (200, True)
    assert "Also in this request" not in text(page)
    html = page.content.decode()
    assert 'name="quantity" value="5,000"' in html
    sent = client.post(NEW, {**fields, **typed_in(page), "note": "For our anniversary."})
    assert (sent.status_code, LicenseRequest.objects.get().items.get().use) == (303, "republish_web")


def test_a_use_that_waits_can_be_left_out(client, fields, details):
    page = send(client, details, fields, do="", leave_out="0")
    assert ("Also in this request" in text(page), "Your price USD 200.00" in text(page)) == (False, True)


def test_leaving_a_use_out_asks_for_nothing_that_is_not_filled_in_yet(client, fields, details):
    page = send(client, details, fields, do="", leave_out="0", quantity="", name="")
    assert (page.status_code, "Also in this request" in text(page), "Price from" in text(page)) == (200, False, True)
    assert "error-summary" not in page.content.decode()
    refused = send(client, page, fields, quantity="")
    assert (refused.status_code, "error-summary" in refused.content.decode()) == (422, True)


def test_a_place_at_which_nothing_waits_leaves_all_as_it_was(client, fields, details):
    for place in ("1", "-1", "x", "²", "99999"):
        page = send(client, details, fields, do="", leave_out=place)
        assert (page.status_code, "Your price USD 350.00" in text(page)) == (200, True), place


def test_what_is_wrong_with_a_use_that_waits_is_said_with_its_name(client, fields, details):
    waiting = typed_in(details)["more"][0].replace("United+States", "Atlantis")
    page = send(client, details, fields, more=waiting)
    assert (page.status_code, LicenseRequest.objects.count()) == (422, 0)
    assert "Republish on a website: This is not a country code" in text(page)
    assert 'value="2,000"' in page.content.decode()


def test_what_no_form_of_ours_packed_is_left_out_and_that_is_said(client, fields, details):
    for waiting in ("", "use=anything", "%00&&;=", "use=republish_web&use=", "x" * 5000):
        page = send(client, details, fields, more=[waiting, *typed_in(details)["more"]])
        assert (page.status_code, LicenseRequest.objects.count()) == (422, 0), waiting
        assert "so we left it out" in text(page)
        assert typed_in(page)["more"] == typed_in(details)["more"]


def test_a_use_that_is_no_longer_offered_is_left_out(client, fields, details):
    UseType.objects.filter(code="republish_web").update(is_active=False)
    page = send(client, details, fields)
    assert (page.status_code, "so we left it out" in text(page), "more" in typed_in(page)) == (422, True, False)


def test_ten_uses_are_the_most(client, ask, fields, added):
    (first,) = typed_in(added)["more"]
    waiting = [first.replace("quantity=5%2C000", f"quantity={number}") for number in range(1, 13)]
    tenth = ask("name", "email", do="add", more=waiting[:9])
    assert (tenth.status_code, "at most 10 uses" in text(tenth)) == (422, True)
    assert len(typed_in(tenth)["more"]) == 9
    beyond = ask(more=waiting)
    assert (beyond.status_code, len(typed_in(beyond)["more"])) == (422, several.MOST_USES - 1)
    assert LicenseRequest.objects.count() == 0


def test_one_use_of_one_article_is_not_asked_for_twice(client, ask, fields, added):
    same = "The same article, use and terms stand in this request already: ask for them once."
    twice = ask(**{name: value[0] for name, value in typed_in(added).items() if name == "more"})
    assert (twice.status_code, same in text(twice), LicenseRequest.objects.count()) == (422, True, 0)
    assert typed_in(twice)["more"] == typed_in(added)["more"]
    other = ask(more=typed_in(added)["more"], countries="Canada")
    assert other.status_code == 303


def test_fifty_items_are_the_most_over_all_uses(client, article, fields, details):
    urls = [make.make_article(article.publication).url for _ in range(50)]
    page = send(client, details, fields, article_urls="\n".join(urls))
    assert (page.status_code, "At most 50 items" in text(page), LicenseRequest.objects.count()) == (422, True, 0)
    assert typed_in(page)["more"] == typed_in(details)["more"]


def test_a_draft_keeps_the_uses_that_wait(client, fields, details):
    saved = send(client, details, fields, do="save")
    page = client.get(saved["Location"])
    _action, hidden = form_of(page, "/new/")
    assert (unescape(hidden["more"]), RequestDraft.objects.count()) == (typed_in(details)["more"][0], 1)
    step = client.post(NEW, {**typed_in(page), "do": "details"})
    assert "Also in this request Republish on a website" in text(step)


def test_a_partner_adds_a_use_on_its_own_pages(publication, article, fields):
    organization = make.make_organization()
    asker = signed_in(organization.contacts.get(is_requester=True))
    own = {name: value for name, value in fields.items() if name not in ABOUT}
    path = f"{DOOR}requests/new/"
    first = asker.post(path, {**own, "do": "add"})
    second = asker.post(path, {**own, **typed_in(first), "use": "republish_print", "do": "details"})
    sent = asker.post(path, {**own, **typed_in(second), **PRINT, "do": "send"})
    assert sent.status_code == 303
    request = LicenseRequest.objects.get(organization=organization)
    assert [row.use for row in request.items.all()] == ["republish_web", "republish_print"]


def test_the_page_of_the_request_names_the_article_once_and_adds_another_in_every_use(
    client, publication, article, fields, details, open_page
):
    page = open_page(send(client, details, fields)["Location"])
    standfirst = re.search(r'<p class="standfirst">(.*?)</p>', page.content.decode()).group(1)
    assert standfirst.count(article.headline) == 1
    assert f"Republish in print {article.headline} Use Republish in print" in text(page)
    other = make.make_article(publication)
    action, hidden = form_of(page, "/edit/")
    assert client.post(action, {**hidden, "keep": ["0", "1"], "add": other.url}).status_code == 303
    rows = LicenseRequest.objects.get().items.all()
    assert [(row.article_id, row.use) for row in rows] == [
        (article.pk, "republish_web"),
        (article.pk, "republish_print"),
        (other.pk, "republish_web"),
        (other.pk, "republish_print"),
    ]


def test_an_article_that_is_asked_for_already_is_not_added_on_the_page(client, article, priced):
    request, page = priced
    action, hidden = form_of(page, "/edit/")
    refused = client.post(action, {**hidden, "keep": ["0"], "add": article.url})
    same = "The same article, use and terms stand in this request already: ask for them once."
    assert (refused.status_code, same in text(refused), article.url in refused.content.decode()) == (422, True, True)
    assert request.items.count() == 1


def test_an_empty_first_step_of_a_further_use_keeps_what_waits(client, added):
    page = client.post(NEW, {**typed_in(added), "article_urls": "", "use": "", "do": "details"})
    assert (page.status_code, "Please choose." in text(page)) == (422, True)
    assert typed_in(page)["more"] == typed_in(added)["more"]
    assert token() not in page.content.decode()
