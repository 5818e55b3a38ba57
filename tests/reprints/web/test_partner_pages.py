"""An organization's own pages: what needs it, its lists, and a request with every move of its people's roles."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reprints.models import Invoice, License, LicenseRequest, Quote
from reprints.services import deciding, updates
from tests.reprints import billing
from tests.reprints import factories as make
from tests.reprints.many import many_like
from tests.reprints.web.conftest import form_of, text
from tests.reprints.web.partners import DOOR, person, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization(publication):
    return make.make_organization(name="Harbor Media")


@pytest.fixture
def signer(organization):
    return signed_in(organization.contacts.get(is_signatory=True))


@pytest.fixture
def asker(organization):
    return signed_in(organization.contacts.get(is_requester=True))


def requested(publication, organization, **values):
    return make.make_request(publication, make.make_article(publication), organization=organization, **values)


def at(request, rest=""):
    return f"{DOOR}requests/{request.reference}/{rest}"


def test_what_needs_the_organization_stands_first_with_the_nearest_date_on_top(publication, organization, signer):
    quoted = requested(publication, organization)
    article = make.make_article(publication)
    held = make.make_license(publication, article, organization=organization)
    (notice,) = updates.open_for(make.happened("correction.published", article, kind="retraction"))
    License.objects.filter(pk=held.pk).update(ends_on=timezone.now().date() + timedelta(days=9))
    page = text(signer.get(DOOR))
    order = [
        "An article that you licensed changed",
        "A license ends: renew it or remove the text",
        "A quote waits for your answer",
    ]
    assert sorted(order, key=page.index) == order
    html = signer.get(DOOR).content.decode()
    for row, anchor in ((held.request, notice.reference), (held.request, held.number), (quoted, None)):
        wanted = anchor or quoted.quotes.get().reference
        assert f'href="{at(row)}#{wanted}"' in html


def test_on_its_last_evening_where_it_was_granted_a_license_still_ends(publication, organization):
    held = make.make_license(publication, make.make_article(publication), organization=organization)
    last_day = timezone.localdate(timezone=publication.zone) + timedelta(days=1)
    License.objects.filter(pk=held.pk).update(ends_on=last_day)
    tonight = datetime.combine(last_day, time(22), tzinfo=publication.zone)  # in New York: the next has begun in UTC
    with time_machine.travel(tonight, tick=False):
        asker = signed_in(organization.contacts.get(is_requester=True))
        assert "A license ends" in text(asker.get(DOOR))


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])  # never the same day in both
@pytest.mark.parametrize(("days", "named"), [(-31, False), (-30, True), (0, True), (30, True), (31, False)])
def test_a_license_is_named_from_thirty_days_before_its_last_day_to_thirty_after(
    publication, organization, asker, zone, days, named
):
    held = make.make_license(publication, make.make_article(publication), organization=organization)
    type(publication).objects.filter(pk=publication.pk).update(time_zone=zone)
    last_day = timezone.localdate(timezone=ZoneInfo(zone)) + timedelta(days=days)
    License.objects.filter(pk=held.pk).update(starts_on=last_day, ends_on=last_day)
    assert ("A license ends" in text(asker.get(DOOR))) is named


def test_a_license_that_is_being_renewed_needs_nothing_more(publication, organization, asker):
    held = make.make_license(publication, make.make_article(publication), organization=organization)
    License.objects.filter(pk=held.pk).update(ends_on=timezone.now().date() + timedelta(days=9))
    action, hidden = form_of(asker.get(at(held.request)), "/renew/")
    answer = asker.post(action, {**hidden, "ends_on": ""})
    made = LicenseRequest.objects.get(renews=held)
    assert (answer.status_code, answer["Location"]) == (303, at(made))
    assert "A license ends" not in text(asker.get(DOOR))


def test_whoever_may_not_sign_reads_who_may(publication, organization, signer):
    request = make.make_request(publication, make.make_article(publication), organization=organization)
    asker = signed_in(organization.contacts.get(is_requester=True))
    said = "Whoever signs for your organization accepts or declines it: {}."
    page = asker.get(at(request))
    assert text(page).count(said.format("Sig Natory")) == 2  # where it stands, and in place of the form
    assert ("Accept the quote" in text(page), "then accept or decline" in text(page)) == (False, False)
    person(organization, is_signatory=True)
    assert said.format("Pat is_signatory or Sig Natory") in text(asker.get(at(request)))
    assert "Whoever signs" not in text(signer.get(at(request)))
    organization.contacts.filter(is_signatory=True).update(is_active=False)
    nobody = "Nobody may sign for your organization yet: please write to the licensing desk."
    assert nobody in text(asker.get(at(request)))


def test_each_list_leads_to_the_request(publication, organization, signer):
    held = make.make_license(publication, make.make_article(publication), organization=organization)
    for name, reference in (
        ("requests", held.request.reference),
        ("quotes", held.quote.reference),
        ("licenses", held.number),
    ):
        page = signer.get(f"{DOOR}{name}/")
        assert reference in text(page)
        assert at(held.request) in page.content.decode()
    assert "Nothing that you licensed has changed." in text(signer.get(f"{DOOR}notices/"))


def test_lists_are_paged_and_cost_the_same_with_one_row_and_with_thirty(publication, organization, signer):
    def cost(path):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert signer.get(path).status_code == 200
        return len(queries)

    paths = [DOOR, *(f"{DOOR}{name}/" for name in ("requests", "quotes", "licenses", "notices", "invoices"))]
    article = make.make_article(publication)
    held = make.make_license(publication, article, organization=organization)
    updates.open_for(make.happened("correction.published", article))
    request = requested(publication, organization)
    one = [cost(path) for path in paths]
    many_like(held.request, 29)
    many_like(request, 29)
    assert [cost(path) for path in paths] == one
    assert max(one) < 15
    page = signer.get(f"{DOOR}requests/?page_size=4")
    assert page.content.decode().count('<th scope="row">') == 4
    assert "Older" in text(page)
    assert signer.get(f"{DOOR}requests/?cursor=made-up").status_code == 404


def test_tests_are_shown_apart_and_say_so(publication, organization, signer):
    tried = requested(publication, organization, by=make.make_key(organization, test=True))
    assert tried.reference not in text(signer.get(f"{DOOR}requests/"))
    assert tried.reference in text(signer.get(f"{DOOR}requests/?test=1"))
    assert "A quote waits" not in text(signer.get(DOOR))
    assert "This is a test" in text(signer.get(at(tried)))


def test_a_signatory_accepts_in_their_own_name(publication, organization, signer):
    request = requested(publication, organization)
    page = signer.get(at(request))
    assert "You sign as Sig Natory." in text(page)
    action, hidden = form_of(page, "/accept/")
    refused = signer.post(action, hidden)
    assert (refused.status_code, "Please read the terms" in text(refused)) == (422, True)
    sent = {**hidden, "agreed": "on", "signatory": "somebody else"}
    assert [signer.post(action, sent).status_code for _ in range(2)] == [303, 303]
    quote = Quote.objects.get()
    assert (quote.status, quote.signatory.email, License.objects.count()) == (
        "accepted",
        organization.contacts.get(is_signatory=True).email,
        1,
    )


def test_whoever_only_asks_may_not_sign_and_whoever_only_signs_may_not_ask(publication, organization, signer, asker):
    request = requested(publication, organization)
    asked, signed = asker.get(at(request)), signer.get(at(request))
    assert [f"/{name}/" in asked.content.decode() for name in ("accept", "decline", "edit", "withdraw")] == [
        *(False, False, True, True)
    ]
    assert [f"/{name}/" in signed.content.decode() for name in ("accept", "decline", "edit", "withdraw")] == [
        *(True, True, False, False)
    ]
    quote = request.quotes.get()
    forged = {"seen": quote.version, "terms_sha256": quote.terms.sha256, "agreed": "on"}
    refused = asker.post(at(request, f"quotes/{quote.reference}/accept/"), forged)
    assert (refused.status_code, "Your role at your organization" in text(refused)) == (403, True)
    assert signer.post(at(request, "withdraw/"), {"seen": request.version, "sure": "on"}).status_code == 403
    request.refresh_from_db()
    assert request.status == "quoted"


def test_the_terms_and_the_version_that_were_shown_are_the_ones_that_count(publication, organization, signer):
    request = requested(publication, organization)
    action, hidden = form_of(signer.get(at(request)), "/accept/")
    other = signer.post(action, {**hidden, "agreed": "on", "terms_sha256": "0" * 64})
    assert (other.status_code, "These are not the terms of this quote" in text(other)) == (409, True)
    stale = signer.post(action, {**hidden, "agreed": "on", "seen": "1"})
    assert (stale.status_code, "The quote changed since you read it." in text(stale)) == (409, True)
    assert License.objects.count() == 0


def test_a_form_of_another_session_or_without_a_token_moves_nothing(publication, organization, signer):
    request = requested(publication, organization)
    action, hidden = form_of(signer.get(at(request)), "/accept/")
    colleague = signed_in(organization.contacts.get(is_signatory=True))
    for token in (hidden["form_token"], "", "x" * 60):
        answer = colleague.post(action, {**hidden, "agreed": "on", "form_token": token})
        assert (answer.status_code, "This page was open for too long." in text(answer)) == (422, True)
    assert License.objects.count() == 0


def test_a_person_of_a_partner_sends_as_much_as_one_of_its_keys_may(publication, organization, asker, settings):
    settings.THROTTLES = {**settings.THROTTLES, "key-write": (2, 10**9), "move": (0, 10**9)}
    statuses = []
    for request in [requested(publication, organization) for _ in range(3)]:
        action, hidden = form_of(asker.get(at(request)), "/message/")
        answer = asker.post(action, {**hidden, "words": "Could it be less?"})
        statuses.append(answer.status_code)
    assert statuses == [303, 303, 429]
    assert "Could it be less?" in answer.content.decode()


def test_another_organization_sees_nothing_of_it(publication, organization):
    held = make.make_license(publication, make.make_article(publication), organization=organization)
    stranger = signed_in(make.make_organization().contacts.get(is_signatory=True))
    number = held.number
    for rest in ("", f"licenses/{number}/certificate.pdf", f"quotes/{held.quote.reference}/quote.pdf"):
        assert stranger.get(at(held.request, rest)).status_code == 404
    assert stranger.post(at(held.request, f"licenses/{number}/terminate/"), {}).status_code == 404
    own = requested(publication, make.make_organization())
    assert stranger.get(at(own, f"licenses/{number}/certificate.pdf")).status_code == 404
    assert number not in text(stranger.get(f"{DOOR}licenses/"))


def test_a_request_leads_only_to_its_own_records(publication, organization, signer):
    held = make.make_license(publication, make.make_article(publication), organization=organization)
    other = requested(publication, organization)
    assert signer.get(at(held.request, f"licenses/{held.number}/certificate.pdf")).status_code == 200
    assert signer.get(at(other, f"licenses/{held.number}/certificate.pdf")).status_code == 404
    assert signer.post(at(other, f"licenses/{held.number}/terminate/"), {}).status_code == 404
    for wrong in ("LR-22222222-2", "x", "L-" + "2" * 60):
        assert signer.get(f"{DOOR}requests/{wrong}/").status_code == 404


def test_licenses_are_lived_with_here_too(publication, organization, signer, asker):
    held = make.make_license(publication, make.make_article(publication), organization=organization)
    (notice,) = updates.open_for(make.happened("correction.published", held.article, kind="retraction"))
    action, hidden = form_of(asker.get(at(held.request)), "/placements/")
    assert asker.post(action, {**hidden, "urls": "https://harbor.example/story"}).status_code == 303
    action, hidden = form_of(asker.get(at(held.request)), "/acknowledge/")
    assert asker.post(action, {**hidden, "action": "removed"}).status_code == 303
    assert "/terminate/" not in asker.get(at(held.request)).content.decode()
    action, hidden = form_of(signer.get(at(held.request)), "/terminate/")
    assert signer.post(action, {**hidden, "words": "No longer needed.", "sure": "on"}).status_code == 303
    held.refresh_from_db()
    notice.refresh_from_db()
    assert (held.status, held.placements.get().url, notice.status, notice.action) == (
        *("terminated", "https://harbor.example/story"),
        *("acknowledged", "removed"),
    )


def test_a_question_is_answered_here(publication, organization, asker):
    request = requested(publication, organization, exclusivity="media")
    editor = make.make_staff(publication, "licensing_editor")
    deciding.ask(deciding.take_up(request, by=editor), by=editor, words="In which town?")
    assert "We asked you something" in text(asker.get(DOOR))
    action, hidden = form_of(asker.get(at(request)), "/reply/")
    assert asker.post(action, {**hidden, "words": "In Harbor City."}).status_code == 303
    action, hidden = form_of(asker.get(at(request)), "/message/")
    for _ in range(2):
        assert asker.post(action, {**hidden, "words": "And on the island."}).status_code == 303
    assert list(request.messages.values_list("body", flat=True)) == [
        *("In which town?", "In Harbor City.", "And on the island.")
    ]


def test_an_article_is_added_until_it_is_quoted_and_after(publication, organization, asker):
    request = requested(publication, organization)
    action, hidden = form_of(asker.get(at(request)), "/edit/")
    other = make.make_article(publication)
    assert asker.post(action, {**hidden, "keep": ["0"], "add": other.url}).status_code == 303
    assert [row.status for row in request.quotes.order_by("number")] == ["superseded", "open"]
    assert request.items.count() == 2


def test_invoices_are_for_those_who_pay_or_sign():
    publication = billing.billing_publication(is_default=True)
    partner = billing.a_partner()
    quote = billing.accepted(publication, organization=partner)
    invoice = Invoice.objects.get(quote=quote)
    pdf = at(quote.request, f"invoices/{invoice.reference}/invoice.pdf")
    payer, asker = signed_in(person(partner, is_billing=True)), signed_in(partner.contacts.get(is_requester=True))
    assert "An invoice is to be paid" in text(payer.get(DOOR))
    assert invoice.number in text(payer.get(f"{DOOR}invoices/"))
    assert invoice.number in text(payer.get(at(quote.request)))
    handed = payer.get(pdf)
    assert (handed.status_code, handed.content[:5]) == (200, b"%PDF-")
    assert "An invoice" not in text(asker.get(DOOR))
    assert invoice.number not in text(asker.get(at(quote.request)))
    assert [asker.get(path).status_code for path in (f"{DOOR}invoices/", pdf)] == [403, 403]


def test_no_page_is_kept_or_found(publication, organization, signer):
    request = requested(publication, organization)
    for path in (DOOR, f"{DOOR}requests/", at(request)):
        page = signer.get(path)
        assert (page["Cache-Control"], page["X-Robots-Tag"], page["Referrer-Policy"]) == (
            *("private, no-store", "noindex, nofollow", "no-referrer"),
        )
