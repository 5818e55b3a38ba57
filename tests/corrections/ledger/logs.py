"""Logs made for the tests: signed, published and served as the service does it."""

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from corrections.ledger import commitments, merkle
from corrections.ledger.checkpoint import Checkpoint, Signer, sign

ORIGIN = "desk.example/corrections"
SIGNER = Signer(ORIGIN, bytes(range(32)))
VKEY = SIGNER.verifier_key.encode()
START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


@dataclass
class Log:
    """The leaves of a log with what opens them, in the operator's hands."""

    leaves: list[dict[str, str]] = field(default_factory=list)
    openings: list[dict[str, object]] = field(default_factory=list)

    def append(self, chance: random.Random, at: datetime, text: str, supersedes: str | None = None) -> None:
        """Publish a notice; what follows for the one that it supersedes is `follow`."""
        reference = f"C-{len(self.leaves):06d}"
        article = {"reference": "A-1", "url": "https://daily.example/1", "revision_before": 2, "revision_after": 3}
        content = {
            "reference": reference,
            "kind": "correction",
            "severity": "low",
            "text": text,
            "original_text": "1.2 million",
            "corrected_text": None,
            "articles": [article],
            "supersedes": supersedes,
        }
        self._add("correction.published", reference, at, chance, content)

    def follow(self, reference: str, event: str) -> None:
        """What happened to a notice later: `superseded`, `withdrawn`, `reinstated`."""
        at = datetime.fromisoformat(self.leaves[-1]["at"])
        kind = f"correction.{event}"
        self._add(kind, reference, at, random.Random(event), {"reference": reference, "type": kind})

    def _add(self, kind: str, reference: str, at: datetime, chance: random.Random, content: dict[str, object]) -> None:
        salt = chance.randbytes(32)
        self.openings.append({"salt": salt.hex(), "content": content})
        self.leaves.append(
            commitments.leaf(
                type=kind,
                reference=reference,
                publication=chance.choice(["daily", "weekly"]),
                kind="correction",
                at=at,
                commitment=commitments.commit(salt, content),
            )
        )

    def hashes(self) -> list[bytes]:
        return [commitments.hash_of_leaf(leaf) for leaf in self.leaves]

    def checkpoint(self, size: int | None = None, signer: Signer = SIGNER) -> str:
        hashes = self.hashes()[:size]
        return sign(Checkpoint(signer.name, len(hashes), merkle.root(hashes)), signer)

    def entries(self, start: int = 0, end: int | None = None) -> str:
        served = [
            {"index": index, "leaf": leaf, "leaf_hash": commitments.hash_of_leaf(leaf).hex()}
            for index, leaf in enumerate(self.leaves)
        ][start:end]
        return json.dumps({"entries": served, "next": None})

    def notice(self, index: int, **over: object) -> dict[str, object]:
        """The notice that this leaf published, as the API shows it."""
        leaf, opening = self.leaves[index], self.openings[index]
        content = opening["content"]
        return {
            **content,
            "status": "published",
            "articles": [{**row, "headline": "Bridge opens late", "fixed_at": None} for row in content["articles"]],
            "published_at": leaf["at"].replace("Z", ".123456Z"),
            "superseded_by": None,
            "ledger": {
                "index": index,
                "leaf_hash": commitments.hash_of_leaf(leaf).hex(),
                "opening": opening,
            },
            **over,
        }


def make_log(size: int, seed: int = 1) -> Log:
    """A log with one entry every twenty minutes."""
    chance, log = random.Random(seed), Log()
    for index in range(size):
        log.append(chance, START + timedelta(minutes=20 * index), f"The figure was wrong by {index} percent.")
    return log
