"""A reader's report, moved at random by two editors, a colleague without the right, the reader, and the clock."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from corrections.models import Correction, Report
from corrections.services import clock as desk_clock
from corrections.services import correction as notices
from corrections.services import report as reports
from newsroom.errors import Conflict, Invalid, NotAllowed, Stale
from newsroom.workflow import THE_CLOCK, THE_READER
from tests import factories as make
from tests.machines.steady import Machine, moves_of, promises_of

# From, to, and whose move it is: written from the product's description.
MOVES = {
    "release": ({"held"}, "new", "desk"),
    "mark_spam": ({"held", "new", "in_review"}, "spam", "desk"),
    "restore": ({"spam"}, "new", "desk"),
    "take_up": ({"new"}, "in_review", "desk"),
    "ask": ({"in_review"}, "needs_info", "desk"),
    "reply": ({"needs_info"}, "in_review", "reader"),
    "resume": ({"needs_info"}, "in_review", "desk"),
    "accept": ({"in_review"}, "accepted", "desk"),
    "reopen": ({"accepted"}, "in_review", "desk"),
    "decline": ({"new", "in_review", "needs_info"}, "declined", "desk"),
    "join": ({"new", "in_review"}, "duplicate", "desk"),
    "withdraw": ({"held", "new", "in_review", "needs_info"}, "withdrawn", "reader"),
    "lapse": ({"needs_info"}, "lapsed", "clock"),
    "appeal": ({"declined", "resolved", "duplicate", "lapsed"}, "in_review", "reader"),
}
PARTICIPLE = {
    "release": "released", "mark_spam": "marked_spam", "restore": "restored", "take_up": "taken_up", "ask": "asked",
    "reply": "replied", "resume": "resumed", "accept": "accepted", "reopen": "reopened", "decline": "declined",
    "join": "joined", "withdraw": "withdrawn", "lapse": "lapsed", "appeal": "appealed",
}  # fmt: skip
CLOSED = {"resolved", "declined", "duplicate", "withdrawn", "lapsed", "spam"}
DECIDING = {"accept", "decline", "join"}
NEEDS_WORDS = {"ask", "reply", "reopen", "decline", "join", "appeal"}
PEOPLE = {"ann": "desk", "bob": "desk", "lee": "stranger", "reader": "reader", "clock": "clock"}


def hours(since):
    """The opening hours of a hundred days from that day on: weekdays from 9 to 18, UTC."""
    for number in range(100):
        day = (since + timedelta(days=number)).replace(hour=0, minute=0, second=0, microsecond=0)
        if day.weekday() < 5:
            yield day + timedelta(hours=9), day + timedelta(hours=18)


class ReportMachine(Machine):
    app = "corrections"

    @initialize(held=st.booleans(), about_me=st.booleans(), urgent=st.sampled_from([False, False, True]))
    def submit(self, held, about_me, urgent):
        self.daily = make.make_publication()
        self.actors = {
            "ann": make.make_staff(self.daily, "desk_editor"),
            "bob": make.make_staff(self.daily, "desk_editor"),
            "lee": make.make_staff(self.daily, "licensing_editor"),
            "reader": THE_READER,
            "clock": THE_CLOCK,
        }
        self.vera = make.make_staff(self.daily, "standards_editor")
        self.other = make.make_report(self.daily)
        self.report = make.make_report(
            self.daily, about_me=about_me, urgent=urgent, held_reasons=["rate"] if held else None
        )
        self.never_lapses, self.urgent = about_me or urgent, urgent
        self.status, self.version, self.told = "held" if held else "new", 1, []
        self.decisions, self.deciders, self.appealed = 0, set(), False
        self.settled_by = None
        self.asked_at = self.closed_at = None
        self.reminders = 0
        self.owed = promises_of(self.report)
        self.paused_at = None
        assert {kind: how for kind, (how, _due) in self.owed.items()} == dict.fromkeys(
            ("acknowledge", "decide", "publish"), "running"
        )

    @rule(move=st.sampled_from(sorted(MOVES)), who=st.sampled_from(sorted(PEOPLE)), stale=st.sampled_from([0, 0, 0, 1]))
    def any_move(self, move, who, stale):
        self.make(move, who, stale=stale)

    @precondition(lambda self: self.possible())
    @rule(data=st.data())
    def possible_move(self, data):
        self.make(*data.draw(st.sampled_from(self.possible())))

    @rule(move=st.sampled_from(sorted(NEEDS_WORDS)), words=st.sampled_from(["", "  \n"]))
    def move_without_words(self, move, words):
        who = "reader" if MOVES[move][2] == "reader" else "ann"
        expected = self.verdict(move, who, stale=False) or Invalid
        self.press(lambda: self.call(move, who, seen=self.version, words=words), expected)

    @precondition(lambda self: self.status == "accepted")
    @rule()
    def publish_its_correction(self):
        correction = Report.objects.get(pk=self.report.pk).correction
        ann = self.actors["ann"]
        words = {"text": "An earlier version misstated the cost. It was 1.45 million.", "not_fixed_reason": "Print."}
        correction = make.answer_warnings(notices.edit(correction, by=ann, **words), by=ann)
        published = notices.publish(notices.send_for_approval(correction, by=ann), by=self.vera)
        # A second one comes after a second look alone, and takes the place of the first.
        assert published.target == self.settled_by
        self.settled_by = published
        self.moved("resolved", "resolved")
        self.decisions += 1
        self.owed.pop("decide", None)
        self.owed.pop("publish", None)

    @rule(to=st.sampled_from(["ann", "bob", "lee"]), by=st.sampled_from(["ann", "lee"]))
    def assign(self, to, by):
        expected = NotAllowed if by == "lee" else Invalid if to == "lee" else None
        if self.press(
            lambda: reports.assign(self.report, to=self.actors[to], by=self.actors[by], seen=self.version), expected
        ):
            self.version += 1

    @rule(hours=st.integers(1, 24 * 12))
    def wait(self, hours):
        self.clock.shift(timedelta(hours=hours))

    @rule()
    def the_clock_ticks(self):
        desk_clock.tick()
        if self.status == "needs_info":
            waited = timezone.now() - self.asked_at
            due = (waited >= timedelta(days=5)) + (waited >= timedelta(days=10))
            if due > self.reminders:
                self.reminders += 1
            if waited >= timedelta(days=15) and self.reminders >= 2 and not self.never_lapses:
                self.made("lapse", "clock")

    def possible(self):
        """The moves that somebody may make now, with who."""
        return [
            (move, who)
            for move in sorted(MOVES)
            for who in sorted(PEOPLE)
            if self.verdict(move, who, stale=False) is None
        ]

    def verdict(self, move, who, *, stale):
        """Which refusal is due, or None."""
        sources, _target, whose = MOVES[move]
        if stale:
            return Stale
        if move == "join" and who == "reader":
            return Conflict  # a reader joins only what they said to be the same thing, which this one did not
        if PEOPLE[who] != whose:
            return NotAllowed
        if self.status not in sources:
            return Conflict
        if move in DECIDING and self.appealed and who in self.deciders:
            return Conflict
        if move == "lapse" and (self.never_lapses or self.reminders < 2):
            return Conflict
        if move == "appeal" and (self.appealed or timezone.now() > self.closed_at + timedelta(days=28)):
            return Conflict
        return None

    def make(self, move, who, *, stale=False):
        expected = self.verdict(move, who, stale=stale)
        if self.press(lambda: self.call(move, who, seen=self.version - bool(stale)), expected):
            self.made(move, who)

    def call(self, move, who, *, seen, words="Because of the source."):
        more = {"words": words} if move in NEEDS_WORDS else {}
        if move == "decline":
            more["code"] = "opinion"
        if move == "join":
            more["other"] = self.other
        return getattr(reports, move)(self.report, by=self.actors[who], seen=seen, **more)

    def made(self, move, who):
        """The model's half of a move."""
        self.moved(MOVES[move][1], PARTICIPLE[move])
        now = timezone.now()
        if move in DECIDING | {"lapse"}:
            self.decisions += 1
        if move in DECIDING and not self.appealed:
            self.deciders.add(who)
        if move in {"decline", "join", "withdraw", "mark_spam", "lapse"}:
            self.owed = {}
        if move == "take_up":
            self.owed.pop("acknowledge", None)
        if move == "accept":
            self.owed.pop("decide", None)
        if move == "ask":
            self.asked_at, self.reminders, self.paused_at = now, 0, now
            self.owed = {
                kind: ("paused" if kind != "acknowledge" else how, due) for kind, (how, due) in self.owed.items()
            }
        if move in {"reply", "resume"}:
            self.owed = {
                kind: ("running", self.run_on(kind, due, now) if how == "paused" else due)
                for kind, (how, due) in self.owed.items()
            }
        # New dates are the policy's, which has tests of its own; that they run is the model's.
        given = {"restore": ("acknowledge", "decide", "publish"), "reopen": ("decide",), "appeal": ("decide",)}
        if move == "accept" and "publish" not in self.owed:  # it ended with the answer that was appealed
            given["accept"] = ("publish",)
        fresh = promises_of(self.report)
        for kind in given.get(move, ()):
            assert fresh[kind][1] > now
            self.owed[kind] = ("running", fresh[kind][1])
        self.appealed = self.appealed or move == "appeal"

    def run_on(self, kind, due, now):
        """An urgent answer has hours of the clock left, everything else business hours: weekdays from 9 to 18."""
        if due <= self.paused_at:
            return due
        if kind == "decide" and self.urgent:
            return due + (now - self.paused_at)
        left = sum(
            (max(min(shut, due) - max(open_, self.paused_at), timedelta()) for open_, shut in hours(self.paused_at)),
            timedelta(),
        )
        for open_, shut in hours(now):
            begins = max(open_, now)
            if left <= max(shut - begins, timedelta()):
                return begins + left
            left -= max(shut - begins, timedelta())
        raise AssertionError("a hundred days are enough")

    def moved(self, status, participle):
        self.status, self.version = status, self.version + 1
        self.told.append(participle)
        self.closed_at = timezone.now() if status in CLOSED else None

    @invariant()
    def the_desk_agrees_with_the_model(self):
        if not hasattr(self, "owed"):
            return
        row = Report.objects.get(pk=self.report.pk)
        assert (row.status, row.version, row.closed_at) == (self.status, self.version, self.closed_at)
        assert moves_of(row) == self.told
        assert promises_of(row) == self.owed
        assert row.decisions.count() == self.decisions
        assert row.reminders_sent == self.reminders
        open_notices = Correction.objects.filter(reports=row, status__in=["draft", "awaiting_approval"]).count()
        assert open_notices == (self.status == "accepted")
        if self.status != "accepted":
            assert row.correction == self.settled_by
