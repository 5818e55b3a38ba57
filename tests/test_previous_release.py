"""The previous release itself, run on today's tables: while they are changed, its processes go on.

That is so on PostgreSQL. An embedded desk is one program: it stops before the next release changes its tables.

Its own tests of both stories write and read there, and its pages show what today's code wrote. Where the history lacks
it, the run says so; with MASTHEAD_CI=1 that fails the run.
"""

import json
import subprocess
import sys
import uuid
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests import previous
from tests.faults.place import ROOT, drop, postgres_place
from tests.test_upgrades import RELEASE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
STORIES = (
    "tests/corrections/test_services.py",
    "tests/corrections/web/test_reporting.py",
    "tests/reprints/test_services.py",
    "tests/reprints/api/test_story.py",
    "tests/reprints/web/test_story.py",
)
FEWEST_TESTS = 150
FEWEST_PAGES = {"nobody": 30, "administrator": 60}


@pytest.fixture(scope="module")
def code(tmp_path_factory):
    """The files of the previous release."""
    folder = tmp_path_factory.mktemp("previous")
    try:
        previous.unpack(RELEASE, folder)
    except previous.Missing as reason:
        pytest.skip(str(reason))
    return folder


@pytest.fixture
def place(postgres_server, tmp_path):
    """A database with the tables of today."""
    made = postgres_place(tmp_path, postgres_server.url, settings="newsroom.settings")
    yield made
    drop(made, postgres_server.url)


def python(*arguments, cwd, env):
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=env, capture_output=True, text=True, timeout=1500, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def as_test_database(place):
    """The environment in which a test run takes these tables for its own, as they are."""
    env = {name: value for name, value in place.env.items() if name not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    address = urlsplit(place.env["DATABASE_URL"])
    name, free = address.path.strip("/"), f"masthead_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(urlunsplit(address._replace(path="/postgres")), autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} RENAME TO test_{free}")
    place.env["DATABASE_URL"] = urlunsplit(address._replace(path=f"/test_{free}"))
    return env | {"MASTHEAD_TEST_DB": "postgres", "TEST_DATABASE_URL": urlunsplit(address._replace(path=f"/{free}"))}


@pytest.mark.postgres
def test_its_own_tests_of_both_stories_pass_on_todays_tables(code, place):
    # PostgreSQL does not empty its tables for the next test while new ones point to them. That is the tests' own need.
    which = ("-k", "not at_the_same_moment")
    env = as_test_database(place)
    said = python("-m", "pytest", "-q", "--reuse-db", "-W", "ignore", *which, *STORIES, cwd=code, env=env)
    passed = int(said.strip().splitlines()[-1].split(" passed")[0].split()[-1])
    assert passed > FEWEST_TESTS


@pytest.mark.postgres
def test_its_pages_and_its_api_show_what_todays_code_wrote(code, place):
    env = place.env | {"MASTHEAD_DEMO": "1", "LOG_LEVEL": "CRITICAL"}
    python("manage.py", "demo", cwd=ROOT, env=env)
    safe = {"PYTHONPATH": str(code), "PYTHONSAFEPATH": "1"}
    told = json.loads(python(str(ROOT / "tests" / "reading.py"), cwd=code, env=env | safe).splitlines()[-1])
    assert told["failed"] == []
    assert {who: told["read"][who] >= fewest for who, fewest in FEWEST_PAGES.items()} == dict.fromkeys(
        FEWEST_PAGES, True
    )
    partners = told["read"].keys() - FEWEST_PAGES.keys()
    assert partners
    assert all(told["read"][partner] for partner in partners)


@pytest.fixture
def history(tmp_path):
    """A repository of two commits, the first of them tagged; and its first commit's id."""
    root = tmp_path / "whole"
    root.mkdir()

    def git(*arguments):
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@daily.example", "-c", "commit.gpgsign=false")
        return subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True, text=True).stdout

    git("init", "--quiet")
    for number in (1, 2):
        (root / "code.txt").write_text(f"release {number}")
        git("add", ".")
        git("commit", "--quiet", "-m", f"Release {number}")
        git("tag", f"v{number}")
    return root, git("rev-parse", "v1").strip()


def shallow_clone(root, folder):
    subprocess.run(
        ["git", "clone", "--quiet", "--depth=1", root.as_uri(), str(folder)], check=True, capture_output=True
    )
    return folder


def test_a_whole_clone_has_the_previous_release_by_its_tag_and_by_its_commit(history, tmp_path):
    root, commit = history
    for name in ("v1", commit):
        previous.unpack(name, tmp_path / name, root=root)
        assert (tmp_path / name / "code.txt").read_text() == "release 1"


def test_a_shallow_clone_asks_where_it_came_from(history, tmp_path):
    root, commit = history
    for name in ("v1", commit):
        clone = shallow_clone(root, tmp_path / f"clone-{name}")
        previous.unpack(name, tmp_path / name, root=clone)
        assert (tmp_path / name / "code.txt").read_text() == "release 1"


def test_where_the_history_ends_before_it_the_reason_says_what_to_do(history, tmp_path):
    root, commit = history
    clone = shallow_clone(root, tmp_path / "clone")
    root.rename(tmp_path / "gone")
    with pytest.raises(previous.Missing, match=f"does not reach back to {commit[:12]}: git fetch --unshallow"):
        previous.unpack(commit, tmp_path / "out", root=clone)
    with pytest.raises(previous.Missing, match="this is not a clone"):
        previous.unpack(commit, tmp_path / "out", root=tmp_path)
