"""What is owed: claimed, sent, lost by workers that die, sent again by hand, canceled. The wire answers at random."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from unittest import mock

from django.db.models import F
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, initialize, invariant, multiple, precondition, rule

from newsroom.accounts.models import Publication
from newsroom.errors import Conflict
from newsroom.events import channels, delivery, leases
from newsroom.events.models import Delivery
from newsroom.events.verdicts import Verdict
from tests.machines.steady import Machine

VERDICTS = {
    "ok": Verdict.ok(),
    "transient": Verdict.transient("busy"),
    "ambiguous": Verdict.ambiguous("no answer"),
    "permanent": Verdict.permanent("no such address"),
}
TRIES = 16  # fifteen waits, then it is given up


class DeliveryMachine(Machine):
    """The database's clock cannot be moved, so time passes by moving every date in the rows back."""

    app = "events"
    claims = Bundle("claims")

    @initialize()
    def begin(self):
        self.publication = Publication.objects.create(name="The Daily", slug="daily")

        self.owed = {}  # pk → what the model knows
        self.sent = []

    @rule(count=st.integers(1, 3))
    def owe(self, count):
        for _ in range(count):
            row = Delivery.objects.create(
                channel="email", template="none", recipient_kind="person", recipient_key="1",
                dedupe_key=f"mail:{len(self.owed)}",
            )  # fmt: skip
            self.owed[row.pk] = SimpleNamespace(
                state="pending", tries=0, crashes=0, due=True, mine=None, begun=False, uuid=row.uuid
            )

    @rule(target=claims, limit=st.integers(1, 4))
    def claim(self, limit):
        ready = [
            (pk, held)
            for pk, held in self.owed.items()
            if (held.state == "pending" and held.due) or self.left_behind(held)
        ]
        claimed = leases.claim("email", limit)
        names = {row.pk for row in claimed}
        assert names <= {pk for pk, _held in ready}, "took what was not due, or another worker's"
        buried = {
            pk for pk, held in ready if pk not in names and self.left_behind(held) and held.begun and held.crashes == 2
        }
        for pk in buried & set(Delivery.objects.filter(state="dead").values_list("pk", flat=True)):
            self.owed[pk].state, self.owed[pk].crashes, self.owed[pk].mine = "dead", 3, None
        assert len(names) == min(limit, len(ready)) or buried
        for row in claimed:
            held = self.owed[row.pk]
            if held.state == "leased" and held.begun:
                held.crashes += 1
            held.state, held.begun, held.expired, held.mine = "leased", False, False, row.lease_token
            held.tries += 1
        return multiple(*claimed)

    @rule(row=claims, answer=st.sampled_from(sorted(VERDICTS)))
    def send(self, row, answer):
        held = self.owed[row.pk]
        ours = held.state == "leased" and held.mine == row.lease_token and not held.expired
        with mock.patch.object(channels, "send", lambda one, _held=(): self.sent.append(one.uuid) or VERDICTS[answer]):
            before = len(self.sent)
            done = delivery.attempt(row)
        assert done == (ours and answer == "ok")
        assert self.sent[before:] == ([held.uuid] if ours else []), "the same id at every try, and only under a lease"
        if ours:
            self.judge(held, answer)

    @rule(row=claims)
    def die_while_sending(self, row):
        held = self.owed[row.pk]
        ours = held.state == "leased" and held.mine == row.lease_token and not held.expired

        def die(_one, _held=()):
            raise SystemExit

        with mock.patch.object(channels, "send", die):
            try:
                delivery.attempt(row)
            except SystemExit:
                assert ours
                held.begun = True
            else:
                assert not ours

    @rule(row=claims, answer=st.sampled_from(sorted(VERDICTS)))
    def come_back_late(self, row, answer):
        held = self.owed[row.pk]
        still = held.state == "leased" and held.mine == row.lease_token
        assert delivery.finish(row, VERDICTS[answer]) is still
        if still:
            self.judge(held, answer)

    @rule(row=claims)
    def give_back(self, row):
        held = self.owed[row.pk]
        leases.give_back([row])
        if held.state == "leased" and held.mine == row.lease_token and not held.begun:
            held.state, held.mine, held.due, held.tries = "pending", None, True, held.tries - 1

    @rule()
    def leases_run_out(self):
        Delivery.objects.filter(state="leased").update(lease_until=F("lease_until") - timedelta(minutes=10))
        for held in self.owed.values():
            held.expired = held.state == "leased"

    @rule()
    def a_day_passes(self):
        Delivery.objects.filter(state="pending").update(not_before=F("not_before") - timedelta(days=1))
        for held in self.owed.values():
            held.due = held.due or held.state == "pending"

    @precondition(lambda self: self.owed)
    @rule(data=st.data())
    def retry_by_hand(self, data):
        pk = data.draw(st.sampled_from(sorted(self.owed)))
        held = self.owed[pk]
        if self.press_(lambda row: delivery.retry(row), pk, held.state == "leased"):
            held.state, held.due, held.crashes = "pending", True, 0

    @precondition(lambda self: self.owed)
    @rule(data=st.data())
    def cancel_by_hand(self, data):
        pk = data.draw(st.sampled_from(sorted(self.owed)))
        held = self.owed[pk]
        if self.press_(lambda row: delivery.cancel(row, note="Not needed."), pk, held.state not in {"pending", "dead"}):
            held.state = "canceled"

    def press_(self, act, pk, refused):
        row = Delivery.objects.get(pk=pk)
        self.press(lambda: act(row), Conflict if refused else None)
        return not refused

    def left_behind(self, held):
        return held.state == "leased" and held.expired

    def judge(self, held, answer):
        held.mine = None
        held.state = {"ok": "sent", "permanent": "dead"}.get(answer, "pending" if held.tries < TRIES else "dead")
        held.due = False

    @invariant()
    def every_delivery_is_as_the_model_says(self):
        if not hasattr(self, "owed"):
            return
        rows = Delivery.objects.in_bulk()
        assert set(rows) == set(self.owed), "something owed was forgotten"
        for pk, held in self.owed.items():
            row = rows[pk]
            assert (row.state, row.attempts, row.crashes, row.uuid) == (held.state, held.tries, held.crashes, held.uuid)
            assert (row.lease_token is not None) == (row.lease_until is not None) == (held.state == "leased")
            assert (row.sent_at is not None) == (held.state == "sent")
            assert row.tries.count() == held.tries
