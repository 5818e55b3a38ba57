import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.articles.pages import MAX_BYTES, BadPage, read_page

FIRST = "The harbor bridge will stay closed until the end of June, the port said on Friday."
SECOND = "Engineers found cracks in two of the nine cables when they looked at them last week."
THIRD = "Buses take the long way round; the ferry runs twice as often as it did before the closure."
STORY = [FIRST, SECOND, THIRD]
BODY = "<article>" + "".join(f"<p>{text}</p>" for text in STORY) + "</article>"
URL = "https://daily.example/harbor/bridge"


def page(head="", body=BODY, attributes=' lang="en"'):
    return read_page(
        f"<!doctype html><html{attributes}><head>{head}</head><body>{body}</body></html>".encode(), url=URL
    )


def linked(data):
    text = data if isinstance(data, str) else json.dumps(data)
    return f'<script type="application/ld+json">{text}</script>'


def article(**properties):
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": "Bridge closed",
        **properties,
    }


def test_json_ld_alone_is_enough():
    read = page(
        linked(
            article(
                author={"@type": "Person", "name": "Ana Pereira"},
                datePublished="2024-05-03T10:15:42+02:00",
                dateModified="2024-05-03T12:00Z",
                articleSection=["Harbor", "City"],
                mainEntityOfPage={"@id": "https://daily.example/harbor/bridge-closed"},
            )
        )
    )
    assert read.headline == "Bridge closed"
    assert read.bylines == ["Ana Pereira"]
    assert read.published_at == datetime(2024, 5, 3, 8, 15, 42, tzinfo=UTC)
    assert read.modified_at == datetime(2024, 5, 3, 12, 0, tzinfo=UTC)
    assert read.section == "Harbor"
    assert read.language == "en"
    assert read.canonical_url == "https://daily.example/harbor/bridge-closed"
    assert read.paragraphs == STORY
    assert read.body == f"{FIRST}\n\n{SECOND}\n\n{THIRD}"


def test_open_graph_alone_is_enough():
    read = page(
        '<meta property="og:title" content="Bridge closed &amp; ferry full | The Daily">'
        '<meta property="og:site_name" content="The Daily"><meta property="og:locale" content="en_GB">'
        '<meta property="og:url" content="/harbor/bridge-closed">'
        '<meta property="article:author" content="https://social.example/ana">'
        '<meta name="author" content="Ana Pereira">'
        '<meta property="article:section" content="Harbor">'
        '<meta property="article:published_time" content="2024-05-03T10:15:00-0400">',
        attributes="",
    )
    assert read.headline == "Bridge closed & ferry full"
    assert read.bylines == ["Ana Pereira"]
    assert read.published_at == datetime(2024, 5, 3, 14, 15, tzinfo=UTC)
    assert (read.section, read.language) == ("Harbor", "en-GB")
    assert read.canonical_url == "https://daily.example/harbor/bridge-closed"


def test_microdata_and_a_time_element_are_read():
    read = page(
        body='<div itemscope><h1 itemprop="headline">Bridge closed</h1>'
        '<span itemprop="author" itemscope><span itemprop="name">Ana Pereira</span></span>'
        '<time itemprop="datePublished" datetime="2024-05-03 10:15">May 3</time>'
        f'<div itemprop="articleBody"><p>{FIRST}</p><p>{SECOND}</p></div></div>'
    )
    assert (read.headline, read.bylines) == ("Bridge closed", ["Ana Pereira"])
    assert read.published_at == datetime(2024, 5, 3, 10, 15, tzinfo=UTC)
    assert read.paragraphs == [FIRST, SECOND]


def test_an_author_is_followed_by_id_through_the_graph():
    read = page(
        linked(
            {
                "@graph": [
                    {"@type": "WebSite", "name": "The Daily"},
                    {
                        "@type": ["Article", "NewsArticle"],
                        "headline": "Bridge closed",
                        "author": [{"@id": "#ana"}],
                    },
                    {"@type": "Person", "@id": "#ana", "name": "Ana Pereira"},
                ]
            }
        )
    )
    assert (read.headline, read.bylines) == ("Bridge closed", ["Ana Pereira"])


