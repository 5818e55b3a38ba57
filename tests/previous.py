"""The code of the previous release, taken out of the history of this repository."""

import io
import subprocess
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FETCH_SECONDS = 60


class Missing(Exception):
    """The history does not reach back to it. The message says what to do, as the end of a sentence."""


def unpack(release, folder, *, root=ROOT):
    """Put its files into the folder. A shallow clone asks the remote it came from for that one commit.

    `release` is a tag or a whole commit id: a remote hands out nothing by a shortened one.
    """
    here = _git(root, "rev-parse", "--show-toplevel")
    if here.returncode or Path(here.stdout.decode().strip()).resolve() != Path(root).resolve():
        raise Missing("this is not a clone: the previous release is not in it")
    commit = release if _knows(root, release) else _fetched(root, release)
    archive = _git(root, "archive", "--format=tar", commit)
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")


def _fetched(root, release):
    shallow = _git(root, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
    if shallow and not _git(root, "fetch", "--quiet", "--no-tags", "--depth=1", "origin", release).returncode:
        return "FETCH_HEAD"
    raise Missing(f"the history does not reach back to {release[:12]}: git fetch --unshallow --tags")


def _knows(root, release):
    return not _git(root, "cat-file", "-e", f"{release}^{{commit}}").returncode


def _git(root, *arguments):
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=root,
            capture_output=True,
            timeout=FETCH_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise Missing("there is no git to take the previous release out of the history") from None
    except subprocess.TimeoutExpired:
        raise Missing(f"git {arguments[0]} took longer than {FETCH_SECONDS} s") from None
