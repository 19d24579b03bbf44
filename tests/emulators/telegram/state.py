"""Everything this small Telegram knows: its people, its one bot, its chats and files."""

import secrets
from dataclasses import dataclass, field
from itertools import count

from aiogram import types
from aiogram.types import User

from tests.emulators.telegram.chats import GENERAL_TOPIC, Chat, Membership, Topic, user_as_chat
from tests.emulators.telegram.clock import Clock
from tests.emulators.telegram.events import EventBus
from tests.emulators.telegram.files import FileStore

FIRST_PERSON_ID = 100_001
FIRST_GROUP_ID = -4_000_001
FIRST_SUPERGROUP_ID = -1_002_000_000_001


@dataclass(slots=True)
class BotProfile:
    """What the bot has said about itself; texts are by language code, "" being the default."""

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[int | None, types.MenuButtonUnion] = field(default_factory=dict)
    commands: dict[tuple[str, int | None, int | None, str], list[types.BotCommand]] = field(default_factory=dict)
    sees_all_group_messages: bool = False


class TelegramState:
    def __init__(self, clock: Clock, bot: User) -> None:
        self.clock = clock
        self.bot = bot
        self.profile = BotProfile()
        self.events = EventBus()
        self.files = FileStore()
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.started: set[int] = set()
        self.blocked: set[int] = set()
        self.deactivated: set[int] = set()
        self._sequence = count(1)
        self._person_ids = count(FIRST_PERSON_ID)
        self._group_ids = count(FIRST_GROUP_ID, -1)
        self._supergroup_ids = count(FIRST_SUPERGROUP_ID, -1)

    def now(self) -> int:
        return int(self.clock.now())

    def next_sequence(self) -> int:
        return next(self._sequence)

    def user(self, user_id: int) -> User | None:
        return self.users.get(user_id)

    def add_user(
        self,
        first_name: str,
        last_name: str | None,
        *,
        username: str | None,
        language_code: str | None,
        user_id: int | None,
    ) -> User:
        optional = {"last_name": last_name, "username": username, "language_code": language_code}
        given = {name: value for name, value in optional.items() if value}
        user_id = user_id or next(self._person_ids)
        user = User.model_validate({"id": user_id, "is_bot": False, "first_name": first_name, **given})
        if user.id in self.users:
            raise ValueError(f"there is a user {user.id} already")
        self.users[user.id] = user
        members = {user.id: Membership(user), self.bot.id: Membership(self.bot)}
        self.chats[user.id] = Chat(user_as_chat(user), members)
        return user

    def add_group(self, title: str, members: list[Membership], *, supergroup: bool, forum: bool) -> Chat:
        kind = "supergroup" if supergroup or forum else "group"
        chat_id = next(self._supergroup_ids if kind == "supergroup" else self._group_ids)
        given = {"is_forum": True} if forum else {}
        info = types.Chat.model_validate({"id": chat_id, "type": kind, "title": title, **given})
        chat = Chat(info, {member.user.id: member for member in members})
        if forum:
            chat.topics[GENERAL_TOPIC] = Topic(GENERAL_TOPIC, "General")
            chat.last_id = GENERAL_TOPIC
        self.chats[chat_id] = chat
        return chat

    def find_chat(self, chat_id: int | str) -> Chat | None:
        """By id, or by "@username" of a public group."""
        if isinstance(chat_id, int):
            return self.chats.get(chat_id)
        name = chat_id.removeprefix("@").lower()
        groups = (chat for chat in self.chats.values() if not chat.is_private)
        return next((chat for chat in groups if (chat.info.username or "").lower() == name), None)

    def chats_of(self, user_id: int) -> list[Chat]:
        """Chats in a person's list: the private one with the bot, and groups of which they are a member."""
        return [
            chat
            for chat in self.chats.values()
            if chat.has(user_id) and (not chat.is_private or chat.id == user_id) and chat.migrated_to is None
        ]


def random_token(bot_id: int) -> str:
    """A token of the real form, valid nowhere."""
    return f"{bot_id}:{secrets.token_urlsafe(26)}"
