"""Named places where the fault tests kill the process, as if by `kill -9`. Inert unless `MASTHEAD_FAILPOINT` is set."""

from __future__ import annotations

import os

from django.conf import settings

POINTS = ("before_commit", "after_commit_before_wake", "after_claim", "after_send_before_finish", "after_finish")


def reach(name: str) -> None:
    """Die here, at once and without cleaning up, if this is the point under test."""
    if settings.FAILPOINT and name == settings.FAILPOINT:
        os._exit(137)
