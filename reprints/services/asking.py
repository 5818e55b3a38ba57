"""A request comes in, is edited, answered, withdrawn: what a partner does before there is a quote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsroom import references
from newsroom.accounts.models import ApiKey, DeskKind, Organization, Publication
from newsroom.accounts.notices import desk_for
from newsroom.articles.models import Article
from newsroom.errors import Conflict, Fault, Invalid, NotAllowed
from newsroom.events import promises, sealed
from newsroom.events.delivery import retry
from newsroom.events.log import record
from newsroom.events.models import Delivery, Promise
from newsroom.workflow import LICENSING, PARTNER, THE_LOG, THE_PARTNER, Actor, lock
from reprints import events, moments
from reprints.models import LicenseRequest, RequesterContact, RequestItem, RequestMessage
from reprints.services import accepting, quoting
from reprints.services.askers import Asker, marks_of
from reprints.services.checking import CleanAsk, CleanItem, check_ask, check_items, publication_of
from reprints.services.lanes import Assessment, assess, assess_request, is_free
from reprints.services.moving import move, say, tell, touch, words_of
from reprints.vocabulary import Lane
from reprints.workflow import REQUEST, RequestStatus

__all__ = [
    "Requester",
    "answer_by",
    "answers_by",
    "assess_request",
    "check_ask",
    "check_items",
    "confirm_contact",
    "edit",
    "estimate",
    "message",
    "publication_of",
    "reply",
    "submit",
    "withdraw",
]
EDITABLE = {RequestStatus.SUBMITTED, RequestStatus.IN_REVIEW, RequestStatus.NEEDS_INFO, RequestStatus.QUOTED}

AROUND = ("organization_type", "po_number", "deadline", "note", "end_client")
"""What can be changed around the items."""
PRICED = {"organization_type", "end_client"}
"""Those that a quote depends on."""
MOST_MESSAGES = 100
"""How many a requester may write about one request, beside the moves that have words."""


@dataclass(frozen=True)
class Requester:
    """Who asks by the web form: stored encrypted, written to only after the address was confirmed."""

    name: str
    email: str
    company: str = ""


def estimate(
    data: dict[str, Any],
    *,
    publication: Publication,
    organization: Organization | None = None,
    test: bool = False,
    typed: bool = True,
) -> tuple[Assessment, datetime | None]:
    """Lane, lines and total of what `submit` would be given, and by when a person would answer in the manual
    lane. What a web requester was given before is not counted: nobody learns by an estimate what others asked.
    Of a passage that nobody `typed` yet only the words count.

    Writes nothing. Raises `Invalid`.
    """
    ask, items = _checked(data, publication, organization)
    if not typed:
        items = [replace(item, excerpt_text="") for item in items]
    asker = Asker(publication, organization, ask.organization_type, ask.currency, test=test)
    assessment = assess(items, asker=asker, today=_today(publication))
    _need_quantities(assessment)
    due = quoting.reply_due(publication).due_at if assessment.lane == Lane.MANUAL else None
    return assessment, due


def submit(
    data: dict[str, Any],
    *,
    publication: Publication,
    organization: Organization | None = None,
    by: Actor = THE_PARTNER,
    requester: Requester | None = None,
    language: str = "",
    renews: Any = None,
    consent: str = "",
) -> LicenseRequest:
    """Take a request in. `data` has the API's members (`items`, `organization_type`, `currency`, …).

    In the priced lane the answer already holds an open quote, in the free lane a license; in the manual lane
    a date is promised. `consent` is the SHA-256 of the terms that were read and agreed to: without it the free lane
    holds an open quote too, but for an `ApiKey`, which agrees by asking. A request by `ApiKey` carries the key's
    `test` mark. Without an organization a `requester` is needed. Raises `Invalid` with every fault, and writes nothing
    then.
    """
    ask, items = _checked(data, publication, organization)
    if organization is None and requester is None:
        raise Invalid.one("/email", _("How can we reach you?"), "required")
    asker = Asker(
        publication,
        organization,
        ask.organization_type,
        ask.currency,
        address_marks=marks_of(requester.email) if requester and organization is None else (),
        test=(isinstance(by, ApiKey) and by.test) or bool(renews and renews.test),
        renews=renews,
    )
    with transaction.atomic():
        assessment = _assessed(items, asker)
        if renews is None:
            _need_quantities(assessment)
        request = _create(ask, items, assessment, asker, by=by, language=language)
        if requester is not None:
            RequesterContact.objects.create(
                request=request,
                name_encrypted=sealed.seal(requester.name),
                email_encrypted=sealed.seal(requester.email),
                company_encrypted=sealed.seal(requester.company),
                address_mark="".join(marks_of(requester.email)[:1]),
            )
        record(
            events.SUBMITTED,
            request,
            by=by,
            article=items[0].article,
            data={"status": request.status, "lane": request.lane, "articles": _article_ids(items)},
        )
        _answer_at_once(request, assessment, by=by, consent=consent)
    return request


@transaction.atomic
def edit(
    request: LicenseRequest, data: dict[str, Any], *, by: Actor = THE_PARTNER, seen: int | None = None
) -> LicenseRequest:
    """Ask for something else: the members of `submit` that are given; those left out stay. The currency stays.

    With other `items`, organization type or client the open quote, or one being drafted, is superseded and the request
    assessed anew. Raises `Invalid` with every fault, `Conflict` when it is too late.
    """
    request = lock(request, seen=seen)
    _require(request, by, PARTNER)
    if request.status not in EDITABLE:
        raise Conflict(
            _("This request is already “%(status)s” and cannot be edited.") % {"status": request.get_status_display()}
        )
    around, clean = _changes(request, data)
    changed = [name for name, value in around.items() if getattr(request, name) != value]
    for name in changed:
        setattr(request, name, around[name])
    if clean is None and not PRICED & set(changed):
        touch(request, fields=changed)
        tell(events.EDITED, request, by=by, article=request.first_article, data={"lane": request.lane})
        return request
    quoting.supersede_all(request)
    if request.status == RequestStatus.QUOTED:
        request.waiting_since = None
        move(request, "resume", by=THE_LOG, fields=["waiting_since", *changed], data={"edited": True})
    if clean is not None:
        request.items.all().delete()
        _add_items(request, clean)
    assessment = assess_request(request)
    _need_quantities(assessment)
    request.lane, request.lane_reasons = assessment.lane, assessment.reasons
    request.article_changed_at = None
    touch(request, fields=["lane", "lane_reasons", "article_changed_at", *changed])
    tell(
        events.EDITED,
        request,
        by=by,
        article=request.first_article,
        data={"lane": request.lane, "articles": sorted(set(request.items.values_list("article_id", flat=True)))},
    )
    if request.status != RequestStatus.NEEDS_INFO:
        _answer_at_once(request, assessment, by=by)
    return request


def _changes(request: LicenseRequest, data: dict[str, Any]) -> tuple[dict[str, Any], list[CleanItem] | None]:
    """The members around the items as they would be, and the items where other ones are given. Raises `Invalid`."""
    today = request.day()
    given = {name: data[name] for name in AROUND if name in data}
    if not given and "items" not in data:
        raise Invalid.one("/items", _("What do you want to change?"), "required")
    faults: list[Fault] = []
    around, clean = {}, None
    # A date that was in time when it was given may have passed: only what is given now is checked.
    kept = {name: getattr(request, name) for name in AROUND if name != "deadline"}
    try:
        ask = check_ask(
            {**kept, **given}, publication=request.publication, today=today, organization=request.organization
        )
        around = {name: getattr(ask, name) for name in given}
    except Invalid as error:
        faults += error.faults
    if "items" in data:
        try:
            clean = check_items(
                data["items"], publication=request.publication, today=today, stored=list(request.items.all())
            )
        except Invalid as error:
            faults += error.faults
    if faults:
        raise Invalid(faults)
    return around, clean


@transaction.atomic
def reply(request: LicenseRequest, *, words: str, by: Actor = THE_PARTNER, seen: int | None = None) -> LicenseRequest:
    """Answer the desk's question; our clock runs again."""
    request = lock(request, seen=seen)
    REQUEST.check(request, "reply", by)
    message_row = say(request, words_of(words), by=by, made="reply")
    request.waiting_since = None
    move(request, "reply", by=by, fields=["waiting_since"], data={"message": message_row.pk})
    promises.resume(request, "quote")
    return request


