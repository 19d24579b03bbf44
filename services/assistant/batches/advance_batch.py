"""One step of a batch. Every step is written down before the next; whoever dies in between leaves a state from which
the next process goes on, without sending anything twice."""

import uuid
from datetime import datetime, timedelta
from typing import Unpack

from loguru import logger

from services.assistant.batches.end_batch import EndBatch
from services.assistant.batches.news import draw_again
from services.assistant.batches.prepare_lines import PrepareLines
from services.assistant.batches.settle_answers import SettleAnswers
from services.assistant.hints import hint
from services.assistant.ports import Clock
from services.batching.ports import ProviderBatch, ProviderState
from services.batching.requests import refused_by_all
from services.batching.service import BatchingService
from services.domain.batch import Batch, BatchState, LineState
from services.domain.errors import (
    BatchesNotOffered,
    CallRefused,
    ContextTooLong,
    EmptyBrief,
    ModelNotConfigured,
    ModelRefused,
    MuzaError,
)
from services.queue.ports import JobName, JobQueue
from services.store.job_fence import check_fence
from services.store.ports import Store
from services.store.ports_batches import BatchChanges

GIVE_UP = timedelta(hours=48)
"""A provider that promised a day and does not know the batch after two never will."""
_FOR_GOOD = (BatchesNotOffered, ContextTooLong, ModelRefused, ModelNotConfigured)


