"""What the tests of a file find made: once for all of them, in a transaction around those of the tests."""

from contextlib import ExitStack

from django.db import transaction


def made_once(blocker, make):
    """The body of a fixture of the whole file that answers what `make` made. Each test is to look its rows up anew, or
    to take copies; and each that counts rows is to have the fixture, so that it does not matter which one came first.
    Not for a file with a test that commits: its rows would be thrown away under this transaction's feet.
    """
    with blocker.unblock(), ExitStack() as around:
        around.enter_context(transaction.atomic())
        around.callback(transaction.set_rollback, True)
        made = make()
        around = around.pop_all()
    yield made
    with blocker.unblock():
        around.close()


def again(row):
    """The row as the test itself reads it."""
    return type(row)._base_manager.get(pk=row.pk)
