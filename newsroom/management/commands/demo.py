"""`manage.py demo`: an invented newsroom to look at and to develop against. Never in production."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone, translation

from newsroom.accounts.models import Publication
from newsroom.articles.models import Article
from newsroom.demo import house, record
from newsroom.demo.clock import Clock
from newsroom.errors import DomainError
from newsroom.events import delivery, planning
from newsroom.events.models import Delivery, Unplanned

NOTE = "demo data: this happened before anyone could have been told"


class Command(BaseCommand):
    """Makes the demo newsroom once, and writes its logins to `demo.json`. Again: changes nothing."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do where somebody works already."""
        parser.add_argument("--if-empty", action="store_true", help="Leave another newsroom alone, without an error.")

    def handle(self, *_args: Any, if_empty: bool, **_options: Any) -> None:
        """One transaction: an interrupted run leaves nothing behind."""
        if settings.PRODUCTION:
            raise CommandError("The demo newsroom is not for production: its logins are written to a file.")
        if house.is_built():
            self._keep()
            return
        if Publication.objects.exists() and if_empty:
            self.stdout.write("There is a newsroom here already: it gets no demo. MASTHEAD_DEMO=0 does not ask.")
            return
        if Publication.objects.exists():
            raise CommandError("This database already holds a newsroom. The demo needs an empty one.")
        with translation.override("en"):
            self._build()
        self.stdout.write(f"The demo newsroom is ready. Its logins are in {record.path()}.")

    def _build(self) -> None:
        try:
            with transaction.atomic():
                with Clock(timezone.now()).telling() as clock:
                    stage, shown = house.build(clock)
                    for name in ("load", "load_later"):
                        for module in demos():
                            getattr(module, name)(stage)
                            clock.moment = clock.today  # whatever day was told last: all of it has happened
                            plan_everything()
                hush()
                told = record.compose(shown, articles_of(lanes()))
                # Last, so that no file speaks of a newsroom that was rolled back.
                transaction.on_commit(lambda: record.write(told))
        except DomainError as error:
            raise CommandError(f"The demo newsroom could not be made: {_why(error)}") from error

    def _keep(self) -> None:
        told = record.read()
        if told is None:
            with transaction.atomic():
                shown = house.renew_secrets()
            record.write(record.compose(shown, articles_of(lanes())))
            self.stdout.write(f"{record.path()} was lost: it is there again, with new passwords and keys.")
            return
        if told.get("base_url") != settings.BASE_URL:
            record.write({**told, "base_url": settings.BASE_URL})
        self.stdout.write(f"The demo newsroom is already there. Its logins are in {record.path()}.")


def demos() -> list[ModuleType]:
    """The `demo` modules of the installed apps that know how to load themselves, in the order of the settings."""
    found = []
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.demo") is not None:
            module = import_module(f"{app.name}.demo")
            if hasattr(module, "load"):
                found.append(module)
    return found


def lanes() -> dict[str, str]:
    """Reference of an article → the lane that the licensing desk would answer the partner in."""
    found: dict[str, str] = {}
    for module in demos():
        if hasattr(module, "lanes"):
            found |= module.lanes()
    return found


def plan_everything() -> None:
    """Reactions run while planning, and record events of their own. CommandError for one that cannot be planned."""
    while Unplanned.objects.exists():
        if not planning.plan_due(1000):
            failed = Unplanned.objects.order_by("pk").first()
            raise CommandError(f"Planning stopped: {failed.last_error if failed else ''}")


def hush() -> None:
    """What the demo owes is not sent: the first start would mail hundreds of people who do not exist."""
    for row in Delivery.objects.filter(state=Delivery.State.PENDING):
        delivery.cancel(row, note=NOTE)


def articles_of(lane_of: dict[str, str]) -> list[dict[str, str]]:
    """What can be priced first, of these what has a history of corrections, the default title and the newest first."""
    rows = Article.objects.filter(reference__in=lane_of).order_by("-publication__is_default", "-published_at")
    listed = sorted(rows, key=lambda row: (lane_of[row.reference] != "priced", not row.corrections_count))
    return [{"reference": row.reference, "url": row.url, "lane": lane_of[row.reference]} for row in listed]


def _why(error: DomainError) -> str:
    if getattr(error, "code", "") == "validation" and not settings.ALLOW_LOOPBACK_ENDPOINTS:
        return (
            f"{error.message} The demo's hooks go to {settings.DEMO_WEBHOOK_URL}: "
            "set ALLOW_LOOPBACK_ENDPOINTS=1 (`make run` does), or name another MASTHEAD_DEMO_WEBHOOK_URL."
        )
    return error.message
