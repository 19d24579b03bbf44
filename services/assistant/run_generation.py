"""One attempt from its lease to the screen: retrieve → compose → draft → validate → settle → deliver.

The database is told first, the person second. Whatever goes wrong ends in a sentence on the screen and a row that can
be run again; the only silent end is a lost lease, when another process is already speaking for this attempt.
"""

import asyncio
from dataclasses import dataclass

from loguru import logger

from services.assistant.ports import Card, Failure, Presentation, Presenter
from services.assistant.stages.claim import Lease
from services.assistant.stages.compose import Compose, Composed
from services.assistant.stages.deliver import Deliver, kept_draft, may_be_granted
from services.assistant.stages.inherit import Inherit
from services.assistant.stages.recall import Recall, Sought
from services.assistant.stages.retrieve import Found, Retrieve
from services.assistant.stages.run import LeaseLost, Run
from services.assistant.stages.settle import Settle
from services.assistant.stages.validate import Validate
from services.assistant.stages.write import WriteDraft, Written
from services.domain.brief import Task
from services.domain.errors import MuzaError, StoreUnavailable
from services.domain.failpoint import FailPoint, reached
from services.domain.generation import Stage
from services.domain.idea import Draft
from services.domain.usage import Usage
from services.llm.draft_reader import DraftReader


@dataclass(frozen=True, slots=True)
class Stages:
    lease: Lease
    inherit: Inherit
    retrieve: Retrieve
    compose: Compose
    write: WriteDraft
    validate: Validate
    settle: Settle
    deliver: Deliver
    recall: Recall | None = None
    """None: every draft is written anew."""


class RunGeneration:
    def __init__(self, stages: Stages, presenter: Presenter) -> None:
        self._stages = stages
        self._presenter = presenter

    async def __call__(self, generation_id: int, nudge: asyncio.Event, claimed: Run | None = None) -> bool:
        """Run the attempt; False if somebody else does, or it is over. `nudge` is set when the row was changed from
        outside and the lease should be looked at."""
        try:
            run = claimed or await self._stages.lease.take(generation_id)
        except StoreUnavailable:
            logger.warning("generation {} waits for the next sweep: the database is away", generation_id)
            return False
        if run is None:
            return False
        reached(FailPoint.LEASE_TAKEN)
        with logger.contextualize(generation=run.id, brief=run.brief.id, attempt=run.generation.number):
            try:
                await self._present(run, nudge)
            except StoreUnavailable:
                # For too long nothing could be written down: the lease runs out, and a later run goes on.
                logger.warning("the attempt is left to a later run: the database is away")
            except asyncio.CancelledError:
                await asyncio.shield(self._stages.lease.give_back(run))
                raise
        return True

    async def _present(self, run: Run, nudge: asyncio.Event) -> None:
        async with self._presenter.open(
            run.generation,
            run.brief,
            run.language,
            run.member.stream_transport,
            record=self._stages.deliver.record(run.generation, may_preview=run.holds_lease),
        ) as screen:
            outcome = await self._under_lease(run, screen, nudge)
            if outcome is None:
                outcome = await self._stages.deliver.stopped(run)
            if outcome is not None:
                await self._stages.deliver(screen, outcome)
        if outcome is None:
            await self._stages.deliver.show_again(run.generation)
        state = outcome.generation.state.value if outcome else "taken over"
        timings = {stage.value: spent for stage, spent in run.timings_ms.items()}
        logger.bind(state=state, stages_ms=timings).info("generation {} {}", run.id, state)

    async def _under_lease(self, run: Run, screen: Presentation, nudge: asyncio.Event) -> Card | Failure | None:
        """None: the lease is lost."""
        outcome: Card | Failure | None = None
        try:
            async with asyncio.TaskGroup() as group:
                keeper = group.create_task(self._stages.lease.keep(run, nudge))
                outcome = await self._attempt(run, screen)
                keeper.cancel()
        except* LeaseLost:
            outcome = None
        except* StoreUnavailable as away:
            raise away.exceptions[0] from None
        return outcome

    async def _attempt(self, run: Run, screen: Presentation) -> Card | Failure:
        try:
            return await self._produce(run, screen)
        except MuzaError as error:
            logger.warning("generation failed: {} ({})", error.code, error)
            trouble, retryable = error, error.retryable
        except (LeaseLost, asyncio.CancelledError):
            raise
        except Exception:  # noqa: BLE001 - the person must hear of a bug too; the log has the traceback
            logger.exception("generation failed by a bug")
            trouble, retryable = MuzaError(), True
        failed = await self._stages.settle.failed(run, trouble)
        kept, may_grant = kept_draft(failed, run.brief.task), may_be_granted(run.brief, run.member)
        return Failure(failed, run.brief, trouble.code, run.language, retryable, kept, may_grant=may_grant)

    async def _produce(self, run: Run, screen: Presentation) -> Card:
        stages, reader = self._stages, DraftReader(run.brief.task)
        sought: Sought | None = None
        await stages.inherit(run)
        if run.generation.text_complete:
            written = await stages.write.recall(run)  # the stream had ended before a crash: it is paid for already
        else:
            occasion = await stages.recall.open(run) if stages.recall else None
            with run.timed(Stage.RETRIEVE):
                found = await stages.retrieve(run)
            if run.brief.task is Task.ASK and not found.hits:
                return await stages.settle.succeeded(run, Draft(found=False), Usage())
            with run.timed(Stage.COMPOSE):
                composed = await stages.compose(run, found)
                if stages.recall and occasion and not found.ungrounded:
                    sought = await stages.recall.seek(run, occasion, composed)
            if stages.recall and sought and sought.original:
                with run.timed(Stage.SETTLE):
                    return await stages.recall.show(run, sought, sought.original)
            written = await self._write(run, found, composed, reader, screen)
        with run.timed(Stage.VALIDATE):
            draft, repair_usage = await stages.validate(run, written.text, reader, written.passages, screen)
        with run.timed(Stage.SETTLE):
            card = await stages.settle.succeeded(
                run, draft, written.usage + repair_usage, ungrounded=written.ungrounded
            )
        if stages.recall and sought:
            await stages.recall.keep(run, sought, draft)
        return card

    async def _write(
        self, run: Run, found: Found, composed: Composed, reader: DraftReader, screen: Presentation
    ) -> Written:
        await screen.stage(Stage.DRAFT)
        with run.timed(Stage.DRAFT):
            text, usage = await self._stages.write(run, composed, reader, screen)
        return Written(text, usage, len(composed.hits), found.ungrounded)
