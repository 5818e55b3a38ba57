"""The pytest half: watch each test once, then fork a mutant at a time and run the tests that ran its lines."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import resource
import shutil
import signal
import sys
import threading
import types
from collections import defaultdict
from pathlib import Path

import hypothesis
import pytest
from django.db import connection
from hypothesis import Phase

from tests.mutation.operators import Mutant, mutants_of
from tests.mutation.targets import target

LEAST_SECONDS = 3
"""How much computing a test may take at least, unmutated or not; else twice what it took, watched line by line."""
MOST_SECONDS = 30
"""How long the tests of one mutant may take in all, by what they took unmutated; the quickest first."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--mutate", required=True)
    parser.addoption("--mutants-found", required=True)


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Mutation(config), "masthead-mutation")


class Mutation:
    """One target, from the first run to the last mutant."""

    def __init__(self, config: pytest.Config) -> None:
        self.paths = [Path(name).resolve() for name in target(config.option.mutate).modules]
        self.found = Path(config.option.mutants_found)
        self.reached: dict[str, set[tuple[str, int]]] = {}
        self.took: dict[str, float] = defaultdict(float)
        self.failed: set[str] = set()
        self.killers: dict[str, list[str]] = defaultdict(list)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        # A failing example is enough; nobody wants the smallest one.
        hypothesis.settings.register_profile(
            "mutation", derandomize=True, database=None, deadline=None, phases=[Phase.explicit, Phase.generate]
        )
        hypothesis.settings.load_profile("mutation")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.took[report.nodeid] += report.duration if report.when == "call" else 0
        if report.failed:
            self.failed.add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.session = session
        for item in session.items:
            with self._watched(item.nodeid):
                self._run(item)
        if self.failed:
            session.testsfailed = len(self.failed)
            return True
        connection.close()
        files = {str(path) for path in self.paths}
        gc.unfreeze()  # what is frozen is not among the objects
        self.living = [
            one for one in gc.get_objects() if type(one) is types.FunctionType and one.__code__.co_filename in files
        ]
        gc.collect()
        gc.freeze()
        self.items = {item.nodeid: item for item in session.items}
        only = survivors_of(os.environ.get("SURVIVORS", ""))
        results = []
        for path in self.paths:
            for mutant in mutants_of(path):
                if only and mutant.name not in only:
                    continue
                verdict = self._try(mutant)
                results.append((mutant.name, verdict))
                if verdict in {"survived", "not run"}:
                    sys.stderr.write(f"{verdict} {mutant.path.name}:{mutant.lines[0]} {mutant.name}\n")
        self.found.write_text(json.dumps(results), "utf-8")
        session.testsfailed = 0
        return True

    def _run(self, item: pytest.Item) -> None:
        # With the session as “next item” everything narrower is torn down, and the database of the session stays.
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=self.session)

    @contextlib.contextmanager
    def _watched(self, name: str):
        lines = self.reached[name] = set()
        files = {str(path) for path in self.paths}

        def line(frame, event, argument):
            lines.add((frame.f_code.co_filename, frame.f_lineno))
            return line

        def call(frame, event, argument):
            return line(frame, event, argument) if frame.f_code.co_filename in files else None

        threading.settrace(call)
        sys.settrace(call)
        try:
            yield
        finally:
            sys.settrace(None)
            threading.settrace(None)

    def _tests_of(self, mutant: Mutant) -> list[str]:
        path, first = str(mutant.path), self.killers[f"{mutant.path}{mutant.scope}"]
        if mutant.scope:
            names = [name for name, lines in self.reached.items() if any((path, at) in lines for at in mutant.lines)]
        else:
            names = list(self.reached)
        names.sort(key=lambda name: (first.index(name) if name in first else len(first), self.took[name]))
        spent, chosen = 0.0, []
        for name in names:
            spent += self.took[name]
            if spent > MOST_SECONDS:
                break
            chosen.append(name)
        return chosen

    def _try(self, mutant: Mutant) -> str:
        names = self._tests_of(mutant)
        if not names:
            return "not run"
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            self._live_as(mutant, names, writing)
        os.close(writing)
        with os.fdopen(reading) as said:
            killer = said.read()
        _pid, status = os.waitpid(child, 0)
        if killer:
            known = self.killers[f"{mutant.path}{mutant.scope}"]
            if killer in known:
                known.remove(killer)
            known.insert(0, killer)
            return "killed"
        if os.WIFSIGNALED(status):
            return "endless"
        return {0: "survived", 3: "killed"}[os.WEXITSTATUS(status)]

    def _live_as(self, mutant: Mutant, names: list[str], out: int) -> None:
        """The child: never returns."""
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        self.session.config.pluginmanager.unregister(name="terminalreporter")
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        # Who waits for what never comes computes nothing.
        most = 30 + 5 * sum(self.took[name] for name in names)
        timer = threading.Timer(most, os.kill, (os.getpid(), signal.SIGKILL))
        timer.daemon = True
        timer.start()
        database = Path(connection.settings_dict["NAME"])
        copy = database.with_name(f"{database.name}.{os.getpid()}")
        code = 4
        try:
            if database.exists():  # pure tests have none
                shutil.copy(database, copy)
                connection.settings_dict["NAME"] = str(copy)
            try:
                put_in(mutant, self.living)
            except (Exception, SystemExit):  # noqa: BLE001 -- a module that cannot be loaded, or ends at once, is noticed
                os._exit(3)
            for name in names:
                limit_computing(LEAST_SECONDS + 2 * self.took[name])
                self._run(self.items[name])
                if self.failed:
                    os.write(out, name.encode())
                    break
            code = 3 if self.failed else 0
        finally:
            for rest in ("", "-wal", "-shm"):
                Path(f"{copy}{rest}").unlink(missing_ok=True)
            os._exit(code)


