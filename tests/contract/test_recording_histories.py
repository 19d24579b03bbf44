"""Any sequence of steps, cancels, retries, drawings and late writers keeps a recording on the paths of TRANSITIONS, its
version growing by one with each change, and the text of each piece the first one that came."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from services.domain.recording import OVER, TRANSITIONS, RecordingState
from services.domain.transcript import Transcript
from services.store.engine import open_engine
from services.store.ports import Transaction
from services.store.sql_store import SqlStore
from tests.contract.recording_rows import a_recording, pieces_of

PIECES = 3
T = TypeVar("T")
behind = st.integers(0, 2)  # how many versions ago the writer looked


class RecordingMachine(RuleBasedStateMachine):
    """`model` is what the row must be; it is moved by the rules of the domain, the row by the store."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.engine = open_engine(self.url)
        self.store = SqlStore(self.engine)
        self.model = self.runner.run(a_recording(self.store))
        self.heard: dict[int, str] = {}
        self.is_cut = False

    def teardown(self) -> None:
        self.runner.run(self.engine.dispose())
        self.runner.close()

    def in_transaction(self, act: Callable[[Transaction], Awaitable[T]]) -> T:
        async def run() -> T:
            async with self.store.transaction() as tx:
                return await act(tx)

        return self.runner.run(run())

    @rule(to=st.sampled_from(sorted(RecordingState)), behind=st.none() | behind, text=st.text(max_size=3))
    def advance(self, to: RecordingState, behind: int | None, text: str) -> None:
        expected = None if behind is None else self.model.version - behind
        told = self.in_transaction(
            lambda tx: tx.recordings.advance(self.model.id, to, expected_version=expected, error_code=to.value)
        )
        may = to in TRANSITIONS[self.model.state] and not behind
        assert (told is not None) is may
        if may:
            self.model = replace(self.model, state=to, version=self.model.version + 1, error_code=to.value)

    @rule(behind=behind, corrected=st.booleans())
    def change(self, behind: int, corrected: bool) -> None:
        expected = self.model.version - behind
        told = self.in_transaction(
            lambda tx: tx.recordings.change(self.model.id, expected_version=expected, is_corrected=corrected)
        )
        assert (told is None) is (behind > 0)
        if not behind:
            self.model = replace(self.model, version=self.model.version + 1, is_corrected=corrected)

    @rule(behind=behind)
    def draw(self, behind: int) -> None:
        drawn = max(1, self.model.version - behind)
        is_last = self.in_transaction(lambda tx: tx.recordings.shown(self.model.id, drawn))
        takes = drawn >= self.model.shown_version
        assert is_last is (takes and drawn == self.model.version)
        if takes:
            self.model = replace(self.model, shown_version=drawn)

    @rule(count=st.integers(1, PIECES))
    def cut(self, count: int) -> None:
        self.in_transaction(lambda tx: tx.recordings.cut(pieces_of(self.model.id, count)))
        if not self.heard:
            self.is_cut, self.count = True, count

    @rule(number=st.integers(0, PIECES - 1), words=st.sampled_from(["раз", "два"]))
    def hear(self, number: int, words: str) -> None:
        told = self.in_transaction(lambda tx: tx.recordings.hear(self.model.id, number, Transcript(words)))
        is_first = self.is_cut and number < self.count and number not in self.heard
        assert told is is_first
        if is_first:
            self.heard[number] = words

    @invariant()
    def the_row_is_the_model(self) -> None:
        row = self.in_transaction(lambda tx: tx.recordings.get(self.model.id))
        assert row is not None
        assert (row.finished_at is not None) is (row.state in OVER)
        assert replace(row, finished_at=None) == self.model
        pieces = self.in_transaction(lambda tx: tx.recordings.pieces(self.model.id))
        texts = {piece.number: piece.transcript.text for piece in pieces if piece.transcript}
        assert texts == self.heard
        late = {each.id for each in self.in_transaction(lambda tx: tx.recordings.behind())}
        assert (self.model.id in late) is (self.model.shown_version < self.model.version)


def test_any_history_of_a_recording(store_url: str) -> None:
    machine = type("Machine", (RecordingMachine,), {"url": store_url})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
