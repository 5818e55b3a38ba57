"""What stands on other people's pages: the script, the frame, and which doors they may knock at."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from playwright.sync_api import sync_playwright

from corrections.models import Correction
from corrections.services import correction as notices
from corrections.views.embed import NEWEST
from newsroom.articles.models import Article
from tests.factories import make_article, make_correction, make_publication, make_staff

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "corrections" / "embed" / f"{NEWEST}.js"
URL = "https://daily.example/politics/bridge"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
HOSTILE = "It was <img src=x onerror=alert(1)> 1.45 million."
FRAME = f"/embed/article/?url={quote(URL, safe='')}"
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
CORS = ("Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers")


def digest(body: bytes) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384(body).digest()).decode()


@pytest.fixture
def article(db):
    daily = make_publication(name="The Daily", slug="daily", hosts=["daily.example"], is_default=True)
    return make_article(daily, url=URL, headline="Bridge opens late")


# --- the script -------------------------------------------------------------------------------------------------------


def test_the_script_is_small_and_needs_nothing_that_a_strict_policy_forbids():
    text = SCRIPT.read_text()
    assert len(text.encode()) <= 5000
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "eval(",
        "Function(",
        "document.write",
        "cookie=",
        "Storage",
    ):
        assert word not in text, word
    assert re.findall(r"https?://[^\"'`\s]+", text) == ["https://schema.org"]


def test_a_numbered_script_never_changes_its_bytes():
    """A page that names the digest would otherwise lose its links: a change is a new file beside this one."""
    known = dict(
        re.findall(r"\| `/embed/([\d.]+)\.js` \| `(sha384-[\w+/=]+)` \|", (ROOT / "docs" / "embed.md").read_text())
    )
    assert known == {path.stem: digest(path.read_bytes()) for path in SCRIPT.parent.glob("*.js")}


@pytest.mark.django_db
def test_the_newest_is_kept_for_an_hour_and_a_numbered_one_for_ever():
    newest, numbered = Client().get("/embed.js"), Client().get(f"/embed/{NEWEST}.js")
    assert newest.content == numbered.content == SCRIPT.read_bytes()
    assert newest["Cache-Control"] == "public, max-age=3600"
    assert numbered["Cache-Control"] == "public, max-age=31536000, immutable"
    for answer in (newest, numbered):
        assert (answer["Content-Type"], answer["Access-Control-Allow-Origin"]) == (
            "text/javascript; charset=utf-8",
            "*",
        )
        assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert (answer.cookies, answer["Vary"]) == ({}, "Accept-Language")
    again = Client().get("/embed.js", headers={"If-None-Match": newest["ETag"]})
    assert (again.status_code, again["Access-Control-Allow-Origin"]) == (304, "*")
    assert Client().get("/embed/0.9.9.js").status_code == 404
    assert Client().post("/embed.js").status_code == 405


@pytest.mark.django_db
def test_machines_are_told_of_every_notice_about_an_article(article):
    row = make_correction(article=article, status="published")
    where = f"/api/v1/articles/{article.reference}"
    assert [c["@id"] for c in Client().get(f"{where}/jsonld/").json()["correction"]] == [
        f"http://testserver/corrections/{row.reference}/"
    ]
    told = [line["correction"] for line in Client().get(f"{where}/history/").json()["results"]]
    assert row.reference in told


# --- the frame --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_frame_has_the_notices_and_the_links_and_no_script_and_no_cookie(article):
    make_correction(article=article, status="published", text=HOSTILE)
    answer = Client().get(FRAME)
    page = answer.content.decode()
    assert (answer.status_code, answer.cookies, "<script" in page) == (200, {}, False)
    assert "It was &lt;img src=x onerror=alert(1)&gt; 1.45 million." in page
    links = re.findall(r"<a ([^>]+)>", page)
    assert len(links) == 4
    assert all('target="_blank" rel="noopener"' in link and 'href="http://testserver/' in link for link in links)
    assert f"/corrections/new/?url={quote(URL, safe='')}" in page


@pytest.mark.django_db
def test_it_may_be_framed_by_its_publication_s_hosts_and_by_nobody_else(article):
    article.publication.hosts = ["daily.example", "Sport.Daily.example", "evil.example; script-src *", "'self'"]
    article.publication.save()
    make_publication(hosts=["weekly.example"])
    answer = Client().get(FRAME)
    allowed = "http://daily.example http://*.daily.example http://sport.daily.example http://*.sport.daily.example"
    assert answer["Content-Security-Policy"].rpartition("; ")[2] == f"frame-ancestors {allowed}"
    assert not answer.has_header("X-Frame-Options")
    kept = Client().get(FRAME, headers={"If-None-Match": answer["ETag"]})
    assert (kept.status_code, kept["Content-Security-Policy"]) == (304, answer["Content-Security-Policy"])
    assert not kept.has_header("X-Frame-Options")
    for path in ("/", "/corrections/", "/embed.js", "/embed/article/", "/corrections/new/"):
        other = Client().get(path)
        assert other["X-Frame-Options"] == "DENY", path
        assert other["Content-Security-Policy"].endswith("frame-ancestors 'none'"), path


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "status"),
    [
        (URL + "?utm_source=x", 200),
        ("https://daily.example/never-seen", 200),
        ("https://evil.example/politics/bridge", 404),
        ("https://daily.example.evil.example/", 404),
        ("", 404),
        ("javascript:alert(1)", 404),
        ("https://daily.example/" + "x" * 3000, 404),
        ("https://daily.example/\x00\ud800", 404),
    ],
)
def test_an_address_of_ours_has_links_and_any_other_is_not_found(article, url, status):
    answer = Client(raise_request_exception=False).get(
        "/embed/article/?url=" + quote(url, safe="", errors="surrogatepass")
    )
    assert answer.status_code == status


@pytest.mark.django_db
def test_what_was_suppressed_or_is_under_embargo_is_not_in_the_frame(article):
    row = make_correction(article=article, status="published")
    assert "1.45 million" in Client().get(FRAME).content.decode()
    Article.objects.update(embargoed_until=timezone.now() + timedelta(days=1))
    assert "1.45 million" not in Client().get(FRAME).content.decode()
    Article.objects.update(embargoed_until=None)
    notices.suppress(row, by=make_staff(article.publication, "legal"), words="Order of the court.")
    page = Client().get(FRAME).content.decode()
    assert ("1.45 million" in page, row.reference in page) == (False, False)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 8])
def test_the_frame_costs_the_same_with_one_notice_and_with_eight(article, count, django_assert_num_queries):
    for _notice in range(count):
        make_correction(article=article, status="published")
    with django_assert_num_queries(6):
        assert Client().get(FRAME).status_code == 200


# --- reading from other sites -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_scripts_of_any_site_may_read_what_is_public_and_nothing_else(article):
    origin = {"Origin": "https://daily.example"}
    read = Client().get(f"/api/v1/articles/?url={URL}", headers=origin)
    assert (read["Access-Control-Allow-Origin"], read.has_header("Access-Control-Allow-Credentials")) == ("*", False)
    ask = {**origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}
    answer = Client().options("/api/v1/articles/", headers=ask)
    assert (answer.status_code, answer.content) == (204, b"")
    assert [answer[name] for name in CORS] == ["*", "GET, HEAD", "Accept, Accept-Language, If-None-Match"]
    assert answer["Access-Control-Max-Age"] == "86400"
    missing = Client().get("/api/v1/articles/A-7K3QX2MW-4/", headers=origin)
    assert (missing.status_code, missing["Access-Control-Allow-Origin"]) == (404, "*")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/api/v1/articles/", "PUT"),
        ("/api/v1/reports/", "POST"),
        ("/api/v1/license-requests/", "GET"),
        ("/api/v1/webhook-endpoints/", "POST"),
        ("/admin/", "GET"),
        ("/corrections/new/", "POST"),
    ],
)
def test_a_preflight_for_anything_else_is_no_permission(path, method):
    ask = {"Origin": "https://evil.example", "Access-Control-Request-Method": method}
    answer = Client().options(path, headers=ask)
    assert [name for name in CORS if answer.has_header(name)] == []
    assert answer.status_code in {302, 405}


# --- in a browser -----------------------------------------------------------------------------------------------------


class Host:
    """A newspaper's own site, on an origin of its own, with a policy that allows the desk's script and nothing more."""

    def __init__(self) -> None:
        host = self
        self.page, self.policy = "", ""

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = host.page.encode() if self.path == "/story" else b""
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", host.policy)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def host():
    site = Host()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def page(chromium_path, live_server, settings, monkeypatch):
    # Playwright runs a loop in this thread; the test's own queries are made in it all the same, one at a time.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.BASE_URL = live_server.url
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium_path), args=QUIET)
        opened = browser.new_context().new_page()
        opened.set_default_timeout(10_000)
        opened.complaints = []
        opened.on("console", lambda message: opened.complaints.append(message.text))
        opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
        yield opened
        browser.close()


def story(foot: str) -> str:
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Bridge opens late</title>
<link rel="icon" href="data:,"><link rel="canonical" href="{URL}"></head><body><main><article><h1>Bridge opens late</h1>
<p id="told">The council spent 1.2 million on the bridge.</p></article>{foot}</main></body></html>"""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_script_on_a_page_of_another_site_under_a_strict_policy(page, host, live_server, article):
    make_correction(article=article, status="published", text=HOSTILE)
    desk = live_server.url
    host.policy = (
        f"default-src 'none'; script-src {desk}; connect-src {desk}; img-src data:; base-uri 'none'; "
        "require-trusted-types-for 'script'"
    )
    host.page = story(
        f'<script src="{desk}/embed/{NEWEST}.js" integrity="{digest(SCRIPT.read_bytes())}" crossorigin async></script>'
    )
    calls = []
    page.on("request", lambda request: calls.append((request.method, request.url, request.headers.get("referer"))))
    page.goto(f"http://127.0.0.1:{host.port}/story")
    foot = page.locator("masthead-embed")
    foot.locator("section p").wait_for()
    assert foot.locator("section p").inner_text() == HOSTILE
    assert foot.locator("img").count() == 0
    assert foot.locator("li a").all_inner_texts() == [
        *("Submit Correction", "Request Reprint & Licensing", "View Editorial & AI Guidelines")
    ]
    assert foot.locator("section").evaluate("element => getComputedStyle(element).borderLeftWidth") == "4px"
    document = json.loads(page.locator('script[type="application/ld+json"]').inner_text())
    assert (document["@id"], [row["text"] for row in document["correction"]]) == (URL, [HOSTILE])
    assert document["acquireLicensePage"].endswith(f"/reprints/new/?url={quote(URL, safe='')}")
    assert page.complaints == []
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    asked = [urlsplit(url).path for _method, url, _referer in calls if url.startswith(desk)]
    assert asked == [f"/embed/{NEWEST}.js", "/api/v1/articles/", f"/api/v1/articles/{article.reference}/jsonld/"]
    assert [referer for _method, url, referer in calls if "/api/" in url] == ["", ""]
    _select_and_follow(page, foot)


