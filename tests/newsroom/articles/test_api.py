"""The articles of the API: pushed by a CMS, found by anyone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from newsroom.accounts.services import issue_key
from newsroom.articles import public
from newsroom.articles.models import Article, Revision
from newsroom.articles.services import text_sha256, upsert
from newsroom.events.models import Event
from newsroom.workflow import THE_CLOCK
from tests.newsroom.articles.conftest import client_with

ARTICLES = "/api/v1/articles/"
BATCH = "/api/v1/articles/batch/"


def kinds():
    return list(Event.objects.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def told(monkeypatch):
    """A stand-in for the corrections desk: article id → rows."""
    rows = {}
    monkeypatch.setattr(public, "_providers", [lambda ids: {key: rows[key] for key in ids if key in rows}])
    return rows


def a_correction(**over):
    return {
        "reference": "C-22222222-2",
        "kind": "correction",
        "label": "Correction",
        "status": "published",
        "text": "An earlier version misstated the cost.",
        "published_at": "2026-11-21T09:00:00Z",
        "url": "http://testserver/corrections/C-22222222-2/",
        **over,
    }


def test_a_new_article_is_created_with_its_first_revision(cms, story):
    answer = cms.put(ARTICLES, story.data(aliases=["https://daily.example/short"]))
    article = Article.objects.get()
    body = story.data()["body"]
    assert answer.status_code == 201
    assert answer.json() == {
        "reference": article.reference,
        "url": "https://daily.example/politics/story",
        "aliases": ["https://daily.example/short"],
        "publication": "daily",
        "external_id": "cms-1",
        "headline": "Bridge opens late",
        "section": "politics",
        "bylines": ["Ann Reporter"],
        "source_agency": "",
        "language": "en",
        "published_at": "2026-11-20T08:00:00Z",
        "modified_at": None,
        "status": "usable",
        "embargoed_until": None,
        "body": body,
        "licensable": None,
        "components": [],
        "revision": 1,
        "revision_sha256": text_sha256("Bridge opens late", body),
        "corrections_count": 0,
        "latest_correction_at": None,
        "time_zone": "UTC",
        "page": f"http://testserver/articles/{article.reference}/",
        "rights": {
            "usageInfo": "http://testserver/reprints/",
            "license": "http://testserver/license.xml?publication=daily",
            "acquireLicensePage": "http://testserver/reprints/new/?url=https%3A%2F%2Fdaily.example%2Fpolitics%2Fstory",
            "copyrightHolder": {"@type": "NewsMediaOrganization", "name": "The Daily"},
            "copyrightYear": 2026,
            "copyrightNotice": "© 2026 The Daily",
            "creditText": "Ann Reporter · The Daily",
        },
    }
    assert answer["ETag"] == f'"{article.reference}.1"'
    event = Event.objects.get()
    assert (event.kind, event.actor_kind, event.data) == (
        "article.imported",
        "cms",
        {"revision": 1, "status": "usable"},
    )


def test_the_same_article_again_changes_nothing(cms, story):
    first = cms.put(ARTICLES, story.data())
    again = cms.put(ARTICLES, story.data())
    assert (again.status_code, again.json(), again["ETag"]) == (200, first.json(), first["ETag"])
    assert (kinds(), Revision.objects.count()) == (["article.imported"], 1)


@pytest.mark.parametrize("change", [{"body": "Other words."}, {"headline": "Bridge opens"}])
def test_changed_words_are_a_new_revision(cms, story, change):
    cms.put(ARTICLES, story.data())
    answer = cms.put(ARTICLES, story.data(**change))
    assert (answer.status_code, answer.json()["revision"]) == (200, 2)
    newest = Revision.objects.get(number=2)
    assert newest.sha256 == text_sha256(newest.headline, newest.body) == answer.json()["revision_sha256"]
    assert kinds() == ["article.imported", "article.revised"]


def test_a_changed_section_is_no_revision_but_a_new_version(cms, story):
    before = cms.put(ARTICLES, story.data())
    answer = cms.put(ARTICLES, story.data(section="business"))
    assert (answer.json()["section"], answer.json()["revision"]) == ("business", 1)
    assert answer["ETag"] != before["ETag"]
    assert kinds() == ["article.imported"]


def test_members_that_are_left_out_stay_as_they_are(cms, story):
    cms.put(ARTICLES, story.data(licensable=True))
    answer = cms.put(ARTICLES, {"external_id": "cms-1", "status": "withheld"})
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("headline", "licensable", "section", "status", "revision")} == {
        "headline": "Bridge opens late",
        "licensable": True,
        "section": "politics",
        "status": "withheld",
        "revision": 1,
    }


def test_the_cms_withholds_cancels_and_releases(cms, story):
    for status in ("usable", "withheld", "withheld", "canceled", "usable"):
        cms.put(ARTICLES, story.data(status=status))
    assert kinds() == ["article.imported", "article.withheld", "article.canceled", "article.released"]
    assert Event.objects.get(kind="article.released").data == {"from": "canceled", "to": "usable"}


def test_the_cms_cannot_release_what_the_desk_holds(cms, story):
    cms.put(ARTICLES, story.data(status="withheld"))
    Article.objects.update(desk_status="canceled")
    answer = cms.put(ARTICLES, story.data(status="usable"))
    assert answer.json()["status"] == "canceled"
    assert kinds() == ["article.imported"]


def test_an_address_in_another_spelling_is_the_same_article(cms, story):
    first = cms.put(ARTICLES, story.data())
    answer = cms.put(
        ARTICLES, story.data(url="http://www.daily.example/politics/story/?utm_source=x", external_id="cms-1")
    )
    assert (answer.status_code, answer.json()["reference"]) == (200, first.json()["reference"])


def test_an_article_that_moves_keeps_its_old_address(cms, story, anyone):
    first = cms.put(ARTICLES, story.data()).json()
    moved = cms.put(ARTICLES, story.data(url="https://daily.example/politics/new-address")).json()
    assert (moved["reference"], moved["aliases"]) == (first["reference"], [first["url"]])
    found = anyone.get(ARTICLES, {"url": first["url"]}).json()["results"]
    assert [row["reference"] for row in found] == [first["reference"]]


def test_names_of_two_articles_are_refused(cms, story):
    cms.put(ARTICLES, story.data())
    cms.put(ARTICLES, story.data(url="https://daily.example/other", external_id="cms-2"))
    for data in (
        story.data(external_id="cms-2"),
        story.data(external_id="cms-3"),
        story.data(aliases=["https://daily.example/other"]),
    ):
        answer = cms.put(ARTICLES, data)
        assert (answer.status_code, answer.json()["code"]) == (409, "names_two_articles")
    assert kinds() == ["article.imported", "article.imported"]


def test_an_address_of_another_publication_cannot_be_taken(cms, story, weekly):
    upsert([weekly], {"url": "https://weekly.example/x", "headline": "Theirs"}, by=THE_CLOCK)
    answer = cms.put(ARTICLES, story.data(url="https://weekly.example/x", external_id=""))
    assert answer.status_code == 422
    answer = cms.put(ARTICLES, {"url": "https://weekly.example/x", "headline": "Mine"})
    assert (answer.status_code, answer.json()["code"]) == (409, "names_two_articles")
    assert Article.objects.get().headline == "Theirs"


@pytest.mark.parametrize(
    ("over", "pointer", "code"),
    [
        ({"url": "https://elsewhere.example/x"}, "/url", "foreign_host"),
        ({"url": "https://notdaily.example/x"}, "/url", "foreign_host"),
        ({"aliases": ["https://daily.example/a", "https://elsewhere.example/x"]}, "/aliases/1", "foreign_host"),
        ({"publication": "weekly"}, "/publication", "unknown_publication"),
        ({"url": "javascript:alert(1)"}, "/url", "bad_address"),
        ({"headline": ""}, "/headline", "blank"),
        ({"headline": "\u200b\u200b"}, "/headline", "invisible"),
        ({"headline": 7}, "/headline", "not_string"),
        ({"body": "x\x00y"}, "/body", "not_text"),
        ({"bylines": ["Ann", "B\x00b"]}, "/bylines/1", "not_text"),
        ({"bylines": "Ann"}, "/bylines", "not_a_list"),
        ({"licensable": "yes"}, "/licensable", "not_boolean"),
        ({"published_at": "2026-11-20T08:00:00"}, "/published_at", "no_offset"),
        ({"published_at": "yesterday"}, "/published_at", "no_offset"),
        ({"status": "deleted"}, "/status", "invalid_choice"),
        ({"status": []}, "/status", "invalid_choice"),
        ({"language": "english!"}, "/language", "invalid"),
        ({"reference": "A-22222222-2"}, "/reference", "unknown_member"),
        ({"desk_status": "usable"}, "/desk_status", "unknown_member"),
        (
            {"components": [{"kind": "photo"}, {"kind": "photo", "owner": "AP"}]},
            "/components/1/owner",
            "unknown_member",
        ),
    ],
)
def test_bad_members_are_pointed_at_and_nothing_is_written(cms, story, weekly, over, pointer, code):
    answer = cms.put(ARTICLES, story.data(**over))
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [(pointer, code)]
    assert (Article.objects.count(), Event.objects.count()) == (0, 0)


def test_a_subdomain_of_the_publication_is_its_own(cms, story):
    assert cms.put(ARTICLES, story.data(url="https://live.daily.example/x")).status_code == 201


def test_a_new_article_needs_address_and_headline(cms):
    for data, pointer in (
        ({}, "/url"),
        ({"external_id": "x"}, "/url"),
        ({"url": "https://daily.example/x"}, "/headline"),
    ):
        answer = cms.put(ARTICLES, data)
        assert (answer.status_code, [fault["pointer"] for fault in answer.json()["errors"]]) == (422, [pointer])


def test_writing_needs_the_right_key(anyone, partner, story, daily):
    test_key = client_with(issue_key(label="T", scopes=["articles:write"], publications=[daily], test=True)[1])
    answers = [client.put(ARTICLES, story.data()) for client in (anyone, partner, test_key)]
    assert [answer.status_code for answer in answers] == [401, 403, 403]
    assert answers[0]["WWW-Authenticate"] == "Bearer"
    assert Article.objects.count() == 0


def test_only_its_own_cms_reads_the_text(cms, anyone, partner, story, weekly):
    reference = cms.put(ARTICLES, story.data()).json()["reference"]
    other = client_with(issue_key(label="W", scopes=["articles:write"], publications=[weekly])[1])
    address = f"{ARTICLES}{reference}/"
    assert cms.get(address).json()["body"] == story.data()["body"]
    assert other.get(address).json()["body"] is None
    for client in (anyone, partner):
        assert "body" not in client.get(address).json()
        assert "1.2 million" not in client.get(address).content.decode()


def test_an_article_is_found_by_any_spelling_of_its_address(cms, anyone, story):
    reference = cms.put(ARTICLES, story.data()).json()["reference"]
    for url in (
        "https://m.daily.example/politics/story?fbclid=1",
        "daily.example/politics/story/",
        "https://daily.example/politics/story#x",
    ):
        body = anyone.get(ARTICLES, {"url": url}).json()
        assert (body["next"], body["previous"], [row["reference"] for row in body["results"]]) == (
            None,
            None,
            [reference],
        )
    assert anyone.get(ARTICLES, {"url": "https://daily.example/unknown"}).json() == {
        "next": None,
        "previous": None,
        "results": [],
    }


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ({}, "/url", "required"),
        ({"url": "not an address"}, "/url", "bad_address"),
        ({"url": "https://daily.example/x", "section": "politics"}, "/section", "unknown_parameter"),
        ({"url": "https://daily.example/x", "page_size": "0"}, "/page_size", "page_size"),
        ({"url": "https://daily.example/x", "page_size": "101"}, "/page_size", "page_size"),
        ({"url": "https://daily.example/x", "page_size": "٣"}, "/page_size", "page_size"),
        ({"url": "https://daily.example/x", "cursor": "bm90IG91cnM"}, "/cursor", "bad_cursor"),
        ({"url": "https://daily.example/\x00"}, "/url", "null_characters_not_allowed"),
    ],
)
def test_a_bad_query_says_what_to_fix(anyone, daily, query, pointer, code):
    answer = anyone.get(ARTICLES, query)
    assert answer.status_code == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [(pointer, code)]


@pytest.mark.parametrize("reference", ["A-22222222-3", "A-2222", "C-22222222-2", "1", "A-22222222-2%00"])
def test_an_unknown_reference_is_404(anyone, daily, reference):
    for tail in ("", "history/", "updates/?since=2026-11-20T08:00:00Z", "jsonld/"):
        answer = anyone.get(f"{ARTICLES}{reference}/{tail}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_an_article_under_embargo_is_for_its_own_cms_only(cms, anyone, partner, story):
    later = (timezone.now() + timedelta(days=1)).isoformat()
    reference = cms.put(ARTICLES, story.data(embargoed_until=later)).json()["reference"]
    assert [client.get(f"{ARTICLES}{reference}/").status_code for client in (cms, anyone, partner)] == [200, 404, 404]
    assert anyone.get(ARTICLES, {"url": story.data()["url"]}).json()["results"] == []


def test_public_reads_can_be_cached_and_are_confirmed_with_304(cms, anyone, story):
    reference = cms.put(ARTICLES, story.data()).json()["reference"]
    address = f"{ARTICLES}{reference}/"
    answer = anyone.get(address)
    assert answer["Cache-Control"] == "public, max-age=60"
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in answer["Vary"]
    same = anyone.get(address, HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", answer["ETag"])
    cms.put(ARTICLES, story.data(section="business"))
    changed = anyone.get(address, HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (changed.status_code, changed["ETag"] == answer["ETag"]) == (200, False)
    assert cms.get(address)["Cache-Control"] == "private, no-store"
    assert not cms.get(address).has_header("Access-Control-Allow-Origin")


def test_the_history_tells_what_the_public_may_know(cms, anyone, story, told):
    reference = cms.put(ARTICLES, story.data()).json()["reference"]
    cms.put(ARTICLES, story.data(body="Other words."))
    cms.put(ARTICLES, story.data(body="Other words.", status="withheld"))
    cms.put(ARTICLES, story.data(body="Other words.", status="canceled"))
    article = Article.objects.get()
    for name, subject in (("correction.published", "C-22222222-2"), ("correction.published", "C-33333333-3")):
        Event.objects.create(
            kind=name,
            audience="public",
            article=article,
            subject_kind="correction",
            subject_reference=subject,
            actor_kind="staff",
            data={"kind": "retraction"},
        )
    told[article.pk] = [a_correction(label="Retraction")]
    body = anyone.get(f"{ARTICLES}{reference}/history/").json()
    assert [(row["type"], row["revision"], row["correction"], row["summary"]) for row in body["results"]] == [
        ("correction.published", None, "C-22222222-2", "Retraction published"),
        ("article.canceled", None, None, "Retracted: the article may no longer be used"),
        ("article.revised", 2, None, "Text changed: revision 2"),
        ("article.published", 1, None, "Published"),
    ]
    assert body["results"][-1]["at"] == "2026-11-20T08:00:00Z"
    assert set(body["results"][0]) == {"at", "type", "revision", "correction", "summary"}


def test_the_history_comes_in_pages(cms, anyone, story):
    for number in range(5):
        reference = cms.put(ARTICLES, story.data(body=f"Words {number}.")).json()["reference"]
    seen, address = [], f"{ARTICLES}{reference}/history/?page_size=2"
    while address:
        page = anyone.get(address)
        seen += [row["revision"] for row in page.json()["results"]]
        address = page.json()["next"]
    assert seen == [5, 4, 3, 2, 1]


def test_the_history_costs_the_same_for_1_and_for_30_rows(cms, anyone, story, django_assert_num_queries, told):
    reference = cms.put(ARTICLES, story.data()).json()["reference"]
    address = f"{ARTICLES}{reference}/history/?page_size=100"
    for rows in (1, 30):
        for number in range(rows - 1):
            cms.put(ARTICLES, story.data(body=f"Words {number}."))
        with django_assert_num_queries(3):
            assert len(anyone.get(address).json()["results"]) == rows


def test_finding_costs_the_same_for_1_and_for_30_aliases(cms, anyone, story, django_assert_num_queries):
    for aliases in (0, 30):
        cms.put(ARTICLES, story.data(aliases=[f"https://daily.example/alias-{number}" for number in range(aliases)]))
        with django_assert_num_queries(2):
            found = anyone.get(ARTICLES, {"url": story.data()["url"]}).json()["results"][0]
        assert len(found["aliases"]) == aliases


def test_updates_are_what_happened_since(cms, anyone, story):
    reference = cms.put(ARTICLES, story.data()).json()["reference"]
    between = timezone.now()
    answer = cms.put(ARTICLES, story.data(body="Other words.")).json()
    body = anyone.get(f"{ARTICLES}{reference}/updates/", {"since": between.isoformat()}).json()
    assert [row["type"] for row in body["results"]] == ["article.revised"]
    assert {name: body[name] for name in ("revision", "revision_sha256", "status")} == {
        "revision": 2,
        "revision_sha256": answer["revision_sha256"],
        "status": "usable",
    }
    assert datetime.fromisoformat(body["as_of"]) < between.astimezone(UTC)
    later = (timezone.now() + timedelta(hours=1)).isoformat()
    assert anyone.get(f"{ARTICLES}{reference}/updates/", {"since": later}).json()["results"] == []
    for since in ("", "yesterday", "2026-11-20T08:00:00"):
        assert anyone.get(f"{ARTICLES}{reference}/updates/", {"since": since}).status_code == 422


def test_json_ld_carries_the_corrections(cms, anyone, story, told):
    reference = cms.put(ARTICLES, story.data()).json()["reference"]
    told[Article.objects.get().pk] = [
        a_correction(kind="retraction", label="Withdrawal of a retraction"),
        a_correction(reference="C-33333333-3", status="superseded", text="Older words."),
        a_correction(reference="C-44444444-4", status="suppressed", text=None),
    ]
    answer = anyone.get(f"{ARTICLES}{reference}/jsonld/")
    assert answer["Content-Type"] == "application/ld+json"
    body = answer.json()
    assert (body["@type"], body["url"], body["author"]) == (
        "NewsArticle",
        "https://daily.example/politics/story",
        [{"@type": "Person", "name": "Ann Reporter"}],
    )
    assert [(row["@type"], row["name"], row["text"], row.get("creativeWorkStatus")) for row in body["correction"]] == [
        ("CorrectionComment", "Withdrawal of a retraction", "An earlier version misstated the cost.", None),
        ("CorrectionComment", "Correction", "Older words.", "Superseded"),
    ]
    assert anyone.get(f"{ARTICLES}{reference}/jsonld/", HTTP_ACCEPT="application/json").status_code == 200


def test_a_batch_answers_for_each_article(cms, story):
    batch = {
        "articles": [
            story.data(),
            story.data(url="https://elsewhere.example/x", external_id="cms-2"),
            "not an object",
            story.data(url="https://daily.example/third", external_id="cms-3", colour="red"),
            story.data(body="Other words."),
        ]
    }
    answer = cms.post(BATCH, batch, HTTP_IDEMPOTENCY_KEY="batch-1")
    results = answer.json()["results"]
    assert answer.status_code == 200
    assert [(row["index"], row["status"], row["created"], row["revised"]) for row in results] == [
        (0, 201, True, True),
        (1, 422, False, False),
        (2, 422, False, False),
        (3, 422, False, False),
        (4, 200, False, True),
    ]
    assert [row["problem"] and row["problem"]["errors"][0]["code"] for row in results] == [
        None,
        "foreign_host",
        "invalid",
        "unknown_member",
        None,
    ]
    assert (Article.objects.count(), Revision.objects.count()) == (1, 2)
    replayed = cms.post(BATCH, batch, HTTP_IDEMPOTENCY_KEY="batch-1")
    assert (replayed["Idempotency-Replayed"], replayed.json()) == ("true", answer.json())
    assert Revision.objects.count() == 2


def test_a_batch_has_1_to_100_articles_and_a_key(cms, anyone, story):
    assert cms.post(BATCH, {"articles": [story.data()]}).json()["code"] == "idempotency_key_required"
    for articles in ([], [story.data()] * 101, {"url": "x"}, None):
        assert cms.post(BATCH, {"articles": articles}, HTTP_IDEMPOTENCY_KEY="a").status_code == 422
    assert anyone.post(BATCH, {"articles": [story.data()]}, HTTP_IDEMPOTENCY_KEY="a").status_code == 401
    assert Article.objects.count() == 0


def test_methods_that_do_not_exist_are_405(cms, anyone, story):
    assert [
        anyone.delete(ARTICLES).status_code,
        cms.patch(ARTICLES, {}).status_code,
        anyone.get(BATCH).status_code,
    ] == [
        405,
        405,
        405,
    ]
