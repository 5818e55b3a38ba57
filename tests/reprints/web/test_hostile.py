"""What people and programs send that nobody should: a sentence that says what to fix, and nothing half done."""

import re
from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from newsroom.events.models import Event
from newsroom.web import form_token
from reprints import links
from reprints.models import License, LicenseRequest, RequesterContact
from reprints.services import asking, quoting
from tests.reprints import factories as make
from tests.reprints.web.conftest import form_of, text, token

pytestmark = pytest.mark.django_db

TODAY = timezone.now().date()
ONE = (1, 10**9)
"""A throttle that lets one through, for longer than any test takes: no window ends in the middle of one."""
BAD = [
    ({"article_urls": ""}, "Name at least one article"),
    ({"article_urls": "https://stranger.example/story"}, "We do not know this article."),
    ({"article_urls": "http://[::1]/x"}, "We do not know this article."),
    ({"article_urls": "x" * 100_000}, "We do not know this article."),
    ({"article_urls": "\x00"}, "Null characters are not allowed."),
    ({"article_urls": "\n".join(f"https://a.example/{n}" for n in range(60))}, "At most 50 items fit in one request."),
    ({"use": "resell_everything"}, "This is none of the choices."),
    ({"use": ""}, "Please choose."),
    ({"organization_type": "'; DROP TABLE"}, "This is none of the choices."),
    ({"organization_type": ""}, "Please choose."),
    ({"quantity": ""}, "This use needs it."),
    ({"quantity": "0"}, "This must be at least 1."),
    ({"quantity": "-5"}, "This must be at least 1."),
    ({"quantity": "1000000000000"}, "This must be at most 1000000000."),
    ({"quantity": "9" * 5000}, "This must be a whole number."),
    ({"quantity": "many"}, "This must be a whole number."),
    ({"quantity": "٣"}, "This must be a whole number."),
    ({"countries": "Atlantis, US"}, "“Atlantis”: We know no country of this name."),
    ({"countries": ", ".join(["US"] * 300)}, "At most 250 fit in here."),
    ({"countries": " ", "scope": "countries"}, "Name at least one country"),
    ({"countries": "\x00"}, "Null characters are not allowed."),
    ({"starts_on": "2020-01-01"}, "This day is over."),
    ({"starts_on": "soon"}, "This must be a date like 2026-12-01."),
    ({"ends_on": (TODAY - timedelta(days=9)).isoformat()}, "The end is before the beginning."),
    ({"ends_on": "2999-12-31"}, "That is too far away"),
    ({"ends_on": ""}, "Until when?"),
    ({"exclusivity": "all mine"}, "none of the"),
    ({"portion": "excerpt"}, "Paste the passage you want to use."),
    ({"portion": "excerpt", "excerpt_text": "\u200b\u200b"}, "This text has no visible characters in it."),
    ({"portion": "excerpt", "excerpt_text": "a\ufdd0"}, "characters in it that cannot be stored"),
    ({"placement_urls": "javascript:alert(1)"}, "This is not a web address"),
    ({"placement_urls": "\n".join(f"https://a.example/{n}" for n in range(10_000))}, "At most 100 fit in here."),
    ({"deadline": "2020-01-01"}, "This day is over."),
    ({"note": "x" * 6000}, "at most 5000"),
    ({"note": "\x00"}, "Null characters are not allowed."),
    ({"name": ""}, "Please give your name."),
    ({"name": "\u202e\u2066"}, "Please give your name."),
    ({"email": ""}, "Please give an address"),
    ({"email": "nobody"}, "Please give an email address such as"),
    ({"email": "a@[127.0.0.1]"}, "Please give an email address such as"),
    ({"email": "a" * 300 + "@example.com"}, "at most 254"),
    ({"email": "a@example.com\r\nBcc: b@example.com"}, "Please give an email address such as"),
    ({"company": "x" * 500}, "at most 200"),
    ({"po_number": "9" * 99}, "at most 60"),
    ({"form_token": ""}, "This page was open for too long."),
    ({"form_token": "forged"}, "This page was open for too long."),
    ({"form_token": "é" * 50}, "This page was open for too long."),
]