def survivors_of(file: str) -> set[str]:
    """Those that an earlier run printed as such; nothing where there is no file."""
    lines = Path(file).read_text("utf-8").splitlines() if file else []
    return {line.removeprefix("survived: ") for line in lines if line.startswith("survived: ")}


def limit_computing(seconds: float) -> None:
    """The process ends when it has computed for so many seconds more."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def put_in(mutant: Mutant, living: list[types.FunctionType]) -> None:
    """Change the loaded module: the code of its living functions, or what it says when it is loaded."""
    if mutant.scope:
        fresh = {(inner.co_qualname, inner.co_firstlineno): inner for inner in _codes(mutant.code)}
        for one in living:
            old = one.__code__
            if old.co_filename == str(mutant.path) and (new := fresh.get((old.co_qualname, old.co_firstlineno))):
                one.__code__ = new
        return
    module = next(one for one in list(sys.modules.values()) if getattr(one, "__file__", "") == str(mutant.path))
    told = {"__name__": module.__name__, "__file__": module.__file__, "__builtins__": __builtins__}
    spaces = [vars(one) for one in list(sys.modules.values()) if isinstance(one, types.ModuleType)]
    exec(mutant.code, told)  # noqa: S102 -- our own module, with one change
    for name, new in told.items():
        old = vars(module).get(name)
        if isinstance(new, types.FunctionType | type):
            _take_defaults(old, new)
        elif hasattr(new, "__dict__") and type(new).__module__.startswith(("newsroom", "corrections", "reprints")):
            vars(old).update(vars(new))
        elif not isinstance(new, types.ModuleType) and not name.startswith("__"):
            for space in spaces:
                if space.get(name) is old:
                    space[name] = new


def _take_defaults(old, new) -> None:
    while hasattr(old, "__wrapped__") and hasattr(new, "__wrapped__"):
        old, new = old.__wrapped__, new.__wrapped__
    if isinstance(new, types.FunctionType):
        if isinstance(old, types.FunctionType):
            old.__defaults__, old.__kwdefaults__ = new.__defaults__, new.__kwdefaults__
        return
    for name, value in vars(new).items():
        held = vars(old).get(name)
        if isinstance(value, types.FunctionType) and isinstance(held, types.FunctionType):
            _take_defaults(held, value)
        elif not name.startswith("__") and not callable(value) and value != held:
            with contextlib.suppress(AttributeError, TypeError):
                setattr(old, name, value)


def _codes(code: types.CodeType):
    yield code
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield from _codes(inner)
