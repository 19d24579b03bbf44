"""Questions Muza has asked, and what becomes of the person's next message."""

from dataclasses import dataclass

from aiogram.types import Message

from handlers.briefs import request_in, text_of
from handlers.corrections import correct_as_asked
from handlers.i18n import Catalogues
from handlers.kb_edit import ABOUT_DOCUMENTS, write_as_asked
from handlers.keyboards import card_keyboard
from handlers.sender import MessageSender
from handlers.views.card import card_message
from services.assistant.answer_question import TASKS, AnswerQuestion, place_of
from services.assistant.answer_question import Answer as Words
from services.assistant.knowledge.change_passport import ChangePassport
from services.assistant.listening.correct_transcript import CorrectTranscript
from services.assistant.pending_inputs import PendingInput, PendingInputs
from services.assistant.ports import Card
from services.domain.chat import Chat, ChatAddress
from services.domain.generation import Generation
from services.domain.language import Language
from services.domain.member import Member
from services.domain.question import Purpose


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

    answer_question: AnswerQuestion
    correct_transcript: CorrectTranscript
    sender: MessageSender
    catalogues: Catalogues
    pending_inputs: PendingInputs
    change_passport: ChangePassport

    async def __call__(self, question: PendingInput, answer: Answer) -> Generation | None:
        """The attempt that was started, if one was. Raises what the use case raises."""
        if question.purpose == Purpose.TRANSCRIPT:
            await correct_as_asked(question, answer.text, answer.member, self.correct_transcript)
            return None
        if question.purpose in ABOUT_DOCUMENTS:
            await write_as_asked(
                question,
                answer.text,
                member=answer.member,
                chat=answer.chat,
                address=answer.address,
                texts=self.catalogues.texts(answer.language),
                sender=self.sender,
                pending_inputs=self.pending_inputs,
                change_passport=self.change_passport,
            )
            return None
        text, material = answer.text, None
        task = TASKS.get(Purpose(question.purpose))
        if task is not None:
            request = request_in(answer.message, task, self.catalogues.texts(answer.language))
            text, material = request.text, request.material
        given = Words(answer.member, answer.chat, answer.address, answer.language, text, material)
        outcome = await self.answer_question(question, given)
        if not isinstance(outcome, Card):
            return outcome
        texts, shown_in = self.catalogues.texts(outcome.language), place_of(question)
        # The message is not there any more when the group became a supergroup meanwhile.
        show = self.sender.replace if shown_in.message_id is not None else self.sender.send
        await show(shown_in, card_message(outcome, texts), card_keyboard(outcome, texts))
        return None
