"""Named places where the fault tests end the process, as if by `kill -9`. Inert unless `MASTHEAD_FAILPOINT` is set.

`MASTHEAD_FAILPOINT=after_claim` dies there at once; `after_claim:hang` stands still there until somebody kills it.
"""

from __future__ import annotations

import os
import sys
import time

from django.conf import settings


def reach(name: str) -> None:
    """Die here, at once and without cleaning up, if this is the point under test."""
    if not settings.FAILPOINT:
        return
    point, _, how = settings.FAILPOINT.partition(":")
    if name != point:
        return
    if how != "hang":
        os._exit(137)
    sys.stderr.write(f"reached {name}\n")
    sys.stderr.flush()
    while True:
        time.sleep(60)
