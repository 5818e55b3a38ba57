"""No change of an article is lost between two licenses, nor while one waits for its payment."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from newsroom.errors import Conflict
from newsroom.events import delivery, planning
from newsroom.events.models import Event
from reprints import served
from reprints.models import LicenseRequest, UpdateNotice
from reprints.services import accepting, clock, licenses, placements, updates
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def publication():
    return make.make_publication(settings={"priced_limit": "100000"})


@pytest.fixture
def article(publication):
    return make.make_article(publication)


@pytest.fixture
def editor(publication):
    return make.make_staff(publication, "licensing_editor")


@pytest.fixture
def waiting(publication, article):
    """A license that is agreed and waits for its payment."""
    return make.make_license(publication, article, organization=make.make_organization(payment_terms="prepay"))


def tell(name, article, /, **data):
    with transaction.atomic():
        event = make.happened(name, article, **data)
    planning.plan(event.pk)
    return event


def revise(article, number):
    article.revisions.create(
        number=number, headline=article.headline, body="Corrected.", sha256="c" * 64, seen_at=timezone.now()
    )
    type(article).objects.filter(pk=article.pk).update(revision=number)
    tell("article.revised", article, revision=number)


def hold(article, status):
    type(article).objects.filter(pk=article.pk).update(desk_status=status)
    tell("article.released" if status == "usable" else f"article.{status}", article)


def notices_of(row):
    return [(notice.kind, notice.duty, notice.status, notice.revision) for notice in row.update_notices.order_by("pk")]


@pytest.mark.parametrize("status", ["withheld", "canceled"])
def test_a_payment_for_what_may_not_be_used_is_entered_and_the_desk_is_told(waiting, article, editor, status):
    hold(article, status)
    mail.outbox.clear()
    row = make.pay_for(waiting, by=editor)
    while delivery.drain().planned:
        continue
    assert (row.status, row.quote.invoices.get().status) == ("pending_payment", "paid")
    told = [letter for letter in mail.outbox if "not issued" in letter.subject]
    assert [letter.subject for letter in told] == [f"Paid, but not issued: license {row.reference}"]
    assert editor.email in told[0].to[0]
    with pytest.raises(Conflict) as refused:
        licenses.issue(row, by=editor)
    assert (refused.value.code, row.update_notices.count()) == ("not_usable", 0)


def test_what_was_held_back_begins_after_the_release(waiting, article, editor):
    hold(article, "withheld")
    row = make.pay_for(waiting, by=editor)
    hold(article, "usable")
    row = licenses.issue(row, by=editor)
    assert (row.status, LicenseRequest.objects.get(pk=row.request_id).status) == ("active", "fulfilled")
    assert notices_of(row) == []  # The hold is over, and nobody had the text.


def test_a_correction_before_the_payment_is_told_with_the_license_and_its_time_runs_from_then(waiting, article, editor):
    event = tell("correction.published", article)
    revise(article, 2)
    assert notices_of(waiting) == []
    row = make.pay_for(waiting, by=editor)
    [notice] = row.update_notices.all()
    assert (notice.kind, notice.duty, notice.status, notice.revision) == ("correction", "replace_or_append", "open", 2)
    assert (notice.origin_event, notice.due_at) == (event, row.issued_at + timedelta(hours=72))
    assert served.revisions_of(row) == [1, 2]
    assert served.revision_of(row, None) == 2


def test_two_corrections_before_the_payment_leave_the_newer_one_to_answer(waiting, article, editor):
    tell("correction.published", article, revision_after={str(article.pk): 2})
    tell("correction.published", article, kind="update")
    row = make.pay_for(waiting, by=editor)
    assert notices_of(row) == [
        ("correction", "replace_or_append", "superseded", 2),
        ("update", "replace_or_append", "open", None),
    ]


def test_a_retraction_that_was_withdrawn_before_the_payment_is_told_to_nobody(waiting, article, editor):
    tell("correction.published", article, kind="retraction")
    tell("correction.withdrawn", article, kind="retraction")
    assert notices_of(make.pay_for(waiting, by=editor)) == []


def test_a_correction_of_another_article_is_nothing_to_it(publication, waiting, editor):
    tell("correction.published", make.make_article(publication))
    assert notices_of(make.pay_for(waiting, by=editor)) == []


def test_what_the_snapshot_has_already_is_not_told(publication, article, editor):
    revise(article, 2)
    article.refresh_from_db()
    tell("correction.published", article, revision_after={str(article.pk): 2})
    row = make.make_license(publication, article, organization=make.make_organization(payment_terms="prepay"))
    assert notices_of(make.pay_for(row, by=editor)) == []


@pytest.fixture
def held(publication, article):
    return make.make_license(publication, article)


def renew(row, *, urls=None):
    """The license that follows this one, agreed today."""
    request = licenses.renew(row, by=row.request.api_key)
    quote = request.quotes.get()
    signatory = make.signatory_of(row.organization)
    accepting.accept(quote, by=row.request.api_key, terms_sha256=quote.terms.sha256, signatory=signatory)
    return quote.licenses.get()


def first_day_of(row):
    """Noon of it, where the publication is."""
    day = row.issued_at.astimezone(row.publication.zone).replace(hour=12)
    return day + (row.starts_on - day.date())


def test_an_overdue_escalated_retraction_goes_on_under_the_renewal(held, article):
    event = tell("correction.published", article, kind="retraction")
    article.desk_status = "usable"
    following = renew(held)
    clock.tick(event.happened_at + timedelta(hours=25))
    clock.tick(event.happened_at + timedelta(hours=49))
    old = held.update_notices.get()
    assert old.status == "escalated"
    done = clock.tick(first_day_of(following))
    old.refresh_from_db()
    [new] = following.update_notices.all()
    assert (done["superseded"], old.status) == (1, "superseded")
    assert (new.duty, new.kind, new.status, new.due_at, new.correction_reference, new.origin_event) == (
        old.duty,
        old.kind,
        "escalated",
        old.due_at,
        old.correction_reference,
        old.origin_event,
    )
    assert (new.is_overdue(first_day_of(following)), new.overdue_told_at) == (True, old.overdue_told_at)
    told = Event.objects.filter(subject_kind="update_notice", audience="organization").order_by("pk")
    assert [(row.kind, row.subject_reference) for row in told][-2:] == [
        ("update_notice.superseded", old.reference),
        ("update_notice.opened", new.reference),
    ]
    assert updates.acknowledge(new, action="removed").status == "acknowledged"


def test_what_was_told_under_both_licenses_is_left_to_the_newer(held, article):
    following = renew(held)
    tell("correction.published", article)
    [under_new] = following.update_notices.all()
    licenses.supersede(held, by_license=following)
    assert [row.status for row in held.update_notices.all()] == ["superseded"]
    assert list(following.update_notices.all()) == [under_new]


def test_what_is_still_owed_of_the_text_makes_a_milder_notice_of_the_renewal_stricter(held, article):
    tell("correction.published", article)
    following = renew(held)
    tell("correction.published", article, kind="update")
    updates.waive(
        held.update_notices.get(status="open"), by=make.make_staff(held.publication, "licensing_editor"), words="x"
    )
    again = make.happened("correction.published", article, kind="retraction")
    updates.open_under(held, updates.Change("retraction"), again)
    owed = held.update_notices.get(status="open")
    licenses.supersede(held, by_license=following)
    [notice] = following.update_notices.all()
    assert (notice.kind, notice.duty, notice.due_at) == ("update", "take_down", owed.due_at)


def test_a_renewal_takes_no_date_over_that_has_passed(held, article):
    tell("correction.published", article)
    following = renew(held)
    tell("correction.published", article, kind="update")
    again = make.happened("correction.published", article, kind="retraction")
    updates.open_under(held, updates.Change("retraction"), again)
    held.update_notices.filter(status="open").update(due_at=timezone.now() - timedelta(hours=1))
    licenses.supersede(held, by_license=following)
    [notice] = following.update_notices.filter(status="open")
    assert notice.duty == "take_down"
    assert timezone.now() + timedelta(hours=23) < notice.due_at <= timezone.now() + timedelta(hours=24)


@pytest.mark.parametrize(
    ("kind", "after"), [("correction", "canceled"), ("update", "canceled"), ("retraction", "open")]
)
def test_ending_a_license_keeps_open_what_must_be_taken_down(held, article, kind, after):
    tell("correction.published", article, kind=kind)
    licenses.terminate(held, words="Done.")
    assert held.update_notices.get().status == after


def test_the_partner_hears_that_a_notice_is_over(held, article):
    tell("correction.published", article)
    licenses.terminate(held, words="Done.")
    event = Event.objects.get(kind="update_notice.canceled")
    assert (event.audience, event.organization) == ("organization", held.organization)
    assert planning.hook_data(event)["status"] == "canceled"


def test_a_license_begins_with_the_placements_it_was_granted(publication, article):
    urls = ["https://partner.example/a", "https://partner.example/b"]
    row = make.make_license(publication, article, placement_urls=urls)
    assert placements.current(row) == urls


def test_a_renewal_takes_the_placements_along_those_of_its_last_days_too(publication, article):
    held = make.make_license(publication, article, placement_urls=["https://partner.example/granted"])
    placements.declare(held, urls=["https://partner.example/a", "https://partner.example/b"])
    following = renew(held)
    assert following.snapshot["placement_urls"] == ["https://partner.example/a", "https://partner.example/b"]
    assert placements.current(following) == ["https://partner.example/a", "https://partner.example/b"]
    placements.declare(held, urls=["https://partner.example/b", "https://partner.example/c"])
    placements.declare(following, urls=["https://partner.example/b"])
    clock.tick(first_day_of(following))
    assert placements.current(following) == ["https://partner.example/b", "https://partner.example/c"]


def test_one_tick_supersedes_a_renewed_license_and_says_nothing_of_its_end(held):
    following = renew(held)
    done = clock.tick(first_day_of(following))
    assert (done["superseded"], done["expired"], done["expiring"]) == (1, 0, 0)
    assert not Event.objects.filter(kind__in=["license.expired", "license.expiring"]).exists()
    assert UpdateNotice.objects.count() == 0


def test_the_last_weeks_of_a_license_that_is_renewed_are_not_announced(held):
    renew(held)
    end = first_day_of(held) + (held.ends_on - held.starts_on)
    assert clock.tick(end - timedelta(days=7))["expiring"] == 0


def test_a_renewal_that_was_given_up_lets_the_end_be_told(held, editor):
    following = renew(held)
    licenses.terminate(following, by=editor, words="Never paid.")
    assert clock.tick(first_day_of(following))["expired"] == 1