@pytest.mark.parametrize(("over", "said"), BAD, ids=[f"{next(iter(over))}-{said[:20]}" for over, said in BAD])
def test_it_says_what_to_fix_keeps_what_was_typed_and_writes_nothing(ask, over, said):
    answer = ask(**over)
    assert answer.status_code == 422
    assert said in text(answer).replace("&#x27;", "'")
    assert (LicenseRequest.objects.count(), RequesterContact.objects.count(), Event.objects.count()) == (0, 0, 0)
    assert "Wanda Writer" in answer.content.decode() or "name" in over


def test_a_use_that_needs_a_purpose_or_a_language_asks_for_it(ask):
    assert "This use needs it." in text(ask("quantity", use="ai_train", organization_type="ai_developer"))
    assert "This use needs it." in text(ask(use="translation"))
    assert "“Klingonese”" in text(ask(use="translation", languages="Klingonese, Spanish"))


def test_what_machines_do_is_for_a_person_to_agree(ask):
    assert ask("quantity", use="ai_train", organization_type="ai_developer", ai_purposes=["train"]).status_code == 303
    request = LicenseRequest.objects.get()
    assert (request.lane, request.items.get().ai_purposes) == ("manual", ["train"])


@pytest.mark.parametrize("typed", ["5,000", "5000", "5 000", "5.000", "5\u202f000"])
def test_a_number_may_be_typed_as_people_write_it(ask, typed):
    assert ask(quantity=typed).status_code == 303
    assert LicenseRequest.objects.get().items.get().quantity == 5000


def test_markup_and_direction_marks_are_shown_as_text(ask, open_page):
    evil = '<script>alert(1)</script>"><img src=x>'
    answer = ask(note=evil, company=f"{evil}\u202e", po_number="=1+1")
    page = open_page(answer["Location"]).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\u202e" not in RequesterContact.objects.get().company


def test_a_canceled_article_is_refused_and_one_under_embargo_is_not_named(publication, ask):
    gone = make.make_article(publication, cms_status="canceled")
    assert "This article was withdrawn and is not licensed." in text(ask(article_urls=gone.url))
    secret = make.make_article(publication, embargoed_until=timezone.now() + timedelta(days=1))
    answer = ask(article_urls=secret.url, do="price")
    assert answer.status_code == 200
    assert secret.headline not in text(answer)


def test_articles_of_two_titles_need_two_requests(article, ask):
    other = make.make_article(make.make_publication())
    answer = ask(article_urls=f"{article.url}\n{other.url}")
    assert f"{other.url}: Articles of another title need a request of their own." in text(answer)


def test_whoever_is_hurried_or_fills_the_hidden_field_presses_once_more(ask):
    hurried = ask(form_token=token(age=0))
    assert (hurried.status_code, "This looked like a machine to us." in text(hurried)) == (422, True)
    trapped = ask(website="https://spam.example")
    assert (trapped.status_code, LicenseRequest.objects.count()) == (422, 0)
    fresh = form_of(hurried, "/reprints/new/")[1]["form_token"]
    assert ask(form_token=fresh).status_code == 303


def test_a_network_that_goes_on_and_on_waits_with_its_text(ask, settings):
    settings.THROTTLES = {**settings.THROTTLES, "form": (1, 3600)}
    statuses = [ask(form_token=token()).status_code for _ in range(2)]
    answer = ask(form_token=token())
    assert (statuses, answer.status_code) == ([303, 303], 429)
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert "Wanda Writer" in answer.content.decode()


def test_a_private_page_that_goes_on_and_on_waits_with_its_text(client, priced, settings):
    settings.THROTTLES = {**settings.THROTTLES, "move": ONE}
    request, page = priced
    action, hidden = form_of(page, "/message/")
    sent = client.post(action, {**hidden, "words": "Could it be less?"})
    action, hidden = form_of(client.get(sent["Location"]), "/message/")
    answer = client.post(action, {**hidden, "words": "And for two years?"})
    assert (sent.status_code, answer.status_code) == (303, 429)
    assert 0 < int(answer["Retry-After"]) <= ONE[1]
    assert "send this again in an hour" in text(answer)
    assert re.search(r"<textarea[^>]*>\s*And for two years\?</textarea>", answer.content.decode())
    assert list(request.messages.values_list("body", flat=True)) == ["Could it be less?"]
    counter, more = form_of(answer, "/counter/")
    assert client.post(counter, {**more, "amount": "100.00"}).status_code == 429


