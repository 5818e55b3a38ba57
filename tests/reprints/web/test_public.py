"""The pages that anyone may open: the search, the check of a license, and what machines are told."""

import json
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree

from newsroom import references
from newsroom.accounts.checking import faults_in
from newsroom.events import planning
from reprints.documents import wording as document_wording
from reprints.models import License
from reprints.models.asking import ITEM_FIELDS
from reprints.models.licenses import PUBLIC_STATUS
from reprints.reasons import REASONS
from reprints.services import accepting, asking, licenses, placements, updates
from reprints.services.lanes import MANUAL_REASONS
from reprints.views import wording
from reprints.views.verifying import VERDICTS
from reprints.workflow import RequestStatus
from tests.reprints import factories as make
from tests.reprints.web.conftest import text, token

pytestmark = pytest.mark.django_db

PUBLIC = [
    "/reprints/",
    "/reprints/?q=council",
    "/licenses/verify/",
    "/licenses/verify/L-7K3QX2MW-4/",
    "/license.xml",
    "/robots.txt",
    "/.well-known/tdmrep.json",
    "/.well-known/tdm-policy.json",
    "/.well-known/jwks.json",
    "/ns/licensing",
]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_sets_no_cookie_and_may_be_kept(client, article, path):
    answer = client.get(path)
    assert (answer.status_code, answer.cookies) == (200, {})
    assert answer["Cache-Control"].startswith(("public", "max-age"))
    assert client.post(path).status_code == 405


def test_the_door_of_the_partners_sets_no_cookie_and_is_not_kept(client, article):
    answer = client.get("/reprints/partner/")
    assert (answer.status_code, answer.cookies) == (200, {})
    assert answer["Cache-Control"] == "private, no-store"  # whoever is signed in finds something else there


@pytest.mark.parametrize("path", ["/reprints/", "/licenses/verify/L-7K3QX2MW-4/"])
def test_a_page_that_did_not_change_is_not_sent_again(client, publication, path):
    with time_machine.travel(timezone.now().replace(second=7), tick=False) as clock:
        etag = client.get(path)["ETag"]
        clock.shift(timedelta(seconds=50))  # "as of" says the minute
        assert client.get(path, headers={"If-None-Match": etag}).status_code == 304


def test_the_form_is_not_kept_and_sets_no_cookie(client, publication):
    answer = client.get("/reprints/new/")
    assert (answer.status_code, answer.cookies, answer["Cache-Control"]) == (200, {}, "private, no-store")


def test_the_search_finds_by_any_address_and_by_words(client, publication):
    bridge = make.make_article(publication, headline="Bridge opens late")
    make.make_article(publication, headline="Ferry cut short")
    assert "Bridge opens late" in text(client.get("/reprints/", {"q": "LATE bridge"}))
    assert "Ferry" not in text(client.get("/reprints/", {"q": "LATE bridge"}))
    by_address = client.get("/reprints/", {"q": bridge.url.replace("https://", "http://www.") + "?utm_source=x"})
    assert "Bridge opens late" in text(by_address)
    assert "We found no such article" in text(client.get("/reprints/", {"q": "unicorn"}))


@pytest.mark.parametrize(
    "hidden",
    [{"embargoed_until": timezone.now() + timedelta(days=1)}, {"cms_status": "canceled"}, {"desk_status": "canceled"}],
)
def test_the_search_shows_nothing_that_is_under_embargo_or_withdrawn(client, publication, hidden):
    secret = make.make_article(publication, headline="Mayor resigns", **hidden)
    for query in ("mayor", secret.url):
        assert "Mayor resigns" not in text(client.get("/reprints/", {"q": query}))


@pytest.mark.parametrize(
    "query", ["\x00", "%", "_", "'", "\ufdd0", "x" * 5000, "a " * 900, "http://[::1]/", "https://"]
)
def test_the_search_takes_anything(client, article, query):
    assert client.get("/reprints/", {"q": query}).status_code == 200


def test_a_cursor_that_is_none_is_not_a_page(client, article):
    assert client.get("/reprints/", {"q": "council", "cursor": "nonsense"}).status_code == 404


