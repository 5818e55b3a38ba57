"""The public log: its signed head, its keys, its entries and proofs."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework.exceptions import APIException
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from corrections.api.serializers import (
    ConsistencyProofSerializer,
    EntriesSerializer,
    InclusionProofSerializer,
    KeysSerializer,
)
from corrections.ledger import reading
from corrections.ledger.signer_state import InconsistentLog
from corrections.services import checkpoints
from newsroom.api.etags import Cacheable
from newsroom.api.explanations import explain
from newsroom.api.fields import ProblemSerializer
from newsroom.api.filters import refuse_unknown_parameters
from newsroom.api.problems import MEDIA_TYPE
from newsroom.errors import Invalid, NotFound

MAX_ENTRIES = 1000
MAX_NUMBER = 10**15 - 1

explain(
    "log_refused",
    503,
    gettext_lazy("The public log is not signed"),
    gettext_lazy(
        "It is not what was signed before: it was restored from a backup, and entries are missing. Keep the checkpoint "
        "you have. It is served again when the entries are back, or when a new log says what was lost."
    ),
)


class LogRefused(APIException):
    """The signer refuses the log as it stands."""

    status_code = 503
    default_code = "log_refused"


class PlainText(BaseRenderer):
    """Text as it is; a problem document as JSON."""

    media_type = "text/plain"
    format = "txt"
    charset = "utf-8"

    def render(self, data: Any, media_type: str | None = None, context: Any = None) -> bytes:
        """The bytes."""
        return data.encode() if isinstance(data, str) else JSONRenderer().render(data)


class AlwaysText(DefaultContentNegotiation):
    """Text whatever the caller accepts: a signed note has one form."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The only one."""
        return renderers[0], renderers[0].media_type


class CheckpointView(Cacheable, APIView):
    """The head of the public log, signed."""

    scopes = None
    operation_ids = {"GET": "read_ledger_checkpoint"}
    renderer_classes = [PlainText]
    content_negotiation_class = AlwaysText

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "size",
                {"type": "integer", "minimum": 0, "maximum": MAX_NUMBER},
                description="An earlier checkpoint: the one signed last over exactly so many entries.",
            )
        ],
        responses={(200, "text/plain"): str, (404, MEDIA_TYPE): ProblemSerializer},
    )
    def get(self, request: Request) -> HttpResponse:
        """Read the newest signed checkpoint of the public log (C2SP tlog-checkpoint), as text whatever you accept.

        It covers all that is published when you read it. Keep it, and note the time: it is what later rewriting is
        found out by, and what comes into the log later cannot be dated before it. 503 `log_refused` while the log is
        not what was signed.
        """
        refuse_unknown_parameters(request, ("size",))
        if "size" in request.query_params:
            earlier = reading.checkpoint_of(_whole(request, "size"))
            if earlier is None:
                raise NotFound(_("No checkpoint was signed over so many entries."))
            return HttpResponse(earlier.text, content_type="text/plain; charset=utf-8")
        try:
            newest = checkpoints.current()
        except InconsistentLog as error:
            raise LogRefused(_("The log is not what was signed before. It is being repaired.")) from error
        if newest is None:
            raise NotFound(_("Nothing was signed yet: no notice has been published."))
        return HttpResponse(newest.text, content_type="text/plain; charset=utf-8")


class KeyView(Cacheable, APIView):
    """What checks the signatures of the public log."""

    scopes = None
    operation_ids = {"GET": "read_ledger_key"}
    renderer_classes = [PlainText]
    content_negotiation_class = AlwaysText
    public_seconds = 3600

    @extend_schema(responses={(200, "text/plain"): str})
    def get(self, request: Request) -> HttpResponse:
        """Read the key that signs the log now (C2SP vkey). Compare it with the one you know from elsewhere."""
        refuse_unknown_parameters(request, ())
        return HttpResponse(f"{checkpoints.verifier_key()}\n", content_type="text/plain; charset=utf-8")


