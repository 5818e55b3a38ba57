"""Finding articles, pushing them from a CMS, and their public timelines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from newsroom import references
from newsroom.accounts.models import ApiKey, Publication
from newsroom.api.etags import Cacheable, etag_of
from newsroom.api.fields import MomentField
from newsroom.api.filters import refuse_unknown_parameters
from newsroom.api.idempotency import idempotent
from newsroom.api.problems import problem_of
from newsroom.articles import services
from newsroom.articles.api.filters import ArticleFilter
from newsroom.articles.api.serializers import (
    ArticleSerializer,
    ArticleWriteSerializer,
    BatchAnswerSerializer,
    BatchSerializer,
    HistoryEntrySerializer,
    UpdatesSerializer,
)
from newsroom.articles.history import entry, labels_of, timeline
from newsroom.articles.jsonld import news_article
from newsroom.articles.models import Article
from newsroom.articles.rights import stamp
from newsroom.errors import DomainError, Invalid, NotAllowed, NotFound

OVERLAP = timedelta(minutes=2)
"""How far `as_of` lies back: longer than any transaction runs, so that one committed late is not skipped."""


class JsonLdRenderer(JSONRenderer):
    """JSON under its linked-data name."""

    media_type = "application/ld+json"
    format = "jsonld"


class ArticleView(Cacheable, GenericAPIView):
    """What every view of articles shares: who may see which."""

    serializer_class: type[Serializer] = ArticleSerializer
    queryset = Article.objects.none()
    lookup_field = "reference"
    filterset_class: Any = None

    def get_queryset(self) -> QuerySet[Article]:
        """Every article that is out; those under embargo only for their own CMS."""
        rows = Article.objects.with_publication().prefetch_related("addresses")
        out = Q(embargoed_until=None) | Q(embargoed_until__lte=timezone.now())
        return rows.filter(out | Q(publication__in=self.own_publications()))

    def own_publications(self) -> list[int]:
        """The publications whose CMS is calling."""
        key = self.request.auth
        if not (isinstance(key, ApiKey) and "articles:write" in key.scopes):
            return []
        if not hasattr(self, "_own_publications"):
            self._own_publications = list(key.publications.values_list("pk", flat=True))
        return self._own_publications

    def get_serializer_context(self) -> dict[str, Any]:
        """Whose texts may be shown."""
        return {**super().get_serializer_context(), "own_publications": self.own_publications()}

    def article(self, reference: str) -> Article:
        """The article of this reference, typed in whatever case. NotFound for everything else."""
        wanted = references.normalize(reference)
        found = self.get_queryset().filter(reference=wanted).first() if references.is_valid(wanted, "article") else None
        if found is None:
            raise NotFound(_("There is no article with this reference."))
        return found


class ArticlesView(ArticleView):
    """Find an article by any of its addresses; create or update one."""

    scopes = {"GET": None, "PUT": "articles:write"}
    operation_ids = {"GET": "find_article", "PUT": "upsert_article"}
    filterset_class = ArticleFilter

    @extend_schema(responses=ArticleSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Find an article by any address it is known by: a page of none or one."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    @extend_schema(request=ArticleWriteSerializer, responses={200: ArticleSerializer, 201: ArticleSerializer})
    def put(self, request: Request) -> Response:
        """Create the article that has this address or CMS id, or bring it up to date.

        A changed headline or body becomes a new revision. Members that are left out stay as they are. 409
        `names_two_articles` when address, aliases and CMS id belong to different articles.
        """
        refuse_unknown_parameters(request, ())
        written = ArticleWriteSerializer(data=request.data)
        written.is_valid(raise_exception=True)
        done = services.upsert(_publications(request), cast("Any", written.validated_data), by=_key(request))
        shown = self.get_queryset().get(pk=done.article.pk)
        response = Response(self.get_serializer(shown).data, status=201 if done.created else 200)
        response["ETag"] = etag_of(shown)
        return response


class BatchView(ArticleView):
    """Many articles at once."""

    scopes = {"POST": "articles:write"}
    operation_ids = {"POST": "upsert_articles"}

    @extend_schema(request=BatchSerializer, responses={200: BatchAnswerSerializer})
    @idempotent
    def post(self, request: Request) -> Response:
        """Create or update up to 100 articles. One that is refused does not hold up the others.

        Each item takes what PUT takes; each result has the status and the problem that PUT would have
        answered.
        """
        refuse_unknown_parameters(request, ())
        batch = BatchSerializer(data=request.data)
        batch.is_valid(raise_exception=True)
        publications, key = _publications(request), _key(request)
        results = [
            {"index": index, **_upsert_one(item, publications, key)}
            for index, item in enumerate(batch.validated_data["articles"])
        ]
        return Response({"results": results})


class ArticleDetailView(ArticleView):
    """One article."""

    scopes = None
    operation_ids = {"GET": "read_article"}

    def get(self, request: Request, reference: str) -> Response:
        """Read an article. Its text is there for its own CMS only."""
        refuse_unknown_parameters(request, ())
        article = self.article(reference)
        response = Response(self.get_serializer(article).data)
        if request.auth is not None:
            response["ETag"] = etag_of(article)
        return response


class HistoryView(ArticleView):
    """The public timeline."""

    scopes = None
    operation_ids = {"GET": "read_article_history"}
    serializer_class = HistoryEntrySerializer
    ordering = ("-pk",)

    @extend_schema(responses=HistoryEntrySerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """Read what happened to an article, newest first: published, revised (dates only), corrected,
        retracted.
        """
        refuse_unknown_parameters(request, ("cursor", "page_size"))
        article = self.article(reference)
        labels = labels_of(article)
        events = self.paginate_queryset(cast("Any", timeline(article, labels))) or []
        return self.get_paginated_response(
            HistoryEntrySerializer([entry(event, article, labels) for event in events], many=True).data
        )


class UpdatesView(ArticleView):
    """What changed since a copy was made."""

    scopes = None
    operation_ids = {"GET": "read_article_updates"}
    ordering = ("-pk",)

    @extend_schema(
        parameters=[
            OpenApiParameter("since", OpenApiTypes.DATETIME, required=True, description="The time of your copy."),
            OpenApiParameter("cursor", str),
            OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": 100, "default": 25}),
        ],
        responses={200: UpdatesSerializer},
    )
    def get(self, request: Request, reference: str) -> Response:
        """Read what changed since your copy was made, newest first, and which revision is current."""
        refuse_unknown_parameters(request, ("since", "cursor", "page_size"))
        since = _since(request)
        article = self.article(reference)
        labels = labels_of(article)
        happened = timeline(article, labels).filter(happened_at__gt=since)
        events = self.paginate_queryset(cast("Any", happened)) or []
        response = self.get_paginated_response(
            HistoryEntrySerializer([entry(event, article, labels) for event in events], many=True).data
        )
        moment = MomentField()
        response.data |= {
            "as_of": moment.to_representation((timezone.now() - OVERLAP).replace(microsecond=0)),
            "revision": article.revision,
            "revision_sha256": article.revision_sha256,
            "status": article.status,
        }
        return response


class JsonLdView(ArticleView):
    """schema.org's description of the article."""

    scopes = None
    operation_ids = {"GET": "read_article_jsonld"}
    renderer_classes = [JsonLdRenderer, JSONRenderer]

    @extend_schema(responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, reference: str) -> Response:
        """Read the article as schema.org NewsArticle with its `correction[]`."""
        refuse_unknown_parameters(request, ("format",))
        article = self.article(reference)
        response = Response(news_article(article))
        stamp(response, article.publication)
        return response


