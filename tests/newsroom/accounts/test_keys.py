"""Issuing and revoking keys."""

import hashlib
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from newsroom.accounts.access import AccessEntry
from newsroom.accounts.models import ApiKey, Organization, Publication
from newsroom.accounts.services import issue_key, revoke_key, rotate_key
from newsroom.errors import Conflict, Invalid
from tests.factories import make_publication, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner():
    return Organization.objects.create(name="Partner Inc.", slug="partner")


@pytest.fixture
def daily():
    return Publication.objects.create(name="The Daily", slug="daily")


def run(*arguments):
    out = StringIO()
    call_command("keys", *arguments, stdout=out)
    return out.getvalue().strip()


def test_a_key_is_shown_once_and_stored_as_a_digest(partner):
    key, text = issue_key(label=" Web shop ", scopes=["quotes:read", "quotes:read"], organization=partner, test=True)
    prefix, world, key_id, secret = text.split("_", 3)
    assert (prefix, world, key_id, len(secret)) == ("mh", "test", key.key_id, 43)
    stored = ApiKey.objects.get()
    assert (stored.label, stored.scopes, stored.secret_sha256) == (
        "Web shop",
        ["quotes:read"],
        hashlib.sha256(secret.encode()).hexdigest(),
    )


def test_a_key_of_a_cms_is_bound_to_its_publications(daily):
    key, _text = issue_key(label="CMS", scopes=["articles:write"], publications=[daily])
    assert (list(key.publications.all()), key.organization) == ([daily], None)


@pytest.mark.parametrize(
    ("over", "faults"),
    [
        ({"scopes": []}, [("/scopes", "required")]),
        ({"scopes": ["everything"]}, [("/scopes", "unknown_scope")]),
        ({"scopes": ["articles:write"]}, [("/scopes", "wrong_scope")]),
        ({"label": " "}, [("/label", "invalid")]),
        ({"label": "x" * 81}, [("/label", "invalid")]),
        ({"organization": None}, [("/organization", "owner"), ("/scopes", "wrong_scope")]),
        ({"expires_at": timezone.now() - timedelta(days=1)}, [("/expires_at", "past")]),
    ],
)
def test_a_key_that_makes_no_sense_is_not_issued(partner, over, faults):
    with pytest.raises(Invalid) as refusal:
        issue_key(**{"label": "Key", "scopes": ["quotes:read"], "organization": partner, **over})
    assert [(fault.pointer, fault.code) for fault in refusal.value.faults] == faults
    assert ApiKey.objects.count() == 0


def test_a_key_belongs_to_a_partner_or_to_publications_never_to_both(partner, daily):
    with pytest.raises(Invalid):
        issue_key(label="Key", scopes=["events:read"], organization=partner, publications=[daily])


def test_a_label_of_80_characters_and_an_end_a_moment_away_are_taken(partner):
    with time_machine.travel(NOW, tick=False):
        key, _text = issue_key(
            label="x" * 80, scopes=["quotes:read"], organization=partner, expires_at=NOW + timedelta(microseconds=1)
        )
        with pytest.raises(Invalid):
            issue_key(label="Over", scopes=["quotes:read"], organization=partner, expires_at=NOW)
    stored = ApiKey.objects.get()
    assert (stored.pk, len(stored.label), stored.expires_at) == (key.pk, 80, NOW + timedelta(microseconds=1))


def test_who_issued_and_who_revoked_a_key_is_written_down(partner):
    person = make_staff(make_publication(), "admin")
    key, _text = issue_key(label="Key", scopes=["quotes:read"], organization=partner, by=person)
    revoke_key(key, by=person)
    noted = AccessEntry.objects.filter(detail=key.key_id).order_by("pk").values_list("action", "by")
    assert list(noted) == [("key_issued", person.pk), ("key_revoked", person.pk)]


def test_revoking_twice_keeps_the_first_date(partner):
    key, _text = issue_key(label="Key", scopes=["quotes:read"], organization=partner)
    first = revoke_key(key).revoked_at
    assert revoke_key(ApiKey.objects.get()).revoked_at == first
    assert list(ApiKey.objects.in_force(timezone.now())) == []


def test_the_desk_reads_the_hour_in_which_a_key_was_last_used(client, partner):
    issue_key(label="Key", scopes=["quotes:read"], organization=partner)
    ApiKey.objects.update(last_used_at=datetime(2026, 11, 27, 19, 42, tzinfo=UTC))
    client.force_login(make_staff(is_superuser=True))
    page = client.get("/admin/accounts/apikey/").content.decode()
    assert "Last used, to the hour" in page
    assert 'field-last_used nowrap">Nov. 27, 2026, 7 p.m.</' in page


