"""`manage.py person`: everything that is held on one person, and what may be erased of it."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from corrections.models import ReporterContact
from corrections.services import report as reports
from newsroom.accounts.models import Contact, Organization
from newsroom.events import planning
from reprints.models import RequesterContact
from reprints.services import asking
from reprints.services.asking import Requester
from tests import factories
from tests.reprints import factories as licensing

pytestmark = pytest.mark.django_db
EMAIL = "rita@reader.example"


def person(*options):
    out, err = io.StringIO(), io.StringIO()
    call_command("person", *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue().strip()


@pytest.fixture
def world():
    """Rita as reader (one closed report, one open), as web requester, as a partner's contact and as staff."""

    class World:
        daily = licensing.make_publication()
        editor = factories.make_staff(daily, "desk_editor")
        closed = factories.make_report(daily, licensing.make_article(daily), claim="My own bill says 1.45 million.")
        reports.take_up(closed, by=editor)
        reports.decline(closed, by=editor, code="opinion", words="That is an opinion.")
        open = factories.make_report(daily, licensing.make_article(daily), email="RITA@reader.example")
        stranger = factories.make_report(daily, licensing.make_article(daily), email="other@reader.example")
        asked = licensing.make_request(
            daily, licensing.make_article(daily, licensable=None), requester=Requester("Rita", EMAIL, "")
        )
        partner = Organization.objects.create(name="The Review", slug="review")
        contact = Contact.objects.create(organization=partner, name="Rita Reader", email=EMAIL)
        staff = factories.make_staff(daily, "desk_editor", email="Rita@Reader.example")

    planning.plan_due()
    return World()


def test_it_shows_everything_on_them_and_nothing_on_others(world):
    out, err = person("Rita@reader.Example ")
    held = json.loads(out)
    assert sorted(held) == [
        *("email", "inquiries", "license_request_drafts", "license_requests", "organization_contacts", "reports"),
        "staff",
    ]
    assert [row["reference"] for row in held["reports"]] == [world.closed.reference, world.open.reference]
    assert held["reports"][0]["report"]["claim"] == "My own bill says 1.45 million."
    assert [row["reference"] for row in held["license_requests"]] == [world.asked.reference]
    assert [(row["organization"], row["name"]) for row in held["organization_contacts"]] == [
        ("The Review", "Rita Reader")
    ]
    assert [row["username"] for row in held["staff"]] == [world.staff.username]
    assert "other@reader.example" not in out
    mails = sum(len(row["deliveries"]) for shelf in held.values() if shelf is not held["email"] for row in shelf)
    assert mails > 3
    assert (
        err == "inquiries: 0, license_request_drafts: 0, license_requests: 1, organization_contacts: 1, reports: 2, "
        f"staff: 1, deliveries: {mails}"
    )


def test_nobody_is_an_answer_too(world):
    out, err = person("nobody@reader.example")
    assert (json.loads(out)["reports"], err) == (
        [],
        "inquiries: 0, license_request_drafts: 0, license_requests: 0, organization_contacts: 0, reports: 0, staff: 0, "
        "deliveries: 0",
    )


def test_what_may_be_erased_is_and_the_rest_says_why_not(world):
    out, _err = person(EMAIL, "--erase")
    assert out.splitlines() == [
        "inquiries: 0 erased, 0 kept",
        "license_request_drafts: 0 erased, 0 kept",
        "license_requests: 0 erased, 2 kept",
        f"  kept: {world.asked.reference}, words: This request is still open: withdraw it first.",
        f"  kept: {world.asked.reference}, contact details: This request is still open: withdraw it first.",
        "organization_contacts: 1 erased, 0 kept",
        "reports: 3 erased, 1 kept",
        f"  kept: {world.open.reference}, words: We still work on this report. Take it back first.",
        "staff: 0 erased, 1 kept",
        f"  kept: staff account {world.staff.username}: the history names who decided; deactivate it.",
    ]
    world.closed.refresh_from_db()
    assert (world.closed.claim, world.closed.status) == ("", "declined")
    assert list(ReporterContact.objects.values_list("report", flat=True)) == [world.stranger.pk]
    assert Contact.objects.filter(organization=world.partner).count() == 0
    asking.withdraw(world.asked)
    out, _err = person(EMAIL, "--erase")
    assert out.splitlines()[2] == "license_requests: 1 erased, 0 kept"
    assert RequesterContact.objects.get().email == ""
    assert json.loads(person(EMAIL)[0])["reports"] == []


def test_whoever_signed_a_contract_is_kept_and_hears_no_more(world):
    row = licensing.make_license(world.daily, licensing.make_article(world.daily))
    signed = row.quote.signatory
    out, _err = person(signed.email, "--erase")
    assert f"  kept: contact of {row.organization.name}: signed a contract; gets no mail any more." in out.splitlines()
    signed.refresh_from_db()
    assert (signed.is_active, row.quote.signatory_name) == (False, "Sig Natory")


def test_what_is_no_address_is_refused():
    with pytest.raises(CommandError, match="is not a mail address"):
        person("rita")
