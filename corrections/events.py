"""The closed list of what happens at the corrections desk."""

from django.utils.translation import gettext_lazy as _

from newsroom.events.kinds import PUBLIC, STAFF, declare

SUBMITTED = declare("report.submitted", STAFF, _("Report received"))
RELEASED = declare("report.released", STAFF, _("Report released"))
MARKED_SPAM = declare("report.marked_spam", STAFF, _("Report marked as spam"))
RESTORED = declare("report.restored", STAFF, _("Report restored"))
TAKEN_UP = declare("report.taken_up", STAFF, _("Report taken up"))
ASKED = declare("report.asked", STAFF, _("Reader asked"))
REPLIED = declare("report.replied", STAFF, _("Reader replied"))
ADDED_TO = declare("report.added_to", STAFF, _("Reader added something"))
WRITTEN_TO = declare("report.written_to", STAFF, _("Reader written to"))
RESUMED = declare("report.resumed", STAFF, _("Review resumed"))
ACCEPTED = declare("report.accepted", STAFF, _("Report accepted"))
REOPENED = declare("report.reopened", STAFF, _("Report reopened"))
RESOLVED = declare("report.resolved", STAFF, _("Report resolved"))
DECLINED = declare("report.declined", STAFF, _("Report declined"))
JOINED = declare("report.joined", STAFF, _("Report joined to another"))
CARRIED_ON = declare("report.carried_on", STAFF, _("Report goes on by itself"))
WITHDRAWN = declare("report.withdrawn", STAFF, _("Report withdrawn"))
LAPSED = declare("report.lapsed", STAFF, _("Report lapsed"))
APPEALED = declare("report.appealed", STAFF, _("Second look asked for"))
QUESTION_ANSWERED = declare("report.question_answered", STAFF, _("Reader answered a question of the page"))
FIX_ASKED = declare("report.fix_asked", STAFF, _("Reader asked whether it is fixed"))
REMINDED = declare("report.reminded", STAFF, _("Reader reminded"))
DUE_SOON = declare("report.due_soon", STAFF, _("A promise is nearly due"))
OVERDUE = declare("report.overdue", STAFF, _("A promise is overdue"))
SENDER_LISTED = declare("report.sender_listed", STAFF, _("Sender put on the list to look at"))
SENDER_LIFTED = declare("report.sender_lifted", STAFF, _("Sender taken off the list"))
EXPORTED = declare("report.exported", STAFF, _("Exported for an audit"))
PAGED = declare("report.paged", STAFF, _("On-call editor paged"))
ESCALATED = declare("report.escalated", STAFF, _("Broken promise escalated"))
MAIL_REFUSED = declare("report.mail_refused", STAFF, _("Mail to the reader did not arrive"))
ADDRESS_GIVEN = declare("report.address_given", STAFF, _("Reader gave an address"))
ADDRESS_CONFIRMED = declare("report.address_confirmed", STAFF, _("Reader confirmed the address"))
CONTACT_REVEALED = declare("report.contact_revealed", STAFF, _("Contact details revealed"))
LINK_REVEALED = declare("report.link_revealed", STAFF, _("Private link given out"))
CONTACT_ERASED = declare("report.contact_erased", STAFF, _("Contact details erased"))
ERASED = declare("report.erased", STAFF, _("The reader's words erased"))
RESTRICTED = declare("report.restricted", STAFF, _("Report restricted to legal"))
UNRESTRICTED = declare("report.unrestricted", STAFF, _("Report open to the desk again"))
HOLD_PLACED = declare("report.hold_placed", STAFF, _("Legal hold placed"))
HOLD_LIFTED = declare("report.hold_lifted", STAFF, _("Legal hold lifted"))
REFERRED = declare("report.referred", STAFF, _("Referred to legal"))
ADVISED = declare("report.advised", STAFF, _("Legal advised"))
REFILED = declare("report.refiled", STAFF, _("Filed differently"))
ASSIGNED = declare("report.assigned", STAFF, _("Report assigned"))
WEIGHED = declare("report.weighed", STAFF, _("Severity judged"))
SPLIT = declare("report.split", STAFF, _("Report split"))
SPLIT_OFF = declare("report.split_off", STAFF, _("Taken out of another report"))
WAITING = declare("report.waiting", STAFF, _("Waiting for an agency"))
WAIT_ENDED = declare("report.wait_ended", STAFF, _("No longer waiting for an agency"))
INQUIRY_OPENED = declare("report.inquiry_opened", STAFF, _("Colleague asked"))
INQUIRY_ANSWERED = declare("report.inquiry_answered", STAFF, _("Colleague answered"))
INQUIRY_REMINDED = declare("report.inquiry_reminded", STAFF, _("Colleague reminded"))
INQUIRY_CLOSED = declare("report.inquiry_closed", STAFF, _("Question to a colleague closed"))

