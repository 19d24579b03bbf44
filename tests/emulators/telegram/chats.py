"""Chats and what is in them: members, topics, messages with their history."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from aiogram import types
from aiogram.types import Message, User

ChatKind = Literal["private", "group", "supergroup"]
MemberStatus = Literal["creator", "administrator", "member", "left", "kicked"]

GENERAL_TOPIC = 1
PRESENT = frozenset({"creator", "administrator", "member"})


@dataclass(slots=True)
class Topic:
    """A forum topic; its id is that of the service message that opened it. General is 1."""

    id: int
    title: str
    is_closed: bool = False


@dataclass(slots=True)
class Membership:
    user: User
    status: MemberStatus = "member"

    @property
    def present(self) -> bool:
        return self.status in PRESENT

    @property
    def is_admin(self) -> bool:
        return self.status in ("creator", "administrator")


@dataclass(slots=True)
class StoredMessage:
    """A message as it stands.

    Two numbers order messages over all chats: `posted` is that of its sending, `sequence` that of its last change.
    """

    message: Message
    chat: "Chat"
    sender: User
    posted: int
    sequence: int
    topic_id: int | None = None
    visible_to: int | None = None
    rich_source: types.InputRichMessage | None = None
    reply_keyboard: dict[str, object] | None = None
    history: list[Message] = field(default_factory=list)
    reactions: dict[int, list[types.ReactionTypeUnion]] = field(default_factory=dict)

    @property
    def id(self) -> int:
        return self.message.ephemeral_message_id or self.message.message_id


@dataclass(slots=True)
class Chat:
    """One conversation. Messages are numbered from 1 within it; ephemeral ones have numbers of their own."""

    info: types.Chat
    members: dict[int, Membership] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    messages: dict[int, StoredMessage] = field(default_factory=dict)
    ephemeral: dict[int, StoredMessage] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    read_up_to: dict[int, int] = field(default_factory=dict)
    migrated_to: int | None = None
    last_id: int = 0
    last_ephemeral_id: int = 0

    @property
    def id(self) -> int:
        return self.info.id

    @property
    def kind(self) -> ChatKind:
        return "private" if self.info.type == "private" else "group" if self.info.type == "group" else "supergroup"

    @property
    def is_private(self) -> bool:
        return self.info.type == "private"

    @property
    def is_forum(self) -> bool:
        return bool(self.info.is_forum)

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def next_ephemeral_id(self) -> int:
        self.last_ephemeral_id += 1
        return self.last_ephemeral_id

    def membership(self, user_id: int) -> Membership | None:
        return self.members.get(user_id)

    def has(self, user_id: int) -> bool:
        member = self.members.get(user_id)
        return member is not None and member.present

    def present_members(self) -> list[Membership]:
        return [member for member in self.members.values() if member.present]

    def visible_messages(self, user_id: int) -> Iterator[StoredMessage]:
        """Messages that this person may read, oldest first; ephemeral ones of others are left out."""
        own = (stored for stored in self.ephemeral.values() if stored.visible_to == user_id)
        yield from sorted([*self.messages.values(), *own], key=lambda stored: stored.posted)


def user_as_chat(user: User) -> types.Chat:
    """The private chat with a person, as the Bot API describes it."""
    names = {"first_name": user.first_name, "last_name": user.last_name, "username": user.username}
    given = {name: value for name, value in names.items() if value is not None}
    return types.Chat.model_validate({"id": user.id, "type": "private", **given})
