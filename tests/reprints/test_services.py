"""Asking, deciding, quoting, accepting, and the life of a license."""

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsroom.accounts.models import Approval
from newsroom.errors import Conflict, Invalid, NotAllowed, Stale
from newsroom.events.models import Event, Promise
from newsroom.workflow import THE_LOG, THE_PARTNER
from reprints import links
from reprints.forms.desk import LicenseProposeRevokeForm, LicenseRevokeForm, LicenseSuspendForm
from reprints.models import License, LicenseRequest, Quote, RequestItem
from reprints.services import accepting, asking, clock, deciding, invoicing, licenses, payments, placements, quoting
from reprints.services.askers import Asker
from reprints.services.lanes import assess
from reprints.services.terms_of_time import as_long
from reprints.workflow import QUOTE
from tests.kept import again, made_once
from tests.reprints import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """A publication, an article, an editor and a manager."""

    def build():
        publication = make.make_publication()
        people = [make.make_staff(publication, role) for role in ("licensing_editor", "licensing_manager")]
        return publication, make.make_article(publication), *people

    yield from made_once(django_db_blocker, build)


@pytest.fixture(autouse=True)
def publication(built, db):
    return again(built[0])


@pytest.fixture
def article(built, publication):
    return again(built[1])


@pytest.fixture
def editor(built, publication):
    return again(built[2])


@pytest.fixture
def manager(built, publication):
    return again(built[3])


def kinds_of(*subjects):
    return list(
        Event.objects.filter(subject_reference__in=[row.reference for row in subjects])
        .order_by("pk")
        .values_list("kind", flat=True)
    )


def accept(quote, **values):
    organization = quote.organization
    given = {"terms_sha256": quote.terms.sha256, "signatory": make.signatory_of(organization), **values}
    return accepting.accept(quote, **given)


def manual(publication, article, **values):
    """A request that a person must answer."""
    return make.make_request(publication, article, exclusivity="media", **values)


def faults_of(publication, items):
    with pytest.raises(Invalid) as refused:
        asking.check_items(items, publication=publication, today=timezone.now().astimezone(publication.zone).date())
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


# Asking


def test_the_priced_lane_answers_with_an_open_quote(publication, article):
    request = make.make_request(publication, article)
    quote = request.quotes.get()
    assert (request.status, request.lane, quote.status, quote.number) == ("quoted", "priced", "open", 1)
    assert (quote.net, quote.currency, quote.tax_treatment) == (Decimal("150.000"), "USD", "domestic")
    assert quote.lines.get().trace == [{"rule": "web", "effect": "150.00", "subtotal": "150.00"}]
    assert kinds_of(request, quote) == [
        "license_request.submitted",
        "quote.opened",
        "license_request.quoted",
    ]


def test_the_free_lane_answers_with_a_license(publication, article):
    request = make.make_request(
        publication, article, use="excerpt_quote", portion="quote", excerpt_text="It spent 1.2 million."
    )
    held = request.licenses.get()
    assert (request.status, request.lane) == ("fulfilled", "free")
    assert (held.status, held.snapshot["price"]) == ("active", {"amount": "0.00", "currency": "USD"})
    assert kinds_of(request, request.quotes.get(), held) == [
        "license_request.submitted",
        "quote.opened",
        "license_request.quoted",
        "quote.accepted",
        "license_request.agreed",
        "license.issued",
        "license_request.fulfilled",
    ]


def test_the_manual_lane_promises_an_answer(publication, article):
    request = manual(publication, article)
    promise = Promise.objects.get(subject_reference=request.reference)
    assert (request.status, request.lane, promise.kind) == ("submitted", "manual", "quote")
    assert request.lane_reasons == [{"item": 0, "code": "exclusivity"}]
    assert asking.answer_by(request) == promise.due_at
    assert not request.quotes.exists()


@pytest.mark.parametrize(
    ("article_values", "item_values", "codes"),
    [
        ({"licensable": None}, {}, ["rights_unknown"]),
        ({"licensable": False}, {}, ["third_party_rights"]),
        ({"source_agency": "AP"}, {}, ["agency_content"]),
        ({"embargoed_until": timezone.now() + timedelta(days=9)}, {}, ["embargo"]),
        ({"desk_status": "withheld"}, {}, ["not_usable"]),
        ({}, {"use": "ai_input", "ai_purposes": ["ground"]}, ["ai_use", "no_rule"]),
        ({}, {"ai_purposes": ["search"]}, ["ai_use"]),
        ({}, {"exclusivity": "full"}, ["exclusivity"]),
        ({}, {"use": "badge_logo"}, ["promotional_use", "no_rule"]),
        ({}, {"modifications": "adapt"}, ["adaptation"]),
        ({}, {"use": "archive_database"}, ["no_rule"]),
        ({}, {"use": "other"}, ["unusual_use", "no_rule"]),
    ],
)
def test_what_needs_a_person_goes_to_a_person(publication, article_values, item_values, codes):
    article = make.make_article(publication, **article_values)
    request = make.make_request(publication, article, **item_values)
    assert request.lane == "manual"
    assert [reason["code"] for reason in request.lane_reasons] == codes


def test_a_blocked_organization_and_a_price_above_the_limit_go_to_a_person(publication, article):
    blocked = make.make_request(publication, article, organization=make.make_organization(blocked=True))
    assert blocked.lane_reasons == [{"item": None, "code": "blocked_organization"}]
    dear = make.make_request(publication, article, territory=["001"], quantity=10**9, perpetual=True, ends_on=None)
    assert dear.lane_reasons == [{"item": None, "code": "over_limit"}]


