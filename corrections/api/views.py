"""Public notices, an article's correction history, and reports of errors."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException, Throttled
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from corrections.api.filters import CorrectionFilter, CorrectionsOfArticleFilter
from corrections.api.serializers import (
    CorrectionSerializer,
    ReportReceiptSerializer,
    ReportWriteSerializer,
)
from corrections.models import Correction, Report
from corrections.public import shape
from corrections.services import doubting
from corrections.services.submitting import Draft, private_path, submit
from corrections.vocabulary import Channel, Medium
from corrections.workflow import CorrectionStatus
from newsroom import references
from newsroom.accounts.models import ApiKey, Publication
from newsroom.api.etags import Cacheable
from newsroom.api.explanations import explain
from newsroom.api.fields import MomentField, ProblemSerializer
from newsroom.api.filters import refuse_unknown_parameters
from newsroom.api.idempotency import idempotent
from newsroom.api.networks import network_mark, network_marks
from newsroom.api.problems import MEDIA_TYPE
from newsroom.api.throttles import caller
from newsroom.articles import services as articles
from newsroom.articles.addresses import BadAddress, clean_url, post_of
from newsroom.articles.hosts import publication_of
from newsroom.articles.models import Article
from newsroom.errors import Invalid, NotFound
from newsroom.events import promises
from newsroom.web import gate
from newsroom.workflow import THE_READER

NEVER_TOO_FAST = float("inf")

explain(
    "suppressed",
    410,
    gettext_lazy("This notice is not shown"),
    gettext_lazy("Its text was taken away under a legal order. Delete your copy; the public log still holds its leaf."),
)


class Suppressed(APIException):
    """The notice was public and is no longer shown (RFC 9110, section 15.5.11)."""

    status_code = 410
    default_code = "suppressed"


class PublicCorrections(Cacheable, GenericAPIView):
    """What the views of notices share: only what is public now."""

    scopes = None
    serializer_class = CorrectionSerializer
    queryset = Correction.objects.none()
    ordering = ("-published_at", "-pk")
    filterset_class: Any = None

    def get_queryset(self) -> QuerySet[Correction]:
        """Published, superseded and withdrawn ones, with all that their shape shows."""
        return Correction.objects.public().for_page()

    def page_of(self, rows: QuerySet[Correction]) -> Response:
        """One page of these, filtered."""
        found = self.paginate_queryset(self.filter_queryset(rows)) or []
        return self.get_paginated_response(self.get_serializer([shape(row) for row in found], many=True).data)


class CorrectionsView(PublicCorrections):
    """The public list."""

    operation_ids = {"GET": "list_corrections"}
    filterset_class = CorrectionFilter

    @extend_schema(responses=CorrectionSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the public notices of every publication, newest first.

        Superseded and withdrawn ones are in it and say so. Minor fixes are left out unless `include_minor=true`.
        """
        return self.page_of(self.get_queryset())


class CorrectionView(PublicCorrections):
    """One notice."""

    operation_ids = {"GET": "read_correction"}

    @extend_schema(responses={200: CorrectionSerializer, (410, MEDIA_TYPE): ProblemSerializer})
    def get(self, request: Request, reference: str) -> Response:
        """Read one notice. 410 `suppressed` when its text was taken away under a legal order."""
        refuse_unknown_parameters(request, ())
        wanted = references.normalize(reference)
        if not references.is_valid(wanted, "correction"):
            raise NotFound(_("There is no notice with this reference."))
        correction = self.get_queryset().filter(reference=wanted).first()
        if correction is None:
            suppressed = Correction.objects.filter(
                reference=wanted, status=CorrectionStatus.SUPPRESSED, suppressed_hidden=False
            )
            if suppressed.exists():
                raise Suppressed(_("This notice is no longer shown, because of a legal order."))
            raise NotFound(_("There is no notice with this reference."))
        return Response(self.get_serializer(shape(correction)).data)


