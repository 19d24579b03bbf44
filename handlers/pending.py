"""Questions Muza has asked, and what becomes of the person's next message."""

from dataclasses import dataclass
from typing import Any

from aiogram.types import Message

from handlers.briefs import request_in, text_of
from handlers.callbacks import Purpose
from handlers.i18n import Catalogues
from handlers.keyboards import card_keyboard
from handlers.sender import MessageSender
from handlers.views.card import card_message
from services.assistant.decide_review import DecideReview
from services.assistant.pending_inputs import PendingInput
from services.assistant.refine_draft import RefineDraft
from services.assistant.regenerate_draft import RegenerateDraft
from services.assistant.start_generation import StartGeneration
from services.domain.brief import Task
from services.domain.chat import Chat, ChatAddress
from services.domain.generation import Generation
from services.domain.language import Language
from services.domain.member import Member
from services.domain.review import Verdict

_TASKS = {Purpose.IDEA: Task.IDEA, Purpose.ASK: Task.ASK}
_VERDICTS = {Purpose.CHANGES: Verdict.CHANGES_REQUESTED, Purpose.REJECT: Verdict.REJECTED}


def about(generation_id: int, version: int, shown_in: ChatAddress) -> dict[str, Any]:
    """JSON that finds the draft again when the words arrive."""
    return {
        "generation_id": generation_id,
        "version": version,
        "chat_id": shown_in.chat_id,
        "topic_id": shown_in.topic_id,
        "message_id": shown_in.message_id,
    }


@dataclass(frozen=True, slots=True)
class Answer:
    """The words that answer a question, and who said them where."""

    message: Message
    member: Member
    chat: Chat
    address: ChatAddress
    language: Language

    @property
    def text(self) -> str:
        return text_of(self.message)


@dataclass(frozen=True, slots=True)
class PendingAnswers:
    """Carries out what a question was about."""

    start_generation: StartGeneration
    refine_draft: RefineDraft
    regenerate_draft: RegenerateDraft
    decide_review: DecideReview
    sender: MessageSender
    catalogues: Catalogues

    async def __call__(self, question: PendingInput, answer: Answer) -> Generation | None:
        """The attempt that was started, if one was. Raises what the use case raises."""
        purpose = Purpose(question.purpose)
        if purpose in _TASKS:
            return await self._start(_TASKS[purpose], answer)
        generation_id, version = int(question.payload["generation_id"]), int(question.payload["version"])
        shown_in = _shown_in(question.payload)
        if purpose is Purpose.REFINE:
            return await self.refine_draft(answer.member, shown_in, answer.address, answer.text)
        if purpose is Purpose.OWN_WORDS:
            return await self.regenerate_draft(answer.member, generation_id, version, shown_in, instruction=answer.text)
        card = await self.decide_review(
            answer.member, generation_id, version, shown_in, _VERDICTS[purpose], answer.text
        )
        texts = self.catalogues.texts(card.language)
        # The message is not there any more when the group became a supergroup meanwhile.
        show = self.sender.replace if shown_in.message_id is not None else self.sender.send
        await show(shown_in, card_message(card, texts), card_keyboard(card, texts))
        return None

    async def _start(self, task: Task, answer: Answer) -> Generation:
        request = request_in(answer.message, task, self.catalogues.texts(answer.language))
        return await self.start_generation(
            answer.member,
            answer.chat,
            answer.address,
            request.text,
            task=task,
            language=answer.language,
            material=request.material,
        )


def _shown_in(payload: dict[str, Any]) -> ChatAddress:
    return ChatAddress(int(payload["chat_id"]), payload["topic_id"], payload["message_id"])
