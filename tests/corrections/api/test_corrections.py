"""Public notices: what the lists hold, what is never shown, and what each answer costs."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from corrections.models import Correction
from corrections.services import correction as notices
from newsroom import references
from tests.factories import make_article, make_correction, make_destroyed, make_follower, make_publication, make_staff

pytestmark = pytest.mark.django_db
LIST = "/api/v1/corrections/"
SHAPE = {
    "reference",
    "kind",
    "severity",
    "status",
    "text",
    "original_text",
    "corrected_text",
    "articles",
    "published_at",
    "error_published_at",
    "effect",
    "supersedes",
    "withdraws",
    "reinstates",
    "superseded_by",
    "followed_by",
    "reader_reported",
    "ledger",
    "url",
}


def published(publication=None, **over):
    return make_correction(publication, status="published", **over)


def suppress(correction, **over):
    return notices.suppress(
        correction, by=make_staff(correction.publication, "legal"), words="Order 7 of the court", **over
    )


def references_at(client, url, **parameters):
    answer = client.get(url, parameters)
    assert answer.status_code == 200, answer.content
    return [row["reference"] for row in answer.json()["results"]]


def of_article(correction):
    return f"/api/v1/articles/{correction.main_article.reference}/corrections/"


def test_a_notice_has_the_promised_shape(anyone):
    correction = published(original_text="1.2 million", severity="high")
    [row] = anyone.get(LIST).json()["results"]
    assert set(row) == SHAPE
    article = correction.main_article
    assert row | {"ledger": None, "published_at": None} == {
        "reference": correction.reference,
        "kind": "correction",
        "effect": None,
        "severity": "high",
        "status": "published",
        "text": "An earlier version misstated the cost. It was 1.45 million.",
        "original_text": "1.2 million",
        "corrected_text": None,
        "articles": [
            {
                "reference": article.reference,
                "url": article.url,
                "headline": article.headline,
                "section": "politics",
                "publication": correction.publication.slug,
                "revision_before": 1,
                "revision_after": None,
                "fixed_at": None,
                "anchor": None,
            }
        ],
        "published_at": None,
        "error_published_at": None,
        "supersedes": None,
        "withdraws": None,
        "reinstates": None,
        "superseded_by": None,
        "followed_by": [],
        "reader_reported": False,
        "ledger": None,
        "url": f"http://testserver/corrections/{correction.reference}/",
    }
    entry = correction.ledger_entry
    assert row["ledger"] == {
        "index": 0,
        "leaf_hash": entry.leaf_hash,
        "opening": {"salt": entry.opening.salt, "content": entry.opening.content},
    }
    assert row["published_at"] == correction.published_at.isoformat().replace("+00:00", "Z")
    assert anyone.get(f"{LIST}{correction.reference}/").json() == row


def test_drafts_discarded_and_waiting_notices_are_nowhere(anyone):
    for status in ("draft", "awaiting_approval"):
        hidden = make_correction(status=status)
        assert anyone.get(f"{LIST}{hidden.reference}/").status_code == 404
        assert references_at(anyone, of_article(hidden)) == []
    assert references_at(anyone, LIST) == []


def test_the_newest_stands_first_and_pages_meet_without_gap_or_repeat(anyone, publication):
    made = [published(publication).reference for _ in range(5)]
    first = anyone.get(LIST, {"page_size": 2}).json()
    second = anyone.get(first["next"]).json()
    third = anyone.get(second["next"]).json()
    seen = [row["reference"] for page in (first, second, third) for row in page["results"]]
    assert seen == made[::-1]
    assert (third["next"], first["previous"]) == (None, None)


def test_superseded_and_withdrawn_notices_stay_and_say_so(anyone, publication):
    article = make_article(publication)
    old = published(publication, article=article)
    new = make_follower(old, "supersede")
    gone = published(publication, article=article)
    end = make_follower(gone, "withdraw")
    rows = {row["reference"]: row for row in anyone.get(of_article(old)).json()["results"]}
    assert list(rows) == [end.reference, gone.reference, new.reference, old.reference]
    assert (rows[old.reference]["status"], rows[old.reference]["superseded_by"]) == ("superseded", new.reference)
    assert (rows[new.reference]["status"], rows[new.reference]["supersedes"]) == ("published", old.reference)
    assert (rows[gone.reference]["status"], rows[gone.reference]["superseded_by"]) == ("withdrawn", None)


def test_minor_fixes_are_shown_only_when_asked_for(anyone, publication):
    article = make_article(publication)
    minor = published(publication, article=article, kind="minor_fix")
    listed = published(publication, article=article)
    for url in (LIST, of_article(listed)):
        assert references_at(anyone, url) == [listed.reference]
        assert references_at(anyone, url, include_minor="false") == [listed.reference]
        assert references_at(anyone, url, include_minor="true") == [listed.reference, minor.reference]
    assert anyone.get(f"{LIST}{minor.reference}/").json()["kind"] == "minor_fix"


@pytest.mark.parametrize("destroy", [False, True])
def test_a_suppressed_notice_answers_410_and_its_words_are_nowhere(anyone, destroy):
    correction = published(text="The secret words.", original_text="secret before", corrected_text="secret after")
    follower = make_follower(correction, "supersede")
    salt = correction.ledger_entry.opening.salt
    (make_destroyed if destroy else suppress)(Correction.objects.get(pk=correction.pk))
    answer = anyone.get(f"{LIST}{correction.reference}/")
    assert (answer.status_code, answer.json()["code"]) == (410, "suppressed")
    assert answer["Content-Type"] == "application/problem+json"
    assert anyone.get("/problems/suppressed/").status_code == 200
    minor = "?include_minor=true"
    urls = [
        LIST + minor,
        of_article(correction) + minor,
        f"{LIST}?q=secret",
        f"{LIST}{follower.reference}/",
        f"{LIST}{correction.reference}/",
        f"/api/v1/articles/{correction.main_article.reference}/history/",
        f"/api/v1/articles/{correction.main_article.reference}/jsonld/",
        "/api/v1/ledger/entries/",
    ]
    everywhere = [anyone.get(url).content for url in urls]
    assert references_at(anyone, LIST) == [follower.reference]
    assert references_at(anyone, of_article(correction)) == [follower.reference]
    assert [word for word in (b"secret", salt.encode()) if any(word in text for text in everywhere)] == []
    assert anyone.get(f"{LIST}{follower.reference}/").json()["supersedes"] is None


def test_under_an_injunction_even_the_placeholder_is_gone(anyone):
    correction = published()
    suppress(correction, hidden=True)
    unknown = anyone.get(f"{LIST}{references.new('correction')}/")
    hidden = anyone.get(f"{LIST}{correction.reference}/")
    assert (hidden.status_code, hidden.json()) == (404, unknown.json())


def test_each_filter_finds_its_own(anyone):
    daily, weekly = make_publication(), make_publication()
    sports = published(daily, article=make_article(daily, section="sports", headline="Final lost at 100%"))
    high = published(daily, severity="high", text="The mayor is Robin Vale.", corrected_text="Robin Vale")
    update = published(weekly, kind="update")
    cases = [
        ({"kind": "update"}, [update]),
        ({"severity": "high"}, [high]),
        ({"section": "sports"}, [sports]),
        ({"section": "SPORTS"}, [sports]),
        ({"publication": weekly.slug}, [update]),
        ({"publication": daily.slug}, [high, sports]),
        ({"article": sports.main_article.reference.lower()}, [sports]),
        ({"article": references.new("article")}, []),
        ({"q": "robin VALE"}, [high]),
        ({"q": "100%"}, [sports]),
        ({"q": "robin missing"}, []),
        ({"publication": daily.slug, "severity": "high", "q": "mayor"}, [high]),
        ({"kind": "retraction"}, []),
    ]
    for parameters, expected in cases:
        assert references_at(anyone, LIST, **parameters) == [row.reference for row in expected], parameters


def test_times_bound_the_list_as_half_open_intervals(anyone, publication):
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    rows = [published(publication) for _ in range(3)]
    for days, row in enumerate(rows):
        Correction.objects.filter(pk=row.pk).update(published_at=noon + timedelta(days=days))
    first, second, third = (row.reference for row in rows)
    assert references_at(anyone, LIST, published_after="2026-11-21T12:00:00Z") == [third, second]
    assert references_at(anyone, LIST, published_before="2026-11-21T12:00:00Z") == [first]
    assert references_at(anyone, LIST, published_after="2026-11-21T13:00:00+01:00") == [third, second]
    assert references_at(anyone, LIST, published_after="2026-11-21", published_before="2026-11-22") == [second]


@pytest.mark.parametrize(
    ("parameters", "pointer", "code"),
    [
        ({"kid": "update"}, "/kid", "unknown_parameter"),
        ({"kind": "rumor"}, "/kind", "invalid_choice"),
        ({"severity": "HIGH"}, "/severity", "invalid_choice"),
        ({"include_minor": "yes"}, "/include_minor", "invalid_choice"),
        ({"article": "A-1"}, "/article", "bad_reference"),
        ({"published_after": "yesterday"}, "/published_after", "invalid"),
        ({"published_before": "2026-11-20T08:00:00"}, "/published_before", "invalid"),
        ({"published_after": "0001-01-01T00:00:00+14:00"}, "/published_after", "invalid"),
        ({"q": "a\x00b"}, "/q", "null_characters_not_allowed"),
        ({"q": "x" * 201}, "/q", "max_length"),
        ({"section": "a\x00"}, "/section", "null_characters_not_allowed"),
        ({"publication": "a\x00"}, "/publication", "null_characters_not_allowed"),
        ({"cursor": "bogus"}, "/cursor", "bad_cursor"),
        ({"cursor": "\ud83d".encode("utf-8", "surrogatepass")}, "/cursor", "bad_cursor"),
        ({"page_size": "101"}, "/page_size", "page_size"),
        ({"page_size": "0"}, "/page_size", "page_size"),
    ],
)
def test_what_a_filter_cannot_mean_is_refused_with_its_place(anyone, parameters, pointer, code):
    answer = anyone.get(LIST, parameters)
    assert answer.status_code == 422
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [(pointer, code)]


def test_an_articles_list_takes_no_other_filter(anyone):
    answer = anyone.get(of_article(published()), {"kind": "update"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "unknown_parameter")


@pytest.mark.parametrize("reference", ["C-1", "x", "C-AAAAAAAA-2", "%00", "A-7K3QX2MW-4"])
def test_what_is_not_a_reference_is_not_found(anyone, reference):
    for url in (f"{LIST}{reference}/", f"/api/v1/articles/{reference}/corrections/"):
        answer = anyone.get(url)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_reference_may_be_typed_in_lower_case(anyone):
    correction = published()
    assert anyone.get(f"{LIST}{correction.reference.lower()}/").json()["reference"] == correction.reference


def test_an_article_under_embargo_is_not_found(anyone):
    correction = published()
    article = correction.main_article
    article.embargoed_until = datetime(2100, 1, 1, tzinfo=UTC)
    article.save(update_fields=["embargoed_until"])
    assert anyone.get(of_article(correction)).status_code == 404


def test_lists_cost_the_same_for_one_and_for_thirty(anyone, publication):
    def cost(url):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = anyone.get(url, {"page_size": 100})
        return len(queries), len(answer.json()["results"])

    article = make_article(publication)
    published(publication, article=article)
    url = f"/api/v1/articles/{article.reference}/corrections/"
    before = cost(LIST), cost(url)
    rows = [published(article=make_article(make_publication())) for _ in range(25)]
    rows += [published(publication, article=article) for _ in range(2)]
    make_follower(rows[-1], "supersede")
    make_follower(rows[0], "supersede")
    after = cost(LIST), cost(url)
    assert [count for _queries, count in before] == [1, 1]
    assert [count for _queries, count in after] == [30, 4]
    assert [queries for queries, _count in after] == [queries for queries, _count in before]


def test_anyone_may_keep_the_answer_for_a_minute_and_ask_whether_it_changed(anyone, client_of):
    correction = published()
    for url in (LIST, f"{LIST}{correction.reference}/", of_article(correction)):
        answer = anyone.get(url)
        assert answer["Cache-Control"] == "public, max-age=60"
        assert answer["Access-Control-Allow-Origin"] == "*"
        again = anyone.get(url, headers={"if-none-match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client_of().get(url)["Cache-Control"] == "private, no-store"
    old = anyone.get(LIST)["ETag"]
    published()
    assert anyone.get(LIST, headers={"if-none-match": old}).status_code == 200


def test_nothing_here_can_be_written(anyone):
    correction = published()
    for url in (LIST, f"{LIST}{correction.reference}/", of_article(correction)):
        for method in (anyone.post, anyone.put, anyone.patch, anyone.delete):
            assert method(url, {}, format="json").status_code == 405


def test_a_wrong_key_is_refused_even_where_none_is_needed(anyone):
    anyone.credentials(HTTP_AUTHORIZATION="Bearer mh_live_abc")
    answer = anyone.get(LIST)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
