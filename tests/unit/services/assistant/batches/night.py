"""Night runs over a real database and a strict provider."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from bot.batches import BatchRounds
from services.assistant.batches.advance_batch import AdvanceBatch
from services.assistant.batches.cancel_batch import CancelBatch
from services.assistant.batches.confirm_batch import ConfirmBatch
from services.assistant.batches.end_batch import EndBatch
from services.assistant.batches.heed_halts import HeedHalts
from services.assistant.batches.place_batch import PlaceBatch
from services.assistant.batches.prepare_lines import PrepareLines
from services.assistant.batches.price_line import PriceLine
from services.assistant.batches.receive_batch import ReceiveBatch
from services.assistant.batches.settle_answers import SettleAnswers
from services.assistant.budgets.team_days import TeamDays
from services.assistant.stages.compose import Compose, Window
from services.assistant.stages.retrieve import Retrieve
from services.batching.ports import BatchProvider
from services.batching.service import BatchingService
from services.domain.batch import Batch, BatchState
from services.domain.chat import ChatAddress
from services.domain.language import Language
from services.prompts.jinja_library import JinjaPromptLibrary
from services.retrieval.service import RetrievalService
from services.store.ports import Store
from services.store.sql_passage_source import SqlPassageSource
from tests.fakes.price_list import FlatPriceList
from tests.fakes.retrieval import MemoryKeywordIndex
from tests.fakes.token_counter import WordCounter
from tests.unit.services.assistant.batches.deaths import Deaths, DyingProvider, DyingStore, Killed
from tests.unit.services.assistant.conftest import Team

PROMPTS = Path(__file__).parents[5] / "prompts"
MODEL = "gpt-4.1"
FILE = "Слоган к осени\nТри поста про чай\n\nСлоган к осени\nIdeas for a quiet winter\n".encode()
"""Three briefs, in the lines 1, 2 and 5; line 4 is the first one again."""
AT = ChatAddress(3, None, 50)
SCREEN = ChatAddress(3, None, 51)


@dataclass
class Night:
    """`deaths`: of the processes that work on it; each takes up what the one before has left."""

    team: Team
    provider: BatchProvider | None
    deaths: Deaths = field(default_factory=lambda: Deaths(lambda place: False))
    prompts: JinjaPromptLibrary = field(default_factory=lambda: JinjaPromptLibrary(PROMPTS))

    @property
    def store(self) -> Store:
        return cast(Store, DyingStore(self.team.store, self.deaths))

    @property
    def days(self) -> TeamDays:
        return TeamDays(self.team.clock, ZoneInfo("UTC"))

    def rounds(self) -> BatchRounds:
        """Of a process that has just been started."""
        store, jobs, counter, prices = self.store, self.team.jobs, WordCounter(), FlatPriceList()
        dying = None if self.provider is None else cast(BatchProvider, DyingProvider(self.provider, self.deaths))
        search = RetrievalService(SqlPassageSource(self.team.store), MemoryKeywordIndex(), None, None)
        compose = Compose(self.prompts, counter, self.team.store, Window(MODEL, 16_000))
        advance = AdvanceBatch(
            store,
            jobs,
            self.team.clock,
            BatchingService(dying, MODEL),
            PrepareLines(store, Retrieve(search, store), compose, PriceLine(counter, prices, 1_000)),
            SettleAnswers(store, self.days, prices, counter),
            EndBatch(store, jobs),
        )
        return BatchRounds(HeedHalts(store), advance, poll_seconds=0.0)

    async def receive(self, content: bytes = FILE, name: str = "осень.txt", at: ChatAddress = AT) -> Batch:
        async def step() -> Batch:
            receive = ReceiveBatch(self.store)
            batch = await receive(self.team.writer, self.team.chat, at, name, content, Language.RUSSIAN)
            await PlaceBatch(self.store, self.team.jobs)(batch, SCREEN)
            return batch

        return cast(Batch, await self.survive(step))

    async def work(self, rounds: int = 40) -> None:
        """Until nothing is at work, or so many rounds of processes that do not die."""
        process, left = self.rounds(), rounds
        while left:
            try:
                if not await process():
                    return
                left -= 1
            except Killed:
                process = self.rounds()

    async def survive(self, step: Any) -> Any:
        """Until it comes to its end."""
        while True:
            try:
                return await step()
            except Killed:
                continue

    async def estimated(self, **received: Any) -> Batch:
        batch = await self.receive(**received)
        await self.work()
        return await self.reload(batch)

    async def confirm(self, batch: Batch) -> Batch:
        confirm = ConfirmBatch(self.store, self.team.jobs, self.days)
        return await confirm(self.team.writer, batch.id, batch.version, SCREEN)

    async def cancel(self, batch: Batch) -> Batch:
        return await CancelBatch(self.store, self.team.jobs)(self.team.writer, batch.id, SCREEN)

    async def reload(self, batch: Batch) -> Batch:
        async with self.team.store.reading() as tx:
            found = await tx.batches.get(batch.id)
        assert found is not None
        return found

    async def submitted(self, batch: Batch) -> Batch:
        process = self.rounds()
        while (batch := await self.reload(batch)).state is not BatchState.SUBMITTED:
            await process()
        return batch
