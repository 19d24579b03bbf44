"""Lessons: what belongs together, what changes it, what is to be done and drawn."""

import asyncio
from datetime import UTC, datetime, timedelta

from services.domain.chat import ChatAddress
from services.domain.learning import LearningKind, LearningState, NewLearning
from services.store.ports import Store
from tests.contract.lesson_rows import a_file, a_lesson, new_lesson
from tests.store_rows import NOW

S = LearningState


async def test_messages_of_an_album_that_come_together_are_one_lesson(store: Store) -> None:
    new = await new_lesson(store)

    async def arrive(position: int) -> tuple[int, int]:
        async with store.transaction() as tx:
            lesson = await tx.lessons.open(new)
            return lesson.id, await tx.lessons.add(lesson.id, [a_file(position)], S.OFFERED)

    arrived = await asyncio.gather(*(arrive(position) for position in (3, 1, 2, 3, 1)))
    assert len({lesson_id for lesson_id, _ in arrived}) == 1
    assert sum(added for _, added in arrived) == 3
    async with store.reading() as tx:
        lesson = await tx.lessons.by_key(new.key)
    assert lesson is not None
    assert [learning.position for learning in lesson.learnings] == [1, 2, 3]
    assert lesson.is_offered
    assert not lesson.is_at_work


async def test_everything_known_of_it_is_kept(store: Store) -> None:
    link = NewLearning(0, LearningKind.LINK, "https://example.com/чай", "example.com/чай", None, "лицензия CC-BY")
    lesson = await a_lesson(store, link, a_file(4, size_bytes=3_000_000_000))
    first, second = lesson.learnings
    assert (first.kind, first.place, first.file_name, first.note) == (link.kind, link.place, link.file_name, link.note)
    assert (second.size_bytes, second.state, second.tries, second.document_ids) == (3_000_000_000, S.RECEIVED, 0, ())
    assert (lesson.version, lesson.shown_version, lesson.screen) == (2, 0, None)
    async with store.transaction() as tx:
        changed = await tx.lessons.advance(
            first.id,
            S.RECEIVED,
            S.FAILED,
            error_code="link_failed",
            error_facts={"why": "timeout"},
            notes=("near:Чай",),
        )
    assert changed is not None
    assert changed.finished_at is not None
    async with store.reading() as tx:
        assert await tx.lessons.learning(first.id) == changed
        again = await tx.lessons.get(lesson.id)
        assert await tx.lessons.learning(second.id + 1) is None
    assert (changed.error_code, changed.error_facts, changed.notes) == (
        "link_failed",
        {"why": "timeout"},
        ("near:Чай",),
    )
    assert again is not None
    assert again.version == 3


async def test_only_the_first_of_two_changes_is_made(store: Store) -> None:
    lesson = await a_lesson(store)
    (learning,) = lesson.learnings
    async with store.transaction() as tx:
        assert await tx.lessons.begin(learning.id, S.RECEIVED) == 1
        assert await tx.lessons.begin(learning.id, S.RECEIVED) == 2
        assert await tx.lessons.begin(learning.id, S.FETCHED) is None
        fetched = await tx.lessons.advance(learning.id, S.RECEIVED, S.FETCHED, file_key="documents/1/a.pdf")
        assert await tx.lessons.advance(learning.id, S.RECEIVED, S.FAILED) is None
    assert fetched is not None
    assert (fetched.tries, fetched.file_key) == (0, "documents/1/a.pdf")


async def test_what_is_to_be_done_is_due_and_of_these_states(store: Store) -> None:
    lesson = await a_lesson(store, a_file(1), a_file(2), a_file(3))
    now, later, other = lesson.learnings
    await a_lesson(store, state=S.OFFERED)
    async with store.transaction() as tx:
        await tx.lessons.advance(later.id, S.RECEIVED, S.RECEIVED, start_at=NOW + timedelta(seconds=5))
        await tx.lessons.advance(other.id, S.RECEIVED, S.FETCHED)
    async with store.reading() as tx:
        assert [each.id for each in await tx.lessons.to_do({S.RECEIVED}, NOW)] == [now.id]
        soon = await tx.lessons.to_do({S.RECEIVED, S.FETCHED}, NOW + timedelta(seconds=5))
    assert [each.id for each in soon] == [now.id, later.id, other.id]


async def test_all_of_a_lesson_that_can_be_cancelled_is(store: Store) -> None:
    lesson = await a_lesson(store, a_file(1), a_file(2), a_file(3))
    first, second, third = lesson.learnings
    async with store.transaction() as tx:
        await tx.lessons.advance(first.id, S.RECEIVED, S.DONE)
        await tx.lessons.advance(second.id, S.RECEIVED, S.FETCHED, file_key="documents/2/b.pdf")
        moved = await tx.lessons.move(lesson.id, {S.RECEIVED, S.FETCHED}, S.CANCELLED)
        assert list(moved) == [second.id, third.id]
        assert list(await tx.lessons.move(lesson.id, {S.RECEIVED}, S.CANCELLED)) == []
        soon = datetime.now(UTC) + timedelta(minutes=1)
        assert [each.id for each in await tx.lessons.not_wanted(soon)] == [second.id]
        assert list(await tx.lessons.not_wanted(soon - timedelta(minutes=2))) == []
        await tx.lessons.forget_file(second.id)
        assert list(await tx.lessons.not_wanted(soon)) == []
        assert list(await tx.lessons.documents_of("documents/2/b.pdf")) == []


async def test_a_screen_follows_its_lesson(store: Store) -> None:
    lesson = await a_lesson(store)
    async with store.transaction() as tx:
        assert [each.id for each in await tx.lessons.behind()] == [lesson.id]
        assert await tx.lessons.place(lesson.id, 77)
        assert not await tx.lessons.place(lesson.id, 78)
        assert await tx.lessons.place(lesson.id, 79, instead_of=77)
        assert not await tx.lessons.shown(lesson.id, lesson.version - 1)
        assert await tx.lessons.shown(lesson.id, lesson.version)
        assert list(await tx.lessons.behind()) == []
        await tx.lessons.advance(lesson.learnings[0].id, S.RECEIVED, S.FETCHED)
        (behind,) = await tx.lessons.behind()
    assert behind.screen == lesson.address.at(79)


async def test_offers_that_nobody_wanted_go(store: Store) -> None:
    old = await a_lesson(store, state=S.OFFERED)
    wanted = await a_lesson(store)
    async with store.transaction() as tx:
        assert await tx.lessons.drop_offers(old.created_at) == 0
        assert await tx.lessons.drop_offers(wanted.created_at + timedelta(seconds=1)) == 1
        assert await tx.lessons.get(old.id) is None
        assert await tx.lessons.get(wanted.id) == wanted


async def test_a_lesson_goes_along_with_its_group(store: Store) -> None:
    address = ChatAddress(-100, None, 5)
    lesson = await a_lesson(store, address=address)
    async with store.transaction() as tx:
        await tx.lessons.place(lesson.id, 6)
        await tx.chats.move(-100, -1_000_100)
        moved = await tx.lessons.get(lesson.id)
    assert moved is not None
    assert (moved.address, moved.screen) == (ChatAddress(-1_000_100), None)
