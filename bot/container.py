"""The composition root. `open_adapters` opens what does I/O; `build_services` puts the rules over it and is pure, so a
test builds the same services over fakes. What speaks to Telegram is added by `bot/telegram_edge.py`."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from bot.budget_defaults import seed_budgets
from bot.caches import alike_briefs
from bot.clock import SystemClock
from bot.jobs import FUNCTIONS
from bot.limiter import open_limiter
from bot.nursery import Nursery
from bot.ownership import is_gone, new_owner
from bot.prices import price_book
from bot.semantic_search import RecordedWith, reranker_of, semantic_search
from bot.settings import Settings
from bot.transcription import transcription_routes
from services.assistant.knowledge.translate_query import TranslateQuery
from services.assistant.ports import Clock
from services.assistant.stages.compose import Window
from services.caching.alike_briefs import AlikeBriefs
from services.calling.halt_watch import HaltWatch
from services.delivery.ports import RateLimiter
from services.delivery.redis_limiter import open_redis
from services.documents.child_reader import ChildReader
from services.domain.metering import BatchPriceList, CallLedger, CircuitBreaker
from services.domain.prompt import ModelRole
from services.files.obstore_files import ObstoreFiles
from services.files.ports import FileStore
from services.llm.openai_chat import OpenAIChat
from services.llm.ports import TokenCounter
from services.llm.provider_names import provider_name
from services.llm.purgatory_breaker import PurgatoryBreaker
from services.llm.routing import Route, plan_routes
from services.llm.service import MOST_TOKENS_OUT, LLMService
from services.llm.tiktoken_counter import TiktokenCounter
from services.prompts.jinja_library import JinjaPromptLibrary
from services.prompts.ports import PromptLibrary
from services.queue.absent_queue import AbsentJobQueue
from services.queue.ports import JobQueue
from services.queue.rq_queue import RqJobQueue
from services.retrieval.document_ports import VectorSource
from services.retrieval.ingestion import Ingestion
from services.retrieval.ports import BatchEmbedder, DocumentReader, KeywordIndex, VectorIndex
from services.retrieval.reranking import Reranker
from services.retrieval.service import RetrievalService
from services.retrieval.tantivy_keyword import TantivyKeywordIndex
from services.store.engine import open_engine
from services.store.ports import Store
from services.store.schema import upgrade_schema
from services.store.sql_ledger import SqlLedger
from services.store.sql_passage_source import SqlPassageSource
from services.store.sql_store import SqlStore
from services.transcription.listening_route import ListeningRoute
from services.transcription.service import TranscriptionService

PROMPTS = Path(__file__).parent.parent / "prompts"
SHUTDOWN_SECONDS = 15.0
"""What runs may finish so long; then attempts are handed back to the queue. Less than the supervisor's patience."""


@dataclass(frozen=True, slots=True)
class Adapters:
    store: Store
    passages: VectorSource
    ledger: CallLedger
    halts: HaltWatch
    """Of the calls of this process."""
    clock: Clock
    jobs: JobQueue
    limiter: RateLimiter
    redis: Redis | None
    routes: Mapping[ModelRole, Sequence[Route]]
    """Empty when no language model is configured."""
    listening: Sequence[ListeningRoute]
    """Empty when nobody can listen."""
    breaker: CircuitBreaker
    counter: TokenCounter
    prices: BatchPriceList
    prompts: PromptLibrary
    keyword: KeywordIndex
    vectors: VectorIndex | None
    embedder: BatchEmbedder | None
    reranker: Reranker | None
    files: FileStore
    documents: DocumentReader


@dataclass(frozen=True, slots=True)
class Services:
    llm: LLMService
    prompts: PromptLibrary
    retrieval: RetrievalService
    ingestion: Ingestion
    transcription: TranscriptionService
    alike: AlikeBriefs


@dataclass(frozen=True, slots=True)
class Container:
    settings: Settings
    adapters: Adapters
    services: Services
    nursery: Nursery
    shutdown_seconds: float = SHUTDOWN_SECONDS
    """How long what the nursery holds may go on when the process ends."""

    @property
    def store(self) -> Store:
        return self.adapters.store


@asynccontextmanager
async def open_container(
    settings: Settings, role: str, *, shutdown_seconds: float = SHUTDOWN_SECONDS
) -> AsyncIterator[Container]:
    """`role`: name of the process ("bot", "heavy", "command"); processes on one DATA_DIR keep a keyword replica each.

    Raises StoreUnavailable when the database cannot be opened. Redis, Chroma and models may come later.
    """
    nursery = Nursery()
    async with AsyncExitStack() as stack:
        adapters = await open_adapters(settings, role, stack)
        try:
            yield Container(settings, adapters, _services(adapters, settings), nursery, shutdown_seconds)
        finally:
            await nursery.drain(shutdown_seconds)