def test_a_price_of_nothing_outside_the_free_lane_goes_to_a_person(publication, article):
    publication.rate_cards.get().rules.update(minimum=0)
    request = make.make_request(publication, article, organization=make.make_organization(discount_percent=100))
    assert request.lane_reasons == [{"item": 0, "code": "zero_price"}]


def test_an_accepted_report_on_the_article_goes_to_a_person_until_it_is_settled(publication, article):
    report = make.Notice(publication)
    report.noun, report.reference = "report", "R-22222222-2"
    with transaction.atomic():
        make.happened("report.accepted", article, subject=report)
    assert make.make_request(publication, article).lane_reasons == [{"item": 0, "code": "open_report"}]
    with transaction.atomic():
        make.happened("report.resolved", article, subject=report)
    assert make.make_request(publication, article).lane == "priced"


def test_an_estimate_writes_nothing(publication, article):
    before = make.rows()
    assessment, due = asking.estimate({"items": [make.item(article)]}, publication=publication)
    assert (assessment.lane, assessment.total, due) == ("priced", Decimal("150.00"), None)
    asked = {"items": [make.item(article, exclusivity="full")]}
    assert asking.estimate(asked, publication=publication)[1] > timezone.now()
    assert make.rows() == before


def test_a_draft_card_can_be_tried_on_a_stored_request(publication, article):
    request = make.make_request(publication, article)
    card = make.make_card(publication, base="77.70")
    assert asking.assess_request(request, card=card).total == Decimal("77.70")
    assert asking.assess_request(request).total == Decimal("150.00")


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"article_url": ""}, ("/items/0/article_url", "required")),
        ({"article_url": "https://unknown.example/x"}, ("/items/0/article_url", "unknown_article")),
        ({"article_url": "a\x00b"}, ("/items/0/article_url", "unknown_article")),
        ({"use": "steal"}, ("/items/0/use", "unknown_use")),
        ({"use": None}, ("/items/0/use", "required")),
        ({"quantity": 0}, ("/items/0/quantity", "too_small")),
        ({"quantity": -5}, ("/items/0/quantity", "too_small")),
        ({"quantity": 10**12}, ("/items/0/quantity", "too_large")),
        ({"quantity": "many"}, ("/items/0/quantity", "wrong_type")),
        ({"quantity": True}, ("/items/0/quantity", "wrong_type")),
        ({"quantity": None}, ("/items/0/quantity", "required")),
        ({"territory": ["US", "XX"]}, ("/items/0/territory/1", "unknown_country")),
        ({"territory": ["EU"]}, ("/items/0/territory/0", "unknown_country")),
        ({"territory": ["US"] * 300}, ("/items/0/territory", "too_many")),
        ({"territory": "US"}, ("/items/0/territory", "wrong_type")),
        ({"territory": []}, ("/items/0/territory", "required")),
        ({"territory": [1]}, ("/items/0/territory/0", "wrong_type")),
        ({"languages": ["english please"]}, ("/items/0/languages/0", "unknown_language")),
        ({"starts_on": "2001-01-01"}, ("/items/0/starts_on", "past_date")),
        ({"starts_on": "2099-01-01", "ends_on": "2098-01-01"}, ("/items/0/ends_on", "reversed_dates")),
        ({"ends_on": None}, ("/items/0/ends_on", "required")),
        ({"ends_on": "soon"}, ("/items/0/ends_on", "bad_date")),
        ({"ends_on": "2999-12-31"}, ("/items/0/ends_on", "too_large")),
        ({"perpetual": True}, ("/items/0/ends_on", "contradiction")),
        ({"perpetual": "yes", "ends_on": "2099-01-01"}, ("/items/0/perpetual", "wrong_type")),
        ({"portion": "quote"}, ("/items/0/excerpt_text", "required")),
        ({"placement_urls": ["javascript:alert(1)"]}, ("/items/0/placement_urls/0", "bad_url")),
        ({"placement_urls": ["https://a.example/"] * 10_000}, ("/items/0/placement_urls", "too_many")),
        ({"ai_purposes": ["dream"]}, ("/items/0/ai_purposes/0", "unknown_value")),
        ({"exclusivity": "very"}, ("/items/0/exclusivity", "unknown_value")),
        ({"colour": "red"}, ("/items/0/colour", "unknown_member")),
    ],
)
def test_bad_items_are_named_by_pointer(publication, article, values, fault):
    assert faults_of(publication, [{**make.item(article), **values}])[:1] == [fault]


def test_every_fault_of_every_item_is_found_at_once(publication, article):
    wrong = [make.item(article, use="steal"), make.item(article, quantity=0, territory=["QQ"])]
    assert faults_of(publication, wrong) == [
        ("/items/0/use", "unknown_use"),
        ("/items/1/quantity", "too_small"),
        ("/items/1/territory/0", "unknown_country"),
    ]


def test_canceled_articles_and_other_titles_are_refused(publication):
    gone = make.make_article(publication, desk_status="canceled")
    other = make.make_article(make.make_publication())
    assert faults_of(publication, [make.item(gone)]) == [("/items/0/article_url", "not_usable")]
    assert faults_of(publication, [make.item(other)]) == [("/items/0/article_url", "other_publication")]


def test_too_many_items_or_none_are_refused(publication, article):
    assert faults_of(publication, []) == [("/items", "required")]
    assert faults_of(publication, [make.item(article)] * 51) == [("/items", "too_many")]
    assert faults_of(publication, ["x"]) == [("/items/0", "wrong_type")]


