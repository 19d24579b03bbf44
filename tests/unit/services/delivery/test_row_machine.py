"""One row of the outbox under any order of claims, sends, deaths, late answers and people's decisions."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind, DeliveryState, NewDelivery
from services.store.engine import open_engine
from services.store.ports import Transaction
from services.store.sql_store import SqlStore

D = DeliveryState
SILENCE = timedelta(seconds=30)


class Sender:
    """One claim, and what its process knows of it."""

    def __init__(self, row: Delivery) -> None:
        self.row = row
        self.has_left = False
        self.is_done = False


class RowMachine(RuleBasedStateMachine):
    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(dir=self.template.parent))
        shutil.copy(self.template, self.folder / "row.db")
        self.engine = open_engine(f"sqlite+aiosqlite:///{self.folder}/row.db")
        self.now = datetime(2026, 3, 1, tzinfo=UTC)
        self.store = SqlStore(self.engine, lambda: self.now)
        self.senders: list[Sender] = []
        self.arrivals = 0
        """Messages that people see."""
        self.allowed = 1
        """How many they may see: one, and one more for each time that somebody said "send it again"."""

    def teardown(self) -> None:
        self.loop.run_until_complete(self.engine.dispose())
        self.loop.close()
        shutil.rmtree(self.folder)

    def within(self, work: Callable[[Transaction], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            async with self.store.transaction() as tx:
                return await work(tx)

        return self.loop.run_until_complete(run())

    @property
    def state(self) -> DeliveryState:
        async def look(tx: Transaction) -> DeliveryState:
            return next(state for state, count in (await tx.deliveries.counts()).items() if count)

        found = self.within(look)
        assert isinstance(found, DeliveryState)
        return found

    def alive(self) -> list[Sender]:
        return [sender for sender in self.senders if not sender.is_done]

    @initialize()
    def write(self) -> None:
        async def add(tx: Transaction) -> bool:
            return await tx.deliveries.add(NewDelivery(DeliveryKind.ACCESS_GRANTED, ChatAddress(1), "k"))

        assert self.within(add)

    @rule()
    def claim(self) -> None:
        before = self.state

        async def take(tx: Transaction) -> list[Delivery]:
            return list(await tx.deliveries.claim_due(self.now))

        rows = self.within(take)
        assert isinstance(rows, list)
        assert len(rows) == (before is D.NEW)
        self.senders += [Sender(row) for row in rows]

    @precondition(lambda self: self.alive())
    @rule(data=st.data(), arrives=st.booleans())
    def leave(self, data: st.DataObject, arrives: bool) -> None:
        sender = data.draw(st.sampled_from(self.alive()))
        if sender.has_left:
            return
        row = sender.row

        async def go(tx: Transaction) -> bool:
            return await tx.deliveries.leave(row.id, row.attempts, self.now)

        if self.within(go):
            sender.has_left = True
            self.arrivals += arrives
        else:
            sender.is_done = True

    @precondition(lambda self: any(sender.has_left for sender in self.alive()))
    @rule(data=st.data(), outcome=st.sampled_from([D.SENT, D.UNCERTAIN, D.DEAD]))
    def answer(self, data: st.DataObject, outcome: DeliveryState) -> None:
        sender = data.draw(st.sampled_from([sender for sender in self.alive() if sender.has_left]))
        self.settle(sender, outcome)

    @precondition(lambda self: any(not sender.has_left for sender in self.alive()))
    @rule(data=st.data())
    def postpone(self, data: st.DataObject) -> None:
        self.settle(data.draw(st.sampled_from([one for one in self.alive() if not one.has_left])), D.NEW)

    def settle(self, sender: Sender, outcome: DeliveryState) -> None:
        row = sender.row

        async def write(tx: Transaction) -> bool:
            return await tx.deliveries.settle(row.id, row.attempts, outcome)

        before = self.state
        done = self.within(write)
        sender.is_done = True
        assert not done or before in (D.SENDING, D.UNCERTAIN)
        assert self.state is (outcome if done else before)

    @rule()
    def fall_silent(self) -> None:
        before = self.state
        self.now += SILENCE + timedelta(seconds=1)

        async def release(tx: Transaction) -> object:
            return await tx.deliveries.release_stuck(self.now - SILENCE)

        self.within(release)
        if before is D.SENDING:
            left = any(one.has_left and one.row.attempts == self.senders[-1].row.attempts for one in self.senders)
            assert self.state is (D.UNCERTAIN if left else D.NEW)
        else:
            assert self.state is before

    @rule(again=st.booleans())
    def decide(self, again: bool) -> None:
        before = self.state
        attempt = self.senders[-1].row.attempts if self.senders else 0

        async def act(tx: Transaction) -> bool:
            return await (tx.dead_letters.resend if again else tx.dead_letters.forget)(1, attempt)

        done = self.within(act)
        assert done == (before in (D.DEAD, D.UNCERTAIN))
        self.allowed += bool(done) and again

    @invariant()
    def nobody_sees_it_twice_without_a_word(self) -> None:
        assert self.arrivals <= self.allowed


def test_a_row_never_doubles_and_never_gets_lost(sqlite_template: Path) -> None:
    RowMachine.template = sqlite_template
    run_state_machine_as_test(
        RowMachine,
        settings=settings(
            max_examples=40, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
