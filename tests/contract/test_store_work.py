"""Briefs, attempts, reviews, passages used, turns."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.generation import Chip, GenerationState, PromptRelease
from services.domain.idea import Draft, Idea
from services.domain.knowledge import Citation, Passage
from services.domain.language import Language
from services.domain.review import Verdict
from services.domain.turn import Turn
from services.domain.usage import Usage
from services.store.ports import Store
from tests.store_rows import NOW, a_brief, a_hit, a_member, a_project, an_attempt

LATER = NOW + timedelta(minutes=1)
DRAFT = Draft(
    ideas=(Idea("Тихий час", "Чай, который ждёт", "голос бренда", (1, 2)), Idea("Second", "Text")),
    sources=(2,),
    note="no audience given",
)


async def test_one_message_starts_one_brief(store: Store) -> None:
    brief = await a_brief(store)

    async def repeat(task: Task) -> tuple[int, bool]:
        async with store.transaction() as tx:
            found, new = await tx.briefs.add(
                task,
                brief.address,
                project_id=brief.project_id,
                member_id=brief.member_id,
                text="other words",
                language=Language.ENGLISH,
            )
            return found.id, new

    assert await asyncio.gather(*(repeat(Task.IDEA) for _ in range(5))) == [(brief.id, False)] * 5
    questions = await asyncio.gather(*(repeat(Task.ASK) for _ in range(5)))
    assert [new for _, new in questions].count(True) == 1
    assert len({brief_id for brief_id, _ in questions}) == 1
    async with store.reading() as tx:
        assert await tx.briefs.get(brief.id) == brief
        assert await tx.briefs.get(0) is None


async def test_a_locked_brief_makes_the_next_decision_wait(store: Store) -> None:
    brief = await a_brief(store)
    steps: list[str] = []
    held = asyncio.Event()

    async def first() -> None:
        async with store.transaction() as tx:
            assert await tx.briefs.lock(brief.id) == brief
            held.set()
            await tx.audit.add("first", None)
            steps.append("first")

    async def second() -> None:
        await held.wait()
        async with store.transaction() as tx:
            await tx.briefs.lock(brief.id)
            events = [event for _, event, _, _ in await tx.audit.recent()]
            assert events == ["first"]
            steps.append("second")

    await asyncio.gather(second(), first())
    assert steps == ["first", "second"]
    async with store.transaction() as tx:
        assert await tx.briefs.lock(404) is None


async def test_an_attempt_is_kept_as_given(store: Store) -> None:
    brief = await a_brief(store)
    parent = await an_attempt(store, brief)
    words, shown = ChatAddress(-5, 7, 8), ChatAddress(-5, None, 9)
    async with store.transaction() as tx:
        made = await tx.generations.add(
            brief.id,
            brief.member_id,
            parent_id=parent.id,
            chip=Chip.ANOTHER_ANGLE,
            instruction="смелее",
            reply_to=words,
            placeholder=shown,
        )
    async with store.reading() as tx:
        assert await tx.generations.get(made.id) == made
        assert await tx.generations.attempts(brief.id) == [parent, made]
        assert await tx.generations.get(0) is None
    assert (made.number, made.state, made.version) == (2, GenerationState.QUEUED, 1)
    assert (made.parent_id, made.chip, made.instruction) == (parent.id, Chip.ANOTHER_ANGLE, "смелее")
    assert (made.reply_to, made.placeholder) == (words, shown)
    assert made.created_at is not None
    assert (parent.reply_to, parent.placeholder, parent.draft, parent.usage, parent.prompt) == (None,) * 5


async def test_concurrent_attempts_get_different_numbers(store: Store) -> None:
    brief = await a_brief(store)
    made = await asyncio.gather(*(an_attempt(store, brief) for _ in range(20)))
    assert sorted(attempt.number for attempt in made) == list(range(1, 21))


async def test_an_attempt_needs_a_brief(store: Store) -> None:
    member = await a_member(store)
    with pytest.raises(LookupError):
        async with store.transaction() as tx:
            await tx.generations.add(404, member.id)


async def test_the_newest_attempt_of_a_message_is_found(store: Store) -> None:
    brief = await a_brief(store)
    message = ChatAddress(-100, 3, 55)
    async with store.transaction() as tx:
        await tx.generations.add(brief.id, brief.member_id, placeholder=message)
        newest = await tx.generations.add(brief.id, brief.member_id, placeholder=message)
        await tx.generations.add(brief.id, brief.member_id, placeholder=message.at(56))
        await tx.generations.add(brief.id, brief.member_id)
        assert await tx.generations.by_message(-100, 55) == newest
        assert await tx.generations.by_message(100, 55) is None


async def test_recent_attempts_by_person_and_chat(store: Store) -> None:
    vera, oleg = await a_member(store), await a_member(store)
    own = await an_attempt(store, await a_brief(store, member=vera, chat_id=-10))
    other = await an_attempt(store, await a_brief(store, member=oleg, chat_id=-10))
    elsewhere = await an_attempt(store, await a_brief(store, member=vera, chat_id=-20))
    async with store.reading() as tx:
        assert await tx.generations.recent() == [elsewhere, other, own]
        assert await tx.generations.recent(limit=1) == [elsewhere]
        assert await tx.generations.recent(member_id=vera.id) == [elsewhere, own]
        assert await tx.generations.recent(chat_id=-10) == [other, own]
        assert await tx.generations.recent(member_id=oleg.id, chat_id=-20) == []


async def test_a_run_records_what_it_does(store: Store) -> None:
    attempt = await an_attempt(store)
    prompt = PromptRelease("idea", "3", "ab" * 32)
    parameters = {"temperature": 0.9, "stop": ["конец"]}
    message = ChatAddress(-1, 2, 3)
    async with store.transaction() as tx:
        generations = tx.generations
        claimed = await generations.claim(attempt.id, "bot-1", LATER, NOW)
        assert claimed is not None
        assert (claimed.lease_owner, claimed.lease_until) == ("bot-1", LATER)
        token = claimed.lease_token
        assert await generations.set_placeholder(attempt.id, token, message)
        assert await generations.set_prompt(attempt.id, token, prompt, "gpt-4.1", parameters)
        assert await generations.save_text(attempt.id, token, '{"ideas": [', complete=False)
        assert await generations.save_text(attempt.id, token, '{"ideas": []}', complete=True)
        ended = await generations.finish(
            attempt.id, token, GenerationState.IN_REVIEW, draft=DRAFT, usage=Usage(10, 2, 5, True), now=LATER
        )
    assert ended == replace(
        attempt,
        state=GenerationState.IN_REVIEW,
        lease_owner="bot-1",
        version=3,
        placeholder=message,
        prompt=prompt,
        model="gpt-4.1",
        parameters=parameters,
        text='{"ideas": []}',
        text_complete=True,
        draft=DRAFT,
        usage=Usage(10, 2, 5, True),
        lease_token=1,
        finished_at=LATER,
    )
    async with store.reading() as tx:
        assert await tx.generations.get(attempt.id) == ended


async def test_finals_that_may_not_be_on_the_screen_are_found(store: Store) -> None:
    shown, hidden, running = [await an_attempt(store) for _ in range(3)]
    async with store.transaction() as tx:
        for attempt in (shown, hidden, running):
            assert await tx.generations.claim(attempt.id, "bot", LATER, NOW)
        for attempt, state in ((hidden, GenerationState.ANSWERED), (shown, GenerationState.FAILED)):
            assert await tx.generations.finish(attempt.id, 1, state, now=NOW)
        assert await tx.generations.undelivered(NOW) == []
        assert await tx.generations.undelivered(LATER, limit=1) == [hidden.id]
        await tx.generations.mark_delivered(shown.id)
        assert await tx.generations.undelivered(LATER) == [hidden.id]
    async with store.transaction() as tx:  # a retried run has an end of its own to show
        again = await tx.generations.transition(shown.id, expected_version=3, to=GenerationState.QUEUED)
        assert again is not None
        assert (again.error_code, again.finished_at) == (None, None)
        assert await tx.generations.claim(shown.id, "bot", LATER, NOW)
        await tx.generations.mark_delivered(shown.id)
        assert await tx.generations.finish(shown.id, 2, GenerationState.FAILED, error_code="model_timeout", now=NOW)
        assert sorted(await tx.generations.undelivered(LATER)) == sorted([hidden.id, shown.id])


async def test_reviews_name_the_exact_version(store: Store) -> None:
    attempt = await an_attempt(store)
    async with store.transaction() as tx:
        first = await tx.reviews.add(attempt.id, 3, attempt.requested_by, Verdict.CHANGES_REQUESTED, "Не наш голос 🙂")
        second = await tx.reviews.add(attempt.id, 4, attempt.requested_by, Verdict.APPROVED)
    async with store.reading() as tx:
        assert await tx.reviews.of_generation(attempt.id) == [first, second]
        assert await tx.reviews.of_generation(0) == []
    assert (first.generation_version, first.verdict, first.comment) == (3, Verdict.CHANGES_REQUESTED, "Не наш голос 🙂")
    assert second.comment == ""


async def test_passages_used_outlive_the_document(store: Store) -> None:
    attempt, project = await an_attempt(store), await a_project(store)
    shown = [
        Passage(
            f"4:1:{n}", 4, project.id, n, "Голос", "текст", Language.RUSSIAN, 0, 5, "Бренд", "ru/brand.md", change=9
        )
        for n in range(3)
    ]
    hits = [a_hit(shown[2], 0.75), a_hit(shown[0], 0.5)]
    async with store.transaction() as tx:
        await tx.passages_used.replace(attempt.id, [a_hit(shown[1])])
        await tx.passages_used.replace(attempt.id, hits)
    async with store.reading() as tx:
        assert await tx.passages_used.hits(attempt.id) == hits
        assert await tx.passages_used.citations(attempt.id) == [
            Citation(1, "Бренд", "Голос", "ru/brand.md", "4:1:2"),
            Citation(2, "Бренд", "Голос", "ru/brand.md", "4:1:0"),
        ]
    async with store.transaction() as tx:
        await tx.passages_used.replace(attempt.id, [])
        assert await tx.passages_used.citations(attempt.id) == []


async def test_turns_come_oldest_first_and_by_topic(store: Store) -> None:
    member = await a_member(store)

    def turn(number: int, topic_id: int | None) -> Turn:
        address = ChatAddress(-77, topic_id, number)
        return Turn(address, "user", f"реплика {number}", NOW + timedelta(seconds=number), member.id)

    general, topic = [turn(number, None) for number in range(5)], [turn(number, 9) for number in range(5, 8)]
    async with store.transaction() as tx:
        for one in (*general, *topic):
            await tx.turns.add(one)
    async with store.reading() as tx:
        assert await tx.turns.recent(-77, None) == general
        assert await tx.turns.recent(-77, None, limit=2) == general[-2:]
        assert await tx.turns.recent(-77, 9) == topic
        assert await tx.turns.recent(77, None) == []
