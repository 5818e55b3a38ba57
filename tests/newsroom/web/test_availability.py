"""The database is away, or the desk is read-only: people are told so calmly, and what they typed is not lost."""

import html
import io
import re
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from corrections.models import Report
from newsroom import availability
from newsroom.accounts.services import issue_key
from newsroom.celery import app
from newsroom.events.models import Event, Unplanned
from reprints.vocabulary import Use
from tests.doors.world import undone
from tests.factories import make_article, make_publication, make_report, make_staff
from tests.reprints import factories as licensing

pytestmark = [pytest.mark.both]
WORDS = 'It was 1.45 million,\n"not" 1.2 <million>.'


@pytest.fixture
def article(transactional_db, settings):
    settings.FORM_MIN_SECONDS = 0
    return make_article(make_publication(is_default=True))


@contextmanager
def database_away(**over):
    """The connection really fails: nobody listens at the port, or there is no such folder."""
    before = dict(connection.settings_dict)
    wrong = {"PORT": "1", "HOST": "127.0.0.1"} if connection.vendor == "postgresql" else {"NAME": "/nowhere/at/all.db"}
    connection.close()
    connection.settings_dict.update(wrong | over)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR = tmp_path / "var"
    return settings.VAR


def switch(*arguments):
    out = io.StringIO()
    call_command("readonly", *arguments, stdout=out, stderr=out)
    return out.getvalue().strip()


