"""A dispatcher over fake use cases and a Telegram that only remembers."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.types import Chat as TelegramChat
from aiogram.types import Message, MessageEntity, TelegramObject, Update, User

from handlers import build_root_router
from handlers.i18n import Catalogues
from services.domain.chat import Chat, ChatAddress
from services.domain.language import Language
from services.domain.member import Member
from tests.fakes.telegram_session import ME, RecordingSession, recording_bot
from tests.fakes.use_cases import FakeUseCases
from tests.unit.handlers.people import PRIVATE, WHEN, WRITER


@pytest.fixture(scope="session")
def catalogues() -> Catalogues:
    return Catalogues(Language.RUSSIAN)


@dataclass
class Stage:
    """Says and presses things as a person would, and shows what became of it."""

    bot: Bot
    telegram: RecordingSession
    use_cases: FakeUseCases
    dispatcher: Dispatcher
    catalogues: Catalogues
    member: Member | None = WRITER
    chat: Chat = PRIVATE
    topic: int | None = None
    language: Language = Language.RUSSIAN
    data: dict[str, Any] = field(default_factory=dict)
    _updates: int = 0

    @property
    def address(self) -> ChatAddress:
        return self.data["address"]  # type: ignore[no-any-return]

    def text(self, key: str, **facts: int | str) -> str:
        return self.catalogues.texts(self.language)(key, **facts)

    def message(
        self, text: str | None = None, *, message_id: int = 10, sender: User | None = None, **more: Any
    ) -> Message:
        kind = self.chat.kind.value
        return Message(
            message_id=message_id,
            date=WHEN,
            chat=TelegramChat(id=self.chat.id, type=kind, title=None if kind == "private" else "Команда"),
            from_user=sender or self._person(),
            text=text,
            entities=_entities(text),
            message_thread_id=self.topic,
            is_topic_message=True if self.topic else None,
            **more,
        )

    def muza_said(self, text: str = "…", message_id: int = 900, **more: Any) -> Message:
        return self.message(text, message_id=message_id, sender=ME, **more)

    async def says(self, text: str | None = None, **more: Any) -> None:
        message = self.message(text, **more)
        await self._feed(message.message_id, message=message)

    async def presses(self, data: str | None, *, on: Message | None = None) -> None:
        shown = on or self.muza_said()
        query = {"id": "77", "from": self._person(), "chat_instance": "1", "message": shown, "data": data}
        await self._feed(shown.message_id, callback_query=query)

    async def feeds(self, message_id: int | None = None, **update: TelegramObject | dict[str, Any]) -> None:
        await self._feed(message_id, **update)

    async def _feed(self, message_id: int | None, **update: Any) -> None:
        self._updates += 1
        self.data = {
            "member": self.member,
            "chat": self.chat,
            "address": ChatAddress(self.chat.id, self.topic, message_id),
            "language": self.language,
            "texts": self.catalogues.texts(self.language),
        }
        await self.dispatcher.feed_update(self.bot, Update(update_id=self._updates, **update))

    def _person(self) -> User:
        if self.member is None:
            return User(id=999, is_bot=False, first_name="Кто-то", username="someone")
        return User(id=self.member.telegram_id, is_bot=False, first_name=self.member.name)


def _entities(text: str | None) -> list[MessageEntity] | None:
    """What Telegram finds by itself: a command at the beginning, and the bot's name."""
    found = []
    if text and text.startswith("/"):
        found.append(MessageEntity(type="bot_command", offset=0, length=len(text.split()[0])))
    elif text and "@muza_bot" in text:
        found.append(MessageEntity(type="mention", offset=text.index("@muza_bot"), length=len("@muza_bot")))
    return found or None


@pytest.fixture
async def stage(catalogues: Catalogues) -> AsyncIterator[Stage]:
    bot, telegram = recording_bot()
    use_cases = FakeUseCases()
    dispatcher = Dispatcher(disable_fsm=True, catalogues=catalogues, **use_cases.workflow())
    made = Stage(bot, telegram, use_cases, dispatcher, catalogues)

    async def acting_member(
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]], event: TelegramObject, data: dict[str, Any]
    ) -> Any:
        data.update(made.data)
        return await handler(event, data)

    dispatcher.update.outer_middleware(acting_member)
    dispatcher.include_router(build_root_router())
    yield made
    await bot.session.close()
