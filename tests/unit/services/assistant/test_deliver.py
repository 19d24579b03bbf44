"""Outcomes that come late, twice, or from a process that is gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from services.assistant.ports import Card, Failure, NotShown
from services.assistant.redeliver import Redeliver
from services.assistant.regenerate_draft import RegenerateDraft
from services.assistant.shown_attempts import attempt_shown_by
from services.assistant.stages.deliver import Deliver
from services.domain.chat import ChatAddress
from services.domain.generation import Generation, GenerationState
from services.domain.language import Language
from services.domain.review import Verdict
from tests.fakes.chat_model import ScriptedChatModel
from tests.fakes.presenter import RecordedScreen, RecordingPresenter
from tests.unit.services.assistant.conftest import IDEAS, Team
from tests.unit.services.assistant.workshop import open_workshop, until


async def outcome_of(team: Team, generation: Generation) -> Card:
    found = await Deliver(team.store).read_again(generation.id)
    assert isinstance(found, Card)
    return found


def screen_for(generation: Generation) -> RecordedScreen:
    return RecordedScreen(generation.id, generation.placeholder)


async def is_delivered(team: Team, generation: Generation) -> bool:
    return (await team.reload(generation)).delivered_at is not None


async def test_an_outcome_is_shown_once(team: Team) -> None:
    generation = await team.has_draft()
    card, screen = await outcome_of(team, generation), screen_for(generation)
    for _ in range(2):
        await Deliver(team.store)(screen, card)
    assert len(screen.cards) == 1
    assert await is_delivered(team, generation)


async def test_a_frozen_process_does_not_write_over_a_newer_attempt(team: Team) -> None:
    first = await team.has_draft()
    card, screen = await outcome_of(team, first), screen_for(first)
    assert first.placeholder is not None
    await RegenerateDraft(team.store, team.runner)(team.writer, first.id, first.version, first.placeholder)
    await Deliver(team.store)(screen, card)
    assert screen.cards == []
    assert await is_delivered(team, first), "there is nothing to be shown any more"


async def test_what_a_last_preview_of_a_frozen_process_hid_is_shown_again(team: Team) -> None:
    ended = await team.has_draft()
    card, screen = await outcome_of(team, ended), screen_for(ended)
    await Deliver(team.store)(screen, card)
    await Deliver(team.store).show_again(ended)
    assert not await is_delivered(team, ended)
    assert ended.placeholder is not None
    newer = await RegenerateDraft(team.store, team.runner)(team.writer, ended.id, ended.version, ended.placeholder)
    await Deliver(team.store)(screen, await outcome_of(team, ended))
    await Deliver(team.store).show_again(ended)
    assert await is_delivered(team, ended), "the message is the newer attempt's, which draws itself"
    assert not await is_delivered(team, newer)


async def test_an_outcome_that_slipped_over_a_newer_one_is_mended(team: Team) -> None:
    """The newer attempt ends between the look and the edit of the older one."""
    first = await team.has_draft()
    deliver, card = Deliver(team.store), await outcome_of(team, first)
    newer: list[Generation] = []

    class Slow(RecordedScreen):
        async def finish(self, card: Card) -> ChatAddress:
            assert first.placeholder is not None
            again = await RegenerateDraft(team.store, team.runner)(
                team.writer, first.id, first.version, first.placeholder
            )
            newer.append(await team.writes(again, first.placeholder.message_id or 0))
            await deliver(screen_for(newer[0]), await outcome_of(team, newer[0]))
            return await super().finish(card)

    await deliver(Slow(first.id, first.placeholder), card)
    assert await is_delivered(team, first)
    assert not await is_delivered(team, newer[0]), "the sweep draws it again"
    async with team.store.reading() as tx:
        assert first.placeholder is not None
        shown = await attempt_shown_by(tx, first.placeholder)
    assert shown is not None
    assert shown.id == newer[0].id


async def test_what_was_decided_meanwhile_is_in_the_outcome(team: Team) -> None:
    generation = await team.has_draft()
    card, screen = await outcome_of(team, generation), screen_for(generation)
    async with team.store.transaction() as tx:
        approved = GenerationState.APPROVED
        await tx.generations.transition(generation.id, expected_version=generation.version, to=approved)
        await tx.reviews.add(generation.id, generation.version, team.approver.id, Verdict.APPROVED)
    await Deliver(team.store)(screen, card)
    assert screen.cards[0].generation.state is approved
    assert screen.cards[0].decided_by == team.approver.name


async def test_a_retried_attempt_shows_no_older_failure(team: Team) -> None:
    generation = await team.asks()
    now = team.clock.now()
    async with team.store.transaction() as tx:
        claimed = await tx.generations.claim(generation.id, "test", now, now)
        assert claimed is not None
        failed = await tx.generations.finish(claimed.id, 1, GenerationState.FAILED, error_code="model", now=now)
        assert failed is not None
        brief = await tx.briefs.get(failed.brief_id)
        assert brief is not None
        await tx.generations.transition(failed.id, expected_version=failed.version, to=GenerationState.QUEUED)
    screen = screen_for(failed)
    await Deliver(team.store)(screen, Failure(failed, brief, "model", Language.RUSSIAN, retryable=True))
    assert screen.failures == []


async def test_what_another_process_shows_is_not_noted_here(team: Team) -> None:
    generation = await team.has_draft()

    class Taken(RecordedScreen):
        async def finish(self, card: Card) -> None:  # type: ignore[override]
            return None

    await Deliver(team.store)(Taken(generation.id, None), await outcome_of(team, generation))
    assert not await is_delivered(team, generation)


async def test_the_outcome_of_a_dead_process_is_shown_at_once(team: Team) -> None:
    generation = await team.has_draft()
    workshop = open_workshop(team, ScriptedChatModel(), dead={"test"})
    await workshop.runner.sweep()
    await until(lambda: not len(workshop.nursery))
    (screen,) = workshop.presenter.screens
    assert (screen.generation_id, len(screen.cards)) == (generation.id, 1)
    assert await is_delivered(team, generation)


async def test_a_stop_that_nobody_saw_is_shown(team: Team) -> None:
    generation = await team.asks()
    async with team.store.transaction() as tx:
        await tx.generations.transition(generation.id, expected_version=1, to=GenerationState.STOPPED)
    workshop = open_workshop(team, ScriptedChatModel())
    await workshop.runner.sweep()
    await until(lambda: not len(workshop.nursery))
    assert workshop.presenter.screens == [], "who pressed is being answered"
    async with team.store.reading() as tx:
        stopped = await tx.generations.undelivered(team.clock.now().replace(year=2200))
    assert stopped == [generation.id]


async def test_what_telegram_does_not_take_is_tried_again_after_growing_pauses(team: Team) -> None:
    generation = await team.has_draft()
    now, tries = [0.0], list[float]()

    class Away(RecordingPresenter):
        @asynccontextmanager
        async def open(self, *_: Any, **__: Any) -> AsyncIterator[RecordedScreen]:
            tries.append(now[0])
            yield Refused(generation.id, None)

    class Refused(RecordedScreen):
        async def finish(self, card: Card) -> ChatAddress:
            raise NotShown("TelegramNetworkError")

    redeliver = Redeliver(team.store, Deliver(team.store), Away(), monotonic=lambda: now[0])
    for _ in range(60):
        await redeliver.in_turn(generation.id)
        now[0] += 2
    assert tries == [0.0, 6.0, 16.0, 36.0, 76.0]
    assert not await is_delivered(team, generation)


async def test_one_outcome_is_not_shown_by_two_tasks_at_once(team: Team) -> None:
    generation = await team.has_draft()
    presenter = RecordingPresenter()
    redeliver = Redeliver(team.store, Deliver(team.store), presenter)
    await asyncio.gather(redeliver(generation.id), redeliver(generation.id))
    assert len(presenter.screens) == 1
    assert presenter.screens[0].cards[0].draft == IDEAS


async def test_a_long_outcome_is_written_anew_from_its_first_message(team: Team) -> None:
    first = await team.has_draft()
    assert first.placeholder is not None
    async with team.store.transaction() as tx:
        assert await tx.generations.set_continuation(first.id, first.lease_token, [1011, 1012])
    last = first.placeholder.at(1012)
    again = await RegenerateDraft(team.store, team.runner)(team.writer, first.id, first.version, last)
    assert again.placeholder == first.placeholder
    assert again.continuation == (1011, 1012)