def test_the_command_issues_lists_and_revokes(partner):
    text = run("issue", "--label", "Shop", "--scopes", "quotes:read", "quotes:accept", "--organization", "partner")
    key = ApiKey.objects.get()
    assert text.startswith(f"mh_live_{key.key_id}_")
    assert run("list") == f"mh_live_{key.key_id}…\tactive\tpartner\tShop\tquotes:accept quotes:read\tnever used"
    ApiKey.objects.update(last_used_at=datetime(2026, 11, 27, 19, 42, tzinfo=UTC))
    assert run("list").endswith("\t2026-11-27T19:00+00:00")
    assert run("revoke", text) == f"mh_live_{key.key_id}… is revoked."
    assert "\trevoked\t" in run("list")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--scopes", "quotes:read", "--organization", "nobody"),
        ("--scopes", "events:read", "--publication", "nothing"),
        ("--scopes", "everything", "--organization", "partner"),
        ("--scopes", "quotes:read", "--organization", "partner", "--expires", "2030-01-01"),
    ],
)
def test_the_command_says_what_is_wrong(partner, arguments):
    with pytest.raises(CommandError):
        run("issue", "--label", "Shop", *arguments)
    assert ApiKey.objects.count() == 0


def test_revoking_an_unknown_key_is_an_error(db):
    with pytest.raises(CommandError, match="There is no key"):
        run("revoke", "nothing")


NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_a_rotated_key_has_a_successor_like_it_and_ends_after_the_overlap(partner):
    other, _text = issue_key(label="Other", scopes=["events:read"], organization=partner)
    old, _text = issue_key(
        label="Shop", scopes=["quotes:read"], organization=partner, test=True, expires_at=timezone.now() + 300 * DAY
    )
    with time_machine.travel(NOW, tick=False):
        new, text = rotate_key(old, overlap=HOUR)
    assert text.startswith(f"mh_test_{new.key_id}_")
    assert (new.label, new.scopes, new.organization, new.test, new.expires_at) == (
        "Shop",
        ["quotes:read"],
        partner,
        True,
        old.expires_at,
    )
    kept = ApiKey.objects.get(pk=old.pk)
    assert (kept.expires_at, kept.rotated_at, kept.label) == (NOW + HOUR, NOW, "Shop")
    other.refresh_from_db()
    assert (other.expires_at, other.rotated_at) == (None, None)


def test_a_key_without_an_end_gets_one_and_a_sooner_end_stays(partner):
    endless, _text = issue_key(label="Endless", scopes=["quotes:read"], organization=partner)
    soon, _text = issue_key(label="Soon", scopes=["quotes:read"], organization=partner)
    ApiKey.objects.filter(pk=soon.pk).update(expires_at=NOW + HOUR)
    with time_machine.travel(NOW, tick=False):
        successor, _text = rotate_key(endless, overlap=2 * HOUR)
        rotate_key(soon, overlap=2 * HOUR)
    assert successor.expires_at is None
    ends = dict(ApiKey.objects.filter(pk__in=[endless.pk, soon.pk]).values_list("label", "expires_at"))
    assert ends == {"Endless": NOW + 2 * HOUR, "Soon": NOW + HOUR}


def test_a_rotated_key_of_a_cms_keeps_its_publications(daily):
    old, _text = issue_key(label="CMS", scopes=["articles:write"], publications=[daily])
    new, _text = rotate_key(old, overlap=HOUR)
    assert (list(new.publications.all()), new.organization) == ([daily], None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"revoked_at": NOW}, "This key opens nothing any more: make a new one."),
        ({"expires_at": NOW}, "This key opens nothing any more: make a new one."),
        ({"expires_at": NOW + HOUR, "rotated_at": NOW - HOUR}, "This key has a successor already."),
    ],
)
def test_a_key_that_opens_nothing_or_has_a_successor_is_not_rotated(partner, change, said):
    key, _text = issue_key(label="Key", scopes=["quotes:read"], organization=partner)
    ApiKey.objects.filter(pk=key.pk).update(**change)
    before = ApiKey.objects.values().get()
    with time_machine.travel(NOW, tick=False), pytest.raises(Conflict) as refusal:
        rotate_key(key, overlap=HOUR)
    assert str(refusal.value) == said
    assert ApiKey.objects.values().get() == before
