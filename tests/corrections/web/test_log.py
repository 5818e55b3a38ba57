"""The public log, one notice, an article's history, the feeds, and the page about the ledger."""

import json
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree

from corrections.models import Correction, Report
from corrections.services import checkpoints
from corrections.services import correction as notices
from corrections.services.submitting import private_path
from newsroom.articles.models import Article
from tests.copies import multiply
from tests.factories import make_article, make_correction, make_desk, make_publication, make_report, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ATOM = {"a": "http://www.w3.org/2005/Atom", "at": "http://purl.org/atompub/tombstones/1.0"}


@pytest.fixture
def article(daily):
    return make_article(daily, url="https://daily.example/politics/bridge", headline="Bridge opens late")


@pytest.fixture
def published(article):
    return make_correction(
        article=article, status="published", original_text="cost 1.2 million", corrected_text="cost 1.45 million"
    )


@pytest.fixture
def legal(daily):
    return make_staff(daily, "legal")


def queries(client, path):
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def references(page):
    return [notice["reference"] for notice in page.context["notices"]]


def public_paths(correction):
    article = correction.main_article
    return [
        "/corrections/",
        "/corrections/feed.atom",
        "/corrections/feed.json",
        f"/corrections/{correction.reference}/",
        f"/articles/{article.reference}/",
        f"/articles/{article.reference}/feed.atom",
        f"/articles/{article.reference}/feed.json",
        "/corrections/ledger/",
        "/corrections/ledger/verify_corrections.py",
    ]


def test_public_pages_set_no_cookie_can_be_kept_and_answer_304(client, published):
    for path in public_paths(published):
        page = client.get(path)
        assert page.status_code == 200, path
        assert page.cookies == {}, path
        assert page["Cache-Control"] == "public, max-age=60", path
        assert "Cookie" not in page.get("Vary", ""), path
        again = client.get(path, headers={"if-none-match": page["ETag"]})
        assert (again.status_code, again.content) == (304, b""), path
        assert client.post(path).status_code == 405, path


def test_the_cost_of_a_page_does_not_depend_on_the_number_of_notices(client, published, daily):
    paths = public_paths(published)
    one = {path: queries(client, path) for path in paths}
    # Each with an article of its own, and all with the first one as well.
    extra = make_correction(daily)
    editor = make_staff(daily, "desk_editor")
    extra = notices.name_article(extra, by=editor, article=published.main_article)
    notices.leave_unchanged(extra, by=editor, article=published.main_article, reason="Print only.")
    notices.send_for_approval(extra, by=editor)
    extra = notices.publish(extra, by=make_staff(daily, "standards_editor"))
    own, entry = extra.main_article, extra.ledger_entry
    own.external_id = ""
    multiply(28, own, extra, *extra.articles.order_by("pk"), entry, entry.opening)
    assert {path: queries(client, path) for path in paths} == one
    assert len(client.get("/corrections/").context["notices"]) == 25
    assert len(client.get(f"/articles/{published.main_article.reference}/").context["notices"]) == 30
    assert max(one.values()) <= 8


def test_the_log_is_newest_first_and_pages_neither_repeat_nor_skip(client, daily):
    made = [make_correction(daily, status="published") for _ in range(5)]
    Correction.objects.filter(pk__in=[made[1].pk, made[2].pk]).update(published_at=timezone.now() - timedelta(days=1))
    expected = [row.reference for row in Correction.objects.order_by("-published_at", "-pk")]
    seen, path = [], "/corrections/?page_size=2"
    while path:
        page = client.get(path)
        assert len(page.context["notices"]) <= 2
        seen += references(page)
        path = page.context["next"]
        assert path is None or path.startswith("/corrections/?")
    assert seen == expected
    assert client.get("/corrections/?cursor=made-up").status_code == 404


def test_the_log_narrows_down(client, daily):
    weekly = make_publication(name="The Weekly", slug="weekly", hosts=["weekly.example"])
    culture = make_article(daily, section="culture", headline="Opera at the harbor")
    one = make_correction(
        article=culture, status="published", kind="clarification", severity="high", text="The opera began at eight."
    )
    two = make_correction(weekly, status="published", text="The train left at nine.")
    Correction.objects.filter(pk=two.pk).update(published_at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC))
    narrowed = {
        "": [one.reference, two.reference],
        "kind=clarification": [one.reference],
        "severity=low": [two.reference],
        "section=Culture": [one.reference],
        "publication=weekly": [two.reference],
        "q=HARBOR": [one.reference],
        "q=train": [two.reference],
        "before=2026-01-31": [two.reference],
        "before=2026-01-30": [],
        "after=2026-02-01": [one.reference],
        "utm_source=mail": [one.reference, two.reference],
        "q=%00%00%00": [],
    }
    assert {query: references(client.get(f"/corrections/?{query}")) for query in narrowed} == narrowed