def test_thirty_results_cost_as_many_queries_as_one_and_come_in_pages(client, publication):
    make.make_article(publication, headline="Council one")
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get("/reprints/", {"q": "council one"})
    for number in range(30):
        make.make_article(make.make_publication() if number % 10 == 0 else publication, headline="Council many")
    with CaptureQueriesContext(connection) as many:
        page = client.get("/reprints/", {"q": "council many"})
    assert len(many) == len(one)
    assert page.content.decode().count("<h3") == 25
    following = client.get(page.context["next"])
    assert following.content.decode().count("<h3") == 5
    assert page.context["next"].startswith("/reprints/?")


def test_articles_are_collected_over_several_searches_and_asked_for_in_one_request(client, publication):
    bridge = make.make_article(publication, headline="Bridge opens late")
    ferry = make.make_article(publication, headline="Ferry cut short")
    first = client.get("/reprints/", {"q": "bridge"})
    assert f'name="url" value="{bridge.url}"' in first.content.decode()

    second = client.get("/reprints/", {"q": "ferry", "url": [bridge.url]})
    assert "Collected so far Bridge opens late" in text(second)
    assert "Ferry cut short" in text(second)
    asked = client.get("/reprints/new/", {"url": [bridge.url, ferry.url]})
    assert f"{bridge.url}\n{ferry.url}" in asked.content.decode()


def test_what_is_collected_is_known_open_to_all_and_there_once(client, publication):
    bridge = make.make_article(publication, headline="Bridge opens late")
    secret = make.make_article(publication, headline="Mayor resigns", cms_status="canceled")
    urls = [bridge.url, bridge.url + "?utm_source=x", secret.url, "https://elsewhere.example/1", "\x00", "//["]
    page = client.get("/reprints/", {"url": urls})
    assert [row.pk for row in page.context["collected"]] == [bridge.pk]
    assert "Mayor resigns" not in text(page)
    found = client.get("/reprints/", {"q": "bridge", "url": [bridge.url]})
    assert found.content.decode().count("<h3") == 0


def test_fifty_collected_articles_cost_as_many_queries_as_one(client, publication):
    urls = [make.make_article(publication).url for _ in range(51)]
    with CaptureQueriesContext(connection) as one:
        client.get("/reprints/", {"url": urls[:1]})
    with CaptureQueriesContext(connection) as many:
        page = client.get("/reprints/", {"url": urls})
    assert len(many) == len(one)
    assert len(page.context["collected"]) == 50


def test_the_private_page_costs_the_same_with_three_licenses_as_with_one(client, publication, ask, open_page, consent):
    costs = []
    for count in (1, 3):
        articles = [make.make_article(publication) for _ in range(count)]
        answer = ask(
            *("quantity", "portion"),
            article_urls="\n".join(row.url for row in articles),
            use="excerpt_quote",
            excerpt_text="It spent 1.2 million.",
            **consent,
            form_token=token(),
        )
        page = open_page(answer["Location"])
        for row in articles:
            assert row.headline in text(page)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/reprints/requests/{page.context['asked'].reference}/")
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_articles_of_two_titles_are_told_apart_before_anything_is_filled_in(client, publication, article):
    other = make.make_article(make.make_publication())
    said = f"These articles are of {publication.name} and {other.publication.name}. A request is about one title"
    both = client.get("/reprints/new/", {"url": [article.url, other.url]})
    assert (both.status_code, said in text(both)) == (200, True)
    typed = client.post("/reprints/new/", {"article_urls": f"{article.url}\n{other.url}", "use": "republish_web"})
    assert typed.status_code == 422
    assert f"{other.url}: Articles of another title need a request of their own." in text(typed)
    for urls in ([article.url], [article.url, make.make_article(publication).url]):
        assert "A request is about one title" not in text(client.get("/reprints/new/", {"url": urls}))


# Checking a license


@pytest.fixture
def granted(publication, article):
    return make.make_license(publication, article, organization=make.make_organization(name="Partner Inc."))


