"""Every operation of the API, called with what its description allows and with what it forbids, by machine.

All checks of Schemathesis but one: no 5xx, only described statuses, media types, headers and bodies, forbidden data
refused, no way past the key. Left out is that whatever fits the description be accepted: no schema can say which
articles, uses and days there are, and 422 says so. 25 cases an operation on each run, and 4 without a key, where most
of them end at the door; 500 each with MASTHEAD_CHAOS=1.
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
from schemathesis.specs.openapi.checks import positive_data_acceptance

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
        look(case)

    @hypothesis.settings(parent=meant._hypothesis_internal_use_settings)
    @hypothesis.given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def forbidden(case):
        look(case)

    def look(case):
        with undone():
            try:
                case.call_and_validate(headers=headers, excluded_checks=[positive_data_acceptance])
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
