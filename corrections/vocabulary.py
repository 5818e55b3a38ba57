"""The closed vocabularies of the corrections desk, as the API and the forms spell them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Category(models.TextChoices):
    """What kind of error a reader reports."""

    NAME_OR_TITLE = "name_or_title", _("A name or title")
    NUMBER_OR_DATE = "number_or_date", _("A number or date")
    QUOTATION = "quotation", _("A quotation")
    ATTRIBUTION = "attribution", _("Who said or did it")
    HEADLINE = "headline", _("The headline")
    IMAGE_OR_CAPTION = "image_or_caption", _("A picture or caption")
    MISSING_CONTEXT = "missing_context", _("Something important is left out")
    OUTCOME_MISSING = "outcome_missing", _("The outcome is missing (an acquittal, a ruling)")
    PRIVACY = "privacy", _("Privacy")
    AI_ERROR = "ai_error", _("An error made by a machine")
    SPELLING = "spelling", _("Spelling or grammar")
    OTHER = "other", _("Something else")


URGENT_REASONS = [
    ("child", _("It concerns a child")),
    ("danger", _("Somebody is in danger because of it")),
    ("court_order", _("There is a court order")),
    ("victim", _("It names or shows the victim of a crime")),
]
"""Why a reader says that it cannot wait."""
OTHERWISE = "other"
URGENCY = [("", _("It can wait")), *URGENT_REASONS, (OTHERWISE, _("Urgent for another reason"))]
"""The same as the desk chooses it."""


class Medium(models.TextChoices):
    """Where the error was seen."""

    WEB = "web", _("On the web")
    PRINT = "print", _("In print")
    PODCAST = "podcast", _("In a podcast")
    NEWSLETTER = "newsletter", _("In a newsletter")
    SOCIAL = "social", _("On social media")


class Channel(models.TextChoices):
    """How a report reached us."""

    FORM = "form", _("Web form")
    API = "api", _("API")
    PHONE = "phone", _("Telephone")
    LETTER = "letter", _("Letter")
    MAIL = "mail", _("Mail")
    LAWYER = "lawyer", _("Lawyer")
    REGULATOR = "regulator", _("Regulator")


class Origin(models.TextChoices):
    """Who found the error."""

    READER = "reader", _("Reader")
    STAFF = "staff", _("Staff")
    SOURCE = "source", _("Source or agency")


class Visibility(models.TextChoices):
    """Who may see a report: its desk, or the legal desk alone."""

    NORMAL = "normal", _("Normal")
    RESTRICTED = "restricted", _("Restricted to legal")


class YesNo(models.TextChoices):
    """What a reader answered to a question of the private page. Empty: not answered."""

    YES = "yes", _("Yes")
    NO = "no", _("No")


class Anchor(models.TextChoices):
    """Whether the reported passage still stands where the reader marked it."""

    OK = "ok", _("Still there")
    RESOLVED_BY_EDIT = "resolved_by_edit", _("The passage was changed since")
    ORPHAN = "orphan", _("Not found in the article")


class Resolution(models.TextChoices):
    """How a report was closed."""

    CORRECTED = "corrected", _("Corrected")
    CLARIFIED = "clarified", _("Clarified")
    MINOR_FIX = "minor_fix", _("Fixed without a notice")
    UPDATED = "updated", _("Updated with new facts")
    RETRACTED = "retracted", _("Retracted")
    REPLY_PUBLISHED = "reply_published", _("A reply was published")
    OUTCOME_ADDED = "outcome_added", _("The outcome was added")
    ANONYMIZED = "anonymized", _("A name was removed")
    REMOVED = "removed", _("Removed")
    NO_ERROR_FOUND = "no_error_found", _("No error found")
    OPINION = "opinion", _("An opinion")
    ALREADY_CORRECTED = "already_corrected", _("Already corrected")
    REFERRED_TO_AGENCY = "referred_to_agency", _("Passed on to the agency that wrote it")
    UNPUBLISHING_REFUSED = "unpublishing_refused", _("We do not remove accurate articles")
    OUT_OF_SCOPE = "out_of_scope", _("Not about our journalism")
    NOT_ENOUGH_INFORMATION = "not_enough_information", _("Not enough information")
    WITHDRAWN_BY_READER = "withdrawn_by_reader", _("Withdrawn by the reader")
    NO_REPLY = "no_reply", _("No reply")


DECLINE_CODES = [
    Resolution.NO_ERROR_FOUND,
    Resolution.OPINION,
    Resolution.ALREADY_CORRECTED,
    Resolution.REFERRED_TO_AGENCY,
    Resolution.UNPUBLISHING_REFUSED,
    Resolution.OUT_OF_SCOPE,
    Resolution.NOT_ENOUGH_INFORMATION,
]


DECLINED_AS = {
    Resolution.NO_ERROR_FOUND: _("We did not find an error to correct. The reasons are below."),
    Resolution.OPINION: _("We take it to be an opinion, and do not correct opinions. The reasons are below."),
    Resolution.ALREADY_CORRECTED: _("This has been corrected already. Our answer is below."),
    Resolution.REFERRED_TO_AGENCY: _("We passed it on to the agency that wrote it. Our answer is below."),
    Resolution.UNPUBLISHING_REFUSED: _("We do not remove accurate articles. The reasons are below."),
    Resolution.OUT_OF_SCOPE: _("This is not about our journalism, so that we cannot correct it. Our answer is below."),
    Resolution.NOT_ENOUGH_INFORMATION: _("We could not check it with what we know. The reasons are below."),
}
"""What the reader is told in a sentence when the report was declined for this reason."""


class Kind(models.TextChoices):
    """What a notice is."""

    CORRECTION = "correction", _("Correction")
    CLARIFICATION = "clarification", _("Clarification")
    EDITORS_NOTE = "editors_note", _("Editors’ note")
    UPDATE = "update", _("Update")
    RETRACTION = "retraction", _("Retraction")
    REPLY = "reply", _("Reply")
    MINOR_FIX = "minor_fix", _("Minor fix")


RESOLUTION_BY_KIND = {
    Kind.CORRECTION: Resolution.CORRECTED,
    Kind.CLARIFICATION: Resolution.CLARIFIED,
    Kind.EDITORS_NOTE: Resolution.CLARIFIED,
    Kind.UPDATE: Resolution.UPDATED,
    Kind.RETRACTION: Resolution.RETRACTED,
    Kind.REPLY: Resolution.REPLY_PUBLISHED,
    Kind.MINOR_FIX: Resolution.MINOR_FIX,
}


SETTLED_BY = {
    Kind.CORRECTION: _("The correction is published. Thank you for telling us."),
    Kind.CLARIFICATION: _("We have published a clarification. Thank you for telling us."),
    Kind.EDITORS_NOTE: _("We have published an editors’ note on the article. Thank you for telling us."),
    Kind.UPDATE: _("We have updated the article, and say so in public. Thank you for telling us."),
    Kind.RETRACTION: _("We have retracted the article: nobody should rely on it any more. Thank you for telling us."),
    Kind.REPLY: _("The reply is published with the article. Thank you for telling us."),
    Kind.MINOR_FIX: _(
        "The article is put right; so small a change has no notice of its own. Thank you for telling us."
    ),
}
"""What the reader is told when a notice of this kind settled the report."""
REPLACED_SINCE = _("What we published was replaced since by a newer notice, which is named below.")
WITHDRAWN_SINCE = _(
    "What we published was withdrawn since, and no longer stands. The notice that says why is named below."
)


class Severity(models.TextChoices):
    """How much it matters: decides the placement."""

    LOW = "low", _("Low")
    HIGH = "high", _("High")


class Place(models.TextChoices):
    """Where a notice stands."""

    ARTICLE_FOOT = "article_foot", _("At the foot of the article")
    UNDER_HEADLINE = "under_headline", _("Under the headline")
    HOMEPAGE = "homepage", _("Home page")
    CORRECTIONS_PAGE = "corrections_page", _("Corrections page")
    SOCIAL = "social", _("Social media")
    ALERT = "alert", _("Push alert or newsletter")
    PRINT = "print", _("In print")


class Effect(models.TextChoices):
    """What publishing a notice does to the notice it names."""

    SUPERSEDE = "supersede", _("Supersedes it")
    WITHDRAW = "withdraw", _("Withdraws it")
    REINSTATE = "reinstate", _("Reinstates it")


UNDOING = frozenset({Effect.WITHDRAW, Effect.REINSTATE})
"""What is done to a notice without saying anything new about the article."""
UNDONE: dict[str, dict[str, Any]] = {
    Effect.WITHDRAW: {
        Kind.CORRECTION: _("Withdrawal of a correction"),
        Kind.CLARIFICATION: _("Withdrawal of a clarification"),
        Kind.EDITORS_NOTE: _("Withdrawal of an editors’ note"),
        Kind.UPDATE: _("Withdrawal of an update"),
        Kind.RETRACTION: _("Withdrawal of a retraction"),
        Kind.REPLY: _("Withdrawal of a reply"),
        Kind.MINOR_FIX: _("Withdrawal of a minor fix"),
    },
    Effect.REINSTATE: {
        Kind.CORRECTION: _("Reinstatement of a correction"),
        Kind.CLARIFICATION: _("Reinstatement of a clarification"),
        Kind.EDITORS_NOTE: _("Reinstatement of an editors’ note"),
        Kind.UPDATE: _("Reinstatement of an update"),
        Kind.RETRACTION: _("Reinstatement of a retraction"),
        Kind.REPLY: _("Reinstatement of a reply"),
        Kind.MINOR_FIX: _("Reinstatement of a minor fix"),
    },
}
"""What a notice that does this to one of that kind is called."""
SETTLED_BY_UNDOING = {
    Effect.WITHDRAW: _("We have withdrawn the notice that was wrong, and say so in public. Thank you for telling us."),
    Effect.REINSTATE: _("We have put our notice back in force, and say so in public. Thank you for telling us."),
}
