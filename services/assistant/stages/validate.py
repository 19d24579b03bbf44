"""Read the answer as the schema says; ask the model once to mend what cannot be read; else show it raw."""

from dataclasses import replace

from loguru import logger

from services.assistant.ports import Presentation
from services.assistant.stages.run import Run
from services.domain.errors import CallRefused, ModelError
from services.domain.generation import Stage
from services.domain.idea import Draft
from services.domain.idea_count import ideas_asked
from services.domain.usage import Usage
from services.llm.draft_reader import DraftReader, InvalidAnswer, clamp_sources
from services.llm.service import LLMService
from services.prompts.ports import PromptLibrary


class Validate:
    def __init__(self, llm: LLMService, prompts: PromptLibrary) -> None:
        self._llm = llm
        self._prompts = prompts

    async def __call__(
        self, run: Run, text: str, reader: DraftReader, passages: int, screen: Presentation
    ) -> tuple[Draft, Usage]:
        """The draft, with source numbers that exist, and what mending it cost. Never raises for a bad answer."""
        try:
            return _as_many_as_asked(run, clamp_sources(reader.read_final(text), passages)), Usage()
        except InvalidAnswer as invalid:
            problems = str(invalid)
        logger.info("the answer does not fit the schema: asking for a repair")
        await screen.stage(Stage.REPAIR)
        with run.timed(Stage.REPAIR):
            return await self._repair(run, text, problems, reader, passages)

    async def _repair(
        self, run: Run, text: str, problems: str, reader: DraftReader, passages: int
    ) -> tuple[Draft, Usage]:
        prompt = self._prompts.render(
            "repair",
            {
                "answer": text,
                "problems": problems,
                "schema": reader.json_schema,
                "language": run.brief.language.value,
            },
        )
        try:
            mended = await self._llm.complete(prompt, run.call_context, json_schema=reader.json_schema)
        except (ModelError, CallRefused) as error:  # the answer is paid for: it is shown as it is
            logger.warning("repair failed: {}", error.code)
            return reader.raw(text), Usage()
        try:
            return _as_many_as_asked(run, clamp_sources(reader.read_final(mended.text), passages)), mended.usage
        except InvalidAnswer:
            logger.warning("the repaired answer does not fit the schema either: shown raw")
            return reader.raw(text), mended.usage


def _as_many_as_asked(run: Run, draft: Draft) -> Draft:
    """The strongest come first: what a model gives beyond the number that the person named is left out."""
    asked = ideas_asked(run.brief.text, run.generation.instruction)
    return draft if asked is None else replace(draft, ideas=draft.ideas[:asked])
