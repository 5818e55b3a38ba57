"""Asking on a partner's pages, where nobody is asked who they are; and asking for a client."""

import pytest

from reprints.models import License, LicenseRequest
from reprints.services import accepting
from tests.reprints import factories as make
from tests.reprints.api.conftest import Client as Partner
from tests.reprints.api.conftest import faults
from tests.reprints.web.conftest import form_of, text
from tests.reprints.web.partners import DOOR, signed_in

pytestmark = pytest.mark.django_db
NEW = f"{DOOR}requests/new/"


@pytest.fixture
def organization(publication):
    return make.make_organization(name="Harbor Media", kind="publisher", discount_percent=10)


@pytest.fixture
def asker(organization):
    return signed_in(organization.contacts.get(is_requester=True))


def second_step(browser, fields, **over):
    first = {name: fields[name] for name in ("article_urls", "use", "organization_type")}
    return browser.post(NEW, {**first, "do": "details", **over})


def sending(page, fields, **over):
    _action, hidden = form_of(page, "/new/")
    typed = {name: value for name, value in fields.items() if name not in {"name", "email", "company", "form_token"}}
    return {**typed, **hidden, "do": "send", **over}


def test_a_contact_asks_in_two_steps_and_is_asked_nothing_personal(organization, asker, article, fields):
    page = asker.get(NEW, {"url": article.url})
    assert ("Harbor Media" in text(page), article.headline in text(page)) == (True, True)
    assert f'href="{DOOR}licenses/"' in page.content.decode()  # the way back to the other pages
    page = second_step(asker, fields)
    assert f'href="{DOOR}licenses/"' in page.content.decode()
    assert ('name="email"' in page.content.decode(), "Who gets the license? Harbor Media" in text(page)) == (
        False,
        True,
    )
    data = sending(page, fields)
    priced = asker.post(NEW, {**data, "do": "price"})
    assert "Your price USD 135.00" in text(priced)  # the organization's discount is in it
    answers = [asker.post(NEW, data) for _ in range(2)]
    request = LicenseRequest.objects.get()
    assert [row.status_code for row in answers] == [303, 303]
    assert answers[0]["Location"] == f"{DOOR}requests/{request.reference}/"
    assert (request.organization, request.status, hasattr(request, "contact")) == (organization, "quoted", False)


def test_a_contact_asks_as_much_as_a_key_may_and_then_waits_with_what_was_typed(asker, fields, settings):
    settings.THROTTLES = {**settings.THROTTLES, "key-write": (1, 10**9)}
    answers = [asker.post(NEW, sending(second_step(asker, fields), fields)) for _ in range(2)]
    assert [row.status_code for row in answers] == [303, 429]
    assert 'value="5,000"' in answers[1].content.decode()
    assert LicenseRequest.objects.count() == 1


def test_a_form_of_another_session_asks_for_nothing(organization, asker, fields):
    page = second_step(asker, fields)
    colleague = signed_in(organization.contacts.get(is_requester=True))
    answer = colleague.post(NEW, sending(page, fields))
    assert (answer.status_code, LicenseRequest.objects.count()) == (422, 0)
    assert "This page was open for too long." in text(answer)


def test_what_is_wrong_is_said_and_what_was_typed_is_kept(asker, fields):
    page = second_step(asker, fields)
    answer = asker.post(NEW, sending(page, fields, countries="Atlantis", note="For the summer."))
    assert (answer.status_code, "We know no country of this name." in text(answer)) == (422, True)
    assert "For the summer." in text(answer)


def test_whoever_may_not_ask_is_told_so(organization):
    signer = signed_in(organization.contacts.get(is_signatory=True))
    assert [signer.get(NEW).status_code, signer.post(NEW, {}).status_code] == [403, 403]


def test_only_an_agency_is_asked_for_its_client(client, asker, fields, ask, open_page):
    assert 'name="end_client"' not in second_step(asker, fields).content.decode()
    page = second_step(asker, fields, organization_type="agency_pr")
    assert "For which client?" in text(page)
    answer = ask(organization_type="agency_pr", end_client="Salt & Sons", use="intranet_internal", quantity="50")
    assert answer.status_code == 303, text(answer)
    assert LicenseRequest.objects.get().end_client == "Salt & Sons"
    assert "For the client Salt & Sons" in text(open_page(answer["Location"])).replace("&amp;", "&")


def test_the_client_stands_in_request_quote_license_and_certificate(organization, article):
    partner = Partner(organization)
    asked = partner.asked(make.item(article), end_client="Salt & Sons")
    assert asked["end_client"] == "Salt & Sons"
    assert partner.get(f"quotes/{asked['quotes'][0]}/").json()["end_client"] == "Salt & Sons"
    quote = LicenseRequest.objects.get().quotes.get()
    quote = accepting.accept(quote, terms_sha256=quote.terms.sha256, signatory=make.signatory_of(organization))
    row = License.objects.get()
    assert row.snapshot["licensee"]["acting_for"] == "Salt & Sons"
    assert partner.get(f"licenses/{row.number}/").json()["end_client"] == "Salt & Sons"
    assert partner.get(f"licenses/{row.number}/certificate.pdf").content[:5] == b"%PDF-"
    renewed = partner.post(f"licenses/{row.number}/renew/", {}, once="next").json()
    assert renewed["end_client"] == "Salt & Sons"
    assert faults(partner.ask(make.item(article), end_client="x" * 201)) == [("/end_client", "too_long")]


def test_an_item_is_added_by_the_api_until_it_is_quoted(organization, publication, article):
    partner = Partner(organization)
    asked = partner.asked(make.item(article))
    other = make.item(make.make_article(publication))
    answer = partner.send(
        "patch", f"license-requests/{asked['reference']}/", {"items": [*asked["items"], other]}, match=asked["etag"]
    )
    assert (answer.status_code, len(answer.json()["items"]), len(answer.json()["quotes"])) == (200, 2, 2)
