"""In read-only mode every page and route that reads does so without a write, and everything that writes is 503."""

import re

import pytest
from django.db import connection

from tests.doors.browsers import Browser, Stranger
from tests.doors.test_matrix import described
from tests.doors.test_pages import PAGES, keys_of, path_of

WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP|TRUNCATE)\b", re.IGNORECASE)


@pytest.fixture
def written(settings):
    """Every statement that would have written."""
    settings.READ_ONLY = True
    found = []

    def watch(execute, sql, params, many, context):
        if WRITES.match(sql):
            found.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield found


def test_every_public_page_opens_as_before_and_takes_nothing(world, written):
    wrong = []
    for pattern, page in PAGES.items():
        path = path_of(world, pattern, keys_of(world, page.link)[0] if page.link else "")
        for method, expected in (("get", page.get), ("post", 503)):
            got = getattr(Stranger(), method)(path).status_code
            if got != expected:
                wrong.append((pattern, method, got, expected))
    assert (wrong, written) == ([], [])


def test_the_api_reads_and_writes_nothing(world, written):
    wrong = []
    for operation in described():
        method, path = operation.split(" ", 1)
        answer = Stranger().generic(method, re.sub(r"{\w+}", "X", path))
        if (method == "GET") == (answer.status_code == 503):
            wrong.append((method, path, answer.status_code))
    assert (wrong, written) == ([], [])


@pytest.fixture
def signed_in(world):
    client = Browser()
    client.force_login(world.staff["superuser"])
    return client


def test_staff_read_everything(world, signed_in, written):
    for path in ("", "corrections/report/", f"corrections/report/{world.report.pk}/change/", "reprints/license/"):
        assert signed_in.get(f"/admin/{path}").status_code == 200
    assert written == []
