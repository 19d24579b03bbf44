"""One suite for the keyword index in tantivy and for the fake; then what only a replica in a folder can do."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services.domain.knowledge import Document, Passage
from services.domain.language import Language
from services.retrieval.ports import KeywordIndex, PassageSource
from services.retrieval.tantivy_keyword import TantivyKeywordIndex
from services.store.sql_passage_source import SqlPassageSource
from services.store.sql_store import SqlStore
from tests.fakes.retrieval import MemoryKeywordIndex, MemoryPassageSource

TEXTS = {
    "prices": "Плед цвета раскладушки стоит 2 900 рублей.",
    "campaign": "The campaign It Can Wait ran in spring; the stickers were sent a million times.",
    "shooting": "Съёмки ролика идут в тихом дворе.",
    "voice": "Мы говорим вполголоса и ставим точку.",
}


async def write(source: PassageSource, name: str, *texts: str, project_id: int = 1) -> Document:
    known = await source.by_source(project_id, name)
    document = known or Document(0, project_id, name, f"Title of {name}", "document", Language.RUSSIAN, "hash")
    blank = Passage("", 0, project_id, 0, "Section", "", Language.RUSSIAN, 0, 0, document.title, name)
    passages = [replace(blank, position=position, text=text, end=len(text)) for position, text in enumerate(texts)]
    return await source.put(document, passages)


async def found(index: KeywordIndex, source: PassageSource, query: str, project_id: int = 1) -> list[str]:
    """Names of the documents, best first."""
    await index.catch_up(source)
    scored = await index.search(project_id, query, 10)
    passages = {passage.id: passage for passage in await source.passages([one.passage_id for one in scored])}
    return [passages[one.passage_id].source if one.passage_id in passages else "?" for one in scored]


@pytest.fixture
async def source() -> MemoryPassageSource:
    source = MemoryPassageSource()
    for name, text in TEXTS.items():
        await write(source, name, text)
    return source


@pytest.fixture(params=["tantivy", "tantivy in memory", "fake"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> KeywordIndex:
    makers: dict[str, Callable[[], KeywordIndex]] = {
        "tantivy": lambda: TantivyKeywordIndex(tmp_path / "replica"),
        "tantivy in memory": lambda: TantivyKeywordIndex(None),
        "fake": MemoryKeywordIndex,
    }
    return makers[request.param]()


async def test_words_are_found_in_any_form(index: KeywordIndex, source: MemoryPassageSource) -> None:
    assert (await found(index, source, "цена пледа"))[0] == "prices"
    assert (await found(index, source, "sending a sticker"))[0] == "campaign"


async def test_yo_is_found_as_ye(index: KeywordIndex, source: MemoryPassageSource) -> None:
    assert (await found(index, source, "съемка"))[0] == "shooting"


async def test_scores_fall_and_the_limit_is_kept(index: KeywordIndex, source: MemoryPassageSource) -> None:
    await index.catch_up(source)
    scored = await index.search(1, "плед раскладушки мы говорим", 10)
    assert [one.score for one in scored] == sorted((one.score for one in scored), reverse=True)
    assert len(await index.search(1, "плед раскладушки мы говорим", 1)) == 1


async def test_each_project_is_alone(index: KeywordIndex, source: MemoryPassageSource) -> None:
    await write(source, "rival", "Плед конкурента.", project_id=2)
    assert await found(index, source, "плед", project_id=2) == ["rival"]
    assert "rival" not in await found(index, source, "плед")
    assert await found(index, source, "плед", project_id=3) == []


async def test_changed_and_deleted_passages_are_followed(index: KeywordIndex, source: MemoryPassageSource) -> None:
    await index.catch_up(source)
    await write(source, "prices", "Теперь здесь про чайник.")
    gone = await source.by_source(1, "voice")
    assert gone
    await source.delete(gone.id)
    assert "prices" not in await found(index, source, "раскладушки")
    assert (await found(index, source, "чайник"))[0] == "prices"
    assert "?" not in await found(index, source, "вполголоса точку")


async def test_catching_up_applies_each_change_once(index: KeywordIndex, source: MemoryPassageSource) -> None:
    assert await index.catch_up(source) == len(TEXTS)
    assert await index.catch_up(source) == 0
    await write(source, "prices", "Плед.")
    assert await index.catch_up(source) == 2  # the former passage's deletion and the new one


async def test_more_changes_than_a_page(index: KeywordIndex) -> None:
    source = MemoryPassageSource()
    await write(source, "long", *(f"Пункт {number} правил" for number in range(2300)))
    assert await index.catch_up(source) == 2300
    assert (await found(index, source, "пункт 2299")) != []


@pytest.mark.parametrize(
    "query",
    ['"', "AND OR NOT", "title:(плед^2", "* ~ []{}", "", "\x00", "🌙", "'; DROP TABLE passages;--", "я " * 5000],
)
async def test_no_query_is_syntax(index: KeywordIndex, source: MemoryPassageSource, query: str) -> None:
    await index.catch_up(source)
    await index.search(1, query, 5)
    assert (await found(index, source, f"{query} плед"))[0] == "prices"


async def test_searching_before_the_first_catch_up_finds_nothing(index: KeywordIndex) -> None:
    assert list(await index.search(1, "плед", 5)) == []


async def test_misspelt_words_are_found_by_their_letters(source: MemoryPassageSource, tmp_path: Path) -> None:
    index = TantivyKeywordIndex(tmp_path)
    assert (await found(index, source, "раскладушкии"))[0] == "prices"
    assert (await found(index, source, "campain stikers"))[0] == "campaign"


async def test_swapped_letters_cost_nothing(source: MemoryPassageSource, tmp_path: Path) -> None:
    index = TantivyKeywordIndex(tmp_path)
    await index.catch_up(source)
    right, wrong = await index.search(1, "плед раскладушки", 5), await index.search(1, "плед ракслаудшкой", 5)
    assert right[0].passage_id == wrong[0].passage_id
    right, wrong = await index.search(1, "weather stickers", 5), await index.search(1, "weather sitckers", 5)
    assert wrong[0].score >= 0.6 * right[0].score


async def test_what_another_project_knows_is_not_guessed(source: MemoryPassageSource) -> None:
    await write(source, "secret", "Проект «Нарцисс» запускается в мае.", project_id=2)
    index = TantivyKeywordIndex(None)
    assert await found(index, source, "нарисцс", project_id=2) == ["secret"]
    assert await found(index, source, "нарисцс") == []


async def test_a_code_is_found_whole_before_its_parts(source: MemoryPassageSource) -> None:
    await write(
        source, "parts", "QH 14. SET 01. QH 15. SET 02. QH SET.", "QH-SET-02 и 01.", "Набор QH-SET-01 — 990 рублей."
    )
    index = TantivyKeywordIndex(None)
    await index.catch_up(source)
    best = (await index.search(1, "qh-set-01", 3))[0]
    assert best.passage_id.endswith(":2")
    assert (await index.search(1, "QHSET01", 3))[0].passage_id == best.passage_id


async def test_a_passage_that_says_it_in_one_sentence_is_first(source: MemoryPassageSource) -> None:
    await write(
        source,
        "apart",
        "Самовар стоит в углу дома. Рядом живёт старый кот.",
        "Дом большой. Кот греет самовар по утрам. Угол пуст.",
    )
    index = TantivyKeywordIndex(None)
    await index.catch_up(source)
    assert (await index.search(1, "кот и самовар", 2))[0].passage_id.endswith(":1")


async def test_a_replica_of_an_earlier_layout_is_rebuilt(source: MemoryPassageSource, tmp_path: Path) -> None:
    """Its fields and analysis are those of another release, so its terms cannot be asked for."""
    first = TantivyKeywordIndex(tmp_path)
    await first.catch_up(source)
    first.close()
    note = json.loads((tmp_path / "progress.json").read_text(encoding="utf-8"))
    (tmp_path / "progress.json").write_text(json.dumps(note | {"layout": note["layout"] - 1}), encoding="utf-8")
    second = TantivyKeywordIndex(tmp_path)
    assert await second.catch_up(source) == len(TEXTS)
    assert await found(second, source, "плед") == ["prices"]


async def test_a_reopened_replica_continues_where_it_was(source: MemoryPassageSource, tmp_path: Path) -> None:
    first = TantivyKeywordIndex(tmp_path)
    await first.catch_up(source)
    first.close()
    await write(source, "fresh", "Новый чайник.")
    second = TantivyKeywordIndex(tmp_path)
    assert await second.catch_up(source) == 1
    assert await found(second, source, "плед") == ["prices"]
    assert await found(second, source, "чайник") == ["fresh"]


async def test_a_damaged_replica_is_rebuilt(source: MemoryPassageSource, tmp_path: Path) -> None:
    first = TantivyKeywordIndex(tmp_path)
    await first.catch_up(source)
    first.close()
    (tmp_path / "index" / "meta.json").write_text("{ broken", encoding="utf-8")
    second = TantivyKeywordIndex(tmp_path)
    assert await second.catch_up(source) == len(TEXTS)
    assert await found(second, source, "плед") == ["prices"]


async def test_a_replica_of_another_database_is_rebuilt(source: MemoryPassageSource, tmp_path: Path) -> None:
    first = TantivyKeywordIndex(tmp_path)
    await first.catch_up(source)
    first.close()
    fewer, other = MemoryPassageSource(), MemoryPassageSource()
    await write(fewer, "only", "Единственный самовар.")
    for number in range(len(TEXTS)):
        await write(other, f"other {number}", "Другая база.", "Ещё абзац.")
    second = TantivyKeywordIndex(tmp_path)
    assert await found(second, fewer, "плед самовар") == ["only"]
    second.close()
    third = TantivyKeywordIndex(tmp_path)
    assert len(await found(third, other, "другая")) == len(TEXTS)


async def test_a_second_process_on_the_folder_keeps_its_own_replica(
    source: MemoryPassageSource, tmp_path: Path
) -> None:
    first, second = TantivyKeywordIndex(tmp_path), TantivyKeywordIndex(tmp_path)
    await first.catch_up(source)
    await second.catch_up(source)
    assert (first.in_memory, second.in_memory) == (False, True)
    assert await found(first, source, "плед") == await found(second, source, "плед") == ["prices"]


async def test_a_crash_between_commit_and_note_is_harmless(source: MemoryPassageSource, tmp_path: Path) -> None:
    first = TantivyKeywordIndex(tmp_path)
    await first.catch_up(source)
    note = (tmp_path / "progress.json").read_bytes()
    await write(source, "prices", "Плед и чайник.")
    await first.catch_up(source)
    first.close()
    (tmp_path / "progress.json").write_bytes(note)
    second = TantivyKeywordIndex(tmp_path)
    assert await second.catch_up(source) == 2
    assert await found(second, source, "плед чайник") == ["prices"]


async def test_it_follows_the_real_database(sqlite_store: SqlStore, tmp_path: Path) -> None:
    source = SqlPassageSource(sqlite_store)
    async with sqlite_store.transaction() as tx:
        from services.domain.project import BrandProfile

        project = await tx.projects.ensure("brand", "Brand", BrandProfile())
    await write(source, "prices", TEXTS["prices"], project_id=project.id)
    index = TantivyKeywordIndex(tmp_path / "replica")
    assert await found(index, source, "плед", project.id) == ["prices"]
    await write(source, "prices", "Теперь чайник.", project_id=project.id)
    assert await found(index, source, "плед раскладушка", project.id) == []
    assert await found(index, source, "чайник", project.id) == ["prices"]


async def test_only_the_documents_that_count_are_found(index: KeywordIndex, source: MemoryPassageSource) -> None:
    wanted = await source.by_source(1, "voice")
    assert wanted is not None
    await index.catch_up(source)
    query = "плед раскладушки вполголоса"
    assert len(await index.search(1, query, 5)) == 2
    scored = await index.search(1, query, 5, frozenset({wanted.id}))
    assert [one.passage_id for one in scored] == [f"{wanted.id}:1:0"]
    assert list(await index.search(1, query, 5, frozenset({wanted.id + 1_000}))) == []


async def test_what_other_projects_write_changes_no_ranking(tmp_path: Path, source: MemoryPassageSource) -> None:
    index = TantivyKeywordIndex(tmp_path / "replica")
    await write(source, "stickers", "Стикеры и стикеры.")
    await write(source, "tea", "Чай и стикеры.")
    question = "стикеры про чай"
    await index.catch_up(source)
    alone = await index.search(1, question, 10)
    await write(source, "elsewhere", *(f"Чай и что-то ещё номер {number}." for number in range(200)), project_id=2)
    await index.catch_up(source)
    beside = await index.search(1, question, 10)
    assert [one.passage_id for one in beside] == [one.passage_id for one in alone]
    assert [one.score for one in beside] == pytest.approx([one.score for one in alone], rel=0.15), "lengths differ"
    assert len(await index.search(2, "чай", 300)) == 200
    index.close()
