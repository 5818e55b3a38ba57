"""What each code of a problem document means, and what to do about it. `/problems/<code>/` shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Explanation:
    """A title that never changes for its code, the HTTP status, and advice."""

    title: Any
    status: int
    advice: Any


EXPLANATIONS: dict[str, Explanation] = {}


def explain(code: str, status: int, title: Any, advice: Any) -> None:
    """Register a code, so that its problems link to a page of their own; twice is an error."""
    if code in EXPLANATIONS:
        raise ValueError(f"The problem code {code} is explained twice.")
    EXPLANATIONS[code] = Explanation(title, status, advice)


explain(
    "malformed",
    400,
    _("Malformed request"),
    _("Send a body of valid JSON in UTF-8, without duplicate names."),
)
explain(
    "idempotency_key_required",
    400,
    _("Idempotency-Key required"),
    _(
        "Send an Idempotency-Key header with every request that creates something: a random text of at most 255 "
        "visible ASCII characters. Repeating the request with the same key and body gives the first answer again, "
        "for 48 hours."
    ),
)
explain(
    "not_authenticated",
    401,
    _("A valid key is required"),
    _(
        "Send “Authorization: Bearer mh_live_…”. The key may be unknown, revoked or expired: "
        "the answer does not say which."
    ),
)
explain("not_allowed", 403, _("Not allowed"), _("The key is valid but lacks the scope or the right for this."))
explain("not_found", 404, _("Not found"), _("There is no such record, or it belongs to someone else."))
explain(
    "method_not_allowed",
    405,
    _("Method not allowed"),
    _("The Allow header lists what this address understands."),
)
explain("not_acceptable", 406, _("Not acceptable"), _("Accept application/json."))
explain(
    "conflict",
    409,
    _("Not possible in this state"),
    _("Read the record again: its state does not permit this."),
)
explain(
    "blocked",
    409,
    _("Something stands in the way"),
    _("The detail says what must be done first. The state itself is right."),
)
explain(
    "names_two_articles",
    409,
    _("These names belong to two articles"),
    _("The address, an alias or the CMS id already belongs to another article. Correct the one that is wrong."),
)
explain(
    "idempotency_in_progress",
    409,
    _("The same request is being carried out"),
    _("A request with this Idempotency-Key has not finished. Send it again in a moment."),
)
explain(
    "too_many",
    409,
    _("As many as there may be"),
    _("The detail says how many. Delete one that you no longer need, or write to the newsroom."),
)
explain(
    "too_many_pings",
    409,
    _("Three pings wait to be sent"),
    _("Wait until they have arrived or were given up: `deliveries/` shows them."),
)
explain(
    "two_secrets",
    409,
    _("Two secrets are valid"),
    _("The secret before this one signs for a day yet, so that you can change over. Renew it again after that."),
)
explain(
    "unverified",
    409,
    _("The endpoint has not answered a ping yet"),
    _("Answer a signed ping with 2xx: the endpoint is active from then on. `ping/` sends another."),
)
explain("not_active", 409, _("The endpoint is not active"), _("Set its `state` to `active`, then ping it."))
explain(
    "gone",
    409,
    _("The endpoint is closed for good"),
    _("It answered 410. Delete it, and make a new one for the address that you listen at now."),
)
explain(
    "refused_address",
    409,
    _("We do not send to this address"),
    _("Change `url` to https on port 443 or 8443 at a public host, then resume the endpoint."),
)
explain(
    "being_sent",
    409,
    _("It is being sent at this moment"),
    _("Wait half a minute, read the delivery again, and send it again only if it failed."),
)
explain(
    "cleared",
    409,
    _("What was sent is no longer kept"),
    _("Bodies are kept for 30 days. Read the record that the event named, or the stream of events."),
)
explain("length_required", 411, _("Content-Length required"), _("Send the length of the body, not pieces of it."))
explain("stale", 412, _("The record has changed"), _("Read it again and decide on what it says now."))
explain("too_large", 413, _("Too large"), _("Send at most 256 kB."))
explain(
    "unsupported_media_type",
    415,
    _("Unsupported media type"),
    _("Send application/json in UTF-8, without compression."),
)
explain(
    "validation",
    422,
    _("Please check what you sent"),
    _("“errors” names each place and what is wrong there."),
)
explain(
    "idempotency_key_reused",
    422,
    _("Idempotency-Key used for another request"),
    _("Take a new key for a new request. A repeated request must be equal to the first."),
)
explain(
    "precondition_required",
    428,
    _("If-Match required"),
    _(
        "Send If-Match with the ETag of the version you have read, "
        "so that you cannot agree to something you have not seen."
    ),
)
explain("throttled", 429, _("Too many requests"), _("Wait as many seconds as Retry-After says."))
explain(
    "error",
    500,
    _("An error on our side"),
    _("Nothing was changed. Send it again; tell us the X-Request-ID if it stays."),
)
explain(
    "unavailable",
    503,
    _("Not available at the moment"),
    _("Wait as long as Retry-After says, then send it again."),
)
