"""`manage.py setup`: the first publication, its domains, the first administrator. Again: changes nothing."""

from __future__ import annotations

import getpass
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction

from newsroom.accounts import installing
from newsroom.accounts.installing import Installed, Wanted
from newsroom.accounts.models import Publication, User
from newsroom.accounts.regimes import REGIMES
from newsroom.errors import Invalid

QUESTIONS = {
    "publication": "Name of the publication",
    "host": "Domain(s) its articles are on, separated by spaces",
    "desk_host": "Domain of these pages (empty: every other)",
    "currency": "Currency",
    "time_zone": "Time zone",
    "regime": f"Whose rule sets the dates readers are promised ({', '.join(REGIMES)})",
    "admin_username": "User name of the first administrator",
    "admin_email": "Mail address of the first administrator",
}
DEFAULTS = {"desk_host": "", "currency": "USD", "time_zone": "UTC", "regime": "own", "admin_username": "admin"}


class Command(BaseCommand):
    """Asks for what no option says; without a terminal, names the options that are missing."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """One option for each question."""
        parser.add_argument("--publication", help="its name")
        parser.add_argument("--host", action="append", help="a domain its articles are on; may be repeated")
        parser.add_argument("--desk-host", help="the domain of these pages, if each title has its own")
        parser.add_argument("--currency", help="ISO 4217 (USD)")
        parser.add_argument("--time-zone", help="like Europe/Berlin (UTC)")
        parser.add_argument("--regime", help=f"whose rule sets the dates: {', '.join(REGIMES)} (own)")
        parser.add_argument("--admin-username", help="of the first administrator (admin)")
        parser.add_argument("--admin-email", help="of the first administrator")
        parser.add_argument("--admin-password-env", help="the environment variable that holds the password")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Ask, make, say what was made."""
        try:
            wanted = self._wanted(options)
            with transaction.atomic():
                made = installing.install(wanted)
                told = furnish(made.publication)
        except Invalid as error:
            lines = [f"--{fault.pointer.strip('/').replace('_', '-')}: {fault.detail}" for fault in error.faults]
            raise CommandError("Nothing was changed.\n" + "\n".join(lines)) from error
        except DatabaseError as error:
            raise CommandError(f"The database is not ready ({error}). Run `manage.py migrate` first.") from error
        self._tell(made, told)

    def _wanted(self, options: dict[str, Any]) -> Wanted:
        asking = sys.stdin.isatty()
        missing = [name for name in QUESTIONS if options[name] is None and name not in DEFAULTS]
        if missing and not asking:
            names = ", ".join(f"--{name.replace('_', '-')}" for name in missing)
            raise CommandError(f"There is no terminal to ask at. Say {names}.")
        answers = {name: options[name] if options[name] is not None else _ask(name, asking) for name in QUESTIONS}
        hosts = answers["host"] if isinstance(answers["host"], list) else answers["host"].split()
        return Wanted(
            publication=answers["publication"],
            hosts=hosts,
            desk_host=answers["desk_host"],
            currency=answers["currency"],
            time_zone=answers["time_zone"],
            regime=answers["regime"],
            admin_username=answers["admin_username"],
            admin_email=answers["admin_email"],
            password=_password(options["admin_password_env"], answers["admin_username"], asking=asking),
        )

    def _tell(self, made: Installed, told: list[str]) -> None:
        title, person = made.publication, made.administrator
        if made.publication_is_new:
            self.stdout.write(f"{title} is set up: {', '.join(title.hosts)}, {title.currency}, {title.time_zone}.")
        else:
            self.stdout.write(f"{title} was there already and stays as it is. Change it in the admin.")
        if made.administrator_is_new:
            self.stdout.write(f"{person.username} administers it: {settings.BASE_URL}/admin/")
        else:
            self.stdout.write(f"{person.username} was there already; the password stays as it is.")
        for sentence in told:
            self.stdout.write(sentence)


def furnish(publication: Publication) -> list[str]:
    """Let each app that has a `setup` module install what a new publication begins with. Their sentences."""
    told: list[str] = []
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.setup") is not None:
            install = getattr(import_module(f"{app.name}.setup"), "install", None)
            if install is not None:
                told += install(publication)
    return told


def _ask(name: str, asking: bool) -> str:  # noqa: FBT001 -- private
    usual = DEFAULTS.get(name, "")
    if not asking:
        return usual
    shown = f" [{usual}]" if usual else ""
    return input(f"{QUESTIONS[name]}{shown}: ").strip() or usual


def _password(variable: str | None, username: str, *, asking: bool) -> str:
    if variable is not None:
        if not os.environ.get(variable):
            raise CommandError(f"--admin-password-env: the variable {variable} is empty.")
        return os.environ[variable]
    if User.objects.filter(username=username).exists():
        return ""
    if not asking:
        raise CommandError("There is no terminal to ask at. Say --admin-password-env NAME.")
    first = getpass.getpass("Password (at least 12 characters): ")
    if getpass.getpass("The same again: ") != first:
        raise CommandError("The two passwords differ. Nothing was changed.")
    return first
