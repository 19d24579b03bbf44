"""Updates as Telegram sends them: kept raw, so that one that cannot be read does not take its batch along."""

from typing import Any, Final

from aiogram.methods import TelegramMethod

ALLOWED_UPDATES: Final = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "stopped_message_generation",
)
"""What handlers use; Telegram keeps the list until it is changed, so it is always said."""

RawUpdate = dict[str, Any]


class GetRawUpdates(TelegramMethod[list[RawUpdate]]):
    """getUpdates without reading the updates. https://core.telegram.org/bots/api#getupdates"""

    __returning__ = list[RawUpdate]
    __api_method__ = "getUpdates"

    offset: int | None = None
    limit: int | None = None
    timeout: int | None = None
    allowed_updates: list[str] | None = None


def update_id_of(update: RawUpdate) -> int:
    """Raises ValueError when this is no update."""
    update_id = update.get("update_id")
    if not isinstance(update_id, int) or isinstance(update_id, bool):
        raise ValueError("an update without update_id")
    return update_id


def lane_of(update: RawUpdate) -> int:
    """The chat it happened in, else the person, else 0: updates of one lane are handled in order.

    A tap goes with the chat of its message, so it cannot overtake a command written there a moment earlier.
    """
    for kind, event in update.items():
        if kind == "update_id" or not isinstance(event, dict):
            continue
        for place in (event, event.get("message")):
            if isinstance(place, dict) and (lane := _id_in(place, "chat")) is not None:
                return lane
        for person in ("from", "user"):
            if (lane := _id_in(event, person)) is not None:
                return lane
    return 0


def _id_in(event: dict[str, Any], key: str) -> int | None:
    holder = event.get(key)
    value = holder.get("id") if isinstance(holder, dict) else None
    return value if isinstance(value, int) else None
