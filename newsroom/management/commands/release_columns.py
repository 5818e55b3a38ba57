"""`manage.py release_columns FILE`: what this release reads and writes, for the next one to be tested against."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from newsroom.upgrades import columns


class Command(BaseCommand):
    """Run it at a release, on a database with the demo newsroom: its rows become the examples."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and what to call the release."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--release", required=True, help="Its tag or commit.")

    def handle(self, *_args: Any, file: Path, release: str, **_options: Any) -> None:
        """Write the file."""
        tables = columns.taken()
        text = json.dumps({"release": release, "tables": tables}, indent=1, sort_keys=True, ensure_ascii=False)
        file.write_text(text + "\n", encoding="utf-8")
        examples = sum(table["row"] is not None for table in tables.values())
        self.stdout.write(f"{len(tables)} tables, {examples} with a row, as {release} uses them: {file}")
