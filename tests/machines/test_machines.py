"""The four machines: small on each run, 2,000 × 50 steps with MASTHEAD_CHAOS=1 (`make machines`)."""

import pytest

from tests.machines.deliveries import DeliveryMachine
from tests.machines.licenses import LicenseMachine
from tests.machines.licensing import QuoteMachine
from tests.machines.reports import ReportMachine
from tests.machines.steady import play

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(8 * 3600)]
MACHINES = [ReportMachine, QuoteMachine, LicenseMachine, DeliveryMachine]


@pytest.mark.both
@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.__name__)
def test_the_desk_does_what_the_model_says(machine):
    play(machine)
