"""Redis is frozen, or gone: readers notice nothing, and the desk gets its mail."""

import os
import re
import secrets
import sys
import time
from datetime import date, timedelta
from types import SimpleNamespace
from urllib.parse import urljoin

import pytest

from tests.faults.books import percentile
from tests.faults.crew import OwnRedis
from tests.journeys.people import Browser
from tests.journeys.stack import text_of, wait

pytestmark = [
    pytest.mark.fault,
    pytest.mark.redis,
    pytest.mark.slow,
    pytest.mark.timeout(300),
]
LIMIT_SECONDS = 0.5  # the one timing that is promised: the POST alone, not the pages before and after it


def send_report(desk, words):
    """Open the form, fill it in, send it: what the mail about it names, and the seconds that the POST took."""
    reader = Browser(desk.base).open(f"/corrections/new/?url={desk.demo['articles'][0]['url']}")
    page, took = timed(reader, {"claim": words, "category": "number_or_date"})
    return re.search(r"R-[2-9A-Z]{8}-[2-9A-Z]", page.text).group(0), took


def ask_for_license(desk, words):
    """The same at the other desk: its form has two steps, and the second one's POST makes the request."""
    reader = Browser(desk.base).open(f"/reprints/new/?url={desk.demo['articles'][0]['url']}&use=republish_web")
    reader.send({"organization_type": "publisher", "do": "details"}, action="/reprints/new/")
    address = f"wanda-{secrets.token_hex(6)}@reader.example"
    starts = date.today() + timedelta(days=30)  # noqa: DTZ011 -- any day of the coming months
    details = {
        "quantity": "5000",
        "territory": "US",
        "languages": "en",
        "starts_on": starts.isoformat(),
        "ends_on": (starts + timedelta(days=300)).isoformat(),
        "name": "Wanda Writer",
        "company": words,
        "email": address,
        "do": "send",
    }
    page, took = timed(reader, details, action="/reprints/new/")
    assert "Your quote is ready" in page.text
    return address, took


def timed(reader, words, *, action=""):
    """The page that the form leads to, and the seconds that the POST alone took."""
    form = reader._form(action)
    data = dict(form.form_values()) | words
    began = time.perf_counter()
    answer = reader.session.post(
        urljoin(reader.url, form.get("action") or reader.url), data=data, allow_redirects=False, timeout=20
    )
    took = time.perf_counter() - began
    assert answer.status_code == 303, (answer.status_code, answer.text[:500])
    page = reader.open(answer.headers["Location"])
    assert page.response.status_code == 200
    return page, took


@pytest.fixture
def redis(desk):
    """Its Redis, in order again afterwards."""
    redis = OwnRedis(SimpleNamespace(process=desk.redis))
    yield redis
    if redis.process.poll() is None:
        redis.thaw()
    else:
        redis.start()
        desk.redis = desk.children["redis"] = redis.process


@pytest.mark.parametrize("how", ["freeze", "kill"])
@pytest.mark.parametrize(("send", "posts"), [(send_report, 50), (ask_for_license, 20)])
def test_both_forms_take_what_is_sent_and_the_mails_go_out_meanwhile(
    desk, redis, send, posts, how, record_property, capsys
):
    send(desk, f"A warm-up before Redis is away ({how}).")
    assert getattr(redis, how)()
    sent = [
        send(desk, " ".join(secrets.token_hex(5) for _word in range(8)))  # alike reports would be held
        for _number in range(posts)
    ]
    busy = max(1.0, os.getloadavg()[0] / os.cpu_count())  # how many wait for each core, this one among them
    references = {reference for reference, _took in sent}
    assert len(references) == posts

    took = sorted(seconds for _reference, seconds in sent)
    slowest = took[-1]
    record_property("slowest_post_seconds", round(slowest, 3))
    with capsys.disabled():
        sys.stdout.write(
            f"\n{posts} × {send.__name__}, Redis {how}: p50 {1000 * percentile(took, 0.5):.0f} ms, "
            f"p99 {1000 * percentile(took, 0.99):.0f} ms, slowest {1000 * slowest:.0f} ms; {busy:.1f} to a core\n"
        )

    def missing():
        told = "\n".join(f"{mail['To']}\n{text_of(mail)}" for mail in desk.mails())
        return {reference for reference in references if reference not in told}

    wait(lambda: not missing(), "the mails about all of them")
    assert slowest < LIMIT_SECONDS * busy, f"the slowest of {posts} posts took {slowest:.3f} s"
