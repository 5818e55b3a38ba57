import pytest
from lxml import html

from reprints.documents.delivery import content_html, content_ninjs, content_text
from tests.reprints.snapshots import snapshot

REVISION = {"number": 4, "sha256": "ab" * 32}
NINJS_MEMBERS = {
    "uri",
    "type",
    "representationType",
    "profile",
    "version",
    "firstCreated",
    "versionCreated",
    "contentCreated",
    "embargoedUntil",
    "pubStatus",
    "urgency",
    "copyrightHolder",
    "copyrightNotice",
    "usageTerms",
    "edNote",
    "language",
    "descriptions",
    "bodies",
    "headlines",
    "people",
    "organisations",
    "places",
    "subjects",
    "events",
    "eventDetails",
    "plannedCoverage",
    "objects",
    "infoSources",
    "title",
    "by",
    "slugline",
    "located",
    "renditions",
    "associations",
    "altIds",
    "trustIndicators",
    "standard",
    "genres",
    "expires",
    "rightsInfo",
    "digitalSourceType",
}


def article(**changes):
    return {
        "headline": "Council votes for the bridge",
        "bylines": ["Ann Reporter", "Bo Writer"],
        "body": "The council met on Monday.\n\nIt voted 7 to 2.\nThe mayor sang.",
        "url": "https://daily.example/politics/bridge",
        "language": "en",
        "published_at": "2026-11-20T08:00:00Z",
        "modified_at": "2026-11-22T08:00:00Z",
        "status": "usable",
        "components": [
            {"kind": "photo", "credit": "AP", "licensable": False},
            {"kind": "graphic", "credit": "Desk", "licensable": True},
            {"kind": "video", "credit": "", "licensable": False},
        ],
    } | changes


def test_the_plain_text_holds_text_credit_and_what_is_left_out():
    assert content_text(snapshot(), article(), REVISION) == (
        "Council votes for the bridge\n\n"
        "By Ann Reporter, Bo Writer\n\n"
        "The council met on Monday.\n\n"
        "It voted 7 to 2.\nThe mayor sang.\n\n"
        "[Not included in this license: photo: AP]\n\n"
        "[Not included in this license: video]\n\n"
        "By Ann Reporter. © 2026 The Daily Example.\n\n"
        "Original: https://daily.example/politics/bridge\n\n"
        f"License L-7K3QX2MW-4, revision 4, SHA-256 {'ab' * 32}\n"
    )


def test_the_html_holds_the_same():
    page = html.fragment_fromstring(content_html(snapshot(), article(), REVISION))
    assert page.get("data-license") == "L-7K3QX2MW-4"
    assert page.get("data-revision") == "4"
    assert page.findtext("h1") == "Council votes for the bridge"
    assert [p.text_content() for p in page.findall("p")] == [
        "By Ann Reporter, Bo Writer",
        "The council met on Monday.",
        "It voted 7 to 2.\nThe mayor sang.",
    ]
    assert [aside.text for aside in page.findall("aside")] == [
        "Not included in this license: photo: AP",
        "Not included in this license: video",
    ]
    assert page.find("footer/p").text == "By Ann Reporter. © 2026 The Daily Example."
    link = page.find("footer//a")
    assert (link.get("rel"), link.get("href")) == ("canonical", "https://daily.example/politics/bridge")


def test_no_word_of_the_article_becomes_markup():
    evil = '<script>alert(1)</script><img src=x onerror="x">&amp;'
    page = content_html(
        snapshot(credit_line=evil, exclusions=[evil]),
        article(headline=evil, bylines=[evil], body=f"{evil}\n\n{evil}", language='"><b>'),
        REVISION,
    )
    tree = html.fragment_fromstring(page)
    assert {element.tag for element in tree.iter()} == {"article", "h1", "p", "aside", "footer", "a"}
    assert tree.findtext("h1") == evil
    assert tree.get("lang") == '"><b>'


def test_an_address_that_is_not_of_the_web_is_no_link():
    page = html.fragment_fromstring(content_html(snapshot(), article(url="javascript:alert(1)"), REVISION))
    assert page.findall(".//a") == []
    assert page.findall("footer/p")[1].text == "javascript:alert(1)"


