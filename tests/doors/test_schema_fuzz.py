"""Every operation of the API, called with what its description allows and with what it forbids, by machine.

All checks of Schemathesis but one: no 5xx, only described statuses, media types, headers and bodies, forbidden data
refused, no way past the key. Left out is that whatever fits the description be accepted: no schema can say which
articles, uses and days there are, and 422 says so. Nor need be refused what only was forbidden before it was sent and
read (`fits_as_read`). 25 cases an operation on each run, and 4 without a key, where most of them end at the door; 500
each with MASTHEAD_CHAOS=1.
"""

from __future__ import annotations

import os

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase
from schemathesis import GenerationMode
from schemathesis.core import NOT_SET
from schemathesis.core.jsonschema import make_validator
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from newsroom.web.text import BadText, clean_text
from newsroom.wsgi import application
from tests.doors.test_matrix import API
from tests.doors.world import undone

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(3600)]
FULL = os.environ.get("MASTHEAD_CHAOS") == "1"
CASES = {"owner": 500, "anonymous": 500} if FULL else {"owner": 25, "anonymous": 4}
ALSO_REFUSALS = ("412", "413")
"""What was changed since, and what is too large to be read: Schemathesis does not count them as refusals by itself."""
QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@pytest.fixture
def described(world, settings):
    """The description, with the application behind it on the test's own connection, as Django's test client has it."""
    settings.THROTTLES = dict.fromkeys(settings.THROTTLES, (10**9, 3600))
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    loaded = schemathesis.openapi.from_wsgi("/api/schema/", application)
    refusals = loaded.config.checks.negative_data_rejection
    refusals.expected_statuses = [*refusals.expected_statuses, *ALSO_REFUSALS]
    yield loaded
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def forbids(operation) -> bool:
    """Whether anything is: every text is one in a path, and looking for what is not takes hundreds of tries."""
    rows = list(operation.iter_parameters())
    return bool(operation.body) or any(
        row.location != "path" or row.definition["schema"] != {"type": "string"} for row in rows
    )


def fits_as_read(case, headers) -> bool:
    """Whether a call fits the description once it is sent and read.

    Nothing is sent of an empty list; the key comes with every call, also with one that was to lack it; and characters
    that show nothing are taken away before a text is counted.
    """
    operation = case.operation
    parts = [
        (operation.path_parameters, case.path_parameters),
        (operation.query, {name: value for name, value in case.query.items() if value != []}),
        (operation.headers, {**case.headers, **headers}),
    ]
    if not all(part.get_strict_validator().is_valid(dict(values or {})) for part, values in parts):
        return False
    body = operation.get_body_for_media_type(case.media_type)
    if body is None or case.body is NOT_SET:
        return body is None and case.body is NOT_SET
    if isinstance(case.body, bytes):
        return False  # no JSON at all
    validator = operation.schema.adapter.jsonschema_validator_cls
    return make_validator(body.unoptimized_schema, validator).is_valid(shortest_reading(case.body))


def shortest_reading(value):
    """What is left of a body's texts where each is read as a name in one line."""
    if isinstance(value, dict):
        return {name: shortest_reading(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shortest_reading(one) for one in value]
    try:
        return clean_text(value, max_length=len(value), multiline=False, name=True) if isinstance(value, str) else value
    except BadText:
        return value


def findings_of(operation, headers, cases) -> list[str]:
    """What is wrong with the answers of one operation to so many cases, each finding once."""
    found: dict[str, str] = {}
    both = FULL or forbids(operation)

    @hypothesis.settings(
        max_examples=(cases + 1) // 2 if both else cases,
        database=None,
        deadline=None,
        suppress_health_check=QUIET,
        phases=[Phase.explicit, Phase.generate],
        derandomize=not FULL,
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def meant(case):
        look(case, positive_data_acceptance)

    @hypothesis.settings(parent=meant._hypothesis_internal_use_settings)
    @hypothesis.given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def forbidden(case):
        look(case, *[negative_data_rejection] * fits_as_read(case, headers))

    def look(case, *excluded):
        with undone():
            try:
                case.call_and_validate(headers=headers, excluded_checks=excluded)
            except schemathesis.errors.SchemathesisError:
                raise
            except BaseExceptionGroup as group:
                for error in group.exceptions:
                    found.setdefault(f"{type(error).__name__}: {str(error)[:200]}", case.as_curl_command())
            except AssertionError as error:
                found.setdefault(f"{type(error).__name__}: {str(error)[:200]}", case.as_curl_command())

    for test in (meant, forbidden) if both else (meant,):
        try:
            test()
        except hypothesis.errors.Unsatisfiable:
            continue  # nothing is forbidden in an operation without parameters
    return [f"{operation.label}: {what}\n{how}" for what, how in found.items()]


@pytest.mark.parametrize("caller", ["owner", "anonymous"])
def test_the_api_answers_as_it_is_described(world, described, caller):
    headers = {"Authorization": f"Bearer {world.keys[caller]}"} if world.keys[caller] else {}
    operations = [result.ok() for result in described.get_all_operations()]
    assert {f"{row.method.upper()} {row.path}" for row in operations} == set(API)
    findings = [line for row in operations for line in findings_of(row, headers, CASES[caller])]
    assert findings == [], "\n".join(findings)


@pytest.mark.parametrize(
    ("sent", "fits"),
    [
        ({"query": {"after": 5, "unknown": []}}, True),
        ({"query": {"after": 5, "unknown": "x"}}, False),
        ({"query": {"after": -1, "unknown": []}}, False),
    ],
)
def test_of_an_empty_list_nothing_is_sent(described, sent, fits):
    case = described["/api/v1/update-notices/sync/"]["GET"].Case(**sent)
    assert fits_as_read(case, {"Authorization": "Bearer key"}) is fits
    assert fits_as_read(case, {}) is False, "without its key"


@pytest.mark.parametrize(
    ("note", "fits"), [("\x81" + 2000 * "x", True), ("\x81" + 2001 * "x", False), (2001 * "x", False), (7, False)]
)
def test_what_shows_nothing_is_not_counted(described, note, fits):
    case = described["/api/v1/update-notices/sync/acknowledge/"]["POST"].Case(
        body={"through": 5, "note": note}, media_type="application/json"
    )
    assert fits_as_read(case, {"Authorization": "Bearer key"}) is fits
