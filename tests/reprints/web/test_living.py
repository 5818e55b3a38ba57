"""Living with a license from the private page: the next term, an early end, invoices, and what is held on me."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from reprints import links
from reprints.models import Invoice, License, LicenseRequest, RequesterContact
from reprints.services import asking, deciding, invoicing
from tests.reprints import billing
from tests.reprints import factories as make
from tests.reprints.web.conftest import form_of, text

pytestmark = pytest.mark.django_db
QUOTED = "It spent 1.2 million on the bridge."


@pytest.fixture
def held(ask, open_page, consent):
    """A free license, and its opened page."""
    answer = ask("quantity", "portion", use="excerpt_quote", excerpt_text=QUOTED, **consent)
    return License.objects.get(), open_page(answer["Location"])


def test_the_next_term_is_asked_for_on_the_page_and_opens_a_request_of_its_own(client, held, open_page):
    row, page = held
    asking.confirm_contact(row.request)
    action, hidden = form_of(page, "/renew/")
    answer = client.post(action, {**hidden, "ends_on": ""})
    made = LicenseRequest.objects.exclude(pk=row.request.pk).get()
    assert (answer.status_code, answer["Location"]) == (303, links.private_path(made))
    assert (made.renews, made.items.get().starts_on) == (row, row.ends_on + timedelta(days=1))
    assert RequesterContact.objects.get(request=made).email_confirmed_at is not None
    assert open_page(answer["Location"]).status_code == 200
    page = client.get(f"/reprints/requests/{row.request.reference}/")
    assert "/renew/" not in page.content.decode()
    again = client.post(action, {**hidden, "ends_on": ""})
    assert (again.status_code, "A renewal is already under way" in text(again)) == (409, True)


def test_of_a_quote_of_several_items_the_free_one_says_so(client, publication, article, open_page):
    free = make.item(article, use="excerpt_quote", portion="excerpt", excerpt_text=QUOTED)
    asked = asking.submit(
        {"items": [make.item(article), free]},
        publication=publication,
        requester=asking.Requester("Wanda Writer", "wanda@review.example"),
    )
    page = text(open_page(links.private_path(asked)))
    assert "USD 150.00" in page
    assert "Free of charge" in page
    assert "USD 0.00 How the price" not in page


def test_a_next_term_that_ends_before_it_begins_is_refused_beside_its_field(client, held):
    row, page = held
    action, hidden = form_of(page, "/renew/")
    early = (row.starts_on + timedelta(days=3)).isoformat()
    answer = client.post(action, {**hidden, "ends_on": early})
    assert (answer.status_code, "The end is before the beginning." in text(answer)) == (422, True)
    assert f'value="{early}"' in answer.content.decode()
    assert LicenseRequest.objects.count() == 1


def test_ending_a_license_early_needs_words_and_the_box(client, held):
    row, page = held
    action, hidden = form_of(page, "/terminate/")
    refused = client.post(action, {**hidden, "words": "We closed the site."})
    assert (refused.status_code, "Tick the box if you want to end the license" in text(refused)) == (422, True)
    assert "We closed the site." in text(refused)
    assert client.post(action, {**hidden, "words": "We closed the site.", "sure": "on"}).status_code == 303
    row.refresh_from_db()
    assert (row.status, row.end_reason, row.end_words) == ("terminated", "by_licensee", "We closed the site.")
    page = client.get(f"/reprints/requests/{row.request.reference}/")
    assert "/terminate/" not in page.content.decode()


def test_what_has_ended_by_its_date_is_renewed_and_not_ended(client, held):
    row, _page = held
    License.objects.filter(pk=row.pk).update(starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 31))
    page = client.get(f"/reprints/requests/{row.request.reference}/").content.decode()
    assert ("/renew/" in page, "/terminate/" in page) == (True, False)


def test_invoices_that_this_desk_wrote_are_on_the_page_and_handed_out(client, open_page):
    publication = billing.billing_publication(is_default=True)
    person = asking.Requester(name="Wanda Writer", email="wanda@review.example", company="The Review")
    request = make.make_request(publication, make.make_article(publication), requester=person)
    page = open_page(links.private_path(request))
    action, hidden = form_of(page, "/bill/")
    buyer = {"legal_name": "The Review", "address": "1 Rue de la Revue", "country": "France"}
    page = client.get(client.post(action, {**hidden, **buyer})["Location"])
    action, hidden = form_of(page, "/accept/")
    assert client.post(action, {**hidden, "signatory": "Wanda Writer", "agreed": "on"}).status_code == 303
    invoice = Invoice.objects.get()
    path = f"/reprints/requests/{request.reference}/"
    assert "INV-" not in text(client.get(path))  # the tax is not decided yet: a draft is nobody's business
    invoicing.prepare(
        invoice,
        by=make.make_staff(publication, "licensing_manager"),
        treatment="eu_b2c_oss",
        rate=Decimal(20),
        words="A private person in France.",
    )
    invoice.refresh_from_db()
    invoice = invoicing.issue(invoice, by=make.make_staff(publication, "licensing_editor"))
    page = client.get(path)
    assert invoice.number in text(page)
    pdf = client.get(f"{path}invoices/{invoice.reference}/invoice.pdf")
    assert (pdf.status_code, pdf.content[:5], pdf["Cache-Control"]) == (200, b"%PDF-", "private, no-store")
    assert client.get(f"{path}invoices/I-22222222-2/invoice.pdf").status_code == 404


def test_everything_held_on_me_is_one_file_without_internal_notes(client, held, article):
    row, _page = held
    editor = make.make_staff(article.publication, "licensing_editor")
    asking.message(row.request, words="They never pay.", by=editor, internal=True)
    answer = client.get(f"/reprints/requests/{row.request.reference}/download/")
    assert answer["Content-Disposition"] == f'attachment; filename="{row.request.reference}.json"'
    said = json.loads(answer.content)
    assert said["contact"]["email"] == "wanda@review.example"
    assert said["licenses"] == [row.number]
    assert "They never pay." not in answer.content.decode()


def test_contact_details_are_erased_on_request_but_not_while_a_license_needs_its_holder(client, held):
    row, page = held
    action, hidden = form_of(page, "/erase_contact/")
    refused = client.post(action, {**hidden, "sure": "on"})
    assert (refused.status_code, "its holder must be told of corrections" in text(refused)) == (409, True)
    License.objects.filter(pk=row.pk).update(starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 31), archival=False)
    assert client.post(action, hidden).status_code == 422
    assert client.post(action, {**hidden, "sure": "on"}).status_code == 303
    assert RequesterContact.objects.get().email_encrypted == ""


def test_words_are_erased_on_request_once_it_is_closed(client, article, ask, open_page):
    answer = ask(exclusivity="media", note="For my aunt.")
    request = LicenseRequest.objects.get()
    page = open_page(answer["Location"])
    assert not re.search(r"/erase_(text|contact)/", page.content.decode())
    editor = make.make_staff(article.publication, "licensing_editor")
    deciding.decline(request, by=editor, code="rights_not_held", words="Ask the agency.")
    page = client.get(f"/reprints/requests/{request.reference}/")
    action, hidden = form_of(page, "/erase_text/")
    assert client.post(action, {**hidden, "sure": "on"}).status_code == 303
    request.refresh_from_db()
    assert (request.note, list(request.messages.values_list("body", flat=True))) == ("", ["Ask the agency."])
    page = client.get(f"/reprints/requests/{request.reference}/")
    assert "/erase_text/" not in page.content.decode()