class AdvanceBatch:
    def __init__(
        self,
        store: Store,
        jobs: JobQueue,
        clock: Clock,
        batching: BatchingService,
        prepare: PrepareLines,
        settle: SettleAnswers,
        end: EndBatch,
    ) -> None:
        self._store = store
        self._jobs = jobs
        self._clock = clock
        self._batching = batching
        self._prepare = prepare
        self._settle = settle
        self._end = end
        self._asked_to_cancel: set[int] = set()

    async def __call__(self, batch: Batch) -> bool:
        """False: there is nothing to do but wait. Raises ModelError when the provider is away, KnowledgeUnavailable,
        StoreUnavailable, JobOvertaken."""
        match batch.state:
            case BatchState.RECEIVED:
                return await self._estimate(batch)
            case BatchState.CONFIRMED | BatchState.UPLOADED if batch.cancel_reason is not None:
                return await self._withdraw(batch)
            case BatchState.CONFIRMED:
                return await self._upload(batch)
            case BatchState.UPLOADED:
                return await self._submit(batch)
            case BatchState.SUBMITTED:
                return await self._watch(batch)
        return False

    async def _estimate(self, batch: Batch) -> bool:
        try:
            if batch.prepared == 0:
                await self._batching.check()
            more = await self._prepare(batch, self._batching.provider, self._batching.model)
        except (*_FOR_GOOD, CallRefused) as error:
            return await self._fail(batch, error)
        async with self._store.reading() as tx:
            likely, most, now = await tx.batches.sums(batch.id)
            lines = await tx.batches.lines(batch.id)
        ready = sum(line.prompt is not None or line.state is not LineState.WAITING for line in lines)
        if more:
            await self._change(batch, prepared=ready)
            return True
        if all(line.state is not LineState.WAITING for line in lines):
            return await self._fail(batch, EmptyBrief("no line fits"))
        await self._advance(
            batch,
            BatchState.ESTIMATED,
            prepared=ready,
            provider=self._batching.provider,
            model=self._batching.model,
            likely_microusd=likely,
            most_microusd=most,
            now_microusd=now,
        )
        return False

    async def _upload(self, batch: Batch) -> bool:
        async with self._store.reading() as tx:
            waiting = [line for line in await tx.batches.lines(batch.id) if line.state is LineState.WAITING]
        bodies = [(str(line.number), line.prompt.body) for line in waiting if line.prompt is not None]
        try:
            file_id = await self._batching.upload(batch.key, _since(batch), bodies)
        except _FOR_GOOD as error:
            return await self._fail(batch, error)
        await self._advance(batch, BatchState.UPLOADED, file_id=file_id)
        return True

    async def _submit(self, batch: Batch) -> bool:
        try:
            created = await self._batching.create(batch.key, _since(batch), batch.file_id or "")
        except _FOR_GOOD as error:
            return await self._fail(batch, error)
        await self._advance(
            batch, BatchState.SUBMITTED, provider_id=created.id, submitted_at=self._clock.now(), done=created.done
        )
        return False

    async def _withdraw(self, batch: Batch) -> bool:
        """Cancelled before it was known to be created: whoever died may have created it all the same."""
        try:
            created = await self._batching.find(batch.key, _since(batch))
        except BatchesNotOffered:
            created = None
        if created is None:
            await self._end(batch, BatchState.CANCELLED, LineState.CANCELLED)
            return False
        await self._advance(
            batch, BatchState.SUBMITTED, provider_id=created.id, submitted_at=self._clock.now(), done=created.done
        )
        return True

    async def _watch(self, batch: Batch) -> bool:
        provider_id = batch.provider_id or ""
        try:
            if batch.cancel_reason is not None and batch.id not in self._asked_to_cancel:
                await self._batching.cancel(provider_id)
                self._asked_to_cancel.add(batch.id)
            seen = await self._batching.get(provider_id)
            if seen.state is not ProviderState.WORKING:
                return await self._collect(batch, seen)
        except _FOR_GOOD as error:
            return await self._unknown_there(batch, error)
        if seen.done != batch.done:
            await self._change(batch, done=seen.done)
        return False

    async def _collect(self, batch: Batch, seen: ProviderBatch) -> bool:
        answers = list(await self._batching.answers(seen))
        refused = refused_by_all(answers)
        if refused is not None and await self._ask_again(batch, refused):
            await self._forget(batch, seen)
            return True
        await self._settle(batch, answers)
        match seen.state:
            case ProviderState.EXPIRED:
                await self._end(batch, BatchState.FINISHED, LineState.EXPIRED)
            case ProviderState.CANCELLED:
                await self._end(batch, BatchState.CANCELLED, LineState.CANCELLED)
            case ProviderState.REFUSED:
                logger.error("batch {}: the provider refused the file ({})", batch.id, seen.problem)
                await self._end(batch, BatchState.FAILED, LineState.FAILED, ModelRefused.code)
            case _:
                await self._end(batch, BatchState.FINISHED, LineState.FAILED)
        self._asked_to_cancel.discard(batch.id)
        await self._forget(batch, seen)
        return False

    async def _ask_again(self, batch: Batch, without: str) -> bool:
        """Nothing was done and nothing is owed. False: there is nothing to leave out, or it is being cancelled."""
        async with self._store.transaction() as tx:
            await check_fence(tx)
            again = await tx.batches.ask_again(batch.id, uuid.uuid4().hex, without)
            if again is not None:
                await draw_again(tx, again)
        if again is not None:
            logger.info("batch {}: the model does not take {}: asked again without it", batch.id, without)
        return again is not None

    async def _forget(self, batch: Batch, seen: ProviderBatch) -> None:
        if not await self._batching.forget(batch.file_id, seen.output_file_id, seen.error_file_id):
            logger.warning("batch {}: its files may still be at the provider", batch.id)

    async def _unknown_there(self, batch: Batch, error: MuzaError) -> bool:
        """A key that was changed may be changed back, and money may be owed: patience. Raises `error`."""
        if self._clock.now() - _since(batch) < GIVE_UP:
            raise error
        await self._end(batch, BatchState.FAILED, LineState.EXPIRED, error.code)
        return False

    async def _fail(self, batch: Batch, error: MuzaError) -> bool:
        logger.warning("batch {} failed: {} ({})", batch.id, error.code, error)
        await self._end(batch, BatchState.FAILED, LineState.FAILED, error.code)
        return False

    async def _advance(self, batch: Batch, to: BatchState, **changes: Unpack[BatchChanges]) -> None:
        async with self._store.transaction() as tx:
            await check_fence(tx)
            moved = await tx.batches.advance(batch.id, to, **changes)
            if moved is not None:
                await draw_again(tx, moved)
        await hint(self._jobs, JobName.DRAIN_DELIVERIES)

    async def _change(self, batch: Batch, **changes: Unpack[BatchChanges]) -> None:
        async with self._store.transaction() as tx:
            await check_fence(tx)
            changed = await tx.batches.change(batch.id, **changes)
            if changed is not None:
                await draw_again(tx, changed)
        await hint(self._jobs, JobName.DRAIN_DELIVERIES)


def _since(batch: Batch) -> datetime:
    if batch.created_at is None:
        raise RuntimeError(f"batch {batch.id} was never stored")
    return batch.submitted_at or batch.created_at
