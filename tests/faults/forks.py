"""The producer without its start: a process that has Django loaded and forks for each order, so that a death is real
and costs milliseconds.

Reads one JSON order a line, `{"arguments": […], "env": {…}}`, and answers `{"code": …, "out": …, "err": …}`. The child
reads the settings anew from its own environment; it has no connection of its parent's, which never opens one.
"""

import importlib
import json
import os
import sys
import tempfile
import traceback
from pathlib import Path

from django.conf import settings
from django.utils.functional import empty

import newsroom.settings
from tests.faults import producer

SECONDS = 60


def main():
    """Until the other side hangs up."""
    for line in sys.stdin:
        order = json.loads(line)
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder) / "out", Path(folder) / "err"
            pid = os.fork()
            if not pid:
                _child(order, out, err)
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            answer = {"code": code, "out": out.read_text(), "err": err.read_text()}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _child(order, out, err):
    code = 1
    try:
        sys.stdin.close()
        sys.stdout, sys.stderr = out.open("w"), err.open("w")
        os.environ.update(order["env"])
        importlib.reload(newsroom.settings)
        importlib.reload(sys.modules[os.environ["DJANGO_SETTINGS_MODULE"]])
        settings._wrapped = empty
        producer.main(order["arguments"])
        code = 0
    except BaseException:  # noqa: BLE001 -- a forked child must not run on as its parent
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