class KeysView(Cacheable, APIView):
    """All keys of the public log."""

    scopes = None
    operation_ids = {"GET": "list_ledger_keys"}

    @extend_schema(responses={200: KeysSerializer})
    def get(self, request: Request) -> Response:
        """List every key that signs the log or ever did, with dates.

        While a key is replaced, checkpoints carry a line of the old and of the new. Older ones need the old key.
        """
        refuse_unknown_parameters(request, ())
        return Response({"keys": checkpoints.dated_keys()})


class EntriesView(Cacheable, APIView):
    """The leaves of the public log."""

    scopes = None
    operation_ids = {"GET": "list_ledger_entries"}

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "start",
                {"type": "integer", "minimum": 0, "maximum": MAX_NUMBER, "default": 0},
                description="First index.",
            ),
            OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": MAX_ENTRIES, "default": 100}),
        ],
        responses={200: EntriesSerializer},
    )
    def get(self, request: Request) -> Response:
        """List the entries of the public log from an index on, at most a thousand at a time."""
        refuse_unknown_parameters(request, ("start", "limit"))
        start = _whole(request, "start", default=0)
        limit = _whole(request, "limit", default=100, least=1, most=MAX_ENTRIES)
        found = reading.entries(start, limit + 1)
        url = request.build_absolute_uri()
        more = replace_query_param(url, "start", start + limit) if len(found) > limit else None
        return Response({"entries": found[:limit], "next": more})


class ProofView(Cacheable, APIView):
    """Proofs about the public log."""

    scopes = None
    operation_ids = {"GET": "read_ledger_proof"}

    @extend_schema(
        parameters=[
            OpenApiParameter(name, {"type": "integer", "minimum": 0, "maximum": MAX_NUMBER}, description=words)
            for name, words in (
                ("index", "Inclusion: the entry."),
                ("size", "Inclusion: the size of the checkpoint."),
                ("from", "Consistency: the size of the older checkpoint."),
                ("to", "Consistency: the size of the newer checkpoint."),
            )
        ],
        responses={
            200: PolymorphicProxySerializer(
                component_name="LedgerProof",
                serializers=[InclusionProofSerializer, ConsistencyProofSerializer],
                resource_type_field_name=None,
            )
        },
    )
    def get(self, request: Request) -> Response:
        """Prove that an entry is in the log (`index`, `size`), or that the log only grew (`from`, `to`)."""
        refuse_unknown_parameters(request, ("index", "size", "from", "to"))
        given = set(request.query_params)
        if given == {"index", "size"}:
            index, size = _whole(request, "index"), _whole(request, "size")
            hashes = _proof("/index", reading.inclusion_proof, index, size)
            return Response({"index": index, "size": size, "hashes": hashes})
        if given == {"from", "to"}:
            old, new = _whole(request, "from"), _whole(request, "to")
            return Response({"from": old, "to": new, "hashes": _proof("/from", reading.consistency_proof, old, new)})
        raise Invalid.one("", _("Give either index and size, or from and to."), "required")


def _whole(request: Request, name: str, *, default: int | None = None, least: int = 0, most: int = MAX_NUMBER) -> int:
    """A parameter that is a whole number. Raises Invalid."""
    given = request.query_params.get(name)
    if given is None and default is not None:
        return default
    text = given or ""
    digits = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    if digits and least <= int(text) <= most:
        return int(text)
    words = _("This must be a whole number from %(least)d to %(most)d.") % {"least": least, "most": most}
    raise Invalid.one(f"/{name}", words, "whole_number")


def _proof(pointer: str, prove: Any, first: int, second: int) -> list[str]:
    try:
        return [step.hex() for step in prove(first, second)]
    except ValueError as error:
        words = _("There is no such proof: the log has %(size)d entries.") % {"size": reading.size()}
        raise Invalid.one(pointer, words, "out_of_range") from error
