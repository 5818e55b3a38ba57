"""The demo's templates of questions and answers."""

from __future__ import annotations

from corrections.models import AnswerTemplate, Purpose
from corrections.vocabulary import Resolution
from newsroom.demo.house import DAILY, Stage

TEMPLATES = [
    (
        Purpose.ASK,
        "",
        "Which sentence?",
        "Thank you for writing to us about “{headline}”. Which sentence do you mean, and how do you know what is "
        "right?",
    ),
    (
        Purpose.ASK,
        "",
        "A source we can check",
        "Thank you. Is there a document, a recording or a page where we can check this? We keep what you send to "
        "ourselves.",
    ),
    (
        Purpose.DECLINE,
        Resolution.NO_ERROR_FOUND,
        "Checked, and it stands",
        "Thank you for reading “{headline}” so closely. We checked the passage with our sources, and it stands as "
        "published. If you have other evidence, you can ask for a second look within {appeal_days} days.",
    ),
    (
        Purpose.DECLINE,
        Resolution.OPINION,
        "An opinion, marked as one",
        "“{headline}” is an opinion, and is marked as one. Its author may judge as they do; the facts in it are right "
        "as far as we know.",
    ),
    (
        Purpose.DECLINE,
        Resolution.ALREADY_CORRECTED,
        "Corrected already",
        "You are right, and we have said so: {notice_url}. Thank you for telling us.",
    ),
    (
        Purpose.DECLINE,
        Resolution.REFERRED_TO_AGENCY,
        "Passed on to the agency",
        "This article came to us from {agency}. We have passed your report on to them and correct the article when "
        "they do.",
    ),
    (
        Purpose.DECLINE,
        Resolution.UNPUBLISHING_REFUSED,
        "We do not unpublish",
        "We do not remove articles that were accurate when they were published: they are part of the record. If "
        "something in “{headline}” is out of date, tell us how it ended and we add it. You can also turn to "
        "{complaints_body}.",
    ),
    (
        Purpose.ACCEPT,
        "",
        "With thanks",
        "Thank you: we checked “{headline}” with our sources, and what you say is so.",
    ),
    (
        Purpose.APPEAL,
        "",
        "Somebody else has looked",
        "Another editor has read your report and everything we wrote about it, and comes to this answer.",
    ),
    (
        Purpose.CLOSE,
        Resolution.CORRECTED,
        "The correction is out",
        "We have corrected “{headline}” and say so in public: {notice_url}. Without you it would still be wrong.",
    ),
]


def load(stage: Stage) -> None:
    """For every publication of the house, and one in another language for the daily."""
    for purpose, code, title, body in TEMPLATES:
        AnswerTemplate.objects.create(purpose=purpose, code=code, title=title, body=body)
    AnswerTemplate.objects.create(
        publication=stage.publications[DAILY],
        purpose=Purpose.ASK,
        language="de",
        title="Welcher Satz?",
        body="Vielen Dank für Ihren Hinweis zu „{headline}“. Welchen Satz meinen Sie?",
    )
