"""A night run from the file to the files, on both engines, and through every death."""

from datetime import timedelta

import pytest

from services.assistant.batches.cancel_batch import CancelBatch
from services.domain.batch import Batch, BatchState, CancelReason, LineState, SkippedLine, SkipReason
from services.domain.budget import EVERY_ONE, Account, Budget, BudgetKey, BudgetPeriod, BudgetScope, accounts_of
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, DeliveryState
from services.domain.errors import BudgetExhausted, GenerationHalted, KnowledgeUnavailable, NotAllowed, StaleAction
from services.retrieval.service import RetrievalService
from services.store.batch_money import context_of
from services.store.ports import Store
from tests.emulators.openai.faults import Fault, FaultKind
from tests.emulators.openai.server import RunningServer
from tests.emulators.openai.settings import Personality
from tests.unit.services.assistant.batches.deaths import Deaths
from tests.unit.services.assistant.batches.night import SCREEN, Night

TEAM_MONTH = BudgetKey(BudgetScope.TEAM, EVERY_ONE, BudgetPeriod.MONTH)


async def accounts(night: Night, batch: Batch) -> list[Account]:
    day = night.days.today()
    async with night.team.store.reading() as tx:
        return [await tx.budgets.account(key, day) for key, _ in accounts_of(context_of(batch), day)]


async def states(store: Store, batch: Batch) -> dict[int, LineState]:
    async with store.reading() as tx:
        return {line.number: line.state for line in await tx.batches.lines(batch.id)}


async def news(night: Night) -> list[DeliveryKind]:
    """Of all that was written into the outbox: a chat's messages leave one by one."""
    later, kinds = night.team.clock.now() + timedelta(days=400), []
    async with night.team.store.transaction() as tx:
        while due := await tx.deliveries.claim_due(later, 50):
            for one in due:
                kinds.append(one.kind)
                await tx.deliveries.settle(one.id, one.attempts, DeliveryState.SENT)
    return kinds


async def check_books(night: Night, server: RunningServer, batch: Batch) -> int:
    """The provider's meter, the ledger, its sums and the accounts say the same. Returns what was spent."""
    metered = [call for call in server.emulator.meter.of("batch") if call.outcome != "refused"]
    cost = sum(round((call.tokens_in + call.tokens_out) * 2 * 0.5) for call in metered)
    async with night.team.store.reading() as tx:
        ledger, added_up = await tx.calls.totals(), await tx.spending.totals()
        assert (await tx.batches.counts(batch.id)).spent_microusd == cost
    assert ledger.cost_microusd == added_up.cost_microusd == cost
    assert ledger.tokens_in == sum(call.tokens_in for call in metered)
    assert ledger.tokens_out == sum(call.tokens_out for call in metered)
    for account in await accounts(night, batch):
        assert (account.reserved_microusd, account.spent_microusd) == (0, cost)
    return cost


async def test_a_file_becomes_ideas_and_every_process_on_the_way_dies_everywhere(
    night: Night, server: RunningServer
) -> None:
    night.deaths = Deaths()
    batch = await night.estimated()
    assert batch.state is BatchState.ESTIMATED
    assert batch.skipped == (SkippedLine(4, SkipReason.DUPLICATE),)
    assert 0 < batch.likely_microusd < batch.most_microusd
    assert abs(batch.now_microusd - 2 * batch.likely_microusd) <= batch.total
    batch_then = batch

    async def confirm() -> None:
        try:
            await night.confirm(batch_then)
        except StaleAction:  # committed before the death: pressed again, it is under way already
            assert (await night.reload(batch_then)).state is BatchState.CONFIRMED

    await night.survive(confirm)
    held = {account.reserved_microusd for account in await accounts(night, batch)}
    assert held == {batch.most_microusd}
    await night.work()
    batch = await night.reload(batch)
    assert batch.state is BatchState.FINISHED
    assert await states(night.team.store, batch) == dict.fromkeys((1, 2, 5), LineState.ANSWERED)
    assert len(server.emulator.meter.of("batches")) == 1, "created once, whoever heard of it"
    assert len(server.emulator.meter.of("batch")) == 3, "no line is asked twice"
    assert 0 < await check_books(night, server, batch) <= batch.most_microusd
    kinds = await news(night)
    assert kinds.count(DeliveryKind.BATCH_FILE) == 2
    assert DeliveryKind.BATCH_CHANGED in kinds
    died = " ".join(night.deaths.died_at)
    for place in ("before create", "after create", "after upload", "SettleAnswers", "EndBatch", "after download"):
        assert place in died, place
    assert len(night.deaths.died_at) > 40


