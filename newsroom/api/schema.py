"""The OpenAPI 3.1.1 description, read from the same declarations that the views obey."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, OpenApiParameter

from newsroom.api.fields import ProblemSerializer, StrictSerializer
from newsroom.api.keys import scope_of
from newsroom.api.problems import MEDIA_TYPE

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class DeskSchema(AutoSchema):
    """Adds the bearer key and its scope, the problems each method can answer with, and the headers it reads.

    A view may name its operations, `operation_ids = {"GET": "find_article"}`, and say that it answers 404 although its
    address names nothing: `may_be_missing = True`.
    """

    def get_operation_id(self) -> str:
        """The name a generated client gives the call."""
        named = getattr(self.view, "operation_ids", {})
        return str(named.get(self.method) or super().get_operation_id())

    def get_summary(self) -> str | None:
        """The first sentence of the method's docstring, else of the view's."""
        return self.get_description().partition("\n")[0].strip() or None

    def get_auth(self) -> list[dict[str, Any]]:
        """The bearer key with its scope; optional where anyone may."""
        super().get_auth()  # registers the security scheme
        scope = self._scope()
        return [{}, {"bearer": []}] if scope is None else [{"bearer": [scope]}]

    def get_override_parameters(self) -> list[Any]:
        """`If-Match` and `Idempotency-Key` where the method reads them."""
        found = [*super().get_override_parameters()]
        if getattr(self._method(), "needs_match", False):
            found.append(
                OpenApiParameter(
                    "If-Match",
                    str,
                    OpenApiParameter.HEADER,
                    required=True,
                    description="The ETag of the version you have read. 412 when it is no longer current.",
                )
            )
        idempotency = getattr(self._method(), "idempotency", "")
        if idempotency:
            found.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
                    OpenApiParameter.HEADER,
                    required=idempotency == "required" and self._scope() is not None,
                    description="A repeated request with the same key gets the first answer again, for 48 hours.",
                )
            )
        return found

    def _get_response_bodies(self, direction: Direction = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction=direction)
        if direction == "response":
            for status in self._problems():
                bodies.setdefault(str(status), self._problem(status))
        return dict(sorted(bodies.items()))

    def _map_serializer(self, serializer: Any, direction: Direction, bypass_extensions: bool = False) -> Any:  # noqa: FBT001, FBT002 -- the library's signature
        schema = super()._map_serializer(serializer, direction, bypass_extensions)
        if direction == "request" and isinstance(serializer, StrictSerializer) and schema.get("type") == "object":
            schema["additionalProperties"] = False
        return schema

    def _problems(self) -> list[int]:
        method = self._method()
        statuses = {401, 406, 422, 503}
        if self._scope() is not None:
            statuses.add(403)
        if "{" in self.path or getattr(self.view, "may_be_missing", False):
            statuses.add(404)
        if self.method in UNSAFE:
            statuses |= {400, 409, 413, 415, 429}
        if getattr(method, "needs_match", False):
            statuses |= {412, 428}
        return sorted(statuses)

    def _problem(self, status: int) -> dict[str, Any]:
        component = self.resolve_serializer(ProblemSerializer, "response")
        body: dict[str, Any] = {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": component.ref}},
        }
        if status in {429, 503}:
            seconds = {"type": "integer", "minimum": 1}
            body["headers"] = {"Retry-After": {"description": "Seconds to wait.", "schema": seconds}}
        return body

    def _scope(self) -> str | None:
        return scope_of(self.view, self.method)

    def _method(self) -> Any:
        return getattr(self.view, getattr(self.view, "action", None) or self.method.lower(), None)


class KeyScheme(OpenApiAuthenticationExtension):
    """How a key is sent."""

    target_class = "newsroom.api.keys.KeyAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """The scheme as it stands in the components."""
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "mh_live_<id>_<secret> or mh_test_<id>_<secret>",
            "description": "A key of a partner or of a publication's CMS. The listed scope must be among the key's.",
        }
