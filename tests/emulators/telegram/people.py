"""People: they write, press buttons, send files, and see what the bot shows them."""

import asyncio
from typing import TYPE_CHECKING

from aiogram import types
from aiogram.types import Message, User

from tests.emulators.telegram.attachments import Attachment, attachment_contents
from tests.emulators.telegram.callbacks import CallbackAnswer, PendingCallback
from tests.emulators.telegram.chats import GENERAL_TOPIC, Chat, Membership, MemberStatus, StoredMessage, Topic
from tests.emulators.telegram.drafts import Draft
from tests.emulators.telegram.entities import detect_entities
from tests.emulators.telegram.groups import Group
from tests.emulators.telegram.keyboards import callback_data_of
from tests.emulators.telegram.messages import Content
from tests.emulators.telegram.methods.copying import forward_content
from tests.emulators.telegram.utf16 import utf16_length
from tests.emulators.telegram.waiting import Wanted, latest, text_of, wait_until

if TYPE_CHECKING:
    from tests.emulators.telegram.emulator import TelegramEmulator

DEFAULT_TIMEOUT = 10.0


def quoted_part(message: Message | None, part: str) -> types.TextQuote:
    text = text_of(message) if message is not None else ""
    if part not in text:
        raise ValueError("only a part of the answered message can be quoted")
    return types.TextQuote(text=part, position=utf16_length(text[: text.index(part)]), is_manual=True)


