"""Every refusal of the API as RFC 9457 `application/problem+json`, and the page that explains each code."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core import signals
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from rest_framework import exceptions
from rest_framework.response import Response

from newsroom import errors
from newsroom.api.explanations import EXPLANATIONS
from newsroom.availability import is_away, told

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 30
_DOMAIN = (
    (errors.NotAllowed, 403),
    (errors.Stale, 412),
    (errors.Conflict, 409),
    (errors.NotFound, 404),
    (errors.Invalid, 422),
)
_GENERIC = {
    400: "malformed",
    401: "not_authenticated",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    411: "length_required",
    412: "stale",
    413: "too_large",
    415: "unsupported_media_type",
    422: "validation",
    428: "precondition_required",
    429: "throttled",
    500: "error",
    503: "unavailable",
}


class PreconditionRequired(exceptions.APIException):
    """The request must say which version it saw (RFC 6585, section 3)."""

    status_code = 428
    default_code = "precondition_required"


class TooLarge(exceptions.APIException):
    """The body is longer than this service reads."""

    status_code = 413
    default_code = "too_large"


class BadRequest(exceptions.APIException):
    """The request itself cannot be understood; `code` says which part."""

    status_code = 400
    default_code = "malformed"


def problem(status: int, detail: str, *, code: str = "", faults: list[errors.Fault] | None = None) -> dict[str, Any]:
    """The members of a problem document. `type` is the address of the page that explains the code."""
    known = code if code in EXPLANATIONS else _GENERIC[status]
    return {
        "type": f"{settings.BASE_URL}/problems/{known}",
        "title": str(EXPLANATIONS[known].title),
        "status": status,
        "detail": str(detail),
        "code": code or known,
        "errors": [
            {"pointer": fault.pointer, "detail": str(fault.detail), "code": fault.code} for fault in faults or []
        ],
    }


def problem_of(error: Exception) -> dict[str, Any] | None:
    """The problem document of an error that means something to the caller; None for a bug."""
    if isinstance(error, errors.DomainError):
        status = next((number for kind, number in _DOMAIN if isinstance(error, kind)), 409)
        return problem(status, error.message, code=error.code, faults=getattr(error, "faults", None))
    if isinstance(error, exceptions.ValidationError):
        faults = list(_faults(error.get_full_details(), ""))
        return problem(422, " ".join(dict.fromkeys(f.detail for f in faults)), code="validation", faults=faults)
    if isinstance(error, exceptions.APIException):
        code = str(error.get_codes())
        generic = _GENERIC.get(error.status_code, "malformed")
        # DRF's own codes are renamed, so that one word means one thing everywhere; ours are kept.
        return problem(error.status_code, str(error.detail), code=code if code in EXPLANATIONS else generic)
    if isinstance(error, Http404):
        return problem(404, _("There is no such thing here, or it is not yours."))
    if isinstance(error, PermissionDenied):
        return problem(403, str(error) or _("You may not do this."))
    if isinstance(error, RequestDataTooBig):
        return problem(413, _("The body is larger than this service reads."))
    if is_away(error):
        return problem(503, _("The service cannot reach its database. Please try again in half a minute."))
    return None


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler. A bug is logged with its trace and answered with a 500 that says nothing
    about it.
    """
    body = problem_of(error)
    if body is None:
        request = context.get("request")
        logger.error("unhandled error in the API", exc_info=error)
        signals.got_request_exception.send(sender=None, request=getattr(request, "_request", request))
        body = problem(500, _("Something went wrong on our side. Nothing was changed."))
    elif is_away(error):
        logger.warning(told(error))
    response = Response(body, status=body["status"], content_type=MEDIA_TYPE)
    for name, value in _headers(error, body["status"]).items():
        response[name] = value
    return response


@csrf_exempt
def not_found(request: HttpRequest, rest: str) -> HttpResponse:
    """For addresses under `/api/` that no route matches: never a redirect, which would turn a POST into a
    GET.
    """
    detail = _("There is nothing at this address.")
    if not rest.endswith("/"):
        detail += " " + _("Addresses of the API end in a slash.")
    response = JsonResponse(problem(404, detail), status=404, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@cache_control(public=True, max_age=3600)
def page(request: HttpRequest, code: str) -> HttpResponse:
    """What a problem's `type` leads to: the meaning of the code, and what to do."""
    if code not in EXPLANATIONS:
        raise Http404
    shown = {"code": code, "explanation": EXPLANATIONS[code]}
    return HttpResponse(render_to_string("problems.html", shown))


def _headers(error: Exception, status: int) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    wait = getattr(error, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(max(1, int(wait)))
    elif status == 503:
        headers["Retry-After"] = str(RETRY_SECONDS)
    return headers


def _faults(details: Any, pointer: str) -> Iterator[errors.Fault]:
    """DRF's nested errors as flat faults. Pointers are those of RFC 6901."""
    if isinstance(details, dict) and set(details) == {"message", "code"} and not isinstance(details["code"], dict):
        yield errors.Fault(pointer, str(details["message"]), str(details["code"]))
    elif isinstance(details, dict):
        for name, inner in details.items():
            here = pointer if name == "non_field_errors" else f"{pointer}/{escape(str(name))}"
            yield from _faults(inner, here)
    elif isinstance(details, list):
        # A list of messages belongs to this place; a list of dictionaries has one for each item of the list.
        messages = all(isinstance(inner, dict) and set(inner) == {"message", "code"} for inner in details)
        for index, inner in enumerate(details):
            yield from _faults(inner, pointer if messages else f"{pointer}/{index}")


def escape(name: str) -> str:
    """A member's name as it stands in a JSON pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")
