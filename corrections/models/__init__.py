"""Reports, what was decided on them, the notices that settle them, and the public log."""

from corrections.models.agency import AgencyCorrection
from corrections.models.answers import AnswerTemplate, Purpose
from corrections.models.inquiry import Inquiry, InquiryState
from corrections.models.ledger import LedgerCheckpoint, LedgerEntry, LedgerHead, LedgerKey, LedgerOpening
from corrections.models.legal import LegalAct
from corrections.models.notice import Correction, CorrectionArticle, CorrectionAuthor, Placement
from corrections.models.presence import Doing, Presence
from corrections.models.report import Decision, Message, Report, ReporterContact
from corrections.models.senders import ListedSender

__all__ = [
    "AgencyCorrection",
    "AnswerTemplate",
    "Correction",
    "CorrectionArticle",
    "CorrectionAuthor",
    "Decision",
    "Doing",
    "Inquiry",
    "InquiryState",
    "LedgerCheckpoint",
    "LedgerEntry",
    "LedgerHead",
    "LedgerKey",
    "LedgerOpening",
    "LegalAct",
    "ListedSender",
    "Message",
    "Placement",
    "Presence",
    "Purpose",
    "Report",
    "ReporterContact",
]
