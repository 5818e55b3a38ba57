"""The demo newsroom: everything there is to see, made once, told in one file."""

import io
import json
import os
import stat
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import transaction
from django.test import TestCase, override_settings
from django.utils import timezone

from corrections import statistics
from corrections.models import Correction, LedgerEntry, LedgerHead, Report
from corrections.vocabulary import Kind
from corrections.workflow import CorrectionStatus, ReportStatus
from newsroom.accounts.models import ApiKey, Contact, Guideline, Organization, Publication, User
from newsroom.articles.models import Article, Revision
from newsroom.backups.database import count
from newsroom.demo.archive import MARK
from newsroom.demo.texts import stories
from newsroom.events.models import Delivery, Endpoint, Event, Promise, Unplanned
from reprints.models import License, LicenseRequest, Quote, UpdateNotice
from reprints.services import asking
from reprints.workflow import LicenseStatus, NoticeStatus, QuoteStatus, RequestStatus

ROLES = ["editor", "standards", "legal", "licensing", "manager", "admin"]
BASE = "http://127.0.0.1:8123"


def run_demo():
    out = io.StringIO()
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("demo", stdout=out)
    return out.getvalue()


FRIDAY_NIGHT = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
"""Ten in the evening at the house: what is done “at the next hour at a desk” would be on Monday, and is done now."""
CHAOS = os.environ.get("MASTHEAD_CHAOS") == "1"
MOMENTS = [FRIDAY_NIGHT + timedelta(hours=hours) for hours in (range(0, 7 * 24, 6) if CHAOS else (0,))]
"""When the demo is made. It must not matter on which day of the week, nor at what time of the day."""


