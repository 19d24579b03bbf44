"""What of the life in the chats reaches the bot, and as which update."""

import re
from datetime import UTC, datetime

from aiogram import types
from aiogram.types import Message, User

from tests.emulators.telegram.chats import Chat, Membership, MemberStatus, StoredMessage
from tests.emulators.telegram.state import TelegramState
from tests.emulators.telegram.updates import CALLBACK_LIFETIME, UpdateQueue
from tests.emulators.telegram.utf16 import utf16_slice

_COMMAND = re.compile(r"^/\w+(?:@(\w+))?$")


class BotInbox:
    def __init__(self, state: TelegramState, updates: UpdateQueue) -> None:
        self._state = state
        self._updates = updates

    def message(self, stored: StoredMessage) -> None:
        if self._reaches_bot(stored):
            self._updates.add("message", stored.message, f"chat:{stored.chat.id}")

    def edited_message(self, stored: StoredMessage) -> None:
        if self._reaches_bot(stored):
            self._updates.add("edited_message", stored.message, f"chat:{stored.chat.id}")

    def callback(self, query: types.CallbackQuery) -> None:
        self._updates.add("callback_query", query, f"user:{query.from_user.id}", CALLBACK_LIFETIME)

    def generation_stopped(self, chat: Chat, draft_id: int, topic_id: int | None) -> None:
        thread = {"message_thread_id": topic_id} if topic_id is not None else {}
        stopped = types.MessageGenerationStopped(chat=chat.info, draft_id=draft_id, **thread)
        self._updates.add("stopped_message_generation", stopped, f"chat:{chat.id}")

    def member_changed(self, chat: Chat, by: User, member: Membership, old_status: MemberStatus) -> None:
        """my_chat_member for the bot itself, chat_member for others (only where the bot is an administrator)."""
        about_bot = member.user.id == self._state.bot.id
        own = chat.membership(self._state.bot.id)
        if not about_bot and not (own and own.is_admin):
            return
        changed = types.ChatMemberUpdated(
            chat=chat.info,
            from_user=by,
            date=self._now(),
            old_chat_member=as_chat_member(Membership(member.user, old_status)),
            new_chat_member=as_chat_member(member),
        )
        self._updates.add("my_chat_member" if about_bot else "chat_member", changed, f"chat:{chat.id}")

    def reaction(self, stored: StoredMessage, by: User, old: list[types.ReactionTypeUnion]) -> None:
        own = stored.chat.membership(self._state.bot.id)
        if not stored.chat.is_private and not (own and own.is_admin):
            return
        changed = types.MessageReactionUpdated(
            chat=stored.chat.info,
            message_id=stored.message.message_id,
            user=by,
            date=self._now(),
            old_reaction=old,
            new_reaction=stored.reactions.get(by.id, []),
        )
        self._updates.add("message_reaction", changed, f"chat:{stored.chat.id}")

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._state.now(), UTC)

    def _reaches_bot(self, stored: StoredMessage) -> bool:
        """In groups privacy mode hides everything but what is meant for the bot, unless it is an administrator."""
        chat, bot = stored.chat, self._state.bot
        own = chat.membership(bot.id)
        if own is None or not own.present:
            return False
        if chat.is_private or own.is_admin or self._state.profile.sees_all_group_messages:
            return not self._is_for_another_bot(stored.message) or chat.is_private
        message = stored.message
        if is_service(message):
            return True
        reply = message.reply_to_message
        if reply and reply.from_user and reply.from_user.id == bot.id and reply.forum_topic_created is None:
            return True
        return self._mentions_bot(message)

    def _mentions_bot(self, message: Message) -> bool:
        own_name = f"@{self._state.bot.username}".lower()
        for kind, text in _entity_texts(message):
            if kind == "mention" and text.lower() == own_name:
                return True
            if kind == "bot_command" and not self._is_for_another_bot(message):
                return True
        return any(
            entity.user is not None and entity.user.id == self._state.bot.id
            for entity in message.entities or message.caption_entities or []
        )

    def _is_for_another_bot(self, message: Message) -> bool:
        own_name = str(self._state.bot.username).lower()
        for kind, text in _entity_texts(message):
            match = _COMMAND.match(text) if kind == "bot_command" else None
            if match and match.group(1) and match.group(1).lower() != own_name:
                return True
        return False


def is_service(message: Message) -> bool:
    fields = ("new_chat_members", "left_chat_member", "new_chat_title", "pinned_message", "migrate_to_chat_id")
    more = ("migrate_from_chat_id", "forum_topic_created", "forum_topic_closed", "group_chat_created")
    return any(getattr(message, name) is not None for name in (*fields, *more))


def _entity_texts(message: Message) -> list[tuple[str, str]]:
    text = message.text or message.caption or ""
    entities = message.entities or message.caption_entities or []
    return [(entity.type, utf16_slice(text, entity.offset, entity.length)) for entity in entities]


WITHHELD = frozenset({"can_be_edited", "is_anonymous", "can_promote_members"})


def administrator_rights() -> dict[str, bool]:
    """Every right that this version of the Bot API knows; an administrator here has all but a few."""
    fields = types.ChatMemberAdministrator.model_fields.items()
    rights = [name for name, info in fields if info.annotation is bool and info.is_required()]
    return {name: name not in WITHHELD for name in rights}


def as_chat_member(member: Membership) -> types.ChatMemberUnion:
    """The same membership in the Bot API's words."""
    user, status = member.user, member.status
    if status == "creator":
        return types.ChatMemberOwner(status=status, user=user, is_anonymous=False)  # type: ignore[arg-type]
    if status == "administrator":
        values = {"status": status, "user": user, **administrator_rights()}
        return types.ChatMemberAdministrator.model_validate(values)
    if status == "member":
        return types.ChatMemberMember(status=status, user=user)  # type: ignore[arg-type]
    if status == "left":
        return types.ChatMemberLeft(status=status, user=user)  # type: ignore[arg-type]
    return types.ChatMemberBanned.model_validate({"status": "kicked", "user": user, "until_date": 0})
