"""Routes that exist for these tests only: one view for each thing the API's parts promise."""

from django.db import OperationalError
from django.urls import path
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response
from rest_framework.views import APIView

from newsroom import urls as real
from newsroom.accounts.models import Organization
from newsroom.api.etags import Cacheable, etag_of, needs_match, require_match
from newsroom.api.fields import MomentField, StrictSerializer, TextField, WholeNumberField, YesNoField
from newsroom.api.idempotency import idempotent
from newsroom.errors import Conflict, Invalid, NotAllowed, NotFound, Stale

handler404 = "newsroom.web.views.not_found"


class LineSerializer(StrictSerializer):
    name = TextField(max_length=20, name=True)
    places = TextField(max_length=40, required=False)


class OrderSerializer(StrictSerializer):
    title = TextField(max_length=20)
    note = TextField(max_length=100, multiline=True, allow_blank=True, required=False)
    count = WholeNumberField(min_value=1, max_value=5, required=False)
    urgent = YesNoField(required=False)
    at = MomentField(required=False)
    lines = LineSerializer(many=True, required=False)


class Public(APIView):
    scopes = None

    def get(self, request):
        return Response({"key": str(request.auth) if request.auth else None})

    def post(self, request):
        order = OrderSerializer(data=request.data)
        order.is_valid(raise_exception=True)
        return Response(order.validated_data)


class Scoped(APIView):
    scopes = {"GET": "requests:read", "POST": "requests:write"}

    def get(self, request):
        return Response({"read": request.user.label})

    def post(self, request):
        return Response({"written": request.auth.label})

    def delete(self, request):
        return Response({"never": "reached"})


class Failing(APIView):
    scopes = None
    errors = {
        "not-allowed": NotAllowed("You may not."),
        "conflict": Conflict("Not now."),
        "blocked": Conflict("First this.", code="blocked"),
        "special": Conflict("A code without a page.", code="exclusivity_clash"),
        "stale": Stale("It changed."),
        "not-found": NotFound("No such thing."),
        "invalid": Invalid.one("/lines/0", "Wrong.", "odd"),
        "database": OperationalError("connection refused on a secret host"),
        "bug": ZeroDivisionError("a secret detail"),
    }

    def get(self, request, name):
        raise self.errors[name]


class Creating(APIView):
    """Creates an organization: something that a test can count."""

    scopes = {"POST": "requests:write"}

    @idempotent
    def post(self, request):
        name = request.data.get("name", "")
        made = Organization.objects.create(name=name, slug=name)
        if name == "refused":
            raise Conflict("Not that one.")
        if name == "crash":
            raise ZeroDivisionError
        return Response({"id": made.slug}, status=201, headers={"Location": f"/made/{made.slug}/"})


class CreatingByAnyone(Creating):
    scopes = None


class Record:
    reference, version = "Q-22222222-2", 3
    by_date = staticmethod(str)


class Matching(Cacheable, APIView):
    scopes = None

    def get(self, request):
        return Response({"version": 3}, headers={"ETag": etag_of(Record)})

    @needs_match
    def post(self, request):
        return Response({"seen": require_match(request, Record)})


class Partners(Cacheable, GenericAPIView):
    scopes = None
    ordering = ("-created_at", "-pk")
    queryset = Organization.objects.all()

    def get(self, request):
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([row.slug for row in rows])


class Others(Partners):
    ordering = ("slug",)


urlpatterns = [
    path("api/v1/public/", Public.as_view()),
    path("api/v1/scoped/", Scoped.as_view()),
    path("api/v1/failing/<name>/", Failing.as_view()),
    path("api/v1/creating/", Creating.as_view()),
    path("api/v1/creating-by-anyone/", CreatingByAnyone.as_view()),
    path("api/v1/matching/", Matching.as_view()),
    path("api/v1/partners/", Partners.as_view()),
    path("api/v1/others/", Others.as_view()),
    *real.urlpatterns,
]
