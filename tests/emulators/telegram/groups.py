"""Groups as tests handle them: topics, members, the upgrade to a supergroup."""

from typing import TYPE_CHECKING

from aiogram.types import Message

from tests.emulators.telegram.chats import Chat, Membership, MemberStatus, Topic
from tests.emulators.telegram.methods.chat_info import open_topic

if TYPE_CHECKING:
    from tests.emulators.telegram.emulator import TelegramEmulator
    from tests.emulators.telegram.people import Person


class Group:
    def __init__(self, emulator: "TelegramEmulator", chat: Chat) -> None:
        self._emulator = emulator
        self.chat = chat

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def title(self) -> str:
        return self.chat.info.title or ""

    @property
    def topics(self) -> list[Topic]:
        return list(self.chat.topics.values())

    def add_topic(self, title: str, *, by: "Person | None" = None) -> Topic:
        """Opens a forum topic; the bot sees the service message when a person opens it."""
        opener = by.user if by else self._emulator.state.bot
        topic = open_topic(self._emulator.board, self.chat, opener, title)
        if by is not None:
            self._emulator.inbox.message(self.chat.messages[topic.id])
        return topic

    def close_topic(self, topic: Topic) -> None:
        topic.is_closed = True

    def delete_topic(self, topic: Topic) -> None:
        del self.chat.topics[topic.id]

    def joins(self, person: "Person") -> Message:
        """A person joins; the bot gets the service message, and chat_member where it is an administrator."""
        old = self.chat.membership(person.id)
        old_status: MemberStatus = old.status if old else "left"
        member = Membership(person.user)
        self.chat.members[person.id] = member
        stored = self._emulator.board.post(self.chat, person.user, {"new_chat_members": [person.user]})
        self._emulator.inbox.message(stored)
        self._emulator.inbox.member_changed(self.chat, person.user, member, old_status)
        return stored.message

    def leaves(self, person: "Person") -> Message:
        member = self.chat.members[person.id]
        stored = self._emulator.board.post(self.chat, person.user, {"left_chat_member": person.user})
        self._emulator.inbox.message(stored)
        old, member.status = member.status, "left"
        self._emulator.inbox.member_changed(self.chat, person.user, member, old)
        return stored.message

    def set_bot(self, status: MemberStatus, *, by: "Person") -> None:
        """Adds, promotes, demotes or removes the bot, which is told by my_chat_member."""
        bot = self._emulator.state.bot
        member = self.chat.members.setdefault(bot.id, Membership(bot, "left"))
        joined = not member.present
        old, member.status = member.status, status
        self._emulator.inbox.member_changed(self.chat, by.user, member, old)
        if joined and member.present:
            stored = self._emulator.board.post(self.chat, by.user, {"new_chat_members": [bot]})
            self._emulator.inbox.message(stored)

    def upgrade(self, *, by: "Person") -> "Group":
        """Turns a plain group into a supergroup: a new id; the old one answers migrate_to_chat_id."""
        state, old = self._emulator.state, self.chat
        new = state.add_group(self.title, list(old.members.values()), supergroup=True, forum=False)
        for chat, fact in ((old, {"migrate_to_chat_id": new.id}), (new, {"migrate_from_chat_id": old.id})):
            stored = self._emulator.board.post(chat, by.user, fact)
            self._emulator.inbox.message(stored)
        old.migrated_to = new.id
        return Group(self._emulator, new)
