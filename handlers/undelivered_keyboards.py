"""Under the list of messages that did not arrive: what to do with each, and with all."""

from datetime import UTC, datetime, timedelta

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from handlers.callbacks import AllLettersPress, CounterPress, LetterAction, LetterPress, UndeliveredPress
from handlers.i18n import Texts
from services.assistant.list_undelivered import UndeliveredPage

Row = list[InlineKeyboardButton]


def undelivered_keyboard(page: UndeliveredPage, texts: Texts) -> InlineKeyboardMarkup | None:
    if not page.items:
        return None
    rows = [_decisions(page, place, texts) for place in range(len(page.items))]
    if page.total > 1 and page.newest is not None:
        rows.append(_all(page.newest, texts))
    if page.pages > 1:
        rows.append(_turns(page))
    return InlineKeyboardMarkup(inline_keyboard=rows)


def show_undelivered_keyboard(texts: Texts) -> InlineKeyboardMarkup:
    data = UndeliveredPress(number=0, is_new=True).pack()
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=texts("button.show_undelivered"), callback_data=data)]]
    )


def moment(press: AllLettersPress) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=press.until_ms)


def _decisions(page: UndeliveredPage, place: int, texts: Texts) -> Row:
    item, number = page.items[place], page.first + place
    again = texts("button.send_again_may_double") if item.may_have_arrived else texts("button.send_again")
    forget = texts("button.forget")
    labels = {LetterAction.AGAIN: f"{number}. {again}", LetterAction.FORGET: f"{number}. {forget}"}
    letter = {"delivery_id": item.letter.delivery_id, "attempt": item.letter.attempt, "number": page.number}
    return [
        InlineKeyboardButton(text=label, callback_data=LetterPress(action=action, **letter).pack())
        for action, label in labels.items()
    ]


def _all(newest: datetime, texts: Texts) -> Row:
    until = int((newest - datetime.fromtimestamp(0, UTC)) / timedelta(milliseconds=1)) + 1
    labels = {LetterAction.AGAIN: texts("button.send_all_again"), LetterAction.FORGET: texts("button.forget_all")}
    return [
        InlineKeyboardButton(text=label, callback_data=AllLettersPress(action=action, until_ms=until).pack())
        for action, label in labels.items()
    ]


def _turns(page: UndeliveredPage) -> Row:
    before, after = ((page.number + step) % page.pages for step in (-1, 1))
    place = f"{page.number + 1}/{page.pages}"
    return [
        InlineKeyboardButton(text="◀", callback_data=UndeliveredPress(number=before).pack()),
        InlineKeyboardButton(text=place, callback_data=CounterPress().pack()),
        InlineKeyboardButton(text="▶", callback_data=UndeliveredPress(number=after).pack()),
    ]
