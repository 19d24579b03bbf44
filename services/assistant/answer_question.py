"""Words have come for a question that Muza asked, typed or spoken: what it was about is carried out."""

from dataclasses import dataclass
from typing import Any

from services.assistant.decide_review import DecideReview
from services.assistant.pending_inputs import PendingInput
from services.assistant.ports import Card
from services.assistant.refine_draft import RefineDraft
from services.assistant.regenerate_draft import RegenerateDraft
from services.assistant.start_generation import StartGeneration
from services.domain.brief import Task
from services.domain.chat import Chat, ChatAddress
from services.domain.generation import Generation
from services.domain.language import Language
from services.domain.member import Member
from services.domain.question import Purpose
from services.domain.review import Verdict

TASKS = {Purpose.IDEA: Task.IDEA, Purpose.ASK: Task.ASK}
VERDICTS = {Purpose.CHANGES: Verdict.CHANGES_REQUESTED, Purpose.REJECT: Verdict.REJECTED}


@dataclass(frozen=True, slots=True)
class Answer:
    """The words, and who gave them where."""

    member: Member
    chat: Chat
    address: ChatAddress
    """The message that carries them."""
    language: Language
    text: str
    material: str | None = None
    """What the text points at: for questions about a brief."""
    in_new_message: bool = False
    """A new attempt is shown under these words, not in place of the draft; the same words coming again find it."""


class AnswerQuestion:
    def __init__(
        self,
        start_generation: StartGeneration,
        refine_draft: RefineDraft,
        regenerate_draft: RegenerateDraft,
        decide_review: DecideReview,
    ) -> None:
        self._start_generation = start_generation
        self._refine_draft = refine_draft
        self._regenerate_draft = regenerate_draft
        self._decide_review = decide_review

    async def __call__(self, question: PendingInput, answer: Answer) -> Generation | Card | None:
        """The attempt that was started, or the card with the verdict on it. Raises what these use cases raise."""
        purpose = Purpose(question.purpose)
        if purpose in TASKS:
            return await self._start(TASKS[purpose], answer)
        shown_in = place_of(question)
        if purpose is Purpose.REFINE:
            return await self._refine_draft(answer.member, shown_in, answer.address, answer.text)
        generation_id, version = int(question.payload["generation_id"]), int(question.payload["version"])
        if purpose is Purpose.OWN_WORDS:
            return await self._regenerate_draft(
                answer.member,
                generation_id,
                version,
                shown_in,
                instruction=answer.text,
                asked_in=answer.address if answer.in_new_message else None,
            )
        return await self._decide_review(
            answer.member, generation_id, version, shown_in, VERDICTS[purpose], answer.text
        )

    async def _start(self, task: Task, answer: Answer) -> Generation:
        return await self._start_generation(
            answer.member,
            answer.chat,
            answer.address,
            answer.text,
            task=task,
            language=answer.language,
            material=answer.material,
        )


def draft_in_question(generation_id: int, version: int, shown_in: ChatAddress) -> dict[str, Any]:
    """JSON that finds the draft again when the words arrive."""
    return {
        "generation_id": generation_id,
        "version": version,
        "chat_id": shown_in.chat_id,
        "topic_id": shown_in.topic_id,
        "message_id": shown_in.message_id,
    }


def place_of(question: PendingInput) -> ChatAddress:
    """The message that shows the draft in question; without a message id when the group became a supergroup since."""
    payload = question.payload
    return ChatAddress(int(payload["chat_id"]), payload["topic_id"], payload["message_id"])