def test_what_is_stored_is_normal(publication, article):
    tracked = article.url.replace("https://", "http://www.") + "?utm_source=mail"
    wanted = make.item(article, article_url=tracked, territory=["us", "CA", "US"], languages=["en", "en"])
    request = asking.submit(
        {"items": [wanted]}, publication=publication, organization=make.make_organization(), by=THE_PARTNER
    )
    row = request.items.get()
    assert (row.article, row.territory, row.languages, row.revision) == (article, ["US", "CA"], ["en"], 1)


def test_another_currency_than_the_publications_is_refused(publication, article):
    for currency, code in [("EUR", "currency_mismatch"), ("QQQ", "unknown_currency")]:
        with pytest.raises(Invalid) as refused:
            asking.estimate({"items": [make.item(article)], "currency": currency}, publication=publication)
        assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/currency", code)]


def test_a_web_request_keeps_its_requester_encrypted_and_opens_by_its_link(publication, article):
    who = asking.Requester("Wanda Web", "wanda@example.com", "Web Co")
    request = make.make_request(publication, article, requester=who, by=THE_PARTNER)
    contact = request.contact
    assert (contact.name, contact.email, contact.company) == ("Wanda Web", "wanda@example.com", "Web Co")
    assert "wanda" not in contact.email_encrypted
    assert contact.email_confirmed_at is None
    assert links.request_of(links.token_of(request)) == request
    assert links.request_of(links.token_of(request), purpose="confirm_requester") is None
    assert links.request_of("x" * 44) is None
    assert asking.confirm_contact(request) is True
    assert asking.confirm_contact(request) is False


def test_nobody_to_answer_is_refused(publication, article):
    before = make.rows()
    with pytest.raises(Invalid) as refused:
        asking.submit({"items": [make.item(article)]}, publication=publication)
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [("/email", "required")]
    assert make.rows() == before


def test_editing_supersedes_the_quote_and_prices_anew(publication, article):
    request = make.make_request(publication, article)
    old = request.quotes.get()
    request = asking.edit(
        request, {"items": [make.item(article, quantity=50_000)]}, by=request.api_key, seen=request.version
    )
    old.refresh_from_db()
    new = request.quotes.get(status="open")
    assert (old.status, new.number, new.net, request.status) == ("superseded", 2, Decimal("225.000"), "quoted")
    assert old.lines.get().granted["quantity"] == 5000
    assert kinds_of(request)[-3:] == [
        "license_request.resumed",
        "license_request.edited",
        "license_request.quoted",
    ]


def test_editing_into_the_manual_lane_returns_the_request_to_the_desk(publication, article):
    request = make.make_request(publication, article)
    request = asking.edit(request, {"items": [make.item(article, exclusivity="full")]}, by=request.api_key)
    assert (request.status, request.lane, request.quotes.get().status) == ("in_review", "manual", "superseded")
    assert request.waiting_since is None
    assert asking.answer_by(request) is not None


def test_a_closed_request_cannot_be_edited(publication, article):
    request = make.make_license(publication, article).request
    before = make.rows()
    with pytest.raises(Conflict):
        asking.edit(request, {"items": [make.item(article)]}, by=THE_PARTNER)
    assert make.rows() == before


def test_a_question_stops_the_clock_and_the_reply_starts_it(publication, article, editor):
    request = deciding.take_up(manual(publication, article), by=editor)
    request = deciding.ask(request, by=editor, words="Which edition?", seen=request.version)
    promise = Promise.objects.get(subject_reference=request.reference)
    assert (request.status, request.assignee) == ("needs_info", editor)
    assert promise.paused_at is not None
    request = asking.reply(request, words="The Sunday one.", seen=request.version)
    promise.refresh_from_db()
    assert (request.status, promise.paused_at) == ("in_review", None)
    assert list(request.messages.values_list("author_kind", "body", "move")) == [
        ("editor", "Which edition?", "ask"),
        ("partner", "The Sunday one.", "reply"),
    ]


def test_a_message_changes_no_status_and_an_internal_note_is_the_desks_alone(publication, article, editor):
    request = manual(publication, article)
    version = request.version
    asking.message(request, words="Any news?", by=THE_PARTNER)
    asking.message(request, words="Call them.", by=editor, internal=True)
    with pytest.raises(NotAllowed):
        asking.message(request, words="Sneaky", by=THE_PARTNER, internal=True)
    request.refresh_from_db()
    assert (request.status, request.version) == ("submitted", version)
    assert list(request.messages.values_list("body", "internal")) == [("Any news?", False), ("Call them.", True)]
    last = Event.objects.filter(subject_reference=request.reference).last()
    assert (last.kind, last.data["internal"], last.audience) == ("license_request.messaged", True, "staff")


def test_words_are_asked_for_where_someone_waits(publication, article, editor):
    request = deciding.take_up(manual(publication, article), by=editor)
    before = make.rows()
    for act in (
        lambda: deciding.ask(request, by=editor, words=" "),
        lambda: deciding.decline(request, by=editor, code="legal", words=""),
        lambda: deciding.redirect(request, by=editor, words="\n"),
        lambda: deciding.decline(request, by=editor, code="because", words="No."),
    ):
        with pytest.raises(Invalid):
            act()
    assert make.rows() == before


def test_declining_ends_the_promise_with_a_code(publication, article, editor):
    request = deciding.decline(
        manual(publication, article), by=editor, code="rights_not_held", words="The photographer holds them."
    )
    assert (request.status, request.decline_code) == ("declined", "rights_not_held")
    assert Promise.objects.get(subject_reference=request.reference).kept_at is not None


def test_withdrawing_cancels_the_open_quote(publication, article):
    request = make.make_request(publication, article)
    request = asking.withdraw(request, by=request.api_key)
    assert (request.status, request.quotes.get().status) == ("withdrawn", "canceled")