AGENCY_RECEIVED = declare("correction.agency_received", STAFF, _("Agency’s correction received"))
ARTICLES_NAMED = declare("correction.articles_named", STAFF, _("Articles with the passage named"))
SENT_FOR_APPROVAL = declare("correction.sent_for_approval", STAFF, _("Correction sent for approval"))
RETURNED = declare("correction.returned", STAFF, _("Correction returned to draft"))
DISCARDED = declare("correction.discarded", STAFF, _("Correction discarded"))
PUBLISHED = declare(
    "correction.published", PUBLIC, _("Correction published"), public_data=("kind", "severity", "effect")
)
SUPERSEDED = declare("correction.superseded", PUBLIC, _("Correction superseded"), public_data=("kind",))
CORRECTION_WITHDRAWN = declare("correction.withdrawn", PUBLIC, _("Correction withdrawn"), public_data=("kind",))
REINSTATED = declare("correction.reinstated", PUBLIC, _("Correction reinstated"), public_data=("kind",))
SUPPRESSED = declare("correction.suppressed", STAFF, _("Correction suppressed"), outside_name="correction.gone")
UNSUPPRESSED = declare("correction.unsuppressed", STAFF, _("Suppression lifted"))
WARNING_ANSWERED = declare("correction.warning_answered", STAFF, _("Warning of the linter answered"))
FIX_PROPOSED = declare("correction.fix_proposed", STAFF, _("A new text of the article looks like the fix"))
FIX_UNDONE = declare("correction.fix_undone", STAFF, _("The fix went out of the article again"))
FIX_SEEN = declare("correction.fix_seen", STAFF, _("Fix seen in the article"))
FIX_WAIVED = declare("correction.fix_waived", STAFF, _("The article stays as it is"))
REVIEWED = declare("correction.reviewed", STAFF, _("Reviewed by a second person"))
DESTRUCTION_PROPOSED = declare("correction.destruction_proposed", STAFF, _("Destruction proposed"))
DESTRUCTION_REFUSED = declare("correction.destruction_refused", STAFF, _("Destruction refused"))
DESTROYED = declare("correction.destroyed", STAFF, _("Destroyed under an order"))
PLACED = declare("correction.placed", STAFF, _("Notice placed"))
REVIEW_OVERDUE = declare("correction.review_overdue", STAFF, _("The second review is overdue"))

SIGNED = declare("ledger.signed", PUBLIC, _("Public log signed"), public_data=("size", "root"), on_request=True)
REPORTED = declare("ledger.reported", STAFF, _("Checkpoint of the day mailed"))

EVENT_OF_MOVE = {
    "report": {
        "release": RELEASED,
        "mark_spam": MARKED_SPAM,
        "restore": RESTORED,
        "take_up": TAKEN_UP,
        "ask": ASKED,
        "reply": REPLIED,
        "resume": RESUMED,
        "accept": ACCEPTED,
        "reopen": REOPENED,
        "resolve": RESOLVED,
        "decline": DECLINED,
        "join": JOINED,
        "carry_on": CARRIED_ON,
        "withdraw": WITHDRAWN,
        "lapse": LAPSED,
        "appeal": APPEALED,
    },
    "correction": {
        "send_for_approval": SENT_FOR_APPROVAL,
        "return_to_draft": RETURNED,
        "discard": DISCARDED,
        "publish": PUBLISHED,
        "publish_urgent": PUBLISHED,
        "supersede": SUPERSEDED,
        "withdraw": CORRECTION_WITHDRAWN,
        "reinstate": REINSTATED,
        "suppress": SUPPRESSED,
        "unsuppress": UNSUPPRESSED,
    },
}
"""Which event each move records."""