@pytest.mark.parametrize(
    "kind",
    [
        "AnalysisNewsArticle",
        "https://schema.org/ReportageNewsArticle",
        "LiveBlogPosting",
        "schema:NewsArticle",
    ],
)
def test_every_kind_of_article_counts_and_may_be_nested(kind):
    node = {"@type": "WebPage", "mainEntity": [article(**{"@type": kind})]}
    assert page(linked([{"@type": "BreadcrumbList"}, node])).headline == "Bridge closed"


def test_articles_that_a_page_only_lists_are_not_the_article():
    other = {"@type": "ItemList", "itemListElement": [article(headline="Other story")]}
    assert page(linked(other) + "<title>Front page</title>").headline == "Front page"


@pytest.mark.parametrize(
    "broken",
    [
        '{"@type":"NewsArticle","headline":"Bridge closed","author":"Ana Pereira",}',
        '{"@type":"NewsArticle","headline":"Bridge closed","author":"Ana Pereira","about":"two\nlines"};',
        '<!-- {"@type":"NewsArticle","headline":"Bridge closed","author":"Ana Pereira"} -->',
        '{"@type":"NewsArticle","headline":"Bridge closed","x":"a "b" c","author":{"name":"Ana Pereira"}}',
        '{"@type":"Article","headline":"Bridge closed","author":[{"@type":"Person","name":"Ana Pereira"}]',
    ],
)
def test_broken_json_ld_is_mended(broken):
    read = page(linked(broken))
    assert (read.headline, read.bylines) == ("Bridge closed", ["Ana Pereira"])


@pytest.mark.parametrize("broken", ["", "{", "null", "[" * 100_000, '{"@type": 7}', '"text"', '{"@id": []}'])
def test_json_ld_beyond_repair_does_no_harm(broken):
    read = page(linked(broken) + "<title>Bridge closed</title>")
    assert (read.headline, read.paragraphs) == ("Bridge closed", STORY)


def test_no_author_is_no_byline():
    assert page(linked(article())).bylines == []


@pytest.mark.parametrize(
    ("credit", "people"),
    [
        ("By Ana Pereira and Bo Lindqvist", ["Ana Pereira", "Bo Lindqvist"]),
        ("Ana Pereira, Bo Lindqvist & Chen Wei", ["Ana Pereira", "Bo Lindqvist", "Chen Wei"]),
        ("Von Ana Pereira und Bo Lindqvist", ["Ana Pereira", "Bo Lindqvist"]),
        ("Ana Pereira og Bo Lindqvist ", ["Ana Pereira", "Bo Lindqvist"]),
        ("By Ana Pereira, Harbor Correspondent", ["Ana Pereira"]),
        ("BY: Ana Pereira in Lisbon", ["Ana Pereira"]),
        ("José Ortega y Gasset", ["José Ortega y Gasset"]),
        ("Byron Vance", ["Byron Vance"]),
        ("Bo Lindqvist, Jr.", ["Bo Lindqvist, Jr."]),
        ("ana@daily.example", []),
    ],
)
def test_a_credit_line_is_split_into_people(credit, people):
    assert page(linked(article(author=credit))).bylines == people


def test_two_authors_are_two_bylines_once_each():
    authors = [{"name": "Ana Pereira"}, "Bo Lindqvist", {"name": "ana pereira"}]
    assert page(linked(article(author=authors))).bylines == ["Ana Pereira", "Bo Lindqvist"]


def test_an_organization_is_only_named_when_no_person_is():
    desk = {"@type": "NewsMediaOrganization", "name": "The Daily"}
    person = {"@type": "Person", "name": "Ana Pereira"}
    assert page(linked(article(author=[desk, person]))).bylines == ["Ana Pereira"]
    assert page(linked(article(author=[desk]))).bylines == ["The Daily"]


def test_a_visible_byline_is_the_last_resort():
    read = page(body=f'<p class="byline">By <a rel="author" href="/ana">Ana Pereira</a></p>{BODY}')
    assert read.bylines == ["Ana Pereira"]
    assert read.paragraphs == STORY