def test_a_notice_is_found_by_its_reference_and_by_the_words_before_and_after(client, daily, legal):
    one = make_correction(daily, status="published", original_text="1.2 million", corrected_text="1.45 million")
    gone = make_correction(daily, status="published", original_text="Nine of ten", corrected_text="Four of ten")
    make_correction(daily, original_text="Draft words")
    notices.suppress(gone, by=legal, words="Order 7 O 1/26")
    found = {
        one.reference: [one.reference],
        one.reference.lower(): [one.reference],
        one.reference[:6]: [],
        "1.2 MILLION": [one.reference],
        "1.45 million": [one.reference],
        "Nine of ten": [],
        "Four of ten": [],
        "Draft words": [],
        gone.reference: [],
    }
    assert {words: references(client.get("/corrections/", {"q": words})) for words in found} == found


def test_the_sections_are_those_of_the_notices_and_not_of_the_desks(client, daily, legal):
    make_desk(daily, sections=["weather"])
    for section in ("Culture", "culture", "city", ""):
        make_correction(article=make_article(daily, section=section), status="published")
    make_correction(article=make_article(daily, section="drafts"))
    make_correction(article=make_article(daily, section="spelling"), status="published", kind="minor_fix")
    gone = make_correction(article=make_article(daily, section="secret"), status="published")
    notices.suppress(gone, by=legal, words="Order 7 O 1/26")
    assert [name.casefold() for name in client.get("/corrections/").context["sections"]] == ["city", "culture"]


def test_a_filter_that_means_nothing_is_pointed_out(client, published):
    without = ("kind=minor_fix", "kind=x", "severity=x", "after=yesterday", "publication=none", "q=a", "q=" + "x" * 101)
    for query in without:
        page = client.get(f"/corrections/?{query}")
        assert page.status_code == 422, query
        assert references(page) == [], query
        assert list(page.context["form"].errors) == [query.partition("=")[0]]


def test_days_begin_and_end_in_the_publications_zone(client, published, daily):
    type(daily).objects.filter(pk=daily.pk).update(time_zone="America/New_York")
    Correction.objects.filter(pk=published.pk).update(published_at=datetime(2026, 2, 1, 3, 0, tzinfo=UTC))
    assert references(client.get("/corrections/?before=2026-01-31")) == [published.reference]
    assert "Jan. 31, 2026" in client.get("/corrections/").content.decode()


def test_drafts_minor_fixes_and_suppressed_notices_are_not_listed(client, daily, published, legal):
    make_correction(daily)
    make_correction(daily, status="awaiting_approval")
    minor = make_correction(daily, status="published", kind="minor_fix")
    gone = make_correction(daily, status="published", text="Nobody may read this again.")
    notices.suppress(gone, by=legal, words="Order 7 O 1/26")
    for path in (
        "/corrections/",
        "/corrections/feed.atom",
        "/corrections/feed.json",
        f"/articles/{gone.main_article.reference}/",
    ):
        text = client.get(path).content.decode()
        assert "Nobody may read this again." not in text
        assert "Order 7" not in text
        assert minor.reference not in text
    assert references(client.get("/corrections/")) == [published.reference]
    assert client.get(f"/corrections/{minor.reference}/").status_code == 200


def test_a_notice_shows_the_change_word_by_word_its_dates_and_its_proof(client, published):
    page = client.get(f"/corrections/{published.reference}/")
    text = page.content.decode()
    assert page.context["diff"] == [("same", "cost"), ("removed", " 1.2"), ("added", " 1.45"), ("same", " million")]
    assert published.ledger_entry.leaf_hash in text
    assert "Bridge opens late" in text
    assert "https://daily.example/politics/bridge" in text


