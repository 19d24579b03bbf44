"""The documents as people look through them, on both engines."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from services.domain.catalogue import CataloguePage, CatalogueQuery, PassportField, Shelf
from services.domain.freshness import STALE, Standing, standing
from services.domain.knowledge import Document
from services.domain.passport import DocumentFlag, Passport
from services.domain.project import Project
from services.store.ports import Store
from tests.store_rows import a_document, a_member, a_project, passages_of

MOSCOW = timezone(timedelta(hours=3))
TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=MOSCOW)
PASSPORTS = {
    "plain": (Passport(), Standing.HOLDS),
    "until_today": (Passport(valid_until=TODAY), Standing.HOLDS),
    "until_yesterday": (Passport(valid_until=TODAY - timedelta(1)), Standing.EXPIRED),
    "from_today": (Passport(valid_from=TODAY), Standing.HOLDS),
    "from_tomorrow": (Passport(valid_from=TODAY + timedelta(1)), Standing.COMING),
    "due": (Passport(refresh_days=30, checked_at=NOW - timedelta(30)), Standing.DUE),
    "not_due": (Passport(refresh_days=30, checked_at=NOW - timedelta(30) + timedelta(minutes=1)), Standing.HOLDS),
    "due_since_added": (Passport(refresh_days=7, added_at=NOW - timedelta(8)), Standing.DUE),
    "checked_after": (Passport(refresh_days=7, added_at=NOW - timedelta(8), checked_at=NOW), Standing.HOLDS),
    "never_seen": (Passport(refresh_days=7), Standing.HOLDS),
    "coming_and_old": (
        Passport(refresh_days=7, added_at=NOW - timedelta(8), valid_from=TODAY + timedelta(1)),
        Standing.COMING,
    ),
}

FOUND_BY = {
    "прайс": ["ПРАЙС-ЛИСТ"],
    "Зелёный": ["Зеленый чай"],
    "ЗЕЛЕНЫЙ": ["Зеленый чай"],
    "ОТЧЁТЫ/": ["Итоги"],
    "ёлкина": ["Итоги"],
    "итоги ЁЛКИНА": ["Итоги"],
    "итоги прайс": [],
    "100%": ["Скидка 100%"],
    "_": [],
    "strasse": ["Café Straße"],
}


async def put(store: Store, project: Project, source: str, passport: Passport | None = None, **more: str) -> Document:
    """With exactly this passport, as if it had been there for long."""
    document = replace(a_document(project, source), **more)  # type: ignore[arg-type]
    async with store.transaction() as tx:
        written = await tx.documents.put(document, passages_of(["a", "b"]))
        kept = await tx.documents.set_passport(written.id, passport or Passport())
        assert kept is not None
        return kept


async def page(
    store: Store,
    project: Project,
    words: str = "",
    shelf: Shelf = Shelf.ALL,
    reader: int = 0,
    where: tuple[int, int] = (0, 8),
) -> CataloguePage:
    async with store.reading() as tx:
        return await tx.catalogue.page(CatalogueQuery(project.id, NOW, reader, shelf, words), *where)


def titles(found: CataloguePage) -> list[str]:
    return [entry.document.title for entry in found.entries]


async def test_pages_are_in_the_order_of_titles_and_count_everything(store: Store) -> None:
    project, other = await a_project(store), await a_project(store)
    for number in range(5):
        await put(store, project, f"{number}.md", title=f"{'абвгд'[number].upper() if number % 2 else 'абвгд'[number]}")
    await put(store, other, "z.md", title="Чужой")
    first, second = await page(store, project, where=(0, 3)), await page(store, project, where=(3, 3))
    assert titles(first) + titles(second) == ["а", "Б", "в", "Г", "д"]
    assert first.counts == {Shelf.ALL: 5, Shelf.MINE: 0, Shelf.STALE: 0, Shelf.FLAGGED: 0}
    assert [entry.passages for entry in first.entries] == [2, 2, 2]


async def test_words_are_found_in_any_case_in_title_source_and_author(store: Store) -> None:
    project = await a_project(store)
    await put(store, project, "a.xlsx", title="ПРАЙС-ЛИСТ")
    await put(store, project, "b.md", title="Зеленый чай")
    await put(store, project, "Отчёты/3.docx", title="Итоги", author="Ольга Елкина")
    await put(store, project, "c.md", title="Скидка 100%")
    await put(store, project, "d.md", title="Café Straße")
    assert {words: titles(await page(store, project, words)) for words in FOUND_BY} == FOUND_BY


async def test_shelves_hold_what_is_mine_stale_or_flagged(store: Store) -> None:
    project, anya = await a_project(store), await a_member(store)
    await put(store, project, "a.md", Passport(owner_id=anya.id), title="Мой")
    await put(store, project, "b.md", Passport(valid_until=TODAY - timedelta(1)), title="Старый")
    await put(store, project, "c.pdf", Passport(flags=(DocumentFlag.HIDDEN_TEXT,)), title="Скрытный")
    assert (await page(store, project)).counts == {Shelf.ALL: 3, Shelf.MINE: 0, Shelf.STALE: 1, Shelf.FLAGGED: 1}
    for shelf, title in {Shelf.MINE: "Мой", Shelf.STALE: "Старый", Shelf.FLAGGED: "Скрытный"}.items():
        assert titles(await page(store, project, shelf=shelf, reader=anya.id)) == [title]
    narrowed = await page(store, project, "старый", Shelf.MINE, anya.id)
    assert (titles(narrowed), narrowed.counts[Shelf.STALE], narrowed.counts[Shelf.MINE]) == ([], 1, 0)


async def test_what_sql_calls_stale_is_what_a_passport_says(store: Store) -> None:
    project = await a_project(store)
    for name, (passport, expected) in PASSPORTS.items():
        assert standing(passport, NOW) is expected, name
        await put(store, project, name, passport, title=name)
    found = await page(store, project, shelf=Shelf.STALE, where=(0, 50))
    assert titles(found) == sorted(name for name, (_, expected) in PASSPORTS.items() if expected in STALE)


async def test_the_stale_of_all_projects_expired_first(store: Store) -> None:
    project, other = await a_project(store), await a_project(store)
    async with store.reading() as tx:
        before = await tx.catalogue.count_stale(NOW)
    await put(store, project, "a", Passport(refresh_days=1, added_at=NOW - timedelta(9)), title="\u0001 a")
    await put(store, other, "b", Passport(valid_until=TODAY - timedelta(1)), title="\u0001 b")
    async with store.reading() as tx:
        assert await tx.catalogue.count_stale(NOW) == before + 2
        everything = [entry.document.title for entry in await tx.catalogue.stale(NOW, 1000)]
        assert len(await tx.catalogue.stale(NOW, 1)) == 1
    assert everything.index("\u0001 b") < everything.index("\u0001 a")


async def test_only_what_is_given_changes_in_a_passport(store: Store) -> None:
    project = await a_project(store)
    known = await put(store, project, "a.md", Passport(note="CC BY", valid_until=TODAY, added_at=NOW))
    async with store.transaction() as tx:
        amended = await tx.catalogue.amend(known.id, {PassportField.REFRESH_DAYS: 90}, NOW + timedelta(1))
        assert amended is not None
        assert amended.passport == replace(known.passport, refresh_days=90, checked_at=NOW.astimezone(UTC))
        cleared = await tx.catalogue.amend(known.id, {PassportField.NOTE: None, PassportField.VALID_UNTIL: None}, NOW)
        assert cleared is not None
        assert (cleared.passport.note, cleared.passport.valid_until, cleared.version) == (None, None, known.version)
        assert await tx.catalogue.amend(known.id + 999, {PassportField.NOTE: "x"}, NOW) is None
    never_seen = await put(store, project, "b.md")
    async with store.transaction() as tx:
        begun = await tx.catalogue.amend(never_seen.id, {PassportField.REFRESH_DAYS: 7}, NOW)
        assert begun is not None
        assert standing(begun.passport, NOW) is Standing.HOLDS
        assert standing(begun.passport, NOW + timedelta(7)) is Standing.DUE


async def test_what_still_holds_is_due_later(store: Store) -> None:
    project = await a_project(store)
    known = await put(store, project, "a.md", Passport(refresh_days=7, checked_at=NOW - timedelta(8)))
    async with store.transaction() as tx:
        confirmed = await tx.catalogue.confirm(known.id, NOW)
        assert confirmed is not None
        assert confirmed.passport.checked_at == NOW
        assert await tx.documents.get(known.id) == await tx.catalogue.lock(known.id) == confirmed
        assert await tx.catalogue.passages_in(known.id) == 2
        assert await tx.catalogue.confirm(known.id + 999, NOW) is None
        assert await tx.documents.get(known.id + 999) is None
    assert (await page(store, project)).counts[Shelf.STALE] == 0


async def test_passages_are_found_by_id_while_their_document_holds(store: Store) -> None:
    project, day = await a_project(store), timedelta(days=1)
    today = datetime.now(UTC).date()
    periods = {
        "open": (None, None),
        "today": (today, today),
        "coming": (today + day, None),
        "over": (None, today - day),
    }
    ids = {}
    for name, (since, until) in periods.items():
        document = await put(store, project, name, Passport(valid_from=since, valid_until=until))
        ids[f"{document.id}:1:0"] = name
    async with store.reading() as tx:
        assert [ids[passage.id] for passage in await tx.documents.passages(list(ids))] == ["open", "today"]
        assert await tx.documents.count_passages(project.id) == 8, "vectors and words are kept: they may hold again"