@pytest.fixture
def anyone_asks(client):
    """What the API says to anyone of a license, under its number or another spelling."""

    def asks(row, number=""):
        said = client.get(f"/api/v1/licenses/{number or row.number}/status/").json()
        assert said.pop("number") == row.number
        del said["as_of"]
        return said

    return asks


def verdict_of(client, number):
    page = client.get(f"/licenses/verify/{number}/")
    assert page.status_code == 200
    return page.context["status"], text(page)


def test_a_license_in_force_names_holder_article_use_and_dates_and_neither_price_nor_person(client, granted):
    status, page = verdict_of(client, granted.number)
    assert status == "valid"
    for said in (
        "Yes. In force today.",
        "Partner Inc.",
        granted.article.headline,
        "Republish on a website",
        "United States",
    ):
        assert said in page
    price = granted.snapshot["price"]["amount"]
    assert price == "150.00"
    for kept in (price, "150", "Sig Natory", "Req Uester", "partner1.example", granted.request.reference):
        assert kept not in page.replace(granted.number, "")


@pytest.mark.parametrize(
    "spelling",
    [
        str.lower,
        lambda n: n.replace("-", ""),
        lambda n: n.replace("-", "–"),
        lambda n: n.replace("-", "\u2011"),
        lambda n: n.replace("-", "\u2212", 1),
        lambda n: f" {n} ",
    ],
)
def test_the_number_may_be_typed_in_any_way(client, granted, spelling, anyone_asks):
    assert verdict_of(client, spelling(granted.number))[0] == "valid"
    assert anyone_asks(granted, spelling(granted.number))["status"] == "valid"
    asked = client.get("/licenses/verify/", {"q": spelling(granted.number)})
    assert asked["Location"] == f"/licenses/verify/{granted.number}/"


def test_a_wrong_character_is_named_as_a_typing_mistake(client, granted):
    last = granted.number[-1]
    other = next(letter for letter in references.ALPHABET if letter != last)
    assert verdict_of(client, granted.number[:-1] + other)[0] == "mistyped"
    for garbage in ("x", "%00", "L-OOOOOOOO-0", "A-7K3QX2MW-4", "x" * 500):
        assert verdict_of(client, garbage)[0] == "mistyped"


def test_an_unknown_number_is_said_to_be_unknown_and_no_robot_keeps_it(client, publication):
    number = references.new("license")
    assert verdict_of(client, number)[0] == "unknown"
    assert '<meta name="robots" content="noindex">' in client.get(f"/licenses/verify/{number}/").content.decode()


def test_a_test_license_is_only_a_test_for_everybody(client, publication, article):
    organization = make.make_organization()
    made = make.make_license(publication, article, organization=organization, by=make.make_key(organization, test=True))
    assert verdict_of(client, made.number)[0] == "test"
    page = text(client.get(f"/licenses/verify/{made.number}/"))
    assert ("It permits nothing to anyone." in page, article.headline in page) == (True, False)


def test_the_verdict_follows_the_license(client, publication, granted):
    editor = make.make_staff(publication, "licensing_editor")
    licenses.suspend(granted, by=editor, reason="suspected_breach", words="Please call us.")
    status, page = verdict_of(client, granted.number)
    assert (status, "Please call us." in page) == ("suspended", False)
    License.objects.filter(pk=granted.pk).update(status="active", ends_on=granted.starts_on - timedelta(days=0))
    assert verdict_of(client, granted.number)[0] == "valid"


def told(name, article, **data):
    make.happened(name, article, **data)
    planning.plan_due()


def test_a_license_whose_text_must_come_down_is_not_simply_in_force(client, article, granted, anyone_asks):
    told("correction.published", article, kind="retraction")
    assert verdict_of(client, granted.number)[0] == "take_down"
    assert "In force, but the text must come down." in verdict_of(client, granted.number)[1]
    assert anyone_asks(granted) == {"status": "valid", "take_down": True, "ended_at": None}
    placements.declare(granted, urls=["https://partner.example/story"], by=granted.request.api_key)
    by_page = text(client.get("/licenses/verify/", {"q": "https://partner.example/story"}))
    assert "In force, but the text must come down." in by_page
    updates.acknowledge(granted.update_notices.get(), action="removed")
    assert verdict_of(client, granted.number)[0] == "take_down"
    told("correction.withdrawn", article, kind="retraction")
    assert verdict_of(client, granted.number)[0] == "valid"
    assert anyone_asks(granted) == {"status": "valid", "take_down": False, "ended_at": None}


