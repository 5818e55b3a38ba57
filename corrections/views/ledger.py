"""How the log is kept honest: the newest checkpoint, the key, and the program that checks both."""

from __future__ import annotations

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from corrections import ledger
from corrections.ledger import reading
from corrections.models import Correction, LedgerCheckpoint, LedgerHead
from corrections.services import checkpoints
from newsroom.web.headers import public_page

PROGRAM = Path(ledger.__file__).with_name("verify_corrections.py")


@require_safe
@public_page
def explained(request: HttpRequest) -> HttpResponse:
    """What the log is, where it stands, and how to check it."""
    head = LedgerHead.objects.filter(pk=1).first()
    context = {
        "size": head.size if head else 0,
        "checkpoint": LedgerCheckpoint.objects.order_by("-pk").first(),
        "key": checkpoints.verifier_key(),
        "origin": checkpoints.origin(),
        "crumbs": [{"label": _("Corrections"), "url": "/corrections/"}, {"label": _("How this page is kept honest")}],
    }
    return render(request, "corrections/ledger.html", context)


@require_safe
@public_page
def proof(request: HttpRequest, reference: str) -> HttpResponse:
    """The proof that a public notice is in the signed log, as a file to keep (C2SP tlog-proof@v1)."""
    shown = Correction.objects.public().filter(reference=reference).select_related("ledger_entry").first()
    entry = getattr(shown, "ledger_entry", None)
    found = reading.proof_of(entry.index) if entry else None
    if found is None:
        raise Http404
    response = HttpResponse(found.as_text(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{reference}.tlog-proof"'
    return response


@require_safe
@public_page
def program(request: HttpRequest) -> HttpResponse:
    """The program for readers, as a file to keep and to read before it is run."""
    response = HttpResponse(PROGRAM.read_bytes(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{PROGRAM.name}"'
    return response