async def open_adapters(settings: Settings, role: str, stack: AsyncExitStack) -> Adapters:
    """Closed by `stack`, in reverse order."""
    await upgrade_schema(settings.sql_url)
    engine = open_engine(settings.sql_url)
    stack.push_async_callback(engine.dispose)
    store, zone = SqlStore(engine), ZoneInfo(settings.timezone)
    await seed_budgets(store, settings, datetime.now(zone).date())
    redis = _redis(settings, stack)
    jobs = RqJobQueue(settings.redis_url, FUNCTIONS) if settings.redis_url else AbsentJobQueue()
    stack.push_async_callback(jobs.aclose)
    breaker = PurgatoryBreaker(settings.redis_url)
    stack.push_async_callback(breaker.aclose)
    keyword = TantivyKeywordIndex(settings.data_dir.absolute() / "keyword" / role)
    stack.callback(keyword.close)
    halts = HaltWatch()
    ledger = SqlLedger(store, zone, owner=new_owner(), is_gone=is_gone, halts=halts)
    prices, counter = price_book(settings), TiktokenCounter(settings.data_dir.absolute() / "encodings")
    vectors, embedder = semantic_search(settings, stack, RecordedWith(ledger, prices, counter))
    return Adapters(
        store=store,
        passages=SqlPassageSource(store),
        ledger=ledger,
        halts=halts,
        clock=SystemClock(),
        jobs=jobs,
        limiter=await stack.enter_async_context(open_limiter(redis)),
        redis=redis,
        routes=_routes(settings, stack),
        listening=transcription_routes(settings, stack),
        breaker=breaker,
        counter=counter,
        prices=prices,
        prompts=JinjaPromptLibrary(PROMPTS, settings.model_roles.of_prompts()),
        keyword=keyword,
        vectors=vectors,
        embedder=embedder,
        reranker=reranker_of(settings, stack),
        files=await asyncio.to_thread(ObstoreFiles, settings.files_address),
        documents=ChildReader(),
    )


def _redis(settings: Settings, stack: AsyncExitStack) -> Redis | None:
    if not settings.redis_url:
        return None
    redis = open_redis(settings.redis_url)
    stack.push_async_callback(redis.aclose)
    return redis


def _services(adapters: Adapters, settings: Settings) -> Services:
    alike = alike_briefs(settings, adapters.embedder)
    translates = settings.translate_queries and settings.has_language_model
    return build_services(adapters, settings.model_max_tokens, alike, translates=translates)


def build_services(
    adapters: Adapters,
    max_tokens: int = MOST_TOKENS_OUT,
    alike: AlikeBriefs | None = None,
    *,
    translates: bool = False,
) -> Services:
    """`max_tokens`: of an answer whose prompt sets no limit. `alike`: None where only the same words are the same.
    `translates`: questions are also asked in the other language of the documents."""
    search = (adapters.passages, adapters.keyword, adapters.vectors, adapters.embedder)
    llm = LLMService(
        adapters.routes,
        ledger=adapters.ledger,
        breaker=adapters.breaker,
        prices=adapters.prices,
        counter=adapters.counter,
        max_tokens=max_tokens,
    )
    translator = TranslateQuery(llm, adapters.prompts, adapters.store) if translates else None
    return Services(
        llm=llm,
        prompts=adapters.prompts,
        retrieval=RetrievalService(*search, translator=translator, reranker=adapters.reranker),
        ingestion=Ingestion(*search, adapters.documents, adapters.files),
        transcription=TranscriptionService(
            adapters.listening, ledger=adapters.ledger, breaker=adapters.breaker, prices=adapters.prices
        ),
        alike=alike or AlikeBriefs(None),
    )


def window(settings: Settings) -> Window:
    return Window(settings.model_smart, settings.model_context_tokens, settings.history_tokens)


def _routes(settings: Settings, stack: AsyncExitStack) -> dict[ModelRole, tuple[Route, ...]]:
    if not settings.has_language_model:
        return dict.fromkeys(ModelRole, ())
    key = settings.openai_api_key
    chat = OpenAIChat(
        provider_name(settings.openai_base_url),
        key.get_secret_value() if key else None,
        settings.openai_base_url,
        settings.model_timeout_seconds,
    )
    stack.push_async_callback(chat.aclose)
    return plan_routes(chat, settings.model_smart, settings.model_fast, settings.model_fallbacks)
