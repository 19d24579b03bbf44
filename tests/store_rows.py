"""Rows that tests of the store begin with. Each call makes its own."""

from datetime import UTC, datetime
from itertools import count

from services.domain.brief import Brief, Task
from services.domain.chat import ChatAddress
from services.domain.generation import Generation
from services.domain.knowledge import Document, Hit, Passage
from services.domain.language import Language
from services.domain.member import Member, MemberStatus, Role
from services.domain.project import BrandProfile, Project
from services.store.ports import Store

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
numbers = count(1_000_000_001)  # beyond 32 bits after a few more: Telegram's ids are


async def a_member(store: Store, *, role: Role = Role.MEMBER, status: MemberStatus = MemberStatus.ACTIVE) -> Member:
    async with store.transaction() as tx:
        return await tx.members.add(next(numbers) * 7, "Вера", "vera", role=role, status=status)


async def a_project(store: Store) -> Project:
    async with store.transaction() as tx:
        return await tx.projects.ensure(f"brand-{next(numbers)}", "Brand", BrandProfile())


async def a_brief(store: Store, *, member: Member | None = None, chat_id: int | None = None) -> Brief:
    member, project = member or await a_member(store), await a_project(store)
    address = ChatAddress(chat_id or -next(numbers) * 1000, None, next(numbers))
    async with store.transaction() as tx:
        brief, _ = await tx.briefs.add(
            Task.IDEA, address, project_id=project.id, member_id=member.id, text="чай", language=Language.RUSSIAN
        )
        return brief


async def an_attempt(store: Store, brief: Brief | None = None) -> Generation:
    brief = brief or await a_brief(store)
    async with store.transaction() as tx:
        return await tx.generations.add(brief.id, brief.member_id)


def a_document(project: Project, source: str = "brand-book.md", content_hash: str = "0" * 64) -> Document:
    return Document(0, project.id, source, "Brand book", "markdown", Language.ENGLISH, content_hash)


def passages_of(texts: list[str]) -> list[Passage]:
    """As a splitter gives them: what belongs to the document is not known yet."""
    return [
        Passage(
            id="",
            document_id=0,
            project_id=0,
            position=position,
            section=f"Voice › {position}",
            text=text,
            language=Language.ENGLISH,
            start=position * 100,
            end=position * 100 + len(text),
            title="",
            source="",
        )
        for position, text in enumerate(texts)
    ]


def a_hit(passage: Passage, score: float = 0.5) -> Hit:
    return Hit(passage, score, {"keyword": 1, "dense": 4})
