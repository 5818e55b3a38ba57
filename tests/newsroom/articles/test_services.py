"""Articles come in: races, pages, and the command that reads a page."""

import threading
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from newsroom.accounts.models import Publication
from newsroom.articles import public
from newsroom.articles.addresses import BadAddress
from newsroom.articles.hosts import owns, publication_of
from newsroom.articles.management.commands import import_article
from newsroom.articles.models import Article, ArticleAddress, Revision
from newsroom.articles.services import find, import_page, upsert
from newsroom.errors import Invalid
from newsroom.events import outbound
from newsroom.events.models import Event
from newsroom.workflow import THE_CLOCK

PAGE = """<!doctype html><html lang="en"><head><title>Bridge opens late</title>
<link rel="canonical" href="{canonical}">
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "NewsArticle",
"headline": "Bridge opens late", "author": {{"@type": "Person", "name": "Ann Reporter\\u0000"}},
"datePublished": "2026-11-20T08:00:00Z", "articleSection": "politics"}}</script></head>
<body><article><h1>Bridge opens late</h1>
<p>The council spent 1.2 million on the bridge, which is more than it had planned for the year.</p>
<p>The mayor, Robin Vale, opened it in May, three months later than the contract said it would be.</p>
</article></body></html>"""


def page(canonical="https://daily.example/politics/story"):
    return PAGE.format(canonical=canonical).encode()


def run(*arguments):
    out = StringIO()
    call_command("import_article", *arguments, stdout=out)
    return out.getvalue().strip().split("\t")


def test_a_page_becomes_an_article_with_its_text(daily):
    article, created, revised = import_page(page(), "https://daily.example/amp/politics/story?x=1", daily, by=THE_CLOCK)
    assert (created, revised, article.revision) == (True, True, 1)
    assert (article.url, article.headline, article.section, article.bylines, article.published_at) == (
        "https://daily.example/politics/story",
        "Bridge opens late",
        "politics",
        ["Ann Reporter"],
        datetime(2026, 11, 20, 8, tzinfo=UTC),
    )
    revision = Revision.objects.get()
    assert (revision.source, revision.body.count("\n\n"), revision.body[:11]) == ("page", 1, "The council")
    assert find("https://www.daily.example/politics/story/?x=1") == article
    assert import_page(page(), "https://daily.example/politics/story", daily, by=THE_CLOCK)[1:] == (False, False)


def test_a_canonical_link_to_a_stranger_is_not_believed(daily):
    article = import_page(
        page("https://elsewhere.example/story"), "https://daily.example/x", daily, by=THE_CLOCK
    ).article
    assert list(ArticleAddress.objects.values_list("key", flat=True)) == ["daily.example/x"]
    assert article.url == "https://daily.example/x"


@pytest.mark.parametrize("html", [b"", b"<p>Nothing", b"\x00\xff\xfe", b"<html>" * 2000])
def test_a_page_without_a_headline_is_refused(daily, html):
    with pytest.raises(Invalid):
        import_page(html, "https://daily.example/x", daily, by=THE_CLOCK)
    assert Article.objects.count() == 0


def test_an_unknown_address_finds_nothing_and_nonsense_is_an_error(daily):
    assert find("https://daily.example/unknown") is None
    with pytest.raises(BadAddress):
        find("not an address")


def test_the_most_specific_host_decides(daily):
    sport = Publication.objects.create(name="Sport", slug="sport", hosts=["sport.daily.example"])
    both = [daily, sport]
    assert publication_of("https://www.sport.daily.example/x", both) == sport
    assert publication_of("https://news.daily.example/x", both) == daily
    assert publication_of("https://daily.example.evil.example/x", both) is None
    assert publication_of("https://notdaily.example/x", both) is None
    assert (owns(daily, "https://sport.daily.example/x"), owns(sport, "https://daily.example/x")) == (True, False)