async def test_ideas_are_read_as_live_ones_and_the_prompt_is_the_live_one(
    lite_night: Night, server: RunningServer
) -> None:
    night = lite_night
    batch = await night.estimated()
    await night.confirm(batch)
    await night.work()
    async with night.team.store.reading() as tx:
        lines = {line.number: line for line in await tx.batches.lines(batch.id)}
    draft = lines[2].draft
    assert draft is not None
    assert len(draft.ideas) == 3, "three posts were asked for"
    assert lines[2].prompt is not None
    assert lines[2].prompt.body == {}, "what was sent is forgotten"
    sent = {call.request_id: call.body for call in server.emulator.meter.of("batch")}
    assert "Ideas for a quiet winter" in sent["5"]["messages"][-1]["content"]
    assert "quietly" in sent["5"]["messages"][0]["content"] + sent["5"]["messages"][1]["content"], "the brand's voice"
    assert sent["5"]["response_format"]["json_schema"]["strict"]


async def test_what_cannot_be_read_is_kept_as_it_is(lite_night: Night, server: RunningServer) -> None:
    night = lite_night
    server.emulator.settings.personality = Personality.NONSENSE
    batch = await night.estimated()
    await night.confirm(batch)
    await night.work()
    server.emulator.settings.personality = Personality.HONEST
    async with night.team.store.reading() as tx:
        drafts = [line.draft for line in await tx.batches.lines(batch.id)]
    assert all(draft is not None and draft.raw_text for draft in drafts)
    await check_books(night, server, batch)


async def test_money_that_does_not_fit_is_refused_and_can_be_confirmed_later(night: Night) -> None:
    batch = await night.estimated()
    day = night.days.today()
    async with night.team.store.transaction() as tx:
        await tx.budgets.set(Budget(TEAM_MONTH, batch.most_microusd - 1), None, day)
    with pytest.raises(BudgetExhausted):
        await night.confirm(batch)
    assert (await night.reload(batch)).state is BatchState.ESTIMATED
    assert {account.reserved_microusd for account in await accounts(night, batch)} == {0}
    async with night.team.store.transaction() as tx:
        await tx.budgets.set(Budget(TEAM_MONTH, batch.most_microusd), None, day)
    assert (await night.confirm(batch)).state is BatchState.CONFIRMED
    with pytest.raises(StaleAction):
        await night.confirm(batch)
    assert {account.reserved_microusd for account in await accounts(night, batch)} == {batch.most_microusd}


async def test_who_may_decide(lite_night: Night) -> None:
    night = lite_night
    batch = await night.estimated()
    cancel = CancelBatch(night.team.store, night.team.jobs)
    with pytest.raises(NotAllowed):
        await cancel(night.team.approver, batch.id, SCREEN)
    with pytest.raises(StaleAction):
        await cancel(night.team.writer, batch.id, ChatAddress(-100, None, 1))
    assert (await cancel(night.team.admin, batch.id, SCREEN)).state is BatchState.CANCELLED
    with pytest.raises(StaleAction):
        await night.confirm(batch)


@pytest.mark.parametrize("lines_before", [0, 1])
async def test_cancel_ends_it_at_the_provider_and_what_was_done_is_paid(
    lite_night: Night, server: RunningServer, lines_before: int
) -> None:
    night = lite_night
    server.emulator.settings.batch_lines_a_look = 1
    batch = await night.estimated()
    await night.confirm(batch)
    batch = await night.submitted(batch)
    await night.work(rounds=lines_before * 2)
    night.deaths = Deaths()
    await night.survive(lambda: night.cancel(batch))
    await night.work()
    batch = await night.reload(batch)
    assert (batch.state, batch.cancel_reason) == (BatchState.CANCELLED, CancelReason.PERSON)
    ended = sorted(state.value for state in (await states(night.team.store, batch)).values())
    assert ended == ["answered"] * lines_before + ["cancelled"] * (3 - lines_before)
    await check_books(night, server, batch)
    kinds = await news(night)
    assert (DeliveryKind.BATCH_FILE in kinds) == (lines_before > 0)
    assert (DeliveryKind.BATCH_ENDED in kinds) == (lines_before == 0)


