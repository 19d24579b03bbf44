"""Night runs, beside the jobs of the heavy worker: one worker at a time moves them on, from what the rows say."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from loguru import logger

from bot.container import Container, window
from bot.job_lease import JobLease
from bot.knowledge_sweep import rest
from services.assistant.batches.advance_batch import AdvanceBatch
from services.assistant.batches.end_batch import EndBatch
from services.assistant.batches.heed_halts import HeedHalts
from services.assistant.batches.prepare_lines import PrepareLines
from services.assistant.batches.price_line import PriceLine
from services.assistant.batches.settle_answers import SettleAnswers
from services.assistant.budgets.team_days import TeamDays
from services.assistant.stages.compose import Compose
from services.assistant.stages.retrieve import Retrieve
from services.batching.openai_batches import OpenAIBatches
from services.batching.service import BatchingService
from services.domain.batch import Batch
from services.domain.errors import KnowledgeUnavailable, ModelError, StoreUnavailable
from services.llm.provider_names import provider_name
from services.store.job_fence import JobOvertaken

if TYPE_CHECKING:
    from bot.job_tools import OpenTools

LOOK_SECONDS = 1.0
"""The kill switch is felt within two of them."""
POLL_SECONDS = 20.0
"""Between looks at a batch that the provider works on, and after a provider that was away."""
LEASE = timedelta(seconds=15)
RENEW_SECONDS = 4.0
LEASE_NAME = "batches"


class BatchRounds:
    def __init__(
        self,
        heed_halts: HeedHalts,
        advance: AdvanceBatch,
        *,
        poll_seconds: float = POLL_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._heed_halts = heed_halts
        self._advance = advance
        self._poll_seconds = poll_seconds
        self._monotonic = monotonic
        self._due: dict[int, float] = {}
        self._cancelling: set[int] = set()

    async def __call__(self) -> bool:
        """One step of every batch that is due. False: nothing is at work. Raises StoreUnavailable, JobOvertaken."""
        batches = await self._heed_halts()
        self._forget({batch.id for batch in batches})
        for batch in batches:
            if self._is_due(batch):
                await self._step(batch)
        return bool(batches)

    async def _step(self, batch: Batch) -> None:
        try:
            goes_on = await self._advance(batch)
        except (ModelError, KnowledgeUnavailable) as error:
            logger.warning("batch {} has to wait: {}", batch.id, error.code)
            goes_on = False
        except (StoreUnavailable, JobOvertaken):
            raise
        except Exception:  # noqa: BLE001 - a batch that meets a bug must not end the worker, nor keep the others waiting
            logger.exception("batch {} met a bug: it is tried again later", batch.id)
            goes_on = False
        if not goes_on:
            self._due[batch.id] = self._monotonic() + self._poll_seconds
        else:
            self._due.pop(batch.id, None)

    def _is_due(self, batch: Batch) -> bool:
        """A wish to cancel, and a person's Confirm, do not wait for the next look at the provider."""
        if batch.cancel_reason is not None and batch.id not in self._cancelling:
            self._cancelling.add(batch.id)
            return True
        return self._monotonic() >= self._due.get(batch.id, 0.0)

    def _forget(self, at_work: set[int]) -> None:
        """A batch that waits for its author is not at work: it begins anew afterwards."""
        self._due = {batch_id: due for batch_id, due in self._due.items() if batch_id in at_work}
        self._cancelling &= at_work


async def sweep_batches(tools: "OpenTools", stop: asyncio.Event) -> None:
    """Until `stop`."""
    async with AsyncExitStack() as stack:
        rounds = build_rounds(tools.container, stack)
        lease = JobLease(tools.container.store, lease=LEASE, renew_seconds=RENEW_SECONDS)
        while not stop.is_set():
            try:
                if await _is_needed(tools.container):
                    await lease.run(LEASE_NAME, lambda: _work(rounds, stop))
            except (StoreUnavailable, JobOvertaken) as error:
                logger.warning("night runs have to wait: {}", type(error).__name__)
            await rest(stop, LOOK_SECONDS)


async def _work(rounds: BatchRounds, stop: asyncio.Event) -> None:
    """Until there is nothing at work."""
    while not stop.is_set() and await rounds():
        await rest(stop, LOOK_SECONDS)


async def _is_needed(container: Container) -> bool:
    async with container.store.reading() as tx:
        return bool(await tx.batches.at_work())


def build_rounds(container: Container, stack: AsyncExitStack, *, poll_seconds: float = POLL_SECONDS) -> BatchRounds:
    """What it opens is closed by `stack`. Nothing is asked before there is a batch."""
    adapters, settings, services = container.adapters, container.settings, container.services
    store, jobs, clock = adapters.store, adapters.jobs, adapters.clock
    days = TeamDays(clock, ZoneInfo(settings.timezone))
    compose = Compose(services.prompts, adapters.counter, store, window(settings))
    price = PriceLine(adapters.counter, adapters.prices, settings.model_max_tokens)
    advance = AdvanceBatch(
        store,
        jobs,
        clock,
        _batching(container, stack),
        PrepareLines(store, Retrieve(services.retrieval, store), compose, price),
        SettleAnswers(store, days, adapters.prices, adapters.counter),
        EndBatch(store, jobs),
    )
    return BatchRounds(HeedHalts(store), advance, poll_seconds=poll_seconds)


def _batching(container: Container, stack: AsyncExitStack) -> BatchingService:
    settings = container.settings
    if not settings.has_language_model:
        return BatchingService(None, settings.model_smart)
    key = settings.openai_api_key
    provider = OpenAIBatches(
        provider_name(settings.openai_base_url),
        key.get_secret_value() if key else None,
        settings.openai_base_url,
        settings.model_timeout_seconds,
    )
    stack.push_async_callback(provider.aclose)
    return BatchingService(provider, settings.model_smart)
