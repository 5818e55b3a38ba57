"""How well the desk is told that two reports say the same: precision and recall over seeded pairs.

    python benchmarks/near_duplicates.py [--seeds 7 11 13] [--pairs 200] [--show]

Makes so many near-duplicates and as many hard negatives (two errors of one article in the same words, and two errors of
one sentence), and prints what `corrections.services.similar.compare` makes of them: for the articles and readings that
the rules were set on, and for those that they never saw. Set rules on the seeds 1 to 3 of the first; measure on others.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Print precision, recall, how many errors of one sentence are told apart, and the pairs judged wrongly."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=[7, 11, 13])
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument(
        "--show", action="store_true", help="print the pairs of the first half that were judged wrongly"
    )
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup()
    from tests.corrections.near_duplicates import HELD_OUT, TUNED, measured  # noqa: PLC0415 -- the models come first

    print(f"{given.pairs} near-duplicates and {given.pairs} hard negatives a seed")
    for name, material in (("tuned on", TUNED), ("held out", HELD_OUT)):
        for seed in given.seeds:
            result = measured(seed, given.pairs, material)
            print(
                f"{name}  seed {seed:>3}  precision {result.precision:.3f}  recall {result.recall:.3f}  "
                f"told apart in one sentence {result.told_apart:.3f}"
            )
            for pair in result.mistakes if given.show and material is TUNED else []:
                print(f"  {pair.kind}: {pair.one.words!r} / {pair.other.words!r}")


if __name__ == "__main__":
    main()