def test_a_withheld_article_is_to_come_down_whatever_the_terms_say(client, article, granted):
    type(article).objects.filter(pk=article.pk).update(cms_status="withheld")
    assert verdict_of(client, granted.number)[0] == "take_down"


def test_of_a_licensee_who_need_not_act_nothing_is_said(client, publication, article, granted):
    told("correction.published", article, kind="retraction")
    editor = make.make_staff(publication, "licensing_editor")
    updates.waive(granted.update_notices.get(), by=editor, words="Printed long ago.")
    assert verdict_of(client, granted.number)[0] == "valid"


def test_a_license_that_ended_early_says_when(client, publication, granted, anyone_asks):
    licenses.terminate(granted, words="No longer needed.")
    row = License.objects.get()
    day = document_wording.date_words(row.day(row.ended_at), document_wording.spoken_locale())
    status, page = verdict_of(client, granted.number)
    assert status == "terminated"
    assert f"Ended early {day}" in page
    assert "No longer needed." not in page
    said = anyone_asks(granted)
    assert (said["status"], said["take_down"]) == ("expired", False)
    assert datetime.fromisoformat(said["ended_at"]) == row.ended_at


def test_a_license_that_ended_before_it_was_issued_was_never_in_force(client, granted):
    License.objects.filter(pk=granted.pk).update(status="terminated", issued_at=None)
    assert verdict_of(client, granted.number)[0] == "never_issued"


def test_a_suspended_license_says_until_when(client, publication, granted):
    until = make.today(publication) + timedelta(days=9)
    editor = make.make_staff(publication, "licensing_editor")
    licenses.suspend(granted, by=editor, reason="suspected_breach", words="Please call us.", until=until)
    said = document_wording.date_words(until, document_wording.spoken_locale())
    assert f"Suspended until {said}" in verdict_of(client, granted.number)[1]


def test_a_private_person_is_not_named(client, publication, article):
    request = make.make_request(
        publication, article, requester=asking.Requester("Wanda Writer", "wanda@review.example")
    )
    quote = request.quotes.get()
    accepting.accept(quote, terms_sha256=quote.terms.sha256, signatory="Wanda Writer")
    page = verdict_of(client, License.objects.get().number)[1]
    assert "A private person" in page
    assert "Wanda" not in page


def test_a_page_is_found_while_its_placement_is_declared(client, granted):
    placements.declare(granted, urls=["https://www.partner.example/Story"], by=granted.request.api_key)
    assert granted.number in text(client.get("/licenses/verify/", {"q": "http://partner.example/Story/"}))
    placements.declare(License.objects.get(), urls=[], by=granted.request.api_key)
    assert granted.number not in text(client.get("/licenses/verify/", {"q": "http://partner.example/Story/"}))


@pytest.mark.parametrize("query", ["\x00", "http://[::1]/", "//", "https://x.example/" + "y" * 5000, "."])
def test_the_check_takes_anything(client, publication, query):
    assert client.get("/licenses/verify/", {"q": query}).status_code == 200


def test_every_answer_has_its_words():
    told_apart = {"take_down", "terminated", "never_issued"}
    assert set(VERDICTS) == {*PUBLIC_STATUS.values(), *told_apart, "test", "unknown", "mistyped"}
    assert set(wording.STANDINGS) == set(RequestStatus.values)
    assert tuple(document_wording.FIELD_LABELS) == ITEM_FIELDS
    told_of_others = {"open_report", "not_usable", "embargo", "blocked_organization"}
    assert set(REASONS) == MANUAL_REASONS - told_of_others


# Machines


