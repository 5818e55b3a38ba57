"""Every guard of the licensing desk in one table: who is refused what, in which words a program can read.

Each row arranges a desk where all is well but one thing, makes the move, and is refused; nothing is written then.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import Model
from django.utils import timezone

from newsroom import references
from newsroom.accounts.models import Publication, User
from newsroom.articles.models import Article
from newsroom.errors import DomainError
from newsroom.events import planning
from newsroom.workflow import THE_CLOCK, THE_PARTNER
from reprints.services import (
    accepting,
    asking,
    deciding,
    invoicing,
    licenses,
    payments,
    placements,
    quoting,
    updates,
)
from reprints.workflow import QUOTE, REQUEST
from tests.kept import again, made_once
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db


@dataclass
class Desk:
    """A publication with an article, an editor and a manager; and what stands there before the move. `stock` has one
    of what most rows of the table begin with.
    """

    publication: Publication
    article: Article
    editor: User
    manager: User
    stock: dict[str, Model] = field(default_factory=dict)

    def from_stock(self, name, otherwise):
        return again(self.stock.pop(name)) if name in self.stock else otherwise()

    def asked(self):
        return self.from_stock("asked", self.ask)

    def offer(self, **organization):
        return self.make_offer(**organization) if organization else self.from_stock("offer", self.make_offer)

    def held(self, **organization):
        return self.license(**organization) if organization else self.from_stock("held", self.license)

    def told(self):
        return self.from_stock("told", self.tell)

    def ask(self):
        """A request that a person must answer, taken up."""
        request = make.make_request(self.publication, self.article, exclusivity="media")
        return deciding.take_up(request, by=self.editor)

    def waiting(self):
        return deciding.ask(self.asked(), by=self.editor, words="Which edition?")

    def draft(self, **line):
        request = self.asked()
        given = quoting.Line(item=request.items.get(), **line)
        return quoting.draft(request, by=self.editor, lines=[given], exclusions_confirmed=True)

    def make_offer(self, **organization):
        """An open quote of the priced lane."""
        partner = make.make_organization(**organization)
        return make.make_request(self.publication, self.article, organization=partner).quotes.get()

    def license(self, **organization):
        """A license for an article of its own, which stands in the way of no exclusive one."""
        partner = make.make_organization(**organization)
        return make.make_license(self.publication, make.make_article(self.publication), organization=partner)

    def tell(self):
        """A notice about a correction of what somebody holds."""
        held = self.license()
        event = make.happened("correction.published", held.article)
        planning.plan(event.pk)
        return held.update_notices.get()

    def order(self):
        return self.held().quote.invoices.get()

    def numbered(self):
        return invoicing.enter_number(self.order(), by=self.editor, number="ERP-1")


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    def build():
        publication = make.make_publication()
        desk = Desk(
            publication,
            make.make_article(publication),
            make.make_staff(publication, "licensing_editor"),
            make.make_staff(publication, "licensing_manager"),
        )
        desk.stock = {"asked": desk.ask(), "offer": desk.make_offer(), "held": desk.license(), "told": desk.tell()}
        return desk

    yield from made_once(django_db_blocker, build)


@pytest.fixture
def desk(built, db):
    rows = (again(row) for row in (built.publication, built.article, built.editor, built.manager))
    return Desk(*rows, stock=dict(built.stock))


def accept(quote, **values):
    signatory = make.signatory_of(quote.organization) if quote.organization else ""
    given = {"terms_sha256": quote.terms.sha256, "signatory": signatory, "by": THE_PARTNER, **values}
    return lambda: accepting.accept(quote, **given)


def submit(desk, **values):
    partner, row = make.make_organization(), make.item(desk.article)
    row |= values
    return lambda: asking.submit({"items": [row]}, publication=desk.publication, organization=partner)


def changed(row, **values):
    type(row).objects.filter(pk=row.pk).update(**values)
    return type(row).objects.get(pk=row.pk)


def lapsed(desk, days):
    request = deciding.lapse(desk.waiting(), by=THE_CLOCK)
    return changed(request, closed_at=timezone.now() - timedelta(days=days))


def rival(desk):
    """A draft for what someone else got exclusively meanwhile."""
    mine, theirs = desk.draft(price=Decimal(90), override_reason="Agreed."), desk.asked()
    won = quoting.open(quoting.draft(theirs, by=desk.editor, exclusions_confirmed=True), by=desk.editor)
    accept(won)()
    return mine


def with_photo(desk):
    changed(desk.article, components=[{"kind": "photo", "credit": "AP", "licensable": False}])
    return quoting.draft(desk.asked(), by=desk.editor)


def proposed(desk, by):
    held = desk.held()
    licenses.propose_revoke(held, by=by, reason="breach", words="Sold on.")
    return held


def credit_used_up(desk):
    partner = make.make_organization(credit_limit=Decimal("299.99"))
    make.make_license(desk.publication, desk.article, organization=partner)
    return make.make_request(desk.publication, desk.article, organization=partner).quotes.get()


def cheap(desk):
    return desk.draft(price=Decimal("104.99"), override_reason="Agreed.")


def invoiced_here(desk):
    desk.publication.settings = {**desk.publication.settings, "invoicing": "builtin"}
    desk.publication.save()
    return desk.offer(address="")


def over(desk):
    """An open quote for days that passed meanwhile."""
    quote = desk.offer()
    line = quote.lines.get()
    line.granted = {**line.granted, "starts_on": "2020-01-01", "ends_on": "2020-01-31"}
    line.save()
    return quote


def suspended(desk):
    held = desk.held()
    return licenses.suspend(held, by=desk.editor, reason="suspected_breach", words="Explain.")


REVOKE = {"reason": "breach", "words": "Sold on.", "remove_within": timedelta(days=2)}


def call(function, *args, **values):
    return lambda: function(*args, **values)


def gone(desk):
    return make.make_article(desk.publication, desk_status="canceled")


def nobody(desk):
    return lambda: asking.submit({"items": [make.item(desk.article)]}, publication=desk.publication)


def priced(desk):
    return desk.draft(price=Decimal(90), override_reason="Agreed.")


def unpriced(desk):
    quote = priced(desk)
    quote.lines.update(price=None)
    return quote


def free(desk):
    quote = priced(desk)
    quote.lines.update(price=0, override_reason="")
    return quote


def cheaper(desk):
    request = make.make_request(desk.publication, desk.article)
    lines = [quoting.Line(item=request.items.get(), price=Decimal(1))]
    return call(quoting.draft, request, by=desk.editor, lines=lines)


def barred(table, name, row, by):
    return lambda: table.check(row, name, by)


def drafted_long_ago(desk):
    return changed(priced(desk), valid_until=timezone.now())


def for_longer(desk):
    return changed(priced(desk), valid_until=timezone.now() + timedelta(days=91))


def dear(desk):
    return desk.draft(price=Decimal("1000.01"), override_reason="Agreed.")


def granting(desk, **values):
    """A draft whose line grants what nobody could have typed."""
    quote = priced(desk)
    line = quote.lines.get()
    changed(line, granted={**line.granted, **values})
    return quote


def offering(desk, **granted):
    request = desk.asked()
    lines = [quoting.Line(item=request.items.get(), granted=granted)]
    return call(quoting.draft, request, by=desk.editor, lines=lines)


def without_lines(desk):
    return quoting.draft(desk.asked(), by=desk.editor, lines=[])


def of_an_article_on_hold(desk):
    quote = priced(desk)
    changed(desk.article, desk_status="withheld")
    return quote


def dear_by_a_manager(desk):
    request = make.make_request(desk.publication, desk.article, exclusivity="media")
    lines = [quoting.Line(item=request.items.get(), price=Decimal(5000), override_reason="Agreed.")]
    quote = quoting.draft(request, by=desk.manager, lines=lines)
    quoting.propose(quote, by=desk.editor)
    return quote


def of_an_embargo(desk):
    quote = desk.offer()
    changed(desk.article, embargoed_until=timezone.now() + timedelta(days=1))
    return quote


def of_a_reported(desk):
    quote = desk.offer()
    make.happened("report.accepted", desk.article, subject=Told(desk.publication))
    return quote


class Told:
    """A report, as the licensing desk knows one: by its reference."""

    noun = "report"

    def __init__(self, publication):
        self.publication = publication
        self.reference = references.new("report")


def of_what_a_rival_won(desk):
    """An open quote of the card, and an exclusive license that somebody else got since."""
    quote = desk.offer()
    theirs = quoting.draft(desk.asked(), by=desk.editor, exclusions_confirmed=True)
    accept(quoting.open(theirs, by=desk.editor))()
    return quote


def too_late(desk):
    return changed(desk.offer(), valid_until=timezone.now() - timedelta(seconds=1))


def of_a_hold(desk):
    quote = desk.offer()
    changed(desk.article, desk_status="withheld")
    return quote


def of_a_blocked(desk):
    quote = desk.offer()
    changed(quote.organization, blocked=True)
    return changed(quote, note="")


def renewing(desk):
    row = desk.held()
    licenses.renew(row)
    return row


def answered(desk):
    return updates.acknowledge(desk.told(), action="removed")


def taken_number(desk):
    desk.numbered()
    return call(invoicing.enter_number, desk.order(), by=desk.editor, number="ERP-1")


def waiting_license(desk):
    return desk.held(payment_terms="prepay")


def codes_of(error):
    return [fault.code for fault in getattr(error, "faults", [])] or [error.code]


GUARDS = [
    # LicenseRequest
    ("submit: the article is known", "unknown_article", lambda d: submit(d, article_url="https://elsewhere.example/x")),
    ("submit: the article stands", "not_usable", lambda d: submit(d, article_url=gone(d).url)),
    ("submit: what the use needs is there", "required", lambda d: submit(d, quantity=None)),
    ("submit: a requester can be reached", "required", lambda d: nobody(d)),
    ("take_up: by the desk", "not_allowed", lambda d: barred(REQUEST, "take_up", d.asked(), THE_PARTNER)),
    ("take_up: once", "conflict", lambda d: call(deciding.take_up, d.asked(), by=d.editor)),
    ("ask: with a question", "required", lambda d: call(deciding.ask, d.asked(), by=d.editor, words="  ")),
    ("reply: with words", "required", lambda d: call(asking.reply, d.waiting(), words="")),
    ("reply: to a question only", "conflict", lambda d: call(asking.reply, d.asked(), words="The first.")),
    ("quote: by the log alone", "not_allowed", lambda d: barred(REQUEST, "quote", d.asked(), d.editor)),
    (
        "decline: with a code",
        "unknown_value",
        lambda d: call(deciding.decline, d.asked(), by=d.editor, code="no", words="No."),
    ),
    (
        "decline: with words",
        "required",
        lambda d: call(deciding.decline, d.asked(), by=d.editor, code="legal", words=""),
    ),
    ("redirect: names the owner", "required", lambda d: call(deciding.redirect, d.asked(), by=d.editor, words="")),
    ("resume: never beside an open quote", "blocked", lambda d: call(deciding.resume, d.offer().request, by=d.editor)),
    ("withdraw: not after the acceptance", "conflict", lambda d: call(asking.withdraw, d.held().request)),
    (
        "edit: not after the acceptance",
        "conflict",
        lambda d: call(asking.edit, d.held().request, {"items": [make.item(d.article)]}),
    ),
    ("lapse: by the clock alone", "not_allowed", lambda d: call(deciding.lapse, d.waiting(), by=d.editor)),
    ("reopen: within 30 days", "blocked", lambda d: call(deciding.reopen, lapsed(d, 31), by=THE_PARTNER)),
    # Quote
    ("open: every line has a price", "required", lambda d: call(quoting.open, unpriced(d), by=d.editor)),
    ("open: free of charge has a reason", "required", lambda d: call(quoting.open, free(d), by=d.editor)),
    ("open: another price has a reason", "required", cheaper),
    ("open: exclusions are confirmed", "required", lambda d: call(quoting.open, with_photo(d), by=d.editor)),
    (
        "open: tax is decided",
        "required",
        lambda d: call(quoting.open, changed(priced(d), tax_treatment=""), by=d.editor),
    ),
    ("open: terms are pinned", "required", lambda d: call(quoting.open, changed(priced(d), terms=None), by=d.editor)),
    ("open: valid for 90 days at most", "too_large", lambda d: call(quoting.open, for_longer(d), by=d.editor)),
    ("open: not after its last day", "past_date", lambda d: call(quoting.open, drafted_long_ago(d), by=d.editor)),
    ("draft: in countries that there are", "unknown_country", lambda d: offering(d, territory=["ATLANTIS"])),
    ("draft: in some country", "required", lambda d: offering(d, territory=[])),
    ("draft: a use that there is", "unknown_use", lambda d: offering(d, use="rent")),
    ("draft: a member that there is", "unknown_member", lambda d: offering(d, color="red")),
    ("draft: a passage for a quotation", "required", lambda d: offering(d, portion="quote")),
    ("open: at least one line", "required", lambda d: call(quoting.open, without_lines(d), by=d.editor)),
    ("open: the territory is named", "required", lambda d: call(quoting.open, granting(d, territory=[]), by=d.editor)),
    (
        "open: what is granted can be meant",
        "unknown_country",
        lambda d: call(quoting.open, granting(d, territory=["ATLANTIS"]), by=d.editor),
    ),
    ("open: an end is named", "required", lambda d: call(quoting.open, granting(d, ends_on=None), by=d.editor)),
    (
        "open: the end is after the beginning",
        "reversed_dates",
        lambda d: call(quoting.open, granting(d, starts_on="2030-02-02", ends_on="2030-02-01"), by=d.editor),
    ),
    (
        "open: the term is not over",
        "past_date",
        lambda d: call(quoting.open, granting(d, starts_on="2020-01-01", ends_on="2020-12-31"), by=d.editor),
    ),
    (
        "open: the article may be used",
        "not_usable",
        lambda d: call(quoting.open, of_an_article_on_hold(d), by=d.editor),
    ),
    (
        "open: says how it is taxed",
        "required",
        lambda d: call(quoting.open, changed(priced(d), tax_treatment="manual"), by=d.editor),
    ),
    (
        "approve: by a second person",
        "not_allowed",
        lambda d: call(quoting.approve, dear_by_a_manager(d), by=d.manager),
    ),
    ("open: within the editor's limit", "needs_approval", lambda d: call(quoting.open, dear(d), by=d.editor)),
    ("open: not too far below the rate card", "needs_approval", lambda d: call(quoting.open, cheap(d), by=d.editor)),
    ("open: no exclusive grant in the way", "exclusivity_clash", lambda d: call(quoting.open, rival(d), by=d.editor)),
    ("open: by who saw this version", "stale", lambda d: call(quoting.open, priced(d), by=d.editor, seen=99)),
    ("accept: not by the desk", "not_allowed", lambda d: accept(d.offer(), by=d.editor)),
    ("accept: who pays is known", "billing_missing", lambda d: accept(invoiced_here(d))),
    ("accept: before its last day is over", "term_over", lambda d: accept(over(d))),
    ("accept: in time", "expired", lambda d: accept(too_late(d))),
    ("accept: the terms that were read", "terms_changed", lambda d: accept(d.offer(), terms_sha256="0" * 64)),
    ("accept: the version that was read", "stale", lambda d: accept(d.offer(), seen=99)),
    ("accept: by who may sign", "not_a_signatory", lambda d: accept(d.offer(), signatory="Req Uester")),
    ("accept: the article may be used", "not_usable", lambda d: accept(of_a_hold(d))),
    ("accept: not under embargo", "embargo", lambda d: accept(of_an_embargo(d))),
    ("accept: not while an error is being corrected", "open_report", lambda d: accept(of_a_reported(d))),
    ("accept: nobody else got it exclusively", "exclusivity_clash", lambda d: accept(of_what_a_rival_won(d))),
    ("accept: the organization is not blocked", "blocked_organization", lambda d: accept(of_a_blocked(d))),
    ("accept: within the credit limit, open sums included", "over_credit", lambda d: accept(credit_used_up(d))),
    ("accept: once", "conflict", lambda d: accept(d.held().quote, terms_sha256="0" * 64)),
    ("decline: an open one", "conflict", lambda d: call(quoting.decline, d.held().quote)),
    ("cancel: with words", "required", lambda d: call(quoting.cancel, d.offer(), by=d.editor, words="")),
    ("supersede: by the log alone", "not_allowed", lambda d: barred(QUOTE, "supersede", d.offer(), d.editor)),
    # License
    ("issue: paid first", "unpaid", lambda d: call(licenses.issue, waiting_license(d), by=d.editor)),
    (
        "suspend: with a known reason",
        "unknown_value",
        lambda d: call(licenses.suspend, d.held(), by=d.editor, reason="mood", words="Stop."),
    ),
    (
        "suspend: with words",
        "required",
        lambda d: call(licenses.suspend, d.held(), by=d.editor, reason="suspected_breach", words=""),
    ),
    ("reinstate: by the desk", "not_allowed", lambda d: call(licenses.reinstate, suspended(d), by=THE_PARTNER)),
    ("revoke: proposed before", "needs_proposal", lambda d: call(licenses.revoke, d.held(), by=d.manager, **REVOKE)),
    (
        "revoke: by a manager",
        "not_allowed",
        lambda d: call(licenses.revoke, proposed(d, d.manager), by=d.editor, **REVOKE),
    ),
    (
        "revoke: by a second person",
        "not_allowed",
        lambda d: call(licenses.revoke, proposed(d, d.manager), by=d.manager, **REVOKE),
    ),
    ("terminate: with words", "required", lambda d: call(licenses.terminate, d.held(), words="")),
    ("renew: once", "renewing", lambda d: call(licenses.renew, renewing(d))),
    ("renew: what has not been taken away", "conflict", lambda d: call(licenses.renew, suspended(d))),
    (
        "placements: of a license that was in force",
        "conflict",
        lambda d: call(placements.declare, waiting_license(d), urls=[]),
    ),
    # UpdateNotice
    ("acknowledge: a known action", "unknown_value", lambda d: call(updates.acknowledge, d.told(), action="ignored")),
    (
        "acknowledge: replaced by a text that is there",
        "no_revision",
        lambda d: call(updates.acknowledge, d.told(), action="replaced"),
    ),
    (
        "acknowledge: a web address",
        "bad_url",
        lambda d: call(updates.acknowledge, d.told(), action="removed", url="javascript:1"),
    ),
    ("acknowledge: once", "conflict", lambda d: call(updates.acknowledge, answered(d), action="removed")),
    ("verify: what was answered", "conflict", lambda d: call(updates.verify, d.told(), by=d.editor)),
    ("waive: by the desk", "not_allowed", lambda d: call(updates.waive, d.told(), by=THE_PARTNER, words="No.")),
    ("waive: with words", "required", lambda d: call(updates.waive, d.told(), by=d.editor, words="")),
    # Invoice
    ("draft: an accepted quote", "not_accepted", lambda d: call(invoicing.draft_for, d.offer())),
    (
        "issue: not here where the accounting system writes",
        "external",
        lambda d: call(invoicing.issue, d.order(), by=d.editor),
    ),
    ("number: once", "duplicate", taken_number),
    (
        "pay: with the bank's reference",
        "required",
        lambda d: call(payments.pay, d.numbered(), by=d.editor, reference=""),
    ),
    (
        "pay: no more than is owed",
        "too_large",
        lambda d: call(payments.pay, d.numbered(), by=d.editor, reference="b", amount=Decimal(10**6)),
    ),
    ("credit: with words", "required", lambda d: call(payments.credit, d.numbered(), by=d.editor, words="")),
    ("credit: what was issued", "conflict", lambda d: call(payments.credit, d.order(), by=d.editor, words="Wrong.")),
    (
        "write_off: by a manager",
        "not_allowed",
        lambda d: call(payments.write_off, d.numbered(), by=d.editor, words="Lost."),
    ),
]


@pytest.mark.parametrize(("code", "arrange"), [row[1:] for row in GUARDS], ids=[row[0] for row in GUARDS])
def test_guard(desk, code, arrange):
    move = arrange(desk)
    before = make.rows()
    with pytest.raises(DomainError) as refused:
        move()
    assert code in codes_of(refused.value)
    assert make.rows() == before
