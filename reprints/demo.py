"""The demo at the licensing desk: requests, quotes, licenses and update notices in every status, by the usual moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from newsroom.accounts.models import Organization, User
from newsroom.articles.models import Article
from newsroom.demo.archive import MARK
from newsroom.demo.house import BLOCKED_SLUG, OPENED, OTHER_SLUG, PARTNER_SLUG, SIGNATORY, Stage
from newsroom.errors import Invalid
from newsroom.workflow import THE_PARTNER, Actor
from reprints.models import Invoice, License, LicenseRequest, Quote, UpdateNotice
from reprints.services import (
    accepting,
    asking,
    clock,
    deciding,
    invoicing,
    licenses,
    payments,
    placements,
    quoting,
    ratecard,
    updates,
)
from reprints.workflow import InvoiceStatus

OTHER_SIGNATORY = "otis.villanueva@meridianreview.example"
COPY = "https://lakesideledger.example/from-the-coast/"


def load(stage: Stage) -> None:
    """Rate cards, then everything that does not wait for a correction."""
    stage.clock.go(OPENED)
    for publication in stage.publications.values():
        ratecard.install_defaults(publication)
    for days, scene in SCENES:
        stage.clock.go(days)
        scene(stage)


def load_later(stage: Stage) -> None:
    """What licensees answered to the corrections, one notice in each status."""
    stage.clock.moment = stage.now
    swim, tides, organ = (_notices(stage, slug) for slug in ("harbor-swim", "tide-gauge", "organ-restored"))
    licensing, key = stage.people["licensing"], stage.keys["partner"]
    stage.clock.go(11)
    updates.acknowledge(tides[0], by=key, action="replaced", url=f"{COPY}tides")
    seen = updates.acknowledge(tides[1], by=key, action="appended", note="In Thursday's newsletter.")
    updates.verify(seen, by=licensing)
    updates.waive(tides[2], by=licensing, words="The print run was pulped before it left the plant.")
    stage.clock.go(0.5)
    updates.escalate(organ[0], by=licensing)
    licenses.terminate(organ[1].license, by=key, words="The brochure will not be made after all.")
    # Nobody can wait for three days: only the date is set back.
    UpdateNotice.objects.filter(pk=swim[-1].pk).update(due_at=stage.now - timedelta(hours=3))
    stage.clock.moment = stage.now
    clock.tick(timezone.now())


def lanes() -> dict[str, str]:
    """Reference of an article → lane of a one-year web republication in the US by the demo's partner.

    An article that is not licensed at all, because it was retracted, is left out.
    """
    partner = Organization.objects.get(slug=PARTNER_SLUG)
    found = {}
    for article in Article.objects.with_publication().exclude(external_id__contains=MARK):
        data = {"items": [_item(article, quantity=50_000, territory=["US"], languages=["en"])]}
        try:
            assessment, _due = asking.estimate(data, publication=article.publication, organization=partner)
        except Invalid:
            continue
        # What accept would refuse today (an error being corrected, an embargo) is no article to try a license with.
        if not {reason["code"] for reason in assessment.reasons} & set(accepting.REFUSALS):
            found[article.reference] = assessment.lane
    return found


def _item(article: Article, **over: Any) -> dict[str, Any]:
    today = timezone.now().astimezone(article.publication.zone).date()
    return {
        "article_url": article.url,
        "use": "republish_web",
        "quantity": 20_000,
        "territory": ["US"],
        "ends_on": (today + timedelta(days=364)).isoformat(),
        **over,
    }


def _ask(
    stage: Stage,
    slug: str,
    *,
    who: str = "partner",
    organization: str = PARTNER_SLUG,
    by: Actor | None = None,
    note: str = "",
    **over: Any,
) -> LicenseRequest:
    article = stage.articles[slug]
    stage.clock.wait(minutes=35)
    return asking.submit(
        {"items": [_item(article, **over)], "note": note},
        publication=article.publication,
        organization=_organization(stage, who, organization),
        by=by or stage.keys[who],
    )


def _organization(stage: Stage, who: str, organization: str) -> Organization:
    return stage.partners[OTHER_SLUG if who == "other_partner" else organization]


def _quote_of(request: LicenseRequest) -> Quote:
    return request.quotes.select_related("terms", "request", "publication", "organization").order_by("-pk")[0]


def _accept(stage: Stage, request: LicenseRequest, *, who: str = "partner") -> License:
    """The partner's signatory agrees to the request's newest quote. The first license of it."""
    stage.clock.wait(minutes=25)
    quote = _quote_of(request)
    accepting.accept(
        quote,
        by=stage.keys[who],
        terms_sha256=quote.terms.sha256 if quote.terms else "",
        signatory=OTHER_SIGNATORY if who == "other_partner" else SIGNATORY,
    )
    return request.licenses.select_related("publication", "request", "quote", "article").order_by("pk")[0]


def _licensed(stage: Stage, slug: str, **over: Any) -> License:
    return _accept(stage, _ask(stage, slug, **over))


def _lapsed_request(stage: Stage) -> None:
    """Nobody answered any more."""
    deciding.lapse(_ask(stage, "moon-lab-students"))


def _expired_quote(stage: Stage) -> None:
    """Run out this morning or last night: a day later the clock closes its request."""
    stage.clock.moment = stage.now - timedelta(days=30, hours=6)
    _ask(stage, "women-handball-cup")


def _open_requests(stage: Stage) -> None:
    """What waits for the desk or for the requester, in the manual lane, and one quote from the card."""
    licensing = stage.people["licensing"]
    _ask(stage, "kelp-survey", note="We would like to run this with our own pictures.")
    _ask(
        stage,
        "heron-count",
        organization=BLOCKED_SLUG,
        by=THE_PARTNER,
        use="media_monitoring",
        format="api_feed",
        quantity=300,
        quantity_unit="recipients",
    )
    asking.submit(
        {
            "items": [
                _item(
                    stage.articles["tram-night-service"],
                    use="course_material",
                    format="pdf_eprint",
                    quantity=60,
                    quantity_unit="seats",
                )
            ],
            "organization_type": "education",
            "note": "For a seminar about public transport, winter term.",
        },
        publication=stage.articles["tram-night-service"].publication,
        requester=asking.Requester("Friederike Amsel", "amsel@college.example", "Technical College"),
        language="en",
    )
    deciding.take_up(_ask(stage, "poet-prize", who="other_partner", note="For the culture hour."), by=licensing)
    asked = deciding.take_up(_ask(stage, "container-fees", territory=["US", "CA"]), by=licensing)
    deciding.ask(asked, by=licensing, words="Coastal Wire wrote this for us. Do you hold a contract with them?")
    _ask(stage, "school-board-map", use="republish_print", quantity=50_000)
    _ask(stage, "puppet-theater", who="partner_test", note="Trying out the API.")


def _closed_requests(stage: Stage) -> None:
    """Declined, redirected, withdrawn."""
    licensing = stage.people["licensing"]
    deciding.decline(
        deciding.take_up(
            _ask(
                stage,
                "opinion-parking",
                use="advertising_quote",
                excerpt_text="We give it away, and then say there is no money.",
            ),
            by=licensing,
        ),
        by=licensing,
        code="endorsement",
        words="We do not license comments for advertising: it would look as if we endorsed the product.",
    )
    deciding.redirect(
        deciding.take_up(_ask(stage, "container-fees", who="other_partner"), by=licensing),
        by=licensing,
        words="The rights are with Coastal Wire: desk@coastalwire.example.",
    )
    asking.withdraw(
        _ask(stage, "bakery-cooperative", quantity=90_000), by=stage.keys["partner"], words="We wrote our own."
    )


def _agreed(stage: Stage) -> None:
    """Agreed and not paid, and one free quotation."""
    _accept(stage, _ask(stage, "market-hall-roof", who="other_partner"), who="other_partner")
    _ask(
        stage,
        "opinion-street-trees",
        use="excerpt_quote",
        portion="quote",
        excerpt_text="A street tree costs the city about 2,800 dollars, most of it for the hole.",
        quantity=5000,
    )


def _quotes(stage: Stage) -> None:
    """Drafts above the limit, approved, offered again, declined, canceled."""
    licensing, manager, key = stage.people["licensing"], stage.people["manager"], stage.keys["partner"]
    training: dict[str, Any] = {
        "use": "ai_train",
        "format": "dataset",
        "quantity_unit": "tokens",
        "ai_purposes": ["train"],
    }
    waiting = deciding.take_up(_ask(stage, "tide-gauge", **training), by=licensing)
    quoting.propose(_drafted(waiting, by=licensing, price="4800.00"), by=licensing)
    approved = deciding.take_up(_ask(stage, "heron-count", who="other_partner", **training), by=licensing)
    large = _drafted(approved, by=licensing, price="3600.00")
    quoting.approve(large, by=manager, reason="In line with what we asked of others.")
    quoting.open(large, by=licensing)
    again = deciding.take_up(_ask(stage, "seaweed-startup", modifications="adapt"), by=licensing)
    quoting.open(_drafted(again, by=licensing, price="320.00"), by=licensing)
    quoting.open(_drafted(again, by=licensing, price="280.00"), by=licensing)
    quoting.decline(_quote_of(_ask(stage, "ice-rink-record", quantity=2_000_000)), by=key, words="Above our budget.")
    quoting.cancel(
        _quote_of(_ask(stage, "museum-map")),
        by=licensing,
        words="The museum asked us not to license the text without its picture. We will come back to you.",
    )


def _drafted(request: LicenseRequest, *, by: User, price: str) -> Quote:
    request.refresh_from_db()
    item = request.items.select_related("article__publication").get()
    line = quoting.Line(item, price=Decimal(price), override_reason="Agreed on the telephone.")
    return quoting.draft(request, by=by, lines=[line], exclusions_confirmed=True)


def _ended_licenses(stage: Stage) -> None:
    """Suspended, ended early, superseded, and one that is over."""
    licensing, key = stage.people["licensing"], stage.keys["partner"]
    licenses.suspend(
        _licensed(stage, "pier-nine-fire"),
        by=licensing,
        reason="suspected_breach",
        words="The text appeared without our credit line. Please put it right.",
    )
    licenses.terminate(_licensed(stage, "bakery-cooperative"), by=key, words="Our business pages are being closed.")
    smaller = _licensed(stage, "harbor-bridge-budget")
    wider = _licensed(stage, "harbor-bridge-budget", territory=["US", "CA", "MX"])
    licenses.supersede(smaller, by_license=wider)
    _expire(_licensed(stage, "film-festival", use="email_newsletter", format="email", quantity_unit="recipients"))


def _revoked_license(stage: Stage) -> None:
    """Revoked by two people a day ago."""
    licensing, manager = stage.people["licensing"], stage.people["manager"]
    revoked = _licensed(stage, "tram-night-service", quantity=500_000)
    stage.clock.go(1)
    why: dict[str, Any] = {"reason": "breach", "words": "The article was sold on to two other sites."}
    licenses.propose_revoke(revoked, by=licensing, **why)
    licenses.revoke(revoked, by=manager, remove_within=timedelta(hours=48), **why)


def _later_license(stage: Stage) -> None:
    """One that begins in three weeks."""
    _licensed(stage, "school-board-map", starts_on=_day(stage, 21), ends_on=_day(stage, 386))


def _expire(row: License) -> None:
    """Set its dates back by a year and a day, in the snapshot too: nobody can wait that long."""
    back = timedelta(days=366)
    starts_on, ends_on = row.starts_on - back, (row.ends_on or row.starts_on) - back
    snapshot = {**row.snapshot, "starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
    License.objects.filter(pk=row.pk).update(starts_on=starts_on, ends_on=ends_on, snapshot=snapshot)


def _licenses_in_force(stage: Stage) -> None:
    """Copies of articles that are corrected later on."""
    newsletter = {"use": "email_newsletter", "format": "email", "quantity_unit": "recipients"}
    swim = _licensed(stage, "harbor-swim", quantity=80_000)
    tides = [
        _licensed(stage, "tide-gauge"),
        _licensed(stage, "tide-gauge", **newsletter),
        _licensed(stage, "tide-gauge", use="republish_print", format="print", quantity_unit="copies"),
    ]
    _licensed(stage, "organ-restored")
    _licensed(stage, "organ-restored", use="eprint_pdf", format="pdf_eprint", quantity=400, quantity_unit="copies")
    _licensed(stage, "clinic-mold-claim")
    paid = _accept(stage, _ask(stage, "harbor-swim", who="other_partner"), who="other_partner")
    _pay(stage, paid)
    placements.declare(swim, urls=[f"{COPY}swim"], by=stage.keys["partner"])
    placements.declare(tides[0], urls=[f"{COPY}tides", f"{COPY}amp/tides"], by=stage.keys["partner"])


def _pay(stage: Stage, row: License) -> None:
    """Its order gets the accounting system's number, and the money arrives."""
    by = stage.people["licensing"]
    order = invoicing.enter_number(row.quote.invoices.get(), by=by, number="ERP-40117", due_on=stage.now.date())
    payments.pay(order, by=by, reference="SEPA 2231-07")