@transaction.atomic
def withdraw(
    request: LicenseRequest, *, by: Actor = THE_PARTNER, words: str = "", seen: int | None = None
) -> LicenseRequest:
    """Ask no longer. Open quotes are canceled."""
    request = lock(request, seen=seen)
    REQUEST.check(request, "withdraw", by)
    text = words_of(words, required=False)
    data = {"message": say(request, text, by=by, made="withdraw").pk} if text else {}
    quoting.cancel_all(request)
    request.closed_at, request.waiting_since = moments.now(), None
    move(request, "withdraw", by=by, fields=["closed_at", "waiting_since"], data=data)
    promises.drop(request)
    return request


@transaction.atomic
def message(request: LicenseRequest, *, words: str, by: Actor = THE_PARTNER, internal: bool = False) -> RequestMessage:
    """Say something without changing the status.

    An internal note stays with the desk and is told to nobody. Raises `Conflict` (`too_many`) when the requester has
    written as many as one request takes.
    """
    request = lock(request)
    _require(request, by, LICENSING if internal else PARTNER, LICENSING)
    if by.actor_kind == PARTNER and request.messages.filter(author_kind=PARTNER, move="").count() >= MOST_MESSAGES:
        words = _("You have written %(most)d messages about this request. Write to the licensing desk by mail.")
        raise Conflict(words % {"most": MOST_MESSAGES}, code="too_many")
    row = say(request, words_of(words), by=by, internal=internal)
    tell(events.MESSAGED, request, by=by, data={"message": row.pk, "internal": internal})
    return row


