"""What one person may ask for at once, and what becomes of the rest: kept with a button, or queued and told so."""

import asyncio
from datetime import UTC, datetime

import pytest

from services.assistant.refine_draft import RefineDraft
from services.assistant.regenerate_draft import RegenerateDraft
from services.assistant.retry_generation import RetryGeneration
from services.assistant.start_generation import StartGeneration
from services.domain.brief import Task
from services.domain.chat import Chat, ChatAddress
from services.domain.errors import TooManyRequests
from services.domain.fairness import Limits
from services.domain.generation import Chip, Generation, GenerationState
from services.domain.language import Language
from services.domain.member import Member
from services.domain.queue_place import QueuePlace
from services.store.ports import Store
from tests.fakes.chat_model import Answer, ScriptedChatModel, answer
from tests.fakes.clock import ManualClock
from tests.unit.services.assistant.conftest import Team, make_team
from tests.unit.services.assistant.workshop import IDEAS_JSON, Workshop, open_workshop, until

S = GenerationState
TWO = Limits(a_minute=2, at_once=2)
ONE_AT_ONCE = Limits(a_minute=100, at_once=1)


@pytest.fixture
async def team(store: Store) -> Team:
    """Its clock begins where that of the rows is."""
    team = await make_team(store)
    team.clock = ManualClock(datetime.now(UTC))
    return team


async def asks(
    team: Team, workshop: Workshop, message_id: int, *, member: Member | None = None, chat: Chat | None = None
) -> Generation:
    place = chat or team.chat
    return await StartGeneration(team.store, workshop.runner)(
        member or team.writer,
        place,
        ChatAddress(place.id, None, message_id),
        f"слоган {message_id}",
        task=Task.IDEA,
        language=Language.RUSSIAN,
    )


async def test_what_comes_too_soon_is_kept_and_its_button_works_when_the_time_has_passed(team: Team) -> None:
    workshop = open_workshop(team, ScriptedChatModel([answer(IDEAS_JSON)], repeat_last=True), limits=TWO)
    first, second = await asks(team, workshop, 10), await asks(team, workshop, 11)
    team.clock.advance(seconds=20)
    kept = await asks(team, workshop, 12)
    again = await asks(team, workshop, 12)
    await workshop.finished()
    assert (kept.state, kept.error_code, kept.error_facts) == (S.FAILED, "too_many_requests", {"seconds": 40})
    assert again == kept, "the same message is one request"
    failure = workshop.presenter.screen_of(kept.id).failures[-1]
    assert (failure.code, failure.retryable) == ("too_many_requests", True)
    assert {(await team.reload(one)).state for one in (first, second)} == {S.IN_REVIEW}

    workshop = open_workshop(team, workshop.model, limits=TWO)
    retry, screen = RetryGeneration(team.store, workshop.runner), ChatAddress(team.chat.id, None, 12)
    kept = await team.reload(kept)
    team.clock.advance(seconds=39)
    with pytest.raises(TooManyRequests) as refusal:
        await retry(team.writer, kept.id, kept.version, screen)
    assert refusal.value.facts == {"seconds": 1}
    team.clock.advance(seconds=1)
    await retry(team.writer, kept.id, kept.version, screen)
    await workshop.finished()
    assert (await team.reload(kept)).state is S.IN_REVIEW


async def test_messages_that_come_at_once_start_as_many_as_a_minute_allows(team: Team) -> None:
    workshop = open_workshop(team, ScriptedChatModel([answer(IDEAS_JSON)], repeat_last=True), limits=TWO)
    made = await asyncio.gather(*(asks(team, workshop, 10 + number) for number in range(12)))
    assert sum(one.state is not S.FAILED for one in made) == 2
    await workshop.finished()
    states = [(await team.reload(one)).state for one in made]
    assert (states.count(S.IN_REVIEW), states.count(S.FAILED)) == (2, 10)


async def test_a_press_is_answered_and_changes_nothing(team: Team) -> None:
    draft = await team.has_draft()
    team.runner.seconds_to_wait = 7
    use_case = RegenerateDraft(team.store, team.runner)
    assert draft.placeholder is not None
    with pytest.raises(TooManyRequests) as refusal:
        await use_case(team.writer, draft.id, draft.version, draft.placeholder, chip=Chip.BOLDER)
    assert refusal.value.facts == {"seconds": 7}
    assert await team.reload(draft) == draft
    async with team.store.reading() as tx:
        assert len(await tx.generations.attempts(draft.brief_id)) == 1


