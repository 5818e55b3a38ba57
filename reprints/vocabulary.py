"""The closed lists that a request, a quote and a license are written in.

The words are versioned with the API: one is added, none renamed. Territories are ISO 3166-1 alpha-2 or `001`
(UN M49, the world), languages BCP 47.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

WORLD = "001"
MAX_ITEMS = 50
MAX_TERRITORIES = 250
MAX_LANGUAGES = 50
MAX_PLACEMENTS = 100
MAX_QUANTITY = 10**9
MAX_EXCERPT_CHARACTERS = 50_000
MAX_YEARS = 50


class Use(models.TextChoices):
    """What the text is wanted for."""

    REPUBLISH_WEB = "republish_web", _("Republish on a website")
    REPUBLISH_PRINT = "republish_print", _("Republish in print")
    SYNDICATION_FEED = "syndication_feed", _("Syndication feed")
    EXCERPT_QUOTE = "excerpt_quote", _("Quote a passage")
    TRANSLATION = "translation", _("Translate and publish")
    EPRINT_PDF = "eprint_pdf", _("E-print (PDF)")
    REPRINT_HARDCOPY = "reprint_hardcopy", _("Printed reprints")
    EMAIL_NEWSLETTER = "email_newsletter", _("E-mail newsletter")
    INTRANET_INTERNAL = "intranet_internal", _("Intranet or internal circulation")
    PRESENTATION_EVENT = "presentation_event", _("Presentation or event")
    BOOK_CHAPTER = "book_chapter", _("In a book")
    COURSE_MATERIAL = "course_material", _("Course material")
    EXAM = "exam", _("Exam")
    BROADCAST_READ = "broadcast_read", _("Read out in a broadcast")
    TEXT_TO_SPEECH = "text_to_speech", _("Text to speech")
    SOCIAL_POST = "social_post", _("Social media post")
    ADVERTISING_QUOTE = "advertising_quote", _("Quote in advertising")
    BADGE_LOGO = "badge_logo", _("Badge or logo")
    ARCHIVE_DATABASE = "archive_database", _("Archive or database")
    MEDIA_MONITORING = "media_monitoring", _("Media monitoring")
    AI_TRAIN = "ai_train", _("Train an AI model")
    AI_INPUT = "ai_input", _("Input to an AI system")
    AI_INDEX = "ai_index", _("Index for an AI system")
    SEARCH_INDEX = "search_index", _("Search index")
    TDM_RESEARCH = "tdm_research", _("Text and data mining for research")
    OTHER = "other", _("Something else")


AI_USES = frozenset({Use.AI_TRAIN, Use.AI_INPUT, Use.AI_INDEX, Use.TDM_RESEARCH})
PROMOTIONAL_USES = frozenset({Use.ADVERTISING_QUOTE, Use.BADGE_LOGO})


class Portion(models.TextChoices):
    """How much of the article."""

    FULL_TEXT = "full_text", _("The full text")
    EXCERPT = "excerpt", _("An excerpt")
    HEADLINE_SUMMARY = "headline_summary", _("Headline and summary")
    QUOTE = "quote", _("A quotation")
    CHART = "chart", _("A chart")
    LOGO_BADGE = "logo_badge", _("A logo or badge")


COUNTED_PORTIONS = frozenset({Portion.EXCERPT, Portion.QUOTE})


class Format(models.TextChoices):
    """In which form it is published."""

    PRINT = "print", _("Print")
    WEB = "web", _("Website")
    APP = "app", _("App")
    EMAIL = "email", _("E-mail")
    PDF_EPRINT = "pdf_eprint", _("PDF")
    INTRANET = "intranet", _("Intranet")
    SLIDES = "slides", _("Slides")
    BOOK = "book", _("Book")
    EBOOK = "ebook", _("E-book")
    AUDIO = "audio", _("Audio")
    VIDEO = "video", _("Video")
    SOCIAL = "social", _("Social media")
    API_FEED = "api_feed", _("Feed")
    DATASET = "dataset", _("Data set")


class QuantityUnit(models.TextChoices):
    """What the quantity counts."""

    COPIES = "copies", _("copies")
    RECIPIENTS = "recipients", _("recipients")
    SUBSCRIBERS = "subscribers", _("subscribers")
    MONTHLY_USERS = "monthly_users", _("monthly users")
    SEATS = "seats", _("seats")
    TOKENS = "tokens", _("tokens")
    REQUESTS = "requests", _("requests")


@dataclass(frozen=True)
class Shape:
    """What a use may be asked for in: how much of the article, in which form, counted in what."""

    portions: tuple[str, ...]
    formats: tuple[str, ...]
    units: tuple[str, ...]


P, F, U = Portion, Format, QuantityUnit
TEXT = (P.FULL_TEXT, P.EXCERPT, P.HEADLINE_SUMMARY, P.QUOTE, P.CHART)
PASSAGE = (P.QUOTE, P.EXCERPT)
ANY_FORMAT = tuple(Format)
ANY_UNIT = tuple(QuantityUnit)
AUDIENCE = (U.MONTHLY_USERS, U.SUBSCRIBERS, U.RECIPIENTS)
MACHINE = ((F.DATASET, F.API_FEED), (U.TOKENS, U.REQUESTS, U.MONTHLY_USERS, U.SEATS))

SHAPES: dict[Use, Shape] = {
    Use.REPUBLISH_WEB: Shape(TEXT, (F.WEB, F.APP), (U.MONTHLY_USERS, U.SUBSCRIBERS)),
    Use.REPUBLISH_PRINT: Shape(TEXT, (F.PRINT,), (U.COPIES, U.SUBSCRIBERS)),
    Use.SYNDICATION_FEED: Shape(TEXT, (F.API_FEED, F.WEB, F.APP, F.PRINT), (*AUDIENCE, U.COPIES, U.REQUESTS)),
    Use.EXCERPT_QUOTE: Shape(PASSAGE, ANY_FORMAT, (*AUDIENCE, U.COPIES, U.SEATS)),
    Use.TRANSLATION: Shape(
        TEXT, (F.WEB, F.APP, F.PRINT, F.EMAIL, F.PDF_EPRINT, F.BOOK, F.EBOOK), (*AUDIENCE, U.COPIES)
    ),
    Use.EPRINT_PDF: Shape(TEXT, (F.PDF_EPRINT,), (U.COPIES, U.RECIPIENTS)),
    Use.REPRINT_HARDCOPY: Shape(TEXT, (F.PRINT,), (U.COPIES,)),
    Use.EMAIL_NEWSLETTER: Shape(TEXT, (F.EMAIL,), (U.RECIPIENTS, U.SUBSCRIBERS)),
    Use.INTRANET_INTERNAL: Shape(TEXT, (F.INTRANET, F.PDF_EPRINT, F.EMAIL), (U.SEATS, U.RECIPIENTS, U.MONTHLY_USERS)),
    Use.PRESENTATION_EVENT: Shape(TEXT, (F.SLIDES, F.PDF_EPRINT, F.PRINT, F.VIDEO), (U.RECIPIENTS, U.SEATS, U.COPIES)),
    Use.BOOK_CHAPTER: Shape(TEXT, (F.BOOK, F.EBOOK), (U.COPIES,)),
    Use.COURSE_MATERIAL: Shape(TEXT, (F.PDF_EPRINT, F.PRINT, F.SLIDES, F.INTRANET, F.WEB), (U.SEATS, U.COPIES)),
    Use.EXAM: Shape(TEXT, (F.PRINT, F.PDF_EPRINT, F.WEB), (U.COPIES, U.SEATS)),
    Use.BROADCAST_READ: Shape(TEXT, (F.AUDIO, F.VIDEO), AUDIENCE),
    Use.TEXT_TO_SPEECH: Shape(TEXT, (F.AUDIO, F.APP), AUDIENCE),
    Use.SOCIAL_POST: Shape(TEXT, (F.SOCIAL,), AUDIENCE),
    Use.ADVERTISING_QUOTE: Shape(PASSAGE, ANY_FORMAT, ANY_UNIT),
    Use.BADGE_LOGO: Shape((P.LOGO_BADGE,), ANY_FORMAT, ANY_UNIT),
    Use.ARCHIVE_DATABASE: Shape(
        TEXT, (F.DATASET, F.API_FEED, F.WEB, F.INTRANET), (U.SEATS, U.SUBSCRIBERS, U.MONTHLY_USERS, U.REQUESTS)
    ),
    Use.MEDIA_MONITORING: Shape(
        TEXT, (F.API_FEED, F.EMAIL, F.PDF_EPRINT, F.WEB), (U.RECIPIENTS, U.SUBSCRIBERS, U.SEATS, U.REQUESTS)
    ),
    Use.AI_TRAIN: Shape(TEXT, *MACHINE),
    Use.AI_INPUT: Shape(TEXT, *MACHINE),
    Use.AI_INDEX: Shape(TEXT, *MACHINE),
    Use.SEARCH_INDEX: Shape(TEXT, (F.DATASET, F.API_FEED, F.WEB), (U.REQUESTS, U.MONTHLY_USERS, U.SEATS)),
    Use.TDM_RESEARCH: Shape(TEXT, *MACHINE),
    Use.OTHER: Shape(tuple(Portion), ANY_FORMAT, ANY_UNIT),
}
"""Every use; the first portion is the usual one. A price is for what is listed here, and nothing else is asked for."""


class Exclusivity(models.TextChoices):
    """Whether others are kept out."""

    NONE = "none", _("Not exclusive")
    MEDIA = "media", _("Exclusive in this medium")
    TERRITORY = "territory", _("Exclusive in this territory")
    FULL = "full", _("Fully exclusive")


class Modifications(models.TextChoices):
    """What may be changed."""

    NONE = "none", _("No changes")
    STYLE_ONLY = "style_only", _("House style only")
    SHORTEN = "shorten", _("Shorten")
    TRANSLATE = "translate", _("Translate")
    ADAPT = "adapt", _("Adapt")


class OrganizationType(models.TextChoices):
    """Who is asking."""

    PUBLISHER = "publisher", _("Publisher")
    BROADCASTER = "broadcaster", _("Broadcaster")
    CORPORATE = "corporate", _("Company")
    AGENCY_PR = "agency_pr", _("PR or advertising agency")
    EDUCATION = "education", _("Education")
    GOVERNMENT = "government", _("Public authority")
    NONPROFIT = "nonprofit", _("Non-profit")
    INDIVIDUAL = "individual", _("Private person")
    AI_DEVELOPER = "ai_developer", _("AI developer")
    AGGREGATOR = "aggregator", _("Aggregator")
    MONITORING = "monitoring", _("Media monitoring")


NEVER_FREE = frozenset({OrganizationType.AI_DEVELOPER, OrganizationType.AGENCY_PR})
"""Who gets nothing free of charge, whatever the threshold."""


class AiPurpose(models.TextChoices):
    """What a machine does with the text."""

    TRAIN = "train", _("Training")
    FINETUNE = "finetune", _("Fine-tuning")
    GROUND = "ground", _("Grounding answers")
    INDEX = "index", _("Indexing")
    SEARCH = "search", _("Search")
    EVALUATE = "evaluate", _("Evaluation")


class Lane(models.TextChoices):
    """How a request is answered."""

    FREE = "free", _("Free of charge")
    PRICED = "priced", _("Priced from the rate card")
    MANUAL = "manual", _("Answered by a person")


class DeclineCode(models.TextChoices):
    """Why a request is declined."""

    RIGHTS_NOT_HELD = "rights_not_held", _("The rights are not ours")
    THIRD_PARTY_CONTENT = "third_party_content", _("It contains other people's work")
    EXCLUSIVE_ELSEWHERE = "exclusive_elsewhere", _("Licensed exclusively to someone else")
    EDITORIAL_POLICY = "editorial_policy", _("Editorial policy")
    ENDORSEMENT = "endorsement", _("It would suggest an endorsement")
    LEGAL = "legal", _("Legal reasons")
    INSUFFICIENT_INFO = "insufficient_info", _("Not enough information")
    SPAM = "spam", _("Not a request")


class TaxTreatment(models.TextChoices):
    """How tax was decided. Empty on a draft: not decided yet."""

    DOMESTIC = "domestic", _("Domestic")
    EU_B2B_REVERSE_CHARGE = "eu_b2b_reverse_charge", _("EU business, reverse charge")
    EU_B2C_OSS = "eu_b2c_oss", _("EU consumer, one-stop shop")
    OUTSIDE_EU = "outside_eu", _("Outside the EU")
    EXEMPT = "exempt", _("Exempt")
    MANUAL = "manual", _("Decided by hand")


class InvoiceKind(models.TextChoices):
    """An invoice, or what takes one back."""

    INVOICE = "invoice", _("Invoice")
    CREDIT_NOTE = "credit_note", _("Credit note")


class NoticeKind(models.TextChoices):
    """What an update notice is about."""

    HOLD = "hold", _("Hold: do not use for now")
    UPDATE = "update", _("Update")
    CLARIFICATION = "clarification", _("Clarification")
    CORRECTION = "correction", _("Correction")
    RETRACTION = "retraction", _("Retraction")
    LEGAL_REMOVAL = "legal_removal", _("Removal for legal reasons")
    RELEASE = "release", _("Release: may be used again")


class Duty(models.TextChoices):
    """What the terms oblige the licensee to do. `requested`: the terms are silent, we ask."""

    INFORM = "inform", _("For your information")
    REPLACE_OR_APPEND = "replace_or_append", _("Replace the text or append the notice")
    TAKE_DOWN = "take_down", _("Take it down")
    PURGE = "purge", _("Delete every copy")
    REQUESTED = "requested", _("Requested")


class Action(models.TextChoices):
    """What the licensee says was done."""

    REPLACED = "replaced", _("Replaced by the corrected text")
    APPENDED = "appended", _("Notice appended")
    REMOVED = "removed", _("Removed")
    PURGED = "purged", _("Every copy deleted")
    NEXT_EDITION = "next_edition", _("In the next edition")
    ALREADY_PRINTED = "already_printed", _("Already printed")
    NOT_PUBLISHED = "not_published", _("Never published")
    PASSED_ON = "passed_on", _("Passed on to whoever publishes it")
    NOTED = "noted", _("Noted: nothing was to be done")


OF_TEXT = (Action.REPLACED, Action.APPENDED, Action.NEXT_EDITION)
_OF_REMOVAL = (Action.REMOVED, Action.PURGED)
_ELSEWHERE = (Action.ALREADY_PRINTED, Action.NOT_PUBLISHED, Action.PASSED_ON)

ANSWERS: dict[str, tuple[Action, ...]] = {
    Duty.INFORM: (Action.NOTED, *OF_TEXT, *_OF_REMOVAL, *_ELSEWHERE),
    Duty.REQUESTED: (*OF_TEXT, *_OF_REMOVAL, *_ELSEWHERE, Action.NOTED),
    Duty.REPLACE_OR_APPEND: (*OF_TEXT, *_OF_REMOVAL, *_ELSEWHERE),
    Duty.TAKE_DOWN: (*_OF_REMOVAL, *_ELSEWHERE),
    Duty.PURGE: (Action.PURGED, *_ELSEWHERE),
}
"""Duty → the actions that answer it, the nearest first. Service, API, forms and pages read this table."""

WITHOUT_TEXT = frozenset({NoticeKind.HOLD, NoticeKind.RETRACTION, NoticeKind.LEGAL_REMOVAL})
"""Kinds after which there is no corrected text: nothing can be replaced by it."""
NOTHING_TO_DO = frozenset({NoticeKind.UPDATE, NoticeKind.CLARIFICATION, NoticeKind.RELEASE})
"""Kinds that taking note may answer although the terms do not say that it is enough."""


def answers_to(duty: str, kind: str) -> tuple[Action, ...]:
    """The actions that a notice of this duty and kind takes for an answer. A release may always be taken note of."""
    wanted = ANSWERS[duty]
    if kind in WITHOUT_TEXT:
        wanted = tuple(action for action in wanted if action != Action.REPLACED)
    if duty == Duty.REQUESTED and kind not in NOTHING_TO_DO:
        wanted = tuple(action for action in wanted if action != Action.NOTED)
    if kind == NoticeKind.RELEASE and Action.NOTED not in wanted:
        wanted = (Action.NOTED, *wanted)
    return wanted


def answer_choices(duty: str, kind: str) -> list[tuple[str, str]]:
    """The same, each with its words, for a form."""
    return [(action.value, str(action.label)) for action in answers_to(duty, kind)]


class EndReason(models.TextChoices):
    """Why a license was suspended, ended or revoked."""

    PAYMENT_OVERDUE = "payment_overdue", _("Payment overdue")
    SUSPECTED_BREACH = "suspected_breach", _("Suspected breach")
    CORRECTION_PENDING = "correction_pending", _("A correction is pending")
    NON_PAYMENT = "non_payment", _("Not paid")
    BREACH = "breach", _("Breach of the terms")
    RIGHTS_LOST = "rights_lost", _("We lost the rights")
    LEGAL_TAKEDOWN = "legal_takedown", _("Legal takedown")
    RETRACTION = "retraction", _("The article was retracted")
    ISSUED_IN_ERROR = "issued_in_error", _("Issued in error")
    FRAUD = "fraud", _("Fraud")
    BY_LICENSEE = "by_licensee", _("Ended by the licensee")
    AGREED = "agreed", _("Ended by agreement")


SUSPENSION_REASONS = (EndReason.PAYMENT_OVERDUE, EndReason.SUSPECTED_BREACH, EndReason.CORRECTION_PENDING)
"""Why a use is stopped for now: what may yet turn out otherwise."""
REVOCATION_REASONS = (
    *(EndReason.NON_PAYMENT, EndReason.BREACH, EndReason.RIGHTS_LOST, EndReason.LEGAL_TAKEDOWN),
    *(EndReason.RETRACTION, EndReason.ISSUED_IN_ERROR, EndReason.FRAUD),
)
"""Why a license is taken back for good."""


class Obstacle(models.TextChoices):
    """What stands against putting a suspended license in force again."""

    OVER = "over", _("Its last day is over.")
    SUSPENDED = "suspended", _("It was suspended for another reason.")
    UNPAID = "unpaid", _("An invoice for it is not paid.")
    NOT_USABLE = "not_usable", _("Its article may not be used.")
    UNANSWERED = "unanswered", _("The licensee has not answered a notice that the text must go.")
    REVOCATION = "revocation", _("Its revocation is proposed.")
