"""From the file to passages that are found: what is learned, told, tried again and cleared away."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from services.assistant.knowledge.advance_learning import MOST_TRIES
from services.assistant.knowledge.follow_vectors import PATIENCE
from services.assistant.knowledge.replace_document import Replacement
from services.domain.errors import (
    DocumentProtected,
    LinkFailed,
    NotAllowed,
    StaleAction,
    TelegramFilesUnavailable,
)
from services.domain.failpoint import FailPoint, arm
from services.domain.learning import LearningKind, LearningState, NewLearning
from services.domain.member import Role
from services.domain.passport import DocumentOrigin
from services.store.sql_store import SqlStore
from tests.contract.lesson_rows import a_file
from tests.store_rows import a_member
from tests.unit.services.assistant.knowledge.classroom import SHEET, TEA, Classroom

S = LearningState
FILE = a_file(1, file_name="чай.md", note="меню")
OTHER = a_file(2, file_name="сорта.md")


@pytest.fixture
def room(sqlite_store: SqlStore, tmp_path: Path) -> Classroom:
    made = Classroom(sqlite_store, tmp_path / "bench")
    made.sent.contents = {FILE.place: TEA, OTHER.place: SHEET}
    return made


async def test_a_file_is_fetched_read_and_gets_its_vectors(room: Classroom) -> None:
    lesson = await room.goes_on(await room.a_lesson(FILE))
    (learning,) = lesson.learnings
    assert (learning.state, learning.total, learning.file_key) == (S.READ, 1, f"documents/{learning.id}/file.md")
    await room.follow()
    assert (await room.now(lesson)).learnings[0].state is S.READ
    await room.ingestion.embed_pending(room.project_id)
    await room.follow()
    done = (await room.now(lesson)).learnings[0]
    assert (done.state, done.done, done.total) == (S.DONE, 1, 1)
    document = await room.document("uploads/чай.md")
    assert document is not None
    passport = document.passport
    assert (passport.origin, passport.owner_id, passport.note) == (DocumentOrigin.UPLOAD, lesson.member_id, "меню")
    assert (passport.file_key, passport.size_bytes) == (learning.file_key, len(TEA.encode()))
    assert len(passport.file_hash or "") == 64
    assert os.listdir(room.bench) == []  # noqa: PTH208 - a name is enough
    assert {name for name, _ in room.jobs.enqueued} == {"embed_passages"}


async def test_without_vectors_it_is_done_when_it_is_cut(sqlite_store: SqlStore, tmp_path: Path) -> None:
    room = Classroom(sqlite_store, tmp_path, with_vectors=False)
    room.sent.contents = {FILE.place: TEA}
    lesson = await room.goes_on(await room.a_lesson(FILE))
    await room.follow()
    assert [(each.state, each.done, each.total) for each in (await room.now(lesson)).learnings] == [(S.DONE, 1, 1)]


async def test_a_model_that_is_away_does_not_hold_it_up_for_ever(room: Classroom) -> None:
    lesson = await room.goes_on(await room.a_lesson(FILE))
    await room.follow()
    room.clock.advance(seconds=PATIENCE.total_seconds())
    await room.follow()
    assert (await room.now(lesson)).learnings[0].state is S.READ
    room.clock.advance(seconds=1)
    await room.follow()
    learning = (await room.now(lesson)).learnings[0]
    assert (learning.state, learning.done, learning.total) == (S.DONE, 0, 1)


async def test_what_is_there_already_is_told_and_its_original_goes(room: Classroom) -> None:
    await room.goes_on(await room.a_lesson(FILE))
    again, renamed = a_file(1, file_name="чай.md", place="again"), a_file(2, file_name="другой.md", place="renamed")
    room.sent.contents |= {"again": TEA, "renamed": TEA}
    lesson = await room.goes_on(await room.a_lesson(again, renamed))
    assert [each.state for each in lesson.learnings] == [S.UNCHANGED, S.UNCHANGED]
    assert lesson.learnings[1].notes == ("same:Чай",)
    assert len(await room.kept()) == 3
    await room.clear()
    assert await room.kept() == ["documents/1/file.md"]
    assert await room.document("uploads/чай.md") is not None


async def test_an_archive_is_as_many_documents_as_it_holds(room: Classroom) -> None:
    room.sent.contents["zip"] = f"{TEA}===\n# Кофе\n\nФильтр варится четыре минуты.\n"
    lesson = await room.goes_on(await room.a_lesson(a_file(1, place="zip", file_name="всё.zip")))
    assert len(lesson.learnings[0].document_ids) == 2
    assert await room.document("uploads/всё.zip/0.md") is not None
    assert await room.document("uploads/всё.zip/1.md") is not None


async def test_a_run_that_died_after_the_commit_is_told_as_new(room: Classroom) -> None:
    """Its documents are there already, and they are its own."""
    lesson = await room.a_lesson(FILE)
    await room.advance(lesson.learnings[0].id)
    (fetched,) = (await room.now(lesson)).learnings
    arm(FailPoint.LEARNING_READ, may_die=_dies)
    with pytest.raises(ZeroDivisionError):
        await room.read(fetched)
    assert (await room.goes_on(lesson)).learnings[0].state is S.READ


async def test_trouble_that_passes_is_waited_for_and_bounded(room: Classroom) -> None:
    lesson = await room.a_lesson(FILE)
    room.sent.trouble = [TelegramFilesUnavailable("away") for _ in range(MOST_TRIES)]
    (number,) = [each.id for each in lesson.learnings]
    for tried in range(1, MOST_TRIES):
        await room.advance(number)
        learning = (await room.now(lesson)).learnings[0]
        assert (learning.state, learning.tries) == (S.RECEIVED, tried)
        assert learning.start_at is not None
        assert learning.start_at > room.clock.now()
    await room.advance(number)
    failed = (await room.now(lesson)).learnings[0]
    assert (failed.state, failed.error_code) == (S.FAILED, "telegram_files_unavailable")
    await room.retry(await room.member_of(lesson), lesson.id)
    assert (await room.goes_on(lesson)).learnings[0].state is S.READ


async def test_processes_that_die_again_and_again_end_in_a_failure(room: Classroom) -> None:
    lesson = await room.a_lesson(FILE)
    await room.advance(lesson.learnings[0].id)
    async with room.store.transaction() as tx:
        for _ in range(MOST_TRIES):
            await tx.lessons.begin(lesson.learnings[0].id, S.FETCHED)
    learning = (await room.goes_on(lesson, steps=1)).learnings[0]
    assert (learning.state, learning.error_code) == (S.FAILED, "document_too_heavy")
    assert learning.error_facts == {"name": "чай.md"}


async def test_one_that_is_refused_does_not_hold_the_others(room: Classroom) -> None:
    room.sent.contents[OTHER.place] = DocumentProtected(name="сорта.md")
    lesson = await room.goes_on(await room.a_lesson(FILE, OTHER))
    assert [each.state for each in lesson.learnings] == [S.READ, S.FAILED]
    with pytest.raises(StaleAction):  # the same file would be refused the same way
        await room.retry(await room.member_of(lesson), lesson.id)


async def test_a_page_that_did_not_come_may_come_the_next_time(room: Classroom) -> None:
    link = NewLearning(0, LearningKind.LINK, "https://tea.example/a", "tea.example/a")
    room.sent.contents[link.place] = LinkFailed(address="tea.example", why="503")
    lesson = await room.goes_on(await room.a_lesson(link))
    room.sent.contents[link.place] = TEA
    await room.retry(await room.member_of(lesson), lesson.id)
    assert (await room.goes_on(lesson)).learnings[0].state is S.READ
    document = await room.document("https://tea.example/a")
    assert document is not None
    assert (document.passport.origin, document.passport.url) == (DocumentOrigin.LINK, link.place)


async def test_cancelled_before_it_is_read_leaves_nothing(room: Classroom) -> None:
    lesson = await room.a_lesson(FILE, OTHER)
    await room.advance(lesson.learnings[0].id)
    await room.cancel(await room.member_of(lesson), lesson.id)
    assert [each.state for each in (await room.goes_on(lesson)).learnings] == [S.CANCELLED, S.CANCELLED]
    assert len(await room.kept()) == 1
    await room.clear()
    assert await room.kept() == []
    with pytest.raises(StaleAction):
        await room.cancel(await room.member_of(lesson), lesson.id)


async def test_cancelled_in_the_middle_of_an_archive_its_documents_go(room: Classroom) -> None:
    room.sent.contents["zip"] = f"{TEA}===\n{SHEET}"
    lesson = await room.a_lesson(a_file(1, place="zip", file_name="всё.zip"))
    await room.advance(lesson.learnings[0].id)
    learn = room.ingestion.learn

    async def cancelled_meanwhile(*given: object, **more: object) -> object:
        outcome = await learn(*given, **more)  # type: ignore[arg-type]
        await room.cancel(await room.member_of(lesson), lesson.id)
        return outcome

    room.ingestion.learn = cancelled_meanwhile  # type: ignore[method-assign,assignment]
    assert (await room.goes_on(lesson)).learnings[0].state is S.CANCELLED
    assert await room.document("uploads/всё.zip/0.md") is not None
    assert await room.document("uploads/всё.zip/1.md") is None
    await room.clear()
    assert await room.document("uploads/всё.zip/0.md") is None
    assert await room.kept() == []


async def test_nobody_replaces_what_is_anothers_by_a_name(room: Classroom) -> None:
    await room.goes_on(await room.a_lesson(FILE))
    mine, text = replace(FILE, place="mine"), "# Чай\n\nДругой текст совсем о другом.\n"
    versions = []
    for member, source in (
        (await a_member(room.store), "uploads/{}/чай.md"),
        (await a_member(room.store, role=Role.ADMIN), "uploads/чай.md"),
    ):
        text = room.sent.contents["mine"] = f"{text}И ещё строка.\n"
        lesson = await room.goes_on(await room.a_lesson(mine, member=member))
        document = await room.document(source.format(member.id))
        assert document is not None
        assert document.passport.file_key == lesson.learnings[0].file_key
        versions.append(document.version)
    assert versions == [1, 2]


async def test_the_next_version_takes_the_place_of_the_document_it_is_for(room: Classroom) -> None:
    await room.goes_on(await room.a_lesson(FILE))
    former = await room.document("uploads/чай.md")
    assert former is not None
    key = str(Replacement(former.id, "message:1:2"))
    lesson = await room.goes_on(await room.a_lesson(OTHER, key=key))
    document = await room.document("uploads/чай.md")
    assert document is not None
    assert (document.id, document.version) == (former.id, 2)
    assert document.passport.owner_id == former.passport.owner_id != lesson.member_id


async def test_an_offer_is_taken_up_by_its_button_or_a_command_once(room: Classroom) -> None:
    member = await a_member(room.store)
    new = await room.new_lesson(member, "album:1:2")
    program = a_file(9, file_name="setup.exe")
    assert await room.offer(member, new, [program]) is None
    offered = await room.offer(member, new, [FILE, program])
    assert offered is not None
    assert not await room.join(member, new.key, [OTHER])
    other = await a_member(room.store)
    with pytest.raises(NotAllowed):
        await room.accept(other, offered.id)
    command = replace(new, key="message:1:3")
    started = [await room.start(member, command, [replace(FILE, note="весна")], new.key) for _ in range(2)]
    assert {lesson.id for lesson in started} == {offered.id}
    assert [(each.file_name, each.state, each.note) for each in started[1].learnings] == [
        ("чай.md", S.RECEIVED, "весна")
    ]
    with pytest.raises(StaleAction):
        await room.accept(member, offered.id)
    assert not await room.join(other, command.key, [OTHER])
    assert await room.join(member, command.key, [OTHER])
    assert [each.state for each in (await room.now(offered)).learnings] == [S.RECEIVED, S.RECEIVED]


def _dies() -> bool:
    raise ZeroDivisionError
