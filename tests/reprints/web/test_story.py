"""From “may I?” to a license that anyone can check, in a browser without scripts."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from newsroom.errors import Conflict, Invalid
from reprints import links, moments
from reprints.models import License, LicenseRequest, RequesterContact, TermsTemplate
from reprints.services import accepting, asking, deciding, quoting, updates
from tests.reprints import factories as make
from tests.reprints.web.conftest import form_of, text

pytestmark = pytest.mark.django_db


def test_a_reader_of_the_site_asks_sees_a_price_accepts_and_anyone_can_check_the_license(
    client, article, ask, fields, open_page
):
    first = client.get("/reprints/new/", {"url": article.url, "use": "republish_web"})
    assert article.headline in text(first)
    assert 'value="republish_web"' in first.content.decode()

    second = client.post(
        "/reprints/new/",
        {name: fields[name] for name in ("article_urls", "use", "organization_type")} | {"do": "details"},
    )
    assert "Price from USD 75.00" in text(second)
    priced = ask("name", "email", do="price")
    assert (priced.status_code, "Your price USD 150.00" in text(priced)) == (200, True)
    assert LicenseRequest.objects.count() == 0

    answer = ask()
    assert answer.status_code == 303
    request = LicenseRequest.objects.get()
    assert answer["Location"] == links.private_path(request)
    assert (request.status, request.lane, request.requester_name) == ("quoted", "priced", "The Review")

    page = open_page(answer["Location"])
    assert page.status_code == 200
    for said in ("Your quote is ready", "USD 150.00", "United States", "Terms of license"):
        assert said in text(page)

    action, hidden = form_of(page, "/accept/")
    accepted = client.post(action, {**hidden, "signatory": "Wanda Writer", "agreed": "on"})
    assert accepted.status_code == 303
    granted = License.objects.get()
    assert granted.status == "pending_payment"
    page = client.get(accepted["Location"])
    assert "as soon as the payment has arrived" in text(page)
    assert "To pay USD 150.00 net The invoice comes by mail, with the tax that the law requires." in text(page)

    make.pay_for(granted)
    page = client.get(accepted["Location"])
    assert "To pay" not in text(page)
    assert "Get the text (HTML)" in text(page)
    verified = client.get(f"/licenses/verify/{granted.number.lower()}/")
    assert "Yes. In force today." in text(verified)
    assert "The Review" in text(verified)
    assert "USD" not in text(verified)
    assert "Wanda" not in text(verified)


def test_a_short_quotation_is_free_and_licensed_at_once(client, article, ask, open_page, consent):
    answer = ask(
        "quantity", "portion", use="excerpt_quote", excerpt_text="It spent 1.2 million on the bridge.", **consent
    )
    granted = License.objects.get()
    assert (granted.status, granted.snapshot["price"]["amount"]) == ("active", "0.00")
    page = open_page(answer["Location"])
    assert "Licensed" in text(page)
    base = f"/reprints/requests/{LicenseRequest.objects.get().reference}/licenses/{granted.number}"
    certificate = client.get(f"{base}/certificate.pdf")
    assert (certificate.status_code, certificate["Content-Type"], certificate.content[:5]) == (
        200,
        "application/pdf",
        b"%PDF-",
    )
    assert client.get(f"{base}/certificate.jws").content.count(b".") == 2
    content = client.get(f"{base}/content.html")
    assert b"It spent 1.2 million on the bridge." in content.content
    assert b"The council met on Monday." not in content.content
    assert content["Content-Disposition"] == f'attachment; filename="{granted.number}.html"'
    assert b"It spent 1.2 million" in client.get(f"{base}/content.txt").content
    assert "/edit/" not in page.content.decode()
    for response in (certificate, content, page):
        assert response["Cache-Control"] == "private, no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_the_price_of_a_passage_that_nobody_typed_yet_is_shown_without_judging_it(article, ask):
    first = ask("quantity", "portion", "starts_on", use="excerpt_quote", do="details")
    assert "Price from USD 25.00" in text(first)
    assert "For a passage of more than 100 words; a shorter one is free of charge." in text(first)
    assert "The passage does not stand in the article word for word." not in text(first)
    typed = ask("quantity", "portion", use="excerpt_quote", do="price", excerpt_text="It wasted millions.")
    assert "The passage does not stand in the article word for word." in text(typed)


def test_a_free_license_shows_its_terms_and_is_granted_to_whoever_agrees(publication, ask, open_page, consent):
    free = {"use": "excerpt_quote", "excerpt_text": "It spent 1.2 million on the bridge."}
    shown = ask("quantity", "portion", do="price", **free)
    words = text(shown)
    assert "Free of charge. When you send this, the license is granted at once, under these terms." in words
    assert consent["terms_sha256"] in words
    assert "you decide there" not in words
    for given, said in (
        ({"terms_sha256": consent["terms_sha256"]}, "Please read the terms, and tick the box if you agree to them."),
        ({**consent, "terms_sha256": "0" * 64}, "The terms changed meanwhile. Please read them again."),
    ):
        refused = ask("quantity", "portion", **free, **given)
        assert (refused.status_code, said in text(refused)) == (422, True)
        assert "It spent 1.2 million on the bridge." in text(refused)
    assert LicenseRequest.objects.count() == 0
    page = open_page(ask("quantity", "portion", **free, **consent)["Location"])
    assert "Licensed" in text(page)
    assert License.objects.get().snapshot["terms"]["sha256"] == consent["terms_sha256"]


def test_what_is_priced_asks_for_no_consent_before_the_quote(ask):
    assert "I have read the terms and agree to them" not in text(ask(do="price"))
    assert ask().status_code == 303


def test_what_only_a_person_can_price_gets_a_date_and_a_thread(client, article, ask, open_page):
    answer = ask(exclusivity="media")
    request = LicenseRequest.objects.get()
    page = open_page(answer["Location"])
    assert "A person reads your request and answers it." in text(page)
    assert "You ask for it exclusively." in text(page)
    editor = make.make_staff(article.publication, "licensing_editor")
    request = deciding.take_up(request, by=editor)
    request = deciding.ask(request, by=editor, words="In which town?")
    page = client.get(f"/reprints/requests/{request.reference}/")
    assert "In which town?" in text(page)
    action, hidden = form_of(page, "/reply/")
    replied = client.post(action, {**hidden, "words": "In Harbor City."})
    assert replied.status_code == 303
    request.refresh_from_db()
    assert request.status == "in_review"
    assert "In Harbor City." in text(client.get(replied["Location"]))


def test_a_message_that_is_sent_twice_is_there_once(client, priced):
    request, page = priced
    action, hidden = form_of(page, "/message/")
    for _ in range(2):
        assert client.post(action, {**hidden, "words": "Could it be less?"}).status_code == 303
    assert list(request.messages.values_list("body", flat=True)) == ["Could it be less?"]
    request.refresh_from_db()
    assert request.status == "quoted"


def test_a_declined_quote_goes_back_to_the_desk_with_the_reason(client, priced):
    request, page = priced
    action, hidden = form_of(page, "/decline/")
    assert client.post(action, {**hidden, "words": "Too expensive."}).status_code == 303
    request.refresh_from_db()
    assert (request.status, request.quotes.get().status) == ("in_review", "declined")
    assert [row.body for row in request.messages.all()] == ["Too expensive."]


def test_taking_back_needs_the_box_and_ends_the_quote(client, priced):
    request, page = priced
    action, hidden = form_of(page, "/withdraw/")
    refused = client.post(action, hidden)
    assert (refused.status_code, "Tick the box" in text(refused)) == (422, True)
    assert client.post(action, {**hidden, "sure": "on"}).status_code == 303
    request.refresh_from_db()
    assert (request.status, request.quotes.get().status) == ("withdrawn", "canceled")


def test_another_article_can_be_added_and_the_quote_is_made_anew(client, publication, priced):
    request, page = priced
    other = make.make_article(publication)
    action, hidden = form_of(page, "/edit/")
    assert client.post(action, {**hidden, "keep": ["0"], "add": other.url}).status_code == 303
    assert [row.article_id for row in request.items.all()] == [request.items.first().article_id, other.pk]
    assert [row.status for row in request.quotes.order_by("number")] == ["superseded", "open"]


def test_whose_text_it_is_instead_is_said_with_words_and_ends_the_request(client, publication, ask, open_page):
    editor = make.make_staff(publication, "licensing_editor")
    answer = ask(exclusivity="media")
    request = LicenseRequest.objects.get()
    with pytest.raises(Invalid):
        deciding.redirect(request, by=editor, words=" ")
    deciding.redirect(request, by=editor, words="Ask Coast Agency, rights@coast.example.")
    request.refresh_from_db()
    assert request.closed_at is not None
    page = open_page(answer["Location"])
    assert "The rights are not ours. Below we say whose they are." in text(page)
    assert "Ask Coast Agency, rights@coast.example." in text(page)
    offered = re.findall(r'action="[^"]*/(\w+)/"', page.content.decode())
    assert {"edit", "withdraw", "reopen"} & set(offered) == set()
    assert "another/" not in page.content.decode()
    with pytest.raises(Conflict):
        deciding.redirect(request, by=editor, words="Ask somebody else.")


def test_the_terms_must_be_agreed_to_and_the_name_is_kept(client, priced):
    _request, page = priced
    action, hidden = form_of(page, "/accept/")
    refused = client.post(action, {**hidden, "signatory": "Wanda Writer"})
    assert refused.status_code == 422
    assert "Please read the terms" in text(refused)
    assert 'value="Wanda Writer"' in refused.content.decode()
    assert License.objects.count() == 0


def test_a_quote_that_changed_since_the_page_was_opened_is_not_accepted(client, article, priced):
    request, page = priced
    quote = request.quotes.get()
    action, hidden = form_of(page, "/accept/")
    quote.reconfirm_since = quote.opened_at
    quote.version += 1
    quote.save(update_fields=["version", "reconfirm_since"])
    refused = client.post(action, {**hidden, "signatory": "Wanda Writer", "agreed": "on"})
    assert refused.status_code == 409
    assert "The quote changed since you read it." in text(refused)
    assert "The article changed after this quote was made." in text(refused)
    assert License.objects.count() == 0
    _action, fresh = form_of(refused, "/accept/")
    assert client.post(action, {**fresh, "signatory": "Wanda Writer", "agreed": "on"}).status_code == 303


def test_accepting_twice_issues_one_license(client, priced):
    _request, page = priced
    action, hidden = form_of(page, "/accept/")
    sent = {**hidden, "signatory": "Wanda Writer", "agreed": "on"}
    assert [client.post(action, sent).status_code for _ in range(2)] == [303, 303]
    assert License.objects.count() == 1


def test_a_licensee_of_a_corrected_article_answers_the_notice_on_the_page(client, article, ask, open_page, consent):
    answer = ask(
        "quantity", "portion", use="excerpt_quote", excerpt_text="It spent 1.2 million on the bridge.", **consent
    )
    event = make.happened("correction.published", article, kind="correction", revision_after={str(article.pk): 1})
    (notice,) = updates.open_for(event)
    page = open_page(answer["Location"])
    assert "Replace the text by the corrected one, or append the notice to it." in text(page)
    assert "The article changed Council" in text(page)
    action, hidden = form_of(page, "/acknowledge/")
    bad = client.post(action, {**hidden, "action": "replaced", "url": "javascript:alert(1)"})
    assert (bad.status_code, "This is not a web address" in text(bad)) == (422, True)
    good = client.post(action, {**hidden, "action": "replaced", "url": "https://review.example/story"})
    assert good.status_code == 303
    notice.refresh_from_db()
    assert (notice.status, notice.action, notice.action_url) == (
        "acknowledged",
        "replaced",
        "https://review.example/story",
    )


def test_a_declared_page_finds_its_license(client, ask, open_page, consent):
    answer = ask(
        "quantity", "portion", use="excerpt_quote", excerpt_text="It spent 1.2 million on the bridge.", **consent
    )
    page = open_page(answer["Location"])
    granted = License.objects.get()
    action, hidden = form_of(page, "/placements/")
    assert client.post(action, {**hidden, "urls": "https://review.example/story/"}).status_code == 303
    found = client.get("/licenses/verify/", {"q": "http://www.review.example/story?utm_source=x"})
    assert granted.number in text(found)
    assert "Yes. In force today." in text(found)
    assert "No license names this page" in text(client.get("/licenses/verify/", {"q": "https://review.example/other"}))


def test_the_button_in_the_receipt_confirms_and_opening_the_link_does_not(client, ask):
    ask()
    request = LicenseRequest.objects.get()
    path = links.confirm_path(request)
    assert "Is this your address?" in text(client.get(path))
    assert RequesterContact.objects.get().email_confirmed_at is None
    confirmed = client.post(path)
    assert "Your address is confirmed" in text(confirmed)
    assert f'href="{links.private_path(request)}"' in confirmed.content.decode()
    assert RequesterContact.objects.get().email_confirmed_at is not None


def test_a_page_of_an_address_that_nobody_confirmed_does_not_lead_to_the_request(client, ask):
    ask()
    request = LicenseRequest.objects.get()
    path, own = links.confirm_path(request), links.token_of(request)
    answers = [client.get(path)]
    with time_machine.travel(timezone.now() + timedelta(days=31), tick=False):
        answers += [client.get(path), client.post(path)]
    RequesterContact.objects.update(email_encrypted="")
    answers.append(client.get(path))
    said = ("Is this your address?", "This button is too old", "This button is too old", "There is no address")
    assert [words in text(row) for words, row in zip(said, answers, strict=True)] == [True] * 4
    assert [own in row.content.decode() or bool(row.context["private_path"]) for row in answers] == [False] * 4


def test_a_declined_request_says_why(client, article, ask, open_page):
    answer = ask(exclusivity="media")
    editor = make.make_staff(article.publication, "licensing_editor")
    deciding.decline(LicenseRequest.objects.get(), by=editor, code="rights_not_held", words="Ask the agency.")
    page = open_page(answer["Location"])
    assert "Ask the agency." in text(page)
    actions = re.findall(r'<form[^>]*action="[^"]*/([a-z_]+)/"', page.content.decode().split("<main")[1])
    assert actions == ["erase_contact"]


def test_a_quote_that_expired_is_not_offered_any_more(client, priced):
    request, _page = priced
    type(request.quotes.get()).objects.update(valid_until=request.created_at)
    page = client.get(f"/reprints/requests/{request.reference}/")
    assert "Your quote has expired" in text(page)
    assert "/accept/" not in page.content.decode()


def test_the_desks_changes_stand_beside_what_was_asked(client, article, ask, open_page):
    answer = ask(exclusivity="media")
    request = LicenseRequest.objects.get()
    editor = make.make_staff(article.publication, "licensing_editor")
    item = request.items.get()
    line = quoting.Line(item, granted={"exclusivity": "none", "territory": ["US", "CA"]})
    quote = quoting.draft(request, by=editor, lines=[line], taxed=make.UNTAXED)
    quoting.open(quote, by=editor)
    page = text(open_page(answer["Location"]))
    assert "Not quite what you asked for" in page
    assert "Exclusive in this medium" in page
    assert "United States and Canada" in page
    pdf = client.get(f"/reprints/requests/{request.reference}/quotes/{quote.reference}/quote.pdf")
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")


def test_a_request_that_lapsed_can_be_reopened_from_its_page(client, article, ask, open_page):
    answer = ask(exclusivity="media")
    editor = make.make_staff(article.publication, "licensing_editor")
    request = deciding.take_up(LicenseRequest.objects.get(), by=editor)
    deciding.lapse(deciding.ask(request, by=editor, words="In which town?"))
    page = open_page(answer["Location"])
    assert "Closed without a reply" in text(page)
    action, hidden = form_of(page, "/reopen/")
    assert client.post(action, hidden).status_code == 303
    request.refresh_from_db()
    assert request.status == "in_review"


def test_an_internal_note_is_not_on_the_page(client, article, ask, open_page):
    answer = ask()
    editor = make.make_staff(article.publication, "licensing_editor")
    asking.message(LicenseRequest.objects.get(), words="They never pay.", by=editor, internal=True)
    assert "They never pay." not in text(open_page(answer["Location"]))


def test_the_same_form_sent_twice_makes_one_request(client, ask):
    answers = [ask() for _ in range(2)]
    assert [answer["Location"] for answer in answers] == [answers[0]["Location"]] * 2
    assert LicenseRequest.objects.count() == 1
    other = ask(countries="Canada")
    assert (other.status_code, "You already sent a request from this page" in text(other)) == (422, True)
    again = ask(countries="Canada", form_token=form_of(other, "/reprints/new/")[1]["form_token"])
    assert again.status_code == 303
    assert LicenseRequest.objects.count() == 2


def test_a_proposal_keeps_the_quote_open_and_stands_in_the_thread(client, priced):
    request, page = priced
    action, hidden = form_of(page, "/counter/")
    assert client.post(action, {**hidden, "amount": "x", "words": "Small paper."}).status_code == 422
    assert client.post(action, {**hidden, "amount": "90", "words": "Small paper."}).status_code == 303
    page = client.get(f"/reprints/requests/{request.reference}/")
    assert "We propose USD 90.00, net." in text(page)
    assert request.quotes.get().status == "open"


def test_what_somebody_else_holds_exclusively_is_asked_for_all_the_same(client, article, fields, ask, open_page):
    editor = make.make_staff(article.publication, "licensing_editor")
    theirs = make.make_request(article.publication, article, exclusivity="media")
    quote = quoting.open(quoting.draft(theirs, by=editor, exclusions_confirmed=True), by=editor)
    accepting.accept(quote, terms_sha256=quote.terms.sha256, signatory=make.signatory_of(quote.organization))
    shown = ask(do="price")
    answer = ask()
    page = open_page(answer["Location"])
    for seen in (shown, page):
        assert "Somebody else may hold it exclusively" in text(seen)
        assert quote.licenses.get().reference not in seen.content.decode()
    assert LicenseRequest.objects.get(organization=None).lane == "manual"


def test_a_refusal_that_belongs_to_no_field_is_said_and_keeps_what_was_typed(client, article, fields, ask):
    TermsTemplate.objects.update(effective_on=timezone.localdate() + timedelta(days=9))
    answer = ask()
    assert (answer.status_code, LicenseRequest.objects.count()) == (422, 0)
    assert "There are no terms in force." in text(answer)
    assert "wanda@review.example" in answer.content.decode()


def test_an_article_is_added_on_the_private_page_days_later(client, article, ask, open_page):
    answer = ask()
    other = make.make_article(article.publication)
    request = LicenseRequest.objects.get()
    with moments.ahead(3 * 86400):
        page = open_page(answer["Location"])
        action, hidden = form_of(page, "/edit/")
        sent = client.post(action, {**hidden, "keep": ["0"], "add": other.url})
        assert sent.status_code == 303
    assert [row.article_id for row in request.items.all()] == [article.pk, other.pk]
