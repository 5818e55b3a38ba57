"""Accepting: who may, when, and what is answered to whoever asks twice."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.conf import settings
from django.utils import timezone
from pypdf import PdfReader

from newsroom import references
from newsroom.events import planning
from reprints.models import Invoice, License, Quote
from tests.reprints import factories as make
from tests.reprints.api.conftest import Client, faults, refused

pytestmark = pytest.mark.django_db


def accepting(quote):
    return f"quotes/{quote['reference']}/accept/"


def test_a_repeated_acceptance_is_answered_alike_whatever_if_match_says(story, partner):
    quote, etag = partner.quoted(story)
    signed = partner.signed(quote)
    first = partner.post(accepting(quote), signed, match=etag)
    for match in (etag, '"anything"', f'{etag}, "Q-22222222-2.9"'):
        again = partner.post(accepting(quote), signed, match=match)
        assert (again.status_code, again.json()) == (200, first.json())
    assert refused(partner.post(accepting(quote), signed)) == (428, "precondition_required")
    assert refused(partner.post(accepting(quote), {**signed, "terms_sha256": "0" * 64}, match='"x"')) == (412, "stale")
    current = partner.get(f"quotes/{quote['reference']}/")["ETag"]
    assert refused(partner.post(accepting(quote), {**signed, "terms_sha256": "0" * 64}, match=current)) == (
        409,
        "conflict",
    )
    assert License.objects.count() == 1


def test_a_quote_is_accepted_in_the_version_that_was_read(story, partner):
    quote, etag = partner.quoted(story)
    make.happened("correction.published", story)
    planning.plan_due()
    before = make.rows()
    assert refused(partner.post(accepting(quote), partner.signed(quote), match=etag)) == (412, "stale")
    assert refused(partner.post(accepting(quote), partner.signed(quote), match="*")) == (428, "precondition_required")
    assert make.rows() == before
    read = partner.get(f"quotes/{quote['reference']}/")
    assert read.json()["reconfirm_since"] is not None
    assert partner.post(accepting(quote), partner.signed(quote), match=read["ETag"]).status_code == 200


def test_the_letter_leads_to_the_page_where_a_person_answers_the_quote(story, partner):
    quote, _etag = partner.quoted(story)
    pages = PdfReader(BytesIO(partner.get(f"quotes/{quote['reference']}/pdf/").content)).pages
    text = " ".join(page.extract_text() for page in pages)
    assert f"{settings.BASE_URL}/reprints/partner/requests/{quote['request']}/" in text
    assert "/api/" not in text


def test_a_weak_etag_of_a_compressing_proxy_is_taken(story, partner):
    quote, etag = partner.quoted(story)
    assert partner.post(accepting(quote), partner.signed(quote), match=f"W/{etag}").status_code == 200


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"signatory": "Req Uester"}, (403, "not_a_signatory")),
        ({"signatory": "nobody@partner.example"}, (403, "not_a_signatory")),
        ({"terms_sha256": "0" * 64}, (409, "terms_changed")),
    ],
)
def test_who_may_not_sign_and_other_terms_are_refused(story, partner, change, expected):
    quote, etag = partner.quoted(story)
    before = make.rows()
    answer = partner.post(accepting(quote), {**partner.signed(quote), **change}, match=etag)
    assert refused(answer) == expected
    assert answer.json()["type"] == f"http://testserver/problems/{expected[1]}"
    assert make.rows() == before


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("/terms_sha256", "required"), ("/signatory", "required")]),
        ({"terms_sha256": 7, "signatory": ["x"]}, [("/terms_sha256", "not_string"), ("/signatory", "not_string")]),
        (
            {"terms_sha256": "x" * 65, "signatory": ""},
            [("/terms_sha256", "too_long"), ("/signatory", "blank")],
        ),
        (
            {"terms_sha256": "x", "signatory": "y", "price": "0"},
            [("/price", "unknown_member")],
        ),
    ],
)
def test_an_agreement_names_terms_and_signatory_and_nothing_else(story, partner, body, expected):
    quote, etag = partner.quoted(story)
    assert faults(partner.post(accepting(quote), body, match=etag)) == expected


def test_a_second_too_late_is_too_late(story, partner):
    quote, etag = partner.quoted(story)
    Quote.objects.update(valid_until=timezone.now() - timedelta(seconds=1))
    read = partner.get(f"quotes/{quote['reference']}/")
    assert read["ETag"] == f'{etag[:-1]}.expired"'
    for match in (etag, read["ETag"]):
        assert refused(partner.post(accepting(quote), partner.signed(quote), match=match)) == (409, "expired")
    assert License.objects.count() == 0


def test_an_article_that_was_withheld_since_is_not_licensed(story, partner):
    quote, etag = partner.quoted(story)
    type(story).objects.filter(pk=story.pk).update(desk_status="withheld")
    assert refused(partner.post(accepting(quote), partner.signed(quote), match=etag)) == (409, "not_usable")


def test_a_blocked_organization_speaks_to_the_desk_first(story, partner):
    quote, etag = partner.quoted(story)
    type(partner.organization).objects.update(blocked=True)
    assert refused(partner.post(accepting(quote), partner.signed(quote), match=etag)) == (409, "blocked_organization")


def test_what_was_declined_is_not_accepted(story, partner):
    quote, _etag = partner.quoted(story)
    etag = partner.post(f"quotes/{quote['reference']}/decline/")["ETag"]
    assert refused(partner.post(accepting(quote), partner.signed(quote), match=etag)) == (409, "conflict")
    assert refused(partner.post(f"quotes/{quote['reference']}/decline/")) == (409, "conflict")


def test_an_acceptance_under_an_idempotency_key_is_carried_out_once(story, partner):
    quote, etag = partner.quoted(story)
    signed = partner.signed(quote)
    first = partner.post(accepting(quote), signed, match=etag, once="sign-1")
    again = partner.post(accepting(quote), signed, match=etag, once="sign-1")
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    other = partner.post(accepting(quote), {**signed, "signatory": "x"}, match=etag, once="sign-1")
    assert refused(other) == (422, "idempotency_key_reused")


def test_pay_first_licenses_wait_and_show_no_paper(story):
    partner = Client(make.make_organization(payment_terms="prepay"))
    (license_,) = partner.licensed(story)
    assert (license_["status"], license_["issued_at"]) == ("pending_payment", None)
    for paper in ("pdf", "jws", "odrl"):
        assert refused(partner.get(license_["documents"][paper])) == (409, "not_issued")
    assert refused(partner.get(license_["documents"]["content"])) == (409, "not_in_force")
    assert partner.get(f"licenses/{license_['number']}/status/").json()["status"] == "not_yet_valid"


@pytest.mark.parametrize("reference", ["Q-22222222-2", "Q-1", "nonsense", "A%00B", "Q%20Q", "'; DROP TABLE", "‮Q"])
def test_a_reference_that_is_none_is_not_found(daily, partner, reference):
    assert refused(partner.get(f"quotes/{reference}/")) == (404, "not_found")


def an_invoice(partner, quote, **values):
    row = Quote.objects.get(reference=quote["reference"])
    return Invoice.objects.create(
        reference=references.new("invoice"),
        publication=row.publication,
        organization=row.organization,
        quote=row,
        **{"currency": "USD", "net": 150, "tax": 0, "gross": 150, "status": "issued", **values},
    )


def test_invoices_are_shown_once_issued_and_found_by_number_or_reference(story, partner, other):
    quote, _etag = partner.quoted(story)
    an_invoice(partner, quote, status="draft")
    late = an_invoice(
        partner, quote, number="17", issued_at=timezone.now(), due_on=timezone.now().date() - timedelta(days=3)
    )
    (shown,) = partner.get("invoices/").json()["results"]
    assert (shown["reference"], shown["number"], shown["overdue"]) == (late.reference, "17", True)
    assert shown["gross"] == {"amount": "150.00", "currency": "USD"}
    assert partner.get(f"invoices/{late.reference}/").json() == shown
    assert partner.get("invoices/17/").json()["reference"] == late.reference
    for client in (other, Client(partner.organization, test=True)):
        assert client.get("invoices/").json()["results"] == []
        assert refused(client.get(f"invoices/{late.reference}/")) == (404, "not_found")
        assert refused(client.get("invoices/17/")) == (404, "not_found")
    assert refused(partner.get("invoices/%00/")) == (404, "not_found")
