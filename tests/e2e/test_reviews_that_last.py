"""Reviews that last: reminders, the queue after a downtime, late presses and crowds, through the eyes of people."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message

from services.assistant.expire_reviews import ExpireReviews
from services.assistant.remind_reviewers import RemindReviewers
from tests.e2e.house import House, buttons, cast, is_card, open_house
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.waiting import text_of
from tests.fakes.clock import ManualClock


async def drafted(house: House, **where: object) -> Message:
    brief = await house.writer.says("/idea слоган для вечернего чая", **where)  # type: ignore[arg-type]
    return await house.writer.sees(is_card, after=brief, timeout=30)


def later(**parts: float) -> ManualClock:
    return ManualClock(datetime.now(UTC) + timedelta(**parts))


async def test_a_reminder_opens_the_draft_and_the_decision_shows_at_its_home(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True) as house:
        await house.approver.starts()
        await house.admin.starts()
        mine = await drafted(house)
        await house.writer.presses(mine, "согласование")
        await house.approver.sees(is_card, timeout=20)
        adapters = house.container.adapters
        assert await RemindReviewers(adapters.store, adapters.jobs, later(hours=25))() == 2
        reminder = await house.approver.sees("waits for your decision", timeout=20)
        await house.approver.presses(reminder, "1. слоган")
        opened = await house.approver.sees(is_card, after=reminder, timeout=20)
        granted = await house.approver.presses(opened, "Approve")
        assert granted.text == "Approved"
        home = await house.writer.sees("Утверждено: Lev Ostrov", timeout=20)
        assert home.message_id == mine.message_id, "an edit of the first card, no new message"
        assert not is_card(home)
        assert await RemindReviewers(adapters.store, adapters.jobs, later(days=9))() == 0


async def test_after_a_downtime_the_queue_reaches_every_draft_again(tmp_path: Path, valkey_url: str) -> None:
    telegram = TelegramEmulator(seed=3)
    people = cast(telegram)
    async with open_house(tmp_path, valkey_url, telegram=telegram, people=people) as house:
        cards = [await drafted(house, chat=house.group), await drafted(house)]
    async with open_house(tmp_path, valkey_url, telegram=telegram, people=people, with_worker=True) as house:
        await house.approver.says("/queue")
        queue = await house.approver.sees("2 drafts wait for a decision", timeout=20)
        assert len([label for label in buttons(queue) if "слоган" in label]) == 2
        await house.approver.presses(queue, "2. слоган")
        opened = await house.approver.sees(is_card, after=queue, timeout=20)
        await house.approver.presses(opened, "Approve")
        shown = await house.writer.sees("Утверждено: Lev Ostrov", chat=house.group, timeout=20)
        assert shown.message_id == cards[0].message_id
        await house.writer.says("/queue", chat=house.group)
        await house.writer.sees("Ничего не ждёт решения", chat=house.group, timeout=20)


async def test_a_late_press_is_answered_kindly_and_renews_the_card(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True) as house:
        card = await drafted(house, chat=house.group)
        data = next(b.callback_data for row in card.reply_markup.inline_keyboard for b in row if "✅" in b.text)  # type: ignore[union-attr]
        assert data is not None
        await house.approver.presses(card, "Утвердить")
        again = await asyncio.wait_for(house.approver.forges(card, data).answer, 10)
        assert (again.text, again.show_alert) == ("You have approved a draft of this brief already.", False)
        other = await asyncio.wait_for(house.admin.forges(card, data).answer, 10)
        assert "Lev Ostrov" in (other.text or "")
        shown = await house.writer.sees("Утверждено: Lev Ostrov", chat=house.group)
        assert not is_card(shown)


async def test_an_expired_draft_is_told_of_and_can_still_be_approved(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True) as house:
        card = await drafted(house, chat=house.group)
        adapters = house.container.adapters
        expire = ExpireReviews(adapters.store, adapters.jobs, later(days=15), after=timedelta(days=14))
        assert await expire() == 1
        notice = await house.writer.sees("не дождался решения", chat=house.group, timeout=20)
        assert "Аня" in text_of(notice)
        stale = await house.approver.presses(card, "Утвердить")
        assert "still decide" in (stale.text or "")
        renewed = await house.approver.sees("ещё можно утвердить", chat=house.group, timeout=20)
        assert renewed.message_id == card.message_id
        assert (await house.approver.presses(renewed, "Утвердить")).text == "Approved"


async def test_two_hundred_presses_on_one_card(tmp_path: Path, valkey_url: str) -> None:
    await two_hundred_presses(tmp_path, valkey_url)


@pytest.mark.postgres
async def test_two_hundred_presses_on_postgresql(tmp_path: Path, valkey_url: str, postgres_url: str) -> None:
    await two_hundred_presses(tmp_path, valkey_url, database_url=postgres_url)


async def two_hundred_presses(tmp_path: Path, valkey_url: str, **more: Any) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True, **more) as house:
        card = await drafted(house, chat=house.group)
        labels = [button for row in card.reply_markup.inline_keyboard for button in row]  # type: ignore[union-attr]
        approve = next(button.callback_data for button in labels if "✅" in button.text)
        assert approve is not None
        _, generation_id, version = approve.split(":")
        regenerate = f"g:{generation_id}:{version}:"
        crowd = (house.approver, house.admin, house.writer, house.approver)
        taps = [crowd[number % 4].forges(card, regenerate if number % 5 == 4 else approve) for number in range(200)]
        answers = await asyncio.wait_for(asyncio.gather(*(tap.answer for tap in taps)), 60)
        granted = [one for one in answers if one.text in ("Approved", "Утверждено", "Делаю другой вариант")]
        assert len(granted) == 1
        calls = [call.arguments for call in house.telegram.journal.calls("answerCallbackQuery")]
        answered = Counter(call.callback_query_id for call in calls if isinstance(call, AnswerCallbackQuery))
        assert sorted(answered) == sorted(tap.id for tap in taps)
        assert set(answered.values()) == {1}
        async with house.container.store.reading() as tx:
            (review,) = await tx.reviews.of_generation(int(generation_id))
            assert review.generation_version == int(version)
        assert not house.telegram.journal.calls(status=429)