def test_what_is_wrong_with_a_form_counts_for_nothing(client, priced, settings):
    settings.THROTTLES = {**settings.THROTTLES, "move": ONE}
    action, hidden = form_of(priced[1], "/message/")
    assert [client.post(action, {**hidden, "words": words}).status_code for words in ("", " ", "Hello.")] == [
        422,
        422,
        303,
    ]


def test_the_page_of_one_request_does_not_make_another_wait(client, ask, open_page, settings):
    settings.THROTTLES = {**settings.THROTTLES, "move": ONE}
    pages = [open_page(ask(form_token=token(), email=f"{name}@review.example")["Location"]) for name in ("ann", "bob")]
    answers = []
    for page in (pages[0], pages[0], pages[1]):
        action, hidden = form_of(page, "/message/")
        answers.append(client.post(action, {**hidden, "words": f"Word {len(answers)}"}).status_code)
    assert answers == [303, 429, 303]


def test_a_request_takes_so_many_messages_and_then_says_where_to_write(client, priced):
    request, page = priced
    for number in range(asking.MOST_MESSAGES - 1):
        request.messages.create(author_kind="partner", body=f"Message {number}")
    request.messages.create(author_kind="editor", body="We are at it.")
    request.messages.create(author_kind="partner", body="In Harbor City.", move="reply")
    action, hidden = form_of(page, "/message/")
    assert client.post(action, {**hidden, "words": "The last one."}).status_code == 303
    action, hidden = form_of(client.get(action.removesuffix("message/")), "/message/")
    answer = client.post(action, {**hidden, "words": "One too many."})
    assert answer.status_code == 409
    assert "You have written 100 messages about this request." in text(answer)
    assert "One too many." in text(answer)
    assert request.messages.filter(author_kind="partner", move="").count() == 100


def test_a_token_of_another_form_does_not_serve(ask):
    assert ask(form_token=form_token.issue("report", head_start=60)).status_code == 422


def test_going_back_to_the_first_step_keeps_the_second(ask):
    back = ask(do="back", countries="Canada")
    assert back.status_code == 200
    assert 'name="countries" value="Canada"' in back.content.decode()
    again = ask("form_token", do="details", countries="Canada")
    assert 'value="Canada"' in again.content.decode()


STRANGE_KEYS = ["x", "x" * 44, "é" * 44, "LR-7K3QX2MW-4", "%00", "../../etc", "a" * 3000]


PRIVATE = ["", "accept/", "reply/", "quotes/Q-7K3QX2MW-4/quote.pdf", "licenses/L-7K3QX2MW-4/content.html"]


def test_a_private_page_without_its_token_is_not_there(client, priced):
    client.cookies.clear()
    for key, rest in product(STRANGE_KEYS, PRIVATE):
        path = f"/reprints/requests/{key}/{rest}"
        assert client.get(path).status_code == 404, path
        assert client.post(path).status_code in {404, 405}, path


def test_a_token_is_good_for_its_own_request_and_purpose_only(client, ask, fields):
    ask()
    first = LicenseRequest.objects.get()
    ask(form_token=token(), name="Other", company="Other Inc.", email="other@example.com")
    second = LicenseRequest.objects.exclude(pk=first.pk).get()
    own, other = links.token_of(first), links.token_of(second)
    forged = own[:22] + other[22:]
    confirming = links.token_of(first, purpose="confirm_requester")
    for key in (forged, confirming, own[:-1], own + "A"):
        assert client.get(f"/reprints/requests/{key}/").status_code == 404
    assert client.get(f"/reprints/requests/confirm/{own}/").status_code == 404
    quote = second.quotes.get()
    for path in (f"quotes/{quote.reference}/quote.pdf", f"quotes/{quote.reference}/accept/"):
        assert client.get(f"/reprints/requests/{own}/{path}").status_code == 404
    assert client.post(f"/reprints/requests/{own}/quotes/{quote.reference}/accept/").status_code == 404
    # The cookie of one page does not open another.
    client.get(f"/reprints/requests/{own}/")
    client.cookies[f"license_request_{second.reference}"] = own
    assert client.get(f"/reprints/requests/{second.reference}/").status_code == 404


