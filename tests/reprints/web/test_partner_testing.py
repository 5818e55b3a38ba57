"""The page of tests: a partner plays the desk, the bank, the newsroom and the clock."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reprints.services import accepting
from tests.reprints import factories as make
from tests.reprints.web.conftest import form_of, text
from tests.reprints.web.partners import DOOR, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def organization(publication):
    return make.make_organization(name="Harbor Media")


@pytest.fixture
def asker(organization):
    return signed_in(organization.contacts.get(is_requester=True))


def test_the_test_clock_is_moved_and_set_back_on_its_page(publication, organization, asker):
    path = f"{DOOR}test/"
    request = make.make_request(
        publication,
        make.make_article(publication),
        organization=organization,
        by=make.make_key(organization, test=True),
    )
    action, hidden = form_of(asker.get(path), "/test/")
    wrong = asker.post(action, {**hidden, "days": "many"})
    assert (wrong.status_code, 'value="many"' in wrong.content.decode()) == (422, True)
    sent = {**hidden, "days": "30", "do": "advance"}
    assert [asker.post(action, sent).status_code for _ in range(2)] == [303, 303]
    organization.refresh_from_db()
    assert organization.test_clock_seconds == 30 * 86_400  # sent twice, moved once
    action, hidden = form_of(asker.get(path), "/test/")
    assert asker.post(action, {**hidden, "days": "1", "do": "advance"}).status_code == 303
    assert "Closed without a reply" in text(asker.get(f"{DOOR}requests/{request.reference}/"))
    action, hidden = form_of(asker.get(path), "/test/")
    assert asker.post(action, {**hidden, "do": "reset"}).status_code == 303
    organization.refresh_from_db()
    assert organization.test_clock_seconds == 0


def test_desk_bank_and_newsroom_are_played_on_the_page_of_tests(publication, organization, asker):
    path = f"{DOOR}test/"
    tester = make.make_key(organization, test=True)
    request = make.make_request(
        publication, make.make_article(publication), organization=organization, by=tester, exclusivity="full"
    )
    organization.payment_terms = "prepay"
    organization.save(update_fields=["payment_terms"])

    def press(do, reference, **more):
        page = asker.get(path).content.decode()
        form = next(
            part
            for part in re.findall(r"<form.*?</form>", page, flags=re.DOTALL)
            if reference in part and f'value="{do}"' in part
        )
        token = re.search(r'name="form_token" value="([^"]+)"', form)[1]
        sent = {"form_token": token, "record": reference, "do": do, **more}
        assert asker.post(path, sent).status_code == 303, do
        assert asker.post(path, sent).status_code == 303  # twice: once

    press("quote", request.reference)
    quote = request.quotes.get()
    assert (quote.status, quote.test) == ("open", True)
    signatory = make.signatory_of(organization)
    accepting.accept(quote, by=tester, terms_sha256=quote.terms.sha256, signatory=signatory)
    press("pay", quote.reference)
    held = quote.licenses.get()
    assert held.status == "active"
    press("correct", held.reference, kind="retraction")
    assert held.update_notices.get().kind == "retraction"
    for do, status in (("suspend", "suspended"), ("reinstate", "active"), ("revoke", "revoked")):
        press(do, held.reference)
        held.refresh_from_db()
        assert held.status == status


@pytest.mark.parametrize(("do", "kind"), [("quote", "request"), ("pay", "quote"), ("revoke", "license")])
def test_the_page_of_tests_touches_no_live_record(publication, organization, asker, do, kind):
    held = make.make_license(publication, make.make_article(publication), organization=organization)
    row = {"request": held.request, "quote": held.quote, "license": held}[kind]
    _action, hidden = form_of(asker.get(f"{DOOR}test/"), "/test/")
    answer = asker.post(f"{DOOR}test/", {**hidden, "do": do, "record": row.reference})
    assert answer.status_code == 404
    assert held.__class__.objects.get(pk=held.pk).status == "active"


def test_a_stale_button_of_the_page_of_tests_says_why(publication, organization, asker):
    tester = make.make_key(organization, test=True)
    held = make.make_license(publication, make.make_article(publication), organization=organization, by=tester)
    page = asker.get(f"{DOOR}test/").content.decode()
    token = re.search(rf'value="([^"]+)"><input type="hidden" name="record" value="{held.reference}"', page)[1]
    sent = {"form_token": token, "record": held.reference, "do": "suspend"}
    assert asker.post(f"{DOOR}test/", sent).status_code == 303
    answer = asker.post(f"{DOOR}test/", {**sent, "do": "revoke"})
    assert (answer.status_code, "open for too long" in text(answer)) == (422, True)


def test_the_page_of_tests_costs_as_many_queries_with_one_record_as_with_nine(publication, organization, asker):
    tester = make.make_key(organization, test=True)

    def more():
        article = make.make_article(publication)
        make.make_license(publication, article, organization=organization, by=tester)
        make.make_request(publication, article, organization=organization, by=tester, exclusivity="full")

    def cost():
        with CaptureQueriesContext(connection) as queries:
            asker.get(f"{DOOR}test/")
        return len(queries)

    more()
    one = cost()
    for _ in range(8):
        more()
    assert cost() == one
