"""An agency corrects its story: the door for whoever reads its wire."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from corrections.api.serializers import SourceField
from corrections.models import AgencyCorrection
from corrections.services import agencies
from newsroom.accounts.models import ApiKey
from newsroom.api.fields import StrictSerializer, TextField
from newsroom.api.filters import refuse_unknown_parameters
from newsroom.api.idempotency import idempotent
from newsroom.api.keys import publication_for
from newsroom.articles import services
from newsroom.articles.addresses import BadAddress
from newsroom.articles.models import Article
from newsroom.errors import Invalid, NotAllowed


class AgencyCorrectionWriteSerializer(StrictSerializer):
    """What the agency says."""

    publication = TextField(
        max_length=50,
        allow_blank=True,
        default="",
        help_text="Slug. May be left out by a key of one publication.",
    )
    agency = TextField(max_length=agencies.MAX_AGENCY, help_text="As `source_agency` of the articles.")
    headline = TextField(max_length=agencies.MAX_HEADLINE, help_text="Of the agency's story, or words of it.")
    text = TextField(max_length=agencies.MAX_TEXT, multiline=True, help_text="The correction, in the agency's words.")
    url = SourceField(allow_blank=True, default="", help_text="Where the agency published it.")
    source_id = TextField(
        max_length=200,
        allow_blank=True,
        default="",
        help_text="The agency's own id of this correction: the same again is answered with what was made of it.",
    )
    article_urls = serializers.ListField(
        child=TextField(max_length=2000),
        max_length=agencies.MOST,
        default=list,
        help_text="The articles that used the story, by any of their addresses. Empty: those of this agency that are "
        "like it.",
    )

    class Meta:
        ref_name = "AgencyCorrectionData"


class AgencyCorrectionSerializer(serializers.Serializer):
    """What was made of it."""

    reference = serializers.CharField()
    articles = serializers.ListField(
        child=serializers.CharField(), help_text="The articles that used the story; none: the desk is not bothered."
    )
    reports = serializers.ListField(
        child=serializers.CharField(), help_text="The reports that waited for the agency, or the one that was opened."
    )
    correction = serializers.CharField(allow_null=True, help_text="The notice, once one is public.")

    class Meta:
        ref_name = "AgencyCorrection"


class AgencyCorrectionsView(APIView):
    """Corrections that agencies make."""

    scopes = {"POST": "agency_corrections:write"}
    operation_ids = {"POST": "receive_agency_correction"}

    @extend_schema(
        request=AgencyCorrectionWriteSerializer,
        responses={200: AgencyCorrectionSerializer, 201: AgencyCorrectionSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Pass on an agency's correction. The desk is asked; a person begins the notice.

        Reports that wait for the agency wait no longer; where none waits, one is opened about the article that is most
        like the story. 200 when the agency's `source_id` was received before.
        """
        refuse_unknown_parameters(request, ())
        key = request.auth
        if not isinstance(key, ApiKey) or key.test:
            raise NotAllowed(_("A test key cannot change articles."))
        written = AgencyCorrectionWriteSerializer(data=request.data)
        written.is_valid(raise_exception=True)
        told = dict(written.validated_data)
        publication = publication_for(key, told.pop("publication"))
        articles = [_article(address, at) for at, address in enumerate(told.pop("article_urls"))]
        kept, new = agencies.arrive(by=key, publication=publication, articles=list(dict.fromkeys(articles)), **told)
        return Response(_shape(kept), status=201 if new else 200)


def _article(address: str, at: int) -> Article:
    try:
        found = services.find(address)
    except BadAddress as error:
        raise Invalid.one(f"/article_urls/{at}", str(error), "bad_address") from error
    if found is None:
        raise Invalid.one(f"/article_urls/{at}", _("No article is known under this address."), "unknown_article")
    return found


def _shape(kept: AgencyCorrection) -> dict[str, Any]:
    notice = kept.correction
    return {
        "reference": kept.reference,
        "articles": list(kept.articles.order_by("pk").values_list("reference", flat=True)),
        "reports": list(kept.reports.order_by("pk").values_list("reference", flat=True)),
        "correction": notice.reference if notice is not None and notice.is_public else None,
    }
