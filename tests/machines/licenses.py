"""A license and its update notices: the desk, the licensee, the clock, and what happens to the article."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from newsroom.errors import Conflict, Invalid, NotAllowed, Stale
from newsroom.events import planning
from newsroom.workflow import THE_CLOCK
from reprints.models import License, UpdateNotice
from reprints.services import clock, licenses, updates
from tests.machines.steady import Machine, moves_of
from tests.reprints import factories as make

WHO = {"ed": "desk", "max": "manager", "ria": "stranger", "partner": "partner", "clock": "clock"}
DESK = {"desk", "manager"}
# From, to, whose move it is, and what else is said: written from the product's description.
LICENSE_MOVES = {
    "suspend": ({"active"}, "suspended", DESK | {"clock"}, {"reason": "suspected_breach", "words": "Please call us."}),
    "reinstate": ({"suspended"}, "active", DESK, {}),
    "terminate": ({"active", "suspended"}, "terminated", DESK | {"partner"}, {"words": "Not needed."}),
    "revoke": (
        {"active", "suspended"},
        "revoked",
        {"manager"},
        {"reason": "breach", "words": "Remove it.", "remove_within": timedelta(hours=24)},
    ),
}
LICENSE_TOLD = {"suspend": "suspended", "reinstate": "reinstated", "terminate": "terminated", "revoke": "revoked"}
NOTICE_MOVES = {
    "acknowledge": ({"open", "escalated"}, "acknowledged", DESK | {"partner"}, {"action": "appended"}),
    "verify": ({"acknowledged"}, "verified", DESK, {}),
    "escalate": ({"open"}, "escalated", DESK | {"clock"}, {}),
    "waive": ({"open", "escalated"}, "waived", DESK, {"words": "Already gone."}),
}
NOTICE_TOLD = {"acknowledge": "acknowledged", "verify": "verified", "escalate": "escalated", "waive": "waived"}
# What happens to the article: the notice's kind, and the hours that the usual terms give.
HAPPENS = {
    "a correction": ("correction.published", {"kind": "correction"}, "correction", 72),
    "a retraction": ("correction.published", {"kind": "retraction"}, "retraction", 24),
    "a clarification": ("correction.published", {"kind": "clarification"}, "clarification", None),
    "a hold": ("article.withheld", {}, "hold", 24),
    "a release": ("article.released", {}, "release", None),
    "a small fix": ("correction.published", {"kind": "minor_fix"}, None, None),
}
STRICT = {"clarification": 0, "correction": 2, "retraction": 3}
OVER = {"terminated", "revoked"}


class LicenseMachine(Machine):
    app = "reprints"

    @initialize()
    def grant(self):
        self.daily = make.make_publication()
        self.article = make.make_article(self.daily)
        partner = make.make_organization()
        key = make.make_key(partner)
        self.row = make.make_license(self.daily, self.article, organization=partner, by=key)
        self.actors = {
            "ed": make.make_staff(self.daily, "licensing_editor"),
            "max": make.make_staff(self.daily, "licensing_manager"),
            "ria": make.make_staff(self.daily, "desk_editor"),
            "partner": key,
            "clock": THE_CLOCK,
        }
        self.status, self.version, self.told = "active", self.row.version, ["issued"]
        self.proposed = None  # by whom, for which version
        self.notices = {}  # reference → status, kind, due, duty's strictness, version, told overdue, what it was told
        self.ended = self.expired_told = False

    # The license

    @rule(
        move=st.sampled_from(sorted(LICENSE_MOVES)), who=st.sampled_from(sorted(WHO)), stale=st.sampled_from([0, 0, 1])
    )
    def any_move(self, move, who, stale):
        self.make(move, who, stale)

    @precondition(lambda self: self.status in {"active", "suspended"})
    @rule(move=st.sampled_from(["suspend", "reinstate", "suspend", "reinstate", "terminate", "revoke"]))
    def usual_move(self, move):
        self.make(move, "max", 0)

    @rule(who=st.sampled_from(["ed", "max", "ria"]))
    def propose_to_revoke(self, who):
        expected = NotAllowed if who == "ria" else None if self.status in {"active", "suspended"} else Conflict
        if self.press(
            lambda: licenses.propose_revoke(self.row, by=self.actors[who], reason="breach", words="See the page."),
            expected,
        ) and (self.proposed is None or self.proposed[1] != self.version):
            self.proposed = (who, self.version)

    def make(self, move, who, stale):
        sources, target, whose, more = LICENSE_MOVES[move]
        if stale:
            expected = Stale
        elif WHO[who] not in whose:
            expected = NotAllowed
        elif self.status not in sources or (
            move == "revoke" and (self.proposed is None or self.proposed[1] != self.version)
        ):
            expected = Conflict
        elif move == "revoke" and self.proposed[0] == who:
            expected = NotAllowed
        else:
            expected = None
        service = getattr(licenses, move)
        if self.press(lambda: service(self.row, by=self.actors[who], seen=self.version - stale, **more), expected):
            self.status, self.version = target, self.version + 1
            self.told.append(LICENSE_TOLD[move])
            if target in OVER:
                for notice in self.unanswered():
                    self.moved(notice, "canceled", "canceled")

    # What happens to the article, and the notices of it

    @rule(what=st.sampled_from(sorted(HAPPENS)))
    def something_happens(self, what):
        name, data, kind, hours = HAPPENS[what]
        with transaction.atomic():
            event = make.happened(name, self.article, **data)
        planning.plan(event.pk)
        fresh = list(UpdateNotice.objects.filter(origin_event=event))
        if kind is None or self.status in OVER:
            assert fresh == []
            return
        if not fresh:
            assert self.over_by_now()  # long after its end nobody is told
            return
        [notice] = fresh
        due, strict = (event.happened_at + timedelta(hours=hours) if hours else None), STRICT.get(kind)
        for older in self.unanswered():
            if strict is not None and older["strict"] is not None and older["strict"] > strict:
                due, strict = older["due"], older["strict"]
            self.moved(older, "superseded", "superseded")
        self.notices[notice.reference] = {
            "status": "open", "kind": kind, "due": due, "strict": strict, "version": 1, "overdue": False,
            "told": [],
        }  # fmt: skip
        assert (notice.kind, notice.due_at) == (kind, due)

    @precondition(lambda self: self.notices)
    @rule(
        data=st.data(),
        move=st.sampled_from(sorted(NOTICE_MOVES)),
        who=st.sampled_from(sorted(WHO)),
        stale=st.sampled_from([0, 0, 1]),
    )
    def any_move_of_a_notice(self, data, move, who, stale):
        reference = data.draw(st.sampled_from(list(self.notices)))
        held = self.notices[reference]
        sources, target, whose, more = NOTICE_MOVES[move]
        expected = (
            Stale if stale else NotAllowed if WHO[who] not in whose else None if held["status"] in sources else Conflict
        )
        notice = UpdateNotice.objects.get(reference=reference)
        service = getattr(updates, move)
        if self.press(lambda: service(notice, by=self.actors[who], seen=held["version"] - stale, **more), expected):
            self.moved(held, target, NOTICE_TOLD[move])

    @precondition(lambda self: self.notices)
    @rule(data=st.data())
    def an_answer_without_its_parts(self, data):
        reference = data.draw(st.sampled_from(list(self.notices)))
        expected = Invalid if self.notices[reference]["status"] in {"open", "escalated"} else Conflict
        notice = UpdateNotice.objects.get(reference=reference)
        partner, ed = self.actors["partner"], self.actors["ed"]
        self.press(lambda: updates.acknowledge(notice, by=partner, action="shrug"), expected)
        self.press(lambda: updates.acknowledge(notice, by=partner, action="removed", url="javascript:1"), expected)
        self.press(lambda: updates.waive(notice, by=ed, words=" "), expected)

    @rule(hours=st.integers(1, 24 * 14))
    def wait(self, hours):
        self.clock.shift(timedelta(hours=hours))

    @rule()
    def the_clock_ticks(self):
        now = timezone.now()
        clock.tick(now)
        for held in self.unanswered():
            if held["due"] and held["due"] < now and not held["overdue"]:
                held["overdue"] = True
                held["version"] += 1
            if held["status"] == "open" and held["overdue"] and now >= held["due"] + timedelta(hours=24):
                self.moved(held, "escalated", "escalated")
        # Whether its end was told in time is the clock's own test; that it changes no status is asserted here.
        self.version = License.objects.get(pk=self.row.pk).version

    # The model

    def unanswered(self):
        return [held for held in self.notices.values() if held["status"] in {"open", "escalated"}]

    def was_proposed(self):
        """To revoke this very version of it."""
        return self.proposed is not None and self.proposed[1] == self.version

    def over_by_now(self):
        return timezone.now().date() > self.row.ends_on

    def moved(self, held, status, participle):
        held["status"] = status
        held["version"] += 1
        held["told"].append(participle)

    @invariant()
    def the_desk_agrees_with_the_model(self):
        if not hasattr(self, "expired_told"):
            return
        row = License.objects.get(pk=self.row.pk)
        assert (row.status, row.version) == (self.status, self.version)
        assert moves_of(row) == self.told
        assert (row.ended_at is not None) == (self.status in OVER)
        assert (row.removal_deadline is not None) == (self.status == "revoked")
        rows = {notice.reference: notice for notice in row.update_notices.all()}
        assert {name: (one.status, one.version) for name, one in rows.items()} == {
            name: (held["status"], held["version"]) for name, held in self.notices.items()
        }
        assert len(self.unanswered()) <= 1
        for name, notice in rows.items():
            assert moves_of(notice) == self.notices[name]["told"]
