"""Twenty at once, on connections of their own: one set of licenses, one request."""

import pytest

from newsroom.events.models import Event
from reprints.models import License, LicenseRequest, Quote, UpdateNotice
from tests.racing import at_once
from tests.reprints import factories as make
from tests.reprints.api.conftest import Client
from tests.reprints.api.test_story import publish_fix

CALLERS = 20
pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def daily(transactional_db):
    return make.make_publication(is_default=True)


@pytest.fixture
def partner(daily):
    return Client(make.make_organization())


def test_twenty_equal_acceptances_make_one_set_of_licenses(daily, partner):
    quote, etag = partner.quoted(make.make_article(daily), make.make_article(daily))
    signed = partner.signed(quote)
    path = f"quotes/{quote['reference']}/accept/"
    answers = at_once(*[lambda: partner.post(path, signed, match=etag)] * CALLERS)
    numbers = list(License.objects.order_by("pk").values_list("reference", flat=True))
    assert [answer.status_code for answer in answers] == [200] * CALLERS
    assert [answer.json()["licenses"] for answer in answers] == [numbers] * CALLERS
    assert len(numbers) == 2
    assert Event.objects.filter(kind="quote.accepted").count() == 1
    assert Event.objects.filter(kind="license.issued").count() == 2


def test_accepting_and_declining_at_once_decide_only_once(daily, partner):
    for _ in range(5):
        quote, etag = partner.quoted(make.make_article(daily))
        path, signed = f"quotes/{quote['reference']}/", partner.signed(quote)
        calls = [
            lambda path=path, signed=signed, etag=etag: partner.post(f"{path}accept/", signed, match=etag),
            lambda path=path, etag=etag: partner.post(f"{path}decline/", match=etag),
        ]
        statuses = sorted(answer.status_code for answer in at_once(*calls))
        assert statuses in ([200, 409], [200, 412])
        row = Quote.objects.get(reference=quote["reference"])
        assert row.licenses.count() == {"accepted": 1, "declined": 0}[row.status]


def test_the_same_request_sent_twenty_times_at_once_is_one_request(daily, partner):
    body = {"items": [make.item(make.make_article(daily))]}
    answers = at_once(*[lambda: partner.post("license-requests/", body, once="one")] * CALLERS)
    assert LicenseRequest.objects.count() == 1
    made = LicenseRequest.objects.get().reference
    assert {(answer.status_code, answer.json().get("reference")) for answer in answers} == {(201, made)}


def test_equal_acknowledgements_at_once_are_one_answer(daily, partner):
    article = make.make_article(daily)
    partner.licensed(article)
    publish_fix(article)
    (notice,) = partner.get("update-notices/").json()["results"]
    path, said = f"update-notices/{notice['reference']}/acknowledge/", {"action": "replaced"}
    answers = at_once(*[lambda: partner.post(path, said)] * CALLERS)
    assert [answer.status_code for answer in answers] == [200] * CALLERS
    assert (UpdateNotice.objects.get().version, notice["version"]) == (notice["version"] + 1, notice["version"])
    assert Event.objects.filter(kind="update_notice.acknowledged").count() == 1