async def test_the_kill_switch_refuses_confirming_and_cancels_what_runs(
    lite_night: Night, server: RunningServer
) -> None:
    night = lite_night
    waiting = await night.estimated()
    running = await night.estimated(at=SCREEN.at(60))
    await night.confirm(running)
    running = await night.submitted(running)
    async with night.team.store.transaction() as tx:
        await tx.halts.halt(night.team.project.id, night.team.admin.id, night.team.clock.now())
    with pytest.raises(GenerationHalted):
        await night.confirm(waiting)
    await night.work()
    running = await night.reload(running)
    assert (running.state, running.cancel_reason) == (BatchState.CANCELLED, CancelReason.HALTED)
    assert not server.emulator.meter.of("batch")
    await check_books(night, server, running)


async def test_cancelled_while_nobody_knows_whether_it_was_created(lite_night: Night, server: RunningServer) -> None:
    night = lite_night
    batch = await night.estimated()
    await night.confirm(batch)
    server.emulator.faults.add(Fault(FaultKind.CUT, endpoint="batches"))
    process = night.rounds()
    while (await night.reload(batch)).state is not BatchState.UPLOADED:
        await process()
    await process()  # created, and the answer is cut
    assert (await night.reload(batch)).state is BatchState.UPLOADED
    await night.cancel(batch)
    await night.work()
    batch = await night.reload(batch)
    assert (batch.state, batch.provider_id is None) == (BatchState.CANCELLED, False)
    await check_books(night, server, batch)


async def test_what_the_provider_has_no_time_for_costs_nothing(lite_night: Night, server: RunningServer) -> None:
    night = lite_night
    server.emulator.settings.batch_expires_after = 1
    batch = await night.estimated()
    await night.confirm(batch)
    await night.work()
    assert (await night.reload(batch)).state is BatchState.FINISHED
    assert sorted((await states(night.team.store, batch)).values()) == ["answered", "expired", "expired"]
    await check_books(night, server, batch)


async def test_without_batches_nothing_is_reserved_and_the_bot_says_so(
    lite_night: Night, server: RunningServer
) -> None:
    night = lite_night
    server.emulator.settings.has_batches = False
    told = await night.estimated()
    assert (told.state, told.error_code) == (BatchState.FAILED, "batches_not_offered")
    nobody = await Night(night.team, None).estimated(at=SCREEN.at(70))
    assert (nobody.state, nobody.error_code) == (BatchState.FAILED, "batches_not_offered")
    assert {account.reserved_microusd for account in await accounts(night, told)} == {0}
    assert DeliveryKind.BATCH_FILE not in await news(night)


async def test_options_that_the_model_does_not_take_are_left_out(lite_night: Night, server: RunningServer) -> None:
    night = lite_night
    server.emulator.settings.refused_options = ("temperature", "top_p")
    night.deaths = Deaths(lambda place: "_ask_again" in place or "create" in place)
    batch = await night.estimated()
    await night.confirm(batch)
    await night.work()
    batch = await night.reload(batch)
    assert batch.state is BatchState.FINISHED
    assert set((await states(night.team.store, batch)).values()) == {LineState.ANSWERED}
    assert len(server.emulator.meter.of("batches")) == 3, "all, without the first option, without both"
    assert any("_ask_again" in place for place in night.deaths.died_at)
    await check_books(night, server, batch)


async def test_what_is_refused_for_good_is_told_and_costs_nothing(lite_night: Night, server: RunningServer) -> None:
    night = lite_night
    server.emulator.settings.refused_options = ("messages",)  # nothing that could be left out
    batch = await night.estimated()
    await night.confirm(batch)
    await night.work()
    batch = await night.reload(batch)
    assert batch.state is BatchState.FINISHED
    assert set((await states(night.team.store, batch)).values()) == {LineState.FAILED}
    assert await check_books(night, server, batch) == 0
    assert DeliveryKind.BATCH_ENDED in await news(night)


async def test_a_knowledge_base_that_is_away_is_waited_for(lite_night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    night = lite_night

    async def no_leg(*_: object, **__: object) -> None:
        raise KnowledgeUnavailable

    with monkeypatch.context() as away:
        away.setattr(RetrievalService, "search", no_leg)
        batch = await night.receive()
        await night.work(rounds=3)
        assert (await night.reload(batch)).state is BatchState.RECEIVED
    await night.work()
    assert (await night.reload(batch)).state is BatchState.ESTIMATED
