"""Groups as they live: they become supergroups, shut the bot out and let it in, and have topics."""

import asyncio
from pathlib import Path

from aiogram.types import Message

from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, DeliveryState, NewDelivery
from services.domain.generation import GenerationState
from tests.e2e.house import House, buttons, is_card, open_house


async def card_after(house: House, brief: Message, **where: object) -> Message:
    return await house.writer.sees(is_card, after=brief, timeout=20, **where)  # type: ignore[arg-type]


async def test_a_group_becomes_a_supergroup_in_mid_writing(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        house.model.settings.tokens_per_second = 100
        old = house.telegram.add_group("Старая команда", [house.admin, house.approver, house.writer])
        brief = await house.writer.says("/idea слоган для осени", chat=old)
        await house.writer.sees(lambda m: "Остановить" in str(buttons(m)), after=brief)
        new = old.upgrade(by=house.admin)
        house.model.settings.tokens_per_second = None
        card = await house.writer.sees(is_card, chat=new, timeout=20)
        assert (await house.approver.presses(card, "Утвердить")).text == "Approved"
        cards = [m for m in house.telegram.messages(new) if m.from_user and m.from_user.is_bot]
        assert len(cards) == 1, "one final, in the new group"
        again = await house.writer.says("/history", chat=new)
        await house.writer.sees("слоган для осени", after=again, chat=new)
        async with house.container.store.reading() as tx:
            assert await tx.chats.get(old.id) is None
            assert await tx.chats.get(new.id) is not None


async def test_a_quiet_group_moves_with_its_history_and_its_question(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        old = house.telegram.add_group("Старая команда", [house.admin, house.writer])
        brief = await house.writer.says("/idea слоган для осени", chat=old)
        await card_after(house, brief, chat=old)
        new = old.upgrade(by=house.admin)
        again = await house.writer.says("/history", chat=new)
        listed = await house.writer.sees("слоган для осени", after=again, chat=new)
        await house.writer.presses(listed, "1.")
        card = await house.writer.sees(is_card, after=listed, chat=new)
        words = await house.writer.says("короче", chat=new, reply_to=card)
        refined = await house.writer.sees(is_card, after=words, chat=new, timeout=20)
        assert "2/2" in str(buttons(refined))


async def test_who_blocks_the_bot_is_left_alone_and_welcomed_back(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True) as house:
        house.model.settings.tokens_per_second = 100
        await house.writer.says("/idea слоган для осени")
        await house.writer.sees(lambda m: "Остановить" in str(buttons(m)))
        await house.writer.blocks_bot()
        async with house.container.store.transaction() as tx:
            place = ChatAddress(house.writer.id)
            await tx.deliveries.add(NewDelivery(DeliveryKind.ACCESS_GRANTED, place, "while blocked"))
        async with asyncio.timeout(20):
            while not await _settled(house):  # noqa: ASYNC110 - the attempt ends where nobody sees it
                await asyncio.sleep(0.05)
        async with house.container.store.reading() as tx:
            chat = await tx.chats.get(house.writer.id)
            (attempt,) = await tx.generations.recent(limit=5)
            counts = await tx.deliveries.counts()
        assert chat is not None
        assert chat.closed_at is not None
        assert attempt.state is GenerationState.IN_REVIEW, "it is kept for the history"
        assert counts[DeliveryState.NEW] == 0
        refused = house.telegram.journal.calls(status=403)
        assert len(refused) <= 6, "nobody knocks at a closed door again and again"
        await house.writer.unblocks_bot()
        history = await house.writer.says("/history")
        listed = await house.writer.sees("слоган для осени", after=history)
        await house.writer.presses(listed, "1.")
        await house.writer.sees(is_card, after=listed)
        async with house.container.store.reading() as tx:
            chat = await tx.chats.get(house.writer.id)
        assert chat is not None
        assert chat.closed_at is None


async def _settled(house: House) -> bool:
    async with house.container.store.reading() as tx:
        (attempt,) = await tx.generations.recent(limit=5)
        waiting = (await tx.deliveries.counts())[DeliveryState.NEW]
    return attempt.state is GenerationState.IN_REVIEW and waiting == 0


async def test_a_group_that_removes_the_bot_is_closed_without_a_word(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        await house.writer.says("/help", chat=house.group)
        await house.writer.sees("Что я умею", chat=house.group)
        house.group.set_bot("kicked", by=house.admin)
        after = await house.writer.says("/help")
        await house.writer.sees("Что я умею", after=after)
        async with house.container.store.reading() as tx:
            chat = await tx.chats.get(house.group.id)
        assert chat is not None
        assert chat.closed_at is not None
        house.group.set_bot("member", by=house.admin)
        await house.writer.sees("Здесь я вижу только команды и ответы мне", chat=house.group)
        async with house.container.store.reading() as tx:
            chat = await tx.chats.get(house.group.id)
        assert chat is not None
        assert chat.closed_at is None


async def test_replies_and_deliveries_stay_in_their_topic(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True) as house:
        for topic in (house.forum.add_topic("Весна"), None):
            brief = await house.writer.says("/idea слоган", chat=house.forum, topic=topic)
            card = await card_after(house, brief, chat=house.forum)
            words = await house.writer.says("короче", chat=house.forum, topic=topic, reply_to=card)
            refined = await house.writer.sees(is_card, after=words, chat=house.forum, timeout=20)
            topic_id = topic.id if topic else None
            async with house.container.store.transaction() as tx:
                place = ChatAddress(house.forum.id, topic_id)
                await tx.deliveries.add(NewDelivery(DeliveryKind.ACCESS_GRANTED, place, f"topic {topic_id}"))
            delivered = await house.writer.sees("Добро пожаловать", after=refined, chat=house.forum, timeout=20)
            for shown in (card, refined, delivered):
                assert bool(shown.is_topic_message) is (topic is not None)
                assert topic is None or shown.message_thread_id == topic.id
        assert not house.telegram.journal.calls(status=400)
