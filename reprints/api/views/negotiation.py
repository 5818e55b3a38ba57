"""Papers and texts: one form each, whatever the caller accepts; a refusal is a problem document all the same."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from reprints.papers import Paper


class ProblemsAsJson(BaseContentNegotiation):
    """The view answers with a file of its own; what DRF renders is the problem document."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """Nothing is read here."""
        return parsers[0] if parsers else None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """JSON."""
        return renderers[0], renderers[0].media_type


def handed_out(paper: Paper) -> HttpResponse:
    """The file, shown where the caller can show it, under its name where it is saved."""
    response = HttpResponse(paper.content, content_type=paper.media_type)
    response["Content-Disposition"] = f'inline; filename="{paper.name}"'
    return response
