"""For every button of both desks a record on which it is possible, and what is typed to press it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from corrections.services import agencies, destroying, entering, inquiries, legal
from corrections.services import correction as notices
from corrections.services import report as reports
from corrections.services.submitting import Draft
from newsroom.accounts.models import Publication
from newsroom.articles import using
from newsroom.articles.models import Article
from newsroom.events import planning
from newsroom.workflow import THE_CLOCK
from reprints.models import Invoice
from reprints.services import countering, deciding, invoicing, licenses, placements, quoting, updates
from tests import factories
from tests.reprints import billing
from tests.reprints import factories as make

WORDS = "Because of the source."
SENTENCE = "The council spent 1.2 million on the bridge."


@dataclass(frozen=True)
class Press:
    """The record as it is before, and the fields of the form but for the version."""

    record: Any
    fields: dict[str, Any] = field(default_factory=dict)


Table = dict[str, Callable[[], Press]]


def of_reports(world: SimpleNamespace) -> Table:
    daily = world.daily
    article = factories.make_article(daily, source_agency="Wire")
    ann = factories.make_staff(daily, "desk_editor")
    lex = factories.make_staff(daily, "legal")
    soon = timezone.localdate() + timedelta(days=2)

    def new(**more):
        return factories.make_report(daily, article, **more)

    def in_review(**more):
        return reports.take_up(new(**more), by=ann)

    def entered():
        draft = Draft(claim=WORDS, publication=daily, article=article)
        return entering.enter(draft, by=ann, channel="phone", origin="reader")

    def asking_a_colleague():
        asked = {"name": "Ann Reporter", "email": "ann@daily.example", "reply_by": soon}
        row = in_review()
        inquiries.ask_colleague(row, by=ann, words=WORDS, **asked)
        row.refresh_from_db()
        return row

    def joining(one_field):
        other = new(claim="Another one.")
        return {one_field: other.reference, "theirs": other.version, "words": WORDS}

    def ticks():
        other = new(claim="One more.")
        return {"others": [f"{other.reference}.{other.version}"], "words": WORDS}

    reason = {"reason": WORDS}
    return {
        "take_up": lambda: Press(new()),
        "release": lambda: Press(new(held_reasons=["rate"])),
        "ask": lambda: Press(in_review(), {"words": WORDS}),
        "resume": lambda: Press(reports.ask(in_review(), by=ann, words=WORDS)),
        "accept": lambda: Press(in_review(), {"words": WORDS}),
        "decline": lambda: Press(in_review(), {"code": "opinion", "words": WORDS}),
        "join": lambda: Press(in_review(), joining("other")),
        "split": lambda: Press(in_review(), {"claim": WORDS, "category": "other"}),
        "weigh": lambda: Press(in_review(), {"severity": "high"}),
        "join_here": lambda: Press(in_review(), joining("other")),
        "join_all": lambda: Press(in_review(), ticks()),
        "reopen": lambda: Press(reports.accept(in_review(), by=ann), {"words": WORDS}),
        "assign": lambda: Press(in_review(), {"to": world.staff["standards_editor"].pk}),
        "take_over": lambda: Press(in_review()),
        "refile": lambda: Press(in_review(), {"category": "spelling", "article": article.reference, "urgency": ""}),
        "wait": lambda: Press(in_review(), {"agency": "Wire", "until": soon.isoformat(), **reason}),
        "go_on": lambda: Press(agencies.wait(in_review(), by=ann, agency="Wire", reason=WORDS, until=soon)),
        "ask_colleague": lambda: Press(
            in_review(),
            {"name": "Ann Reporter", "email": "ann@daily.example", "words": WORDS, "reply_by": soon.isoformat()},
        ),
        "close_inquiry": lambda: (lambda row: Press(row, {"inquiry": row.inquiries.get().pk}))(asking_a_colleague()),
        "write_to_reader": lambda: Press(in_review(), {"words": WORDS}),
        "note": lambda: Press(in_review(), {"words": WORDS}),
        "reveal_contact": lambda: Press(in_review(), reason),
        "reveal_link": lambda: Press(entered(), reason),
        "restore": lambda: Press(reports.mark_spam(new(), by=ann)),
        "refer": lambda: Press(in_review(), reason),
        "advise": lambda: Press(legal.refer(in_review(), by=ann, reason=WORDS), {"words": WORDS}),
        "restrict": lambda: Press(in_review(), reason),
        "unrestrict": lambda: Press(legal.restrict(in_review(), by=lex, reason=WORDS), reason),
        "place_hold": lambda: Press(in_review(), reason),
        "lift_hold": lambda: Press(legal.place_hold(in_review(), by=lex, reason=WORDS), reason),
        "export": lambda: Press(in_review(), reason),
        "list_sender": lambda: Press(in_review(), {"kind": "domain", "days": 30, **reason}),
        "mark_spam": lambda: Press(new()),
    }


def of_corrections(world: SimpleNamespace) -> Table:
    daily = world.daily
    article, other = (factories.make_article(daily) for _ in range(2))
    ann = factories.make_staff(daily, "desk_editor")
    vera = factories.make_staff(daily, "standards_editor")
    lex = factories.make_staff(daily, "legal")

    def notice(status="draft", **words):
        return factories.make_correction(article=article, by=ann, status=status, **words)

    def with_a_warning():
        row = notices.start(daily, by=ann, articles=[article])
        row = notices.edit(row, by=ann, text="Sorry, it was 1.45 million.", not_fixed_reason="Print only.")
        return Press(row, {"code": row.unanswered()[0].code, "words": WORDS})

    def suppressed():
        return notices.suppress(notice("published"), by=lex, words="Order 12 of the court.")

    def doomed():
        return destroying.propose_destroy(suppressed(), by=lex, words="Order 12 of the court.")

    def fixed():
        row = notice()
        number = factories.revise(article, body="The council spent 1.45 million on the bridge.").number
        return Press(row, {"article": article.pk, "revision": number})

    def two_articles():
        return notices.name_article(notice(), by=ann, article=other)

    words = {"words": WORDS}
    return {
        "edit": lambda: Press(
            notice(), {"kind": "correction", "severity": "high", "text": WORDS, "not_fixed_reason": "Print only."}
        ),
        "name_article": lambda: Press(notice(), {"article": other.reference}),
        "name_all_articles": lambda: Press(notice(original_text=SENTENCE)),
        "drop_article": lambda: Press(two_articles(), {"article": other.pk}),
        "see_fix": fixed,
        "leave_unchanged": lambda: Press(notice(), {"article": article.pk, "reason": WORDS}),
        "answer_warning": with_a_warning,
        "send_for_approval": lambda: Press(notice()),
        "publish": lambda: Press(notice("awaiting_approval")),
        "return_to_draft": lambda: Press(notice("awaiting_approval"), words),
        "publish_urgent": lambda: Press(notice(), words),
        "review": lambda: Press(notices.publish_urgent(notice(), by=vera, words=WORDS)),
        "place": lambda: Press(notice("published"), {"where": "article_foot", "url": article.url}),
        "discard": lambda: Press(notice()),
        "suppress": lambda: Press(notice("published"), words),
        "propose_destroy": lambda: Press(suppressed(), words),
        "keep": lambda: Press(doomed(), words),
        "destroy": lambda: Press(doomed()),
        "unsuppress": lambda: Press(suppressed(), words),
    }


def of_requests(world: SimpleNamespace) -> Table:
    daily, partner = world.daily, world.owner
    article = make.make_article(daily)
    ann = factories.make_staff(daily, "licensing_editor")

    def submitted():
        return make.make_request(daily, article, organization=partner, by=world.key, exclusivity="media")

    def in_review():
        return deciding.take_up(submitted(), by=ann)

    def asked():
        return deciding.ask(in_review(), by=ann, words=WORDS)

    def quotable():
        row = in_review()
        item = row.items.get()
        fields = {"price_0": "250.00", "reason_0": WORDS, "valid_days": 30, "exclusions_confirmed": "on"}
        fields |= {"territory_0": ", ".join(item.territory), "ends_on_0": item.ends_on.isoformat()}
        return Press(row, fields)

    words = {"words": WORDS}
    return {
        "take_up": lambda: Press(submitted()),
        "draft_quote": quotable,
        "ask": lambda: Press(in_review(), words),
        "resume": lambda: Press(asked()),
        "message": lambda: Press(in_review(), words),
        "note": lambda: Press(in_review(), words),
        "reveal_contact": lambda: Press(world.asked, {"reason": WORDS}),
        "assign": lambda: Press(in_review(), {"to": world.staff["licensing_editor"].pk}),
        "reopen": lambda: Press(deciding.lapse(asked(), by=THE_CLOCK)),
        "redirect": lambda: Press(in_review(), words),
        "decline": lambda: Press(in_review(), {"code": "legal", **words}),
    }


def of_quotes(world: SimpleNamespace) -> Table:
    daily, partner = world.daily, world.owner
    article = make.make_article(daily)
    ann = factories.make_staff(daily, "licensing_editor")

    def drafted(price):
        request = make.make_request(daily, article, organization=partner, by=world.key, exclusivity="media")
        lines = [quoting.Line(row, price=Decimal(price), override_reason=WORDS) for row in request.items.all()]
        return quoting.draft(request, by=ann, lines=lines, exclusions_confirmed=True)

    def proposed():
        row = drafted(5000)
        quoting.propose(row, by=ann)
        row.refresh_from_db()
        return row

    def countered():
        row = make.make_request(daily, article, organization=partner, by=world.key).quotes.get()
        countering.counter(row, by=world.key, amount=row.net / 2, words=WORDS)
        row.refresh_from_db()
        return row

    return {
        "open": lambda: Press(drafted(250)),
        "propose": lambda: Press(drafted(5000)),
        "approve": lambda: Press(proposed(), {"reason": WORDS}),
        "requote": lambda: Press(countered()),
        "stand": lambda: Press(countered(), {"words": WORDS}),
        "cancel": lambda: Press(drafted(250), {"words": WORDS}),
    }


def of_licenses(world: SimpleNamespace) -> Table:
    daily, partner = world.daily, world.owner
    article = make.make_article(daily)
    ann = factories.make_staff(daily, "licensing_editor")
    ending = {"reason": "breach", "words": WORDS}
    pausing = {"reason": "suspected_breach", "words": WORDS}

    def active():
        return make.make_license(daily, article, organization=partner, by=world.key)

    def paid_while_withheld():
        prepaying = make.make_organization(payment_terms="prepay")
        own = make.make_article(daily)
        row = make.make_license(daily, own, organization=prepaying)
        Article.objects.filter(pk=own.pk).update(desk_status="withheld")
        make.pay_for(row, by=ann)
        Article.objects.filter(pk=own.pk).update(desk_status="usable")
        return type(row).objects.get(pk=row.pk)

    def condemned():
        row = active()
        licenses.propose_revoke(row, by=ann, **ending)
        row.refresh_from_db()
        return row

    def placed():
        row = active()
        placements.declare(row, urls=["https://partner.example/story"], by=ann)
        row.refresh_from_db()
        return row

    return {
        "issue": lambda: Press(paid_while_withheld()),
        "suspend": lambda: Press(active(), pausing),
        "reinstate": lambda: Press(licenses.suspend(active(), by=ann, **pausing)),
        "see_placement": lambda: Press(placed(), {"url": "https://partner.example/story"}),
        "terminate": lambda: Press(active(), {"words": WORDS}),
        "propose_revoke": lambda: Press(active(), ending),
        "revoke": lambda: Press(condemned(), {**ending, "hours": 48}),
    }


def of_update_notices(world: SimpleNamespace) -> Table:
    daily, partner = world.daily, world.owner

    def opened():
        article = make.make_article(daily)
        row = make.make_license(daily, article, organization=partner, by=world.key)
        factories.make_correction(article=article, status="published")
        planning.plan_due()
        return row.update_notices.get()

    def acknowledged():
        return updates.acknowledge(opened(), by=world.key, action="appended")

    return {
        "acknowledge": lambda: Press(opened(), {"action": "appended"}),
        "remind": lambda: Press(opened()),
        "verify": lambda: Press(acknowledged()),
        "escalate": lambda: Press(opened()),
        "waive": lambda: Press(opened(), {"words": WORDS}),
    }


def of_invoices(world: SimpleNamespace) -> Table:
    daily = world.daily
    ann = factories.make_staff(daily, "licensing_editor")
    taxed = {"treatment": "domestic", "rate": Decimal(19), "words": WORDS}
    buyer = {"address": "2 Partner Road\nHamburg", "country": "DE", "vat_id": ""}

    def owed(**settings):
        """An invoice of a house that writes its own: issued at once, unless its tax is decided by hand."""
        about = {"legal_entity": "Daily Press GmbH", "legal_address": "1 Press Street", "vat_id": "DE136695976"}
        Publication.objects.filter(pk=daily.pk).update(settings={**billing.SETTINGS, **settings}, **about)
        daily.refresh_from_db()
        return billing.owed(daily)

    def order():
        row = make.make_license(daily, make.make_article(daily), organization=world.owner, by=world.key)
        return Invoice.objects.get(quote=row.quote)

    return {
        "prepare": lambda: Press(owed(tax={}), {**buyer, **taxed}),
        "issue": lambda: Press(invoicing.prepare(owed(tax={}), by=ann, buyer=buyer, **taxed)),
        "enter_number": lambda: Press(order(), {"number": "ERP-4711"}),
        "pay": lambda: Press(owed(), {"reference": "bank 1"}),
        "credit": lambda: Press(owed(), {"words": WORDS}),
        "write_off": lambda: Press(owed(), {"words": WORDS}),
    }


def of_articles(world: SimpleNamespace) -> Table:
    daily = world.daily
    lex = factories.make_staff(daily, "legal")
    reason = {"reason": WORDS}

    def usable():
        return factories.make_article(daily)

    return {
        "withhold": lambda: Press(usable(), reason),
        "release": lambda: Press(using.withhold(usable(), by=lex, **reason), reason),
        "remove": lambda: Press(usable(), reason),
    }


TABLES: dict[str, Callable[[SimpleNamespace], Table]] = {
    "articles/article": of_articles,
    "corrections/report": of_reports,
    "corrections/correction": of_corrections,
    "reprints/licenserequest": of_requests,
    "reprints/quote": of_quotes,
    "reprints/license": of_licenses,
    "reprints/updatenotice": of_update_notices,
    "reprints/invoice": of_invoices,
}
