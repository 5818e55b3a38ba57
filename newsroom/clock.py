"""What runs every so many seconds. Read by Celery beat and by `manage.py clock` alike; each entry is a Celery task."""

from __future__ import annotations

CLOCK: dict[str, int] = {
    "newsroom.events.drain": 10,
    "newsroom.events.post_hooks": 10,
    "newsroom.events.reconcile": 600,
    "newsroom.events.prune": 86_400,
    "newsroom.api.prune": 3_600,
    "newsroom.accounts.retain": 86_400,
    "corrections.tick": 60,
    "corrections.ask_if_fixed": 3_600,
    "corrections.sign_checkpoint": 30,
    "corrections.retain": 86_400,
    "reprints.tick": 60,
    "reprints.retain": 86_400,
}
"""Task name → seconds between runs."""

SENDERS = frozenset({"newsroom.events.drain", "newsroom.events.post_hooks"})
"""What waits for other people's servers, and must not be waited for."""
