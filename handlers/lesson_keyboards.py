"""Buttons under what is learned."""

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.callbacks import BriefPress
from handlers.i18n import Texts
from handlers.kb_callbacks import KbCard
from handlers.keyboards import DANGER, PRIMARY, SUCCESS
from handlers.lesson_callbacks import LessonPress, LessonStep
from services.assistant.knowledge.own_lesson import may_be_tried_again
from services.domain.brief import Task
from services.domain.learning import STOPPABLE, LearningState, Lesson

MOST_CARDS = 5
_THERE = (LearningState.DONE, LearningState.UNCHANGED)
_LABEL_CHARACTERS = 28


def lesson_keyboard(lesson: Lesson, texts: Texts) -> InlineKeyboardMarkup | None:
    if lesson.is_offered:
        return _markup(_offer(lesson, texts))
    rows = [] if lesson.is_at_work else _cards(lesson, texts)
    if lesson.is_at_work and any(learning.state in STOPPABLE for learning in lesson.learnings):
        rows.append([_button(lesson, LessonStep.CANCEL, texts("button.cancel"))])
    if not lesson.is_at_work and any(may_be_tried_again(learning) for learning in lesson.learnings):
        rows.append([_button(lesson, LessonStep.RETRY, texts("button.retry"), PRIMARY)])
    return _markup(rows)


def _offer(lesson: Lesson, texts: Texts) -> list[list[InlineKeyboardButton]]:
    """With words beside the file they may be a brief as well."""
    rows = [[_button(lesson, LessonStep.ADD, texts("button.learn_file"), SUCCESS)]]
    if any(learning.note for learning in lesson.learnings):
        ideas = InlineKeyboardButton(text=texts("button.make_ideas"), callback_data=BriefPress(task=Task.IDEA).pack())
        ask = InlineKeyboardButton(text=texts("button.ask_this"), callback_data=BriefPress(task=Task.ASK).pack())
        rows.append([ideas, ask])
    rows.append([_button(lesson, LessonStep.CANCEL, texts("button.not_now"), DANGER)])
    return rows


def _cards(lesson: Lesson, texts: Texts) -> list[list[InlineKeyboardButton]]:
    """Of an archive no single document is what was given: /kb lists them."""
    single = [each for each in lesson.learnings if each.state in _THERE and len(each.document_ids) == 1]
    if len(single) == 1 and len(lesson.learnings) == 1:
        return [[_card(single[0].document_ids[0], texts("button.open_card"))]]
    return [[_card(each.document_ids[0], f"📖 {_short(each.file_name)}")] for each in single[:MOST_CARDS]]


def _card(document_id: int, label: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=label, callback_data=KbCard(document_id=document_id).pack())


def _short(name: str) -> str:
    return name if len(name) <= _LABEL_CHARACTERS else f"{name[: _LABEL_CHARACTERS - 1]}…"


def _button(lesson: Lesson, step: LessonStep, text: str, style: str | None = None) -> InlineKeyboardButton:
    data = LessonPress(lesson_id=lesson.id, step=step)
    return InlineKeyboardButton(text=text, callback_data=data.pack(), style=style)


def _markup(rows: list[list[InlineKeyboardButton]]) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None
