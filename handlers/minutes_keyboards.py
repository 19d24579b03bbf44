"""Buttons under a long recording."""

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.callbacks import MinutesPress, MinutesStep
from handlers.i18n import Texts
from handlers.keyboards import PRIMARY, SUCCESS
from handlers.recording_keyboards import recording_keyboard
from services.assistant.listening.make_minutes import lacks_minutes
from services.domain.recording import AT_WORK, Recording

Step = MinutesStep
Row = list[InlineKeyboardButton]


def long_recording_keyboard(recording: Recording, texts: Texts) -> InlineKeyboardMarkup | None:
    """At work: Stop. Heard to its end: what can be made of it."""
    if recording.state in AT_WORK:
        return recording_keyboard(recording, texts, is_starting=False)
    rows: list[Row] = []
    if lacks_minutes(recording):
        rows.append([_button(recording, Step.AGAIN, texts("button.minutes_again"), PRIMARY)])
    elif recording.minutes is not None:
        rows.append([_button(recording, Step.IDEAS, texts("button.ideas_from_it"), PRIMARY)])
    if recording.document_id is None and recording.text:
        rows.append([_button(recording, Step.LEARN, texts("button.learn"))])
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def consent_keyboard(recording: Recording, texts: Texts) -> InlineKeyboardMarkup:
    """The second tap: only people know whether those who are heard agree."""
    agreed = _button(recording, Step.AGREED, texts("button.everybody_agrees"), SUCCESS)
    return InlineKeyboardMarkup(inline_keyboard=[[agreed], [_button(recording, Step.BACK, texts("button.back"))]])


def _button(recording: Recording, step: Step, text: str, style: str | None = None) -> InlineKeyboardButton:
    data = MinutesPress(recording_id=recording.id, version=recording.version, step=step)
    return InlineKeyboardButton(text=text, callback_data=data.pack(), style=style)