def test_a_live_blog_without_paragraphs_gives_its_updates():
    updates = [{"@type": "BlogPosting", "articleBody": text} for text in STORY]
    read = page(linked(article(**{"@type": "LiveBlogPosting", "liveBlogUpdate": updates})), body="<div></div>")
    assert read.paragraphs == STORY


def test_an_amp_page_names_its_origin_and_a_page_its_other_addresses():
    amp = page('<link rel="canonical" href="https://daily.example/harbor/bridge-closed">', attributes=" amp lang=en")
    assert amp.canonical_url == "https://daily.example/harbor/bridge-closed"
    read = page(
        '<link rel="canonical" href="/harbor/bridge"><link rel="amphtml" href="/amp/harbor/bridge">'
        '<link rel="shortlink" href="https://dly.example/7">'
        '<link rel="alternate" hreflang="pt" href="/pt/ponte">'
        '<link rel="alternate" media="only screen" href="https://m.daily.example/harbor/bridge">'
    )
    assert read.canonical_url == URL
    assert read.alternate_urls == [
        "https://daily.example/amp/harbor/bridge",
        "https://dly.example/7",
        "https://m.daily.example/harbor/bridge",
    ]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "https://[", "", "mailto:a"])
def test_an_address_that_is_none_is_ignored(address):
    assert page(f'<link rel="canonical" href="{address}">').canonical_url == URL


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("windows-1252", "cp1252"),
        ("iso-8859-1", "cp1252"),
        ("utf-8", "utf-8"),
        ("iso-8859-1", "utf-8"),
        ("no-such-charset", "utf-8"),
        ("", "cp1252"),
        ("utf-8", "cp1252"),
        ("shift_jis", "utf-8-sig"),
        ("", "utf-16"),
    ],
)
def test_the_charset_is_the_declared_one_unless_the_bytes_disagree(declared, encoding):
    html = f'<html><head><meta charset="{declared}"><title>Über “Gräben” – außen</title></head></html>'
    assert read_page(html.encode(encoding)).headline == "Über “Gräben” – außen"


def test_one_wrong_byte_does_not_change_the_charset():
    html = "<title>Größe für Überfälle X</title>".encode().replace(b"X", b"\xff")
    assert read_page(html).headline == "Größe für Überfälle \ufffd"


def test_a_page_of_the_largest_size_is_read_and_a_larger_one_is_refused():
    head = b"<title>Bridge closed</title>"
    assert read_page(head.ljust(MAX_BYTES)).headline == "Bridge closed"
    with pytest.raises(BadPage, match=r"^This page is larger than 5 MB\.$"):
        read_page(head.ljust(MAX_BYTES + 1))


def test_scripts_styles_and_furniture_are_not_text():
    read = page(
        body="<nav><p>Home, harbor, city, sports, weather and all the other sections</p></nav><article>"
        f"<p>{FIRST}<script>document.write('x')</script><style>p{{}}</style></p>"
        "<figure><p>A caption that is long enough to look like a paragraph of text.</p></figure>"
        '<div class="newsletter-box"><p>Get the harbor in your mailbox every morning at seven.</p></div>'
        f"<p>{SECOND}</p><aside><p>An aside that is long enough to look like a paragraph.</p></aside>"
        '<p><a href="/x">Read more: the long story of the harbor bridge and its cables</a></p>'
        f"<p>Sign up for our newsletter</p><p>{THIRD}</p><p>{FIRST}</p></article>"
        '<div class="related"><p>Another story about another bridge in another harbor.</p></div>'
        "<footer><p>Published by The Daily, at the harbor, since the year it was founded.</p></footer>"
    )
    assert read.paragraphs == STORY


def test_a_container_is_not_furniture_because_of_its_name():
    inner = "".join(f"<p>{text}</p>" for text in STORY)
    assert page(body=f'<div class="layout newsletter">{inner}</div>').paragraphs == STORY


