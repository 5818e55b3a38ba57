"""What the examples of deployment run is there, and is asked whether it works."""

import configparser
import re
import shlex
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
HEALTH = ["deliveries", "health", "--max-age", "300"]


def is_understood(arguments):
    """Whether `manage.py` has this command with these arguments."""
    name, *rest = arguments
    command = load_command_class(get_commands()[name], name)
    command.create_parser("manage.py", name).parse_args(rest)
    return True


@pytest.mark.parametrize("service", ["worker", "deliver"])
def test_what_sends_is_judged_by_what_is_due_and_not_by_redis(service):
    test = COMPOSE[service]["healthcheck"]["test"]
    assert test == ["CMD", "python", "manage.py", *HEALTH]
    assert is_understood(HEALTH)


def test_every_command_of_compose_is_there():
    named = [service["command"] for service in COMPOSE.values() if "manage.py" in service.get("command", [])]
    assert [is_understood(command[2:]) for command in named] == [True] * len(named)
    assert len(named) == 2


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_every_command_of_a_unit_is_there(path):
    started = re.search(r"^ExecStart=(.*)$", path.read_text(), re.MULTILINE)[1]
    program, _, rest = started.partition(" manage.py ")
    assert program.startswith("/srv/masthead/.venv/bin/")
    assert not rest or is_understood(shlex.split(rest))


def test_the_timer_of_health_asks_what_compose_asks_and_starts_with_the_desk():
    unit = (ROOT / "deploy/systemd/masthead-health.service").read_text()
    assert f"manage.py {' '.join(HEALTH)}\n" in unit
    assert "systemctl try-restart masthead-deliver.service masthead-worker.service" in unit
    target = configparser.ConfigParser()
    target.read(ROOT / "deploy/systemd/masthead.target")
    assert "masthead-health.timer" in target["Unit"]["Wants"].split()
