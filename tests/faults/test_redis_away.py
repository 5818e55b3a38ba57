"""Redis is frozen, or gone: readers notice nothing, and the desk gets its mail."""

import re
import secrets
import sys
import time
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
POSTS = 50
LIMIT_SECONDS = 0.5  # the one timing that is promised: the POST alone, not the pages before and after it


def send_report(desk, words):
    """Open the form, fill it in, send it: the reference of the report, and the seconds that the POST took."""
    reader = Browser(desk.base).open(f"/corrections/new/?url={desk.demo['articles'][0]['url']}")
    form = reader._form("")
    data = dict(form.form_values()) | {"claim": words, "category": "number_or_date"}
    began = time.perf_counter()
    answer = reader.session.post(
        urljoin(reader.url, form.get("action") or reader.url), data=data, allow_redirects=False, timeout=20
    )
    took = time.perf_counter() - began
    assert answer.status_code == 303, (answer.status_code, answer.text[:500])
    page = reader.open(answer.headers["Location"])
    assert page.response.status_code == 200
    return re.search(r"R-[2-9A-Z]{8}-[2-9A-Z]", page.text).group(0), took


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
def test_fifty_reports_come_in_and_their_mails_go_out_meanwhile(desk, redis, how, record_property, capsys):
    send_report(desk, f"A warm-up before Redis is away ({how}).")
    assert getattr(redis, how)()
    sent = [
        send_report(desk, " ".join(secrets.token_hex(5) for _word in range(8)))  # alike ones would be held
        for _number in range(POSTS)
    ]
    references = {reference for reference, _took in sent}
    assert len(references) == POSTS

    took = sorted(seconds for _reference, seconds in sent)
    slowest = took[-1]
    record_property("slowest_post_seconds", round(slowest, 3))
    with capsys.disabled():
        sys.stdout.write(
            f"\n{POSTS} posts, Redis {how}: p50 {1000 * percentile(took, 0.5):.0f} ms, "
            f"p99 {1000 * percentile(took, 0.99):.0f} ms, slowest {1000 * slowest:.0f} ms\n"
        )

    def missing():
        told = "\n".join(text_of(mail) for mail in desk.mails())
        return {reference for reference in references if reference not in told}

    wait(lambda: not missing(), "the mails about all fifty")
    assert slowest < LIMIT_SECONDS, f"the slowest of {POSTS} posts took {slowest:.3f} s"