async def test_words_about_a_draft_are_kept_beside_it(team: Team) -> None:
    draft = await team.has_draft()
    team.runner.seconds_to_wait = 7
    assert draft.placeholder is not None
    said = ChatAddress(team.chat.id, None, 50)
    refined = await RefineDraft(team.store, team.runner)(team.writer, draft.placeholder, said, "короче и теплее")
    assert refined is not None
    own_words = await RegenerateDraft(team.store, team.runner)(
        team.writer, draft.id, draft.version, draft.placeholder, instruction="без слова осень"
    )
    for kept, words in ((refined, "короче и теплее"), (own_words, "без слова осень")):
        assert (kept.state, kept.instruction, kept.placeholder) == (S.FAILED, words, None)
    assert await team.reload(draft) == draft, "it stays as it is, with its buttons"
    assert team.runner.stopped == [refined.id, own_words.id]


async def test_more_than_a_person_may_have_written_at_once_waits_and_is_told(team: Team) -> None:
    held = asyncio.Event()
    model = ScriptedChatModel([Answer([IDEAS_JSON[:40], held, IDEAS_JSON[40:]])], repeat_last=True)
    workshop = open_workshop(team, model, limits=ONE_AT_ONCE)
    made = [await asks(team, workshop, 10 + number) for number in range(3)]
    others = await asks(team, workshop, 30, member=team.approver, chat=team.group)
    await until(lambda: len(model.requests) == 2)
    team.clock.advance(seconds=3)
    await workshop.runner.sweep()
    await until(lambda: len(workshop.presenter.places) == 2)
    assert workshop.presenter.places == {
        made[1].id: [QueuePlace(0, 20, 1)],
        made[2].id: [QueuePlace(1, 40, 1)],
    }
    assert [(await team.reload(one)).state for one in (*made, others)] == [S.RUNNING, S.QUEUED, S.QUEUED, S.RUNNING]
    told_in = (await team.reload(made[1])).placeholder
    held.set()
    await workshop.finished()
    assert {(await team.reload(one)).state for one in (*made, others)} == {S.IN_REVIEW}
    assert told_in is not None
    assert workshop.presenter.screen_of(made[1].id).placeholder == told_in, "what told the place became the draft"


async def test_one_process_tells_the_places_and_says_only_what_is_new(team: Team) -> None:
    held = asyncio.Event()
    model = ScriptedChatModel([Answer([held, IDEAS_JSON])], repeat_last=True)
    busy = open_workshop(team, model, limits=ONE_AT_ONCE)
    await asks(team, busy, 10)
    waits = await asks(team, busy, 11)
    team.clock.advance(seconds=3)
    other = open_workshop(team, model, owner="other", limits=ONE_AT_ONCE)
    busy.presenter.is_deaf = True
    await busy.runner.sweep()
    await until(lambda: len(busy.nursery) == 1)
    await other.runner.sweep()
    await other.finished()
    assert other.presenter.places == {}, "the first one has the lease, though Telegram did not take it yet"
    busy.presenter.is_deaf = False
    for _ in range(3):
        await busy.runner.sweep()
        await until(lambda: len(busy.nursery) == 1)
    assert busy.presenter.places == {waits.id: [QueuePlace(0, 20, 1)]}
    held.set()
    await busy.finished()


async def test_a_full_process_takes_turns_and_new_ones_do_not_jump_the_queue(team: Team) -> None:
    held = asyncio.Event()
    model = ScriptedChatModel([Answer([held, IDEAS_JSON])], repeat_last=True)
    workshop = open_workshop(team, model, limit=1)
    noisy = [await asks(team, workshop, 10 + number) for number in range(4)]
    quiet = await asks(team, workshop, 30, member=team.approver, chat=team.group)
    team.clock.advance(seconds=5)
    held.set()
    await workshop.finished()
    shown = [screen.generation_id for screen in workshop.presenter.screens]
    assert shown[0] == noisy[0].id
    assert shown.index(quiet.id) <= 2, "one turn of the other chat at most, and what was under way"
    assert [one for one in shown if one != quiet.id] == [one.id for one in noisy]
