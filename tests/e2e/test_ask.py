"""Questions to the knowledge base, through the eyes of the people who ask them."""

from datetime import date
from pathlib import Path

from services.domain.knowledge import Document, Passage
from services.domain.language import Language
from tests.e2e.house import House, buttons, open_house
from tests.emulators.telegram.waiting import text_of

RUSSIAN = (
    "Термос «Полночь» вмещает 450 миллилитров.",
    "Крышка термоса «Полночь» сделана из бука.",
    "Гравировка на термосе «Полночь» занимает три дня.",
)
ENGLISH = ("The blue font of the winter launch is Spectral.",)


async def learn(house: House, name: str, language: Language, texts: tuple[str, ...], *, author: str) -> None:
    async with house.container.store.transaction() as tx:
        (project,) = await tx.projects.list()
        document = Document(
            0, project.id, name, name, "document", language, name, date=date(2026, 2, 1), author=author, format="pdf"
        )
        passages = [
            Passage("", 0, project.id, n, "", text, language, 100 * n, 100 * n + len(text), "", "", n + 3, n + 3)
            for n, text in enumerate(texts)
        ]
        await tx.documents.put(document, passages)


async def test_an_answer_names_document_and_page_and_its_search_is_kept(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url) as house:
        await learn(house, "Термос", Language.RUSSIAN, RUSSIAN, author="Нина Каменева")
        question = await house.writer.says("/ask since:2026-01 тип:pdf автор:Нина Из чего крышка термоса «Полночь»?")
        answer = await house.writer.sees("Термос, стр. 3–5", after=question, timeout=20)
        assert "бука" in text_of(answer)
        async with house.container.store.reading() as tx:
            (kept,) = await tx.searches.of_generation(1)
        assert kept.query == "Из чего крышка термоса «Полночь»?"
        assert (kept.filters.author, kept.filters.type, str(kept.filters.since)) == ("Нина", "pdf", "2026-01-01")
        assert kept.found[0].legs["keyword"] == 1
        nobody = await house.writer.says("/ask автор:Пётр Из чего крышка термоса «Полночь»?")
        refused = await house.writer.sees("В базе знаний ответа не нашлось", after=nobody, timeout=20)
        assert "фильтры" in text_of(refused)
        unclear = await house.writer.says("/ask с:вчера Из чего крышка термоса?")
        await house.writer.sees("с:вчера", after=unclear)


async def test_documents_in_the_other_language_are_found_by_a_translation(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, translate_queries=True) as house:
        await learn(house, "Launch", Language.ENGLISH, ENGLISH, author="Sam")
        question = await house.writer.says("/ask какой шрифт зима запуск?")
        await house.writer.sees(lambda m: "👎" in str(buttons(m)), after=question, timeout=20)
        async with house.container.store.reading() as tx:
            (kept,) = await tx.searches.of_generation(1)
            (best,) = await tx.documents.passages([kept.found[0].passage_id])
        assert (best.title, kept.found[0].legs["translated keyword"]) == ("Launch", 1)
        assert kept.translated == "font winter launch"


async def test_a_bad_answer_becomes_a_golden_question(tmp_path: Path, valkey_url: str) -> None:
    async with open_house(tmp_path, valkey_url, with_worker=True) as house:
        await house.admin.starts()
        await learn(house, "Термос", Language.RUSSIAN, RUSSIAN, author="Нина")
        question = await house.writer.says("/ask Из чего крышка термоса «Полночь»?")
        answer = await house.writer.sees(lambda m: "👎" in str(buttons(m)), after=question, timeout=20)
        await house.writer.presses(answer, "👎")
        notice = await house.admin.sees("считает ответ неудачным", timeout=20)
        await house.admin.presses(notice, "эталонные")
        offered = await house.admin.sees(lambda m: "▫️ Термос" in str(buttons(m)), timeout=20)
        await house.admin.presses(offered, "Термос")
        ticked = await house.admin.sees(lambda m: "✅ Термос" in str(buttons(m)), timeout=20)
        await house.admin.presses(ticked, "Сохранить")
        await house.admin.sees("Ответ в документах", timeout=20)
        async with house.container.store.reading() as tx:
            (known,) = await tx.known_questions.list(1)
        assert (known.question, known.relevant) == ("Из чего крышка термоса «Полночь»?", ("Термос",))
