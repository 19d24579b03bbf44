"""An edited message begins the work anew: once, in time, and without losing what was there."""

from datetime import UTC, datetime, timedelta

import pytest

from services.assistant.rerun_edited_brief import EDITABLE_FOR, Edit, RerunEditedBrief
from services.assistant.stop_generation import StopGeneration
from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.errors import BriefTooLong
from services.domain.generation import Generation, GenerationState
from services.domain.language import Language
from services.domain.member import Member
from services.store.ports import Store
from tests.unit.services.assistant.conftest import Team

SENT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BRIEF = 10


async def no_sleep(seconds: float) -> None:
    """The placeholder is looked for at once."""


class Desk:
    def __init__(self, team: Team) -> None:
        self.team = team
        self.rerun = RerunEditedBrief(team.store, team.runner, no_sleep)

    async def edits(
        self,
        text: str,
        *,
        after: float = 60,
        member: Member | None = None,
        message_id: int = BRIEF,
        task: Task = Task.IDEA,
        material: str | None = None,
    ) -> Generation | None:
        edit = Edit(text, material, SENT, SENT + timedelta(seconds=after))
        place = ChatAddress(self.team.chat.id, None, message_id)
        return await self.rerun(member or self.team.writer, place, edit, task=task, language=Language.RUSSIAN)

    async def attempts(self) -> list[Generation]:
        async with self.team.store.reading() as tx:
            brief = await tx.briefs.carried_by(Task.IDEA, self.team.chat.id, BRIEF)
            assert brief is not None
            return list(await tx.generations.attempts(brief.id))

    async def former_texts(self) -> list[str]:
        async with self.team.store.reading() as tx:
            brief = await tx.briefs.carried_by(Task.IDEA, self.team.chat.id, BRIEF)
            assert brief is not None
            return [revision.text for revision in await tx.briefs.revisions(brief.id)]


@pytest.fixture
def desk(team: Team) -> Desk:
    return Desk(team)


async def claim(store: Store, generation: Generation, placeholder: ChatAddress | None) -> None:
    now = datetime.now(UTC)
    async with store.transaction() as tx:
        claimed = await tx.generations.claim(generation.id, "test", now + timedelta(minutes=1), now)
        assert claimed is not None
        if placeholder is not None:
            assert await tx.generations.set_placeholder(generation.id, claimed.lease_token, placeholder)


async def test_new_words_make_a_new_attempt_in_the_same_message(desk: Desk) -> None:
    first = await desk.team.has_draft(BRIEF)
    fresh = await desk.edits("слоган к зиме")
    assert fresh is not None
    assert (fresh.number, fresh.parent_id, fresh.brief_revision) == (2, None, 2)
    shown = await desk.team.reload(first)
    assert fresh.placeholder == shown.placeholder is not None
    assert shown.state is GenerationState.IN_REVIEW, "it stays until the new one is there"
    assert await desk.former_texts() == ["слоган к осени"]
    assert desk.team.runner.woken[-1] == fresh.id


async def test_a_running_attempt_ends_silently(desk: Desk) -> None:
    running = await desk.team.asks(BRIEF)
    placeholder = ChatAddress(desk.team.chat.id, None, 1010)
    await claim(desk.team.store, running, placeholder)
    fresh = await desk.edits("слоган к зиме")
    assert fresh is not None
    assert fresh.placeholder == placeholder
    assert (await desk.team.reload(running)).state is GenerationState.SUPERSEDED
    assert desk.team.runner.stopped == [running.id]


async def test_a_placeholder_on_its_way_is_waited_for(desk: Desk) -> None:
    running = await desk.team.asks(BRIEF)
    await claim(desk.team.store, running, None)
    placeholder = ChatAddress(desk.team.chat.id, None, 1010)

    async def it_appears(seconds: float) -> None:
        async with desk.team.store.transaction() as tx:
            await tx.generations.set_placeholder(running.id, 1, placeholder)

    desk.rerun = RerunEditedBrief(desk.team.store, desk.team.runner, it_appears)
    fresh = await desk.edits("слоган к зиме")
    assert fresh is not None
    assert fresh.placeholder == placeholder


async def test_a_stopped_attempt_cannot_be_retried_at_a_text_that_is_gone(desk: Desk) -> None:
    running = await desk.team.asks(BRIEF)
    place = ChatAddress(desk.team.chat.id, None, 1010)
    await StopGeneration(desk.team.store, desk.team.runner)(desk.team.writer, running.id, place)
    assert await desk.edits("слоган к зиме") is not None
    assert (await desk.team.reload(running)).state is GenerationState.SUPERSEDED


@pytest.mark.parametrize("text", ["слоган к осени", "  слоган к осени \u200b", "", "…"])
async def test_the_same_words_or_none_change_nothing(desk: Desk, text: str) -> None:
    await desk.team.has_draft(BRIEF)
    assert await desk.edits(text) is None
    assert len(await desk.attempts()) == 1


async def test_an_old_edit_is_a_mended_spelling(desk: Desk) -> None:
    await desk.team.has_draft(BRIEF)
    assert await desk.edits("слоган к зиме", after=EDITABLE_FOR.total_seconds() + 1) is None
    assert await desk.edits("слоган к зиме", after=EDITABLE_FOR.total_seconds()) is not None


async def test_other_messages_tasks_and_people_have_no_say(desk: Desk) -> None:
    await desk.team.has_draft(BRIEF)
    assert await desk.edits("слоган к зиме", message_id=11) is None
    assert await desk.edits("слоган к зиме", task=Task.ASK) is None
    assert await desk.edits("слоган к зиме", member=desk.team.approver) is None


async def test_what_is_approved_stays(desk: Desk) -> None:
    first = await desk.team.has_draft(BRIEF)
    async with desk.team.store.transaction() as tx:
        await tx.generations.transition(first.id, expected_version=first.version, to=GenerationState.APPROVED)
    assert await desk.edits("слоган к зиме") is None
    assert await desk.former_texts() == []


async def test_updates_that_come_again_after_a_crash_change_nothing(desk: Desk) -> None:
    await desk.team.has_draft(BRIEF)
    assert await desk.edits("к зиме", after=5) is not None
    assert await desk.edits("к весне", after=5) is not None
    assert await desk.edits("к лету", after=9) is not None
    for text, after in (("к зиме", 5), ("к весне", 5), ("к лету", 9)):
        assert await desk.edits(text, after=after) is None
    assert len(await desk.attempts()) == 4
    assert await desk.edits("к зиме", after=10) is not None, "the person went back to it"


async def test_material_and_language_follow_the_edit(desk: Desk) -> None:
    await desk.team.has_draft(BRIEF)
    fresh = await desk.edits("a slogan for winter", material="a client's mail")
    assert fresh is not None
    async with desk.team.store.reading() as tx:
        brief = await tx.briefs.get(fresh.brief_id)
    assert brief is not None
    assert (brief.language, brief.material, brief.revision) == (Language.ENGLISH, "a client's mail", 2)


async def test_a_text_that_became_too_long_is_said(desk: Desk) -> None:
    await desk.team.has_draft(BRIEF)
    with pytest.raises(BriefTooLong):
        await desk.edits("я" * 10_000)
