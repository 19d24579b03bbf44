"""A small team with one brand, in a real database."""

from dataclasses import dataclass

import pytest

from services.assistant.start_generation import StartGeneration
from services.domain.brief import Task
from services.domain.chat import Chat, ChatAddress, ChatKind
from services.domain.generation import Generation, GenerationState
from services.domain.idea import Draft, Idea
from services.domain.language import Language
from services.domain.member import Member, MemberStatus, Role
from services.domain.project import BrandProfile, Project
from services.domain.usage import Usage
from services.store.ports import Store
from tests.fakes.clock import ManualClock
from tests.fakes.job_queue import RecordingJobQueue
from tests.fakes.runner import RecordingRunner

IDEAS = Draft(ideas=(Idea("Тихая полка", "Полка, с которой ничего не надо брать.", "Пауза", (1,)),))


@dataclass
class Team:
    store: Store
    project: Project
    admin: Member
    approver: Member
    writer: Member
    chat: Chat
    """The writer's private chat."""
    group: Chat
    runner: RecordingRunner
    jobs: RecordingJobQueue
    clock: ManualClock

    async def asks(self, message_id: int = 10, text: str = "слоган к осени", chat: Chat | None = None) -> Generation:
        start = StartGeneration(self.store, self.runner)
        place = chat or self.chat
        address = ChatAddress(place.id, None, message_id)
        return await start(self.writer, place, address, text, task=Task.IDEA, language=Language.RUSSIAN)

    async def has_draft(self, message_id: int = 10, chat: Chat | None = None) -> Generation:
        """An attempt in review, shown in the message after the brief."""
        return await self.writes(await self.asks(message_id, chat=chat), message_id + 1000)

    async def writes(
        self,
        generation: Generation,
        shown_in: int,
        draft: Draft = IDEAS,
        state: GenerationState = GenerationState.IN_REVIEW,
    ) -> Generation:
        now = self.clock.now()
        async with self.store.transaction() as tx:
            claimed = await tx.generations.claim(generation.id, "test", now, now)
            assert claimed is not None
            brief = await tx.briefs.get(claimed.brief_id)
            assert brief is not None
            await tx.generations.set_placeholder(claimed.id, claimed.lease_token, brief.address.at(shown_in))
            done = await tx.generations.finish(
                claimed.id, claimed.lease_token, state, draft=draft, usage=Usage(10, 0, 20), now=now
            )
            assert done is not None
        return done

    async def reload(self, generation: Generation) -> Generation:
        async with self.store.reading() as tx:
            found = await tx.generations.get(generation.id)
        assert found is not None
        return found


@pytest.fixture
async def team(store: Store) -> Team:
    return await make_team(store)


async def make_team(store: Store) -> Team:
    async with store.transaction() as tx:
        project = await tx.projects.ensure("quiet-hour", "Quiet Hour", BrandProfile("tea", ("quietly",)))
        active = MemberStatus.ACTIVE
        admin = await tx.members.add(1, "Марина", None, role=Role.ADMIN, status=active)
        approver = await tx.members.add(2, "Lev", "lev", role=Role.APPROVER, status=active)
        writer = await tx.members.add(3, "Аня", "anya", role=Role.MEMBER, status=active)
        chat = await tx.chats.ensure(3, ChatKind.PRIVATE, "Аня", project.id)
        group = await tx.chats.ensure(-100, ChatKind.SUPERGROUP, "Команда", project.id)
    return Team(
        store, project, admin, approver, writer, chat, group, RecordingRunner(), RecordingJobQueue(), ManualClock()
    )
