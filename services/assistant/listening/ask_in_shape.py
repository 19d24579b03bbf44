"""One answer of a model in an agreed shape; one repair when it is not; its bare words when that does not help."""

from loguru import logger

from services.domain.errors import CallRefused, ModelError
from services.domain.prompt import RenderedPrompt
from services.domain.usage import CallContext
from services.llm.answers import strict_schema
from services.llm.json_text import without_fences
from services.llm.read_answer import Answer, InvalidAnswer, read_answer
from services.llm.service import LLMService
from services.prompts.ports import PromptLibrary


class AskInShape:
    def __init__(self, llm: LLMService, prompts: PromptLibrary) -> None:
        self._llm = llm
        self._prompts = prompts

    async def __call__(
        self, prompt: RenderedPrompt, context: CallContext, shape: type[Answer], language: str
    ) -> Answer | str:
        """Text: what the model said could be read in no way. Raises the ModelError tree and
        CallRefused for the first call only."""
        schema = strict_schema(shape)
        said = await self._llm.complete(prompt, context, json_schema=schema)
        try:
            return read_answer(said.text, shape)
        except InvalidAnswer as invalid:
            problems = str(invalid)
        logger.info("the {} does not fit its schema: asking for a repair", context.task)
        variables = {"answer": said.text, "problems": problems, "schema": schema, "language": language}
        try:
            mended = await self._llm.complete(self._prompts.render("repair", variables), context, json_schema=schema)
            return read_answer(mended.text, shape)
        except (ModelError, CallRefused) as error:
            logger.warning("repair failed: {}", error.code)
        except InvalidAnswer:
            logger.warning("the repaired answer does not fit the schema either")
        return without_fences(said.text)
