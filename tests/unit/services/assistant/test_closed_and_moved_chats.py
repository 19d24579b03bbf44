"""Chats that shut the bot out, let it in, or became supergroups."""

from services.assistant.close_chat import CloseChat
from services.assistant.decide_review import DecideReview
from services.assistant.find_draft import FindDraft
from services.assistant.migrate_chat import MigrateChat
from services.assistant.open_chat import OpenChat
from services.assistant.pending_inputs import PendingInputs
from services.domain.chat import Chat, ChatAddress, ChatKind
from services.domain.delivery import DeliveryKind, DeliveryState, NewDelivery
from services.domain.generation import GenerationState
from services.domain.review import Verdict
from tests.unit.services.assistant.conftest import Team

OLD, NEW = -5, -1_000_000_000_005


async def waits_for(team: Team, chat_id: int, key: str) -> None:
    async with team.store.transaction() as tx:
        await tx.deliveries.add(NewDelivery(DeliveryKind.ACCESS_GRANTED, ChatAddress(chat_id), key))


async def deliveries(team: Team) -> dict[DeliveryState, int]:
    async with team.store.reading() as tx:
        return {state: total for state, total in (await tx.deliveries.counts()).items() if total}


async def test_the_first_refusal_closes_and_gives_up_what_waits(team: Team) -> None:
    await waits_for(team, team.chat.id, "a")
    await waits_for(team, team.group.id, "b")
    close = CloseChat(team.store)
    assert await close(team.chat.id, "Forbidden: bot was blocked by the user")
    assert not await close(team.chat.id)
    assert await deliveries(team) == {DeliveryState.DEAD: 1, DeliveryState.NEW: 1}


async def test_what_came_after_the_closing_is_given_up_too(team: Team) -> None:
    close = CloseChat(team.store)
    await close(team.chat.id)
    await waits_for(team, team.chat.id, "late")
    assert not await close(team.chat.id)
    assert await deliveries(team) == {DeliveryState.DEAD: 1}


async def test_it_opens_once(team: Team) -> None:
    await CloseChat(team.store)(team.chat.id)
    opens = OpenChat(team.store)
    assert await opens(team.chat.id)
    assert not await opens(team.chat.id)
    assert not await opens(404)


async def plain_group(team: Team) -> Chat:
    async with team.store.transaction() as tx:
        return await tx.chats.ensure(OLD, ChatKind.GROUP, "Команда", team.project.id)


async def test_drafts_questions_and_deliveries_are_found_in_the_supergroup(team: Team) -> None:
    old = await plain_group(team)
    draft = await team.has_draft(chat=old)
    pending = PendingInputs(team.store, team.clock)
    await pending.ask(team.writer, ChatAddress(OLD), "idea", {})
    await waits_for(team, OLD, "a")
    migrate = MigrateChat(team.store)
    await migrate(OLD, NEW)
    await migrate(OLD, NEW)
    question = await pending.take(team.writer, ChatAddress(NEW))
    assert question is not None
    assert question.purpose == "idea"
    here = ChatAddress(NEW, None, 3)
    card = await FindDraft(team.store)(team.writer, draft.id, here)
    assert card.brief.address == ChatAddress(NEW)
    decided = await DecideReview(team.store, team.jobs)(team.approver, draft.id, draft.version, here, Verdict.APPROVED)
    assert decided.generation.state is GenerationState.APPROVED
    async with team.store.transaction() as tx:
        (due,) = [delivery for delivery in await tx.deliveries.claim_due(team.clock.now()) if delivery.key == "a"]
    assert due.address.chat_id == NEW


async def test_a_chat_that_moves_to_itself_stays(team: Team) -> None:
    await plain_group(team)
    await MigrateChat(team.store)(OLD, OLD)
    async with team.store.reading() as tx:
        assert await tx.chats.get(OLD) is not None