@pytest.mark.parametrize(
    ("portion", "passage", "text"),
    [
        ("full_text", None, "The council met on Monday.\n\nIt voted 7 to 2.\nThe mayor sang."),
        ("excerpt", "It voted 7 to 2.", "It voted 7 to 2."),
        ("quote", "The mayor sang.", "The mayor sang."),
        ("headline_summary", None, "The council met on Monday."),
        ("chart", None, None),
        ("logo_badge", None, None),
        ("excerpt", None, None),
    ],
)
def test_only_what_was_licensed_is_delivered(portion, passage, text):
    granted = snapshot(portion=portion, excerpt_text=passage)
    item = content_ninjs(granted, article(), REVISION, base_url="https://desk.example")
    assert item.get("bodies", [{"value": None}])[0]["value"] == text
    hidden = "It voted 7 to 2." not in (text or "")
    assert ("It voted 7 to 2." not in content_text(granted, article(), REVISION)) is hidden
    assert ("It voted 7 to 2." not in content_html(granted, article(), REVISION)) is hidden


@pytest.mark.parametrize(("status", "word"), [("withheld", "withheld"), ("canceled", "canceled")])
def test_a_withheld_or_canceled_article_travels_without_its_text(status, word):
    gone = article(status=status)
    texts = [content_text(snapshot(), gone, REVISION), content_html(snapshot(), gone, REVISION)]
    item = content_ninjs(snapshot(), gone, REVISION, base_url="https://desk.example")
    assert [("council met" in text, f"This article is {word}." in text) for text in texts] == [(False, True)] * 2
    assert ("bodies" in item, item["pubStatus"], word in item["edNote"]) == (False, status, True)


def test_the_ninjs_object_is_written_in_the_words_of_version_3_1():
    item = content_ninjs(snapshot(), article(), REVISION, base_url="https://desk.example/")
    assert set(item) - NINJS_MEMBERS == set()
    assert item == {
        "uri": "https://daily.example/politics/bridge",
        "type": "text",
        "representationType": "full",
        "version": "4",
        "pubStatus": "usable",
        "language": "en",
        "headlines": [{"role": "main", "contentType": "text/plain", "value": "Council votes for the bridge"}],
        "by": "By Ann Reporter, Bo Writer",
        "bodies": [
            {
                "role": "main",
                "contentType": "text/plain",
                "value": "The council met on Monday.\n\nIt voted 7 to 2.\nThe mayor sang.",
                "wordCount": 13,
                "charCount": 60,
            }
        ],
        "copyrightHolder": "Daily Example Publishing, Inc.",
        "copyrightNotice": "By Ann Reporter. © 2026 The Daily Example.",
        "usageTerms": (
            "License L-7K3QX2MW-4. Show the credit line: By Ann Reporter. © 2026 The Daily Example. "
            "Not included in this license: photo: AP; video"
        ),
        "altIds": [
            {"role": "license", "value": "L-7K3QX2MW-4"},
            {"role": "article", "value": "A-7K3QX2MW-4"},
            {"role": "revision-sha256", "value": "ab" * 32},
        ],
        "standard": {
            "name": "ninjs",
            "version": "3.1",
            "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#",
        },
        "rightsInfo": {
            "langId": "http://www.w3.org/ns/odrl/2/",
            "linkedRights": "https://desk.example/api/v1/licenses/L-7K3QX2MW-4/odrl/",
        },
        "firstCreated": "2026-11-20T08:00:00Z",
        "versionCreated": "2026-11-22T08:00:00Z",
        "expires": "2027-12-01T00:00:00-05:00",
    }


def test_a_perpetual_license_does_not_expire_and_a_part_is_partial():
    granted = snapshot(perpetual=True, ends_on=None, portion="excerpt", excerpt_text="It voted.")
    item = content_ninjs(granted, article(bylines=[], modified_at=None), REVISION, base_url="https://desk.example")
    assert item["representationType"] == "partial"
    assert [name for name in ("expires", "by", "versionCreated") if name in item] == []
