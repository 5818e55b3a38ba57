"""What a publication tells machines that have no license, in one table, and the dialects it is spoken in.

The same answer is written four times on the web (RSL, TDMRep, AIPREF, robots.txt), with tokens that look
alike and differ: RSL says `ai-train` where AIPREF says `train-ai`. The tables below are the only place that
knows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Answer(StrEnum):
    """`allow`: free. `license`: ask, and we answer. `deny`: no."""

    ALLOW = "allow"
    LICENSE = "license"
    DENY = "deny"


@dataclass(frozen=True, kw_only=True)
class AiPolicy:
    """One answer a purpose. The defaults are a newsroom's usual ones: be found, sell the rest."""

    search: Answer = Answer.ALLOW  # an index that leads readers to the page
    ai_index: Answer = Answer.LICENSE  # an index that an AI system reads
    ai_input: Answer = Answer.LICENSE  # the text as input to an answer
    ai_train: Answer = Answer.LICENSE  # the text as training material
    tdm: Answer = Answer.LICENSE  # text and data mining (Directive (EU) 2019/790, article 4)

    @classmethod
    def of(cls, answers: Mapping[str, str]) -> AiPolicy:
        """From plain words, as settings keep them. Raises ValueError for an unknown purpose or answer."""
        unknown = set(answers) - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"unknown purposes: {', '.join(sorted(unknown))}")
        return cls(**{purpose: Answer(answer) for purpose, answer in answers.items()})

    def answers(self) -> dict[str, Answer]:
        """Purpose → answer, in a fixed order."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


DENIED = AiPolicy(ai_index=Answer.DENY, ai_input=Answer.DENY, ai_train=Answer.DENY, tdm=Answer.DENY)
"""Be found, and nothing else: what stands in for a policy that cannot be read."""

# Purpose → token of the dialect. A purpose that a dialect has no word for is absent.
RSL_USAGE: Mapping[str, str] = {
    "search": "search",
    "ai_index": "ai-index",
    "ai_input": "ai-input",
    "ai_train": "ai-train",
}
AIPREF_CATEGORY: Mapping[str, str] = {"ai_train": "train-ai", "search": "search"}
TDM_RESERVATION: Mapping[Answer, int] = {Answer.ALLOW: 0, Answer.LICENSE: 1, Answer.DENY: 1}
USE_TO_REQUEST: Mapping[str, str] = {
    # Purpose → the use to preselect in our request form.
    "search": "search_index",
    "ai_index": "ai_index",
    "ai_input": "ai_input",
    "ai_train": "ai_train",
    "tdm": "tdm_research",
}


@dataclass(frozen=True)
class Contradiction:
    """Two answers that cannot both be meant: a stable code, the purposes, and a sentence for the editor."""

    code: str
    purposes: tuple[str, str]
    detail: str | Promise


class ContradictoryPolicy(ValueError):
    """The policy says yes in one dialect and no in another. Carries every contradiction found."""

    def __init__(self, contradictions: list[Contradiction]) -> None:
        super().__init__("; ".join(str(found.detail) for found in contradictions))
        self.contradictions = contradictions


def lint(policy: AiPolicy) -> list[Contradiction]:
    """Every contradiction of the policy; empty when machines of all dialects would hear the same."""
    open_to_training = policy.ai_train == Answer.ALLOW
    open_to_mining = policy.tdm == Answer.ALLOW
    reads = policy.ai_input != Answer.DENY
    found = []
    if open_to_mining and not open_to_training:
        detail = _("Mining is free but training is not: without a reservation, the law counts training as mining.")
        found.append(Contradiction("mining_opens_training", ("tdm", "ai_train"), detail))
    if open_to_training and not open_to_mining:
        detail = _("Training is free but mining is reserved: the reservation forbids what training needs.")
        found.append(Contradiction("reservation_closes_training", ("ai_train", "tdm"), detail))
    if policy.ai_index == Answer.ALLOW and policy.search != Answer.ALLOW:
        detail = _("AI systems may index freely but search engines may not: one crawler is both.")
        found.append(Contradiction("index_without_search", ("ai_index", "search"), detail))
    if reads and policy.ai_index == Answer.DENY:
        detail = _("AI systems may read the text but not index it: they could not find what they may read.")
        found.append(Contradiction("input_without_index", ("ai_input", "ai_index"), detail))
    if policy.ai_input == Answer.ALLOW and policy.ai_index == Answer.LICENSE:
        detail = _("Reading is free but the index that it needs is sold.")
        found.append(Contradiction("free_input_paid_index", ("ai_input", "ai_index"), detail))
    return found


def refuse_contradictions(policy: AiPolicy) -> None:
    """Raises ContradictoryPolicy. Every writer of a dialect calls it: nothing contradictory is published."""
    if contradictions := lint(policy):
        raise ContradictoryPolicy(contradictions)


def with_answer(policy: AiPolicy, answer: Answer) -> list[str]:
    """The purposes that get this answer, in the order of the table."""
    return [purpose for purpose, given in policy.answers().items() if given == answer]
