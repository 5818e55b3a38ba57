"""The reader's form: what it takes, what it gives back, and what it never loses."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.utils import timezone

from corrections.models import Report
from newsroom.events import sealed
from newsroom.web import form_token
from tests.factories import make_article, make_report

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def test_the_form_is_found_by_any_address_and_shows_the_headline_and_date_back(client, daily):
    make_article(
        daily,
        url="https://daily.example/politics/bridge",
        headline="Bridge opens late",
        published_at=datetime(2026, 11, 1, 8, tzinfo=UTC),
    )
    page = client.get(
        "/corrections/new/", {"url": "http://www.daily.example/politics/bridge/?utm_source=x", "quote": "1.2 million"}
    )
    assert page.status_code == 200
    text = page.content.decode()
    assert "Bridge opens late" in text
    assert "Published on Nov. 1, 2026" in text
    assert page.context["form"]["passage_exact"].value() == "1.2 million"
    assert page.context["passage_missing"] is False
    assert page.context["paragraphs"][1] == [
        ("The council spent ", False),
        ("1.2 million", True),
        (" on the bridge.", False),
    ]
    assert "<p>The council spent <mark>1.2 million</mark> on the bridge.</p>" in text


def test_the_form_sets_no_cookie_and_is_kept_by_nobody(client, daily):
    page = client.get("/corrections/new/")
    assert page.cookies == {}
    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert [row["what"] for row in page.context["dates"]] == [
        "An editor takes it up",
        "You have our answer",
        "If you are right, the correction is published",
    ]


def test_a_report_leads_to_its_private_page(client, daily, filled):
    article = make_article(daily, url="https://daily.example/politics/story")
    sent = filled(
        passage_exact="1.2 million",
        passage_prefix="The council spent ",
        passage_suffix=" on the bridge.",
        suggestion="1.45 million",
        category="number_or_date",
        sources="https://example.com/budget#page=3\nhttp://example.org/",
        about_me="on",
        acting_for="my client",
        name="Rita Reader",
        email="rita@reader.example",
        phone="+1 555 0199",
    )
    answer = client.post("/corrections/new/", sent)
    assert answer.status_code == 303
    report = Report.objects.get()
    assert answer["Location"].startswith("/corrections/reports/")
    assert (report.article, report.status, report.held_reasons) == (article, "new", [])
    assert (report.passage_exact, report.passage_prefix) == ("1.2 million", "The council spent")
    assert report.sources == ["https://example.com/budget#page=3", "http://example.org/"]
    assert (report.about_me, report.acting_for, report.category) == (True, "my client", "number_or_date")
    assert sealed.open_text(report.contact.email_sealed) == "rita@reader.example"
    page = client.get(answer["Location"], follow=True)
    assert page.status_code == 200
    assert report.reference in page.content.decode()


def test_an_address_of_ours_without_an_article_is_taken(client, daily, filled):
    answer = client.post("/corrections/new/", filled(article_url="daily.example/not/imported?utm_medium=mail"))
    assert answer.status_code == 303
    report = Report.objects.get()
    assert (report.article, report.article_url, report.publication) == (
        None,
        "https://daily.example/not/imported",
        daily,
    )


def test_print_needs_no_address_but_a_place(client, daily, filled):
    refused = client.post("/corrections/new/", filled(article_url="", medium="print"))
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["medium_detail"]
    assert (
        client.post(
            "/corrections/new/", filled(article_url="", medium="print", medium_detail="Page 3, 20 Nov")
        ).status_code
        == 303
    )
    assert Report.objects.get().medium_detail == "Page 3, 20 Nov"


def test_urgent_needs_a_reason_and_a_reason_makes_it_urgent(client, daily, filled):
    refused = client.post("/corrections/new/", filled(urgent="on"))
    assert list(refused.context["form"].errors) == ["urgent_reason"]
    assert daily.legal_phone in refused.content.decode()
    client.post("/corrections/new/", filled(urgent_reason="child"))
    report = Report.objects.get()
    assert (report.urgent, report.urgent_reason) == (True, "child")


CLAIM = "It was 1.45 million, not 1.2 million."
HOSTILE = [
    ("unknown host", {"article_url": "https://elsewhere.example/story"}, {"article_url"}),
    ("no host", {"article_url": "https://"}, {"article_url"}),
    ("script as address", {"article_url": "javascript:alert(1)"}, {"article_url"}),
    ("huge address", {"article_url": "https://daily.example/" + "a" * 5000}, {"article_url"}),
    ("no address", {"article_url": ""}, {"article_url"}),
    ("empty claim", {"claim": ""}, {"claim"}),
    ("blank claim", {"claim": " \n\t "}, {"claim"}),
    ("invisible claim", {"claim": "\u200b\u200b\u2060"}, {"claim"}),
    ("100 kB claim", {"claim": "x" * 100_000}, {"claim"}),
    ("NUL", {"claim": "a\x00b"}, {"claim"}),
    ("NUL in a short field", {"acting_for": "a\x00b"}, {"acting_for"}),
    ("NUL in the address", {"article_url": "https://daily.example/a\x00b"}, {"article_url"}),
    ("noncharacter", {"claim": "a\uffffb"}, {"claim"}),
    ("long passage", {"passage_exact": "x" * 501}, {"passage_exact"}),
    ("bad mail", {"email": "rita at reader"}, {"email"}),
    ("mail to a machine", {"email": "rita@[127.0.0.1]"}, {"email"}),
    ("mail with a second header", {"email": "rita@reader.example\nBcc: all@daily.example"}, {"email"}),
    ("long mail", {"email": "r" * 300 + "@reader.example"}, {"email"}),
    ("six sources", {"sources": "\n".join(f"https://example.com/{n}" for n in range(6))}, {"sources"}),
    ("source without scheme", {"sources": "//evil.example"}, {"sources"}),
    ("script as source", {"sources": "javascript:alert(1)"}, {"sources"}),
    ("source with a login", {"sources": "https://user:pass@example.com/"}, {"sources"}),
    ("unknown category", {"category": "nonsense"}, {"category"}),
    ("unknown medium", {"medium": "smoke"}, {"medium"}),
    ("unknown reason", {"urgent": "on", "urgent_reason": "bored"}, {"urgent_reason"}),
]


@pytest.mark.parametrize(("fields", "wrong"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_bad_input_comes_back_with_everything_typed(client, daily, filled, fields, wrong):
    sent = filled(suggestion="<script>alert(1)</script> what I typed", **fields)
    answer = client.post("/corrections/new/", sent)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == wrong
    text = answer.content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; what I typed" in text
    assert "<script>alert" not in text
    kept = answer.context["form"]
    assert {name: kept[name].value() for name in fields if name not in {"urgent"}} == {
        name: value for name, value in fields.items() if name not in {"urgent"}
    }
    assert Report.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("one\x1b[31m two\x07", "one[31m two"),
        ("e\u0301 line\r\ntwo", "é line\ntwo"),
        ("שלום \u202eabc", "שלום \u202eabc"),
    ],
)
def test_odd_text_is_stored_clean_and_shown_harmless(client, daily, filled, typed, stored):
    answer = client.post("/corrections/new/", filled(claim=typed), follow=True)
    assert answer.status_code == 200
    assert Report.objects.get().claim == stored
    assert "<script>alert" not in answer.content.decode()


def test_bytes_that_are_no_text_and_foreign_charsets_are_no_crash(client, daily, filled):
    raw = f"claim=%ED%A0%80%FF&article_url=https%3A%2F%2Fdaily.example%2Fx&form_token={filled()['form_token']}"
    assert client.post("/corrections/new/", raw, content_type="application/x-www-form-urlencoded").status_code == 303
    body = "--b\r\nContent-Disposition: form-data; name=claim\r\n\r\n+2AA-\r\n--b--\r\n"
    assert (
        client.post(
            "/corrections/new/", body, content_type="multipart/form-data; boundary=b; charset=utf-7"
        ).status_code
        == 422
    )
    assert (
        client.get(
            "/corrections/new/?quote=%2B2AA-&url=%00", headers={"content-type": "text/plain; charset=utf-7"}
        ).status_code
        == 200
    )
    assert (
        client.post("/corrections/new/", "x" * 2_000_000, content_type="application/x-www-form-urlencoded").status_code
        == 413
    )


def test_a_passage_that_does_not_match_is_taken_with_a_word_to_the_reader(client, daily, filled):
    make_article(daily, url="https://daily.example/politics/story")
    page = client.post("/corrections/new/", filled(passage_exact="never written", passage_prefix="x"), follow=True)
    report = Report.objects.get()
    assert (report.passage_exact, report.passage_prefix) == ("never written", "")
    assert "We did not find these words in the text as we have it." in page.content.decode()


def test_looking_up_an_address_keeps_what_was_typed_and_complains_about_nothing_else(client, daily):
    make_article(daily, url="https://daily.example/politics/story", headline="Bridge opens late")
    page = client.post(
        "/corrections/new/", {"look": "1", "article_url": "daily.example/politics/story", "suggestion": "half typed"}
    )
    assert page.status_code == 200
    assert page.context["form"].errors == {}
    text = page.content.decode()
    assert "Bridge opens late" in text
    assert "half typed" in text
    assert Report.objects.count() == 0


def test_enter_looks_the_article_up_until_something_is_said_to_be_wrong(client, daily, filled):
    make_article(daily, url="https://daily.example/politics/story", headline="Bridge opens late")
    page = client.post("/corrections/new/", filled(claim=" ", enter="1", suggestion="half typed"))
    assert (page.status_code, page.context["form"].errors) == (200, {})
    assert "Bridge opens late" in page.content.decode()
    assert "half typed" in page.content.decode()
    nowhere = client.post("/corrections/new/", filled(claim="", article_url="", enter="1"))
    assert (nowhere.status_code, set(nowhere.context["form"].errors)) == (422, {"article_url", "claim"})
    pressed = client.post("/corrections/new/", filled(claim=""))
    assert (pressed.status_code, set(pressed.context["form"].errors)) == (422, {"claim"})
    assert client.post("/corrections/new/", filled(enter="1")).status_code == 303


@pytest.mark.parametrize(
    "pasted",
    [
        "<https://daily.example/politics/story>",
        "https://daily.example/politics/story.",
        "“https://daily.example/politics/story”,",
        "  <daily.example/politics/story>.  ",
    ],
)
def test_an_address_copied_out_of_a_text_is_found(client, daily, filled, pasted):
    article = make_article(daily, url="https://daily.example/politics/story")
    assert client.get("/corrections/new/", {"url": pasted}).context["article"] == article
    assert client.post("/corrections/new/", filled(article_url=pasted)).status_code == 303
    assert Report.objects.get().article == article


@pytest.mark.parametrize(
    ("typed", "links"),
    [
        ("https://a.example/x https://b.example/y", ["https://a.example/x", "https://b.example/y"]),
        ("https://a.example/x, https://b.example/y.", ["https://a.example/x", "https://b.example/y"]),
        ("https://a.example/x,https://b.example/y", ["https://a.example/x", "https://b.example/y"]),
        ("https://a.example/1,2", ["https://a.example/1,2"]),
        ("a.example/x\nwww.b.example:8080/?q=1#p3", ["https://a.example/x", "https://www.b.example:8080/?q=1#p3"]),
        ("<https://a.example/x><https://b.example/y>", ["https://a.example/x", "https://b.example/y"]),
    ],
)
def test_sources_may_be_typed_as_people_type_them(client, daily, filled, typed, links):
    assert client.post("/corrections/new/", filled(sources=typed)).status_code == 303
    assert Report.objects.get().sources == links


def test_each_word_that_is_no_source_is_named(client, daily, filled):
    answer = client.post("/corrections/new/", filled(sources="a.example/x the budget, rita@reader.example"))
    assert list(answer.context["form"].errors["sources"]) == [
        "“the” is not a web address.",
        "“budget” is not a web address.",
        "“rita@reader.example” is not a web address.",
    ]


@pytest.mark.parametrize("medium", ["print", "podcast", "newsletter", "social"])
@pytest.mark.parametrize("given", ["https://social.example/@daily/117", "@daily on a network"])
def test_where_it_was_not_on_the_web_an_address_elsewhere_says_where(client, daily, filled, medium, given):
    answer = client.post("/corrections/new/", filled(medium=medium, article_url=given))
    assert answer.status_code == 303
    report = Report.objects.get()
    assert (report.article_url, report.medium_detail, report.publication) == ("", given, daily)


def test_an_address_elsewhere_stands_beside_the_words_and_both_have_a_limit(client, daily, filled):
    sent = filled(medium="podcast", medium_detail="Tide Talk 41", article_url="https://pods.example/41")
    client.post("/corrections/new/", sent)
    assert Report.objects.get().medium_detail == "Tide Talk 41 https://pods.example/41"
    far = filled(medium="podcast", medium_detail="x" * 200, article_url="https://pods.example/" + "y" * 200)
    answer = client.post("/corrections/new/", far)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["medium_detail"])
    assert answer.context["form"]["article_url"].value() == far["article_url"]


def test_the_passage_marked_is_the_one_that_was_meant(client, daily):
    body = "Robin Vale opened it.\n\nThe engineer, Robin Vale, built it. Robin Vale paid."
    make_article(daily, url="https://daily.example/politics/story", body=body)
    sent = {
        "look": "1",
        "article_url": "daily.example/politics/story",
        "passage_exact": "Robin Vale",
        "passage_prefix": "The engineer, ",
        "passage_suffix": ", built it.",
    }
    text = client.post("/corrections/new/", sent).content.decode()
    assert "The engineer, <mark>Robin Vale</mark>, built it." in text
    assert text.count("<mark>") == 1


def test_the_urgent_door_stands_before_the_form_s_parts_with_the_number_and_the_hours(client, daily):
    type(daily).objects.filter(pk=daily.pk).update(time_zone="America/New_York")
    page = client.get("/corrections/new/")
    text = page.content.decode().partition("<main")[2]
    door = text[text.index('class="cannot-wait"') : text.index('class="form-part"')]
    assert "+1 555 0100" in door
    assert [row["kind"] for row in page.context["urgent_dates"]] == ["acknowledge", "decide"]
    assert re.search(r"day, \w+\.? \d+, \d{4}, [^<]+\sE[SD]T</time>", door)
    assert " open>" not in door.partition("<summary>")[0]


def test_an_address_and_what_is_wrong_are_what_the_form_says_it_needs(client, daily):
    text = client.get("/corrections/new/").content.decode()
    assert "Only the address of the article and “What is wrong?” have to be filled in." in text
    for name in ("article_url", "claim"):
        control = re.search(rf'<(?:input|textarea)[^>]*name="{name}"[^>]*>', text)
        assert 'aria-required="true"' in control[0]


def test_four_megabytes_are_refused_with_a_page_that_says_what_to_do(client, daily, filled):
    answer = client.post("/corrections/new/", filled(claim="x" * 4_000_000))
    assert answer.status_code == 413
    assert "<h1>" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert Report.objects.count() == 0


def test_an_embargoed_article_is_not_shown(client, daily, filled):
    later = timezone.now() + timedelta(days=1)
    article = make_article(
        daily, url="https://daily.example/politics/story", headline="Secret until noon", embargoed_until=later
    )
    page = client.get("/corrections/new/", {"url": article.url})
    assert "Secret until noon" not in page.content.decode()
    assert "1.2 million" not in page.content.decode()
    answer = client.post("/corrections/new/", filled(), follow=True)
    assert Report.objects.get().article == article
    assert "Secret until noon" not in answer.content.decode()


@pytest.mark.parametrize(
    "status", [{"cms_status": "withheld"}, {"desk_status": "withheld"}, {"desk_status": "canceled"}]
)
def test_the_text_of_an_article_that_was_taken_away_is_not_shown_and_can_be_reported(client, daily, filled, status):
    article = make_article(daily, url="https://daily.example/politics/story", headline="The bridge", **status)
    asked = {"article_url": article.url, "passage_exact": "1.2 million", "look": "1"}
    for page in (
        client.get("/corrections/new/", {"url": article.url, "quote": "Robin Vale"}),
        client.post("/corrections/new/", asked),
    ):
        text = page.content.decode()
        assert [word in text for word in ("The bridge", "The council spent", "opened it in May")] == [
            True,
            False,
            False,
        ]
        assert page.context["passage_missing"] is False
    client.post("/corrections/new/", filled(passage_exact="Robin Vale"))
    assert (Report.objects.get().article, Report.objects.get().passage_exact) == (article, "Robin Vale")


def test_sending_twice_makes_one_report(client, daily, filled):
    sent = filled()
    first, second = client.post("/corrections/new/", sent), client.post("/corrections/new/", sent)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first["Location"] == second["Location"]
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"suggestion": "1.45 million"},
        {"category": "quotation"},
        {"sources": "https://budget.example/"},
        {"article_url": "https://daily.example/politics/another"},
        {"passage_exact": "1.2 million"},
        {"medium": "print", "medium_detail": "Page 3"},
        {"about_me": "on"},
        {"acting_for": "my client"},
        {"urgent_reason": "child"},
        {"email": "rita@reader.example"},
        {"name": "Rita Reader"},
        {"phone": "+1 555 0199"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_any_change_to_what_was_sent_is_not_swallowed_and_the_reader_is_told_what_to_do(client, daily, filled, changed):
    sent = filled()
    first = client.post("/corrections/new/", sent)
    answer = client.post("/corrections/new/", {**sent, **changed})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "What you changed since is not in it: add it there, or press the button again" in text
    assert f'href="{first["Location"]}"' in text
    assert Report.objects.count() == 1


def test_another_text_with_a_used_token_is_not_swallowed(client, daily, filled):
    sent = filled()
    client.post("/corrections/new/", sent)
    answer = client.post("/corrections/new/", {**sent, "claim": "Also, the mayor is misspelled."})
    assert answer.status_code == 422
    assert "Also, the mayor is misspelled." in answer.content.decode()
    fresh = answer.context["form"]["form_token"].value()
    assert (
        client.post(
            "/corrections/new/", {**sent, "claim": "Also, the mayor is misspelled.", "form_token": fresh}
        ).status_code
        == 303
    )
    assert Report.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_at_the_same_moment_makes_one_report(daily, filled):
    sent = filled()

    def send(_):
        try:
            return Client().post("/corrections/new/", sent)["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        places = set(pool.map(send, range(4)))
    assert len(places) == 1
    assert Report.objects.count() == 1


@pytest.mark.parametrize("token", ["", "x", "é", "1." + "a" * 22 + ":" + "b" * 43, "\ud83d"])
def test_a_forged_token_brings_the_form_back_with_a_fresh_one(client, daily, filled, token):
    answer = client.post("/corrections/new/", filled(form_token=token.encode("utf-8", "replace").decode()))
    assert answer.status_code == 422
    assert "Nothing you typed is lost" in answer.content.decode()
    assert CLAIM in answer.content.decode()
    assert form_token.read(answer.context["form"]["form_token"].value(), "report").age < 5
    assert Report.objects.count() == 0


def test_a_token_of_another_form_or_of_yesterday_is_not_taken_but_can_be_sent_again(client, daily, filled):
    assert client.post("/corrections/new/", filled(form_token=form_token.issue("reply"))).status_code == 422
    old = form_token.issue("report", head_start=25 * 3600)
    answer = client.post("/corrections/new/", filled(form_token=old))
    assert answer.status_code == 422
    assert "open for more than a day" in answer.content.decode()
    again = filled(form_token=answer.context["form"]["form_token"].value())
    assert client.post("/corrections/new/", again).status_code == 303
    assert Report.objects.get().held_reasons == []


def test_the_token_can_be_read_after_the_key_was_changed(settings):
    signed = form_token.issue("report")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = (
        "another-key-of-at-least-fifty-characters-0123456789",
        [settings.SECRET_KEY],
    )
    assert len(form_token.read(signed, "report").nonce) == 22
    assert Signer(salt="other").sign("x") != signed


@pytest.mark.parametrize(
    ("over", "reasons"),
    [
        ({"website": "http://spam.example"}, ["trap"]),
        ({"claim": "See http://a.example http://b.example www.c.example https://d.example"}, ["many_links"]),
        ({"form_token": ""}, ["too_fast"]),
    ],
)
def test_what_the_gate_doubts_is_held_and_the_reader_sees_no_difference(client, daily, filled, over, reasons):
    sent = filled(**over)
    sent["form_token"] = sent["form_token"] or form_token.issue("report")
    answer = client.post("/corrections/new/", sent, follow=True)
    report = Report.objects.get()
    assert (report.status, report.held_reasons) == ("held", reasons)
    assert answer.status_code == 200
    assert "Received" in answer.content.decode()
    assert "Held" not in answer.content.decode()


def test_the_same_long_text_again_is_held(client, daily, filled):
    words = "This is the very same long text that somebody sends about every article."
    make_report(daily, claim=words)
    client.post("/corrections/new/", filled(claim=words))
    assert Report.objects.latest("pk").held_reasons == ["same_text"]


def test_a_network_over_its_quota_is_held_and_only_a_flood_waits_with_the_text_kept(client, daily, filled, settings):
    settings.THROTTLES = {**settings.THROTTLES, "form": (1, 3600), "report-flood": (3, 3600)}
    for _ in range(4):
        assert client.post("/corrections/new/", filled()).status_code == 303
    assert list(Report.objects.order_by("pk").values_list("held_reasons", flat=True)) == [
        [],
        ["over_quota"],
        ["over_quota"],
        ["over_quota"],
    ]
    answer = client.post("/corrections/new/", filled(suggestion="do not lose this"))
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 3600
    assert "do not lose this" in answer.content.decode()
    assert Report.objects.count() == 4


def test_before_the_set_up_the_form_says_so(client, db, filled):
    assert client.get("/corrections/new/").status_code == 200
    answer = client.post("/corrections/new/", filled(article_url="", medium="print", medium_detail="Page 3"))
    assert answer.status_code == 422
    assert "This desk is not open yet." in answer.content.decode()
