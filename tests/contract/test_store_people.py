"""Members, projects, chats: the same behaviour on both engines."""

import asyncio
from dataclasses import replace

import pytest

from services.domain.chat import ChatKind
from services.domain.language import Language
from services.domain.member import MemberStatus, Role, StreamTransport
from services.domain.project import BrandProfile
from services.store.ports import Store
from tests.store_rows import a_member, a_project


async def test_a_member_is_found_by_both_ids(store: Store) -> None:
    member = await a_member(store, role=Role.APPROVER)
    async with store.reading() as tx:
        assert await tx.members.get(member.id) == member
        assert await tx.members.by_telegram_id(member.telegram_id) == member
        assert await tx.members.get(member.id + 1) is None
        assert await tx.members.by_telegram_id(1) is None
    assert member.created_at.utcoffset() is not None
    assert member.stream_transport is StreamTransport.EDIT
    assert member.language is None


async def test_adding_a_known_person_returns_the_first_row_unchanged(store: Store) -> None:
    first = await a_member(store, role=Role.ADMIN)
    async with store.transaction() as tx:
        again = await tx.members.add(
            first.telegram_id, "Other name", None, role=Role.MEMBER, status=MemberStatus.REQUESTED
        )
    assert again == first


async def test_only_what_is_given_changes(store: Store) -> None:
    member = await a_member(store)
    async with store.transaction() as tx:
        changed = await tx.members.change(member.id, language=Language.RUSSIAN, stream_transport=StreamTransport.DRAFT)
        assert await tx.members.change(member.id) == changed
    assert changed == replace(member, language=Language.RUSSIAN, stream_transport=StreamTransport.DRAFT)


async def test_a_person_is_kept_as_telegram_shows_them_today(store: Store) -> None:
    member = await a_member(store)
    async with store.transaction() as tx:
        seen = await tx.members.seen(member.id, "Вера П.", None, Language.ENGLISH)
    assert seen == replace(member, name="Вера П.", username=None, client_language=Language.ENGLISH)
    async with store.reading() as tx:
        assert await tx.members.get(member.id) == seen


async def test_changing_nobody_is_an_error(store: Store) -> None:
    with pytest.raises(LookupError):
        async with store.transaction() as tx:
            await tx.members.change(404, role=Role.ADMIN)
    with pytest.raises(LookupError):
        async with store.transaction() as tx:
            await tx.members.seen(404, "Nobody", None, None)


async def test_of_many_admins_one_settles_a_request(store: Store) -> None:
    member = await a_member(store, status=MemberStatus.REQUESTED)

    async def settle(status: MemberStatus) -> bool:
        async with store.transaction() as tx:
            return await tx.members.settle_request(member.id, status) is not None

    verdicts = [MemberStatus.ACTIVE, MemberStatus.BLOCKED] * 5
    settled = await asyncio.gather(*(settle(status) for status in verdicts))
    assert settled.count(True) == 1
    async with store.reading() as tx:
        row = await tx.members.get(member.id)
    assert row is not None
    assert row.status is verdicts[settled.index(True)]


async def test_members_are_listed_by_status_and_role(store: Store) -> None:
    admin = await a_member(store, role=Role.ADMIN)
    waiting = await a_member(store, status=MemberStatus.REQUESTED)
    async with store.reading() as tx:
        assert list(await tx.members.list()) == [admin, waiting]
        assert list(await tx.members.list(status=MemberStatus.REQUESTED)) == [waiting]
        assert list(await tx.members.list(status=MemberStatus.ACTIVE, role=Role.ADMIN)) == [admin]
        assert list(await tx.members.list(role=Role.APPROVER)) == []


async def test_a_project_is_made_once_and_brought_up_to_date(store: Store) -> None:
    profile = BrandProfile("Чай", ("тихо", "просто"), {Language.RUSSIAN: ("дёшево",), Language.ENGLISH: ("cheap",)})
    async with store.transaction() as tx:
        made = await tx.projects.ensure("tea", "Tea", BrandProfile())
        updated = await tx.projects.ensure("tea", "Quiet Tea", profile)
    assert updated.id == made.id
    async with store.reading() as tx:
        assert await tx.projects.by_slug("tea") == updated
        assert await tx.projects.get(made.id) == updated
        assert await tx.projects.by_slug("coffee") is None
        assert await tx.projects.get(made.id + 1) is None
        assert list(await tx.projects.list()) == [updated]
    assert (updated.name, updated.profile) == ("Quiet Tea", profile)


async def test_a_known_chat_keeps_its_project_and_takes_the_new_title(store: Store) -> None:
    first, second = await a_project(store), await a_project(store)
    chat_id = -1_002_345_678_901
    async with store.transaction() as tx:
        await tx.chats.ensure(chat_id, ChatKind.GROUP, "Команда", first.id)
        again = await tx.chats.ensure(chat_id, ChatKind.SUPERGROUP, "Команда мечты", second.id)
        assert (again.kind, again.title, again.project_id) == (ChatKind.SUPERGROUP, "Команда мечты", first.id)
        bound = await tx.chats.bind_project(chat_id, second.id)
    async with store.reading() as tx:
        assert await tx.chats.get(chat_id) == bound == replace(again, project_id=second.id)
        assert await tx.chats.get(1) is None


async def test_binding_an_unknown_chat_is_an_error(store: Store) -> None:
    project = await a_project(store)
    with pytest.raises(LookupError):
        async with store.transaction() as tx:
            await tx.chats.bind_project(404, project.id)
