"""What the corrections desk forgets, and what it keeps: by policy, never under a legal hold, as was foretold."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from corrections.models import Report, ReporterContact
from corrections.services import report as reports
from corrections.services import retention
from corrections.tasks import retain
from newsroom.accounts.models import ContactReveal
from newsroom.accounts.policies import POLICIES
from newsroom.clock import CLOCK
from newsroom.events.models import Event
from tests.factories import confirm, force_status, make_publication, make_report, make_staff

pytestmark = pytest.mark.django_db
KINDS = ("contacts", "unconfirmed_contacts", "colleagues", "spam_texts", "texts", "networks", "listed_senders")
NOTHING = dict.fromkeys(KINDS, 0)


@pytest.fixture
def daily():
    return make_publication()


def closed(publication, days, *, status="declined", confirmed=True, **fields):
    report = make_report(publication)
    if confirmed:
        confirm(report)
    ago = timezone.now() - timedelta(days=days)
    force_status(report, status, closed_at=ago, **fields)
    return report


def run(**over):
    return retention.retain(**{"now": timezone.now(), "dry_run": False, **over})


def held(report):
    report.refresh_from_db()
    return ReporterContact.objects.filter(report=report).exists(), report.claim != ""


@pytest.mark.parametrize(
    ("status", "confirmed", "days", "kinds", "left"),
    [
        ("declined", True, 89, {}, (True, True)),
        ("declined", True, 91, {"contacts": 1}, (False, True)),
        ("withdrawn", False, 91, {"unconfirmed_contacts": 1}, (False, True)),
        ("resolved", True, 364, {"contacts": 1}, (False, True)),
        ("resolved", True, 366, {"contacts": 1, "texts": 1}, (False, False)),
        ("spam", False, 29, {}, (True, True)),
        ("spam", False, 31, {"spam_texts": 1}, (True, False)),
        ("spam", False, 91, {"spam_texts": 1, "unconfirmed_contacts": 1}, (False, False)),
    ],
)
def test_each_kind_goes_on_its_day_as_foretold_and_only_once(daily, status, confirmed, days, kinds, left):
    report = closed(daily, days, status=status, confirmed=confirmed)
    before = list(Report.objects.values()), list(ReporterContact.objects.values()), Event.objects.count()
    assert run(dry_run=True) == NOTHING | kinds
    assert (list(Report.objects.values()), list(ReporterContact.objects.values()), Event.objects.count()) == before
    assert run() == NOTHING | kinds
    assert held(report) == left
    assert run() == NOTHING
    told = Event.objects.filter(kind__in=["report.contact_erased", "report.erased"])
    assert {(event.actor_kind, event.data["why"]) for event in told} == ({("clock", "retention")} if kinds else set())


@pytest.mark.parametrize("status", ["held", "new", "in_review", "needs_info", "accepted"])
def test_an_open_report_keeps_everything(daily, status):
    report = make_report(daily)
    force_status(report, status)
    assert run(now=timezone.now() + timedelta(days=4000)) == NOTHING
    assert held(report) == (True, True)


def test_a_legal_hold_keeps_everything_until_it_ends(daily):
    report = closed(daily, 4000, legal_hold=True)
    Report.objects.update(network_hash="a" * 32, created_at=timezone.now() - timedelta(days=4000))
    assert run() == NOTHING
    assert held(report) == (True, True)
    Report.objects.update(legal_hold=False)
    due = NOTHING | {"contacts": 1, "texts": 1, "networks": 1}
    assert (run(dry_run=True), run()) == (due, due)


def test_a_joined_reader_is_kept_until_the_other_report_is_over(daily):
    other = make_report(daily, name="", email="")
    joined = closed(daily, 400, status="duplicate", joined_to=other)
    assert run() == NOTHING
    force_status(other, "resolved", closed_at=timezone.now() - timedelta(days=10))
    assert run() == NOTHING
    Report.objects.filter(pk=other.pk).update(closed_at=timezone.now() - timedelta(days=91))
    assert run() == NOTHING | {"contacts": 1}
    assert held(joined) == (False, True)


def test_each_publication_has_its_own_days_and_zero_keeps_for_ever(daily):
    patient = make_publication(settings={"contact_days": 0, "text_days": 0})
    quick = make_publication(settings={"contact_days": 5, "text_days": 7})
    rows = [closed(publication, 6) for publication in (daily, patient, quick)]
    old = closed(patient, 4000)
    assert run() == NOTHING | {"contacts": 1}
    assert [held(row) for row in (*rows, old)] == [(True, True), (True, True), (False, True), (True, True)]


def test_networks_are_blanked_after_eight_days_whatever_the_status(daily):
    young, old = make_report(daily), make_report(daily)
    Report.objects.update(network_hash="a" * 32)
    Report.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=9))
    assert run() == NOTHING | {"networks": 1}
    assert set(Report.objects.values_list("pk", "network_hash")) == {(young.pk, "a" * 32), (old.pk, "")}


def test_what_the_reader_wrote_goes_and_what_the_desk_answered_stays(daily):
    editor = make_staff(daily, "desk_editor")
    report = make_report(daily, suggestion="Write 1.45.", sources=["https://reader.example/me"], acting_for="my aunt")
    reports.take_up(report, by=editor)
    reports.ask(report, by=editor, words="Which page?")
    reports.reply(report, words="Page 3, I live there.")
    reports.decline(report, by=editor, code="opinion", words="That is an opinion.", turn_to="The council")
    Report.objects.update(closed_at=timezone.now() - timedelta(days=366))
    assert run() == NOTHING | {"unconfirmed_contacts": 1, "texts": 1}
    report.refresh_from_db()
    assert (report.claim, report.suggestion, report.sources, report.acting_for) == ("", "", [], "")
    assert [row.body for row in report.messages.all()] == ["Which page?", ""]
    assert [row.answer for row in report.decisions.all()] == ["That is an opinion."]
    assert (report.status, report.category, report.article is None) == ("declined", "number_or_date", False)
    assert "1.45" not in str(list(Event.objects.values()))


def test_the_clock_runs_it_every_day(daily):
    report = closed(daily, 91)
    retain()
    assert (held(report), CLOCK["corrections.retain"], CLOCK["reprints.retain"]) == ((False, True), 86_400, 86_400)


def test_the_command_counts_by_kind_and_a_dry_run_changes_nothing(daily):
    report = closed(daily, 400)
    editor = make_staff(daily, "desk_editor")
    for days in (729, 731):
        ContactReveal.objects.create(
            subject_kind="report",
            subject_reference=report.reference,
            publication=daily,
            reason="To call",
            by=editor,
            at=timezone.now() - timedelta(days=days),
        )

    def command(*options):
        out = io.StringIO()
        call_command("retain", *options, stdout=out)
        return out.getvalue().splitlines()

    lines = command("--dry-run")
    assert [line for line in lines if line.startswith("corrections.")] == [
        "corrections.networks: 0",
        "corrections.contacts: 1",
        "corrections.unconfirmed_contacts: 0",
        "corrections.colleagues: 0",
        "corrections.spam_texts: 0",
        "corrections.texts: 1",
        "corrections.listed_senders: 0",
    ]
    assert ("accounts.reveals: 1" in lines, lines[-1]) == (True, "3 are due")
    assert command() == [*lines[:-1], "3 forgotten"]
    assert command()[-1] == "0 forgotten"
    assert ContactReveal.objects.count() == 1


def test_every_kind_names_a_policy_that_there_is():
    assert {policy for policy, _due, _forget in retention.KINDS.values()} <= set(POLICIES)
