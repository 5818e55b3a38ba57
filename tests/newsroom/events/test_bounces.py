"""Mail that comes back: what the mail server says at once, and what it says later."""

import io
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import transaction

from newsroom.events import bounces, kinds, planning
from newsroom.events.delivery import drain
from newsroom.events.models import Delivery

pytestmark = [pytest.mark.django_db, pytest.mark.both]

NOTE = """From: Mail Delivery Subsystem <mailer-daemon@mx.example>
To: desk@masthead.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered. Message-ID: <00000000-0000-0000-0000-000000000000@masthead.example>
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; one@reader.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <one@reader.example>: no such user

--b
Content-Type: {kind}

Message-ID: <{id}@{domain}>
Subject: About T-1

--b--
"""


@pytest.fixture
def refused(monkeypatch):
    """The keys whose address was refused."""
    keys = []
    monkeypatch.setattr(kinds, "REFUSALS", {"person": lambda key, owed_at: keys.append(key)})
    return keys


@pytest.fixture
def sent(publication, world, refused):
    with transaction.atomic():
        event = world.happen()
    planning.plan(event.pk)
    drain()
    return Delivery.objects.get()


def note(delivery, **over):
    parts = {
        "action": "failed",
        "status": "5.1.1",
        "kind": "message/rfc822",
        "id": delivery.uuid,
        "domain": "masthead.example",
        **over,
    }
    return NOTE.format(**parts).encode()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_mail_that_came_back_is_a_dead_letter_and_its_address_is_known_to_take_none(sent, refused, kind):
    assert bounces.take(note(sent, kind=kind)) == f"{sent.uuid} did not arrive: its address takes no mail"

    sent.refresh_from_db()
    assert (sent.state, sent.last_verdict, sent.last_error) == ("dead", "permanent", "returned: 5.1.1")
    assert refused == ["1"]


def test_a_digest_that_came_back_is_a_dead_letter_for_everything_in_it(publication, world, refused):
    world.recipients, world.addresses = [kinds.Recipient("user", "7")], {"7": kinds.Address("editor@daily.example")}
    with transaction.atomic():
        for _ in range(3):
            world.happen()
    drain()
    first = Delivery.objects.earliest("pk")
    assert bounces.take(note(first, status="5.7.1")) == f"{first.uuid} did not arrive"
    assert list(Delivery.objects.values_list("state", flat=True)) == ["dead"] * 3


@pytest.mark.parametrize(
    ("over", "said", "state"),
    [
        ({"action": "delayed", "status": "4.4.1"}, "nothing failed", "sent"),
        ({"action": "relayed", "status": "2.0.0"}, "nothing failed", "sent"),
        ({"status": "5.7.1"}, "did not arrive", "dead"),
        ({"status": "rubbish"}, "did not arrive", "dead"),
    ],
)
def test_a_delay_changes_nothing_and_a_refusal_by_policy_is_no_word_about_the_address(sent, refused, over, said, state):
    assert bounces.take(note(sent, **over)).removeprefix(f"{sent.uuid} ") == said

    sent.refresh_from_db()
    assert (sent.state, refused) == (state, [])


@pytest.mark.parametrize(
    "over", [{"domain": "elsewhere.example"}, {"id": "00000000-0000-4000-8000-000000000000"}, {"id": "x"}]
)
def test_mail_that_is_not_ours_is_left_alone(sent, refused, over):
    with pytest.raises(bounces.NoNotification, match="no mail that this desk sent"):
        bounces.take(note(sent, **over))
    assert refused == []


@pytest.mark.parametrize("raw", [b"", b"\x00\xff\xfe", b"Subject: hello\n\nA letter.", b"x" * (bounces.MAX_BYTES + 1)])
def test_what_is_no_notification_is_said_to_be_none(db, raw):
    with pytest.raises(bounces.NoNotification):
        bounces.take(raw)


def test_the_command_reads_the_pipe_and_never_fails_a_mail_server(sent, refused, monkeypatch):
    said = []
    for raw in (note(sent), b"A letter."):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        out = io.StringIO()
        call_command("bounce", stdout=out)
        said.append(out.getvalue().strip())
    assert said == [
        f"{sent.uuid} did not arrive: its address takes no mail",
        "ignored: there is no delivery status in it",
    ]
    assert refused == ["1"]


@pytest.mark.parametrize(
    ("text", "unsaid", "refused"),
    [
        ("550 5.1.1 No such mailbox", False, True),
        ("5.2.1 mailbox disabled", False, True),
        ("550 5.7.1 relaying denied", True, False),
        ("4.2.2 mailbox full", True, False),
        ("no such user", True, True),
        ("message refused", False, False),
        ("see 15.1.12 of the rules at 10.5.1.1", False, False),
    ],
)
def test_what_a_refusal_says_about_the_address(text, unsaid, refused):
    assert bounces.about_the_address(text, unsaid=unsaid) is refused
