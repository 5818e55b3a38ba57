"""What a new publication begins with: its desks, and guidelines to be rewritten."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils import timezone

from newsroom.accounts.models import Desk, DeskKind, Guideline, Publication

SKELETONS = Path(settings.BASE_DIR) / "templates" / "accounts" / "guidelines"


def install(publication: Publication) -> list[str]:
    """Two desks for every section and a first version of both guidelines. Twice adds nothing."""
    for work in (DeskKind.CORRECTIONS, DeskKind.LICENSING):
        if not Desk.objects.filter(publication=publication, kind=work).exists():
            Desk.objects.create(publication=publication, kind=work, name=str(work.label))
    told = []
    for kind in ("editorial", "ai"):
        if Guideline.objects.filter(publication=publication, kind=kind).exists():
            continue
        Guideline.objects.create(
            publication=publication,
            kind=kind,
            number=1,
            body=(SKELETONS / f"{kind}.txt").read_text(encoding="utf-8").strip(),
            effective_on=timezone.now().astimezone(publication.zone).date(),
        )
        told.append(f"A first version of the {kind} guidelines is public: read it, and replace it with your own.")
    return told
