"""The safe way out: which URLs and addresses are talked to, and how long a slow or hostile server may hold us."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from newsroom.events import outbound

BAD_ADDRESSES = [
    "0.0.0.0",  # noqa: S104 -- an address to refuse, not one to listen on
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "fc00::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
GOOD_ADDRESSES = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "2606:4700:4700::1111",
    "2a00:1450:4001:830::200e",
    "2620:fe::fe",
]
BAD_URLS = [
    "",
    "http://partner.example/hook",
    "ftp://partner.example/hook",
    "https://partner.example:8080/hook",
    "https://partner.example:22/hook",
    "https://user:secret@partner.example/hook",
    "https://1.1.1.1/hook",
    "https://[2606:4700:4700::1111]/hook",
    "https://2130706433/hook",
    "https://0x7f000001/hook",
    "https://0177.0.0.1/hook",
    "https://127.1/hook",
    "https://①②⑦.0.0.1/hook",
    "https://localhost/hook",
    "https://intranet/hook",
    "https://metadata.google.internal/hook",
    "https://partner.example\\@127.0.0.1/hook",
    "https://partner.example/ho\nok",
    "https://printer.local/hook",
    "https://partner.example:99999/hook",
    "https://partner.example./hook",
    "https://-partner.example/hook",
    "https://partner.example/" + "x" * 2000,
    "//partner.example/hook",
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_an_address_that_is_not_public_is_refused(address):
    with pytest.raises(outbound.Refused):
        outbound.judge_address(address)


def test_there_are_thirty_four_bad_addresses_and_six_good():
    assert (len(set(BAD_ADDRESSES)), len(set(GOOD_ADDRESSES))) == (34, 6)


@pytest.mark.parametrize("address", GOOD_ADDRESSES)
def test_a_public_address_is_accepted(address):
    assert outbound.judge_address(address) is None


@pytest.mark.parametrize("url", BAD_URLS)
def test_a_bad_url_is_refused(url):
    with pytest.raises(outbound.Refused):
        outbound.judge_url(url)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://partner.example", outbound.Target("https", "partner.example", 443, "/")),
        (
            "https://Partner.Example:8443/a b".replace(" ", "%20"),
            outbound.Target("https", "partner.example", 8443, "/a%20b"),
        ),
        (
            "https://bücher.example/ü?q=ä#top",
            outbound.Target("https", "xn--bcher-kva.example", 443, "/%C3%BC?q=%C3%A4"),
        ),
    ],
)
def test_a_good_url_is_taken_apart(url, target):
    assert outbound.judge_url(url) == target


def test_plain_http_is_for_fetching_pages_only_and_on_its_own_port_only():
    assert outbound.judge_url("http://daily.example/story", plain_http=True).port == 80
    for url in ("http://daily.example:8080/story", "http://daily.example:443/story", "https://daily.example:80/"):
        with pytest.raises(outbound.Refused):
            outbound.judge_url(url, plain_http=True)


def test_loopback_is_refused_unless_the_demo_allows_it(settings):
    for url in ("http://127.0.0.1:9000/hook", "http://localhost:9000/hook"):
        settings.ALLOW_LOOPBACK_ENDPOINTS = False
        with pytest.raises(outbound.Refused):
            outbound.judge_url(url)
        settings.ALLOW_LOOPBACK_ENDPOINTS = True
        assert outbound.judge_url(url).port == 9000
    for url in ("http://127.0.0.2:9000/hook", "https://127.0.0.1/hook", "http://10.0.0.1/hook"):
        with pytest.raises(outbound.Refused):
            outbound.judge_url(url)


class Resolver:
    """A name server that says something else each time it is asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), 0

    def __call__(self, host, port, **_kwargs):
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if isinstance(answer, Exception):
            raise answer
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in answer
        ]


class Network:
    """Everything beyond this machine: writes down who is called, and nobody answers."""

    def __init__(self):
        self.called = []

    def __call__(self, address, timeout=None):
        self.called.append(address)
        raise ConnectionRefusedError("nobody is there")


