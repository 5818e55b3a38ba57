"""What the refusals of the licensing desk mean, and what to do about them: the pages at `/problems/<code>/`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse

from newsroom.api.explanations import EXPLANATIONS, explain
from newsroom.api.fields import ProblemSerializer
from newsroom.api.problems import MEDIA_TYPE

explain(
    "expired", 409, _("The quote has expired"), _("Change the request's items, or write to the desk: it quotes again.")
)
explain(
    "terms_changed", 409, _("These are not the quote's terms"), _("Read the quote again and send its terms_sha256.")
)
explain(
    "not_usable", 409, _("The article may not be used"), _("It is withheld or was canceled. Wait, or leave it out.")
)
explain("embargo", 409, _("The article is under embargo"), _("Accept the quote once the embargo has ended."))
explain(
    "open_report",
    409,
    _("The article is being corrected"),
    _("Accept the quote once the correction is published; an update of the quote tells you."),
)
explain(
    "exclusivity_clash",
    409,
    _("Someone else holds this exclusively"),
    _("Ask for another use, territory or time."),
)
explain("blocked_organization", 409, _("Please speak to the licensing desk first"), _("The desk says what is missing."))
explain(
    "billing_missing",
    409,
    _("Nobody said whom the invoice is made out to"),
    _("Send address and country to `quotes/{reference}/billing/`, read tax and total, then accept."),
)
explain("term_over", 409, _("The last day is over"), _("Change the dates of the request's items: you get a new quote."))
explain(
    "over_credit",
    409,
    _("Above your credit limit"),
    _("Pay an open invoice, speak to the licensing desk, or license in parts."),
)
explain(
    "not_a_signatory",
    403,
    _("This contact may not sign"),
    _("Name a contact of your organization who may sign. The licensing desk keeps the list."),
)
explain("not_issued", 409, _("The license waits for the payment"), _("Its papers are there once it is in force."))
explain(
    "not_in_force",
    409,
    _("The license is not in force"),
    _("The text is handed out while the license is active or about to be. `effective_status` says where it stands."),
)
explain(
    "written_elsewhere",
    409,
    _("The accounting system wrote this invoice"),
    _("Ask the newsroom for the document. Amounts, dates and status are in the invoice itself."),
)
explain("renewing", 409, _("A renewal is under way"), _("Follow the request that the detail names."))
explain(
    "no_revision",
    409,
    _("The corrected text is not there yet"),
    _("Append the notice to your copy, or wait until the update notice names a revision."),
)


explain(
    "test_only", 403, _("Only with a test key"), _("This belongs to test mode: use a key that begins with mh_test_.")
)
explain("not_a_test", 409, _("This is no test record"), _("Test mode touches only what a test key made."))
explain(
    "needs_approval",
    409,
    _("A second person approves it first"),
    _("The detail says which limit it is beyond. Quote it within the limit."),
)
explain("not_accepted", 409, _("The quote is not accepted"), _("Accept the quote first."))
explain("nothing_outstanding", 409, _("Nothing is to be paid"), _("The licenses of this quote wait for no payment."))


def refusals(**codes: str) -> dict[Any, Any]:
    """Answers for `extend_schema(responses=…)`, each with an example: `refusals(_409="expired")`."""
    return {(int(name[1:]), MEDIA_TYPE): _refusal(int(name[1:]), code) for name, code in codes.items()}


def _refusal(status: int, code: str) -> OpenApiResponse:
    explanation = EXPLANATIONS[code]
    example = {
        "type": f"https://desk.example/problems/{code}",
        "title": str(explanation.title),
        "status": status,
        "detail": str(explanation.advice),
        "code": code,
        "errors": [],
    }
    return OpenApiResponse(
        ProblemSerializer,
        description=str(explanation.title),
        examples=[OpenApiExample(code, value=example, media_type=MEDIA_TYPE)],
    )


def invalid(pointer: str, detail: str, code: str) -> dict[Any, Any]:
    """The 422 of `extend_schema(responses=…)` with an example that names a place."""
    example = {
        "type": "https://desk.example/problems/validation",
        "title": str(EXPLANATIONS["validation"].title),
        "status": 422,
        "detail": detail,
        "code": "validation",
        "errors": [{"pointer": pointer, "detail": detail, "code": code}],
    }
    shown = OpenApiExample("validation", value=example, media_type=MEDIA_TYPE)
    return {(422, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, description="Unprocessable Entity", examples=[shown])}