class Person:
    """Where `chat` is not given, the private chat with the bot is meant."""

    def __init__(self, emulator: "TelegramEmulator", user: User) -> None:
        self._emulator = emulator
        self.user = user
        # Shown on the demo page; means nothing to the bot.
        self.role_hint = ""

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def private_chat(self) -> Chat:
        return self._emulator.state.chats[self.id]

    async def says(
        self,
        text: str,
        *,
        chat: Group | None = None,
        topic: Topic | int | None = None,
        reply_to: Message | None = None,
        quote: str | None = None,
    ) -> Message:
        """Sends a text; commands, mentions and links become entities, as in Telegram's apps. `quote`: the part of
        `reply_to` that the person marked. Raises ValueError when it is not in there."""
        text = text.strip()
        entities = detect_entities(text)
        content: dict[str, object] = {"text": text, **({"entities": entities} if entities else {})}
        if quote is not None:
            content["quote"] = quoted_part(reply_to, quote)
        return self._post(content, chat, topic, reply_to).message

    async def starts(self, payload: str = "") -> Message:
        """Presses Start, or follows a t.me/…?start=payload link."""
        return await self.says(f"/start {payload}".strip())

    async def edits(self, message: Message, text: str) -> Message:
        stored = self._stored(message)
        if stored.sender.id != self.id:
            raise ValueError("people edit only their own messages")
        field, entities = ("text", "entities") if stored.message.text is not None else ("caption", "caption_entities")
        content = {field: text, entities: detect_entities(text) or None}
        self._emulator.board.edit(stored, content, stored.message.reply_markup)
        self._emulator.inbox.edited_message(stored)
        return stored.message

    async def deletes(self, message: Message) -> None:
        """The bot is not told, as in Telegram."""
        self._emulator.board.delete(self._stored(message))

    async def sends(
        self,
        *attachments: Attachment,
        caption: str | None = None,
        chat: Group | None = None,
        topic: Topic | int | None = None,
        reply_to: Message | None = None,
    ) -> list[Message]:
        """Sends files; several become one album. See `attachments` for voice, photo, document and others."""
        contents = attachment_contents(self._emulator.state.files, attachments, caption)
        return [self._post(content, chat, topic, reply_to).message for content in contents]

    async def forwards(
        self, message: Message, *, chat: Group | None = None, topic: Topic | int | None = None
    ) -> Message:
        return self._post(forward_content(self._stored(message)), chat, topic, None).message

    async def presses(self, message: Message, button: str, *, timeout: float = DEFAULT_TIMEOUT) -> CallbackAnswer:
        """Presses a button (by its text, its data, or part of its text) and waits for the bot's answer.

        Raises LookupError for no such button, TimeoutError when the bot does not answer.
        """
        pending = self.taps(message, button)
        try:
            return await asyncio.wait_for(asyncio.shield(pending.answer), timeout)
        except TimeoutError:
            raise TimeoutError(f"the bot did not answer the press of {button!r}") from None

    def taps(self, message: Message, button: str) -> PendingCallback:
        """Presses a button and does not wait."""
        return self.forges(message, callback_data_of(self._stored(message).message, button))

    def forges(self, message: Message, data: str) -> PendingCallback:
        """Sends any callback data, as a modified client can. Works under messages that have changed since."""
        pending = self._emulator.callbacks.press(self._stored(message), self.user, data)
        self._emulator.inbox.callback(pending.query)
        return pending

    async def stops(self, draft: Draft) -> None:
        """Presses Stop under a streamed draft. Raises ValueError when it cannot be stopped."""
        self._emulator.drafts.stop(draft)
        self._emulator.inbox.generation_stopped(draft.chat, draft.id, draft.topic_id)

    async def reacts(self, message: Message, emoji: str | None) -> None:
        stored = self._stored(message)
        old = stored.reactions.get(self.id, [])
        stored.reactions[self.id] = (
            [types.ReactionTypeEmoji.model_validate({"type": "emoji", "emoji": emoji})] if emoji else []
        )
        self._emulator.board.tell_changed(stored, "reaction")
        self._emulator.inbox.reaction(stored, self.user, old)

    async def blocks_bot(self) -> None:
        self._emulator.state.blocked.add(self.id)
        self._bot_status_changed("kicked")

    async def unblocks_bot(self) -> None:
        self._emulator.state.blocked.discard(self.id)
        self._bot_status_changed("member")

    def deactivates(self) -> None:
        """Deletes the account: writing to it fails with 403 from now on."""
        self._emulator.state.deactivated.add(self.id)

    async def sees(
        self,
        wanted: Wanted,
        *,
        chat: Group | None = None,
        after: Message | None = None,
        timeout: float = DEFAULT_TIMEOUT,
    ) -> Message:
        """Waits until the bot shows a message that contains (or satisfies) `wanted`; returns it as it then stands.

        Without `chat` all chats of the person count. With `after`, only what the bot sent or changed later than the
        last change of that message. The latest change wins. Raises TimeoutError.
        """
        threshold = self._stored(after).sequence if after is not None else 0
        return await wait_until(
            self._emulator.state.events,
            lambda: latest(self._from_bot(chat), wanted, threshold),
            timeout,
            lambda: self._describe(wanted, chat),
        )

    async def sees_draft(
        self, wanted: str = "", *, draft_id: int | None = None, timeout: float = DEFAULT_TIMEOUT
    ) -> Draft:
        """Waits for a streamed preview whose text contains `wanted`."""

        def look() -> Draft | None:
            for draft in self._emulator.drafts.visible(self.private_chat):
                if (draft_id is None or draft.id == draft_id) and wanted in draft.visible_text:
                    return draft
            return None

        return await wait_until(self._emulator.state.events, look, timeout, lambda: f"no draft with {wanted!r}")

    def messages(self, chat: Group | None = None) -> list[Message]:
        """Everything this person can read there, oldest first."""
        room = chat.chat if chat else self.private_chat
        return [stored.message for stored in room.visible_messages(self.id)]

    def _post(
        self, content: Content, chat: Group | None, topic: Topic | int | None, reply_to: Message | None
    ) -> StoredMessage:
        room = chat.chat if chat else self.private_chat
        if not room.has(self.id):
            raise ValueError(f"{self.user.first_name} is not in the chat {room.info.title}")
        answered = self._stored(reply_to) if reply_to is not None else None
        topic_id = topic.id if isinstance(topic, Topic) else topic
        if topic_id is None and room.is_forum:
            topic_id = answered.topic_id if answered else GENERAL_TOPIC
        if room.is_private:
            self._emulator.state.started.add(self.id)
            self._emulator.state.blocked.discard(self.id)
        stored = self._emulator.board.post(room, self.user, content, topic_id=topic_id, reply_to=answered)
        room.read_up_to[self.id] = stored.id
        self._emulator.inbox.message(stored)
        return stored

    def _stored(self, message: Message) -> StoredMessage:
        chat = self._emulator.state.chats[message.chat.id]
        if message.ephemeral_message_id is not None:
            return chat.ephemeral[message.ephemeral_message_id]
        return chat.messages[message.message_id]

    def _from_bot(self, chat: Group | None) -> list[StoredMessage]:
        rooms = [chat.chat] if chat else self._emulator.state.chats_of(self.id)
        bot_id = self._emulator.state.bot.id
        return [stored for room in rooms for stored in room.visible_messages(self.id) if stored.sender.id == bot_id]

    def _describe(self, wanted: Wanted, chat: Group | None) -> str:
        seen = [text_of(stored.message)[:200] for stored in self._from_bot(chat)][-5:]
        return f"{self.user.first_name} does not see {wanted!r}; the bot's last messages: {seen}"

    def _bot_status_changed(self, status: MemberStatus) -> None:
        bot = Membership(self._emulator.state.bot, status)
        old: MemberStatus = "kicked" if status == "member" else "member"
        self._emulator.inbox.member_changed(self.private_chat, self.user, bot, old)