@transaction.atomic
def confirm_contact(request: LicenseRequest) -> bool:
    """The address in the receipt is the requester's: from now on mail goes there. False when it was so
    already.

    What could not be sent while it was unconfirmed is owed again.
    """
    changed = RequesterContact.objects.filter(request=request, email_confirmed_at=None).exclude(email_encrypted="")
    if not changed.update(email_confirmed_at=timezone.now()):
        return False
    unsent = Delivery.objects.filter(
        recipient_kind="requester", recipient_key=request.reference, state=Delivery.State.CANCELED
    )
    for delivery in unsent:
        retry(delivery)
    return True


def answer_by(request: LicenseRequest) -> datetime | None:
    """The date that was promised for an answer, kept or not; None when none was needed."""
    return answers_by([request]).get(request.reference)


def answers_by(requests: Iterable[LicenseRequest]) -> dict[str, datetime]:
    """Reference → promised date, in one query."""
    rows = Promise.objects.filter(
        subject_kind=LicenseRequest.noun,
        subject_reference__in=[row.reference for row in requests],
        kind="quote",
    ).order_by("pk")
    return {row.subject_reference: row.due_at for row in rows if row.dropped_at is None}


def _checked(
    data: dict[str, Any], publication: Publication, organization: Organization | None
) -> tuple[CleanAsk, list[CleanItem]]:
    today = _today(publication)
    faults = []
    ask, items = None, None
    try:
        ask = check_ask(data, publication=publication, today=today, organization=organization)
    except Invalid as error:
        faults += error.faults
    try:
        items = check_items(data.get("items", []), publication=publication, today=today)
    except Invalid as error:
        faults += error.faults
    if ask is None or items is None:
        raise Invalid(faults)
    return ask, items


def _assessed(items: list[CleanItem], asker: Asker) -> Assessment:
    """Inside the transaction that asks: of two requests at once, the second counts what the first is given."""
    if any(is_free(item, asker.publication, asker.organization_type) for item in items):
        rows = Article.objects.select_for_update(of=("self",)).filter(pk__in=_article_ids(items))
        list(rows.order_by("pk").values_list("pk"))
    return assess(items, asker=asker, today=_today(asker.publication))


def _need_quantities(assessment: Assessment) -> None:
    """Raise `Invalid` when nothing but a quantity is missing for a price."""
    missing = [reason["item"] for reason in assessment.reasons if reason["code"] == "quantity_missing"]
    if missing and len(missing) == len(assessment.reasons):
        words = _("How many? The price depends on it.")
        raise Invalid([Fault(f"/items/{place}/quantity", words, "required") for place in missing])


def _create(
    ask: CleanAsk, items: list[CleanItem], assessment: Assessment, asker: Asker, *, by: Actor, language: str
) -> LicenseRequest:
    request = LicenseRequest.objects.create(
        reference=references.new("license_request", test=asker.test),
        publication=asker.publication,
        organization=asker.organization,
        api_key=by if isinstance(by, ApiKey) else None,
        test=asker.test,
        organization_type=ask.organization_type,
        currency=ask.currency,
        po_number=ask.po_number,
        deadline=ask.deadline,
        note=ask.note,
        end_client=ask.end_client,
        language=language,
        lane=assessment.lane,
        lane_reasons=assessment.reasons,
        desk=desk_for(asker.publication, kind=DeskKind.LICENSING, section=items[0].article.section),
        renews=asker.renews,
    )
    _add_items(request, items)
    return request


def _add_items(request: LicenseRequest, items: list[CleanItem]) -> None:
    RequestItem.objects.bulk_create(
        RequestItem(request=request, position=index, **item.columns()) for index, item in enumerate(items)
    )


def _answer_at_once(request: LicenseRequest, assessment: Assessment, *, by: Actor, consent: str = "") -> None:
    """A quote or a license from the rate card; else a date by which a person answers."""
    if assessment.lane == Lane.MANUAL:
        promises.give(request, "quote", quoting.reply_due(request.publication))
        return
    quote = quoting.draft_from_card(request, assessment)
    quoting.open_from_card(quote)
    promises.keep(request, "quote")
    if assessment.lane == Lane.FREE and (isinstance(by, ApiKey) or accepting.agrees(quote, consent)):
        accepting.accept_free(quote)
    request.refresh_from_db()


def _today(publication: Publication) -> Any:
    return moments.now().astimezone(publication.zone).date()


def _article_ids(items: list[CleanItem]) -> list[int]:
    return list(dict.fromkeys(item.article.pk for item in items))


def _require(request: LicenseRequest, by: Actor, *roles: str) -> None:
    if not by.roles_at(request.publication) & set(roles):
        raise NotAllowed(_("Your role does not include this."))