def test_a_text_set_in_pieces_between_advertisements_is_whole():
    pieces = "".join(f'<div class="text"><p>{text}</p></div><div class="slot"></div>' for text in STORY)
    assert page(body=f"<main>{pieces}</main>").paragraphs == STORY


def test_a_text_without_paragraph_elements_is_divided_at_empty_lines():
    assert page(body=f"<div>{FIRST}<br><br>\n{SECOND}<br><br>{THIRD}</div>").paragraphs == STORY


def test_nul_and_invisible_characters_are_dropped():
    read = read_page(b"<title>Bri\x00dge\xe2\x80\x8b clo\xc2\xadsed\xe2\x80\x8b</title><p>\x00</p>")
    assert (read.headline, read.paragraphs) == ("Bridge closed", [])


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-05-03T10:15:30.1234567+0200", (2024, 5, 3, 8, 15, 30)),
        ("2024-05-03T21:33+0100", (2024, 5, 3, 20, 33)),
        ("2024-05-03 16:00:34 +02:00", (2024, 5, 3, 14, 0, 34)),
        ("2024-05-03 07:00:00Z", (2024, 5, 3, 7, 0)),
        ("2024.05.03 18:40", (2024, 5, 3, 18, 40)),
        ("Fri, 03 May 2024 10:15:00 -0400", (2024, 5, 3, 14, 15)),
        ("2024-05-03", (2024, 5, 3)),
        ("2024-13-03T10:15:00Z", None),
        ("0001-01-01T00:00:00+12:00", None),
        ("2024-05-03T10:15:00+99:00", None),
        ("yesterday", None),
    ],
)
def test_a_moment_is_read_as_publishers_write_it(text, moment):
    expected = datetime(*moment, tzinfo=UTC) if moment else None
    assert page(linked(article(datePublished=text))).published_at == expected


def test_a_time_with_an_offset_beats_one_without():
    head = '<meta property="article:published_time" content="2024-05-03T10:15:00">'
    read = page(head + '<meta name="date" content="2024-05-03T10:15:00+02:00">')
    assert read.published_at == datetime(2024, 5, 3, 8, 15, tzinfo=UTC)


def test_the_headline_is_the_shared_title_without_what_surrounds_it():
    shared = '<meta property="og:title" content="Bridge closed until June – The Daily – 03.05.2024">'
    assert page(shared + linked(article(headline="Bridge closed until June"))).headline == "Bridge closed until June"
    renamed = '<meta property="og:title" content="Bridge shut until June">'
    assert page(renamed + linked(article(headline="Bridge closed"))).headline == "Bridge shut until June"
    assert (
        page(linked(article(headline="Cables &#8211; &lt;em&gt;two&lt;/em&gt; torn"))).headline == "Cables – two torn"
    )


@pytest.mark.parametrize(
    ("author", "lead", "agency"),
    [
        ("Associated Press", FIRST, "Associated Press"),
        ("Ana Pereira", f"LISBON (Reuters) - {FIRST}", "Reuters"),
        ("Ana Pereira", f"The port (a large one) — {FIRST}", ""),
        ("Ana Pereira", FIRST, ""),
    ],
)
def test_the_agency_is_read_from_byline_and_dateline(author, lead, agency):
    assert page(linked(article(author=author)), body=f"<p>{lead}</p><p>{SECOND}</p>").source_agency == agency


def test_external_entities_are_not_read(tmp_path: Path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the harbor master's secret")
    html = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><title>A &x; B</title><p>&x;</p>'
    read = read_page(html.encode())
    assert "secret" not in read.headline.replace(secret.name, "") + read.body


def test_an_empty_page_is_empty():
    read = read_page(b"")
    assert (read.url, read.canonical_url, read.headline, read.bylines, read.body) == ("", "", "", [], "")
    assert (read.published_at, read.modified_at, read.section, read.language) == (None, None, "", "")


@given(st.binary(max_size=400))
def test_any_bytes_are_a_page(data):
    read_page(data, url=URL)
    read_page(b"<html><article><p>" + data + b"</p><script type=application/ld+json>" + data, url=URL)
