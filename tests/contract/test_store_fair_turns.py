"""Any sequence of requests, turns, ends, deaths and second thoughts: turns go round by the rule of the domain, nobody
starves, and nobody has more written at once than allowed."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from services.domain.brief import Brief
from services.domain.fairness import in_turn
from services.domain.generation import Generation, GenerationState
from services.store.engine import open_engine
from services.store.ports import Store
from services.store.sql_store import SqlStore
from tests.store_rows import a_brief, a_member, an_attempt

S = GenerationState
AT_ONCE = 2
CHATS, PEOPLE = 3, 3


class TurnsMachine(RuleBasedStateMachine):
    url: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.engine = open_engine(self.url)
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        self.store = SqlStore(self.engine, lambda: self.now)
        self.briefs: dict[tuple[int, int], Brief] = {}
        self.running: dict[int, Generation] = {}
        self.dead: set[int] = set()
        self.passed_over: Counter[int] = Counter()
        """Turns that each waiting chat has seen others have, since it came or had one."""

    def teardown(self) -> None:
        self.runner.run(self._empty())
        self.runner.run(self.engine.dispose())
        self.runner.close()

    @initialize()
    def somebody_is_there(self) -> None:
        async def make() -> None:
            people = [await a_member(self.store) for _ in range(PEOPLE)]
            for chat in range(CHATS):
                for number, person in enumerate(people):
                    self.briefs[chat, number] = await a_brief(self.store, member=person, chat_id=-1 - chat)

        self.runner.run(make())

    @rule(chat=st.integers(0, CHATS - 1), person=st.integers(0, PEOPLE - 1), requests=st.integers(1, 4))
    def comes(self, chat: int, person: int, requests: int) -> None:
        for _ in range(requests):
            self._tick()
            self.runner.run(an_attempt(self.store, self.briefs[chat, person]))

    @rule(turns=st.integers(1, 4))
    def turns_are_taken(self, turns: int) -> None:
        for _ in range(turns):
            self._tick()
            self.runner.run(self._turn())

    @rule(which=st.integers(0, 5), state=st.sampled_from([S.IN_REVIEW, S.FAILED]))
    def ends(self, which: int, state: GenerationState) -> None:
        self._tick()
        if one := self._some(which):
            self.runner.run(self._finish(one, state))

    @rule(which=st.integers(0, 5))
    def its_process_dies(self, which: int) -> None:
        if one := self._some(which):
            self.dead.add(one.id)
            self.runner.run(self._forsake(one))

    @rule(which=st.integers(0, 5))
    def is_given_back(self, which: int) -> None:
        self._tick()
        if (one := self._some(which)) and one.id not in self.dead:
            del self.running[one.id]
            self.passed_over.clear()  # its turn did not count
            self.runner.run(self._give_back(one))

    @invariant()
    def nobody_has_more_at_once_than_allowed(self) -> None:
        counted = Counter(one.requested_by for one in self.running.values())
        assert all(count <= AT_ONCE for count in counted.values())

    def _tick(self) -> None:
        self.now += timedelta(milliseconds=1)

    def _some(self, which: int) -> Generation | None:
        alive = sorted(self.running)
        return self.running[alive[which % len(alive)]] if alive else None

    async def _turn(self) -> None:
        async with self.store.reading() as tx:
            waiting = await tx.queue.waiting()
        busy = {who for who, count in Counter(one.requested_by for one in self.running.values()).items() if count >= 2}
        free = [one for one in waiting if one.member_id not in busy]
        expected = sorted(self.dead)[:1] or [one.id for one in in_turn(free)][:1]
        owner = f"bot-{self.now.microsecond % 3}"
        async with self.store.transaction() as tx:
            taken = await tx.queue.claim_next(owner, self.now + timedelta(hours=1), self.now, AT_ONCE)
        assert ([taken.id] if taken else []) == expected
        if taken is None:
            return
        self.running[taken.id] = taken
        if taken.id not in self.dead:
            self._count_round(taken.id, {one.id: one.chat_id for one in free})
        self.dead.discard(taken.id)

    def _count_round(self, taken: int, free: dict[int, int]) -> None:
        had = free[taken]
        self.passed_over = Counter({chat: self.passed_over[chat] + 1 for chat in set(free.values()) if chat != had})
        assert all(passed < 2 * CHATS for passed in self.passed_over.values()), "a chat starves"

    async def _finish(self, one: Generation, state: GenerationState) -> None:
        del self.running[one.id]
        self.dead.discard(one.id)
        async with self.store.transaction() as tx:
            assert await tx.generations.finish(one.id, one.lease_token, state, now=self.now) is not None

    async def _forsake(self, one: Generation) -> None:
        async with self.store.transaction() as tx:
            assert await tx.generations.renew(one.id, one.lease_token, self.now - timedelta(hours=2))

    async def _give_back(self, one: Generation) -> None:
        async with self.store.transaction() as tx:
            current = await tx.generations.get(one.id)
            assert current is not None
            await tx.generations.transition(one.id, expected_version=current.version, to=S.QUEUED)

    async def _empty(self) -> None:
        """The database is shared by all examples."""
        async with self.store.transaction() as tx:
            for known in await tx.generations.claimable(self.now + timedelta(days=1), limit=1000):
                one = await tx.generations.get(known)
                assert one is not None
                await tx.generations.transition(one.id, expected_version=one.version, to=S.STOPPED)
            for running in self.running.values():
                await tx.generations.finish(running.id, running.lease_token, S.FAILED, now=self.now)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_turns_go_round(store_url: str) -> None:
    run_state_machine_as_test(
        type("Machine", (TurnsMachine,), {"url": store_url}),
        settings=settings(
            max_examples=4,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


async def test_a_flood_of_two_hundred_costs_five_quiet_people_five_turns(store: Store) -> None:
    noisy, quiet = await a_member(store), [await a_member(store) for _ in range(5)]
    loud_chat = await a_brief(store, member=noisy, chat_id=-1)
    for _ in range(200):
        await an_attempt(store, loud_chat)
    turns: list[int] = []

    async def one_turn() -> None:
        now = datetime.now(UTC)
        async with store.transaction() as tx:
            taken = await tx.queue.claim_next("bot", now + timedelta(hours=1), now, 300)
        assert taken is not None
        turns.append(taken.requested_by)

    for _ in range(20):
        await one_turn()
    came: dict[int, int] = {}
    for number, person in enumerate(quiet):
        await an_attempt(store, await a_brief(store, member=person, chat_id=-10 - number))
        came[person.id] = len(turns)
        if number % 2:
            await one_turn()
    for _ in range(10):
        await one_turn()
    waited = {person.id: turns.index(person.id) - came[person.id] for person in quiet}
    assert max(waited.values()) <= 6, f"turns of others before one's own, of six chats: {waited}"
    assert turns.count(noisy.id) == len(turns) - 5