def test_a_draft_of_the_desk_is_not_there_for_the_requester(client, article, ask):
    ask(exclusivity="media")
    request = LicenseRequest.objects.get()
    draft = quoting.draft(request, by=make.make_staff(article.publication, "licensing_editor"))
    key = links.token_of(request)
    assert client.get(f"/reprints/requests/{key}/quotes/{draft.reference}/quote.pdf").status_code == 404
    assert draft.reference not in text(client.get(f"/reprints/requests/{key}/?stay=1"))


def test_a_foreign_page_cannot_move_anything(client, priced):
    request, page = priced
    action, hidden = form_of(page, "/withdraw/")
    for given in (
        "",
        form_token.issue("withdraw", about="LR-22222222-2"),
        form_token.issue("reply", about=request.reference),
    ):
        assert client.post(action, {**hidden, "sure": "on", "form_token": given}).status_code == 422
    request.refresh_from_db()
    assert request.status == "quoted"


def test_other_terms_than_the_quotes_are_not_agreed_to(client, priced):
    _request, page = priced
    action, hidden = form_of(page, "/accept/")
    answer = client.post(action, {**hidden, "terms_sha256": "0" * 64, "signatory": "Wanda", "agreed": "on"})
    assert (answer.status_code, "These are not the terms of this quote." in text(answer)) == (409, True)
    assert License.objects.count() == 0


def test_a_version_that_is_none_is_refused(client, priced):
    request, page = priced
    action, hidden = form_of(page, "/withdraw/")
    for value in ("", "x", "-1", "99999999999999999999"):
        assert client.post(action, {**hidden, "sure": "on", "seen": value}).status_code == 422, value
    request.refresh_from_db()
    assert request.status == "quoted"


def test_opening_pages_changes_nothing(client, priced):
    request, _page = priced
    key, quote = links.token_of(request), request.quotes.get()
    before = make.rows()
    for path in (
        f"/reprints/requests/{key}/",
        f"/reprints/requests/{key}/?stay=1",
        f"/reprints/requests/{key}/withdraw/",
        f"/reprints/requests/{key}/quotes/{quote.reference}/accept/",
        f"/reprints/requests/{key}/quotes/{quote.reference}/quote.pdf",
        links.confirm_path(request),
        "/reprints/",
        "/reprints/new/",
        "/licenses/verify/L-7K3QX2MW-4/",
    ):
        assert client.get(path).status_code in {200, 303}
        assert client.head(path).status_code in {200, 303}
    assert make.rows() == before


def test_a_paper_that_is_not_there_yet_is_explained(client, priced):
    request, page = priced
    action, hidden = form_of(page, "/accept/")
    client.post(action, {**hidden, "signatory": "Wanda Writer", "agreed": "on"})
    number = License.objects.get().number
    for name in ("certificate.pdf", "certificate.jws", "content.html", "content.txt"):
        answer = client.get(f"/reprints/requests/{request.reference}/licenses/{number}/{name}")
        assert (answer.status_code, "not available" in text(answer)) == (409, True)
    assert client.get(f"/reprints/requests/{request.reference}/licenses/{number}/price.xls").status_code == 404


def test_without_cookies_the_page_stays_under_its_token(client, ask):
    answer = ask()
    first = client.get(answer["Location"])
    client.cookies.clear()
    second = client.get(first["Location"])
    assert (second.status_code, second["Location"]) == (303, f"{answer['Location']}?stay=1")
    page = client.get(second["Location"])
    action, hidden = form_of(page, "/withdraw/")
    assert action.startswith(answer["Location"])
    assert client.post(action, {**hidden, "sure": "on"}).status_code == 303
