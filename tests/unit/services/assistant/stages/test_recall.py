"""A brief that was answered before is answered with that draft: free of charge, marked, and where that is right."""

from datetime import UTC, datetime

import pytest

from services.assistant.regenerate_draft import RegenerateDraft
from services.assistant.start_generation import StartGeneration
from services.caching.alike_briefs import AlikeBriefs
from services.domain.brief import Task
from services.domain.budget import EVERY_ONE, Budget, BudgetKey, BudgetPeriod, BudgetScope
from services.domain.cached_draft import CacheKind
from services.domain.chat import ChatAddress
from services.domain.errors import ModelRefused, ModelUnavailable
from services.domain.generation import Generation, GenerationState
from services.domain.language import Language
from services.domain.member import Member
from services.domain.recording import NewRecording, RecordingKind
from services.domain.spending import Spent
from services.store.sql_store import SqlStore
from tests.fakes.chat_model import ScriptedChatModel, answer, failing
from tests.fakes.retrieval import HashingEmbedder
from tests.store_rows import a_document, passages_of
from tests.unit.services.assistant.conftest import Team, make_team
from tests.unit.services.assistant.workshop import IDEAS_JSON, Workshop, open_workshop

PRICE = 240
"""Of one answer of the scripted model, in micro-dollars."""
BRIEF, ALIKE, UNLIKE = "Три слогана для чая мамам", "Мне нужны три слогана для чая мамам", "Пять слоганов для чая мамам"
TEAM_DAY = BudgetKey(BudgetScope.TEAM, EVERY_ONE, BudgetPeriod.DAY)


class Desk:
    """People of one team ask, one after the other."""

    def __init__(self, team: Team, alike: AlikeBriefs) -> None:
        self.team = team
        self.model = ScriptedChatModel([answer(IDEAS_JSON)], repeat_last=True)
        self.alike = alike
        self._messages = 100

    @property
    def calls(self) -> int:
        return len(self.model.requests)

    def workshop(self) -> Workshop:
        return open_workshop(self.team, self.model, alike=self.alike)

    async def asks(
        self,
        text: str = BRIEF,
        who: Member | None = None,
        *,
        material: str | None = None,
        task: Task = Task.IDEA,
        project_id: int | None = None,
    ) -> Generation:
        self._messages += 1
        workshop, member = self.workshop(), who or self.team.writer
        async with self.team.store.transaction() as tx:
            if project_id is not None:
                await tx.chats.bind_project(self.team.group.id, project_id)
            chat = await tx.chats.get(self.team.group.id)
        assert chat is not None
        begun = await StartGeneration(self.team.store, workshop.runner)(
            member,
            chat,
            ChatAddress(chat.id, None, self._messages),
            text,
            task=task,
            language=Language.RUSSIAN,
            material=material,
        )
        await workshop.finished()
        return await self.team.reload(begun)

    async def speaks(self, who: Member | None = None) -> Generation:
        """The brief, in a recording."""
        member, group = who or self.team.writer, self.team.group
        place = ChatAddress(group.id, None, self._messages + 1)
        said = NewRecording(
            member.id, self.team.project.id, place, RecordingKind.VOICE, Language.RUSSIAN, "file", duration_ms=3_000
        )
        async with self.team.store.transaction() as tx:
            await tx.recordings.add(said)
        return await self.asks(who=member)

    async def spent(self) -> Spent:
        async with self.team.store.reading() as tx:
            return await tx.spending.totals()


@pytest.fixture
async def desk(sqlite_store: SqlStore) -> Desk:
    """What the database does has a contract of its own, on both engines."""
    embedder = HashingEmbedder(languages=frozenset(Language))
    await embedder.warm_up()
    alike = AlikeBriefs(embedder)
    await alike.learn()
    return Desk(await make_team(sqlite_store), alike)


async def test_the_same_brief_is_answered_without_a_model_whoever_asks(desk: Desk) -> None:
    first, again = await desk.asks(), await desk.asks(f" {BRIEF}. ", desk.team.approver)
    assert desk.calls == 1
    assert (first.cache, again.cache) == (None, CacheKind.EXACT)
    assert again.draft == first.draft
    assert again.state is GenerationState.IN_REVIEW
    assert (again.prompt, again.model) == (first.prompt, first.model)
    spent = await desk.spent()
    assert (spent.calls, spent.cache_hits, spent.cost_microusd, spent.saved_microusd) == (2, 1, PRICE, PRICE)


async def test_other_words_for_the_brief_are_recognised_and_look_alikes_are_not(desk: Desk) -> None:
    await desk.asks()
    assert (await desk.asks(ALIKE)).cache is CacheKind.SEMANTIC
    assert (await desk.asks(UNLIKE)).cache is None
    assert desk.calls == 2


async def test_without_a_model_that_can_tell_the_cache_is_exact(desk: Desk) -> None:
    desk.alike = AlikeBriefs(None)
    await desk.asks()
    assert (await desk.asks(ALIKE)).cache is None
    assert (await desk.asks(BRIEF)).cache is CacheKind.EXACT


