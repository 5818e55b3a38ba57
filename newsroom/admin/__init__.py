"""Django's admin as the desks' work place: read everything, press a legal button.

Nothing is edited in place. A page shows the record, the moves that its table allows this person now, and the history;
every button calls the service that is named after it, with the version that the page was drawn from.
"""

from newsroom.admin.columns import SOON, due_line, moment_line, status_line, two_lines
from newsroom.admin.filters import DeskFilter, DoneFilter, DueFilter, NarrowingFilter, OpenFilter, PersonFilter
from newsroom.admin.plain import OurFields, ReadOnlyAdmin, StaffScopedAdmin, within
from newsroom.admin.start import AGENDA, AGENDA_LENGTH, CARDS, Card, Due
from newsroom.admin.work import Button, WorkflowAdmin, WorkForm

__all__ = [
    "AGENDA",
    "AGENDA_LENGTH",
    "CARDS",
    "SOON",
    "Button",
    "Card",
    "DeskFilter",
    "DoneFilter",
    "Due",
    "DueFilter",
    "NarrowingFilter",
    "OpenFilter",
    "OurFields",
    "PersonFilter",
    "ReadOnlyAdmin",
    "StaffScopedAdmin",
    "WorkForm",
    "WorkflowAdmin",
    "due_line",
    "moment_line",
    "status_line",
    "two_lines",
    "within",
]
