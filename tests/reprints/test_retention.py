"""What the licensing desk forgets of web requesters: when closed, unlicensed or over, and never a contract."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from newsroom.events.models import Event
from reprints.models import License, LicenseRequest, RequesterContact
from reprints.services import accepting, asking, retention
from reprints.services.asking import Requester
from reprints.tasks import retain
from tests.reprints import factories as make
from tests.reprints.factories import make_article, make_publication, make_request, make_staff

pytestmark = pytest.mark.django_db
NOTHING = {
    "contacts": 0,
    "unconfirmed_contacts": 0,
    "texts": 0,
    "partner_sessions": 0,
    "sign_in_links": 0,
    "request_drafts": 0,
}


@pytest.fixture
def publication():
    return make_publication()


def ask(publication, *, confirmed=True, **values):
    wanda = Requester("Wanda Writer", "wanda@review.example", "The Review")
    asked = make_request(publication, make_article(publication, **values), requester=wanda)
    if confirmed:
        asking.confirm_contact(asked)
    return asked


def withdrawn(publication, days, **over):
    asked = ask(publication, licensable=None, **over)
    asking.message(asked, words="Please call me at home.")
    asking.withdraw(asked)
    LicenseRequest.objects.filter(pk=asked.pk).update(closed_at=timezone.now() - timedelta(days=days))
    return asked


def licensed(publication):
    asked = ask(publication)
    quote = asked.quotes.get()
    accepting.accept(quote, terms_sha256=quote.terms.sha256, signatory="Wanda Writer")
    make.pay_for(asked.licenses.get())
    return asked


def run(**over):
    return retention.retain(**{"now": timezone.now(), "dry_run": False, **over})


def email_of(asked):
    return RequesterContact.objects.get(request=asked).email


@pytest.mark.parametrize(
    ("days", "confirmed", "kinds"),
    [
        (89, True, {}),
        (91, True, {"contacts": 1}),
        (91, False, {"unconfirmed_contacts": 1}),
        (366, True, {"contacts": 1, "texts": 1}),
    ],
)
def test_each_kind_goes_on_its_day_as_foretold_and_only_once(publication, days, confirmed, kinds):
    asked = withdrawn(publication, days, confirmed=confirmed)
    before = list(RequesterContact.objects.values()), Event.objects.count()
    assert run(dry_run=True) == NOTHING | kinds
    assert (list(RequesterContact.objects.values()), Event.objects.count()) == before
    assert run() == NOTHING | kinds
    assert email_of(asked) == ("" if kinds else "wanda@review.example")
    assert run() == NOTHING


def test_an_open_request_and_a_partners_request_keep_everything(publication):
    asked = ask(publication, licensable=None)
    partner = make_request(publication, make_article(publication, licensable=None))
    asking.message(partner, words="Our terms.", by=partner.api_key)
    asking.withdraw(partner, by=partner.api_key)
    assert run(now=timezone.now() + timedelta(days=4000)) == NOTHING
    assert (email_of(asked), partner.messages.get().body) == ("wanda@review.example", "Our terms.")


def test_a_licensee_is_reachable_until_ninety_days_after_the_license(publication):
    asked = licensed(publication)
    last = asked.licenses.values_list("ends_on", flat=True).get()
    now = timezone.now().replace(hour=12)
    ends = now + timedelta(days=(last - now.date()).days)
    assert run(now=ends + timedelta(days=90)) == NOTHING
    assert email_of(asked) == "wanda@review.example"
    License.objects.update(status="terminated", ended_at=now)
    assert run(now=now + timedelta(days=89)) == NOTHING
    License.objects.update(status="active", ended_at=None)
    assert run(now=ends + timedelta(days=91), dry_run=True) == NOTHING | {"contacts": 1}


@pytest.mark.parametrize(
    "values",
    [
        {"status": "suspended", "ends_on": date(2026, 1, 31), "archival": True},
        {"status": "suspended", "ends_on": None, "perpetual": True},
        {"status": "pending_payment", "ends_on": date(2026, 1, 31)},
        {"status": "active", "ends_on": date(2026, 1, 31), "archival": True},
        {"status": "active", "ends_on": None, "perpetual": True},
    ],
)
def test_whoever_must_hear_of_corrections_stays_reachable(publication, values):
    asked = licensed(publication)
    License.objects.update(starts_on=date(2026, 1, 1), **values)
    assert run(now=timezone.now() + timedelta(days=4000)) == NOTHING
    assert email_of(asked) == "wanda@review.example"


@pytest.mark.parametrize("status", ["active", "suspended"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])  # never the same day in both
def test_a_license_that_is_over_keeps_nobody_reachable_suspended_or_not(publication, status, zone):
    asked = licensed(publication)
    type(publication).objects.filter(pk=publication.pk).update(time_zone=zone)
    LicenseRequest.objects.update(closed_at=timezone.now() - timedelta(days=400))
    now = timezone.now()
    today = timezone.localdate(now, ZoneInfo(zone))
    License.objects.update(status=status, starts_on=date(2020, 1, 1), ends_on=today - timedelta(days=90))
    assert run(now=now) == NOTHING
    License.objects.update(ends_on=today - timedelta(days=91))
    assert run(now=now) == NOTHING | {"contacts": 1}
    assert email_of(asked) == ""


def test_what_was_signed_stays_when_the_contact_goes(publication):
    asked = licensed(publication)
    License.objects.update(starts_on=date(2026, 1, 1), ends_on=date(2026, 1, 31))
    LicenseRequest.objects.update(closed_at=timezone.now() - timedelta(days=400))
    assert run() == NOTHING | {"contacts": 1}
    assert (email_of(asked), asked.quotes.get().signatory_name) == ("", "Wanda Writer")
    assert asked.licenses.get().snapshot["parties"]["licensee"]["name"] == "The Review"


def test_zero_days_keep_for_ever_and_the_clock_runs_it(publication):
    publication.settings = {"contact_days": 0, "request_text_days": 0}
    publication.save(update_fields=["settings"])
    asked = withdrawn(publication, 4000)
    assert retain() == NOTHING
    publication.settings = {}
    publication.save(update_fields=["settings"])
    assert retain() == NOTHING | {"contacts": 1, "texts": 1}
    assert [row.body for row in asked.messages.all()] == [""]


def test_internal_notes_and_the_desks_words_stay(publication):
    asked = ask(publication, licensable=None)
    editor = make_staff(publication, "licensing_editor")
    asking.message(asked, words="She called.", by=editor, internal=True)
    asking.withdraw(asked, words="No longer needed.")
    LicenseRequest.objects.update(closed_at=timezone.now() - timedelta(days=366))
    assert run() == NOTHING | {"contacts": 1, "texts": 1}
    assert [row.body for row in asked.messages.all()] == ["She called.", ""]
