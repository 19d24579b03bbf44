"""Streamed previews: seen by one person in a private chat, gone after 30 seconds or with the final message."""

import asyncio
from dataclasses import dataclass

from aiogram import types

from tests.emulators.telegram.chats import Chat
from tests.emulators.telegram.events import Event, EventKind
from tests.emulators.telegram.rich import rich_plain_text
from tests.emulators.telegram.state import TelegramState
from tests.emulators.telegram.text_builder import FormattedText

DRAFT_LIFETIME = 30.0
# Real seconds between two looks for expired drafts.
WATCH_SECONDS = 1.0

DraftKey = tuple[int, int | None, int]


@dataclass(slots=True)
class Draft:
    """`text` is empty in a rich draft, and in a plain one that shows only the "Thinking…" placeholder."""

    id: int
    chat: Chat
    topic_id: int | None
    content: FormattedText
    rich_message: types.RichMessage | None
    rich_source: types.InputRichMessage | None
    can_stop: bool
    keep_on_stop: bool
    expires_at: float
    stopped: bool = False
    gone: bool = False

    @property
    def key(self) -> DraftKey:
        return (self.chat.id, self.topic_id, self.id)

    @property
    def text(self) -> str:
        return self.content.text

    @property
    def visible_text(self) -> str:
        """What the person reads: the text, or the rich message as plain text."""
        return rich_plain_text(self.rich_message) if self.rich_message else self.text


class DraftBoard:
    def __init__(self, state: TelegramState) -> None:
        self._state = state
        self._drafts: dict[DraftKey, Draft] = {}
        self._stopped: set[DraftKey] = set()

    def show(self, draft: Draft) -> None:
        """Shows a draft or its next version. One that the person has stopped is not shown again."""
        self.expire()
        if draft.key in self._stopped:
            return
        self._drafts[draft.key] = draft
        self._tell("draft", draft)

    def visible(self, chat: Chat) -> list[Draft]:
        self.expire()
        return [draft for draft in self._drafts.values() if draft.chat is chat]

    def find(self, chat: Chat, draft_id: int) -> Draft | None:
        return next((draft for draft in self.visible(chat) if draft.id == draft_id), None)

    def stop(self, draft: Draft) -> None:
        """The person presses Stop. Raises ValueError when the draft offers no such button."""
        if draft.key not in self._drafts or not draft.can_stop:
            raise ValueError(f"draft {draft.id} cannot be stopped")
        self._stopped.add(draft.key)
        draft.stopped = True
        if not draft.keep_on_stop:
            self._remove(draft)

    def finish(self, chat: Chat, topic_id: int | None) -> None:
        """A message of the bot takes the place of its drafts."""
        for draft in [draft for draft in self._drafts.values() if draft.chat is chat and draft.topic_id == topic_id]:
            self._remove(draft)

    def expire(self) -> None:
        now = self._state.clock.now()
        for draft in [draft for draft in self._drafts.values() if draft.expires_at <= now]:
            self._remove(draft)

    async def watch(self, stopped: asyncio.Event) -> None:
        """Takes drafts off the screen when their time is over; belongs to the life of the server."""
        while not stopped.is_set():
            try:
                await asyncio.wait_for(stopped.wait(), WATCH_SECONDS)
            except TimeoutError:
                self.expire()

    def _remove(self, draft: Draft) -> None:
        self._drafts.pop(draft.key, None)
        draft.gone = True
        self._tell("draft_gone", draft)

    def _tell(self, kind: EventKind, draft: Draft) -> None:
        self._state.events.publish(Event(kind, draft.chat.id, person_id=draft.chat.id, data={"draft": draft}))