def test_nothing_is_said_to_stand_in_an_article_that_was_left_as_it_was(client, article):
    words = {"article": article, "original_text": "cost 1.2 million", "corrected_text": "cost 1.45 million"}
    archived = make_correction(status="published", **words)
    fixed = make_correction(**words, not_fixed_reason="")
    fixed.articles.update(revision_before=1, revision_after=2, fixed_at=timezone.now())
    fixed = notices.send_for_approval(fixed, by=make_staff(article.publication, "desk_editor"))
    fixed = notices.publish(fixed, by=make_staff(article.publication, "standards_editor"))
    reply = make_correction(article=article, status="published", kind="reply", text="The museum writes: we did not.")

    said = {
        row["reference"]: row["not_fixed"] for row in client.get(f"/articles/{article.reference}/").context["notices"]
    }
    assert said == {archived.reference: True, fixed.reference: False, reply.reference: True}
    pages = [client.get(f"/corrections/{row.reference}/").content.decode() for row in (archived, fixed, reply)]
    assert ["was left as it was" in page for page in pages] == [True, False, False]
    assert ["What is corrected, word by word" in page for page in pages] == [True, False, False]
    assert ["What changed, word by word" in page for page in pages] == [False, True, False]
    assert ["Print only." in page for page in pages] == [False] * 3
    words = client.get(f"/articles/{article.reference}/").content.decode()
    assert (words.count("It should say"), words.count("It now says")) == (1, 1)


def test_the_notice_says_the_same_to_machines_and_cannot_break_out_of_its_script(client, article):
    words = "It said </script><script>alert(1)</script> & more."
    correction = make_correction(article=article, status="published", text=words)
    text = client.get(f"/corrections/{correction.reference}/").content.decode()
    block = text.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    document = json.loads(block)
    assert (document["@type"], document["text"], document["identifier"]) == (
        "CorrectionComment",
        words,
        correction.reference,
    )
    assert "<script>alert" not in text


def test_references_are_read_in_any_case_and_wrong_ones_are_not_there(client, published):
    lower = client.get(f"/corrections/{published.reference.lower()}/")
    assert (lower.status_code, lower["Location"]) == (301, f"/corrections/{published.reference}/")
    wrong = published.reference[:-1] + ("2" if published.reference[-1] != "2" else "3")
    draft = make_correction(published.publication)
    article = published.main_article.reference
    for path in (wrong, draft.reference, article, "C-22222222-2", "x", "%00", "é", "C-" + "2" * 3000):
        assert client.get(f"/corrections/{path}/").status_code == 404
    assert client.get(f"/articles/{article.lower()}/").status_code == 301
    for path in (published.reference, "x", "%00"):
        assert client.get(f"/articles/{path}/").status_code == 404
        assert client.get(f"/articles/{path}/feed.atom").status_code == 404


def test_a_replaced_notice_stays_and_names_the_one_that_counts(client, daily, published):
    editor, approver = make_staff(daily, "desk_editor"), make_staff(daily, "standards_editor")
    newer = notices.start(daily, by=editor, articles=[], target=published, effect="supersede")
    newer = notices.edit(
        newer, by=editor, text="The cost was wrong. It was 1.46 million.", not_fixed_reason="Print only."
    )
    notices.send_for_approval(newer, by=editor)
    notices.publish(newer, by=approver)
    old = client.get(f"/corrections/{published.reference}/").content.decode()
    assert "This notice has been replaced." in old
    assert newer.reference in old
    assert published.reference in client.get(f"/corrections/{newer.reference}/").content.decode()
    assert references(client.get("/corrections/")) == [newer.reference, published.reference]
    assert "Replaced" in client.get("/corrections/").content.decode()


def test_a_suppressed_notice_leaves_a_placeholder_or_nothing(client, published, legal):
    path = f"/corrections/{published.reference}/"
    notices.suppress(published, by=legal, words="Order 7 O 1/26")
    page = client.get(path)
    assert page.status_code == 410
    for secret in ("1.45 million", "Bridge opens late", "Order 7"):
        assert secret not in page.content.decode()
    notices.unsuppress(published, by=legal, words="Lifted.")
    assert client.get(path).status_code == 200
    notices.suppress(published, by=legal, words="Injunction", hidden=True)
    assert client.get(path).status_code == 404
    for feed in ("/corrections/feed.atom", "/corrections/feed.json", f"/articles/{published.main_article.reference}/"):
        assert published.reference not in client.get(feed).content.decode()


def test_the_history_of_an_article_warns_of_what_must_not_be_used(client, published, article):
    path = f"/articles/{article.reference}/"
    assert "retracted" not in client.get(path).content.decode()
    Article.objects.filter(pk=article.pk).update(desk_status="canceled")
    assert "This article has been retracted." in client.get(path).content.decode()
    Article.objects.filter(pk=article.pk).update(desk_status="withheld")
    text = client.get(path).content.decode()
    assert "This article is being checked." in text
    assert "/corrections/new/?url=https%3A%2F%2Fdaily.example%2Fpolitics%2Fbridge" in text
    assert "/reprints/new/?url=https%3A%2F%2Fdaily.example%2Fpolitics%2Fbridge" in text


