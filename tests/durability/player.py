"""One person: acts, looks at the screen for a while, acts again."""

import asyncio
import random
import time
from collections.abc import Iterator

from aiogram.filters.callback_data import CallbackData
from aiogram.types import Message

from handlers.callbacks import (
    ApprovePress,
    Face,
    FacePress,
    PagePress,
    RegeneratePress,
    RetryPress,
    StopPress,
    SubmitPress,
)
from tests.durability.pacing import Pace
from tests.durability.repertoire import BRIEFS, COMMANDS, FILES, QUESTIONS, SMALL_TALK, SPOKEN, Act, Words
from tests.emulators.telegram.attachments import document
from tests.emulators.telegram.chats import Chat
from tests.emulators.telegram.groups import Group
from tests.emulators.telegram.people import Person

LOOKED_AT = 12
"""Messages from the end of a chat that somebody scrolls through for a button."""
PATIENCE_SECONDS = 8.0
LOOK_SECONDS = 0.25
PRESSES: dict[Act, type[CallbackData]] = {
    Act.PRESS_REASONS: FacePress,
    Act.PRESS_REGENERATE: RegeneratePress,
    Act.PRESS_BACK: FacePress,
    Act.PRESS_PAGE: PagePress,
    Act.PRESS_STOP: StopPress,
    Act.PRESS_RETRY: RetryPress,
    Act.PRESS_APPROVE: ApprovePress,
    Act.PRESS_SUBMIT: SubmitPress,
    Act.PRESS_TWICE: RegeneratePress,
    Act.GROUP_APPROVE: ApprovePress,
}
FACES = {Act.PRESS_REASONS: Face.REASONS, Act.PRESS_BACK: Face.CARD}


class Player:
    def __init__(
        self, person: Person, groups: tuple[Group, ...], shares: dict[Act, float], words: Words, seed: int
    ) -> None:
        self._person = person
        self._groups = [group for group in groups if group.chat.has(person.id)]
        self._shares = {act: share for act, share in shares.items() if self._groups or not act.startswith("group")}
        self._words = words
        self._random = random.Random(seed)
        self._old_buttons: list[tuple[Message, str]] = []

    async def play(self, pace: Pace) -> None:
        while await pace.turn():
            act = self._random.choices(tuple(self._shares), tuple(self._shares.values()))[0]
            room = self._random.choice(self._groups) if act.startswith("group") else None
            chat = room.chat if room else self._person.private_chat
            seen = chat.last_id, _last_change(chat)
            await self._do(act, room, chat)
            if self._random.random() < 0.7:  # the others do not wait for an answer
                await self._look(chat, seen)

    async def _do(self, act: Act, room: Group | None, chat: Chat) -> None:
        match act:
            case Act.IDEA | Act.GROUP_IDEA:
                await self._says(f"/idea{_name(room)} {self._words.one_of(BRIEFS)}", room)
            case Act.ASK | Act.GROUP_ASK:
                await self._says(f"/ask{_name(room)} {self._words.one_of(QUESTIONS)}", room)
            case Act.COMMAND | Act.GROUP_COMMAND:
                await self._says(f"/{self._random.choice(COMMANDS)}{_name(room)}", room)
            case Act.UNKNOWN_COMMAND:
                await self._says("/ieda", room)
            case Act.TALK:
                await self._says(self._words.one_of(SMALL_TALK), room)
            case Act.ALBUM:
                await self._person.sends(document(b"one", "one.txt"), document(b"two", "two.txt"))
            case Act.VOICE | Act.SPOKEN_IDEA | Act.MEETING:
                sound, caption = SPOKEN[act]
                await self._person.sends(sound, caption=caption)
            case Act.FILE | Act.PHOTO:
                await self._person.sends(FILES[act](b"some bytes"))
            case _:
                self._press(act, chat)

    async def _says(self, text: str, room: Group | None) -> None:
        topics = [topic for topic in room.topics if not topic.is_closed] if room is not None else []
        topic = self._random.choice(topics) if topics else None
        await self._person.says(text, chat=room, topic=topic)

    def _press(self, act: Act, chat: Chat) -> None:
        """Nothing happens when there is no such button in sight."""
        found = self._old_buttons if act is Act.PRESS_OLD else list(self._buttons(act, chat))
        if not found:
            return
        message, data = self._random.choice(found)
        if message.message_id not in chat.messages:
            return
        self._old_buttons = [*self._old_buttons[-20:], (message, data)]
        for _ in range(2 if act is Act.PRESS_TWICE else 1):
            self._person.forges(message, data)

    def _buttons(self, act: Act, chat: Chat) -> Iterator[tuple[Message, str]]:
        prefix = f"{PRESSES[act].__prefix__}:"
        face = FACES.get(act)
        for message_id in list(chat.messages)[-LOOKED_AT:]:
            message = chat.messages[message_id].message
            for data in callbacks_of(message):
                if data.startswith(prefix) and (face is None or data.endswith(f":{face.value}")):
                    yield message, data

    async def _look(self, chat: Chat, seen: tuple[int, int]) -> None:
        """Until the bot has shown something new, or patience ends."""
        deadline = time.monotonic() + PATIENCE_SECONDS * self._random.uniform(0.3, 1.0)
        while time.monotonic() < deadline:
            await asyncio.sleep(LOOK_SECONDS)
            if _last_change(chat) > seen[1] + 1:
                return


def callbacks_of(message: Message) -> list[str]:
    markup = message.reply_markup
    rows = markup.inline_keyboard if markup else []
    return [button.callback_data for row in rows for button in row if button.callback_data]


def _last_change(chat: Chat) -> int:
    tail = list(chat.messages)[-LOOKED_AT:]
    return max((chat.messages[message_id].sequence for message_id in tail), default=0)


def _name(room: Group | None) -> str:
    return "@muza_bot" if room is not None else ""
