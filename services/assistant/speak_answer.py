"""An answer as a voice message. What was said once is kept, so it is paid for once."""

from collections.abc import Sequence

from loguru import logger

from services.domain.errors import AudioUnreadable, MuzaError
from services.domain.failpoint import FailPoint, reached
from services.domain.generation import Generation
from services.domain.language import Language
from services.domain.usage import CallContext
from services.files.ports import FileStore
from services.prompts.ports import PromptLibrary
from services.speech.ports import VoiceBubble
from services.speech.service import Manner, SpeechService
from services.store.ports import Store

PROMPT = "speak"


def spoken_folder(generation_id: int) -> str:
    return f"spoken/{generation_id}"


def spoken_key(generation_id: int) -> str:
    return f"{spoken_folder(generation_id)}/answer.ogg"


class SpeakAnswer:
    def __init__(self, store: Store, files: FileStore, speech: SpeechService, prompts: PromptLibrary) -> None:
        self._store = store
        self._files = files
        self._speech = speech
        self._prompts = prompts

    async def __call__(
        self, generation: Generation, parts: Sequence[str], ending: str, language: Language
    ) -> VoiceBubble | None:
        """`parts`: what there is to say, `ending`: what is said instead of what would be too long; both in `language`.

        None: no voice can be had now. The person has the text, so that is a line in the log and nothing more.
        """
        try:
            return await self._kept(generation.id) or await self._said(generation, parts, ending, language)
        except MuzaError as error:
            logger.warning("the answer of generation {} is not read aloud: {} ({})", generation.id, error.code, error)
            return None

    async def forget(self, generation_id: int) -> None:
        """It was sent, and is Telegram's from now on. Raises FilesUnavailable."""
        await self._files.delete(spoken_folder(generation_id))

    async def _kept(self, generation_id: int) -> VoiceBubble | None:
        try:
            return self._speech.kept(await self._files.read(spoken_key(generation_id)))
        except (LookupError, AudioUnreadable):
            return None

    async def _said(
        self, generation: Generation, parts: Sequence[str], ending: str, language: Language
    ) -> VoiceBubble | None:
        text = self._speech.script(tuple(parts), ending)
        if not (self._speech.is_configured and text):
            return None
        prompt = self._prompts.render(PROMPT, {"language": language.value, "text": text})
        instructions, said = (message.content for message in prompt.messages)
        bubble = await self._speech.speak(said, await self._context(generation), Manner(instructions, prompt.release))
        await self._files.put(spoken_key(generation.id), bubble.audio)
        reached(FailPoint.REPLY_SPOKEN)
        return bubble

    async def _context(self, generation: Generation) -> CallContext:
        async with self._store.reading() as tx:
            brief = await tx.briefs.get(generation.brief_id)
        return CallContext(
            task=PROMPT,
            project_id=brief.project_id if brief else None,
            member_id=generation.requested_by,
            brief_id=generation.brief_id,
            generation_id=generation.id,
            chat_id=brief.address.chat_id if brief else None,
        )
