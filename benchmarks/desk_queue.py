"""What the desk's queue, the page of a report and the public log cost with 50 and with 50,000 reports.

    python benchmarks/desk_queue.py [--few 50] [--many 50000] [--times 7]

Fills an SQLite database of its own, in a temporary folder, with that many reports (a running promise each) and as many
published notices, all on one article, and opens the pages as a signed-in editor. Prints the queries, the median time
and how many times as long the larger one takes. Exit status 1 when a page asks another number of queries with many than
with few.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUEUE, LOG, WORK = "/admin/corrections/report/", "/corrections/", "/admin/corrections/report/1/change/"
PAGES = (QUEUE, WORK, LOG)


def main() -> int:
    """Print a line a page and size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--few", type=int, default=50)
    parser.add_argument("--many", type=int, default=50_000)
    parser.add_argument("--times", type=int, default=7, help="how often each page is opened")
    given = parser.parse_args()
    if not 0 < given.few < given.many or given.times < 1:
        parser.error("--few must be above 0 and below --many, --times above 0")
    with tempfile.TemporaryDirectory(prefix="masthead-queue-") as folder:
        (Path(folder) / "static").mkdir()
        os.environ["MASTHEAD_VAR"] = folder
        os.environ["DATABASE_URL"] = f"sqlite:///{folder}/queue.sqlite3"
        os.environ.pop("REDIS_URL", None)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
        sys.path.insert(0, str(ROOT))
        return _report(given.few, given.many, given.times)


def _report(few: int, many: int, times: int) -> int:
    measured = _measured([few, many], times)
    failed = False
    for page in PAGES:
        for size in (few, many):
            queries, milliseconds = measured[page, size]
            print(f"{page:38} {size:>7,} rows  {queries:>3} queries  {milliseconds:>8.1f} ms")
        same = measured[page, few][0] == measured[page, many][0]
        ratio = measured[page, many][1] / measured[page, few][1]
        print(f"{page:38} {ratio:.1f} times as long, {'the same' if same else 'ANOTHER'} number of queries")
        failed = failed or not same
    return int(failed)


def _measured(sizes: list[int], times: int) -> dict[tuple[str, int], tuple[int, float]]:
    """Queries and median milliseconds by page and size; the sizes grow."""
    import django  # noqa: PLC0415 -- the settings read the environment that was set above

    django.setup()
    logging.disable(logging.WARNING)  # a line for each page opened
    from django.core.management import call_command  # noqa: PLC0415 -- idem
    from django.db import connection, transaction  # noqa: PLC0415 -- idem
    from django.test import Client  # noqa: PLC0415 -- idem
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415 -- idem

    from tests.corrections.many import many_notices, many_reports  # noqa: PLC0415 -- idem
    from tests.factories import make_article, make_publication, make_staff  # noqa: PLC0415 -- idem

    call_command("migrate", verbosity=0)
    publication = make_publication(hosts=["localhost"])
    article = make_article(publication)
    client = Client(SERVER_NAME="localhost")
    client.force_login(make_staff(publication, "desk_editor"))
    found, there = {}, 0
    for size in sizes:
        with transaction.atomic():
            many_reports(publication, article, size - there)
            many_notices(publication, article, size - there)
        there = size
        for page in PAGES:
            _open(client, page)
            with CaptureQueriesContext(connection) as seen:
                _open(client, page)
            found[page, size] = (len(seen), statistics.median(_milliseconds(client, page) for _ in range(times)))
    connection.close()
    return found


def _milliseconds(client: object, page: str) -> float:
    begun = time.perf_counter()
    _open(client, page)
    return 1000 * (time.perf_counter() - begun)


def _open(client: object, page: str) -> None:
    status = client.get(page).status_code  # type: ignore[attr-defined]  # -- Django's test client, imported late
    if status != 200:
        raise SystemExit(f"{page} answered {status}")


if __name__ == "__main__":
    sys.exit(main())
