"""The description of the API for programs and for people."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from newsroom.api.etags import Cacheable


class PlainOpenApiJson(OpenApiJsonRenderer):
    """The same document under the media type that tools ask for."""

    media_type = JSONRenderer.media_type
    format = "json"


class SchemaView(Cacheable, SpectacularAPIView):
    """OpenAPI 3.1.1, as JSON; as YAML when the client asks for `application/vnd.oai.openapi`."""

    scopes = None
    schema = None
    renderer_classes = [PlainOpenApiJson, OpenApiJsonRenderer, OpenApiYamlRenderer]

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """The whole description."""
        return super().get(request, *args, **kwargs)


@require_safe
@cache_control(public=True, max_age=300)
def docs(request: HttpRequest) -> HttpResponse:
    """Swagger UI over the schema; everything it needs comes from this server."""
    return render(request, "api/docs.html")
