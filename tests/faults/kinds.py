"""Two kinds of event: one that is mailed to `<reference>@sink.example`, one that is posted to its organization.

Where the desks are not installed their one kind that the real API records is known as well, and nobody is told of it.
"""

from django.apps import apps

from newsroom.events import kinds

kinds.declare("fault.mail", kinds.STAFF, "Mailed")
kinds.declare("fault.hook", kinds.ORGANIZATION, "Posted")
if not apps.is_installed("corrections"):
    kinds.declare("report.submitted", kinds.STAFF, "Received")


@kinds.notice("fault.mail", "fault")
def whom(event):
    return [kinds.Recipient("sink", event.subject_reference)]


@kinds.address_book("sink")
def address(key):
    return kinds.Address(f"{key.lower()}@sink.example")
