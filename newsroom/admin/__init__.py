"""Django's admin as the desks' work place: read everything, press a legal button.

Nothing is edited in place. A page shows the record, the moves that its table allows this person now, and the history;
every button calls the service that is named after it, with the version that the page was drawn from.
"""

from newsroom.admin.filters import DueFilter, OpenFilter
from newsroom.admin.plain import OurFields, ReadOnlyAdmin, StaffScopedAdmin, within
from newsroom.admin.work import CARDS, SOON, Button, Card, WorkflowAdmin, WorkForm, due_line, two_lines

__all__ = [
    "CARDS",
    "SOON",
    "Button",
    "Card",
    "DueFilter",
    "OpenFilter",
    "OurFields",
    "ReadOnlyAdmin",
    "StaffScopedAdmin",
    "WorkForm",
    "WorkflowAdmin",
    "due_line",
    "two_lines",
    "within",
]
