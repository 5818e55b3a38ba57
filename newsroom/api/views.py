"""The description of the API for programs and for people."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from newsroom.api.etags import Cacheable


class PlainOpenApiJson(OpenApiJsonRenderer):
    """The same document under the media type that tools ask for."""

    media_type = JSONRenderer.media_type
    format = "json"


class SchemaMadeOnce(SchemaGenerator):
    """The description is the same for everyone and takes half a second: each process makes it once a
    language.
    """

    made: ClassVar[dict[str, Any]] = {}

    def get_schema(self, request: Request | None = None, public: bool = False) -> Any:  # noqa: FBT001, FBT002 -- the library's signature
        """The whole description."""
        language = get_language() or ""
        if language not in self.made:
            self.made[language] = super().get_schema(request=None, public=True)
        return self.made[language]


class SchemaView(Cacheable, SpectacularAPIView):
    """OpenAPI 3.1.1, as JSON; as YAML when the client asks for `application/vnd.oai.openapi`."""

    scopes = None
    schema = None
    generator_class = SchemaMadeOnce
    renderer_classes = [PlainOpenApiJson, OpenApiJsonRenderer, OpenApiYamlRenderer]

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """The whole description."""
        return super().get(request, *args, **kwargs)


@require_safe
@cache_control(public=True, max_age=300)
def docs(request: HttpRequest) -> HttpResponse:
    """Swagger UI over the schema; everything it needs comes from this server."""
    return render(request, "api/docs.html")
