"""Any sequence of claims, ends, stops, decisions and late writers keeps an attempt on the paths of TRANSITIONS."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from services.domain.generation import TRANSITIONS, Generation, GenerationState
from services.store.engine import open_engine
from services.store.sql_store import SqlStore
from tests.store_rows import NOW, an_attempt

S = GenerationState
LEASE = timedelta(seconds=30)
tokens = st.integers(0, 3)  # how far behind the newest fencing token the writer is
states = st.sampled_from(sorted(S))


class AttemptMachine(RuleBasedStateMachine):
    """`model` is what the row must be; it is moved by the rules of the domain, the row by the store."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.engine = open_engine(self.url)
        self.store = SqlStore(self.engine)
        self.model: Generation = self.runner.run(an_attempt(self.store))
        self.now = NOW

    def teardown(self) -> None:
        self.runner.run(self.engine.dispose())
        self.runner.close()

    @rule(seconds=st.integers(1, 40))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(owner=st.sampled_from(["bot-1", "bot-2"]))
    def claim(self, owner: str) -> None:
        async def act() -> Generation | None:
            async with self.store.transaction() as tx:
                return await tx.generations.claim(self.model.id, owner, self.now + LEASE, self.now)

        claimed = self.runner.run(act())
        free = self.model.lease_until is None or self.model.lease_until < self.now
        if self.model.state is S.QUEUED or (self.model.state is S.RUNNING and free):
            self.model = replace(
                self.model,
                state=S.RUNNING,
                version=self.model.version + (self.model.state is S.QUEUED),
                lease_owner=owner,
                lease_token=self.model.lease_token + 1,
                lease_until=self.now + LEASE,
            )
            assert claimed == self.model
        else:
            assert claimed is None

    @rule(to=states, behind=st.sampled_from([0, 0, 0, 1]))
    def press(self, to: GenerationState, behind: int) -> None:
        async def act() -> Generation | None:
            async with self.store.transaction() as tx:
                version = self.model.version - behind
                return await tx.generations.transition(self.model.id, expected_version=version, to=to)

        moved = self.runner.run(act())
        if behind or to not in TRANSITIONS[self.model.state]:
            assert moved is None
            return
        assert moved is not None
        assert (moved.state, moved.version) == (to, self.model.version + 1)
        assert (moved.lease_owner, moved.lease_until) == (None, None)
        self.model = moved

    @rule(to=st.sampled_from(sorted(TRANSITIONS[S.RUNNING])), behind=tokens)
    def finish(self, to: GenerationState, behind: int) -> None:
        async def act() -> Generation | None:
            async with self.store.transaction() as tx:
                return await tx.generations.finish(self.model.id, self.model.lease_token - behind, to, now=self.now)

        ended = self.runner.run(act())
        if behind or self.model.state is not S.RUNNING:
            assert ended is None
            return
        assert ended is not None
        assert (ended.state, ended.version, ended.lease_until) == (to, self.model.version + 1, None)
        self.model = ended

    @rule(text=st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])), behind=tokens)
    def save_text(self, text: str, behind: int) -> None:
        async def act() -> bool:
            async with self.store.transaction() as tx:
                token = self.model.lease_token - behind
                return await tx.generations.save_text(self.model.id, token, text, complete=False)

        saved = self.runner.run(act())
        assert saved == (not behind and self.model.state is S.RUNNING)
        if saved:
            self.model = replace(self.model, text=text)

    @rule(behind=tokens)
    def renew(self, behind: int) -> None:
        async def act() -> bool:
            async with self.store.transaction() as tx:
                token = self.model.lease_token - behind
                return await tx.generations.renew(self.model.id, token, self.now + LEASE)

        renewed = self.runner.run(act())
        assert renewed == (not behind and self.model.state is S.RUNNING)
        if renewed:
            self.model = replace(self.model, lease_until=self.now + LEASE)

    @invariant()
    def the_row_is_as_the_model(self) -> None:
        async def read() -> tuple[Generation | None, bool]:
            async with self.store.reading() as tx:
                claimable = await tx.generations.claimable(self.now, limit=10_000)
                return await tx.generations.get(self.model.id), self.model.id in claimable

        row, claimable = self.runner.run(read())
        assert row == self.model
        free = self.model.lease_until is None or self.model.lease_until < self.now
        assert claimable == (self.model.state is S.QUEUED or (self.model.state is S.RUNNING and free))


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_any_history_of_an_attempt(store_url: str) -> None:
    machine = type("Machine", (AttemptMachine,), {"url": store_url})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
