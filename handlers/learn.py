"""/learn: a file, an album or links go into the knowledge base; and the buttons under them."""

from collections.abc import Sequence
from dataclasses import replace

from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.filters import CommandObject
from aiogram.types import Message

from handlers.briefs import text_of
from handlers.i18n import Texts
from handlers.lesson_callbacks import LessonPress, LessonStep
from handlers.lesson_files import (
    MOST_LINKS,
    file_learning,
    file_learnings,
    file_of,
    lesson_key,
    link_learnings,
    links_in,
    new_lesson,
    words_beside_links,
)
from handlers.press import Press
from handlers.routing import CommandTable, PressTable
from handlers.sender import MessageSender
from handlers.views.message import message as words
from services.assistant.knowledge.accept_offer import AcceptOffer
from services.assistant.knowledge.cancel_lesson import CancelLesson
from services.assistant.knowledge.join_lesson import JoinLesson
from services.assistant.knowledge.offer_lesson import OfferLesson
from services.assistant.knowledge.replace_document import ReplaceDocument, Replacement
from services.assistant.knowledge.retry_lesson import RetryLesson
from services.assistant.knowledge.start_lesson import StartLesson
from services.assistant.pending_inputs import PendingInputs
from services.domain.chat import Chat, ChatAddress
from services.domain.language import Language
from services.domain.learning import NewLearning
from services.domain.member import Member
from services.domain.question import Purpose


def add_commands(commands: CommandTable) -> None:
    commands.add("learn", learn)


def add_presses(presses: PressTable) -> None:
    presses.add(LessonPress, step)


async def learn(
    message: Message,
    *,
    command: CommandObject,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    language: Language,
    texts: Texts,
    sender: MessageSender,
    start_lesson: StartLesson,
    album: tuple[Message, ...] = (),
) -> None:
    """Who draws the answer is who follows lessons."""
    learnings, offered_as = _given(message, album, command.args or "")
    if not learnings or len(learnings) > MOST_LINKS:
        said = texts("learn.too_many", most=MOST_LINKS) if learnings else texts("learn.how")
        await sender.send(address, words(said), reply_to=address.message_id)
        return
    lesson = new_lesson(lesson_key(message), member, chat, address, language)
    await start_lesson(member, lesson, learnings, offered_as)


def _given(message: Message, album: Sequence[Message], arguments: str) -> tuple[Sequence[NewLearning], str | None]:
    """And the key under which it may have been offered already."""
    if own := file_learnings(message, album, arguments):
        return own, None
    if links := links_in(message):
        return link_learnings(links, words_beside_links(message, arguments)), None
    replied = message.reply_to_message
    if replied is not None and (file := file_of(replied)) is not None:
        return [file_learning(replied, file, arguments)], lesson_key(replied)
    return link_learnings(links_in(replied), arguments), None


def carries_file(message: Message) -> bool:
    return file_of(message) is not None


async def take_file(
    message: Message,
    *,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    language: Language,
    pending_inputs: PendingInputs,
    offer_lesson: OfferLesson,
    join_lesson: JoinLesson,
    start_lesson: StartLesson,
    replace_document: ReplaceDocument,
    album: tuple[Message, ...] = (),
) -> None:
    """Files without a command: the rest of an album, the next version that Muza has asked for, or, in private, one
    that nobody has said a word about. Any other is a message like the others."""
    learnings, key = file_learnings(message, album, text_of(message)), lesson_key(message)
    if not learnings or (message.media_group_id and await join_lesson(member, key, learnings)):
        return
    question = await pending_inputs.take(member, address, Purpose.REPLACEMENT)
    if question is not None:
        document = await replace_document(member, chat, int(question.payload["document_id"]))
        lesson = new_lesson(str(Replacement(document.id, key)), member, chat, address, language)
        # An administrator may have opened a document of another project than this chat's.
        await start_lesson(member, replace(lesson, project_id=document.project_id), learnings[:1])
        return
    if not address.is_private or await _says_something_else(message, member, address, pending_inputs):
        raise SkipHandler
    if await offer_lesson(member, new_lesson(key, member, chat, address, language), learnings) is None:
        raise SkipHandler


async def _says_something_else(
    message: Message, member: Member, address: ChatAddress, pending_inputs: PendingInputs
) -> bool:
    """An unknown command, an answer, something to announce. Who asked finds it again: it is the same message."""
    text = text_of(message)
    if text and (text.startswith("/") or message.reply_to_message is not None):
        return True
    return await pending_inputs.take(member, address, None if text else Purpose.BROADCAST) is not None


async def step(
    press: Press,
    *,
    data: LessonPress,
    member: Member,
    texts: Texts,
    accept_offer: AcceptOffer,
    cancel_lesson: CancelLesson,
    retry_lesson: RetryLesson,
) -> None:
    if data.step is LessonStep.ADD:
        await accept_offer(member, data.lesson_id)
    elif data.step is LessonStep.RETRY:
        await retry_lesson(member, data.lesson_id)
        await press.answer(texts("review.retrying"))
    else:
        await cancel_lesson(member, data.lesson_id)
        await press.answer(texts("lesson.cancelled"))