def test_a_lapsed_request_reopens_for_thirty_days(publication, article, editor):
    request = deciding.ask(deciding.take_up(manual(publication, article), by=editor), by=editor, words="Which?")
    request = deciding.lapse(request)
    late = LicenseRequest.objects.filter(pk=request.pk)
    late.update(closed_at=timezone.now() - timedelta(days=30, seconds=1))
    with pytest.raises(Conflict):
        deciding.reopen(request, by=THE_PARTNER)
    late.update(closed_at=timezone.now() - timedelta(days=30) + timedelta(minutes=1))
    assert deciding.reopen(request, by=THE_PARTNER).status == "in_review"


def test_a_stale_page_decides_nothing(publication, article, editor):
    request = manual(publication, article)
    deciding.take_up(request, by=editor, seen=request.version)
    before = make.rows()
    with pytest.raises(Stale):
        deciding.decline(request, by=editor, code="legal", words="No.", seen=request.version)
    assert make.rows() == before


def test_colleagues_of_another_title_may_not_decide(publication, article):
    stranger = make.make_staff(make.make_publication(), "licensing_manager")
    request = manual(publication, article)
    before = make.rows()
    with pytest.raises(NotAllowed):
        deciding.take_up(request, by=stranger)
    with pytest.raises(NotAllowed):
        quoting.draft(request, by=stranger)
    assert make.rows() == before


# Quoting


def test_a_quote_shows_what_was_asked_and_what_is_granted(publication, article, editor):
    request = manual(publication, article, territory=["US", "CA"])
    row = request.items.get()
    lines = [
        quoting.Line(
            row,
            granted={"territory": ["US"], "exclusivity": "none"},
            price=Decimal("300"),
            override_reason="Agreed by phone.",
        )
    ]
    quote = quoting.open(quoting.draft(request, by=editor, lines=lines), by=editor)
    line = quote.lines.get()
    assert line.changes == [
        {"field": "territory", "asked": ["US", "CA"], "granted": ["US"]},
        {"field": "exclusivity", "asked": "media", "granted": "none"},
    ]
    assert line.trace[-1] == {"rule": "by hand", "effect": "Agreed by phone.", "subtotal": "300.00"}
    assert (quote.status, quote.net, quote.request.status) == ("open", Decimal("300.00"), "quoted")
    assert Promise.objects.get(subject_reference=request.reference).kept_at is not None


def test_another_price_than_the_cards_needs_a_reason(publication, article, editor):
    request = manual(publication, article)
    with pytest.raises(Invalid) as refused:
        quoting.draft(request, by=editor, lines=[quoting.Line(request.items.get(), price=Decimal("1"))])
    assert [(f.pointer, f.code) for f in refused.value.faults] == [("/lines/0/override_reason", "required")]
    assert not request.quotes.exists()


def test_a_quote_without_a_price_is_not_sent(publication, article, editor):
    request = make.make_request(publication, article, use="archive_database")
    quote = quoting.draft(request, by=editor)
    before = make.rows()
    with pytest.raises(Invalid) as refused:
        quoting.open(quote, by=editor)
    assert [(f.pointer, f.code) for f in refused.value.faults] == [("/lines/0/price", "required")]
    assert make.rows() == before


def test_what_is_left_out_must_be_confirmed(publication, editor):
    article = make.make_article(
        publication,
        components=[{"kind": "photo", "credit": "AP", "licensable": False}, {"kind": "map", "licensable": True}],
    )
    request = manual(publication, article)
    quote = quoting.draft(request, by=editor)
    assert quote.lines.get().exclusions == ["photo: AP"]
    with pytest.raises(Invalid) as refused:
        quoting.open(quote, by=editor)
    assert [f.pointer for f in refused.value.faults] == ["/exclusions_confirmed"]
    assert quoting.open(quoting.draft(request, by=editor, exclusions_confirmed=True), by=editor).status == "open"


def big(publication, article, editor):
    request = manual(publication, article)
    line = quoting.Line(request.items.get(), price=Decimal("1000.01"), override_reason="Front page.")
    return quoting.draft(request, by=editor, lines=[line])


def test_above_the_editors_limit_a_second_person_approves(publication, article, editor, manager):
    quote = big(publication, article, editor)
    with pytest.raises(Conflict) as refused:
        quoting.open(quote, by=editor)
    assert refused.value.code == "needs_approval"
    with pytest.raises(NotAllowed):
        quoting.approve(quote, by=editor)
    quoting.propose(quote, by=editor)
    approval = quoting.approve(quote, by=manager, reason="Fine.")
    assert (approval.proposed_by, approval.approved_by, approval.subject_version) == (editor, manager, quote.version)
    assert quoting.open(quote, by=editor, seen=quote.version).status == "open"


def test_nobody_approves_a_quote_they_wrote(publication, article, manager):
    quote = big(publication, article, manager)
    for act in (lambda: quoting.approve(quote, by=manager), lambda: quoting.open(quote, by=manager)):
        with pytest.raises((NotAllowed, Conflict)):
            act()
    assert not Approval.objects.exclude(approved_by=None).exists()


def test_an_approval_does_not_cover_a_changed_draft(publication, article, editor, manager):
    quote = big(publication, article, editor)
    quoting.approve(quote, by=manager)
    line = quoting.Line(quote.request.items.get(), price=Decimal("9000"), override_reason="More.")
    changed = quoting.draft(quote.request, by=editor, lines=[line])
    with pytest.raises(Conflict) as refused:
        quoting.open(changed, by=editor)
    assert refused.value.code == "needs_approval"


def test_a_manager_sends_what_an_editor_drafted_and_is_the_second_person(publication, article, editor, manager):
    quote = quoting.open(big(publication, article, editor), by=manager)
    assert quote.status == "open"
    approval = Approval.objects.get(subject_reference=quote.reference)
    assert (approval.proposed_by, approval.approved_by) == (editor, manager)