@pytest.fixture(scope="module", params=MOMENTS, ids=lambda moment: f"{moment:%a-%H}")
def made(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo's file, in a database that holds the demo and nothing else until this module is done."""
    folder = tmp_path_factory.mktemp("var")
    with (
        time_machine.travel(request.param),
        override_settings(VAR=folder, ALLOW_LOOPBACK_ENDPOINTS=True, BASE_URL=BASE, PORT=8123),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        run_demo()
        yield folder / "demo.json"
        transaction.set_rollback(True)


@pytest.fixture
def told(made, db):
    return json.loads(made.read_text())


def statuses(model):
    return set(model.objects.values_list("status", flat=True))


def test_a_report_stands_in_every_status(told):
    assert statuses(Report) == set(ReportStatus.values)


def test_a_correction_stands_in_every_status_and_one_of_every_kind_is_public(told):
    assert statuses(Correction) == set(CorrectionStatus.values)
    published = Correction.objects.filter(status="published")
    assert set(published.values_list("kind", flat=True)) == set(Kind.values)


def test_one_correction_was_published_alone_and_waits_for_a_second_person(told):
    alone = Correction.objects.exclude(alone_reason="").get()
    assert alone.status == "published"
    assert Promise.objects.get(subject_reference=alone.reference).kind == "second_review"


def test_requests_quotes_licenses_and_notices_stand_in_every_status(told):
    assert statuses(LicenseRequest) == set(RequestStatus.values)
    assert statuses(Quote) == set(QuoteStatus.values)
    assert statuses(License) == set(LicenseStatus.values)
    assert statuses(UpdateNotice) == set(NoticeStatus.values)


def test_what_only_dates_decide_is_there_too(told):
    rows = License.objects.select_related("publication")
    assert {"scheduled", "expired"} <= {row.effective_status() for row in rows}
    assert [quote.effective_status() for quote in Quote.objects.all()].count("expired") == 1
    assert [notice.is_overdue() for notice in UpdateNotice.objects.all()].count(True) == 1
    broken = [promise for promise in Promise.objects.filter(subject_kind="report") if promise.is_overdue]
    assert [promise.kind for promise in broken] == ["acknowledge"]


def test_the_retraction_canceled_its_article_and_told_the_licensee(told):
    retracted = Article.objects.get(url__endswith="/clinic-mold-claim")
    assert retracted.status == "canceled"
    notice = UpdateNotice.objects.get(article=retracted, status="open")
    assert (notice.kind, notice.duty) == ("retraction", "take_down")


def test_about_thirty_articles_in_seven_sections_are_spread_over_four_months_and_some_were_revised(told):
    written = Article.objects.exclude(external_id__contains=MARK)
    assert written.count() == 31
    assert set(written.values_list("section", flat=True)) == {
        *("politics", "city", "business", "science", "culture", "sport", "opinion")
    }
    days = {moment.date() for moment in written.values_list("published_at", flat=True)}
    assert len(days) >= 25
    assert (timezone.now().date() - min(days)).days >= 110
    assert max(days) <= timezone.now().date()
    assert Article.objects.filter(external_id__contains=MARK).count() > 2500
    assert Revision.objects.filter(number=2).count() >= 10
    assert Revision.objects.filter(number=3).count() == 2


@pytest.mark.parametrize("slug", sorted(stories()))
def test_each_text_is_of_a_readable_length_and_each_fix_is_in_it(slug):
    story = stories()[slug]
    assert 120 <= len(story.body.split()) <= 400
    texts = [story.text(number) for number in range(len(story.fixes) + 1)]
    assert len(set(texts)) == len(texts)
    assert texts[-1] == story.body
    for number, (right, wrong) in enumerate(story.fixes):
        assert wrong in texts[number]
        assert right in texts[number + 1]


def test_the_publications_belong_together_and_their_guidelines_speak_of_accessibility(told):
    assert dict(Publication.objects.values_list("name", "hosts")) == {
        "The Harbor Daily": ["harbordaily.example"],
        "Harbor Evening": ["harborevening.example"],
    }
    assert Guideline.objects.filter(body__contains="Accessibility:").count() == 4
    assert all(row.rate_cards.exists() for row in Publication.objects.all())


def test_the_three_partners_pay_differently(told):
    rows = Organization.objects.order_by("pk").values_list("payment_terms", "blocked")
    assert list(rows) == [("on_account", False), ("prepay", False), ("prepay", True)]


def test_the_file_has_exactly_the_promised_members_and_is_its_owners_alone(told, made):
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert list(told) == ["base_url", "users", "api_keys", "signatory", "articles", "webhook_secret"]
    assert told["base_url"] == BASE
    assert list(told["users"]) == ROLES
    assert {tuple(sorted(who)) for who in told["users"].values()} == {("password", "username")}
    assert list(told["api_keys"]) == ["partner", "other_partner", "partner_test", "cms"]
    assert {tuple(row) for row in told["articles"]} == {("reference", "url", "lane")}


@pytest.mark.parametrize("role", ROLES)
def test_each_person_can_sign_in_with_the_password_of_the_file(told, role):
    person = authenticate(username=told["users"][role]["username"], password=told["users"][role]["password"])
    assert person == User.objects.get(username=role)
    assert (person.is_staff, person.is_superuser) == (True, role == "admin")


def test_the_keys_open_what_their_names_say(told):
    found = {}
    for name, text in told["api_keys"].items():
        key = ApiKey.objects.get(key_id=text.split("_")[2])
        owner = key.organization.slug if key.organization else sorted(row.slug for row in key.publications.all())
        found[name] = (owner, key.test, "articles:write" in key.scopes, "quotes:accept" in key.scopes)
    assert found == {
        "partner": ("lakeside-ledger", False, False, True),
        "other_partner": ("meridian-review", False, False, True),
        "partner_test": ("lakeside-ledger", True, False, True),
        "cms": (["harbor-daily", "harbor-evening"], False, True, False),
    }


def test_the_signatory_may_sign_for_the_partner(told):
    contact = Contact.objects.get(email=told["signatory"])
    assert (contact.organization.slug, contact.is_signatory, contact.is_active) == ("lakeside-ledger", True, True)


def test_there_is_no_hook_where_nobody_listens(told):
    assert Endpoint.objects.count() == 0
    assert told["webhook_secret"] == ""


def test_the_desk_of_four_months_opens_its_figures_and_they_are_those_of_a_newsroom(told):
    daily = Publication.objects.get(slug="harbor-daily")
    totals = statistics.of(daily)["totals"]

    assert all(statistics.is_open(row) for row in Publication.objects.all())
    assert 5 <= totals["corrections_per_1000_articles"] <= 30
    assert 1 <= totals["hours"]["acknowledge"]["median"] < totals["hours"]["decide"]["median"] <= 24 * 7
    assert totals["hours"]["publish"]["median"] >= totals["hours"]["decide"]["median"]
    kept = {row["promise"]: row["kept_share"] for row in statistics.of(daily)["promises"]}
    assert all(0.8 <= share <= 1 for share in kept.values())
    assert min(kept.values()) < 1
    assert len([row for row in statistics.of(daily)["by_month"] if row["received"]]) >= 4


def test_notices_reports_and_articles_have_days_of_their_own_and_nothing_is_in_the_future(told):
    days = {row.published_at.date() for row in Correction.objects.filter(published_at__isnull=False)}
    assert len(days) >= 20
    assert (max(days) - min(days)).days >= 100
    for report in Report.objects.exclude(decisions=None):
        assert report.created_at < report.decisions.order_by("pk")[0].at
    now = timezone.now()
    assert not Event.objects.filter(happened_at__gt=now).exists()
    assert not Report.objects.filter(created_at__gt=now).exists()
    assert not License.objects.filter(issued_at__gt=now).exists()


def test_the_public_log_tells_what_was_published_in_its_order_and_the_verifier_agrees(told):
    times = list(LedgerEntry.objects.order_by("index").values_list("at", flat=True))
    assert times == sorted(times)
    published = dict(LedgerEntry.objects.exclude(correction=None).values_list("correction", "at"))
    assert published == dict(Correction.objects.filter(pk__in=published).values_list("pk", "published_at"))


def test_nobody_else_is_told_another_time_once_the_demo_is_made(told):
    assert abs((timezone.now() - datetime.now(UTC)).total_seconds()) < 5
    assert abs((Event().happened_at - datetime.now(UTC)).total_seconds()) < 5


def test_the_lanes_are_what_the_estimate_answers(told):
    lanes = {}
    partner = Organization.objects.get(slug="lakeside-ledger")
    for row in told["articles"]:
        article = Article.objects.get(reference=row["reference"])
        today = timezone.now().astimezone(article.publication.zone).date()
        item = {
            "article_url": row["url"],
            "use": "republish_web",
            "portion": "full_text",
            "format": "web",
            "quantity": 50_000,
            "quantity_unit": "monthly_users",
            "territory": ["US"],
            "languages": ["en"],
            "ends_on": (today + timedelta(days=364)).isoformat(),
        }
        assessment, _due = asking.estimate({"items": [item]}, publication=article.publication, organization=partner)
        lanes[row["reference"]] = assessment.lane
    assert lanes == {row["reference"]: row["lane"] for row in told["articles"]}
    assert set(lanes.values()) == {"priced", "manual"}


def test_the_first_articles_of_the_file_can_be_priced_and_the_retracted_one_is_not_offered(told):
    assert [row["lane"] for row in told["articles"][:5]] == ["priced"] * 5
    assert Article.objects.get(reference=told["articles"][0]["reference"]).corrections_count > 0
    assert len(told["articles"]) == 29
    assert not [row for row in told["articles"] if row["url"].endswith("/clinic-mold-claim")]


@pytest.mark.parametrize("name", ROLES)
def test_each_figure_of_the_first_page_is_the_length_of_the_list_it_leads_to(told, client, name):
    client.force_login(User.objects.get(username=name))
    counted = [card for card in client.get("/admin/").context_data["cards"] if card.count is not None]
    listed = [client.get(card.url).context_data["cl"].result_count for card in counted]
    assert [(str(card.label), card.count) for card in counted] == [
        (str(card.label), length) for card, length in zip(counted, listed, strict=True)
    ]


def test_everything_is_planned_and_nothing_of_it_will_be_sent(told):
    assert Unplanned.objects.count() == 0
    assert Delivery.objects.count() > 100
    assert set(Delivery.objects.values_list("state", flat=True)) == {"canceled"}
    assert set(Delivery.objects.values_list("last_error", flat=True)) == {
        "demo data: this happened before anyone could have been told"
    }


def test_each_public_change_has_its_leaf_in_the_log(told):
    published = Event.objects.filter(
        kind__in=["correction.published", "correction.superseded", "correction.withdrawn"]
    ).count()
    assert LedgerHead.objects.get().size == published


def test_a_second_run_changes_nothing(told, made):
    before, text = count(), made.read_bytes()
    newest = Event.objects.order_by("-pk").first()
    assert "already there" in run_demo()
    assert count() == before
    assert Event.objects.order_by("-pk").first() == newest
    assert made.read_bytes() == text
    assert authenticate(username="editor", password=told["users"]["editor"]["password"])


def test_a_lost_file_comes_back_with_new_passwords_and_keys(told, made):
    text = made.read_text()
    made.unlink()
    try:
        assert "was lost" in run_demo()
        fresh = json.loads(made.read_text())
    finally:
        made.write_text(text)
        made.chmod(0o600)
    assert fresh["articles"] == told["articles"]
    assert fresh["webhook_secret"] == told["webhook_secret"]
    assert not authenticate(username="editor", password=told["users"]["editor"]["password"])
    assert authenticate(username="editor", password=fresh["users"]["editor"]["password"])
    old = ApiKey.objects.get(key_id=told["api_keys"]["partner"].split("_")[2])
    assert old.revoked_at is not None


def test_another_port_is_written_into_the_file_and_nothing_else(told, made):
    text = made.read_text()
    try:
        with override_settings(BASE_URL="http://127.0.0.1:9999"):
            run_demo()
        assert json.loads(made.read_text()) == {**told, "base_url": "http://127.0.0.1:9999"}
        assert stat.S_IMODE(made.stat().st_mode) == 0o600
    finally:
        made.write_text(text)
