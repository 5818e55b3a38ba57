"""The process dies at a named place, then another takes over: how often does the message arrive?"""

import itertools
import json

import pytest

pytestmark = [pytest.mark.fault]
_number = itertools.count(1)

ARRIVALS = [
    ("before_commit", 0),
    ("after_commit_before_wake", 1),
    ("while_planning", 1),
    ("after_claim", 1),
    ("after_send_before_finish", 2),
    ("after_finish", 1),
]


@pytest.mark.parametrize(("point", "times"), ARRIVALS)
def test_a_mail_survives_the_death_of_the_process(place, smtp, point, times):
    reference = f"M-{next(_number)}"
    place = place.with_env(EMAIL_URL=smtp.url)
    place.produce("record", "mail", reference, "--settle", expect=137, MASTHEAD_FAILPOINT=point)
    settled = json.loads(place.produce("settle", "--expire-leases"))
    arrived = [mail for mail in smtp.mails if mail.recipients == (f"{reference.lower()}@sink.example",)]
    assert len(arrived) == times
    assert len(smtp.mails) == times
    assert (reference in settled["events"]) == bool(times)
    if times:
        mine = settled["deliveries"][reference]
        assert {mail.message["Message-ID"] for mail in arrived} == {f"<{mine['id']}@masthead.example>"}
        assert mine["state"] == "sent"


@pytest.mark.parametrize(("point", "times"), ARRIVALS)
def test_a_hook_survives_the_death_of_the_process(place, receiver, point, times):
    reference = f"H-{next(_number)}"
    arguments = ("record", "hook", reference, "--url", f"{receiver.url}/hook", "--settle")
    place.produce(*arguments, expect=137, MASTHEAD_FAILPOINT=point)
    settled = json.loads(place.produce("settle", "--expire-leases"))
    assert [request.json()["data"] for request in receiver.requests] == [{"reference": reference}] * times
    assert (reference in settled["events"]) == bool(times)
    if times:
        mine = settled["deliveries"][reference]
        assert {request.headers["webhook-id"] for request in receiver.requests} == {mine["id"]}
        assert mine["state"] == "sent"
        # Each try is signed for its own moment, over the same bytes.
        assert len({request.body for request in receiver.requests}) == 1
