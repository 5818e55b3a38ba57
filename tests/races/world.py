"""Records in each status that has moves, and the moves that are possible there, as calls that state a version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from corrections.services import correction as notices
from corrections.services import report as reports
from newsroom.events import planning
from newsroom.workflow import THE_CLOCK
from reprints.services import accepting, asking, deciding, licenses, payments, quoting, updates
from tests import factories
from tests.reprints import billing
from tests.reprints import factories as make

WORDS = "Because of the source."


@dataclass(frozen=True)
class Stage:
    """One status: how a record gets there, and what may be done with it then: name → call of (record, version)."""

    name: str
    build: Callable[[], Any]
    moves: dict[str, Callable[[Any, int | None], Any]]


def of_reports() -> list[Stage]:
    daily = factories.make_publication()
    article = factories.make_article(daily)
    other = factories.make_report(daily, article)
    ann, bob = (factories.make_staff(daily, "desk_editor") for _ in range(2))

    def new(**more):
        return factories.make_report(daily, article, **more)

    def in_review():
        return reports.take_up(new(), by=ann)

    def asked():
        row = reports.ask(in_review(), by=ann, words=WORDS)
        type(row).objects.filter(pk=row.pk).update(reminders_sent=2)
        return row

    spam = lambda row, seen: reports.mark_spam(row, by=bob, seen=seen)
    withdraw = lambda row, seen: reports.withdraw(row, seen=seen)
    decline = lambda row, seen: reports.decline(row, by=bob, code="opinion", words=WORDS, seen=seen)
    join = lambda row, seen: reports.join(row, by=ann, other=other, words=WORDS, seen=seen)
    appeal = lambda row, seen: reports.appeal(row, words=WORDS, seen=seen)
    return [
        Stage(
            "held",
            lambda: new(held_reasons=["rate"]),
            {
                "release": lambda row, seen: reports.release(row, by=ann, seen=seen),
                "mark_spam": spam,
                "withdraw": withdraw,
            },
        ),
        Stage(
            "spam",
            lambda: reports.mark_spam(new(), by=ann),
            {"restore": lambda row, seen: reports.restore(row, by=bob, seen=seen)},
        ),
        Stage(
            "new",
            new,
            {
                "take_up": lambda row, seen: reports.take_up(row, by=ann, seen=seen),
                "mark_spam": spam,
                "decline": decline,
                "join": join,
                "withdraw": withdraw,
            },
        ),
        Stage(
            "in_review",
            in_review,
            {
                "ask": lambda row, seen: reports.ask(row, by=ann, words=WORDS, seen=seen),
                "accept": lambda row, seen: reports.accept(row, by=ann, seen=seen),
                "mark_spam": spam,
                "decline": decline,
                "join": join,
                "withdraw": withdraw,
            },
        ),
        Stage(
            "needs_info",
            asked,
            {
                "reply": lambda row, seen: reports.reply(row, words=WORDS, seen=seen),
                "resume": lambda row, seen: reports.resume(row, by=ann, seen=seen),
                "lapse": lambda row, seen: reports.lapse(row, seen=seen),
                "decline": decline,
                "withdraw": withdraw,
            },
        ),
        Stage(
            "accepted",
            lambda: reports.accept(in_review(), by=ann),
            {"reopen": lambda row, seen: reports.reopen(row, by=bob, words=WORDS, seen=seen)},
        ),
        Stage("declined", lambda: decline(new(), None), {"appeal": appeal}),
        Stage("duplicate", lambda: join(new(), None), {"appeal": appeal}),
        Stage("lapsed", lambda: reports.lapse(asked()), {"appeal": appeal}),
    ]


def of_corrections() -> list[Stage]:
    daily = factories.make_publication(settings={"allow_publish_urgent": True})
    article = factories.make_article(daily)
    ann = factories.make_staff(daily, "desk_editor")
    vera, vic = (factories.make_staff(daily, "standards_editor") for _ in range(2))
    lex = factories.make_staff(daily, "legal")

    def draft(status="draft"):
        return factories.make_correction(article=article, by=ann, status=status)

    suppress = lambda row, seen: notices.suppress(row, by=lex, words="Order 12 of the court.", seen=seen)
    return [
        Stage(
            "draft",
            draft,
            {
                "send_for_approval": lambda row, seen: notices.send_for_approval(row, by=ann, seen=seen),
                "discard": lambda row, seen: notices.discard(row, by=ann, seen=seen),
                "publish_urgent": lambda row, seen: notices.publish_urgent(row, by=vera, words=WORDS, seen=seen),
            },
        ),
        Stage(
            "awaiting_approval",
            lambda: draft("awaiting_approval"),
            {
                "publish": lambda row, seen: notices.publish(row, by=vera, seen=seen),
                "publish_by_another": lambda row, seen: notices.publish(row, by=vic, seen=seen),
                "return_to_draft": lambda row, seen: notices.return_to_draft(row, by=ann, words=WORDS, seen=seen),
            },
        ),
        Stage("published", lambda: draft("published"), {"suppress": suppress}),
        Stage(
            "suppressed",
            lambda: suppress(draft("published"), None),
            {"unsuppress": lambda row, seen: notices.unsuppress(row, by=lex, words=WORDS, seen=seen)},
        ),
    ]


def of_requests() -> list[Stage]:
    daily = make.make_publication()
    article = make.make_article(daily)
    partner = make.make_organization()
    key = make.make_key(partner)
    ann, bob = (make.make_staff(daily, "licensing_editor") for _ in range(2))

    def submitted():
        return make.make_request(daily, article, organization=partner, by=key, exclusivity="media")

    def in_review():
        return deciding.take_up(submitted(), by=ann)

    def asked():
        return deciding.ask(in_review(), by=ann, words=WORDS)

    take_up = lambda row, seen: deciding.take_up(row, by=ann, seen=seen)
    ask = lambda row, seen: deciding.ask(row, by=ann, words=WORDS, seen=seen)
    closing = {
        "decline": lambda row, seen: deciding.decline(row, by=bob, code="legal", words=WORDS, seen=seen),
        "redirect": lambda row, seen: deciding.redirect(row, by=ann, words=WORDS, seen=seen),
        "withdraw": lambda row, seen: asking.withdraw(row, by=key, seen=seen),
    }
    waiting = {
        "reply": lambda row, seen: asking.reply(row, by=key, words=WORDS, seen=seen),
        "resume": lambda row, seen: deciding.resume(row, by=ann, seen=seen),
        "lapse": lambda row, seen: deciding.lapse(row, by=THE_CLOCK, seen=seen),
    }
    return [
        Stage("submitted", submitted, {"take_up": take_up, **closing}),
        Stage("in_review", in_review, {"ask": ask, **closing}),
        Stage("needs_info", asked, {**waiting, **closing}),
        Stage(
            "lapsed",
            lambda: deciding.lapse(asked(), by=THE_CLOCK),
            {
                "reopen": lambda row, seen: deciding.reopen(row, by=key, seen=seen),
                "reopen_at_the_desk": lambda row, seen: deciding.reopen(row, by=ann, seen=seen),
            },
        ),
    ]


def of_quotes() -> list[Stage]:
    """An open quote, and what ends it from the side of its request: two locks in one order."""
    daily = make.make_publication()
    article = make.make_article(daily)
    partner = make.make_organization()
    key = make.make_key(partner)
    ann = make.make_staff(daily, "licensing_editor")
    signatory = make.signatory_of(partner)

    def quoted():
        return make.make_request(daily, make.make_article(daily), organization=partner, by=key).quotes.get()

    def drafted():
        request = make.make_request(daily, article, organization=partner, by=key, exclusivity="media")
        lines = [quoting.Line(row, price=Decimal(250), override_reason=WORDS) for row in request.items.all()]
        return quoting.draft(request, by=ann, lines=lines, exclusions_confirmed=True)

    cancel = lambda row, seen: quoting.cancel(row, by=ann, words=WORDS, seen=seen)
    return [
        Stage("draft", drafted, {"open": lambda row, seen: quoting.open(row, by=ann, seen=seen), "cancel": cancel}),
        Stage(
            "open",
            quoted,
            {
                "accept": lambda row, seen: accepting.accept(
                    row, by=key, terms_sha256=row.terms.sha256, signatory=signatory, seen=seen
                ),
                "decline": lambda row, seen: quoting.decline(row, by=key, words=WORDS, seen=seen),
                "cancel": cancel,
                "withdraw_the_request": lambda row, seen: asking.withdraw(row.request, by=key),
                "edit_the_request": lambda row, seen: asking.edit(row.request, {"items": [make.item(article)]}, by=key),
                "lapse_the_request": lambda row, seen: deciding.lapse(row.request, by=THE_CLOCK),
            },
        ),
    ]


def of_licenses() -> list[Stage]:
    daily = make.make_publication()
    article = make.make_article(daily)
    partner = make.make_organization()
    key = make.make_key(partner)
    ann = make.make_staff(daily, "licensing_editor")
    max_, mia = (make.make_staff(daily, "licensing_manager") for _ in range(2))

    def active():
        row = make.make_license(daily, article, organization=partner, by=key)
        licenses.propose_revoke(row, by=ann, reason="breach", words=WORDS)
        return row

    def suspended():
        row = licenses.suspend(active(), by=ann, reason="suspected_breach", words=WORDS)
        licenses.propose_revoke(row, by=ann, reason="breach", words=WORDS)
        return row

    ending = {
        "terminate": lambda row, seen: licenses.terminate(row, by=key, words=WORDS, seen=seen),
        "revoke": lambda row, seen: licenses.revoke(
            row, by=max_, reason="breach", words=WORDS, remove_within=timedelta(hours=24), seen=seen
        ),
        "revoke_by_another": lambda row, seen: licenses.revoke(
            row, by=mia, reason="breach", words=WORDS, remove_within=timedelta(hours=48), seen=seen
        ),
    }
    return [
        Stage(
            "active",
            active,
            {
                "suspend": lambda row, seen: licenses.suspend(
                    row, by=ann, reason="suspected_breach", words=WORDS, seen=seen
                ),
                **ending,
            },
        ),
        Stage(
            "suspended",
            suspended,
            {"reinstate": lambda row, seen: licenses.reinstate(row, by=ann, seen=seen), **ending},
        ),
    ]


def of_update_notices() -> list[Stage]:
    daily = make.make_publication()
    partner = make.make_organization()
    key = make.make_key(partner)
    ann, bob = (make.make_staff(daily, "licensing_editor") for _ in range(2))

    def opened():
        article = make.make_article(daily)
        row = make.make_license(daily, article, organization=partner, by=key)
        with transaction.atomic():
            event = make.happened("correction.published", article)
        planning.plan(event.pk)
        return row.update_notices.get()

    def acknowledge(row, seen):
        return updates.acknowledge(row, by=key, action="appended", seen=seen)

    answering = {
        "acknowledge": acknowledge,
        "waive": lambda row, seen: updates.waive(row, by=ann, words=WORDS, seen=seen),
    }
    escalate = lambda row, seen: updates.escalate(row, seen=seen)
    return [
        Stage("open", opened, {"escalate": escalate, **answering}),
        Stage("escalated", lambda: escalate(opened(), None), answering),
        Stage(
            "acknowledged",
            lambda: acknowledge(opened(), None),
            {
                "verify": lambda row, seen: updates.verify(row, by=ann, seen=seen),
                "verify_by_another": lambda row, seen: updates.verify(row, by=bob, seen=seen),
            },
        ),
    ]


def of_invoices() -> list[Stage]:
    daily = billing.billing_publication()
    ann, max_ = make.make_staff(daily, "licensing_editor"), make.make_staff(daily, "licensing_manager")

    def owed():
        return billing.owed(daily)

    return [
        Stage(
            "issued",
            owed,
            {
                "pay": lambda row, seen: payments.pay(row, by=ann, reference="bank 1", seen=seen),
                "pay_again": lambda row, seen: payments.pay(row, by=max_, reference="bank 2", seen=seen),
                "credit": lambda row, seen: payments.credit(row, by=ann, words=WORDS, seen=seen),
                "write_off": lambda row, seen: payments.write_off(row, by=max_, words=WORDS, seen=seen),
            },
        ),
    ]


NOUNS = {
    "report": of_reports,
    "correction": of_corrections,
    "license_request": of_requests,
    "quote": of_quotes,
    "license": of_licenses,
    "update_notice": of_update_notices,
    "invoice": of_invoices,
}
