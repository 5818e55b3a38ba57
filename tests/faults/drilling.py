"""The steps of the drill, each in a process of its own: keys of a data folder are read at the start. Prints JSON."""

import argparse
import hashlib
import io
import json
import sys
import time

import django

django.setup()

from django.core.management import CommandError, call_command  # noqa: E402 -- after django.setup()
from django.db import connection  # noqa: E402 -- idem
from django.test import Client  # noqa: E402 -- idem

from corrections.ledger import merkle  # noqa: E402 -- idem
from corrections.models import LedgerHead, Report  # noqa: E402 -- idem
from corrections.services.submitting import private_path  # noqa: E402 -- idem
from newsroom.accounts.scopes import PARTNER  # noqa: E402 -- idem
from newsroom.accounts.services import issue_key  # noqa: E402 -- idem
from newsroom.backups import database  # noqa: E402 -- idem
from newsroom.events import sealed  # noqa: E402 -- idem
from reprints import links, papers  # noqa: E402 -- idem
from reprints.documents import signing  # noqa: E402 -- idem
from reprints.models import License  # noqa: E402 -- idem
from reprints.services.asking import Requester  # noqa: E402 -- idem
from tests.factories import make_correction, make_report  # noqa: E402 -- idem
from tests.reprints import factories as licensing  # noqa: E402 -- idem

REPORTS_PER_NOTICE = 10
READER = "rita.reader@mail.example"
HOST = {"headers": {"host": "desk.example"}, "secure": True}


def fill(file, reports):
    """Reports, a published notice for every tenth, a license, a checkpoint; then the backup. What was handed out."""
    run("migrate", verbosity=0)
    for number in range(reports):
        make_report()
        if number % REPORTS_PER_NOTICE == 0:
            make_correction(status="published")
    report = make_report(email=READER)
    daily = licensing.make_publication()
    partner = licensing.make_organization()
    granted = licensing.make_license(daily, licensing.make_article(daily), organization=partner)
    person = Requester(name="Wanda Writer", email="wanda@review.example", company="The Review")
    asked = licensing.make_request(daily, licensing.make_article(daily), requester=person)
    _key, text = issue_key(label="drill", scopes=PARTNER, organization=partner)
    run("ledger", "checkpoint")
    size, root = head()
    told = {
        "report": report.reference,
        "pages": [private_path(report), links.private_path(asked)],
        "license": granted.reference,
        "certificate": papers.certificate_jws(granted).content.decode(),
        "key": text,
    }
    contents = digests()
    began = time.monotonic()
    run("backup", file)
    seconds = round(time.monotonic() - began, 2)
    return {
        "counts": database.count(),
        "digests": contents,
        "size": size,
        "root": root,
        "told": told,
        "seconds": seconds,
    }


def bring_back(file):
    """Restore into the empty database."""
    began = time.monotonic()
    run("restore", file)
    return {"seconds": round(time.monotonic() - began, 2)}


def prove(told):
    """Verify what is sealed and what is signed, count."""
    contents = digests()
    size, root = head()
    return {
        "counts": database.count(),
        "digests": contents,
        "size": size,
        "root": root,
        "opened": outcome("rotate_keys", "--verify"),
        "verified": outcome("ledger", "verify"),
        "secrets": dict(proofs(told)),
    }


def proofs(told):
    """Whether what was handed out before still opens, and what is handed out now is signed by the same key."""
    report = Report.objects.select_related("contact").get(reference=told["report"])
    yield "the reader's address opens", tried(lambda: sealed.open_text(report.contact.email_sealed) == READER)
    for number, path in enumerate(told["pages"]):
        yield f"private link {number} opens", tried(lambda path=path: Client().get(path, **HOST).status_code == 303)
    claims = tried(lambda: signing.verify(told["certificate"]))
    yield "the old certificate verifies", claims is not None
    again = papers.certificate_jws(License.objects.get(reference=told["license"])).content.decode()
    yield "a new certificate says the same", tried(lambda: signing.verify(again) == claims)
    yield "both have the same key", again.partition(".")[0] == told["certificate"].partition(".")[0]
    own = {"headers": {**HOST["headers"], "authorization": f"Bearer {told['key']}"}, "secure": True}
    yield "the partner's key opens", tried(lambda: Client().get("/api/v1/licenses/", **own).status_code == 200)


def tried(ask):
    """The answer; None for an error of whatever kind: it is what the drill tells."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001 -- told as a failure
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return None


def digests():
    """Table → SHA-256 of all its rows, in the order of their columns."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT * FROM {name}")  # noqa: S608 -- quoted
            rows = sorted(repr(row) for row in cursor.fetchall())
            columns = [column.name for column in cursor.description] if connection.vendor == "postgresql" else []
            found[table] = hashlib.sha256("\n".join([*columns, *rows]).encode()).hexdigest()
    return found


def run(command, *arguments, **options):
    out = io.StringIO()
    call_command(command, *arguments, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def outcome(command, *arguments):
    """What it said at last, or why it failed."""
    try:
        return run(command, *arguments).strip().splitlines()[-1]
    except CommandError as error:
        return f"FAILED {error}"


def head():
    row = LedgerHead.objects.get(pk=1)
    return row.size, merkle.Frontier.from_hex(row.size, row.frontier).root().hex()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("step", choices=["fill", "bring-back", "prove"])
    parser.add_argument("file")
    parser.add_argument("--reports", type=int, default=0)
    asked = parser.parse_args()
    steps = {
        "fill": lambda: fill(asked.file, asked.reports),
        "bring-back": lambda: bring_back(asked.file),
        "prove": lambda: prove(json.load(sys.stdin)),
    }
    done = steps[asked.step]()
    sys.stdout.write(json.dumps(done) + "\n")
