"""Two partners, a newsroom with a rate card, and clients that know the headers."""

import itertools

import pytest
from rest_framework.test import APIClient

from newsroom.accounts.scopes import PARTNER
from newsroom.accounts.services import issue_key
from tests.reprints import factories as make

API = "/api/v1/"
_count = itertools.count(1)


class Client:
    """Calls of one key (or of nobody) below `/api/v1/`."""

    def __init__(self, organization=None, *, scopes=PARTNER, test=False):
        self.organization = organization
        self.http = APIClient()
        self.key = None
        if organization is not None:
            self.key, text = issue_key(label="key", scopes=scopes, organization=organization, test=test)
            self.http.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")

    def get(self, path, **headers):
        return self.http.get(API + path.removeprefix(f"http://testserver{API}"), headers=headers)

    def send(self, method, path, body=None, *, match=None, once=None):
        """`once`: the Idempotency-Key; `match`: If-Match."""
        headers = {name: value for name, value in (("If-Match", match), ("Idempotency-Key", once)) if value}
        return getattr(self.http, method)(API + path, body if body is not None else {}, headers=headers)

    def post(self, path, body=None, **headers):
        return self.send("post", path, body, **headers)

    def ask(self, *items, once=None, **members):
        """A new license request."""
        body = {"items": list(items), **members}
        return self.post("license-requests/", body, once=once or f"ask-{next(_count)}")

    def asked(self, *items, **members):
        """The request that came of it."""
        answer = self.ask(*items, **members)
        assert answer.status_code == 201, answer.content
        return answer.json()

    def quoted(self, *articles, **values):
        """An open quote for these articles, and its ETag."""
        request = self.asked(*(make.item(article, **values) for article in articles))
        answer = self.get(f"quotes/{request['quotes'][0]}/")
        return answer.json(), answer["ETag"]

    def signed(self, quote):
        """What accepting that quote takes."""
        return {"terms_sha256": quote["terms_sha256"], "signatory": make.signatory_of(self.organization)}

    def licensed(self, *articles, **values):
        """The licenses for these articles, as they are listed."""
        quote, etag = self.quoted(*articles, **values)
        answer = self.post(f"quotes/{quote['reference']}/accept/", self.signed(quote), match=etag)
        assert answer.status_code == 200, answer.content
        return [self.get(f"licenses/{number}/").json() for number in answer.json()["licenses"]]


def faults(answer):
    """Pointer and code of every fault of a 422."""
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json"), answer.content
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


def refused(answer):
    """Status and code of a problem."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return answer.status_code, answer.json()["code"]


@pytest.fixture
def daily(db):
    return make.make_publication(is_default=True)


@pytest.fixture
def story(daily):
    return make.make_article(daily)


@pytest.fixture
def partner(daily):
    return Client(make.make_organization())


@pytest.fixture
def other(daily):
    return Client(make.make_organization())


@pytest.fixture
def anyone(db):
    return Client()
