"""Corrections follow the copy: the notices a partner must act on, and its answers."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from newsroom.api.filters import refuse_unknown_parameters
from newsroom.api.idempotency import idempotent
from newsroom.errors import Conflict
from reprints.api.explanations import refusals
from reprints.api.filters import NoticeFilter
from reprints.api.serializers.licenses import AcknowledgeSerializer, UpdateNoticeSerializer
from reprints.api.shapes import notice_shape
from reprints.api.views.partner import MAY_MATCH, PartnerView, key_of, seen, told, written
from reprints.models import UpdateNotice
from reprints.services import updates


class NoticeView(PartnerView):
    """What the views of update notices share."""

    serializer_class = UpdateNoticeSerializer
    queryset = UpdateNotice.objects.none()
    noun = "update_notice"

    def rows(self) -> QuerySet[UpdateNotice]:
        """Every update notice."""
        return UpdateNotice.objects.for_lists()


class NoticesView(NoticeView):
    """Everything one had to hear."""

    scopes = {"GET": "updates:read"}
    operation_ids = {"GET": "list_update_notices"}
    filterset_class = NoticeFilter

    @extend_schema(responses=UpdateNoticeSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List your update notices, newest first."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(UpdateNoticeSerializer([notice_shape(row) for row in rows], many=True).data)


class NoticeDetailView(NoticeView):
    """One update notice."""

    scopes = {"GET": "updates:read"}
    operation_ids = {"GET": "read_update_notice"}

    def get(self, request: Request, reference: str) -> Response:
        """Read an update notice: what changed, what to do, by when."""
        refuse_unknown_parameters(request, ())
        row = self.found(reference)
        return told(UpdateNoticeSerializer, notice_shape(row), row)


class AcknowledgeView(NoticeView):
    """Saying what was done."""

    scopes = {"POST": "updates:acknowledge"}
    operation_ids = {"POST": "acknowledge_update_notice"}

    @extend_schema(
        parameters=[MAY_MATCH],
        request=AcknowledgeSerializer,
        responses={200: UpdateNoticeSerializer, **refusals(_409="no_revision")},
    )
    @idempotent(required=False)
    def post(self, request: Request, reference: str) -> Response:
        """Say what you did about a notice. The same answer again is taken; another one is a 409."""
        data = written(request, AcknowledgeSerializer)
        row = self.found(reference)
        try:
            updates.acknowledge(row, by=key_of(request), seen=seen(request, row), **data)
        except Conflict:
            if not self._says_so_already(row, data):
                raise
        fresh = self.again(row)
        return told(UpdateNoticeSerializer, notice_shape(fresh), fresh)

    def _says_so_already(self, row: UpdateNotice, data: dict[str, Any]) -> bool:
        """Whether this very answer is on record: a repeated request is no quarrel."""
        known = self.again(row)
        return data == {"action": known.action, "url": known.action_url, "note": known.action_note}
