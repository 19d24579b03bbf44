"""What the words themselves do not tell, the fast model is asked: what does this person want?

Its word decides which button is offered first, or which kind of work begins after the pause; it never approves: an
approval read by a model waits for a tap. A transcript is data: nothing said in it is an order to the model.
"""

import asyncio
import secrets
from enum import StrEnum
from typing import Annotated, Any, Literal

from loguru import logger
from pydantic import Field

from services.assistant.listening.spoken_commands import Command
from services.domain.errors import CallRefused, ModelError
from services.domain.generation import Chip
from services.domain.language import Language, detect_language
from services.domain.recording import Recording, SpokenAction
from services.domain.usage import CallContext
from services.llm.answers import ModelAnswer, strict_schema
from services.llm.read_answer import InvalidAnswer, read_answer
from services.llm.service import LLMService
from services.prompts.ports import PromptLibrary
from services.store.job_fence import fence_token

PATIENCE_SECONDS = 3.0
"""A person looks at the transcript meanwhile, and the buttons under it need no model."""
READ_CHARACTERS = 2_000
"""What somebody wants is said at the beginning or at the end; of a longer text the middle is left out."""


class Situation(StrEnum):
    REPLY = "reply"
    """The words answer a message with a draft."""
    ALONE = "alone"


class IntentAnswer(ModelAnswer):
    action: Literal["idea", "ask", "refine", "regenerate", "approve", "unclear"]
    chip: Literal["bolder", "shorter", "another_angle"] | None = None
    sure: Annotated[bool, Field(description="False when the words could as well mean something else.")] = False


POSSIBLE = {
    Situation.REPLY: frozenset({SpokenAction.REFINE, SpokenAction.REGENERATE, SpokenAction.APPROVE}),
    Situation.ALONE: frozenset({SpokenAction.IDEA, SpokenAction.ASK}),
}
_MAY_BE_CERTAIN = frozenset({SpokenAction.IDEA, SpokenAction.ASK, SpokenAction.REFINE})
SCHEMA: dict[str, Any] = strict_schema(IntentAnswer)


class GuessIntent:
    def __init__(self, llm: LLMService, prompts: PromptLibrary, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._llm = llm
        self._prompts = prompts
        self._patience_seconds = patience_seconds

    async def __call__(self, recording: Recording, words: str, situation: Situation) -> Command | None:
        """None: it cannot be told, or the model did not say in time. Raises StoreUnavailable: the ledger must know."""
        prompt = self._prompts.render("intent", _variables(words, recording.language, situation))
        context = CallContext(
            task="intent",
            project_id=recording.project_id,
            member_id=recording.member_id,
            lease_token=fence_token(),
            recording_id=recording.id,
            chat_id=recording.address.chat_id,
        )
        try:
            async with asyncio.timeout(self._patience_seconds):
                said = await self._llm.complete(prompt, context, json_schema=SCHEMA)
            answer = read_answer(said.text, IntentAnswer)
        except (ModelError, CallRefused, InvalidAnswer, TimeoutError) as trouble:
            logger.info("no model told what recording {} wants: {}", recording.id, type(trouble).__name__)
            return None
        return _command(answer, words, situation)


def _variables(words: str, default: Language, situation: Situation) -> dict[str, Any]:
    return {
        "transcript": _shortened(words),
        "language": detect_language(words, default).value,
        "situation": situation.value,
        "nonce": secrets.token_hex(4),
    }


def _command(answer: IntentAnswer, words: str, situation: Situation) -> Command | None:
    if answer.action == "unclear":
        return None
    action = SpokenAction(answer.action)
    if action not in POSSIBLE[situation]:
        return None
    chip = Chip(answer.chip) if answer.chip and action is SpokenAction.REGENERATE else None
    text = "" if action is SpokenAction.APPROVE or chip else words
    return Command(action, text, chip, is_certain=answer.sure and action in _MAY_BE_CERTAIN)


def _shortened(words: str) -> str:
    if len(words) <= READ_CHARACTERS:
        return words
    half = READ_CHARACTERS // 2
    return f"{words[:half].rstrip()} […] {words[-half:].lstrip()}"
