"""How the log is kept honest: the newest checkpoint, the key, and the program that checks both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from corrections import ledger, public
from corrections.ledger import reading
from corrections.ledger.checkpoint import parse, split_note
from corrections.ledger.signer_state import InconsistentLog, PreviousLog
from corrections.models import Correction, LedgerCheckpoint
from corrections.services import checkpoints
from corrections.workflow import PUBLIC, CorrectionStatus
from newsroom.web.headers import PUBLIC_SECONDS, public_page

PROGRAM = Path(ledger.__file__).with_name("verify_corrections.py")
WHOLE = "corrections-log.json"
CHUNK = 500


@require_safe
@public_page
def explained(request: HttpRequest) -> HttpResponse:
    """What the log is, where it stands, and how to check it."""
    newest = reading.newest_checkpoint()
    context = {
        "size": reading.size(),
        "checkpoint": newest,
        "followed": PreviousLog.all_named_in(parse(split_note(newest.text)[0])) if newest else [],
        "key": checkpoints.verifier_key(),
        "earlier_keys": [key for key in checkpoints.dated_keys() if key["until"]],
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
def whole(request: HttpRequest) -> StreamingHttpResponse:
    """Everything that is checked, as one file: the newest checkpoint, all entries that it covers, and their notices."""
    try:
        newest = checkpoints.current()
    except InconsistentLog:
        newest = reading.newest_checkpoint()
    if newest is None:
        raise Http404
    response = StreamingHttpResponse(_whole(newest), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{WHOLE}"'
    response["Cache-Control"] = f"public, max-age={PUBLIC_SECONDS}"
    return response


@require_safe
@public_page
def program(request: HttpRequest) -> HttpResponse:
    """The program for readers, as a file to keep and to read before it is run."""
    response = HttpResponse(PROGRAM.read_bytes(), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{PROGRAM.name}"'
    return response


def _whole(newest: LedgerCheckpoint) -> Iterator[str]:
    """The file in pieces: it is as long as the log, and is never held whole."""
    yield f'{{"checkpoint": {_json(newest.text)},\n"entries": ['
    comma = ""
    for start in range(0, newest.size, CHUNK):
        for entry in reading.entries(start, min(CHUNK, newest.size - start)):
            yield f"{comma}\n{_json(entry)}"
            comma = ","
    yield '],\n"results": ['
    comma = ""
    for notice in _notices(newest):
        yield f"{comma}\n{_json(notice)}"
        comma = ","
    yield "]}\n"


def _notices(newest: LedgerCheckpoint) -> Iterator[dict[str, object]]:
    """Every notice that the checkpoint covers; for what an order removed a placeholder, unless that is forbidden."""
    removed = Q(status=CorrectionStatus.SUPPRESSED, suppressed_hidden=False)
    rows = Correction.objects.filter(Q(status__in=PUBLIC) | removed, ledger_entry__index__lt=newest.size).for_page()
    last = 0
    while page := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        for row in page:
            yield public.shape(row) if row.is_public else public.placeholder(row)
        last = page[-1].pk


def _json(value: object) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