def test_an_article_without_a_listed_notice_says_what_is_true_of_it(client, daily, article):
    path = f"/articles/{article.reference}/"
    assert "No correction of this article has been published." in client.get(path).content.decode()
    minor = make_correction(article=article, status="published", kind="minor_fix")
    page = client.get(path).content.decode()
    assert "Small slips in this article, like a misspelled word, were put right." in page
    assert (minor.reference in page, "No correction of this article" in page) == (False, False)
    make_correction(article=article, status="published")
    page = client.get(path).content.decode()
    assert ("Small slips" in page, "has been published" in page) == (False, False)


def test_an_article_under_embargo_has_no_page_yet(client, article):
    Article.objects.filter(pk=article.pk).update(embargoed_until=timezone.now() + timedelta(hours=1))
    assert client.get(f"/articles/{article.reference}/").status_code == 404


@pytest.fixture
def embargoed_since(published, article):
    """The notice, of an article that was put under embargo after it was published."""
    Article.objects.filter(pk=article.pk).update(embargoed_until=timezone.now() + timedelta(hours=1))
    return published


def test_no_public_page_names_an_article_under_embargo(client, daily, embargoed_since):
    own = f"/corrections/{embargoed_since.reference}/"
    report = make_report(article=embargoed_since.main_article)
    Report.objects.filter(pk=report.pk).update(status="resolved", closed_at=timezone.now(), correction=embargoed_since)
    for path in [*public_paths(embargoed_since)[:3], own]:
        text = client.get(path).content.decode()
        words = (embargoed_since.reference, "Bridge opens late", "daily.example/politics/bridge")
        assert [word in text for word in words] == [True, False, False], path
    text = client.get(private_path(report), follow=True).content.decode()
    assert (embargoed_since.reference in text, "Bridge opens late" in text) == (True, False)
    assert f'<h1><bdi dir="auto">{embargoed_since.reference}</bdi></h1>' in client.get(own).content.decode()
    assert "related" not in client.get("/corrections/feed.atom").content.decode()


def test_the_api_names_an_article_under_embargo_by_its_reference_and_the_proof_stays_as_it_was(client, embargoed_since):
    before = Correction.objects.get().ledger_entry.opening.content
    answer = client.get(f"/api/v1/corrections/{embargoed_since.reference}/")
    [named] = answer.json()["articles"]
    assert (named["reference"], named["url"], named["headline"]) == (embargoed_since.main_article.reference, "", "")
    assert "Bridge opens late" not in answer.content.decode()
    assert answer.json()["ledger"]["opening"]["content"] == before


def test_nobody_finds_the_headline_of_an_article_under_embargo_by_searching(client, embargoed_since):
    for path in ("/corrections/?q=Bridge", "/api/v1/corrections/?q=Bridge"):
        assert embargoed_since.reference not in client.get(path).content.decode()
    Article.objects.update(embargoed_until=timezone.now() - timedelta(seconds=1))
    for path in ("/corrections/?q=Bridge", "/api/v1/corrections/?q=Bridge"):
        assert embargoed_since.reference in client.get(path).content.decode()


def test_the_atom_feed_is_whole_and_buries_what_was_suppressed(client, published, daily, legal):
    gone = make_correction(daily, status="published")
    notices.suppress(gone, by=legal, words="Order")
    answer = client.get("/corrections/feed.atom")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert answer["Access-Control-Allow-Origin"] == "*"
    feed = etree.fromstring(answer.content)
    entries = feed.findall("a:entry", ATOM)
    assert [entry.findtext("a:id", namespaces=ATOM) for entry in entries] == [
        f"http://testserver/corrections/{published.reference}/"
    ]
    assert entries[0].findtext("a:title", namespaces=ATOM) == "Correction: Bridge opens late"
    assert (
        entries[0]
        .find("a:content", ATOM)
        .text.endswith("<p><del>cost 1.2 million</del></p><p><ins>cost 1.45 million</ins></p>")
    )
    assert [row.get("ref") for row in feed.findall("at:deleted-entry", ATOM)] == [
        f"http://testserver/corrections/{gone.reference}/"
    ]