def test_the_limit_itself_is_the_editors(publication, article, editor):
    request = manual(publication, article)
    line = quoting.Line(request.items.get(), price=Decimal("1000.00"), override_reason="Round.")
    assert quoting.open(quoting.draft(request, by=editor, lines=[line]), by=editor).status == "open"


def test_a_second_quote_supersedes_the_open_one(publication, article, editor):
    request = manual(publication, article)
    first = quoting.open(quoting.draft(request, by=editor), by=editor)
    second = quoting.open(quoting.draft(request, by=editor), by=editor)
    first.refresh_from_db()
    request.refresh_from_db()
    assert (first.status, second.status, second.number, request.status) == ("superseded", "open", 2, "quoted")


def test_declining_or_canceling_returns_the_request_to_the_desk(publication, article, editor):
    for end in (
        lambda quote: quoting.decline(quote, by=THE_PARTNER, words="Too dear."),
        lambda quote: quoting.cancel(quote, by=editor, words="We made a mistake."),
    ):
        request = make.make_request(publication, article)
        quote = end(request.quotes.get())
        request.refresh_from_db()
        assert (quote.status in {"declined", "canceled"}, request.status) == (True, "in_review")


def exclusive_license(publication, article, editor, **values):
    request = make.make_request(publication, article, **{"exclusivity": "media", **values})
    quote = quoting.open(quoting.draft(request, by=editor), by=editor)
    return accept(quote, by=request.api_key).licenses.get()


@pytest.mark.parametrize(
    ("held", "wanted", "clashes"),
    [
        ({"exclusivity": "media"}, {}, True),
        ({"exclusivity": "media"}, {"territory": ["CA"]}, False),
        ({"exclusivity": "media"}, {"territory": ["001"]}, True),
        ({"exclusivity": "media"}, {"use": "republish_print"}, False),
        ({"exclusivity": "territory"}, {"use": "republish_print"}, True),
        ({"exclusivity": "territory"}, {"use": "republish_print", "territory": ["CA"]}, False),
        ({"exclusivity": "full"}, {"use": "republish_print", "territory": ["CA"]}, True),
        ({"exclusivity": "full"}, {"starts_on": "2090-01-01", "ends_on": "2090-12-31"}, False),
    ],
)
def test_an_exclusive_license_keeps_others_out(publication, article, editor, held, wanted, clashes):
    rival = exclusive_license(publication, article, editor, **held)
    request = make.make_request(publication, article, exclusivity="none", modifications="adapt", **wanted)
    quote = quoting.draft(request, by=editor)
    if not clashes:
        assert quoting.open(quote, by=editor).status == "open"
        return
    with pytest.raises(Conflict) as refused:
        quoting.open(quote, by=editor)
    assert (refused.value.code, rival.reference in refused.value.message) == ("exclusivity_clash", True)


# Accepting


def test_accepting_issues_one_license_a_line_from_one_snapshot(publication, article):
    second = make.make_article(publication)
    request = make.make_request(publication, article, second)
    quote = accept(request.quotes.get(), by=request.api_key)
    issued = list(quote.licenses.order_by("pk"))
    assert [row.article for row in issued] == [article, second]
    assert [row.status for row in issued] == ["active", "active"]
    snapshot = issued[0].snapshot
    assert snapshot["article"]["revision_sha256"] == article.revision_sha256
    assert snapshot["article"]["body_sha256"] == article.revision_sha256
    assert snapshot["parties"]["licensee"]["name"] == request.organization.name
    assert (snapshot["terms_sha256"], snapshot["terms_version"]) == (quote.terms.sha256, "2026-1")
    assert snapshot["duties"]["retraction"] == {"duty": "take_down", "within_hours": 24}
    assert snapshot["price"] == {"amount": "150.00", "currency": "USD"}
    assert (snapshot["quote"], snapshot["number"], snapshot["publication"]["slug"]) == (
        quote.reference,
        issued[0].number,
        publication.slug,
    )
    request.refresh_from_db()
    assert request.status == "fulfilled"


def test_accepting_again_with_the_same_terms_is_the_same_answer(publication, article):
    request = make.make_request(publication, article)
    quote = request.quotes.get()
    first = accept(quote, by=request.api_key, seen=quote.version)
    before = make.rows()
    again = accept(quote, by=request.api_key, seen=99)
    assert (again.pk, again.status, list(again.licenses.all())) == (first.pk, "accepted", list(first.licenses.all()))
    with pytest.raises(Conflict):
        accept(quote, by=request.api_key, terms_sha256="0" * 64)
    assert make.rows() == before


def _expire(quote):
    Quote.objects.filter(pk=quote.pk).update(valid_until=timezone.now() - timedelta(seconds=1))


def _hold(quote):
    line = quote.lines.get()
    line.article.desk_status = "withheld"
    line.article.save(update_fields=["desk_status"])


def _embargo(quote):
    line = quote.lines.get()
    line.article.embargoed_until = timezone.now() + timedelta(days=1)
    line.article.save(update_fields=["embargoed_until"])


def _report(quote):
    subject = make.Notice(quote.publication)
    subject.noun, subject.reference = "report", "R-33333333-3"
    with transaction.atomic():
        make.happened("report.accepted", quote.lines.get().article, subject=subject)


def _block(quote):
    quote.organization.blocked = True
    quote.organization.save(update_fields=["blocked"])


def _limit_credit(quote):
    quote.organization.credit_limit = Decimal("149.99")
    quote.organization.save(update_fields=["credit_limit"])


