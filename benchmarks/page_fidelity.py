"""How faithfully article pages are read: `python benchmarks/page_fidelity.py DIR`.

DIR holds pages as `*.html.gz` and an `expected.json` that maps each file name to what a person found there:
`url, headline, bylines, published, first_paragraph_starts, last_paragraph_ends`. Prints the four figures and
every miss. White space and invisible characters are compared as the reader normalizes them.
"""

import argparse
import gzip
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from newsroom.articles.pages import Page, read_page
from newsroom.articles.pages.markup import words


def minute(moment: datetime | None) -> str:
    """UTC to the minute; a moment without an offset is read as UTC."""
    if moment is None:
        return "none"
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%d %H:%M")


def misses(page: Page, expected: dict[str, Any]) -> dict[str, tuple[object, object]]:
    """For each figure that is wrong: what was expected and what was read."""
    first, last = (page.paragraphs[0], page.paragraphs[-1]) if page.paragraphs else ("", "")
    starts, ends = words(expected["first_paragraph_starts"]), words(expected["last_paragraph_ends"])
    published = minute(datetime.fromisoformat(expected["published"]))
    wrong: dict[str, tuple[object, object]] = {}
    if page.headline != words(expected["headline"]):
        wrong["headline"] = (expected["headline"], page.headline)
    if page.bylines != expected["bylines"]:
        wrong["byline"] = (expected["bylines"], page.bylines)
    if minute(page.published_at) != published:
        wrong["published"] = (published, minute(page.published_at))
    if not (first.startswith(starts) and last.endswith(ends)):
        wrong["first and last paragraph"] = ((starts, ends), (first[:90], last[-90:], len(page.paragraphs)))
    return wrong


def main() -> None:
    """Read every page of the directory and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path, metavar="DIR")
    directory: Path = parser.parse_args().directory
    expected = json.loads((directory / "expected.json").read_text(encoding="utf-8"))
    files = sorted(directory.glob("*.html.gz"))
    right = dict.fromkeys(("headline", "byline", "published", "first and last paragraph"), 0)
    for file in files:
        wanted = expected[file.name]
        wrong = misses(read_page(gzip.decompress(file.read_bytes()), url=wanted["url"]), wanted)
        for figure in right:
            right[figure] += figure not in wrong
        for figure, (should, is_) in wrong.items():
            print(f"{file.name}: {figure}\n    expected {should!r}\n    read     {is_!r}")
    for figure, count in right.items():
        print(f"{figure}: {count}/{len(files)}")


if __name__ == "__main__":
    main()
