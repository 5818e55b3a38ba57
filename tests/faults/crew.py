"""The processes and servers of a fault run: started, supervised, killed, frozen, filled up."""

import os
import resource
import signal
import subprocess
import time
from collections import Counter
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path

import psycopg

from tests import services

RESTART_SECONDS = 0.5


class Crew:
    """The processes of a run, each a group of its own, and each started again a moment after it ends.

    `commands` is name → (arguments of python, more environment). One whose name stands in `ends` may end well.
    """

    def __init__(self, place, commands, *, ends=()):
        self.place = place
        self.commands = commands
        self.ends = ends
        self.running = {}
        self.finished = set()
        self.restarts = Counter()
        self._ended_at = {}

    def keep_up(self):
        """Start what is not running and has not ended well."""
        for name, (arguments, more) in self.commands.items():
            process = self.running.get(name)
            if name in self.finished or (process and process.poll() is None):
                continue
            if process and process.returncode == 0 and name in self.ends:
                self.finished.add(name)
                continue
            if process and time.monotonic() - self._ended_at.setdefault(name, time.monotonic()) < RESTART_SECONDS:
                continue
            self._ended_at.pop(name, None)
            if process:
                self.restarts[name] += 1
                _kill_group(process)  # what it left behind would hold its port
            self.running[name] = self.place.start(*arguments, prefix=_mortal(), **more)

    def kill(self, name):
        """`kill -9` of the whole group, if it runs. Whether it did."""
        process = self.running.get(name)
        if process is None or process.poll() is not None:
            return False
        _kill_group(process)
        process.wait(10)
        return True

    def kill_a_child(self, name, chance):
        """`kill -9` of one process that this one started. Whether there was any."""
        process = self.running.get(name)
        if process is None or process.poll() is not None or not (children := _children(process.pid)):
            return False
        with suppress(ProcessLookupError):
            os.kill(chance.choice(children), signal.SIGKILL)
        return True

    def pids(self):
        """Every process that runs now."""
        alive = [process.pid for process in self.running.values() if process.poll() is None]
        return [*alive, *(child for pid in alive for child in _children(pid))]

    def stop(self):
        for process in self.running.values():
            _kill_group(process)
            process.wait(10)


class OwnPostgres:
    """A PostgreSQL of this run's own, which can be ended as by a power cut and started again over the same files."""

    def __init__(self, server):
        self.server = server
        self.process = server.process
        self.home = Path(f"/proc/{self.process.pid}/cwd").readlink().parent

    def crash(self):
        """SIGQUIT is PostgreSQL's immediate shutdown: no checkpoint, every connection cut; then recovery."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(20)
        time.sleep(RESTART_SECONDS)
        self.revive()

    def revive(self):
        """Start it where it has ended, and wait until it answers."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if self.process.poll() is not None:
                with (self.home / "log").open("ab") as log:
                    self.process = subprocess.Popen(
                        self.process.args, stdout=log, stderr=log, cwd=self.home, start_new_session=True
                    )
            try:
                psycopg.connect(self.server.url, connect_timeout=1).close()
            except psycopg.OperationalError:
                time.sleep(0.1)
            else:
                return
        raise TimeoutError("PostgreSQL did not come back")

    def stop(self):
        if self.process is not self.server.process:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(20)


class OwnRedis:
    """A Redis of this run's own, without persistence: what it knew is gone with it."""

    def __init__(self, server):
        self.server = server
        self.process = server.process
        self.home = Path(f"/proc/{self.process.pid}/cwd").readlink()

    def kill(self):
        if self.process.poll() is not None:
            return False
        self.process.kill()
        self.process.wait(10)
        return True

    def start(self):
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.process.args, stdout=log, stderr=log, cwd=self.home, start_new_session=True
            )

    def freeze(self):
        if self.process.poll() is not None:
            return False
        self.process.send_signal(signal.SIGSTOP)
        return True

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        if self.process is not self.server.process and self.process.poll() is None:
            self.thaw()
            self.process.terminate()
            self.process.wait(10)


class SmallDisk:
    """A tmpfs of its own that can be filled to the last byte: for root, who alone may mount one."""

    how = "tmpfs filled to the last byte"

    def __init__(self, folder):
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, _pids):
        with self._filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0" * 65536)
        with self._filler.open("ab", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0")

    def free(self, _pids):
        self._filler.unlink(missing_ok=True)


class LimitedFiles:
    """The second choice, for whoever is not root: no running process may write past the first page of any file."""

    how = "RLIMIT_FSIZE of 4096 bytes"

    def __init__(self, folder):
        self.folder = folder

    def fill(self, pids):
        self._limit(pids, 4096)

    def free(self, pids):
        self._limit(pids, None)

    def _limit(self, pids, size):
        for pid in pids:
            with suppress(ProcessLookupError):
                _soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (hard if size is None else size, hard))


@contextmanager
def small_disk(folder, size):
    """A disk of so many bytes that can be full, at that folder."""
    mount = ("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    if os.geteuid() or not services._runs(*mount):
        yield LimitedFiles(folder)
        return
    try:
        yield SmallDisk(folder)
    finally:
        services._runs("umount", "--lazy", str(folder))


def _children(pid):
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _kill_group(process):
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


@lru_cache
def _mortal():
    """So that a run that is killed itself leaves nobody behind."""
    return services._die_with_parent("KILL")