def _nothing(quote):
    """The quote is fine; what is sent with it is not."""


@pytest.mark.parametrize(
    ("spoil", "sent", "error", "code"),
    [
        (_expire, {}, Conflict, "expired"),
        (_hold, {}, Conflict, "not_usable"),
        (_embargo, {}, Conflict, "embargo"),
        (_report, {}, Conflict, "open_report"),
        (_block, {}, Conflict, "blocked_organization"),
        (_limit_credit, {}, Conflict, "over_credit"),
        (_nothing, {"terms_sha256": "f" * 64}, Conflict, "terms_changed"),
        (_nothing, {"seen": 1}, Stale, "stale"),
        (_nothing, {"signatory": "Req Uester"}, NotAllowed, "not_a_signatory"),
        (_nothing, {"signatory": "nobody@example.com"}, NotAllowed, "not_a_signatory"),
        (_nothing, {"signatory": ""}, Invalid, "validation"),
    ],
)
def test_a_guard_of_accept_refuses_and_nothing_changes(publication, article, spoil, sent, error, code):
    request = make.make_request(publication, article)
    quote = request.quotes.get()
    spoil(quote)
    quote = Quote.objects.get(pk=quote.pk)
    before = make.rows()
    with pytest.raises(error) as refused:
        accept(quote, by=request.api_key, **sent)
    assert refused.value.code == code
    assert make.rows() == before
    assert not License.objects.exists()


def test_an_exclusive_license_issued_meanwhile_refuses_the_accept(publication, article, editor):
    request = make.make_request(publication, article)
    exclusive_license(publication, make.make_article(publication), editor)
    other = make.make_request(publication, article, exclusivity="full")
    rival = quoting.open(quoting.draft(other, by=editor), by=editor)
    accept(rival, by=other.api_key)
    before = make.rows()
    with pytest.raises(Conflict) as refused:
        accept(request.quotes.get(), by=request.api_key)
    assert refused.value.code == "exclusivity_clash"
    assert make.rows() == before


def test_the_moment_of_valid_until_still_counts(publication, article):
    quote = make.make_request(publication, article).quotes.get()
    assert quote.effective_status(quote.valid_until) == "open"
    assert quote.effective_status(quote.valid_until + timedelta(microseconds=1)) == "expired"


def test_paying_first_waits_for_the_payment(publication, article, editor):
    organization = make.make_organization(payment_terms="prepay")
    request = make.make_request(publication, article, organization=organization)
    held = accept(request.quotes.get(), by=request.api_key).licenses.get()
    request.refresh_from_db()
    assert (held.status, held.public_status(), request.status) == ("pending_payment", "not_yet_valid", "agreed")
    before = make.rows()
    with pytest.raises(Conflict) as refused:
        licenses.issue(held, by=editor)
    assert (refused.value.code, make.rows()) == ("unpaid", before)
    held = make.pay_for(held, by=editor)
    request.refresh_from_db()
    assert (held.status, held.public_status(), request.status) == ("active", "valid", "fulfilled")


def test_what_is_unpaid_counts_against_the_credit_limit_until_it_is_paid(publication, editor):
    partner = make.make_organization(credit_limit=Decimal("300.00"))
    first, second, third = (
        make.make_request(publication, make.make_article(publication), organization=partner).quotes.get()
        for _ in range(3)
    )
    accept(first)
    held = accept(second).licenses.get()
    with pytest.raises(Conflict) as refused:
        accept(third)
    assert refused.value.code == "over_credit"
    assert refused.value.message == (
        "This quote of 150.00 USD and 300.00 USD that are not paid yet exceed your credit limit of 300.00 USD."
        " Pay an open invoice, or speak to the licensing desk."
    )
    make.pay_for(held, by=editor)
    assert accept(third).status == "accepted"


def test_a_debt_that_was_given_up_no_longer_holds_the_license_back(publication, article, editor, manager):
    organization = make.make_organization(payment_terms="prepay")
    held = accept(make.make_request(publication, article, organization=organization).quotes.get()).licenses.get()
    order = invoicing.enter_number(held.quote.invoices.get(), by=editor, number="ERP-1")
    payments.write_off(order, by=manager, words="A sister company.")
    assert licenses.issue(held, by=editor).status == "active"


def test_one_line_cannot_become_two_licenses(publication, article):
    held = make.make_license(publication, article)
    twin = License.objects.get(pk=held.pk)
    twin.pk, twin.reference, twin._state.adding = None, "L-22222222-2", True
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


def test_a_web_requester_signs_with_a_name(publication, article):
    request = make.make_request(
        publication, article, requester=asking.Requester("Wanda", "wanda@example.com"), by=THE_PARTNER
    )
    quote = request.quotes.get()
    with pytest.raises(Invalid):
        accepting.accept(quote, terms_sha256=quote.terms.sha256)
    quote = accepting.accept(quote, terms_sha256=quote.terms.sha256, signatory="Wanda Web")
    assert (quote.status, quote.signatory_name) == ("accepted", "Wanda Web")
    assert quote.licenses.get().snapshot["parties"]["licensee"]["name"] == "Wanda"


# The life of a license


def test_a_license_is_never_changed(publication, article):
    held = make.make_license(publication, article)
    held.snapshot = {}
    with pytest.raises(TypeError):
        held.save()
    with pytest.raises(TypeError):
        held.save(update_fields=["snapshot"])


