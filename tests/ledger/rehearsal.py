"""Some requests of every kind over the emulator, and the two books beside each other afterwards."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from services.domain.budget import EVERY_ONE, Account, BudgetKey, BudgetPeriod, BudgetScope
from services.domain.spending import Spent
from services.llm.tiktoken_counter import TiktokenCounter
from services.store.engine import open_engine
from services.store.sql_store import SqlStore
from tests.durability.waiting import until
from tests.emulators.openai import OpenAIEmulator
from tests.emulators.openai.settings import Personality
from tests.fakes.sound_files import SAMPLES
from tests.ledger.books import Books, compare
from tests.ledger.mixed_calls import make_trouble, mixed_calls
from tests.ledger.workshop import open_workshop

TEAM = BudgetKey(BudgetScope.TEAM, EVERY_ONE, BudgetPeriod.TOTAL)
REST_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Outcome:
    books: Books
    made: Counter[str]
    """Requests by kind."""
    account: Account
    """The team's."""
    spent: Spent
    """As it is added up."""


async def rehearse(url: str, folder: Path, *, requests: int, seed: int) -> Outcome:
    """`url`: of a migrated database."""
    emulator = OpenAIEmulator(personality=Personality.NONSENSE, tokens_per_second=2_000)
    emulator.transcripts.load(SAMPLES)
    engine = open_engine(url)
    store = SqlStore(engine)
    try:
        async with open_workshop(store, folder, emulator) as shop:
            make_trouble(shop)
            calls = mixed_calls(shop, TiktokenCounter(folder / "encodings"), seed)
            await calls.make(requests)
            # An abandoned request is noticed a moment after its client has gone.
            await until(lambda: all(call.ended is not None for call in emulator.meter.calls), REST_SECONDS)
            books = await compare(engine, emulator.meter, shop.ledger.reserved)
            async with store.reading() as tx:
                account = await tx.budgets.account(TEAM, datetime.now(UTC).date())
                return Outcome(books, calls.made, account, await tx.spending.totals())
    finally:
        await engine.dispose()
