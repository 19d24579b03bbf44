"""Buttons under a draft. The decision is taken in the database first, then said, then shown."""

from handlers.callbacks import (
    ApprovePress,
    CounterPress,
    Face,
    FacePress,
    PagePress,
    RegeneratePress,
    RetryPress,
    StopPress,
    SubmitPress,
    WordsPress,
)
from handlers.card_edit import edit_card
from handlers.i18n import Catalogues, Texts, mark
from handlers.keyboards import answer_field, card_keyboard, reasons_keyboard, verdicts_keyboard
from handlers.press import Press
from handlers.routing import PressTable
from handlers.sender import MessageSender
from handlers.views.card import card_message
from handlers.views.people import addressed
from services.assistant.answer_question import draft_in_question
from services.assistant.decide_review import DecideReview
from services.assistant.pending_inputs import PendingInputs
from services.assistant.ports import Card
from services.assistant.refresh_card import RefreshCard
from services.assistant.regenerate_draft import RegenerateDraft
from services.assistant.retry_generation import RetryGeneration
from services.assistant.show_attempt import ShowAttempt
from services.assistant.stop_generation import StopGeneration
from services.assistant.submit_for_review import SubmitForReview
from services.domain.chat import ChatAddress
from services.domain.errors import NotAllowed, StaleAction
from services.domain.failpoint import FailPoint, reached
from services.domain.member import Member
from services.domain.question import Purpose
from services.domain.review import Verdict

_QUESTIONS = {
    Purpose.REFINE: mark("review.ask_refine"),
    Purpose.OWN_WORDS: mark("review.ask_refine"),
    Purpose.CHANGES: mark("review.ask_changes"),
    Purpose.REJECT: mark("review.ask_reject"),
}
_NEEDS_APPROVER = frozenset({Purpose.CHANGES, Purpose.REJECT})


def add_presses(presses: PressTable) -> None:
    presses.add(ApprovePress, approve, when_stale=refresh)
    presses.add(SubmitPress, submit, when_stale=refresh)
    presses.add(RegeneratePress, regenerate, when_stale=refresh)
    presses.add(WordsPress, ask_for_words, when_stale=refresh)
    presses.add(FacePress, turn_face, when_stale=refresh)
    presses.add(StopPress, stop, when_stale=refresh)
    presses.add(RetryPress, retry, when_stale=refresh)
    presses.add(PagePress, turn_page)
    presses.add(CounterPress, counter)


async def approve(
    press: Press,
    *,
    data: ApprovePress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    catalogues: Catalogues,
    decide_review: DecideReview,
) -> None:
    card = await decide_review(member, data.generation_id, data.version, address, Verdict.APPROVED)
    await press.answer(texts("review.approved"))
    reached(FailPoint.DECISION_ANSWERED)
    shown = catalogues.texts(card.language)
    await edit_card(sender, address, card_message(card, shown), card_keyboard(card, shown))


async def refresh(
    data: ApprovePress | SubmitPress | RegeneratePress | WordsPress | FacePress | StopPress | RetryPress,
    member: Member,
    address: ChatAddress,
    refresh_card: RefreshCard,
) -> None:
    """The buttons were drawn for a world that has changed: the message must not go on showing them."""
    await refresh_card(member, data.generation_id, address)


async def submit(
    press: Press,
    data: SubmitPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    submit_for_review: SubmitForReview,
) -> None:
    approvers = await submit_for_review(member, data.generation_id, data.version, address)
    await press.answer(texts.plural("review.submitted", approvers))


async def regenerate(
    press: Press,
    *,
    data: RegeneratePress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    regenerate_draft: RegenerateDraft,
) -> None:
    await regenerate_draft(member, data.generation_id, data.version, address, chip=data.chip)
    await press.answer(texts("review.regenerating"))


async def ask_for_words(
    press: Press,
    *,
    data: WordsPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    show_attempt: ShowAttempt,
    pending_inputs: PendingInputs,
) -> None:
    if data.purpose in _NEEDS_APPROVER and not member.may_approve:
        raise NotAllowed
    await _current(show_attempt, member, data.generation_id, data.version, address)
    question = texts(_QUESTIONS[data.purpose])
    await pending_inputs.ask(
        member, address.at(None), data.purpose.value, draft_in_question(data.generation_id, data.version, address)
    )
    await press.answer()
    await sender.send(
        address,
        addressed(member, question, in_private=address.is_private),
        answer_field(question),
        reply_to=address.message_id,
    )


async def turn_face(
    press: Press,
    *,
    data: FacePress,
    member: Member,
    address: ChatAddress,
    sender: MessageSender,
    catalogues: Catalogues,
    show_attempt: ShowAttempt,
) -> None:
    card = await _current(show_attempt, member, data.generation_id, data.version, address)
    texts = catalogues.texts(card.language)
    keyboards = {
        Face.CARD: card_keyboard(card, texts),
        Face.REASONS: reasons_keyboard(card.generation, texts),
        Face.VERDICTS: verdicts_keyboard(card.generation, texts),
    }
    await press.answer()
    await sender.edit_keyboard(address, keyboards[data.face])


async def stop(
    press: Press,
    *,
    data: StopPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    stop_generation: StopGeneration,
) -> None:
    await stop_generation(member, data.generation_id, address)
    await press.answer(texts("review.stopped"))


async def retry(
    press: Press,
    *,
    data: RetryPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    retry_generation: RetryGeneration,
) -> None:
    await retry_generation(member, data.generation_id, data.version, address)
    await press.answer(texts("review.retrying"))


async def turn_page(
    press: Press,
    *,
    data: PagePress,
    member: Member,
    address: ChatAddress,
    sender: MessageSender,
    catalogues: Catalogues,
    show_attempt: ShowAttempt,
) -> None:
    card = await show_attempt(member, data.generation_id, address)
    await press.answer()
    texts = catalogues.texts(card.language)
    await sender.edit(address, card_message(card, texts).single, card_keyboard(card, texts))


async def counter(press: Press) -> None:
    await press.answer()


async def _current(
    show_attempt: ShowAttempt, member: Member, generation_id: int, version: int, address: ChatAddress
) -> Card:
    """The card as it stands. Raises StaleAction when these buttons were drawn for an older version."""
    card = await show_attempt(member, generation_id, address)
    if card.generation.version != version:
        raise StaleAction("older version", state=card.generation.state.value, decided_by=card.decided_by or "")
    return card