@pytest.fixture
def network(monkeypatch):
    network = Network()
    monkeypatch.setattr(outbound.socket, "create_connection", network)
    return network


def send(url="https://partner.example/hook", seconds=2.0):
    return outbound.post(url, body=b"{}", headers={}, deadline=timedelta(seconds=seconds))


def test_a_name_is_resolved_once_and_the_judged_address_is_called(monkeypatch, network):
    resolver = Resolver(["93.184.215.14"], ["127.0.0.1"])
    monkeypatch.setattr(outbound.socket, "getaddrinfo", resolver)
    with pytest.raises(outbound.Unreachable):
        send()
    assert (resolver.asked, network.called) == (1, [("93.184.215.14", 443)])


@pytest.mark.parametrize("answers", [["93.184.215.14", "10.0.0.1"], ["::1", "93.184.215.14"], ["169.254.169.254"]])
def test_one_bad_answer_among_good_ones_refuses_them_all(monkeypatch, network, answers):
    monkeypatch.setattr(outbound.socket, "getaddrinfo", Resolver(answers))
    with pytest.raises(outbound.Refused):
        send()
    assert network.called == []


def test_a_connection_that_leads_elsewhere_is_hung_up(monkeypatch, receiver):
    monkeypatch.setattr(outbound.socket, "getaddrinfo", Resolver(["93.184.215.14"]))
    elsewhere = ("127.0.0.1", receiver.port)
    monkeypatch.setattr(outbound.socket, "create_connection", lambda _where, timeout: _numeric(elsewhere, timeout))
    with pytest.raises(outbound.Refused):
        send()
    assert receiver.requests == []


def test_a_name_without_an_address_was_not_sent(monkeypatch):
    monkeypatch.setattr(outbound.socket, "getaddrinfo", Resolver(socket.gaierror(-2, "Name or service not known")))
    with pytest.raises(outbound.Unreachable) as told:
        send()
    assert str(told.value) == "The name cannot be resolved."


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (ConnectionRefusedError(111, "Connection refused by 10.1.2.3"), "The connection was refused."),
        (ConnectionResetError(104, "Connection reset"), "The connection was closed before an answer came."),
        (TimeoutError(110, "Timed out at db.internal"), "Nothing came within the time we wait."),
        (OSError(101, "Network is unreachable"), "No connection could be made."),
    ],
)
def test_what_went_wrong_is_told_in_plain_words_and_in_full_to_the_log_alone(monkeypatch, caplog, failure, words):
    def fail(*_args, **_more):
        raise failure

    monkeypatch.setattr(outbound.socket, "getaddrinfo", Resolver(["93.184.215.14"]))
    monkeypatch.setattr(outbound.socket, "create_connection", fail)
    caplog.set_level("INFO", logger="newsroom.events.failures")
    with pytest.raises(outbound.Unreachable) as told:
        send()
    assert str(told.value) == words
    assert f"no exchange with partner.example: {type(failure).__name__}: {failure}" in caplog.text


def test_a_name_server_that_does_not_answer_costs_no_more_than_the_deadline(monkeypatch):
    released = threading.Event()
    monkeypatch.setattr(outbound.socket, "getaddrinfo", lambda *_a, **_k: released.wait(20))
    began = time.monotonic()
    with pytest.raises(outbound.Unreachable):
        send(seconds=0.3)
    assert time.monotonic() - began < 6
    released.set()


# --- with a real server on loopback, as in the demo ------------------------------------------------------------


@pytest.fixture
def demo(settings):
    settings.ALLOW_LOOPBACK_ENDPOINTS = True