def test_both_ends_of_the_dates_count_where_the_publication_is(publication, article):
    held = make.make_license(publication, article, starts_on="2090-01-02", ends_on="2090-01-03")
    zone = publication.zone
    at = lambda day, hour: timezone.datetime(2090, 1, day, hour, 30, tzinfo=zone)  # noqa: E731 -- a short name for a moment
    assert [held.effective_status(at(*when)) for when in [(1, 23), (2, 0), (3, 23), (4, 0)]] == [
        "scheduled",
        "active",
        "active",
        "expired",
    ]
    assert [held.public_status(at(*when)) for when in [(1, 23), (3, 23), (4, 0)]] == [
        "not_yet_valid",
        "valid",
        "expired",
    ]


def test_two_people_revoke(publication, article, editor, manager):
    held = make.make_license(publication, article)
    given = {"reason": "breach", "words": "Sold on.", "remove_within": timedelta(days=2)}
    with pytest.raises(Conflict) as refused:
        licenses.revoke(held, by=manager, **given)
    assert refused.value.code == "needs_proposal"
    licenses.propose_revoke(held, by=manager, reason="breach", words="Sold on.")
    with pytest.raises(NotAllowed):
        licenses.revoke(held, by=manager, **given)
    with pytest.raises(NotAllowed):
        licenses.revoke(held, by=editor, **given)
    other = make.make_staff(publication, "licensing_manager")
    held = licenses.revoke(held, by=other, **given)
    assert (held.status, held.end_reason, held.public_status()) == ("revoked", "breach", "revoked")
    assert held.removal_deadline > timezone.now() + timedelta(hours=47)


def test_a_proposal_for_an_older_version_does_not_count(publication, article, editor, manager):
    held = make.make_license(publication, article)
    licenses.propose_revoke(held, by=editor, reason="breach", words="Sold on.")
    held = licenses.suspend(held, by=editor, reason="suspected_breach", words="Explain.")
    with pytest.raises(Conflict) as refused:
        licenses.revoke(held, by=manager, reason="breach", words="Sold.", remove_within=timedelta(days=1))
    assert refused.value.code == "needs_proposal"


def test_a_suspension_and_a_revocation_have_reasons_of_their_own(publication, article, editor):
    pause, end = LicenseSuspendForm.base_fields["reason"], LicenseRevokeForm.base_fields["reason"]
    assert LicenseProposeRevokeForm.base_fields["reason"].choices == end.choices
    pausing, ending = ([code for code, _label in field.choices] for field in (pause, end))
    assert pausing == ["payment_overdue", "suspected_breach", "correction_pending"]
    assert ending == [
        *("non_payment", "breach", "rights_lost", "legal_takedown", "retraction", "issued_in_error", "fraud")
    ]
    held = make.make_license(publication, article)
    for reason in (*pausing, "by_licensee", "agreed"):
        with pytest.raises(Invalid):
            licenses.propose_revoke(held, by=editor, reason=reason, words="Sold on.")
    for reason in (*ending, "by_licensee", "agreed"):
        with pytest.raises(Invalid):
            licenses.suspend(held, by=editor, reason=reason, words="Explain.")


def test_suspending_and_reinstating(publication, article, editor):
    held = make.make_license(publication, article)
    held = licenses.suspend(held, by=editor, reason="payment_overdue", words="Please pay.")
    assert (held.public_status(), held.end_words) == ("suspended", "Please pay.")
    assert licenses.reinstate(held, by=editor).public_status() == "valid"


def test_renewing_asks_for_the_next_term_and_supersedes_on_its_first_day(publication, article):
    held = make.make_license(publication, article)
    request = licenses.renew(held, by=held.request.api_key)
    row = request.items.get()
    following = held.ends_on + timedelta(days=1)
    assert (request.status, row.starts_on, row.ends_on) == (
        "quoted",
        following,
        as_long(held.starts_on, held.ends_on, starting=following),
    )
    with pytest.raises(Conflict) as refused:
        licenses.renew(held, by=held.request.api_key)
    assert refused.value.code == "renewing"
    new = accept(request.quotes.get(), by=request.api_key).licenses.get()
    assert clock.tick(timezone.now())["superseded"] == 0
    assert clock.tick(timezone.now() + timedelta(days=366))["superseded"] == 1
    held.refresh_from_db()
    assert (held.status, held.superseded_by) == ("superseded", new)


def test_declared_placements_are_the_whole_list(publication, article):
    held = make.make_license(publication, article)
    one, two = "https://partner.example/1", "https://partner.example/2"
    placements.declare(held, urls=[one, two, one])
    assert [row.url for row in placements.declare(held, urls=[two])] == [two]
    assert held.placements.get(url=one).removed_at is not None
    assert {row.url for row in placements.declare(held, urls=[one, two])} == {one, two}
    for urls, pointer in [
        (["ftp://x.example"], "/urls/0"),
        ([f"https://p.example/{n}" for n in range(10_000)], "/urls"),
    ]:
        with pytest.raises(Invalid) as refused:
            placements.declare(held, urls=urls)
        assert refused.value.faults[0].pointer == pointer


def test_a_test_key_makes_test_records_to_the_end(publication, article):
    organization = make.make_organization()
    held = make.make_license(publication, article, organization=organization, by=make.make_key(organization, test=True))
    assert (held.test, held.quote.test, held.request.test, held.public_status()) == (
        True,
        True,
        True,
        "test",
    )
    assert set(Event.objects.filter(subject_reference=held.reference).values_list("test", flat=True)) == {True}


# The clock


def test_the_end_of_a_license_is_told_thrice_before_and_once_after(publication, article):
    held = make.make_license(publication, article)
    noon = timezone.datetime.combine(held.ends_on, timezone.datetime.min.time(), tzinfo=publication.zone).replace(
        hour=12
    )
    told = []
    for days in [40, 30, 30, 29, 8, 7, 7, 2, 1, 0, -1, -2]:
        counts = clock.tick(noon - timedelta(days=days))
        if counts["expiring"] or counts["expired"]:
            told.append((days, "expiring" if counts["expiring"] else "expired"))
    assert told == [(30, "expiring"), (7, "expiring"), (1, "expiring"), (-1, "expired")]
    assert kinds_of(held)[-4:] == ["license.expiring"] * 3 + ["license.expired"]


