"""Says at the end of a test run what was not run, and why: “not run here: 14 browser tests (no Chromium
found)”.

With MASTHEAD_CI=1 nothing may be left out: one skipped test fails the run. With MASTHEAD_TEST_TALLY set to
a file, the counts are written there as JSON for `python -m tests`.
"""

import json
import os
import re
from collections import Counter
from pathlib import Path

import pytest

NAMES_POSTGRES = re.compile(r"\bboth\b|\bpostgres\b|\bplace\b")
"""What stands in each file with a test for PostgreSQL: the marks, or the fixture that has one."""
KINDS = ("browser", "postgres", "redis", "journey", "fault", "slow")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(_Tally(config), "masthead-tally")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the PostgreSQL pass on a machine that has none, the settings leave the reason: nothing runs on
    SQLite twice.
    """
    for item in items:
        if {"both", "postgres"} & item.keywords.keys() and not NAMES_POSTGRES.search(item.path.read_text()):
            raise pytest.UsageError(
                f"{item.nodeid} is for PostgreSQL, and its file does not say so: that pass omits it"
            )
    if reason := os.environ.get("MASTHEAD_NO_POSTGRES"):
        for item in items:
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """The PostgreSQL pass does not even read the files of which it runs nothing. None where others decide."""
    if os.environ.get("MASTHEAD_TEST_DB") != "postgres" or not collection_path.name.startswith("test_"):
        return None
    return None if NAMES_POSTGRES.search(collection_path.read_text()) else True


def not_run(skipped: list[tuple[str, str]]) -> list[str]:
    """One line a group of (kind, reason), the largest first; `kind` is a marker or ''."""
    groups = Counter(skipped)
    return [
        f"not run here: {count} {kind + ' ' if kind else ''}test{'s' if count != 1 else ''} ({reason})"
        for (kind, reason), count in sorted(groups.items(), key=lambda group: (-group[1], group[0]))
    ]


class _Tally:
    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.in_worker = hasattr(config, "workerinput")

    @property
    def _stats(self) -> dict[str, list]:
        return self.config.pluginmanager.get_plugin("terminalreporter").stats

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.in_worker or session.config.option.collectonly:
            return
        skipped = self._skipped()
        if skipped and os.environ.get("MASTHEAD_CI") == "1" and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        if tally := os.environ.get("MASTHEAD_TEST_TALLY"):
            counts = {name: len(self._stats.get(name, [])) for name in ("passed", "failed", "error", "xfailed")}
            Path(tally).write_text(json.dumps({**counts, "skipped": skipped}))

    def pytest_terminal_summary(self, terminalreporter) -> None:
        lines = not_run([tuple(entry) for entry in self._skipped()])
        if not lines:
            return
        terminalreporter.section("not run")
        for line in lines:
            terminalreporter.line(line)
        if os.environ.get("MASTHEAD_CI") == "1":
            terminalreporter.line("MASTHEAD_CI=1: nothing may be left out, so this run has failed.", red=True)

    def _skipped(self) -> list[tuple[str, str]]:
        return [(_kind(report), _reason(report)) for report in self._stats.get("skipped", [])]


def _kind(report) -> str:
    keywords = getattr(report, "keywords", {})
    return next((kind for kind in KINDS if kind in keywords), "")


def _reason(report) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(report.longrepr)