def test_the_json_feed_says_the_same(client, published):
    feed = client.get("/corrections/feed.json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [(item["id"], item["title"]) for item in feed["items"]] == [
        (f"http://testserver/corrections/{published.reference}/", "Correction: Bridge opens late")
    ]
    own = client.get(f"/articles/{published.main_article.reference}/feed.json").json()
    assert [item["id"] for item in own["items"]] == [item["id"] for item in feed["items"]]
    assert own["home_page_url"] == f"http://testserver/articles/{published.main_article.reference}/"


def test_a_feed_can_be_of_a_section_a_publication_or_a_kind(client, published, daily, legal):
    weekly = make_publication(slug="weekly")
    elsewhere = make_correction(weekly, status="published", kind="clarification")
    removed = notices.suppress(
        make_correction(weekly, status="published"), by=make_staff(weekly, "legal"), words="Order"
    )
    here = {"politics": published.reference, "daily": published.reference, "weekly": elsewhere.reference}

    def told(query):
        feed = etree.fromstring(client.get(f"/corrections/feed.atom?{query}").content)
        by_json = client.get(f"/corrections/feed.json?{query}").json()
        found = [row.findtext("a:id", namespaces=ATOM).split("/")[-2] for row in feed.findall("a:entry", ATOM)]
        buried = [row.get("ref").split("/")[-2] for row in feed.findall("at:deleted-entry", ATOM)]
        assert [item["id"].split("/")[-2] for item in by_json["items"]] == found
        assert (feed.find("a:link[@rel='self']", ATOM).get("href"), by_json["feed_url"]) == (
            f"http://testserver/corrections/feed.atom?{query}",
            f"http://testserver/corrections/feed.json?{query}",
        )
        return found, buried

    Article.objects.filter(publication=weekly).update(section="sport")
    assert told("section=Politics") == ([here["politics"]], [removed.reference])
    assert told("publication=daily") == ([here["daily"]], [])
    assert told("publication=weekly") == ([here["weekly"]], [removed.reference])
    assert told("kind=clarification") == ([here["weekly"]], [removed.reference])
    page = client.get("/corrections/?section=Politics&page_size=2").content.decode()
    assert 'href="/corrections/feed.atom?section=Politics"' in page
    assert "Follow what fits" not in client.get("/corrections/").content.decode()


def test_words_that_were_taken_away_are_found_by_no_feed(client, published, legal):
    notices.suppress(published, by=legal, words="Order")
    other = client.get("/corrections/feed.atom?q=nothing-like-it").content
    assert client.get("/corrections/feed.atom?q=misstated").content == other.replace(b"nothing-like-it", b"misstated")


def test_a_feed_of_what_there_is_not_says_so(client, published):
    queries = ("kind=rumor", "publication=nobodys", "q=ab", "after=soon", "severity=medium")
    for path, query in product(("/corrections/feed.atom", "/corrections/feed.json"), queries):
        answer = client.get(f"{path}?{query}")
        assert (answer.status_code, answer["Content-Type"]) == (422, "text/plain; charset=utf-8")
        assert answer.content.decode().startswith(f"{query.partition('=')[0]}: ")


def test_text_that_xml_cannot_hold_does_not_break_the_feed(client, published):
    Correction.objects.filter(pk=published.pk).update(text="one\x0b two <&> \ufffe")
    feed = etree.fromstring(client.get("/corrections/feed.atom").content)
    assert feed.find("a:entry/a:content", ATOM).text.startswith("<p>one two &lt;&amp;&gt; </p>")


def test_the_page_about_the_ledger_names_the_key_and_the_newest_checkpoint(client, published):
    checkpoint = checkpoints.sign()
    text = client.get("/corrections/ledger/").content.decode()
    assert checkpoints.verifier_key().replace("+", "&#x2B;") in text or checkpoints.verifier_key() in text
    assert "over 1 entry." in text
    assert checkpoint.text.splitlines()[2] in text.replace("&#x2B;", "+")
    program = client.get("/corrections/ledger/verify_corrections.py")
    assert program["Content-Type"] == "text/plain; charset=utf-8"
    assert program["Content-Disposition"] == 'attachment; filename="verify_corrections.py"'
    assert program.content.startswith(b"#!/usr/bin/env python3")


def test_readers_and_their_words_are_nowhere_in_public(client, published, article):
    make_report(article=article, claim="A very private complaint")
    for path in public_paths(published):
        assert b"A very private complaint" not in client.get(path).content
