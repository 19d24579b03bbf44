"""What the chat page gets: Bot API JSON with a few fields of its own."""

from typing import TYPE_CHECKING, Any

from aiogram import types
from aiogram.enums import ContentType

from tests.emulators.telegram.chats import Chat, StoredMessage
from tests.emulators.telegram.command_menu import menu_for
from tests.emulators.telegram.drafts import Draft
from tests.emulators.telegram.events import Event
from tests.emulators.telegram.people import Person
from tests.emulators.telegram.waiting import text_of

if TYPE_CHECKING:
    from tests.emulators.telegram.emulator import TelegramEmulator

View = dict[str, Any]
AVATAR_COLORS = ("#e17076", "#7bc862", "#65aadd", "#a695e7", "#ee7aae", "#6ec9cb", "#faa774")
PREVIEW_LENGTH = 120


def as_view(value: types.TelegramObject) -> View:
    return value.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)


def message_view(stored: StoredMessage) -> View:
    """The message as the Bot API shows it, and what only a chat app knows about it."""
    view = as_view(stored.message)
    view |= {"edited": stored.message.edit_date is not None, "draft": False, "topic": stored.topic_id}
    if stored.rich_source is not None:
        view["rich_source"] = as_view(stored.rich_source)
    if stored.reply_keyboard is not None:
        view["reply_keyboard"] = stored.reply_keyboard
    reactions = [reaction for given in stored.reactions.values() for reaction in given]
    if reactions:
        view["reactions"] = [as_view(reaction) for reaction in reactions]
    return view


def draft_view(draft: Draft, bot: types.User) -> View:
    """A draft in the form of a message of the bot, with draft=true and without a message_id."""
    view: View = {
        "draft": True,
        "draft_id": draft.id,
        "edited": False,
        "topic": draft.topic_id,
        "chat": as_view(draft.chat.info),
        "from": as_view(bot),
        "can_stop": draft.can_stop and not draft.stopped,
        "stopped": draft.stopped,
        "text": draft.text,
        "entities": [as_view(entity) for entity in draft.content.entities],
    }
    if draft.rich_message is not None:
        view["rich_message"] = as_view(draft.rich_message)
    if draft.rich_source is not None:
        view["rich_source"] = as_view(draft.rich_source)
    return view


def person_view(person: Person) -> View:
    user = person.user
    return {
        "id": user.id,
        "name": user.full_name,
        "username": user.username,
        "role_hint": person.role_hint,
        "avatar_color": AVATAR_COLORS[user.id % len(AVATAR_COLORS)],
        "language": user.language_code,
    }


def chat_view(chat: Chat, person: Person, bot: types.User) -> View:
    """One row of a person's chat list."""
    visible = list(chat.visible_messages(person.id))
    read = chat.read_up_to.get(person.id, 0)
    unread = [stored for stored in visible if stored.message.message_id > read and stored.sender.id != person.id]
    return {
        "id": chat.id,
        "type": chat.info.type,
        "title": bot.first_name if chat.is_private else chat.info.title,
        "is_forum": chat.is_forum,
        "topics": [{"id": topic.id, "title": topic.title, "closed": topic.is_closed} for topic in chat.topics.values()],
        "members": [
            {"id": member.user.id, "name": member.user.full_name, "status": member.status, "is_bot": member.user.is_bot}
            for member in chat.present_members()
        ],
        "last_message": _preview(visible[-1]) if visible else None,
        "unread": len(unread),
    }


def state_view(emulator: "TelegramEmulator", person: Person) -> View:
    state = emulator.state
    chats = state.chats_of(person.id)
    language = person.user.language_code
    return {
        "people": [person_view(other) for other in emulator.people.values()],
        "chats": [chat_view(chat, person, state.bot) for chat in chats],
        "bot": {
            **as_view(state.bot),
            "description": _in_language(state.profile.descriptions, language),
            "short_description": _in_language(state.profile.short_descriptions, language),
            "blocked": person.id in state.blocked,
        },
        "commands": {
            str(chat.id): [as_view(command) for command in menu_for(state.profile, chat, person.id, language)]
            for chat in chats
        },
    }


def event_view(event: Event, bot: types.User) -> View:
    """Data of one server-sent event; its kind is the event's name."""
    view: View = {"kind": event.kind, "chat_id": event.chat_id}
    for name, value in event.data.items():
        view[name] = draft_view(value, bot) if isinstance(value, Draft) else value
    if event.message is not None:
        view["message"] = message_view(event.message)
    return view


def _preview(stored: StoredMessage) -> View:
    return {
        "message_id": stored.message.message_id,
        "text": text_of(stored.message)[:PREVIEW_LENGTH] or _kind(stored),
        "from": stored.sender.full_name,
        "date": int(stored.message.date.timestamp()),
    }


def _kind(stored: StoredMessage) -> str:
    return ContentType(stored.message.content_type).value


def _in_language(texts: dict[str, str], language: str | None) -> str:
    return texts.get(language or "") or texts.get("", "")