def fields_of(page):
    """What the page's form sends, as a browser reads it."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page, re.DOTALL)
    return {html.unescape(name): html.unescape(value) for name, value in found}


def form_token_of(page):
    return re.search(r'name="form_token" value="([^"]+)"', page)[1]


def test_without_the_database_the_form_opens_and_what_is_sent_comes_back_to_be_sent_again(article, client):
    with database_away():
        form = client.get(f"/corrections/new/?url={article.url}&quote=1.2+million")
        page = form.content.decode()
        assert form.status_code == 200
        assert article.url in page
        assert "1.2 million" in page
        assert "We cannot look up articles or save reports at the moment" in page
        sent = {"form_token": form_token_of(page), "article_url": article.url, "claim": WORDS, "medium": "web"}
        answer = client.post("/corrections/new/", sent)
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "30", "no-store")
    page = answer.content.decode()
    assert fields_of(page) == sent
    assert "&quot;not&quot; 1.2 &lt;million&gt;." in page
    assert client.post("/corrections/new/", fields_of(page)).status_code == 303
    assert Report.objects.get().claim == WORDS


def test_without_the_database_the_service_is_alive_and_not_ready(article, client):
    def states():
        return [client.get(path).status_code for path in ("/healthz", "/readyz", "/corrections/")]

    with database_away():
        assert states() == [200, 503, 503]
    assert states() == [200, 200, 200]


STATIC_DOORS = {"/": 200, "/corrections/lost/": 200, "/reprints/partner/": 200, "/nowhere/": 404, "/favicon.ico": 200}


def test_without_the_database_the_doors_still_stand_and_a_wrong_address_is_still_wrong(article, client):
    def statuses():
        return {path: client.get(path).status_code for path in STATIC_DOORS}

    with database_away():
        assert statuses() == STATIC_DOORS
        assert "The Daily" not in client.get("/").content.decode()
    assert statuses() == STATIC_DOORS


def test_without_the_database_no_page_is_kept_by_anyone(article, client):
    pages = {**STATIC_DOORS, "/corrections/new/": 200, "/reprints/new/": 200, "/guidelines/": 503, "/reprints/": 503}
    pages |= {
        f"/articles/{article.reference}/": 503,
        "/corrections/": 503,
        "/api/v1/corrections/": 503,
        "/metrics": 200,
        "/readyz": 503,
    }
    assert client.get("/")["Cache-Control"] == "public, max-age=60"
    with database_away():
        answers = {path: client.get(path) for path in pages if path != "/favicon.ico"}
    assert {path: answer.status_code for path, answer in answers.items()} == {
        path: status for path, status in pages.items() if path != "/favicon.ico"
    }
    assert [path for path, answer in answers.items() if "no-store" not in answer.get("Cache-Control", "")] == []


def test_without_the_database_the_first_step_to_a_license_opens_and_is_taken_when_it_is_back(article, client):
    licensing.make_publication()
    with database_away():
        form = client.get(f"/reprints/new/?url={article.url}&use=republish_web&organization_type=publisher")
        page = form.content.decode()
        assert form.status_code == 200
        assert article.url in page
        assert "We cannot look up articles or prices at the moment" in page
        assert page.count('name="use"') == len(Use)
        assert re.search(r'value="republish_web"[^>]* checked', page)
        assert "words are free of charge" not in page
        answer = client.post("/reprints/new/", {"article_urls": article.url, "use": "republish_web", "do": "details"})
    assert answer.status_code == 503
    sent = fields_of(answer.content.decode()) | {"organization_type": "publisher"}
    answer = client.post("/reprints/new/", sent)
    assert (answer.status_code, "Step 2 of 2" in answer.content.decode()) == (200, True)


def test_without_the_database_the_numbers_say_so(article, client):
    up = client.get("/metrics").content.decode()
    assert "masthead_database_up 1\n" in up
    assert "masthead_oldest_due_seconds " in up
    with database_away():
        answer = client.get("/metrics")
    assert answer.status_code == 200
    assert [line for line in answer.content.decode().splitlines() if line[0] != "#"] == [
        "masthead_read_only 0",
        "masthead_database_up 0",
    ]


def test_without_the_database_the_holder_of_a_key_is_told_like_everyone(article, client):
    text = issue_key(label="x", scopes=["licenses:read"], organization=licensing.make_organization())[1]
    with database_away():
        answer = client.get("/api/v1/licenses/", headers={"Authorization": f"Bearer {text}"})
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "unavailable", "30")
    assert answer.json()["detail"] == "The service cannot reach its database. Please try again in half a minute."
    assert (answer["Cache-Control"], "Access-Control-Allow-Origin" in answer) == ("private, no-store", False)


@pytest.mark.django_db
@pytest.mark.parametrize("so", ["DELETE FROM django_migrations", "ALTER TABLE django_migrations RENAME TO elsewhere"])
def test_a_database_without_our_tables_is_not_ready(client, so):
    with undone(), connection.cursor() as cursor:
        cursor.execute(so)
        answer = client.get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"the database does not answer, or is empty\n")


@pytest.mark.parametrize("path", ["/corrections/", "/api/v1/corrections/"])
def test_what_the_database_said_is_told_to_the_operator_on_one_line_and_to_nobody_else(article, client, caplog, path):
    with database_away():
        page = client.get(path).content.decode()
    [line] = [row.getMessage() for row in caplog.records if row.name.startswith("newsroom.")]
    assert re.fullmatch(r"the database is away: OperationalError: .*(open|connect).*", line)
    assert line.partition("Error: ")[2] not in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_the_database_the_api_says_when_to_come_back(article, client, method):
    with database_away():
        answer = getattr(client, method)("/api/v1/reports/" if method == "post" else "/api/v1/corrections/")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert (answer.json()["code"], answer["Retry-After"]) == ("unavailable", "30")


def test_without_the_database_staff_are_told_calmly_and_stay_signed_in(article, client):
    client.force_login(make_staff(article.publication, "desk_editor"))
    with database_away():
        answer = client.get("/admin/corrections/report/")
    assert answer.status_code == 503
    assert "You are still signed in." in answer.content.decode()
    assert client.get("/admin/corrections/report/").status_code == 200


def test_a_server_without_our_database_and_a_file_that_is_none_count_as_away(article, client, tmp_path):
    (tmp_path / "broken.db").write_bytes(b"not a database" * 1000)
    own = {name: connection.settings_dict[name] for name in ("HOST", "PORT")}
    gone = {"NAME": "no_such_database", **own} if connection.vendor == "postgresql" else {}
    with database_away(**(gone or {"NAME": str(tmp_path / "broken.db")})):
        states = [client.get(path).status_code for path in ("/corrections/new/", "/readyz", "/corrections/")]
    assert states == [200, 503, 503]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/admin/login/", {"username": "robin", "password": "a long enough passphrase"}),
        ("/admin/password_reset/x/y/", {"new_password1": "a long enough passphrase"}),
        ("/admin/second-step/", {"code": "123456"}),
    ],
)
def test_a_form_with_a_password_or_a_code_does_not_come_back(client, settings, path, fields):
    settings.READ_ONLY = True
    answer = client.post(path, fields)
    assert (answer.status_code, fields_of(answer.content.decode())) == (503, {})
    assert not any(value in answer.content.decode() for value in fields.values())


@pytest.mark.parametrize("fields", [{"words": "x" * 20_001}, {f"name{n}": "v" for n in range(61)}])
def test_more_than_a_form_of_ours_sends_does_not_come_back(client, settings, fields):
    settings.READ_ONLY = True
    answer = client.post("/corrections/new/", fields)
    assert (answer.status_code, fields_of(answer.content.decode())) == (503, {})
    assert "Go back with your browser" in answer.content.decode()


def test_a_body_that_cannot_be_read_is_503_as_well(client, settings):
    settings.READ_ONLY = True
    answer = client.post("/corrections/new/", b"--x", content_type="multipart/form-data; boundary=")
    assert answer.status_code == 503


def test_the_page_speaks_the_visitors_language(client, settings):
    settings.READ_ONLY = True
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    answer = client.post("/corrections/new/", {}, headers={"accept-language": "de"})
    assert '<html lang="de"' in answer.content.decode()


@pytest.mark.django_db
def test_the_switch_is_a_file_that_every_process_sees_at_once(client, var):
    assert switch("status") == "The desk reads and writes."
    assert switch("on", "--reason", "Moving the\ndatabase.") == "The desk is read-only. Moving the database."
    assert client.post("/corrections/new/", {}).status_code == 503
    assert client.get("/corrections/new/").status_code == 200
    assert "For a while nothing can be sent" not in client.get("/healthz").content.decode()
    assert switch("off") == "The desk reads and writes."
    assert client.post("/corrections/new/", {}).status_code == 422


def test_the_setting_is_stronger_than_the_switch(var, settings):
    settings.READ_ONLY = True
    assert switch("status") == "The desk is read-only, because READ_ONLY is set."
    assert switch("off").endswith("Unset READ_ONLY and restart every process.")
    assert availability.read_only()


@pytest.mark.django_db
def test_staff_see_why_nothing_can_be_pressed_and_a_press_keeps_its_words(var):
    report = make_report()
    client = Client()
    client.force_login(make_staff(report.publication, "desk_editor"))
    switch("on", "--reason", "Moving the database until noon.")
    page = f"/admin/corrections/report/{report.pk}/change/"
    shown = client.get(page).content.decode()
    assert "Moving the database until noon." in shown
    pressed = client.post(page.replace("change", "do/decline"), {"seen": "1", "words": "We stand by it."})
    assert (pressed.status_code, pressed["Retry-After"]) == (503, "300")
    assert fields_of(pressed.content.decode()) == {"seen": "1", "words": "We stand by it."}
    report.refresh_from_db()
    assert report.status == "new"


@pytest.mark.django_db
def test_readers_are_told_before_they_type(client, var):
    make_publication(is_default=True)
    switch("on")
    assert "for a while nothing can be sent" in client.get("/corrections/new/").content.decode()


@pytest.mark.django_db
def test_no_task_of_the_clock_does_anything_in_read_only_mode(var):
    make_report()
    switch("on")
    app.loader.import_default_modules()
    before = Event.objects.count()
    for name in app.conf.beat_schedule:
        assert app.tasks[name]() is None
    assert (Event.objects.count(), Unplanned.objects.count()) == (before, before)
    switch("off")
    app.tasks["newsroom.events.drain"]()
    assert Unplanned.objects.count() == 0