def test_the_clock_locks_no_license_whose_end_was_told(publication):
    def grant():
        return make.make_license(publication, make.make_article(publication))

    def queries(now):
        with CaptureQueriesContext(connection) as seen:
            assert clock.tick(now)["expiring"] == 0
        return len(seen)

    near = datetime.combine(grant().ends_on - timedelta(days=5), time(12), tzinfo=publication.zone)
    clock.tick(near)
    one = queries(near)
    for _ in range(2):
        grant()
    clock.tick(near)
    assert queries(near) == one


def test_a_silent_requester_is_reminded_twice_and_then_the_request_lapses(publication, article, editor):
    request = deciding.ask(deciding.take_up(manual(publication, article), by=editor), by=editor, words="Which?")
    asked = request.waiting_since
    done = []
    for days in [4, 5, 5, 9, 10, 10, 14, 15, 16]:
        counts = clock.tick(asked + timedelta(days=days))
        done += [(days, name) for name in ("reminded", "lapsed") if counts[name]]
    assert done == [(5, "reminded"), (10, "reminded"), (15, "lapsed")]
    request.refresh_from_db()
    assert request.status == "lapsed"


def test_a_quote_that_ran_out_lapses_its_request(publication, article):
    request = make.make_request(publication, article)
    quote = request.quotes.get()
    assert clock.tick(quote.valid_until - timedelta(days=7))["reminded"] == 1
    assert clock.tick(quote.valid_until - timedelta(days=2))["reminded"] == 1
    assert clock.tick(quote.valid_until + timedelta(hours=23))["lapsed"] == 0
    assert clock.tick(quote.valid_until + timedelta(hours=25))["lapsed"] == 1
    quote.refresh_from_db()
    assert quote.status == "canceled"


def test_a_quote_is_reminded_of_only_at_marks_that_come_after_it_was_sent(publication, article):
    quote = make.make_request(publication, article).quotes.get()
    Quote.objects.filter(pk=quote.pk).update(valid_until=quote.request.waiting_since + timedelta(days=5))
    found = [clock.tick(quote.request.waiting_since + timedelta(days=days))["reminded"] for days in (0, 1, 3, 4)]
    assert found == [0, 0, 1, 0]


def test_a_clock_that_stood_still_reminds_of_no_quote_that_ran_out(publication, article):
    quote = make.make_request(publication, article).quotes.get()
    done = clock.tick(quote.valid_until + timedelta(days=1))
    assert (done["reminded"], done["lapsed"]) == (0, 1)


def test_a_clock_that_stood_still_reminds_once_before_it_closes_a_request(publication, article, editor):
    request = deciding.ask(deciding.take_up(manual(publication, article), by=editor), by=editor, words="Which?")
    late = request.waiting_since + timedelta(days=40)
    found = [clock.tick(late) for _tick in range(3)]
    assert [(done["reminded"], done["lapsed"]) for done in found] == [(1, 0), (0, 1), (0, 0)]


def test_the_databases_own_rules_hold(publication, article):
    request = make.make_request(publication, article)
    quote = request.quotes.get()
    for broken in (
        lambda: LicenseRequest.objects.filter(pk=request.pk).update(status="lost"),
        lambda: LicenseRequest.objects.filter(pk=request.pk).update(status="declined"),
        lambda: Quote.objects.filter(pk=quote.pk).update(terms=None),
        lambda: Quote.objects.filter(pk=quote.pk).update(net=Decimal("-1")),
        lambda: RequestItem.objects.filter(request=request).update(ends_on=None),
        lambda: RequestItem.objects.filter(request=request).update(quantity=0),
        lambda: Quote.objects.create(
            reference="Q-22222222-2", request=request, publication=publication, number=1, currency="USD"
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            broken()


def test_the_log_alone_moves_a_request_along(publication, article):
    request = make.make_request(publication, article)
    assert QUOTE.available(request.quotes.get(), THE_LOG) != []
    before = make.rows()
    with pytest.raises(Conflict):
        deciding.resume(request, by=make.make_staff(publication, "licensing_editor"))
    after = make.rows()
    assert after == before


@pytest.mark.parametrize(
    ("currency", "each", "codes"),
    [
        ("EUR", "0.01", {"currency_mismatch", "no_rule"}),
        ("USD", "1000", {"over_limit"}),
    ],
)
def test_another_currency_and_a_price_that_no_amount_can_hold_are_for_a_person(
    publication, article, currency, each, codes
):
    today = timezone.now().astimezone(publication.zone).date()
    items = asking.check_items([make.item(article, quantity=10**9)], publication=publication, today=today)
    card = make.make_card(publication, per_unit=Decimal(each))
    found = assess(items, asker=Asker(publication, currency=currency), today=today, card=card)
    assert {reason["code"] for reason in found.reasons} == codes
    assert (found.lane, found.total) == ("manual", None)


def test_assessing_costs_the_same_queries_for_one_item_and_for_ten(publication, django_assert_num_queries):
    articles = [make.make_article(publication) for _ in range(10)]
    today = timezone.now().astimezone(publication.zone).date()

    def price(count):
        items = asking.check_items(
            [make.item(article) for article in articles[:count]], publication=publication, today=today
        )
        return assess(items, asker=Asker(publication, currency="USD"), today=today)

    with django_assert_num_queries(6):
        price(1)
    with django_assert_num_queries(6):
        price(10)
