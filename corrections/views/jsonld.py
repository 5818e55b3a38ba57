"""The notice for machines: schema.org `CorrectionComment`, ready to stand inside a `<script>`."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.safestring import SafeString, mark_safe

from newsroom.accounts.models import Publication

# What would end the script element or start another; the same three as Django's json_script.
_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def correction_comment(shape: dict[str, Any], publication: Publication) -> SafeString:
    """https://schema.org/CorrectionComment about the articles of the notice. `shape` is `public.shape`."""
    document = {
        "@context": "https://schema.org",
        "@type": "CorrectionComment",
        "@id": shape["url"],
        "identifier": shape["reference"],
        "url": shape["url"],
        "text": shape["text"],
        "datePublished": shape["published_at"],
        "author": {"@type": "NewsMediaOrganization", "name": publication.name},
        "about": [
            {"@type": "NewsArticle", "url": article["address"], "headline": article["headline"]}
            for article in shape["articles"]
            if article["url"]
        ],
    }
    text = json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False).translate(_ESCAPES)
    return mark_safe(text)  # noqa: S308 -- JSON whose markup characters were escaped just above
