"""Thumbs under an answer and, for administrators, the way from a bad one to a golden question."""

from handlers.answer_callbacks import GoldenPress, GoldenStep, MarkPress
from handlers.answer_keyboards import golden_keyboard
from handlers.i18n import Texts
from handlers.press import Press
from handlers.routing import PressTable
from handlers.sender import MessageSender
from handlers.views.history import excerpt
from handlers.views.links import broken
from handlers.views.message import RenderedMessage
from handlers.views.message import message as words
from services.assistant.knowledge.keep_question import KeepQuestion
from services.assistant.knowledge.mark_answer import MarkAnswer
from services.assistant.knowledge.offer_question import Offer, OfferQuestion
from services.domain.answer_mark import AnswerMark
from services.domain.chat import ChatAddress
from services.domain.member import Member


def add_presses(presses: PressTable) -> None:
    presses.add(MarkPress, take_mark)
    presses.add(GoldenPress, choose_sources)


async def take_mark(
    press: Press,
    *,
    data: MarkPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    mark_answer: MarkAnswer,
    offer_question: OfferQuestion,
) -> None:
    mark = AnswerMark.GOOD if data.is_good else AnswerMark.BAD
    is_new = await mark_answer(member, data.generation_id, mark, address)
    if mark is AnswerMark.GOOD:
        await press.answer(texts("mark.good"))
        return
    await press.answer(texts("mark.bad"))
    if is_new and member.may_administer:
        offer = await offer_question(member, data.generation_id)
        await sender.send(
            address, offer_message(offer, texts), golden_keyboard(offer, 0, texts), reply_to=address.message_id
        )


async def choose_sources(
    press: Press,
    *,
    data: GoldenPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    offer_question: OfferQuestion,
    keep_question: KeepQuestion,
) -> None:
    if data.step is GoldenStep.DROP:
        await press.answer()
        await sender.edit(address, words(texts("golden.dropped")), None)
        return
    if data.step in (GoldenStep.KEEP, GoldenStep.NOTHING):
        chosen = _places(data.chosen) if data.step is GoldenStep.KEEP else ()
        known = await keep_question(member, data.generation_id, chosen, data.check)
        await press.answer(texts("golden.kept"))
        await sender.edit(address, _kept_message(known.question, known.relevant, texts), None)
        return
    offer = await offer_question(member, data.generation_id)
    chosen_now = data.chosen if data.check == offer.check else 0
    await press.answer()
    await sender.edit(address, offer_message(offer, texts), golden_keyboard(offer, chosen_now, texts))


def offer_message(offer: Offer, texts: Texts) -> RenderedMessage:
    if not offer.documents:
        return words(texts("golden.offer_bare", question=_quoted(offer.question)))
    return words(texts("golden.offer", question=_quoted(offer.question)))


def _kept_message(question: str, sources: tuple[str, ...], texts: Texts) -> RenderedMessage:
    if not sources:
        return words(texts("golden.kept_unanswerable", question=_quoted(question)))
    return words(texts("golden.kept_with", question=_quoted(question), sources=broken(", ".join(sources))))


def _quoted(question: str) -> str:
    return broken(excerpt(question, 300))


def _places(chosen: int) -> tuple[int, ...]:
    return tuple(place for place in range(chosen.bit_length()) if chosen >> place & 1)
