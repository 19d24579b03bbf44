"""What a former run of the attempt left behind when its process died."""

from loguru import logger

from services.assistant.stages.claim import Lease
from services.assistant.stages.run import Run
from services.domain.errors import StoreUnavailable
from services.llm.service import LLMService


class Inherit:
    def __init__(self, llm: LLMService, lease: Lease) -> None:
        self._llm = llm
        self._lease = lease

    async def __call__(self, run: Run) -> None:
        """Its open calls are lost, by our own count, and its half a text goes: this run writes anew. A text whose
        stream had ended stays. Raises LeaseLost."""
        if run.token == 1:
            return
        half = "" if run.generation.text_complete else run.generation.text
        try:
            await self._llm.lost_calls.of_older_runs(run.id, run.token, half)
            if half:
                async with self._lease.writing(run) as tx:
                    await tx.generations.save_text(run.id, run.token, "", complete=False)
        except StoreUnavailable:
            logger.warning("what the former run left is looked at later: the database is away")