class CorrectionsOfArticleView(PublicCorrections):
    """An article's correction history."""

    operation_ids = {"GET": "list_corrections_of_article"}
    filterset_class = CorrectionsOfArticleFilter

    @extend_schema(responses=CorrectionSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List every notice about an article, newest first, superseded and withdrawn ones included and marked."""
        return self.page_of(self.get_queryset().filter(articles__article=_article(reference)))


class ReportsView(APIView):
    """Reports of errors, from an app, a CMS or another site's form."""

    scopes = None
    operation_ids = {"POST": "report_error"}
    throttle_name = doubting.CEILING

    @extend_schema(request=ReportWriteSerializer, responses={201: ReportReceiptSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Report an error. Anyone may; a CMS or partner sends its key, and an Idempotency-Key with it.

        The answer holds the address of the reader's private page. A mail address gets one mail, to confirm it. A
        report sent with a test key is a test: nobody at the newsroom is told.
        """
        refuse_unknown_parameters(request, ())
        written = ReportWriteSerializer(data=request.data)
        written.is_valid(raise_exception=True)
        draft = _draft(request, dict(written.validated_data))
        key = request.auth if isinstance(request.auth, ApiKey) else None
        report = submit(
            draft,
            by=key or THE_READER,
            channel=Channel.API,
            held_reasons=[] if key else _doubts(request, draft),
            network_hash="" if key else network_mark(request),
            test=bool(key and key.test),
        )
        response = Response(_receipt(report), status=201)
        response["Cache-Control"] = "no-store"
        return response


def _article(reference: str) -> Article:
    """The article of this reference, unless it is still under embargo. NotFound for everything else."""
    wanted = references.normalize(reference)
    out = Q(embargoed_until=None) | Q(embargoed_until__lte=timezone.now())
    valid = references.is_valid(wanted, "article")
    found = Article.objects.filter(out, reference=wanted).first() if valid else None
    if found is None:
        raise NotFound(_("There is no article with this reference."))
    return found


def _draft(request: Request, data: dict[str, Any]) -> Draft:
    where = data.pop("where", {})
    passage = data.pop("passage", {})
    address = data.pop("article_url")
    publication, article = _found(address) if address else (_own_publication(request), None)
    return Draft(
        publication=publication,
        article=article,
        article_url=clean_url(address) if address else "",
        anchor=post_of(address),
        medium=where.get("medium", Medium.WEB),
        medium_detail=where.get("detail", ""),
        passage_exact=passage.get("exact", ""),
        passage_prefix=passage.get("prefix", ""),
        passage_suffix=passage.get("suffix", ""),
        **data,
    )


def _found(address: str) -> tuple[Publication, Article | None]:
    """Whose article this is, and the article if it was imported. Raises Invalid."""
    try:
        article = articles.find(address)
        publication = article.publication if article else publication_of(address, Publication.objects.all())
    except BadAddress as error:
        raise Invalid.one("/article_url", str(error), "bad_address") from error
    if publication is None:
        raise Invalid.one("/article_url", _("This address is not one of our publications."), "unknown_host")
    return publication, article


def _own_publication(request: Request) -> Publication:
    """The publication of a CMS key that has only one, else that of the host."""
    if isinstance(request.auth, ApiKey):
        owned = list(request.auth.publications.all()[:2])
        if len(owned) == 1:
            return owned[0]
    publication: Publication | None = request._request.publication  # type: ignore[attr-defined]  # noqa: SLF001 -- set by PublicationMiddleware
    if not publication:
        raise Invalid.one("/article_url", _("Give the address of the article."), "required")
    return Publication.objects.get(pk=publication.pk)


def _doubts(request: Request, draft: Draft) -> list[str]:
    """Why the gate holds it, if it does. There is no form here that could be filled in too fast. Raises Throttled."""
    judgment = gate.judge(
        network=caller(request),
        age=NEVER_TOO_FAST,
        trap="",
        text=f"{draft.claim}\n{draft.suggestion}",
        said_before=doubting.said_today(draft) or doubting.said_before(draft, network=network_mark(request)),
        also=doubting.reasons(draft, networks=network_marks(request)),
        ceiling=doubting.CEILING,
    )
    if judgment.retry_after:
        raise Throttled(judgment.retry_after)
    return judgment.held_reasons


def _receipt(report: Report) -> dict[str, Any]:
    answer = promises.running(report).filter(kind="decide").values_list("due_at", flat=True).first()
    return {
        "reference": report.reference,
        "status": report.outside_status,
        "status_url": f"{settings.BASE_URL}{private_path(report)}",
        "answer_by": MomentField().to_representation(answer),
    }