def _key(request: Request) -> ApiKey:
    key = request.auth
    if not isinstance(key, ApiKey) or key.test:
        raise NotAllowed(_("A test key cannot change articles."))
    return key


def _publications(request: Request) -> list[Publication]:
    return list(_key(request).publications.all())


def _upsert_one(item: Any, publications: list[Publication], key: ApiKey) -> dict[str, Any]:
    """The result for one item of a batch; what the item wrote is taken back when it is refused."""
    result = {"status": 200, "reference": None, "created": False, "revised": False, "problem": None}
    try:
        written = ArticleWriteSerializer(data=item)
        written.is_valid(raise_exception=True)
        with transaction.atomic():
            done = services.upsert(publications, cast("Any", written.validated_data), by=key)
    except (DomainError, ValidationError) as error:
        found = cast("dict[str, Any]", problem_of(error))
        return result | {"status": found["status"], "problem": found}
    status = 201 if done.created else 200
    return result | {
        "status": status,
        "reference": done.article.reference,
        "created": done.created,
        "revised": done.revised,
    }


def _since(request: Request) -> Any:
    given = request.query_params.get("since", "")
    if not given:
        raise Invalid.one("/since", _("Say when your copy was made, like 2026-11-20T08:00:00Z."), "required")
    try:
        # A plus sign that was not escaped arrives as a blank.
        return MomentField().run_validation(given.replace(" ", "+"))
    except ValidationError as error:
        detail = cast("list[Any]", error.detail)[0]
        raise Invalid.one("/since", str(detail), detail.code) from error
