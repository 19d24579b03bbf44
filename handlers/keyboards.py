"""Inline keyboards. Green approves, red refuses; callback data lives in `callbacks`."""

from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData
from aiogram.types import CopyTextButton, ForceReply, InlineKeyboardButton, InlineKeyboardMarkup

from handlers.answer_keyboards import thumbs
from handlers.callbacks import (
    AccessPress,
    ApprovePress,
    BriefPress,
    CounterPress,
    Face,
    FacePress,
    HistoryPress,
    JoinPress,
    PagePress,
    RegeneratePress,
    RetryPress,
    StopPress,
    SubmitPress,
    WordsPress,
)
from handlers.i18n import Texts, mark
from handlers.views.card import copy_text
from handlers.views.history import excerpt
from handlers.views.money import roughly
from services.assistant.list_history import HistoryItem
from services.assistant.ports import Card
from services.domain.brief import Task
from services.domain.generation import REVIEWABLE, Chip, Generation, GenerationState
from services.domain.question import Purpose

SUCCESS, DANGER, PRIMARY = "success", "danger", "primary"
Row = list[InlineKeyboardButton]

_CHIPS = {
    Chip.BOLDER: mark("chip.bolder"),
    Chip.SHORTER: mark("chip.shorter"),
    Chip.ANOTHER_ANGLE: mark("chip.another_angle"),
}


def _button(text: str, data: CallbackData, style: str | None = None) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data.pack(), style=style)


def _markup(*rows: Row) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])


def card_keyboard(card: Card, texts: Texts) -> InlineKeyboardMarkup:
    generation, state = card.generation, card.generation.state
    pressed = {"generation_id": generation.id, "version": generation.version}
    regenerate = _button(_regenerate_label(card, texts), FacePress(**pressed, face=Face.REASONS))
    rows: list[Row] = []
    if card.brief.task is Task.IDEA and card.is_open and state in REVIEWABLE:
        refine = _button(texts("button.refine"), WordsPress(**pressed, purpose=Purpose.REFINE))
        if card.may_decide:
            decline = _button(texts("button.decline"), FacePress(**pressed, face=Face.VERDICTS), DANGER)
            rows = [[_button(texts("button.approve"), ApprovePress(**pressed), SUCCESS), regenerate], [refine, decline]]
        else:
            rows = [[_button(texts("button.submit"), SubmitPress(**pressed), SUCCESS)], [regenerate, refine]]
    elif state is GenerationState.ANSWERED:
        rows = [[*thumbs(generation.id), regenerate]]
    elif state in (GenerationState.FAILED, GenerationState.STOPPED):
        rows = [[_button(texts("button.retry"), RetryPress(**pressed), PRIMARY)]]
    return _markup(*rows, _pages(card), _copy(card, texts))


def _regenerate_label(card: Card, texts: Texts) -> str:
    """With what it costs, where that is known and worth a word."""
    if not card.again_microusd:
        return texts("button.regenerate")
    return texts("button.regenerate_for", price=roughly(card.again_microusd, texts))


def _pages(card: Card) -> Row:
    if len(card.attempts) < 2 or card.generation.id not in card.attempts:
        return []
    place = card.attempts.index(card.generation.id)
    earlier = PagePress(generation_id=card.attempts[place - 1])
    later = PagePress(generation_id=card.attempts[(place + 1) % len(card.attempts)])
    counter = _button(f"{place + 1}/{len(card.attempts)}", CounterPress())
    return [_button("◀", earlier), counter, _button("▶", later)]


def _copy(card: Card, texts: Texts) -> Row:
    text = copy_text(card.draft)
    if text is None:
        return []
    label = texts("button.copy_first") if len(card.draft.ideas) > 1 else texts("button.copy")
    return [InlineKeyboardButton(text=label, copy_text=CopyTextButton(text=text))]


def reasons_keyboard(generation: Generation, texts: Texts) -> InlineKeyboardMarkup:
    pressed = {"generation_id": generation.id, "version": generation.version}
    chips = [_button(texts(key), RegeneratePress(**pressed, chip=chip)) for chip, key in _CHIPS.items()]
    own_words = _button(texts("button.own_words"), WordsPress(**pressed, purpose=Purpose.OWN_WORDS))
    just_again = _button(texts("button.just_again"), RegeneratePress(**pressed))
    return _markup(chips[:2], chips[2:], [own_words, just_again], [_back(generation, texts)])


def verdicts_keyboard(generation: Generation, texts: Texts) -> InlineKeyboardMarkup:
    pressed = {"generation_id": generation.id, "version": generation.version}
    return _markup(
        [_button(texts("button.changes"), WordsPress(**pressed, purpose=Purpose.CHANGES))],
        [_button(texts("button.reject"), WordsPress(**pressed, purpose=Purpose.REJECT), DANGER)],
        [_back(generation, texts)],
    )


def _back(generation: Generation, texts: Texts) -> InlineKeyboardButton:
    data = FacePress(generation_id=generation.id, version=generation.version, face=Face.CARD)
    return _button(texts("button.back"), data)


def stop_keyboard(generation: Generation, texts: Texts) -> InlineKeyboardMarkup:
    return _markup([_button(texts("button.stop"), StopPress(generation_id=generation.id))])


def retry_keyboard(generation: Generation, texts: Texts) -> InlineKeyboardMarkup:
    data = RetryPress(generation_id=generation.id, version=generation.version)
    return _markup([_button(texts("button.retry"), data, PRIMARY)])


def history_keyboard(items: Sequence[HistoryItem]) -> InlineKeyboardMarkup | None:
    buttons = [
        _button(f"{number}. {excerpt(item.brief_text, 28)}", HistoryPress(generation_id=item.generation_id))
        for number, item in enumerate(items, start=1)
    ]
    return _markup(*([button] for button in buttons)) if buttons else None


def access_keyboard(member_id: int, texts: Texts) -> InlineKeyboardMarkup:
    grant = _button(texts("button.grant"), AccessPress(member_id=member_id, grant=True), SUCCESS)
    deny = _button(texts("button.deny"), AccessPress(member_id=member_id, grant=False), DANGER)
    return _markup([grant, deny])


def join_keyboard(texts: Texts) -> InlineKeyboardMarkup:
    return _markup([_button(texts("button.join"), JoinPress(), PRIMARY)])


def brief_keyboard(texts: Texts) -> InlineKeyboardMarkup:
    ideas = _button(texts("button.make_ideas"), BriefPress(task=Task.IDEA), PRIMARY)
    return _markup([ideas, _button(texts("button.ask_this"), BriefPress(task=Task.ASK))])


def answer_field(placeholder: str) -> ForceReply:
    """Opens the reply field of the one person who is asked; in groups nobody else is disturbed."""
    return ForceReply(selective=True, input_field_placeholder=placeholder[:64])
