"""What was written down for good stays as it was."""

import pytest

from newsroom.records import WrittenOnce

ONCE = sorted(WrittenOnce.__subclasses__(), key=lambda model: model.__name__)


def test_these_rows_are_written_once():
    assert [model.__name__ for model in ONCE] == [
        *("Decision", "Event", "LedgerEntry", "LegalAct", "Payment", "Revision", "TermsTemplate", "UseDecision"),
    ]


@pytest.mark.parametrize("model", ONCE)
def test_none_of_them_is_changed_afterwards(model):
    row = model()
    row._state.adding = False
    with pytest.raises(TypeError, match=f"^{model.NEVER}$"):
        row.save()