def test_what_is_posted_arrives_and_the_answer_comes_back(demo, receiver):
    receiver.answer(status=202, headers={"Retry-After": "120"}, body=b"taken\x00 \xff")
    answer = outbound.post(
        f"{receiver.url}/hook?a=1", body=b'{"a":1}', headers={"webhook-id": "7"}, deadline=timedelta(seconds=5)
    )
    assert (answer.status, answer.body, answer.truncated) == (202, b"taken\x00 \xff", False)
    assert answer.excerpt == "taken  \ufffd"
    assert answer.retry_after == timedelta(seconds=120)
    request = receiver.requests[0]
    assert (request.method, request.path, request.body) == ("POST", "/hook?a=1", b'{"a":1}')
    assert request.headers["webhook-id"] == "7"
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert "cookie" not in request.headers


def test_proxies_of_the_environment_are_not_asked(demo, receiver, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert send(f"{receiver.url}/hook").status == 200


def test_a_redirect_is_an_answer_and_is_not_followed(demo, receiver):
    receiver.redirect(f"{receiver.url}/elsewhere", status=307)
    assert send(f"{receiver.url}/hook").status == 307
    assert outbound.get(f"{receiver.url}/page", deadline=timedelta(seconds=5), max_bytes=100).status == 307
    assert [request.path for request in receiver.requests] == ["/hook", "/page"]


def test_a_huge_body_is_capped(demo, receiver):
    receiver.answer(body_size=50_000_000)
    answer = send(f"{receiver.url}/hook", seconds=10)
    assert (answer.status, len(answer.body), answer.truncated) == (200, 65536, True)
    page = outbound.get(f"{receiver.url}/page", deadline=timedelta(seconds=10), max_bytes=1_000_000)
    assert (len(page.body), page.truncated) == (1_000_000, True)


def test_a_page_of_exactly_the_cap_is_whole(demo, receiver):
    receiver.answer(body=b"x" * 1000)
    page = outbound.get(f"{receiver.url}/page", deadline=timedelta(seconds=10), max_bytes=1000)
    assert (len(page.body), page.truncated) == (1000, False)


def test_no_server_was_not_sent(demo):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(outbound.Unreachable):
            send(f"http://127.0.0.1:{unused.getsockname()[1]}/hook")


@pytest.mark.parametrize("how", [{"hang": True}, {"drop": True}])
def test_a_server_that_takes_it_and_says_nothing_leaves_us_without_an_answer(demo, receiver, how):
    receiver.answer(**how)
    began = time.monotonic()
    with pytest.raises(outbound.Unanswered):
        send(f"{receiver.url}/hook", seconds=0.5)
    assert time.monotonic() - began < 6
    assert len(receiver.wait_for(1)) == 1


@contextmanager
def raw_server(*pieces, pause=0.05):
    """Says these bytes one after the other, slowly, to whoever calls; never hangs up by itself."""
    closing = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        caller, _address = listener.accept()
        caller.settimeout(5)
        with caller:
            caller.recv(65536)
            try:
                for piece in pieces:
                    caller.sendall(piece)
                    if closing.wait(pause):
                        return
                closing.wait(10)
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
    finally:
        closing.set()
        listener.close()
        thread.join(5)


def test_a_body_that_drips_is_cut_at_the_deadline_and_its_status_counts(demo):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    with raw_server(head, *[b"x"] * 200) as url:
        began = time.monotonic()
        answer = send(url, seconds=0.5)
    assert time.monotonic() - began < 6
    assert (answer.status, answer.truncated) == (200, True)
    assert 0 < len(answer.body) < 50


def test_headers_that_drip_are_no_answer(demo):
    with raw_server(b"HTTP/1.1 200 OK\r\n", *[b"X"] * 200) as url:
        began = time.monotonic()
        with pytest.raises(outbound.Unanswered):
            send(url, seconds=0.5)
    assert time.monotonic() - began < 6


@pytest.mark.parametrize("body", [[b"half"], [b"x"] * 100])
def test_half_a_page_is_no_page(demo, body):
    with (
        raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", *body) as url,
        pytest.raises(outbound.Unanswered),
    ):
        outbound.get(url, deadline=timedelta(seconds=0.5), max_bytes=5000)


def test_nonsense_is_no_answer(demo):
    with raw_server(b"220 mail.example ESMTP\r\n") as url, pytest.raises(outbound.Unanswered):
        send(url)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta(0)),
        ("Sun, 01 Nov 2020 00:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("", None),
        ("-5", None),
        ("٣", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value, wait):
    assert outbound._retry_after(value) == wait


# --- TLS, through the egress proxy: the one way to a public address that a test can own


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A certificate for partner.example that this process trusts, as a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "partner.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("partner.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "partner.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    return path


@contextmanager
def proxy(certificate, *, answer=b"HTTP/1.1 200 Connected\r\n\r\n"):
    """A proxy that grants CONNECT and then speaks for the other end itself. Yields its port and what it was told."""
    told = []
    listener = socket.create_server(("127.0.0.1", 0))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve():
        caller, _address = listener.accept()
        caller.settimeout(5)
        with caller:
            told.append(caller.recv(65536))
            caller.sendall(answer)
            if b" 200 " not in answer:
                return
            try:
                with context.wrap_socket(caller, server_side=True) as line:
                    request = b""
                    while not request.endswith(b"\r\n\r\n{}"):
                        request += line.recv(65536)
                    told.append(request)
                    line.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            except OSError as error:
                told.append(type(error).__name__)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], told
    finally:
        thread.join(5)
        listener.close()