def _select_and_follow(page, foot):
    """Marking words offers to report them; all of that leaves only when the reader follows the link."""
    offer = foot.locator("a.select")
    assert not offer.is_visible()
    page.evaluate("getSelection().selectAllChildren(document.getElementById('told'))")
    offer.wait_for()
    query = parse_qs(urlsplit(offer.get_attribute("href")).query)
    assert query == {"url": [URL], "quote": ["The council spent 1.2 million on the bridge."]}
    for letter, kept in (("a", 500), ("漢", 325)):
        page.evaluate(
            "letter => { const p = document.getElementById('told'); p.textContent = letter.repeat(900);"
            " getSelection().selectAllChildren(p) }",
            letter,
        )
        page.wait_for_function(
            "letter => new URL(document.querySelector('masthead-embed').shadowRoot.querySelector('.select').href)"
            ".searchParams.get('quote')[0] === letter",
            arg=letter,
        )
        href = offer.get_attribute("href")
        assert (len(parse_qs(urlsplit(href).query)["quote"][0]), len(href) < 4000) == (kept, True)
    page.evaluate("getSelection().removeAllRanges()")
    offer.wait_for(state="hidden")
    page.evaluate("getSelection().selectAllChildren(document.getElementById('told'))")
    offer.click()
    page.wait_for_url("**/corrections/new/**")
    assert page.input_value("#id_article_url") == URL
    assert len(page.input_value("#id_passage_exact")) == 325


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("zone", "language", "day"),
    [
        ("America/New_York", "en-US", "11/20/2026"),
        ("Pacific/Auckland", "de", "21.11.2026"),
        ("UTC", "not_a_language", "11/21/2026"),
    ],
)
def test_the_script_dates_notices_by_the_newsroom_s_clock(page, host, live_server, article, zone, language, day):
    type(article.publication).objects.update(time_zone=zone)
    make_correction(article=article, status="published")
    Correction.objects.update(published_at=datetime(2026, 11, 21, 2, tzinfo=UTC))
    host.policy = f"script-src {live_server.url}; connect-src {live_server.url}"
    host.page = story(f'<script src="{live_server.url}/embed.js" async></script>').replace('"en"', f'"{language}"')
    page.goto(f"http://127.0.0.1:{host.port}/story")
    assert page.locator("masthead-embed section time").inner_text() == day


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_frame_opens_on_the_publication_s_own_site_only_and_reads_well(page, host, live_server, article):
    make_correction(article=article, status="published", text=HOSTILE)
    article.publication.hosts = ["daily.example", f"127.0.0.1:{host.port}"]
    article.publication.save()
    host.policy = f"default-src 'none'; frame-src {live_server.url}; img-src data:"
    host.page = story(f'<iframe title="Corrections" sandbox="{SANDBOX}" src="{live_server.url}{FRAME}"></iframe>')
    page.goto(f"http://127.0.0.1:{host.port}/story")
    frame = page.frame_locator("iframe")
    frame.locator(".notice__text").wait_for()
    assert frame.locator(".notice__text").inner_text() == HOSTILE
    with page.context.expect_page() as opened:
        frame.locator("text=View Editorial").click()
    opened.value.wait_for_url("**/guidelines/")
    page.goto(f"http://localhost:{host.port}/story")
    page.wait_for_load_state("networkidle")
    assert any("frame-ancestors" in line for line in page.complaints)
    page.goto(live_server.url + FRAME)
    found = Axe().run(page).response["violations"]
    assert [(row["id"], row["nodes"][0]["html"]) for row in found] == []