def _invoices(stage: Stage) -> None:
    """Orders as the accounting system answers them: open, paid in part, overdue, taken back and given up."""
    by, today = stage.people["licensing"], stage.now.date()
    orders = list(
        Invoice.objects.filter(status=InvoiceStatus.DRAFT, organization=stage.partners[PARTNER_SLUG]).order_by("pk")[:5]
    )
    days = (21, 14, -9, 30, -12)
    rows = [
        invoicing.enter_number(order, by=by, number=f"ERP-{40120 + index}", due_on=today + timedelta(days=days[index]))
        for index, order in enumerate(orders)
    ]
    payments.pay(rows[1], by=by, reference="SEPA 2231-11", amount=Decimal(50))
    payments.credit(rows[3], by=by, words="The order number was missing.", again=True)
    payments.write_off(rows[4], by=stage.people["manager"], words="The partner's office is closed.")


def _notices(stage: Stage, slug: str) -> list[UpdateNotice]:
    """The newest notice of each of the partner's licenses of the article, the oldest license first."""
    rows = UpdateNotice.objects.filter(
        article=stage.articles[slug], organization=stage.partners[PARTNER_SLUG]
    ).select_related("license__publication", "publication", "article", "organization")
    newest = {row.license_id: row for row in rows.order_by("license_id", "pk")}
    return list(newest.values())


def _day(stage: Stage, days: int) -> str:
    today: date = stage.now.date()
    return (today + timedelta(days=days)).isoformat()


SCENES: list[tuple[int, Callable[[Stage], None]]] = [
    (45, _ended_licenses),
    (43, _revoked_license),
    (40, _closed_requests),
    (31, _expired_quote),
    (28, _licenses_in_force),
    (26, _lapsed_request),
    (20, _invoices),
    (5, _later_license),
    (3, _agreed),
    (2, _quotes),
    (1, _open_requests),
]
"""How many days ago each begins."""
