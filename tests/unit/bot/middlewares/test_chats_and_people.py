"""What the middlewares do with the chat and the person of an update, over a real database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram import Dispatcher
from aiogram.types import CallbackQuery, ChatMemberRestricted, ChatMemberUpdated, Message, Update

from bot.middlewares.acting_member import ActingMember
from bot.middlewares.chat_fate import ChatFate
from handlers.i18n import Catalogues
from services.assistant.close_chat import CloseChat
from services.assistant.migrate_chat import MigrateChat
from services.assistant.open_chat import OpenChat
from services.assistant.recognize_chat import RecognizeChat
from services.assistant.recognize_member import RecognizeMember
from services.domain.chat import Chat, ChatAddress, ChatKind
from services.domain.language import Language
from services.domain.member import MemberStatus, Role
from services.domain.project import BrandProfile
from services.store.sql_store import SqlStore, SqlTransaction
from tests.fakes.bot_session import scripted_bot

PERSON = {"id": 7, "is_bot": False, "first_name": "Аня", "last_name": "Кравцова", "username": "anya"}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
MUZA = {"id": 42, "is_bot": True, "first_name": "Muza"}
GROUP, PRIVATE = {"id": -5, "type": "group", "title": "Команда"}, {"id": 7, "type": "private", **PERSON}
NEW_ID = -1_000_000_000_005
WHEN = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())


class CountingStore(SqlStore):
    writes = 0

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlTransaction]:
        self.writes += 1
        async with super().transaction() as tx:
            yield tx


class Door:
    def __init__(self, store: CountingStore) -> None:
        self.store = store
        self.bot, _ = scripted_bot()
        self.addresses: list[ChatAddress] = []
        self.dispatcher = Dispatcher(disable_fsm=True)
        fate = ChatFate(MigrateChat(store), CloseChat(store), OpenChat(store))
        people, places = RecognizeMember(store, ()), RecognizeChat(store, None)
        self.dispatcher.update.outer_middleware(fate)
        self.dispatcher.update.outer_middleware(ActingMember(people, places, Catalogues(Language.RUSSIAN)))

        async def remember(event: Message | CallbackQuery | ChatMemberUpdated, address: ChatAddress) -> None:
            self.addresses.append(address)

        for observer in (self.dispatcher.message, self.dispatcher.callback_query, self.dispatcher.my_chat_member):
            observer.register(remember)

    async def gets(self, **update: Any) -> None:
        await self.dispatcher.feed_update(self.bot, Update.model_validate({"update_id": 1, **update}))

    async def hears(self, chat: dict[str, Any], *, sender: dict[str, Any] = PERSON, **more: Any) -> None:
        base = {"message_id": 5, "date": WHEN, "chat": chat, "from": sender}
        await self.gets(message={**base, **(more or {"text": "привет"})})

    async def membership(self, status: str, *, by: dict[str, Any] = PERSON, **facts: Any) -> None:
        old = {"status": "member", "user": MUZA}
        new = {"status": status, "user": MUZA, **({"until_date": 0} if status == "kicked" else {}), **facts}
        event = {"chat": GROUP, "from": by, "date": WHEN, "old_chat_member": old, "new_chat_member": new}
        await self.gets(my_chat_member=event)

    async def chat(self, chat_id: int = -5) -> Chat | None:
        async with self.store.reading() as tx:
            return await tx.chats.get(chat_id)

    async def is_closed(self) -> bool:
        chat = await self.chat()
        assert chat is not None
        return chat.closed_at is not None


@asynccontextmanager
async def furnished(store: SqlStore) -> AsyncIterator[Door]:
    counting = CountingStore(store._engine)
    async with store.transaction() as tx:
        await tx.projects.ensure("tea", "Tea", BrandProfile())
        await tx.members.add(7, "Аня Кравцова", "anya", role=Role.MEMBER, status=MemberStatus.ACTIVE)
    yield Door(counting)


@pytest.fixture
async def door(sqlite_store: SqlStore) -> AsyncIterator[Door]:
    async with furnished(sqlite_store) as made:
        yield made


async def test_a_message_writes_nothing_when_nothing_changed(door: Door) -> None:
    speaker = {**PERSON, "language_code": "ru"}
    for chat in (GROUP, PRIVATE):
        await door.hears(chat, sender=speaker)
    door.store.writes = 0
    for _ in range(3):
        await door.hears(GROUP, sender=speaker)
        await door.hears(PRIVATE, sender=speaker)
        await door.hears(GROUP)  # an update that does not tell the client's language
        query = {"id": "1", "from": speaker, "chat_instance": "1", "data": "x"}
        await door.gets(callback_query={**query, "message": {"message_id": 5, "date": WHEN, "chat": PRIVATE}})
        await door.gets(callback_query=query)
    assert door.store.writes == 0
    await door.hears({**GROUP, "title": "Команда мечты"}, sender=speaker)
    assert door.store.writes == 1


async def test_a_chat_without_a_name_keeps_the_one_it_had(door: Door) -> None:
    await door.hears(GROUP)
    await door.hears({"id": -5, "type": "group"})
    chat = await door.chat()
    assert chat is not None
    assert chat.title == "Команда"


@pytest.mark.parametrize("by", [PERSON, ANONYMOUS], ids=["a person", "an anonymous administrator"])
@pytest.mark.parametrize("status", ["kicked", "left"])
async def test_a_chat_closes_when_we_are_thrown_out_and_opens_when_let_in(
    door: Door, status: str, by: dict[str, Any]
) -> None:
    await door.hears(GROUP)
    await door.membership(status, by=by)
    assert await door.is_closed()
    await door.membership("member", by=by)
    assert not await door.is_closed()


async def test_words_from_a_closed_chat_open_it(door: Door) -> None:
    await door.hears(GROUP)
    await door.membership("kicked")
    await door.hears(GROUP)
    assert not await door.is_closed()


@pytest.mark.parametrize(("may_send", "closed"), [(False, True), (True, False)])
async def test_a_mute_closes_a_chat(door: Door, may_send: bool, closed: bool) -> None:
    await door.hears(GROUP)
    rights = [name for name in ChatMemberRestricted.model_fields if name.startswith("can_")]
    facts: dict[str, Any] = {
        **dict.fromkeys(rights, False),
        "is_member": True,
        "until_date": 0,
        "can_send_messages": may_send,
    }
    await door.membership("restricted", **facts)
    assert await door.is_closed() is closed


@pytest.mark.parametrize("order", ["old group first", "new group first"])
@pytest.mark.parametrize("by", [PERSON, ANONYMOUS], ids=["a person", "an anonymous administrator"])
async def test_a_group_that_became_a_supergroup_is_one_chat(door: Door, order: str, by: dict[str, Any]) -> None:
    await door.hears(GROUP)
    supergroup = {"id": NEW_ID, "type": "supergroup", "title": "Команда"}
    told = [(GROUP, {"migrate_to_chat_id": NEW_ID}), (supergroup, {"migrate_from_chat_id": -5})]
    door.addresses.clear()
    for chat, fact in told if order == "old group first" else reversed(told):
        await door.hears(chat, sender=by, **fact)
    await door.hears(supergroup)
    assert await door.chat() is None
    moved = await door.chat(NEW_ID)
    assert moved is not None
    assert (moved.kind, moved.title) == (ChatKind.SUPERGROUP, "Команда")
    assert door.addresses == [ChatAddress(NEW_ID, None, 5)], "service messages are nobody's words"


@pytest.mark.parametrize(
    ("fields", "topic"),
    [
        ({"message_thread_id": 9, "is_topic_message": True}, 9),
        ({"message_thread_id": 1, "is_topic_message": True}, None),
        ({"message_thread_id": 33}, None),
        ({}, None),
    ],
    ids=["a topic", "General", "a thread of replies", "no topics"],
)
async def test_the_address_keeps_the_topic_and_general_has_none(
    door: Door, fields: dict[str, Any], topic: int | None
) -> None:
    await door.hears(GROUP, text="привет", **fields)
    assert door.addresses == [ChatAddress(-5, topic, 5)]
