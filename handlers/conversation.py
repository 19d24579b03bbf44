"""Messages in writing that are no commands: answers to Muza's questions, replies to its drafts, files, small talk.

In groups Muza listens only to replies to itself and to mentions of its name: everything else is people's own talk.
"""

from functools import partial

from aiogram import Bot
from aiogram.types import Message

from handlers import broadcast, fallback
from handlers.briefs import text_of
from handlers.i18n import Catalogues, Texts
from handlers.improvements import improve_by_reply
from handlers.pending import Answer, PendingAnswers
from handlers.sender import MessageSender
from services.assistant.answer_question import AnswerQuestion
from services.assistant.knowledge.change_passport import ChangePassport
from services.assistant.listening.correct_transcript import CorrectTranscript
from services.assistant.listening.find_recording import FindRecording
from services.assistant.pending_inputs import PendingInputs
from services.assistant.prepare_broadcast import PrepareBroadcast
from services.assistant.refine_draft import RefineDraft
from services.domain.chat import Chat, ChatAddress
from services.domain.member import Member
from services.domain.question import Purpose


async def converse(
    message: Message,
    *,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    texts: Texts,
    catalogues: Catalogues,
    bot: Bot,
    sender: MessageSender,
    answer_question: AnswerQuestion,
    refine_draft: RefineDraft,
    pending_inputs: PendingInputs,
    prepare_broadcast: PrepareBroadcast,
    correct_transcript: CorrectTranscript,
    find_recording: FindRecording,
    change_passport: ChangePassport,
) -> None:
    if not await is_for_muza(message, address, bot):
        return
    text, answer = text_of(message), Answer(message, member, chat, address, texts.language)
    question = None if is_command(message) else await pending_inputs.take(member, address, _purpose_of(text))
    if question is not None and question.purpose == Purpose.BROADCAST:
        announce = partial(broadcast.announce, message, member=member, address=address, texts=texts)
        await announce(bot=bot, sender=sender, prepare_broadcast=prepare_broadcast, pending_inputs=pending_inputs)
    elif is_command(message) or not text:
        await fallback.cannot_read(message, address, texts, sender)
    elif question is not None:
        carriers = (answer_question, correct_transcript, sender, catalogues, pending_inputs, change_passport)
        await PendingAnswers(*carriers)(question, answer)
    elif not await improve_by_reply(answer, bot, refine_draft, find_recording, correct_transcript):
        await fallback.offer(address, texts, sender)


def _purpose_of(text: str) -> Purpose | None:
    """Words answer any question; a picture or a sticker only the one for something to announce."""
    return None if text else Purpose.BROADCAST


def is_command(message: Message) -> bool:
    """One that somebody else gave elsewhere and that was forwarded here is a text like any other."""
    return text_of(message).startswith("/") and message.forward_origin is None


async def is_for_muza(message: Message, address: ChatAddress, bot: Bot) -> bool:
    if address.is_private:
        return True
    replied = message.reply_to_message
    if replied is not None and replied.from_user is not None and replied.from_user.id == bot.id:
        return True
    name = f"@{(await bot.me()).username}".lower()
    text = message.text or message.caption or ""
    return any(
        entity.type == "mention" and entity.extract_from(text).lower() == name
        for entity in message.entities or message.caption_entities or ()
    )
