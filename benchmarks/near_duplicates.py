"""How well the desk is told that two reports say the same: precision and recall over seeded pairs.

    python benchmarks/near_duplicates.py [--seed 7] [--pairs 200]

Makes so many near-duplicates and as many hard negatives (two errors of one article in the same words), and prints what
`corrections.services.similar.compare` makes of them. The thresholds were set on the seeds 1 to 3; measure on others.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Print precision, recall, and the pairs that were judged wrongly."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--show", action="store_true", help="print the pairs that were judged wrongly")
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup()
    from tests.corrections.near_duplicates import measured  # noqa: PLC0415 -- the models must be loaded first

    result = measured(seed=given.seed, number=given.pairs)
    print(f"seed {given.seed}: {given.pairs} near-duplicates, {given.pairs} hard negatives")
    print(f"precision {result.precision:.3f}   recall {result.recall:.3f}")
    for one, other, same in result.mistakes if given.show else []:
        print(f"  {'missed' if same else 'wrongly joined'}: {one.words!r} / {other.words!r}")


if __name__ == "__main__":
    main()
