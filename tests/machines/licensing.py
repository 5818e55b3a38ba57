"""A request and its quotes, moved at random by an editor, a stranger, the partner, and the clock."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from newsroom.articles.models import Article
from newsroom.errors import Conflict, Invalid, NotAllowed, Stale
from newsroom.workflow import THE_CLOCK
from reprints.models import License, LicenseRequest, Quote
from reprints.services import accepting, asking, clock, deciding, quoting
from tests.machines.steady import Machine, moves_of, promises_of
from tests.reprints import factories as make

WORDS = {"words": "Because of the source."}
# From, and whose move it is: written from the product's description.
REQUEST_MOVES = {
    "take_up": (deciding.take_up, {"submitted"}, {"desk"}, {}),
    "ask": (deciding.ask, {"in_review"}, {"desk"}, WORDS),
    "reply": (asking.reply, {"needs_info"}, {"partner"}, WORDS),
    "resume": (deciding.resume, {"needs_info"}, {"desk"}, {}),
    "decline": (
        deciding.decline,
        {"submitted", "in_review", "needs_info"},
        {"desk"},
        {**WORDS, "code": "legal"},
    ),
    "redirect": (deciding.redirect, {"submitted", "in_review", "needs_info"}, {"desk"}, WORDS),
    "withdraw": (asking.withdraw, {"submitted", "in_review", "needs_info", "quoted"}, {"partner"}, {}),
    "lapse": (deciding.lapse, {"needs_info", "quoted"}, {"clock"}, {}),
    "reopen": (deciding.reopen, {"lapsed"}, {"partner", "desk"}, {}),
}
REQUEST_AFTER = {
    "take_up": ("in_review", "taken_up"), "ask": ("needs_info", "asked"), "reply": ("in_review", "replied"),
    "resume": ("in_review", "resumed"), "decline": ("declined", "declined"),
    "redirect": ("redirected", "redirected"), "withdraw": ("withdrawn", "withdrawn"), "lapse": ("lapsed", "lapsed"),
    "reopen": ("in_review", "reopened"),
}  # fmt: skip
WHO = {"ed": "desk", "vi": "stranger", "partner": "partner", "clock": "clock"}
CLOSED = {"declined", "redirected", "withdrawn", "lapsed", "fulfilled"}


class QuoteMachine(Machine):
    app = "reprints"

    @initialize(priced=st.booleans())
    def submit(self, priced):
        self.daily = make.make_publication()
        self.article = make.make_article(self.daily)
        # Without knowing that the rights are ours a person looks at it first.
        self.unsure = make.make_article(self.daily, licensable=None)
        self.partner = make.make_organization()
        key = make.make_key(self.partner)
        self.actors = {
            "ed": make.make_staff(self.daily, "licensing_editor"),
            "vi": make.make_staff(self.daily, "desk_editor"),
            "partner": key,
            "clock": THE_CLOCK,
        }
        article = self.article if priced else self.unsure
        self.request = make.make_request(self.daily, article, organization=self.partner, by=key)
        self.status, self.told = "submitted", []
        self.quotes = {}
        self.closed_at = self.waiting_since = None
        self.reminders, self.held = 0, False
        self.version = LicenseRequest.objects.get(pk=self.request.pk).version
        self.owed = None if priced else "running"
        self.lane_priced = priced
        if priced:
            self.new_quote("open")
            self.moved("quoted", "quoted", versions=0)
            self.waiting_since = timezone.now()

    # The request

    @rule(
        move=st.sampled_from(sorted(REQUEST_MOVES)), who=st.sampled_from(sorted(WHO)), stale=st.sampled_from([0, 0, 1])
    )
    def any_move(self, move, who, stale):
        self.make(move, who, stale=stale)

    @precondition(lambda self: self.possible())
    @rule(data=st.data())
    def possible_move(self, data):
        self.make(*data.draw(st.sampled_from(self.possible())))

    @rule(priced=st.booleans(), stale=st.sampled_from([0, 0, 1]))
    def ask_for_something_else(self, priced, stale):
        open_ = self.status in {"submitted", "in_review", "needs_info", "quoted"}
        expected = Stale if stale else None if open_ else Conflict
        article = self.article if priced else self.unsure
        done = self.press(
            lambda: asking.edit(
                self.request, {"items": [make.item(article)]}, by=self.actors["partner"], seen=self.version - stale
            ),
            expected,
        )
        if not done:
            return
        self.end_quotes("superseded")
        if self.status == "quoted":
            self.moved("in_review", "resumed", versions=0)
            self.waiting_since = None
        self.lane_priced = priced
        usable = not (priced and self.held)
        if self.status != "needs_info":
            if priced and usable:
                self.new_quote("open")
                self.moved("quoted", "quoted", versions=0)
                self.waiting_since, self.reminders, self.owed = timezone.now(), 0, None
            else:
                self.owed = "running"
        self.version = LicenseRequest.objects.get(pk=self.request.pk).version

    # Its quotes

    @precondition(lambda self: hasattr(self, "quotes"))
    @rule(who=st.sampled_from(["ed", "vi"]))
    def draft(self, who):
        quotable = self.status in {"submitted", "in_review", "quoted"}
        expected = NotAllowed if who == "vi" else None if quotable else Conflict
        lines = [quoting.Line(row, price=Decimal(250), override_reason="By hand.") for row in self.request.items.all()]
        made = self.press(lambda: quoting.draft(self.request, by=self.actors[who], lines=lines), expected)
        if made and "draft" not in self.quotes.values():
            self.new_quote("draft")

    @precondition(lambda self: "draft" in self.quotes.values() and not self.held)
    @rule(who=st.sampled_from(["ed", "vi", "partner"]))
    def open_the_draft(self, who):
        name = self.newest("draft")
        quote = Quote.objects.get(reference=name)
        if who != "ed":
            expected = NotAllowed
        elif quote.valid_until <= timezone.now() + timedelta(seconds=1):  # `press` lets one pass
            expected = Invalid
        else:
            expected = None if self.status in {"submitted", "in_review", "quoted"} else Conflict
        if self.press(lambda: quoting.open(quote, by=self.actors[who]), expected):
            self.end_quotes("superseded", but=name)
            self.quotes[name] = "open"
            if self.status == "quoted":
                self.version += 1
            else:
                self.moved("quoted", "quoted")
            self.waiting_since, self.reminders, self.owed = timezone.now(), 0, None

    @precondition(lambda self: self.quotes)
    @rule(data=st.data(), who=st.sampled_from(["ed", "vi", "partner"]))
    def cancel_a_quote(self, data, who):
        name = data.draw(st.sampled_from(list(self.quotes)))
        was = self.quotes[name]
        expected = NotAllowed if who != "ed" else None if was in {"draft", "open"} else Conflict
        if self.press(
            lambda: quoting.cancel(Quote.objects.get(reference=name), by=self.actors[who], words="Sorry."), expected
        ):
            self.quotes[name] = "canceled"
            if was == "open":
                self.back_to_the_desk()

    @precondition(lambda self: self.quotes)
    @rule(data=st.data(), who=st.sampled_from(["ed", "partner"]))
    def decline_a_quote(self, data, who):
        name = data.draw(st.sampled_from(list(self.quotes)))
        expected = NotAllowed if who != "partner" else None if self.quotes[name] == "open" else Conflict
        if self.press(lambda: quoting.decline(Quote.objects.get(reference=name), by=self.actors[who]), expected):
            self.quotes[name] = "declined"
            self.back_to_the_desk()

    @precondition(lambda self: self.quotes)
    @rule(data=st.data(), who=st.sampled_from(["partner", "partner", "ed"]), stale=st.sampled_from([0, 0, 1]))
    def accept_a_quote(self, data, who, stale):
        name = data.draw(st.sampled_from(list(self.quotes)))
        quote = Quote.objects.get(reference=name)
        was = self.quotes[name]
        if was == "accepted":  # the same answer again, whatever was seen
            expected = None if who == "partner" else NotAllowed
        elif stale:
            expected = Stale
        elif who != "partner":
            expected = NotAllowed
        elif was != "open" or timezone.now() >= quote.valid_until or self.touches_a_held_article(quote):
            expected = Conflict
        else:
            expected = None
        done = self.press(
            lambda: accepting.accept(
                quote,
                by=self.actors[who],
                terms_sha256=quote.terms.sha256 if quote.terms else "",
                signatory=make.signatory_of(self.partner),
                seen=quote.version - stale,
            ),
            expected,
        )
        if done and was == "open":
            self.quotes[name] = "accepted"
            self.moved("agreed", "agreed")
            self.moved("fulfilled", "fulfilled")
            self.waiting_since, self.closed_at = None, timezone.now()

    # Time and the article

    @rule(hold=st.booleans())
    def hold_or_release_the_article(self, hold):
        self.held = hold
        Article.objects.filter(pk=self.article.pk).update(desk_status="withheld" if hold else "usable")

    @rule(hours=st.integers(1, 24 * 20))
    def wait(self, hours):
        self.clock.shift(timedelta(hours=hours))

    @rule()
    def the_clock_ticks(self):
        now = timezone.now()
        clock.tick(now)
        if self.status not in {"needs_info", "quoted"}:
            return
        if self.status == "needs_info":
            marks = [self.waiting_since + timedelta(days=days) for days in (5, 10)]
            # Not in the minute of the last reminder, however late that is.
            lapses = now >= self.waiting_since + timedelta(days=15) and self.reminders == 2
        else:
            until = Quote.objects.get(reference=self.newest("open")).valid_until
            marks = [until - timedelta(days=days) for days in (7, 2)] if now < until else []
            marks = [mark for mark in marks if mark > self.waiting_since]
            lapses = now >= until + timedelta(days=1)
        due = sum(now >= mark for mark in marks)
        if due > self.reminders:
            self.reminders = due
            self.version += 1
        if lapses:
            self.made("lapse")

    # The model

    def possible(self):
        return [(move, who) for move in sorted(REQUEST_MOVES) for who in sorted(WHO) if not self.verdict(move, who, 0)]

    def verdict(self, move, who, stale):
        _service, sources, whose, _more = REQUEST_MOVES[move]
        if stale:
            return Stale
        if WHO[who] not in whose:
            return NotAllowed
        if self.status not in sources:
            return Conflict
        if move == "reopen" and timezone.now() > self.closed_at + timedelta(days=30):
            return Conflict
        return None

    def make(self, move, who, *, stale=0):
        service, _sources, _whose, more = REQUEST_MOVES[move]
        if self.press(
            lambda: service(self.request, by=self.actors[who], seen=self.version - stale, **more),
            self.verdict(move, who, stale),
        ):
            self.made(move)

    def made(self, move):
        self.moved(*REQUEST_AFTER[move])
        now = timezone.now()
        if move == "ask":
            self.waiting_since, self.reminders = now, 0
            self.owed = self.owed and "paused"
        if move in {"reply", "resume"}:
            self.waiting_since = None
            self.owed = self.owed and "running"
        if self.status in CLOSED:
            self.end_quotes("canceled")
            self.closed_at, self.waiting_since, self.owed = now, None, None
        if move == "reopen":
            self.closed_at, self.owed = None, "running"

    def moved(self, status, participle, *, versions=1):
        self.status, self.version = status, self.version + versions
        self.told.append(participle)

    def back_to_the_desk(self):
        self.moved("in_review", "resumed")
        self.waiting_since, self.owed = None, "running"

    def new_quote(self, status):
        self.quotes[self.request.quotes.latest("number").reference] = status

    def newest(self, status):
        return next(name for name, held in self.quotes.items() if held == status)

    def end_quotes(self, status, but=None):
        for name, held in self.quotes.items():
            if held in {"draft", "open"} and name != but:
                self.quotes[name] = status

    def touches_a_held_article(self, quote):
        return self.held and quote.lines.filter(article=self.article).exists()

    @invariant()
    def the_desk_agrees_with_the_model(self):
        if not hasattr(self, "lane_priced"):
            return
        row = LicenseRequest.objects.get(pk=self.request.pk)
        assert (row.status, row.version, row.closed_at) == (self.status, self.version, self.closed_at)
        assert (row.waiting_since, row.reminders) == (self.waiting_since, self.reminders)
        assert moves_of(row) == self.told
        assert dict(row.quotes.values_list("reference", "status")) == self.quotes
        assert list(self.quotes.values()).count("open") == (self.status == "quoted")
        assert {kind: how for kind, (how, _due) in promises_of(row).items()} == (
            {"quote": self.owed} if self.owed else {}
        )
        assert License.objects.filter(request=row).count() == (self.status == "fulfilled")
