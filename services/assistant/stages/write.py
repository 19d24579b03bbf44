"""Let the model write, show the text as it grows, and keep it safe while it does."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from loguru import logger

from services.assistant.ports import Presentation
from services.assistant.stages.claim import Lease
from services.assistant.stages.compose import Composed
from services.assistant.stages.patience import patiently
from services.assistant.stages.run import Run
from services.domain.errors import GenerationHalted, StoreUnavailable
from services.domain.failpoint import FailPoint, reached
from services.domain.idea import Draft
from services.domain.usage import Usage
from services.llm.draft_reader import DraftReader
from services.llm.events import Completed, Delta, Restarted
from services.llm.service import LLMService
from services.store.ports import Store

SAVE_EVERY_SECONDS = 2.0
Event = Delta | Restarted | Completed


@dataclass(frozen=True, slots=True)
class Written:
    text: str
    """Complete, as received."""
    usage: Usage
    passages: int
    """How many numbered passages the model was shown."""
    ungrounded: bool = False


class WriteDraft:
    def __init__(self, llm: LLMService, store: Store, lease: Lease) -> None:
        self._llm = llm
        self._store = store
        self._lease = lease

    async def __call__(
        self, run: Run, composed: Composed, reader: DraftReader, screen: Presentation
    ) -> tuple[str, Usage]:
        """The complete text and its usage. Raises the ModelError tree, LeaseLost."""
        clock = asyncio.get_running_loop().time
        saved_at = clock()
        stream = self._llm.stream(composed.prompt, run.call_context, json_schema=reader.json_schema)
        async with aclosing(stream) as events:  # a lost lease closes the connection now, not when garbage is collected
            async for event in self._until_halted(run, events):
                if isinstance(event, Completed):
                    await patiently(partial(self._keep_complete, run, composed, event))
                    reached(FailPoint.TEXT_COMPLETE)
                    return event.text, event.usage
                if isinstance(event, Restarted):
                    await screen.preview(Draft)
                    saved_at = 0.0  # what was saved is void: the new text replaces it soon
                    continue
                await screen.preview(partial(reader.read_partial, event.text))
                if clock() - saved_at >= SAVE_EVERY_SECONDS:
                    await self._save(run, event.text)
                    saved_at = clock()
        raise RuntimeError("the model service ended a stream without a result")

    async def _until_halted(self, run: Run, events: AsyncGenerator[Event, None]) -> AsyncGenerator[Event, None]:
        """What was written by then is kept, to be shown."""
        text = ""
        try:
            async for event in events:
                text = event.text if isinstance(event, Delta) else ""
                yield event
        except GenerationHalted:
            if text:
                await self._save(run, text)
            raise

    async def recall(self, run: Run) -> Written:
        """A text whose stream had ended before its process died, with the passages it was written from."""
        async with self._store.reading() as tx:
            passages = await tx.passages_used.hits(run.id)
        return Written(run.generation.text, run.generation.usage or Usage(), len(passages))

    async def _save(self, run: Run, text: str) -> None:
        try:
            async with self._lease.writing(run) as tx:
                await tx.generations.save_text(run.id, run.token, text, complete=False)
        except StoreUnavailable:
            logger.warning("the text is saved later: the database is away")
            return
        reached(FailPoint.TEXT_SAVED)

    async def _keep_complete(self, run: Run, composed: Composed, done: Completed) -> None:
        parameters = done.parameters | composed.parameters
        async with self._lease.writing(run) as tx:
            await tx.passages_used.replace(run.id, composed.hits)
            await tx.generations.set_prompt(run.id, run.token, composed.prompt.release, done.model, parameters)
            await tx.generations.save_text(run.id, run.token, done.text, complete=True, usage=done.usage)