def test_the_egress_proxy_is_asked_for_the_judged_address_and_tls_is_for_the_name(certificate, monkeypatch, settings):
    resolver = Resolver(["93.184.215.14"])
    with proxy(certificate) as (port, told):
        settings.EGRESS_PROXY = f"http://desk:p%40ss@127.0.0.1:{port}"
        monkeypatch.setattr(outbound.socket, "getaddrinfo", resolver)
        monkeypatch.setattr(outbound.socket, "create_connection", _numeric)
        assert send(seconds=5).status == 204
    assert told[0].startswith(b"CONNECT 93.184.215.14:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic ZGVzazpwQHNz\r\n" in told[0]
    assert told[1].startswith(b"POST /hook HTTP/1.1\r\nHost: partner.example\r\n")


def _numeric(where, timeout):
    """Connect without asking the name server that the test has replaced."""
    assert ipaddress.ip_address(where[0])
    line = socket.socket()
    line.settimeout(timeout)
    line.connect(where)
    return line


@pytest.mark.parametrize(("url", "trusted"), [("https://other.example/", True), ("https://partner.example/", False)])
def test_a_certificate_of_another_name_or_of_nobody_known_is_not_sent_to(
    certificate, monkeypatch, settings, url, trusted
):
    if not trusted:
        monkeypatch.delenv("SSL_CERT_FILE")
    with proxy(certificate) as (port, told):
        settings.EGRESS_PROXY = f"http://127.0.0.1:{port}"
        monkeypatch.setattr(outbound.socket, "getaddrinfo", Resolver(["93.184.215.14"]))
        monkeypatch.setattr(outbound.socket, "create_connection", _numeric)
        with pytest.raises(outbound.Unreachable, match=r"^The certificate is not valid: [^\[]+\.$"):
            send(url, seconds=5)
    assert not any(isinstance(line, bytes) and b"POST" in line for line in told)


def test_a_proxy_that_refuses_means_not_sent_and_is_the_operators_own_affair(
    certificate, monkeypatch, settings, caplog
):
    caplog.set_level("INFO", logger="newsroom.events.failures")
    with proxy(certificate, answer=b"HTTP/1.1 407 Who are you\r\n\r\n") as (port, _told):
        settings.EGRESS_PROXY = f"http://127.0.0.1:{port}"
        monkeypatch.setattr(outbound.socket, "getaddrinfo", Resolver(["93.184.215.14"]))
        monkeypatch.setattr(outbound.socket, "create_connection", _numeric)
        with pytest.raises(outbound.Unreachable, match=r"^No connection could be made\.$"):
            send(seconds=5)
    assert "the egress proxy: it refused: HTTP/1.1 407 Who are you" in caplog.text
