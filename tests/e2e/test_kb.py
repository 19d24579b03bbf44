"""The life of a document in the chat: given, looked up, replaced, given an end, deleted; nobody finds it afterwards."""

from pathlib import Path

from aiogram.types import Message

from services.domain.knowledge import Document
from tests.e2e.house import House, buttons
from tests.e2e.test_learning import PRICES, learning_house, says
from tests.emulators.telegram.attachments import document

NEXT = PRICES.replace("560", "610")


async def given(house: House) -> Document:
    async with house.container.store.reading() as tx:
        (project,) = await tx.projects.list()
        (known,) = [one for one in await tx.documents.list(project.id) if "прайс" in one.source]
        return known


async def learned(house: House, content: str, name: str, *words: str) -> Message:
    (sent,) = await house.writer.sends(document(content.encode(), name), caption="/learn")
    found: Message = await house.writer.sees(says("✅", *words), after=sent, timeout=30)
    return found


async def found(house: House, project_id: int, document_id: int) -> list[str]:
    result = await house.container.services.retrieval.search(project_id, "сколько стоит Да Хун Пао")
    return [hit.passage.text for hit in result.hits if hit.passage.document_id == document_id]


async def somebody_else_forges(house: House, known: Document) -> None:
    """An approver reads along, and no press of theirs changes anything."""
    await house.approver.says("/kb прайс")
    listed = await house.approver.sees("For “прайс”: 1 document", timeout=20)
    await house.approver.presses(listed, "1. ", timeout=20)
    card = await house.approver.sees(says("Looked after by: Аня Кравцова"), timeout=20)
    assert buttons(card) == ["📄 Original", "‹ To the list"]
    for data in (f"ks:{known.id}:1:x:all:0", f"ks:{known.id}:1:c:all:0", f"ke:{known.id}:1:n"):
        answer = await house.approver.forges(card, data).answer
        assert answer.show_alert
    forged = await house.approver.forges(card, f"ks:{known.id + 99}:1:x:all:0").answer
    assert "no longer in the knowledge base" in (forged.text or "")
    assert await given(house) == known


async def test_a_document_lives_and_ends_in_the_chat(tmp_path: Path, valkey_url: str) -> None:
    async with learning_house(tmp_path, valkey_url) as house:
        writer = house.writer
        lesson = await learned(house, PRICES, "прайс.md", "прайс.md")
        await writer.presses(lesson, "📖 Открыть карточку", timeout=20)
        card = await writer.sees(says("uploads/прайс.md", "Отвечает: Аня Кравцова"), after=lesson, timeout=20)
        before = await given(house)
        await somebody_else_forges(house, before)

        await writer.presses(card, "🔄", timeout=20)
        asked = await writer.sees("станет следующей версией", after=card, timeout=20)
        await writer.sends(document(NEXT.encode(), "новые цены.md"))
        await writer.sees(says("✅ новые цены.md"), after=asked, timeout=30)
        after = await given(house)
        assert (after.id, after.source, after.version) == (before.id, before.source, 2)
        assert "610" in "".join(await found(house, after.project_id, after.id))

        stale = await writer.presses(card, "✅ Всё ещё верно", timeout=20)
        assert "новая версия" in (stale.text or "")
        card = await writer.sees(says("2 версии"), timeout=20)
        await writer.presses(card, "📅", timeout=20)
        await writer.says("до 1.02.2026")
        card = await writer.sees(says("Больше не действует", "по 01.02.2026"), timeout=20)
        assert await found(house, after.project_id, after.id) == []

        await writer.says("/kb ПРАЙС")
        listed = await writer.sees("По словам «ПРАЙС»: 1 документ", timeout=20)
        await writer.presses(listed, "1. ", timeout=20)
        card = await writer.sees(says("uploads/прайс.md", "Больше не действует"), timeout=20)
        await writer.presses(card, "🗑 Удалить", timeout=20)
        card = await writer.sees("Из базы знаний уйдёт всё: 1 фрагмент", timeout=20)
        await writer.presses(card, "🗑 Да", timeout=20)
        card = await writer.sees("удалён из базы знаний", timeout=20)
        assert await found(house, after.project_id, after.id) == []
        assert await house.container.adapters.files.keys("documents") == []
        assert buttons(card) == ["‹ К списку"]
