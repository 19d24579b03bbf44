"""Inline keyboards: what Telegram accepts, and finding the button that a person means."""

from collections.abc import Iterator

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, Message
from pydantic import BaseModel

from tests.emulators.telegram.errors import bad_request
from tests.emulators.telegram.links import checked_link

ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
    "disabled",
)
STYLES = frozenset({"danger", "success", "primary"})
MAX_CALLBACK_BYTES = 64
MAX_COPY_TEXT = 256
MAX_BUTTONS = 100
MAX_MARKUP_BYTES = 10_240


def checked_keyboard(markup: object, *, private_chat: bool) -> InlineKeyboardMarkup | None:
    """The inline keyboard to show under a message; None for none, and for keyboards of other kinds.

    Raises ApiError 400.
    """
    if not isinstance(markup, InlineKeyboardMarkup):
        return None
    rows = [row for row in markup.inline_keyboard if row]
    for row in rows:
        for button in row:
            _check(button, private_chat)
    if sum(len(row) for row in rows) > MAX_BUTTONS or len(markup.model_dump_json(exclude_none=True)) > MAX_MARKUP_BYTES:
        raise bad_request("reply markup is too long")
    return InlineKeyboardMarkup(inline_keyboard=rows) if rows else None


def _check(button: InlineKeyboardButton, private_chat: bool) -> None:
    prefix = "can't parse inline keyboard button"
    if not button.text.strip():
        raise bad_request(f'{prefix}: Field "text" must be non-empty')
    given = [name for name in ACTIONS if getattr(button, name) is not None]
    if not given:
        raise bad_request(f"{prefix}: Text buttons are unallowed in the inline keyboard")
    if len(given) > 1:
        raise bad_request(f"{prefix}: exactly one button type must be specified")
    if button.style is not None and button.style not in STYLES:
        raise bad_request(f"{prefix}: invalid button style specified")
    if button.callback_data is not None and not 1 <= len(button.callback_data.encode()) <= MAX_CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if button.copy_text is not None and not 1 <= len(button.copy_text.text) <= MAX_COPY_TEXT:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if button.url is not None and not checked_link(button.url):
        raise bad_request(f"inline keyboard button URL '{button.url}' is invalid: Wrong HTTP URL")
    if button.web_app is not None and not private_chat:
        raise bad_request("BUTTON_TYPE_INVALID")


def buttons(message: Message) -> list[InlineKeyboardButton]:
    """Buttons under a message, row by row."""
    return [button for row in message.reply_markup.inline_keyboard for button in row] if message.reply_markup else []


def callback_data_of(message: Message, wanted: str) -> str:
    """Data of the button with this text, this data, or (last) this in its text. Raises LookupError."""
    offered = [(button.callback_data, button.text) for button in buttons(message) if button.callback_data]
    if message.rich_message:
        offered += _rich_buttons(message.rich_message)
    for data, text in offered:
        if wanted in (text, data):
            return data
    for data, text in offered:
        if wanted in text:
            return data
    labels = [text for _, text in offered]
    raise LookupError(f"no button {wanted!r} under message {message.message_id}; offered: {labels}")


def has_callback(message: Message, data: str) -> bool:
    in_keyboard = any(button.callback_data == data for button in buttons(message))
    return in_keyboard or bool(message.rich_message and data in dict(_rich_buttons(message.rich_message)))


def _rich_buttons(value: object) -> Iterator[tuple[str, str]]:
    """Callback buttons inside a rich message, wherever they are nested."""
    if isinstance(value, list):
        for item in value:
            yield from _rich_buttons(item)
    elif isinstance(value, BaseModel):
        data = getattr(value, "callback_data", None)
        if isinstance(data, str):
            yield data, str(getattr(value, "text", ""))
        for name in ("blocks", "items", "buttons", "text", "button", "cells", "summary"):
            yield from _rich_buttons(getattr(value, name, None))
