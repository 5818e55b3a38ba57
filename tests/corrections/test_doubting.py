"""What is held for a look: quotas that hold when many knock at once, listed senders, words that say nothing."""

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from corrections.models import ListedSender, Report
from corrections.services import doubting, erasing, retention
from corrections.services.submitting import Draft, submit
from newsroom import privacy
from newsroom.api.networks import network_mark, network_marks
from newsroom.errors import Conflict, Invalid, NotAllowed, NotFound
from newsroom.events.log import history_of
from newsroom.web import form_token, gate
from tests.factories import force_status, make_article, make_publication, make_report, make_staff
from tests.racing import at_once

PLAIN = "The council spent 1.45 million on the bridge in May, not 1.2 million as the second paragraph says."


@pytest.fixture
def daily(db):
    return make_publication(name="The Daily", slug="daily", hosts=["daily.example"], is_default=True)


@pytest.fixture
def editor(daily):
    return make_staff(daily, "desk_editor")


def doubts(draft_of, **over):
    draft = Draft(publication=draft_of, claim=PLAIN, article_url="https://daily.example/x", **over)
    return doubting.reasons(draft, networks=[])


def sent(client, address, **over):
    """A complete form, fetched a minute ago, from this network address. The report."""
    form = {
        "article_url": "https://daily.example/politics/story",
        "claim": f"{PLAIN} {Report.objects.count()}",
        "form_token": form_token.issue("report", head_start=60),
        **over,
    }
    assert client.post("/corrections/new/", form, REMOTE_ADDR=address).status_code == 303
    return Report.objects.latest("pk")


# --- wording ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "held"),
    [
        (PLAIN, []),
        (f"{PLAIN} See https://council.example/minutes and www.bank.example/tables.", []),
        ("", []),
        ("Look: https://a.example", []),
        ("https://a.example https://b.example", ["many_links"]),
        (f"{PLAIN} {PLAIN} {PLAIN}", ["repeats_itself"]),
        ("buy now cheap pills " * 20, ["repeats_itself"]),
        ("!" * 30, ["repeats_itself"]),
        ("Wrong! Wrong! Wrong! The year is wrong.", []),
        ("It was 1,000,000,000,000,000,000,000,000 marks, says the minister of finance of those days.", []),
        ("https://a.example https://a.example " + "win a prize today " * 6, ["many_links", "repeats_itself"]),
    ],
)
def test_links_and_repetition_are_weighed_together(text, held, daily):
    judged = gate.judge(network=f"n{hash(text)}", age=60, trap="", text=text, said_before=False)
    assert judged.held_reasons == held


def test_the_same_words_with_other_figures_and_links_are_held_from_one_network_only(client, daily):
    first = sent(client, "192.0.2.7", claim=f"{PLAIN} https://a.example/1")
    again = sent(client, "192.0.2.9", claim=PLAIN.upper().replace("1.45", "7") + " https://a.example/2")
    elsewhere = sent(client, "198.51.100.7", claim=PLAIN.lower())
    assert [row.held_reasons for row in (first, again, elsewhere)] == [[], ["same_text"], []]


# --- quotas ----------------------------------------------------------------------------------------------------------


def test_beyond_the_quota_of_an_article_reports_are_held_whatever_their_network(client, daily, settings):
    settings.THROTTLES = {**settings.THROTTLES, "article-form": (2, 3600)}
    rows = [sent(client, f"192.0.{number}.7") for number in range(3)]
    other = sent(client, "203.0.113.7", article_url="https://daily.example/politics/another")
    assert [row.held_reasons for row in rows] == [[], [], ["many_on_article"]]
    assert other.held_reasons == []


@pytest.mark.both
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_quotas_of_article_and_network_hold_for_twelve_at_once(settings):
    settings.THROTTLES = {**settings.THROTTLES, "article-form": (5, 3600), "form": (4, 3600)}
    daily = make_publication()
    article = make_article(daily)
    draft = Draft(publication=daily, article=article, claim=PLAIN)
    found = at_once(*[lambda: doubting.reasons(draft, networks=[]) for _ in range(12)])
    assert sorted(found) == [[]] * 5 + [["many_on_article"]] * 7
    judged = at_once(
        *[lambda: gate.judge(network="one", age=60, trap="", text=PLAIN, said_before=False) for _ in range(12)]
    )
    held = [row.held_reasons for row in judged if not row.retry_after]
    assert sorted(held) == [[]] * 4 + [["over_quota"]] * 4
    assert sum(bool(row.retry_after) for row in judged) == 4


@pytest.mark.both
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_one_form_token_sent_by_two_at_once_is_one_report():
    daily = make_publication()
    draft = Draft(publication=daily, article=make_article(daily), claim=PLAIN)
    for number in range(5):
        first, second = at_once(*[lambda n=number: submit(draft, form_token=f"token-{n}")] * 2)
        assert first.pk == second.pk
    assert Report.objects.count() == 5


# --- listed senders --------------------------------------------------------------------------------------------------


def test_a_listed_address_is_held_in_any_spelling_and_never_stored(daily, editor):
    report = make_report(daily, email="Troll@Example.com")
    row = doubting.list_sender(report, by=editor, kind="address", reason="The same letter every day.", days=30)
    assert doubts(daily, email=" troll@example.COM ") == ["listed_address"]
    assert doubts(daily, email="other@example.com") == []
    assert doubts(make_publication(), email="troll@example.com") == []
    stored = " ".join(str(value) for value in ListedSender.objects.values().get().values())
    assert ("troll" in stored.casefold(), "example.com" in stored, len(row.mark)) == (False, False, 64)
    assert row.expires_at - row.added_at == timedelta(days=30)
    event = history_of(report).last()
    assert (event.kind, event.data) == ("report.sender_listed", {"kind": "address", "entry": row.pk})


