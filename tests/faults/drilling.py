"""The two halves of the drill, each in a process of its own on its own data folder; the last line printed is JSON."""

import argparse
import io
import json
import sys
import time

import django

django.setup()

from django.core.management import call_command  # noqa: E402 -- after django.setup()

from corrections.ledger import merkle  # noqa: E402 -- idem
from corrections.models import LedgerHead  # noqa: E402 -- idem
from newsroom.backups import database  # noqa: E402 -- idem
from tests.factories import make_correction, make_report  # noqa: E402 -- idem

REPORTS_PER_NOTICE = 10


def fill(file, reports):
    """Reports, a published notice for every tenth, a signed checkpoint; then the backup."""
    run("migrate", verbosity=0)
    for number in range(reports):
        make_report()
        if number % REPORTS_PER_NOTICE == 0:
            make_correction(status="published")
    run("ledger", "checkpoint")
    counts, (size, root) = database.count(), head()
    began = time.monotonic()
    run("backup", file)
    return {"counts": counts, "size": size, "root": root, "seconds": round(time.monotonic() - began, 2)}


def bring_back(file, _reports):
    """Restore into the empty database, verify the public log, count."""
    began = time.monotonic()
    run("restore", file)
    verified = run("ledger", "verify")
    seconds = round(time.monotonic() - began, 2)
    size, root = head()
    return {
        "counts": database.count(),
        "size": size,
        "root": root,
        "verified": verified.strip(),
        "seconds": seconds,
    }


def run(command, *arguments, **options):
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, **options)
    return out.getvalue()


def head():
    row = LedgerHead.objects.get(pk=1)
    return row.size, merkle.Frontier.from_hex(row.size, row.frontier).root().hex()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("step", choices=["fill", "bring-back"])
    parser.add_argument("file")
    parser.add_argument("--reports", type=int, required=True)
    asked = parser.parse_args()
    step = fill if asked.step == "fill" else bring_back
    sys.stdout.write(json.dumps(step(asked.file, asked.reports)) + "\n")
