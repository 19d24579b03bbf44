"""Every service that calls a model, over one emulated provider and one real ledger."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from services.calling.price_book import PriceBook, PriceRule
from services.calling.retry import RetryPolicy
from services.domain.errand import Errand
from services.domain.price import Rates
from services.domain.usage import CallOutcome, CallReport
from services.llm.genai_prices import GenaiPriceList
from services.llm.openai_chat import OpenAIChat
from services.llm.openai_timeouts import StreamTimeouts
from services.llm.routing import plan_routes
from services.llm.service import LLMService
from services.llm.tiktoken_counter import TiktokenCounter
from services.retrieval.openai_embedder import OpenAIEmbedder
from services.retrieval.openai_embedding_record import RecordedEmbeddings
from services.speech.call_record import RecordedVoice
from services.speech.openai_voice import OpenAIVoice
from services.store.ports import Store
from services.store.sql_ledger import SqlLedger
from services.transcription.listening_route import ListeningRoute
from services.transcription.openai_listener import OpenAIListener
from services.transcription.service import TranscriptionService
from tests.emulators.openai import OpenAIEmulator, running
from tests.fakes.circuit_breaker import MemoryBreaker
from tests.ledger.asked_again import AskedAgain

DYING = "dying"
PAUSING = "gpt-4.1-mini-2025-04-14"
"""Pauses in the middle of every answer."""
HONEST = "honest-gpt-4.1"
"""Writes the JSON that it is asked for, at the price of gpt-4.1."""
HONEST_RATES = Rates(Decimal(2), Decimal("0.5"), Decimal(8))
LISTENERS = ("whisper-1", "gpt-4o-transcribe")
IMPATIENT = RetryPolicy(first_wait_seconds=0.001, max_wait_seconds=0.002, total_seconds=60.0)
TIMEOUTS = StreamTimeouts(first_token=2.0, between_chunks=0.5, usage=0.5)


class ForgetfulLedger(SqlLedger):
    """Answers to calls of the task DYING are never written down by who got them, as if the process died just then."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._dead: set[int] = set()
        self.reserved: dict[int, int] = {}
        """By call id."""

    async def start(self, errand: Errand) -> int:
        call = await super().start(errand)
        self.reserved[call] = errand.most_microusd
        if errand.context.task == DYING:
            self._dead.add(call)
        return call

    async def finish(self, call_id: int, report: CallReport) -> None:
        if call_id not in self._dead or report.outcome not in (CallOutcome.OK, CallOutcome.CUT):
            await super().finish(call_id, report)


@dataclass(frozen=True, slots=True)
class Workshop:
    emulator: OpenAIEmulator
    store: Store
    ledger: ForgetfulLedger
    llm: LLMService
    pausing: LLMService
    embedder: OpenAIEmbedder
    listeners: dict[str, TranscriptionService]
    voice: RecordedVoice
    asked_again: AskedAgain


@asynccontextmanager
async def open_workshop(store: Store, folder: Path, emulator: OpenAIEmulator) -> AsyncIterator[Workshop]:
    ledger, counter = ForgetfulLedger(store), TiktokenCounter(folder / "encodings")
    prices = PriceBook(GenaiPriceList(providers=["openai"]), [PriceRule(f"openai/{HONEST}", HONEST_RATES)])
    async with AsyncExitStack() as stack:
        url = (await stack.enter_async_context(running(emulator))).base_url
        chat = OpenAIChat("openai", "key", url, timeouts=TIMEOUTS)
        listener, voice = OpenAIListener("openai", "key", url), OpenAIVoice("openai", "key", url)
        recorded = RecordedEmbeddings("openai", ledger, prices, counter)
        embedder = OpenAIEmbedder("text-embedding-3-small", url, "key", recorded=recorded)
        for opened in (chat, listener, voice, embedder):
            stack.push_async_callback(opened.aclose)
        common = {"ledger": ledger, "breaker": MemoryBreaker(threshold=10**9), "prices": prices, "policy": IMPATIENT}
        writer = LLMService(plan_routes(chat, HONEST, HONEST), counter=counter, **common)  # type: ignore[arg-type]
        yield Workshop(
            emulator,
            store,
            ledger,
            LLMService(plan_routes(chat, "gpt-4.1", "gpt-4.1-mini"), counter=counter, **common),  # type: ignore[arg-type]
            LLMService(plan_routes(chat, PAUSING, PAUSING), counter=counter, **common),  # type: ignore[arg-type]
            embedder,
            {
                model: TranscriptionService([ListeningRoute(model, listener)], **common)  # type: ignore[arg-type]
                for model in LISTENERS
            },
            RecordedVoice(voice, ledger, prices),
            AskedAgain(store, writer, counter, HONEST),
        )