def test_a_listed_domain_holds_everyone_there_but_the_worlds_mailboxes_cannot_be_listed(daily, editor):
    report = make_report(daily, email="a@spam.example")
    doubting.list_sender(report, by=editor, kind="domain", reason="A farm.", days=5)
    assert doubts(daily, email="b@spam.example") == ["listed_domain"]
    assert doubts(daily, email="b@spam.example.org") == []
    with pytest.raises(Invalid):
        doubting.list_sender(make_report(daily, email="x@gmail.com"), by=editor, kind="domain", reason="No.", days=5)


def test_a_listed_network_is_held_on_later_days_until_its_key_is_gone(daily, editor):
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7")
    neighbor = RequestFactory().get("/", REMOTE_ADDR="192.0.2.200")
    stranger = RequestFactory().get("/", REMOTE_ADDR="198.51.100.7")
    report = submit(
        Draft(publication=daily, article=make_article(daily), claim=PLAIN), network_hash=network_mark(request)
    )
    row = doubting.list_sender(report, by=editor, kind="network", reason="Forty a day.", days=300)
    assert row.expires_at == report.created_at + timedelta(days=8)
    draft = Draft(publication=daily, claim=PLAIN, article_url="https://daily.example/x")
    assert doubting.reasons(draft, networks=network_marks(neighbor)) == ["listed_network"]
    assert doubting.reasons(draft, networks=network_marks(stranger)) == []


def test_marks_survive_a_new_secret_key_while_the_old_one_is_kept(daily, editor, settings):
    doubting.list_sender(make_report(daily, email="troll@example.com"), by=editor, kind="address", reason="x", days=30)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-of-at-least-fifty-characters-0123456789"
    assert doubts(daily, email="troll@example.com") == ["listed_address"]


def test_expired_and_lifted_entries_hold_nothing_and_are_forgotten(daily, editor):
    row = doubting.list_sender(make_report(daily, email="a@x.example"), by=editor, kind="address", reason="x", days=1)
    other = doubting.list_sender(make_report(daily, email="b@x.example"), by=editor, kind="address", reason="x", days=1)
    doubting.lift(row, by=editor)
    doubting.lift(row, by=editor)
    assert (doubts(daily, email="a@x.example"), doubts(daily, email="b@x.example")) == ([], ["listed_address"])
    assert [event.kind for event in history_of(row.report)].count("report.sender_lifted") == 1
    ListedSender.objects.filter(pk=other.pk).update(expires_at=timezone.now())
    assert doubts(daily, email="b@x.example") == []
    assert retention.retain(now=timezone.now(), dry_run=True)["listed_senders"] == 2
    assert retention.retain(now=timezone.now(), dry_run=False)["listed_senders"] == 2
    assert ListedSender.objects.count() == 0


def test_who_may_list_and_what_cannot_be_listed(daily, editor):
    report = make_report(daily, email="a@x.example")
    for person in (make_staff(daily, "legal"), make_staff(make_publication(), "desk_editor")):
        with pytest.raises(NotAllowed):
            doubting.list_sender(report, by=person, kind="address", reason="x", days=1)
    for wrong in ({"reason": " "}, {"reason": "x" * 501}, {"days": 0}, {"days": 366}):
        with pytest.raises(Invalid):
            doubting.list_sender(report, by=editor, **{"kind": "address", "reason": "x", "days": 1, **wrong})
    with pytest.raises(Conflict):
        doubting.list_sender(make_report(daily, email=""), by=editor, kind="address", reason="x", days=1)
    closed = force_status(report, "new", visibility="restricted")
    with pytest.raises(NotFound):
        doubting.list_sender(closed, by=editor, kind="address", reason="x", days=1)


def test_one_press_lists_the_next_report_is_held_with_the_reason_in_words_and_one_press_lifts(client, daily, editor):
    report = sent(client, "192.0.2.7", email="troll@example.com")
    desk = Client()
    desk.force_login(editor)
    url = reverse("admin:corrections_report_do", args=[report.pk, "list_sender"])
    words = {"seen": report.version, "kind": "address", "reason": "Insults.", "days": 10}
    assert desk.post(url, words).status_code == 302
    held = sent(client, "198.51.100.7", email="troll@example.com")
    assert (held.status, held.outside_status) == ("held", "new")
    page = desk.get(reverse("admin:corrections_report_change", args=[held.pk])).content.decode()
    assert "The address is on the list of senders to look at" in page
    listed = reverse("admin:corrections_listedsender_changelist")
    assert "Insults." in desk.get(listed).content.decode()
    entry = ListedSender.objects.get()
    desk.post(listed, {"action": "lift", "_selected_action": [entry.pk]})
    assert sent(client, "203.0.113.7", email="troll@example.com").status == "new"


def test_what_is_held_on_a_person_names_the_list_and_the_readers_own_file_does_not(daily, editor):
    report = make_report(daily, email="troll@example.com")
    doubting.list_sender(report, by=editor, kind="address", reason="Rude.", days=9)
    (entry,) = privacy.person("Troll@example.com")["reports"]
    assert [(row["kind"], row["reason"]) for row in entry["sender_looked_at"]] == [("address", "Rude.")]
    assert "Rude." not in str(erasing.held_on(report))
