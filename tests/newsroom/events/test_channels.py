"""What is said on the wire, and what the answers mean: against a real mail server and a real endpoint."""

import socket
import threading
import time
from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.utils import timezone
from standardwebhooks import Webhook

from newsroom.events import channels, delivery, endpoints, planning, smtp
from newsroom.events.models import Delivery
from newsroom.events.verdicts import Verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed(publication, world):
    planning.plan(world.happen().pk)
    return Delivery.objects.get()


@pytest.fixture
def mail_server(smtp, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", smtp.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    return smtp


def test_a_mail_carries_the_id_of_its_delivery_and_says_that_a_machine_wrote_it(owed, mail_server):
    assert channels.send(owed).name == "ok"
    (mail,) = mail_server.mails
    assert mail.recipients == ("one@reader.example",)
    assert mail.message["Message-ID"] == f"<{owed.uuid}@masthead.example>"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["To"] == "One <one@reader.example>"
    assert mail.message["From"] == "The Daily <desk@masthead.example>"
    assert mail.message["Subject"] == "About T-1"
    assert mail.message.get_content().strip() == "It happened: thing.happened."


def test_the_address_is_the_one_of_this_moment(owed, world):
    world.addresses.clear()
    assert channels.send(owed) == Verdict("canceled", "no address (any more)")
    assert outbox.outbox == []


@pytest.mark.parametrize(
    ("fault", "verdict", "code", "kept"),
    [
        ("refuse_temporarily", "transient", 451, 0),
        ("refuse", "permanent", 550, 0),
        ("refuse_recipient", "permanent", 550, 0),
        ("drop_after_data", "ambiguous", None, 1),
    ],
)
def test_what_the_mail_server_says_decides(owed, mail_server, fault, verdict, code, kept):
    mail_server.fault = fault
    answered = channels.send(owed)
    assert (answered.name, answered.status_code, len(mail_server.mails)) == (verdict, code, kept)


def test_a_mail_server_that_is_not_there_is_asked_again(owed, mail_server, settings):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = unused.getsockname()[1]
        assert channels.send(owed).name == "transient"


def test_an_answer_that_does_not_come_in_time_is_ambiguous(owed, mail_server, settings):
    settings.DELIVERY_LEASE_SECONDS = 2
    mail_server.fault, mail_server.delay = "slow", 5.0
    began = time.monotonic()
    assert channels.send(owed).name == "ambiguous"
    assert time.monotonic() - began < 4


def dripping(*lines):
    """A mail server that says these lines and then one letter every twentieth of a second, for ever."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        caller, _address = listener.accept()
        caller.settimeout(5)
        with caller:
            try:
                for line in lines:
                    caller.sendall(line)
                    caller.recv(4096)
                for _ in range(200):
                    caller.sendall(b"2")
                    time.sleep(0.05)
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    return listener, thread


@pytest.mark.parametrize("lines", [[], [b"220 mail.example\r\n"], [b"220 mail.example\r\n", b"250 mail.example\r\n"]])
def test_a_mail_server_that_drips_is_cut_at_the_deadline(owed, mail_server, settings, lines):
    settings.DELIVERY_LEASE_SECONDS = 4
    listener, thread = dripping(*lines)
    settings.EMAIL_PORT = listener.getsockname()[1]
    began = time.monotonic()
    answered = channels.send(owed)
    assert time.monotonic() - began < 6
    assert answered.name == "transient"
    listener.close()
    thread.join(5)


class Refuses:
    """A mail server that says 5xx at one step of the dialogue."""

    def __init__(self, step):
        self.step = step

    def setup(self, monkeypatch):
        def fail(*_args, **_kwargs):
            return (550, b"5.7.1 not you")

        monkeypatch.setattr(smtp._Plain, self.step, fail)


@pytest.mark.parametrize(("step", "verdict"), [("mail", "transient"), ("rcpt", "permanent")])
def test_a_refused_sender_is_our_trouble_and_a_refused_recipient_is_final(
    owed, mail_server, monkeypatch, step, verdict
):
    Refuses(step).setup(monkeypatch)
    answered = channels.send(owed)
    assert (answered.name, answered.status_code, answered.detail) == (verdict, 550, "5.7.1 not you")


def test_a_farewell_that_goes_wrong_does_not_unsend_the_mail(owed, mail_server, monkeypatch):
    def fail(*_args):
        raise OSError("gone")

    monkeypatch.setattr(smtp._Plain, "quit", fail)
    assert channels.send(owed).name == "ok"
    assert len(mail_server.mails) == 1


# --- hooks ------------------------------------------------------------


@pytest.fixture
def hook(partner, make_endpoint, world, receiver):
    endpoint, secret = make_endpoint(partner, f"{receiver.url}/hook")
    owed = endpoints.ping(endpoint)
    owed.secret = secret
    return owed


def test_a_hook_verifies_with_the_reference_implementation(hook, receiver):
    assert channels.send(hook).name == "ok"
    (request,) = receiver.requests
    verified = Webhook(hook.secret).verify(request.body, request.headers)
    assert verified == {
        "type": "endpoint.ping",
        "timestamp": verified["timestamp"],
        "data": {"endpoint": str(hook.endpoint.public_id)},
    }
    assert request.headers["webhook-id"] == str(hook.uuid)
    assert request.headers["content-type"] == "application/json"


def test_for_a_day_after_rotation_both_secrets_verify(hook, receiver):
    new = endpoints.rotate_secret(hook.endpoint)
    channels.send(hook)
    hook.endpoint.previous_until = timezone.now() - timedelta(seconds=1)
    channels.send(hook)
    first, second = receiver.requests
    for secret in (hook.secret, new):
        Webhook(secret).verify(first.body, first.headers)
    Webhook(new).verify(second.body, second.headers)
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(hook.secret).verify(second.body, second.headers)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"status": 204, "body": b""}, ("ok", 204, None, False)),
        ({"status": 302, "headers": {"Location": "/else"}}, ("transient", 302, None, False)),
        ({"status": 400}, ("transient", 400, None, False)),
        ({"status": 410}, ("permanent", 410, None, True)),
        ({"status": 429, "headers": {"Retry-After": "90"}}, ("transient", 429, timedelta(seconds=90), False)),
        ({"status": 503, "headers": {"Retry-After": "9999999"}}, ("transient", 503, timedelta(hours=24), False)),
        ({"drop": True}, ("ambiguous", None, None, False)),
    ],
)
def test_what_the_endpoint_says_decides(hook, receiver, answer, expected):
    receiver.answer(**answer)
    verdict = channels.send(hook)
    assert (verdict.name, verdict.status_code, verdict.retry_after, verdict.endpoint_gone) == expected
    assert len(receiver.requests) == 1


def test_what_the_endpoint_said_is_kept_short(hook, receiver):
    receiver.answer(status=500, body=b"no " * 5000)
    Delivery.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    delivery.drain()
    tried = hook.tries.get()
    assert (tried.verdict, tried.status_code, len(tried.excerpt)) == ("transient", 500, 1000)
    assert tried.excerpt.startswith("HTTP 500 no no no")


def test_an_endpoint_that_is_not_there_is_asked_again(hook):
    hook.endpoint.url = "http://127.0.0.1:1/hook"
    assert channels.send(hook).name == "transient"


def test_a_hook_whose_body_retention_has_cleared_is_not_sent(hook, receiver):
    hook.body = ""
    assert channels.send(hook).name == "canceled"
    assert receiver.requests == []


def test_an_endpoint_that_is_gone_is_not_asked(hook, receiver):
    hook.endpoint.state = "gone"
    assert channels.send(hook) == Verdict("canceled", "the endpoint is gone")
    assert receiver.requests == []
