"""Two at once: threads with connections of their own, released by one barrier."""

from __future__ import annotations

import threading

from django.db import connection


def at_once(*calls):
    """Call each in a thread of its own at the same moment. Answers what each returned, or the exception it raised."""
    barrier = threading.Barrier(len(calls))
    answers = [None] * len(calls)

    def run(place, call):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            answers[place] = call()
        except Exception as error:  # noqa: BLE001 -- whatever it raised is the answer
            answers[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers
