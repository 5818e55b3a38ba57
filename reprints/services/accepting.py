"""From a quote to licenses: one locked transaction with every guard."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsroom import references
from newsroom.accounts.models import Contact, Organization
from newsroom.articles.models import Article
from newsroom.errors import Conflict, Invalid, NotAllowed, Stale
from newsroom.events import promises, sealed
from newsroom.workflow import THE_LOG, THE_PARTNER, Actor
from reprints import moments, pricing
from reprints.models import License, LicenseRequest, Quote, QuoteLine
from reprints.services import buyers, exclusive, invoicing, issuing
from reprints.services.lanes import article_reasons, articles_with_accepted_report
from reprints.services.moving import lock_quote, move
from reprints.services.snapshots import snapshot_of
from reprints.workflow import QUOTE, LicenseStatus, QuoteStatus, RequestStatus

REFUSALS = {
    "not_usable": gettext_lazy("This article may not be used at present: its status changed since the quote."),
    "embargo": gettext_lazy("This article is under embargo."),
    "open_report": gettext_lazy("An error in this article is being corrected: the desk will confirm the quote."),
}
"""What is asked again at accept. The rights themselves were decided by whoever sent the quote."""


@transaction.atomic
def accept(
    quote: Quote,
    *,
    by: Actor = THE_PARTNER,
    terms_sha256: str,
    signatory: str = "",
    seen: int | None = None,
) -> Quote:
    """Agree to the quote and issue one license per line (`quote.licenses`).

    `signatory` is the mail address or name of a contact of the organization who may sign; a web requester's
    own name. Already accepted with the same `terms_sha256`: the same answer again, whatever was `seen`.
    Raises `Stale`, `Conflict` (`expired`, `terms_changed`, `not_usable`, `embargo`, `open_report`,
    `exclusivity_clash`, `blocked_organization`, `billing_missing`,
    `term_over`), `NotAllowed` or `Invalid`; nothing is written then.
    """
    quote = lock_quote(quote)
    if quote.status == QuoteStatus.ACCEPTED and terms_sha256 == _terms_of(quote):
        if not QUOTE.transitions["accept"].who & by.roles_at(quote.publication):
            raise NotAllowed(_("Your role does not include this."))
        return quote
    if seen is not None and quote.version != seen:
        raise Stale(_("The quote changed since you read it. Read it again before you accept it."))
    QUOTE.check(quote, "accept", by)
    request = quote.request
    _check(quote, request, terms_sha256)
    signed = _signatory(quote, signatory)
    return _agree(quote, request, by=by, signatory=signed, typed=signatory if signed is None else "")


def agrees(quote: Quote, terms_sha256: str) -> bool:
    """Whether these are the terms of the quote."""
    return bool(terms_sha256) and terms_sha256 == _terms_of(quote)


def accept_free(quote: Quote) -> Quote:
    """The free lane: whoever asked agreed to the terms of the quote with the request. Inside a transaction."""
    quote = lock_quote(quote)
    return _agree(quote, quote.request, by=THE_LOG, signatory=None, typed="")


def _agree(quote: Quote, request: LicenseRequest, *, by: Actor, signatory: Contact | None, typed: str) -> Quote:
    now = moments.now()
    prepay = quote.net > 0 and (quote.organization is None or quote.organization.payment_terms == "prepay")
    quote.accepted_at, quote.signatory, quote.signatory_encrypted = now, signatory, sealed.seal(typed)
    issued = [_license(line, quote, request) for line in quote.lines.select_related("article__publication", "quote")]
    numbers = [row.reference for row in issued]
    request.waiting_since = None
    move(
        quote,
        "accept",
        by=by,
        fields=["accepted_at", "signatory", "signatory_encrypted"],
        data={
            "licenses": numbers,
            "terms_sha256": _terms_of(quote),
            "signatory": signatory.pk if signatory else None,
        },
    )
    move(request, "agree", by=THE_LOG, fields=["waiting_since"], data={"quote": quote.reference})
    promises.drop(request, "quote")
    for row in issued:
        if not prepay:
            issuing.begin(row, by=THE_LOG)
    if not prepay:
        request.closed_at = now
        move(request, "fulfill", by=THE_LOG, fields=["closed_at"], data={"licenses": numbers})
    invoicing.bill(quote)
    quote.request = request
    return quote


def _license(line: QuoteLine, quote: Quote, request: LicenseRequest) -> License:
    granted = line.granted
    number = references.new("license", test=quote.test)
    return License.objects.create(
        reference=number,
        publication=quote.publication,
        organization=quote.organization,
        request=request,
        quote=quote,
        line=line,
        article=line.article,
        status=LicenseStatus.PENDING_PAYMENT,
        snapshot=snapshot_of(line, number=number, at=quote.accepted_at),
        use=granted["use"],
        territory=granted["territory"],
        exclusivity=granted["exclusivity"],
        starts_on=date.fromisoformat(granted["starts_on"]),
        ends_on=date.fromisoformat(granted["ends_on"]) if granted["ends_on"] else None,
        perpetual=granted["perpetual"],
        archival=quote.terms is not None and granted["use"] in quote.terms.archival_uses,
        renews=request.renews,
        test=quote.test,
    )


def _check(quote: Quote, request: LicenseRequest, terms_sha256: str) -> None:
    if quote.is_expired():
        raise Conflict(_("This quote has expired. Ask for a new one."), code="expired")
    if terms_sha256 != _terms_of(quote):
        raise Conflict(_("These are not the terms of this quote. Read it again."), code="terms_changed")
    if quote.organization is not None and quote.organization.blocked:
        raise Conflict(_("Please speak to the licensing desk first."), code="blocked_organization")
    if lacking := buyers.missing(quote):
        raise Conflict(" ".join(str(buyers.NEEDED[name]) for name in lacking), code="billing_missing")
    if request.status != RequestStatus.QUOTED:
        raise Conflict(_("The request is “%(status)s”.") % {"status": request.get_status_display()})
    lines = list(quote.lines.select_related("quote__request__renews", "quote__publication", "quote__organization"))
    # Locked, so that neither a hold nor an exclusive grant can slip in between the check and the license.
    locked = Article.objects.select_for_update(of=("self",)).filter(pk__in=[line.article_id for line in lines])
    articles = {article.pk: article for article in locked.order_by("pk")}
    reported = articles_with_accepted_report({line.article_id for line in lines})
    for line in lines:
        for code in article_reasons(articles[line.article_id], reported=reported):
            if code in REFUSALS:
                raise Conflict(str(REFUSALS[code]), code=code)
        if line.granted["ends_on"] and line.granted["ends_on"] < request.day().isoformat():
            raise Conflict(_("The last day of what it grants is over. Ask for other dates."), code="term_over")
    exclusive.refuse_clash(lines, to_desk=False)
    _check_credit(quote)


def _check_credit(quote: Quote) -> None:
    """On account: what is open and this quote together stay within the limit. Sums of other currencies count apart."""
    organization = quote.organization
    if organization is None or organization.credit_limit is None or organization.payment_terms == "prepay":
        return
    # Locked, so that two acceptances at once cannot both fit into what is left.
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    limit, already = organization.credit_limit, invoicing.open_sum(organization, quote.currency, test=quote.test)
    if limit is None or already + quote.gross <= limit:
        return
    said = {
        "open": pricing.plain(already, quote.currency),
        "sum": pricing.plain(quote.gross, quote.currency),
        "limit": pricing.plain(limit, quote.currency),
        "currency": quote.currency,
    }
    raise Conflict(
        _(
            "This quote of %(sum)s %(currency)s and %(open)s %(currency)s that are not paid yet exceed your credit"
            " limit of %(limit)s %(currency)s. Pay an open invoice, or speak to the licensing desk."
        )
        % said,
        code="over_credit",
    )


def _signatory(quote: Quote, text: str) -> Contact | None:
    """The contact who may sign for the organization; None for a web requester, whose typed name is kept."""
    text = text.strip()
    if quote.organization is None:
        if not text:
            raise Invalid.one("/signatory", _("Who agrees? Please give your name."), "required")
        return None
    if not text:
        raise Invalid.one("/signatory", _("Name the contact who signs."), "required")
    contacts = quote.organization.contacts.filter(is_active=True)
    found = contacts.filter(email__iexact=text).first() or contacts.filter(name__iexact=text).first()
    if found is None or not found.is_signatory:
        raise NotAllowed(_("This contact may not sign for your organization."), code="not_a_signatory")
    return found


def _terms_of(quote: Quote) -> str:
    return quote.terms.sha256 if quote.terms else ""