def test_machines_are_sent_to_the_form_for_what_is_sold(client, publication):
    document = etree.fromstring(client.get("/license.xml").content)
    space = {"rsl": "https://rslstandard.org/rsl"}
    assert (
        document.xpath("//rsl:custom/text()", namespaces=space)
        == [
            "http://testserver/reprints/new/?use=ai_index",
            "http://testserver/reprints/new/?use=ai_input",
            "http://testserver/reprints/new/?use=ai_train",
        ]
        * 2
    )
    assert document.xpath("//rsl:content/@url", namespaces=space) == [
        f"https://{publication.hosts[0]}/",
        "http://testserver/",
    ]
    robots = client.get("/robots.txt").content.decode().splitlines()
    named = f"?publication={publication.slug}"
    assert robots[-2:] == [f"License: http://testserver/license.xml{named}", "Content-Usage: train-ai=n, search=y"]
    assert "Disallow: /reprints/requests/" in robots
    policy_url = f"http://testserver/.well-known/tdm-policy.json{named}"
    assert json.loads(client.get("/.well-known/tdmrep.json").content) == [
        {"location": "/", "tdm-reservation": 1, "tdm-policy": policy_url}
    ]
    offer = json.loads(client.get(policy_url).content)
    assert (offer["@type"], offer["uid"]) == ("Offer", policy_url)


MACHINES = ("/license.xml", "/.well-known/tdmrep.json", "/.well-known/tdm-policy.json")


def test_each_publication_of_a_desk_speaks_for_itself_at_its_own_address(client, publication):
    other = make.make_publication(desk_host="desk.other.example", hosts=["other.example", "sport.other.example"])
    other.settings = {"ai_policy": {"ai_train": "deny"}}
    other.save(update_fields=["settings"])
    document = etree.fromstring(client.get(f"/license.xml?publication={other.slug}").content)
    space = {"rsl": "https://rslstandard.org/rsl"}
    assert document.xpath("//rsl:content/@url", namespaces=space) == [
        "https://other.example/",
        "https://sport.other.example/",
        "http://desk.other.example/",
    ]
    assert set(document.xpath("//rsl:custom/text()", namespaces=space)) == {
        "http://desk.other.example/reprints/new/?use=ai_index",
        "http://desk.other.example/reprints/new/?use=ai_input",
    }
    [rule] = json.loads(client.get(f"/.well-known/tdmrep.json?publication={other.slug}").content)
    path = f"/.well-known/tdm-policy.json?publication={other.slug}"
    assert rule["tdm-policy"] == f"http://desk.other.example{path}"
    assert json.loads(client.get(path).content)["assigner"]["uid"] == "https://other.example/"
    assert {client.get(f"{path}?publication=nobody").status_code for path in MACHINES} == {404}
    assert {client.get(f"{path}?publication=%00").status_code for path in MACHINES} == {200}


def test_a_policy_that_gives_nothing_sells_nothing(client, publication):
    publication.settings = {"ai_policy": {"ai_train": "deny", "ai_input": "deny", "ai_index": "deny", "tdm": "deny"}}
    publication.save(update_fields=["settings"])
    assert client.get("/.well-known/tdm-policy.json").status_code == 404
    assert b"custom" not in client.get("/license.xml").content


NONSENSE = [{"tdm": "allow"}, {"tdm": "perhaps"}, ["x"], "x", {"nothing": "allow"}, {"ai_train": ["deny"]}, None, 7]


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_a_stored_policy_that_cannot_be_meant_sells_nothing_but_lets_the_text_be_found(client, publication, nonsense):
    publication.settings = {"ai_policy": nonsense}
    publication.save(update_fields=["settings"])
    document = client.get("/license.xml").content
    assert (document.count(b"<custom>"), document.count(b">search</permits>")) == (0, 2)
    assert client.get("/robots.txt").content.decode().splitlines()[-1] == "Content-Usage: train-ai=n, search=y"
    assert client.get("/.well-known/tdm-policy.json").status_code == 404