async def test_it_costs_nothing_and_works_when_the_budget_is_empty(desk: Desk) -> None:
    await desk.asks()
    today = datetime.now(UTC).date()
    async with desk.team.store.transaction() as tx:
        await tx.budgets.set(Budget(TEAM_DAY, 1), desk.team.admin.id, today)
        before = await tx.budgets.account(TEAM_DAY, today)
    assert (await desk.asks()).cache is CacheKind.EXACT
    assert (await desk.asks(UNLIKE)).error_code == "budget_exhausted"
    async with desk.team.store.reading() as tx:
        assert await tx.budgets.account(TEAM_DAY, today) == before


async def test_nothing_is_taken_from_the_cache_while_generation_is_halted(desk: Desk) -> None:
    await desk.asks()
    async with desk.team.store.transaction() as tx:
        await tx.halts.halt(0, None, datetime.now(UTC))
    assert (await desk.asks()).error_code == "generation_halted"


async def test_regenerate_always_asks_the_model(desk: Desk) -> None:
    await desk.asks()
    cached, workshop = await desk.asks(), desk.workshop()
    assert cached.cache is CacheKind.EXACT
    assert cached.placeholder is not None
    fresh = await RegenerateDraft(desk.team.store, workshop.runner)(
        desk.team.writer, cached.id, cached.version, cached.placeholder
    )
    await workshop.finished()
    assert (await desk.team.reload(fresh)).cache is None
    assert desk.calls == 2


async def test_retry_asks_the_model_too(desk: Desk) -> None:
    desk.model = ScriptedChatModel([*[failing(ModelRefused("key"))] * 2, answer(IDEAS_JSON)], repeat_last=True)
    failed = await desk.asks()
    assert failed.state is GenerationState.FAILED
    await desk.asks()
    assert (await desk.asks()).cache is CacheKind.EXACT
    workshop, asked = desk.workshop(), desk.calls
    async with desk.team.store.transaction() as tx:
        await tx.generations.transition(failed.id, expected_version=failed.version, to=GenerationState.QUEUED)
    workshop.runner.wake(failed.id)
    await workshop.finished()
    retried = await desk.team.reload(failed)
    assert (retried.state, retried.cache) == (GenerationState.IN_REVIEW, None)
    assert desk.calls == asked + 1


async def test_the_card_says_what_a_new_draft_costs(desk: Desk) -> None:
    await desk.asks()
    workshop = desk.workshop()
    begun = await StartGeneration(desk.team.store, workshop.runner)(
        desk.team.writer,
        desk.team.group,
        ChatAddress(desk.team.group.id, None, 7),
        BRIEF,
        task=Task.IDEA,
        language=Language.RUSSIAN,
    )
    await workshop.finished()
    (card,) = workshop.presenter.screen_of(begun.id).cards
    assert (card.generation.cache, card.again_microusd) == (CacheKind.EXACT, PRICE)


async def test_what_rests_on_ones_own_material_is_found_by_oneself_alone(desk: Desk) -> None:
    await desk.asks(material="из личной переписки")
    assert (await desk.asks(who=desk.team.approver, material="из личной переписки")).cache is None
    assert (await desk.asks(material="из личной переписки")).cache is CacheKind.EXACT
    assert (await desk.asks(material="другое")).cache is None


async def test_a_spoken_brief_is_found_by_its_speaker_alone(desk: Desk) -> None:
    await desk.speaks()
    assert (await desk.speaks(desk.team.approver)).cache is None
    assert (await desk.asks()).cache is None, "written words are everybody's"
    assert (await desk.speaks()).cache is CacheKind.EXACT


async def test_another_project_has_drafts_of_its_own(desk: Desk) -> None:
    await desk.asks()
    async with desk.team.store.transaction() as tx:
        other = await tx.projects.ensure("other", desk.team.project.name, desk.team.project.profile)
    assert (await desk.asks(project_id=other.id)).cache is None


async def test_a_change_of_the_knowledge_ends_what_was_kept(desk: Desk) -> None:
    await desk.asks()
    async with desk.team.store.transaction() as tx:
        await tx.documents.put(a_document(desk.team.project), passages_of(["слоган для чая мамам: тишина"]))
    fresh = await desk.asks(BRIEF)
    assert fresh.cache is None
    again = await desk.asks(ALIKE)
    assert (again.cache, again.parameters["cached_from"]) == (CacheKind.SEMANTIC, fresh.id)


async def test_drafts_grow_old(desk: Desk) -> None:
    await desk.asks()
    desk.team.clock.advance(days=4_000)
    assert (await desk.asks()).cache is None


async def test_a_draft_that_people_turned_away_from_is_not_shown_again(desk: Desk) -> None:
    first = await desk.asks()
    async with desk.team.store.transaction() as tx:
        await tx.generations.transition(first.id, expected_version=first.version, to=GenerationState.REJECTED)
    assert (await desk.asks()).cache is None


async def test_what_a_fallback_wrote_is_not_kept(desk: Desk) -> None:
    desk.model = ScriptedChatModel([*[failing(ModelUnavailable("503"))] * 3, answer(IDEAS_JSON)], repeat_last=True)
    first = await desk.asks()
    assert first.model == "smart"
    assert (await desk.asks()).cache is None


async def test_what_could_not_be_read_is_not_kept(desk: Desk) -> None:
    desk.model = ScriptedChatModel([answer("Просто текст.")], repeat_last=True)
    await desk.asks()
    assert (await desk.asks()).cache is None
