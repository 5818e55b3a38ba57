"""For AI licensees: what to purge or read again, in order, and one answer for all of it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from newsroom import references
from newsroom.api.etags import Cacheable
from newsroom.api.filters import refuse_unknown_parameters
from newsroom.api.idempotency import idempotent
from newsroom.api.pagination import MAX_PAGE_SIZE
from newsroom.errors import NotFound
from newsroom.events.api.views import MAX_POSITION, PAGE_SIZE, whole
from reprints import links
from reprints.api.serializers.syncing import SyncedSerializer, SyncedWriteSerializer, SyncFeedSerializer
from reprints.api.views.partner import key_of, organization_of, owned, written
from reprints.models import License
from reprints.services import syncing


class SyncView(Cacheable, APIView):
    """The feed."""

    scopes = {"GET": "updates:read"}
    operation_ids = {"GET": "sync_ai_licenses"}
    may_be_missing = True  # `?license=` of somebody else

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "after",
                {"type": "integer", "minimum": 0, "maximum": MAX_POSITION, "default": 0},
                description="The `position` read last.",
            ),
            OpenApiParameter("license", str, description="A license number: its changes only."),
            OpenApiParameter(
                "page_size", {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE}
            ),
        ],
        responses={200: SyncFeedSerializer},
    )
    def get(self, request: Request) -> Response:
        """Follow the corrected, withheld, retracted and released articles among those you licensed for AI uses.

        Oldest first. Do what each entry requires, then acknowledge the `position`. Reading on from it never skips a
        change.
        """
        refuse_unknown_parameters(request, ("after", "license", "page_size"))
        key = key_of(request)
        found = syncing.feed(
            organization_of(key),
            test=key.test,
            after=whole(request, "after", default=0, least=0),
            size=whole(request, "page_size", default=PAGE_SIZE, least=1, most=MAX_PAGE_SIZE),
            license_number=_license(request),
        )
        following = replace_query_param(request.build_absolute_uri(), "after", found.position) if found.more else None
        results = [_entry(entry) for entry in found.entries]
        response = Response({"next": following, "previous": None, "results": results, "position": found.position})
        if following:
            response["Link"] = f'<{following}>; rel="next"'
        return response


class SyncedView(APIView):
    """The answer."""

    scopes = {"POST": "updates:acknowledge"}
    operation_ids = {"POST": "acknowledge_ai_sync"}

    @extend_schema(request=SyncedWriteSerializer, responses={200: SyncedSerializer})
    @idempotent(required=False)
    def post(self, request: Request) -> Response:
        """Say that you did everything the feed requires, up to and with a position.

        Purges are acknowledged as `purged`, the rest as `replaced`. A correction whose text is not there yet is left
        open. At most 200 notices a call: repeat while `more` is true.
        """
        data = written(request, SyncedWriteSerializer)
        key = key_of(request)
        done = syncing.acknowledge(organization_of(key), by=key, test=key.test, **data)
        left = [{"reference": reference, "code": code} for reference, code in done.left]
        answer = {"acknowledged": done.acknowledged, "left": left, "more": done.more}
        return Response(SyncedSerializer(answer).data)


def _entry(entry: syncing.Entry) -> dict[str, Any]:
    row, required = entry.notice, syncing.required(entry.notice)
    return {
        "position": entry.position,
        "type": entry.type,
        "notice": row.reference,
        "status": row.status,
        "license": row.license.reference,
        "article": row.article.reference,
        "article_url": row.article.url,
        "correction": row.correction_reference or None,
        "kind": row.kind,
        "required_action": required,
        "due_at": row.due_at,
        "revision": row.revision,
        "revision_sha256": entry.sha256 or None,
        "content": f"{links.api_url(row.license)}content/" if required == syncing.REFRESH else None,
    }


def _license(request: Request) -> str:
    given = request.query_params.get("license")
    if given is None:
        return ""
    number = references.normalize(given)
    mine = owned(License.objects.all(), request)
    if not references.is_valid(number, "license") or not mine.filter(reference=number).exists():
        raise NotFound(_("There is no such license, or it is not yours."))
    return number