SENTENCES = [
    ({"ai_train": "deny", "tdm": "deny"}, ""),
    ({"tdm": "allow"}, "ai_policy: Mining is free but training is not: without a reservation, the law counts"),
    ({"ai_index": "deny"}, "ai_policy: AI systems may read the text but not index it"),
    ({"ai_train": "maybe"}, "ai_policy: ai_train: “maybe” is none of allow, license, deny."),
    ({"train-ai": "deny"}, "ai_policy: “train-ai” is none of search, ai_index, ai_input, ai_train, tdm."),
    ({"tdm": ["deny"]}, "ai_policy: tdm: “['deny']” is none of allow, license, deny."),
    (["deny"], "ai_policy: names with values."),
]


@pytest.mark.parametrize(("value", "sentence"), SENTENCES)
def test_the_settings_refuse_a_policy_that_cannot_be_meant_and_say_why(value, sentence):
    assert "".join(faults_in({"ai_policy": value})).startswith(sentence)
    assert (faults_in({"ai_policy": value}) == []) is (sentence == "")


def test_pages_about_articles_carry_the_policy_in_every_dialect(client, publication):
    article = make.make_article(publication)
    named = f"?publication={publication.slug}"
    expected = {
        "Content-Usage": "train-ai=n, search=y",
        "Link": f'<http://testserver/license.xml{named}>; rel="license"; type="application/rsl+xml"',
        "tdm-reservation": "1",
        "tdm-policy": f"http://testserver/.well-known/tdm-policy.json{named}",
    }
    reference = article.reference
    for path in (
        f"/articles/{reference}/",
        f"/api/v1/articles/{reference}/jsonld/",
        f"/embed/article/?url={article.url}",
    ):
        answer = client.get(path)
        assert (answer.status_code, {name: answer.get(name) for name in expected}) == (200, expected), path
    publication.settings = {"ai_policy": {"ai_train": "allow", "tdm": "allow"}}
    publication.save(update_fields=["settings"])
    answer = client.get(f"/articles/{reference}/")
    assert (answer["Content-Usage"], answer["tdm-reservation"], answer.get("tdm-policy")) == (
        "train-ai=y, search=y",
        "0",
        None,
    )


def test_the_json_ld_says_whose_it_is_and_where_a_license_is_to_be_had(client, publication):
    article = make.make_article(publication)
    members = (
        *("usageInfo", "license", "acquireLicensePage", "copyrightHolder"),
        *("copyrightYear", "copyrightNotice", "creditText"),
    )
    body = client.get(f"/api/v1/articles/{article.reference}/jsonld/").json()
    year = article.published_at.astimezone(publication.zone).year
    assert {name: body.get(name) for name in members} == {
        "usageInfo": "http://testserver/reprints/",
        "license": f"http://testserver/license.xml?publication={publication.slug}",
        "acquireLicensePage": f"http://testserver/reprints/new/?{urlencode({'url': article.url})}",
        "copyrightHolder": {"@type": "NewsMediaOrganization", "name": publication.name},
        "copyrightYear": year,
        "copyrightNotice": f"© {year} {publication.name}",
        "creditText": f"Ann Reporter · {publication.name}",
    }
    listed = client.get(f"/api/v1/articles/?url={article.url}").json()["results"][0]["rights"]
    assert listed == {name: body[name] for name in members}


@pytest.mark.parametrize("values", [{"source_agency": "Wire"}, {"licensable": False}])
def test_nobody_is_sent_to_us_for_what_is_not_ours(client, publication, values):
    article = make.make_article(publication, **values)
    body = client.get(f"/api/v1/articles/{article.reference}/jsonld/").json()
    assert {"acquireLicensePage", "copyrightHolder", "copyrightNotice", "creditText"} & set(body) == set()
    assert body["usageInfo"] == "http://testserver/reprints/"


def test_before_the_set_up_there_is_a_sentence_and_no_crash(client):
    assert client.get("/reprints/").status_code == 503
    assert client.get("/reprints/new/").status_code == 503
    assert client.get("/license.xml").status_code == 404
    assert client.get("/robots.txt").status_code == 200
    assert client.get("/licenses/verify/L-7K3QX2MW-4/").status_code == 200
