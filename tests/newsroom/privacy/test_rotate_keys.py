"""`manage.py rotate_keys`: every sealed value moves to the first key, and nothing is lost on the way."""

import io

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.utils import timezone

from corrections.models import ReporterContact
from newsroom.api.models import IdempotencyRecord
from newsroom.events import endpoints, rotation, sealed
from newsroom.events.models import Endpoint
from tests.factories import make_publication, make_report

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def keys(settings):
    """An old key with which everything so far was sealed, and a new one that goes first later."""

    class Keys:
        old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()

        def ring(self, *held):
            settings.FIELD_KEYS = list(held)

    held = Keys()
    held.ring(held.old)
    return held


def run(*options):
    out = io.StringIO()
    call_command("rotate_keys", *options, stdout=out, stderr=io.StringIO())
    return out.getvalue().splitlines()


def read_all():
    return [
        sealed.open_text(getattr(row, column))
        for model, column in rotation.sealed_columns()
        for row in model._base_manager.order_by("pk")
    ]


def fill():
    publication = make_publication()
    for number in range(3):
        make_report(publication, email=f"reader{number}@reader.example", phone="")
    endpoints.create(publication, url="https://cms.example/hook")
    IdempotencyRecord.objects.create(
        owner="key:x", key="k", method="POST", path="/", created_at=timezone.now(), body=sealed.seal('{"a": 1}')
    )


def test_every_sealed_column_is_found_by_its_name():
    assert {f"{model._meta.label}.{column}" for model, column in rotation.sealed_columns()} >= {
        "api.IdempotencyRecord.body",
        "corrections.ReporterContact.email_sealed",
        "corrections.ReporterContact.name_sealed",
        "corrections.ReporterContact.phone_sealed",
        "events.Endpoint.previous_secret_encrypted",
        "events.Endpoint.secret_encrypted",
        "reprints.Quote.signatory_encrypted",
        "reprints.RequesterContact.company_encrypted",
        "reprints.RequesterContact.email_encrypted",
        "reprints.RequesterContact.name_encrypted",
    }


def test_after_a_rotation_the_old_key_may_be_dropped(keys):
    fill()
    before = read_all()
    keys.ring(keys.new, keys.old)

    assert run()[-1] == "8 of 8 values were sealed anew."
    keys.ring(keys.new)
    assert run("--verify")[-1] == "All 8 values open; the first key alone is enough."
    assert read_all() == before


def test_a_dry_run_counts_and_writes_nothing(keys):
    fill()
    keys.ring(keys.new, keys.old)
    before = list(ReporterContact.objects.order_by("pk").values())

    assert run("--dry-run")[-1] == "8 of 8 values would be sealed anew."
    assert "corrections.ReporterContact.phone_sealed: 0 values, 0 under an older key" in run("--dry-run")
    assert list(ReporterContact.objects.order_by("pk").values()) == before
    assert run("--verify")[-1] == "All 8 values open; 8 still need an older key."


def test_a_rotation_that_was_broken_off_goes_on_where_it_was(keys, monkeypatch):
    fill()
    before = read_all()
    keys.ring(keys.new, keys.old)
    monkeypatch.setattr(rotation, "BATCH", 2)
    real, done = sealed.rotate, []

    def killed_at_the_third(token):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(token)
        return real(token)

    monkeypatch.setattr(sealed, "rotate", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        run()
    # The third value was in a batch with the second: both are as they were.
    monkeypatch.setattr(sealed, "rotate", real)
    assert read_all() == before
    assert run()[-1] == "7 of 8 values were sealed anew."
    keys.ring(keys.new)
    assert read_all() == before


def test_what_was_written_meanwhile_is_not_overwritten(keys, monkeypatch):
    fill()
    keys.ring(keys.new, keys.old)
    endpoint = Endpoint.objects.get()
    real, stale = rotation._batches, [(endpoint.pk, endpoint.secret_encrypted)]
    Endpoint.objects.update(secret_encrypted=sealed.seal("whsec_newer"))
    monkeypatch.setattr(
        rotation,
        "_batches",
        lambda model, column: iter([stale]) if column == "secret_encrypted" else real(model, column),
    )
    run()
    assert sealed.open_text(Endpoint.objects.get().secret_encrypted) == "whsec_newer"


def test_a_value_that_no_key_opens_is_counted_named_and_left_alone(keys):
    fill()
    first = ReporterContact.objects.order_by("pk").first()
    foreign = Fernet(Fernet.generate_key()).encrypt(b"x").decode()
    ReporterContact.objects.filter(pk=first.pk).update(name_sealed=foreign)
    keys.ring(keys.new, keys.old)

    for options in (["--verify"], []):
        err = io.StringIO()
        with pytest.raises(CommandError, match=r"^1 of 8 values open with no key of FIELD_KEYS\.$"):
            call_command("rotate_keys", *options, stdout=io.StringIO(), stderr=err)
        assert err.getvalue() == f"corrections.ReporterContact.name_sealed: 1 open with no key, rows {first.pk}\n"
    assert ReporterContact.objects.get(pk=first.pk).name_sealed == foreign
    assert sum(rotation.count(model, column).older for model, column in rotation.sealed_columns()) == 0


def test_without_a_key_it_says_so(settings):
    settings.FIELD_KEYS = []
    with pytest.raises(CommandError, match="FIELD_KEYS is empty"):
        run()
