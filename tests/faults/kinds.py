"""Two kinds of event: one that is mailed to `<reference>@sink.example`, one that is posted to its organization."""

from newsroom.events import kinds

kinds.declare("fault.mail", kinds.STAFF, "Mailed")
kinds.declare("fault.hook", kinds.ORGANIZATION, "Posted")


@kinds.notice("fault.mail", "fault")
def whom(event):
    return [kinds.Recipient("sink", event.subject_reference)]


@kinds.address_book("sink")
def address(key):
    return kinds.Address(f"{key.lower()}@sink.example")
