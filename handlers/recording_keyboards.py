"""Buttons under what was heard."""

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.budget_keyboards import more_rows
from handlers.callbacks import RecordingPress, RecordingStep
from handlers.i18n import Texts
from handlers.keyboards import DANGER, PRIMARY, SUCCESS
from handlers.views.recording import must_choose
from services.assistant.listening.own_recording import may_be_tried_again
from services.domain.errors import BudgetExhausted
from services.domain.recording import AT_WORK, Recording, RecordingState

Step = RecordingStep
ANY_VERSION = 0
"""Stop means the recording, however far it is: its message need not be drawn anew for every step."""


def recording_keyboard(recording: Recording, texts: Texts, *, is_starting: bool) -> InlineKeyboardMarkup | None:
    """`is_starting`: its time has come, and a press would be too late."""
    state = recording.state
    if state in AT_WORK:
        stop = RecordingPress(recording_id=recording.id, version=ANY_VERSION, step=Step.CANCEL)
        return _markup([[InlineKeyboardButton(text=texts("button.stop"), callback_data=stop.pack())]])
    if state is RecordingState.FAILED and may_be_tried_again(recording.error_code):
        retry = [_button(recording, Step.RETRY, texts("button.retry"), PRIMARY)]
        return _markup([retry, *_more(recording, texts)])
    if state is RecordingState.WAITING and not is_starting:
        return _markup(_choices(recording, texts))
    return None


def _more(recording: Recording, texts: Texts) -> list[list[InlineKeyboardButton]]:
    """For what a budget refused. Who presses may be anybody: people's presses on an admin's button are refused."""
    if recording.error_code != BudgetExhausted.code:
        return []
    return more_rows(recording.error_facts, texts, may_grant=not recording.address.is_private)


def _choices(recording: Recording, texts: Texts) -> list[list[InlineKeyboardButton]]:
    correct = _button(recording, Step.CORRECT, texts("button.correct"))
    cancel = _button(recording, Step.CANCEL, texts("button.cancel"), DANGER)
    if not must_choose(recording):
        return [[_button(recording, Step.START, texts("button.start_now"), SUCCESS)], [correct, cancel]]
    if not recording.request.is_own:
        ideas = _button(recording, Step.IDEAS, texts("button.ideas_from_it"), PRIMARY)
        answer = _button(recording, Step.ANSWER, texts("button.ask_about_it"))
        return [[ideas, answer], [_button(recording, Step.TEXT_ONLY, texts("button.text_only"))]]
    ideas = _button(recording, Step.IDEAS, texts("button.ideas"), PRIMARY)
    return [[ideas, _button(recording, Step.ANSWER, texts("button.answer"))], [correct, cancel]]


def _button(recording: Recording, step: Step, text: str, style: str | None = None) -> InlineKeyboardButton:
    data = RecordingPress(recording_id=recording.id, version=recording.version, step=step)
    return InlineKeyboardButton(text=text, callback_data=data.pack(), style=style)


def _markup(rows: list[list[InlineKeyboardButton]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=rows)