def test_only_one_desk_tells_of_corrections(monkeypatch):
    monkeypatch.setattr(public, "_providers", [])
    assert public.corrections_of([1, 2]) == {1: [], 2: []}

    def first(article_ids):
        return {1: [{"reference": "C-1"}]}

    public.register_corrections(first)
    public.register_corrections(first)
    assert public.corrections_of([1, 2]) == {1: [{"reference": "C-1"}], 2: []}
    with pytest.raises(ValueError, match="already"):
        public.register_corrections(lambda article_ids: {})


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_ten_pushes_of_a_new_article_at_once_make_one_article():
    daily = Publication.objects.create(name="The Daily", slug="daily", hosts=["daily.example"])
    barrier, results = threading.Barrier(10), []

    def push():
        barrier.wait()
        data = {"url": "https://daily.example/x", "external_id": "cms-1", "headline": "Bridge", "body": "Words."}
        results.append(upsert([daily], data, by=THE_CLOCK)[1:])
        connections.close_all()

    threads = [threading.Thread(target=push) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [(False, False)] * 9 + [(True, True)]
    assert (Article.objects.count(), Revision.objects.count(), Event.objects.count()) == (1, 1, 1)


def test_the_command_imports_a_saved_page(daily, tmp_path):
    saved = tmp_path / "story.html"
    saved.write_bytes(page())
    reference, state, revision, headline = run(str(saved))
    assert (Article.objects.get().reference, state, revision, headline) == (
        reference,
        "created",
        "revision 1",
        "Bridge opens late",
    )
    assert run(str(saved))[1] == "unchanged"
    saved.write_bytes(page().replace(b"1.2 million", b"1.45 million"))
    assert run(str(saved), "--publication", "daily")[1:3] == ["revised", "revision 2"]
    assert Event.objects.filter(actor_kind="cms").count() == 2


@pytest.mark.parametrize(
    ("content", "arguments", "words"),
    [
        (None, (), "There is no file"),
        (b"<p>Hello", (), "no canonical link"),
        (page("https://elsewhere.example/story"), (), "No publication has the host"),
        (page("https://elsewhere.example/story"), ("--publication", "daily"), "on no host"),
        (page(), ("--publication", "nothing"), "There is no publication"),
    ],
)
def test_the_command_says_why_a_page_is_not_imported(daily, tmp_path, content, arguments, words):
    saved = tmp_path / "story.html"
    if content is not None:
        saved.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        run(str(saved), *arguments)
    assert Article.objects.count() == 0


def answer(status=200, body=b"", location="", *, truncated=False):
    headers = {"location": location} if location else {}
    return outbound.Answer(status=status, body=body, headers=headers, excerpt="", truncated=truncated)


def test_the_command_follows_a_redirect_to_the_page(daily, monkeypatch):
    web = {
        "https://daily.example/old": answer(301, location="/politics/story"),
        "https://daily.example/politics/story": answer(body=page()),
    }
    monkeypatch.setattr(import_article.outbound, "get", lambda url, **limits: web[url])
    assert run("https://daily.example/old")[1] == "created"
    assert Article.objects.get().url == "https://daily.example/politics/story"


def raising(error):
    def get(url, **limits):
        raise error

    return get


@pytest.mark.parametrize(
    ("get", "words"),
    [
        (raising(outbound.Refused("not a public address")), "not a public address"),
        (raising(outbound.Unreachable("no answer")), "no answer"),
        (lambda url, **limits: answer(404), "answers 404"),
        (lambda url, **limits: answer(body=b"x", truncated=True), "larger than"),
        (lambda url, **limits: answer(302, location="https://daily.example/again"), "too often"),
    ],
)
def test_a_dead_or_huge_address_is_an_error(daily, monkeypatch, get, words):
    monkeypatch.setattr(import_article.outbound, "get", get)
    with pytest.raises(CommandError, match=words):
        run("https://daily.example/x")
    assert Article.objects.count() == 0


def test_an_address_inside_our_own_network_is_refused(daily):
    with pytest.raises(CommandError, match="cannot be read"):
        run("http://127.0.0.1/x")
