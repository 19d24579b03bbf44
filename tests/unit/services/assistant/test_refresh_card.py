"""A late press: the message is brought up to date, once, and nobody can have another message overwritten."""

import asyncio

from services.assistant.decide_review import DecideReview
from services.assistant.refresh_card import CardInMessage, RefreshCard
from services.assistant.regenerate_draft import RegenerateDraft
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind
from services.domain.generation import Generation, GenerationState
from services.domain.review import Verdict
from tests.unit.services.assistant.conftest import Team


def shown(generation: Generation) -> ChatAddress:
    assert generation.placeholder is not None
    return generation.placeholder


async def edits(team: Team) -> list[ChatAddress]:
    async with team.store.transaction() as tx:
        due = await tx.deliveries.claim_due(team.clock.now())
    return [one.address for one in due if one.kind is DeliveryKind.CARD_CHANGED]


async def approved(team: Team) -> Generation:
    draft = await team.has_draft()
    await DecideReview(team.store, team.jobs)(team.approver, draft.id, draft.version, shown(draft), Verdict.APPROVED)
    return draft


async def test_a_crowd_of_late_presses_is_one_edit(team: Team) -> None:
    draft = await approved(team)
    refresh = RefreshCard(team.store, team.jobs)
    made = await asyncio.gather(*(refresh(team.writer, draft.id, shown(draft)) for _ in range(20)))
    assert made.count(True) == 1
    assert await edits(team) == [shown(draft)]
    card = await CardInMessage(team.store)(shown(draft), draft.id)
    assert card is not None
    assert (card.generation.state, card.is_open) == (GenerationState.APPROVED, False)


async def test_the_next_change_makes_the_next_edit(team: Team) -> None:
    first = await team.has_draft()
    refresh = RefreshCard(team.store, team.jobs)
    assert await refresh(team.writer, first.id, shown(first))
    child = await RegenerateDraft(team.store, team.runner)(team.writer, first.id, first.version, shown(first))
    assert await refresh(team.writer, first.id, shown(first))
    await team.writes(child, shown_in=shown(first).message_id or 0)
    assert await refresh(team.writer, first.id, shown(first))


async def test_a_message_that_is_being_written_is_left_to_its_writer(team: Team) -> None:
    first = await team.has_draft()
    await RegenerateDraft(team.store, team.runner)(team.writer, first.id, first.version, shown(first))
    assert await CardInMessage(team.store)(shown(first), first.id) is None


async def test_forged_data_does_not_overwrite_another_message(team: Team) -> None:
    draft, other = await approved(team), await team.has_draft(50)
    refresh = RefreshCard(team.store, team.jobs)
    assert not await refresh(team.writer, draft.id, shown(other)), "the message of another brief"
    assert not await refresh(team.writer, draft.id, ChatAddress(team.chat.id, None, 4)), "no draft at all"
    assert not await refresh(team.writer, 999_999, shown(draft)), "no such draft"
    assert await edits(team) == []
