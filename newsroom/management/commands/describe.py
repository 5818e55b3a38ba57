"""Writes docs/workflows.md and docs/events.md from the tables themselves; `--check` says whether they are true."""

from __future__ import annotations

import importlib
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from newsroom.events.kinds import KINDS, NOTICES
from newsroom.workflow import Transition, Workflow

HEAD = "<!-- Written by `manage.py describe`. Change the table in the code, not this page. -->\n\n"


class Command(BaseCommand):
    """`manage.py describe [--check]`."""

    help = "Write docs/workflows.md and docs/events.md from the code."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--check` writes nothing and fails when a page is not true."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare both pages."""
        with translation.override("en"):
            pages = {"workflows.md": workflows(), "events.md": events()}
        for name, text in pages.items():
            path = Path(settings.BASE_DIR) / "docs" / name
            if not options["check"]:
                path.write_text(text)
            elif not path.exists() or path.read_text() != text:
                raise CommandError(f"docs/{name} is not what the code says: run `manage.py describe`.")


def tables() -> list[Workflow]:
    """Every table of moves in the installed apps, by noun."""
    found: dict[str, Workflow] = {}
    for app in apps.get_app_configs():
        try:
            module = importlib.import_module(f"{app.name}.workflow")
        except ModuleNotFoundError:
            continue
        found |= {value.noun: value for value in vars(module).values() if isinstance(value, Workflow)}
    return [found[noun] for noun in sorted(found)]


def workflows() -> str:
    """The page of diagrams and tables."""
    parts = [HEAD, "# Workflows\n\nEvery status change is one of these moves. Nothing else sets a status.\n"]
    for table in tables():
        parts.append(f"\n## {table.noun.replace('_', ' ').capitalize()}\n\n```mermaid\nstateDiagram-v2\n")
        for row in table.transitions.values():
            parts += [f"    {source} --> {row.target or 'as_before'}: {row.name}\n" for source in sorted(row.sources)]
        parts.append("```\n\n| move | from | to | who | words |\n|---|---|---|---|---|\n")
        parts += [_line(row) for row in table.transitions.values()]
    return "".join(parts)


def _line(row: Transition) -> str:
    cells = (", ".join(sorted(row.sources)), row.target or "as before", ", ".join(sorted(row.who)))
    return f"| `{row.name}` | {' | '.join(cells)} | {'needed' if row.needs_words else ''} |\n"


def events() -> str:
    """The page of event kinds: who may receive each, and which mails it causes."""
    parts = [
        HEAD,
        "# Events\n\nThe closed list of what can happen. `audience` is the widest circle that may receive it by hook "
        "or from `GET /api/v1/events/`; mails are declared beside it.\n\n"
        "| kind | when | audience | public data | mails |\n|---|---|---|---|---|\n",
    ]
    for name in sorted(KINDS):
        kind = KINDS[name]
        mails = ", ".join(f"`{row.template.rpartition('/')[2]}`" for row in NOTICES if row.kind == name)
        outside = f" (outside: `{kind.outside_name}`)" if kind.outside_name else ""
        on_request = " (only to endpoints that name it)" if kind.on_request else ""
        parts.append(
            f"| `{name}`{outside}{on_request} | {kind.label} | {kind.audience} | {', '.join(kind.public_data)} "
            f"| {mails} |\n"
        )
    return "".join(parts)
