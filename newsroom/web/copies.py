"""Copies of pages that anyone may keep: by which mark they are known, and when they need not be sent again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control

OK = 200


def unless_known(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """The answer with an ETag of its bytes; 304 to who has them already. What is no page is left as it is."""
    if response.status_code != OK:
        return response
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def kept_for(seconds: int) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponseBase]]:
    """Anyone may keep the view's answer for so long; after that 304 when it has not changed."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = view(request, *args, **kwargs)
            patch_cache_control(response, public=True, max_age=seconds)
            return unless_known(request, response)

        return answer

    return wrap
