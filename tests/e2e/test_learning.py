"""Documents given in the chat: a file, the button, the message that follows it, and a question that cites it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiogram.types import Message
from aiohttp import web

from bot.job_tools import open_job_tools
from bot.lesson_reading import sweep_lessons
from bot.settings import Settings
from services.domain.learning import LearningState
from services.queue.ports import QueueName
from tests.e2e.house import House, buttons, open_house
from tests.emulators.telegram.attachments import document
from tests.unit.services.fetching.test_names_and_pages import ARTICLE
from tests.unit.services.fetching.web import HOME, running

PRICES = """# Прайс чайной «Тихий час»

## Улуны

Те Гуань Инь стоит 420 рублей за чайник, Да Хун Пао стоит 560 рублей. Чайник доливают шесть раз без доплаты.
"""


@asynccontextmanager
async def learning_house(data_dir: Path, redis_url: str | None, **changes: Any) -> AsyncIterator[House]:
    """With what the heavy worker does beside its jobs."""
    async with open_house(data_dir, redis_url, **changes) as house:
        stop = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(_work(house.settings, stop))
            try:
                yield house
            finally:
                stop.set()


async def _work(settings: Settings, stop: asyncio.Event) -> None:
    async with open_job_tools(settings, QueueName.HEAVY) as tools:
        await sweep_lessons(tools, stop)


def says(*words: str) -> Any:
    return lambda message: all(word in (message.text or message.caption or "") for word in words)


async def sees(house: House, *words: str) -> Message:
    found: Message = await house.writer.sees(says(*words), timeout=30)
    return found


async def test_a_file_without_a_word_is_offered_learned_and_cited(tmp_path: Path, valkey_url: str) -> None:
    async with learning_house(tmp_path, valkey_url) as house:
        (sent,) = await house.writer.sends(document(PRICES.encode("cp1251"), "прайс.md"))
        offered = await sees(house, "прайс.md", "Что с этим сделать?")
        assert offered.reply_to_message is not None
        assert offered.reply_to_message.message_id == sent.message_id
        assert buttons(offered) == ["📚 Добавить в базу знаний", "Не нужно"]
        await house.writer.presses(offered, "📚 Добавить в базу знаний", timeout=30)
        done = await sees(house, "✅ прайс.md: 1 фрагмент")
        assert done.message_id == offered.message_id
        assert buttons(done) == ["📖 Открыть карточку"]
        question = await house.writer.says("/ask Сколько стоит Да Хун Пао?")
        answer = await house.writer.sees(lambda m: "[1]" in (m.text or ""), after=question, timeout=30)
        assert "прайс" in (answer.text or "").lower()


async def test_what_comes_again_changed_damaged_or_together(tmp_path: Path, valkey_url: str) -> None:
    async with learning_house(tmp_path, valkey_url) as house:
        files = [document(PRICES.encode(), "a.md"), document(b"%PDF-1.7 broken", "b.pdf")]
        await house.writer.sends(*files, caption="/learn для сайта")
        done = await sees(house, "✅ a.md: 1 фрагмент", "⚠️ b.pdf")
        assert "Теперь на это можно опереться" in (done.text or "")
        (again,) = await house.writer.sends(document(PRICES.encode(), "a.md"))
        offered = await house.writer.sees(says("Что с этим сделать?"), after=again, timeout=30)
        command = await house.writer.says("/learn", reply_to=again)
        known = await house.writer.sees(says("☑️ a.md"), after=again, timeout=30)
        assert known.message_id == offered.message_id
        assert command.message_id > known.message_id
        async with house.container.store.reading() as tx:
            first, second = [await tx.lessons.get(number) for number in (1, 2)]
            project = await tx.projects.by_slug("quiet-hour")
            assert project is not None
            learned = await tx.documents.by_source(project.id, "uploads/a.md")
        assert first is not None
        assert second is not None
        assert [each.state for each in first.learnings] == [LearningState.DONE, LearningState.FAILED]
        assert [each.state for each in second.learnings] == [LearningState.UNCHANGED]
        assert learned is not None
        assert (learned.passport.note, learned.version) == ("для сайта", 1)
        assert learned.passport.file_key == f"documents/{first.learnings[0].id}/a.md"


async def test_a_link_is_fetched_read_without_its_menus_and_cited(tmp_path: Path, valkey_url: str) -> None:
    async with running({"/oolong": web.Response(text=ARTICLE, content_type="text/html")}) as site:
        allowed = (f"{HOME}:{site.port}",)
        async with learning_house(tmp_path, valkey_url, link_hosts=allowed) as house:
            link = site.at(HOME, "/oolong")
            await house.writer.says(f"/learn {link} http://169.254.169.254/latest/meta-data/ для меню")
            done = await sees(house, "✅", "/oolong: 1 фрагмент", "⚠️ 169.254.169.254", "По адресу 169.254.169.254")
            assert buttons(done) == [f"📖 {HOME}:{site.port}/oolong"[:30]]
            assert site.asked == [f"{HOME}/oolong"]
            question = await house.writer.says("/ask Сколько раз подряд можно заваривать улун?")
            answer = await house.writer.sees(lambda m: "[1]" in (m.text or ""), after=question, timeout=30)
            assert "Улун после пяти" in (answer.text or "")
            async with house.container.store.reading() as tx:
                document = await tx.documents.by_source(1, link)
        assert document is not None
        assert (document.title, document.author, str(document.date)) == (
            "Улун после пяти",
            "Анна Кравцова",
            "2026-03-05",
        )
        assert (document.passport.url, document.passport.note) == (link, "для меню")
