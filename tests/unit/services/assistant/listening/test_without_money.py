"""Recordings without money: what was reached is kept, the text is there, the rest can be asked for later."""

import asyncio
import gc
from datetime import UTC, datetime

import pytest

from services.assistant.listening.make_minutes import lacks_minutes
from services.assistant.listening.own_recording import may_be_tried_again
from services.domain.budget import EVERY_ONE, Budget, BudgetKey, BudgetPeriod, BudgetScope
from services.domain.delivery import DeliveryKind
from services.domain.errors import BudgetExhausted
from services.domain.recording import RecordingState, SpokenAction
from services.store.sql_store import SqlStore
from tests.fakes.chat_model import Answer, ScriptedChatModel, answer
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.listening.hearing import in_state
from tests.unit.services.assistant.listening.long_talk import (
    DIGEST,
    MINUTES,
    minute_taker,
    reload,
    said,
    transcribed,
)
from tests.unit.services.assistant.listening.test_advance_recording import Walk
from tests.unit.services.assistant.listening.test_sum_up_recording import SMALL_WINDOW
from tests.unit.services.assistant.listening.voice_note import Ear
from tests.unit.services.assistant.workshop import until

S = RecordingState
REFUSED = BudgetExhausted(scope="team", scope_id=0, period="month", limit="50.00", left="0.00")


async def limit(team: Team, microusd: int) -> None:
    key = BudgetKey(BudgetScope.TEAM, EVERY_ONE, BudgetPeriod.DAY)
    async with team.store.transaction() as tx:
        await tx.budgets.set(Budget(key, microusd), team.admin.id, datetime.now(UTC).date())


async def test_who_cannot_be_heard_for_lack_of_money_is_told_at_once(sqlite_store: SqlStore) -> None:
    walk = Walk(sqlite_store, {S.PREPARED: [REFUSED]})
    failed = await walk(await in_state(sqlite_store, S.PREPARED))
    assert (failed.state, failed.error_code, failed.failed_in) == (S.FAILED, "budget_exhausted", S.PREPARED)
    assert failed.error_facts == REFUSED.facts
    assert may_be_tried_again(failed.error_code)
    assert walk.taken == [S.PREPARED], "waiting does not help"


async def test_what_somebody_wants_is_left_to_them(team: Team) -> None:
    ear = Ear(team)
    ear.ledger.refusal = REFUSED
    heard = await ear.understands(await ear.hears("Сегодня все устали"))
    assert (heard.state, heard.error_code) == (S.WAITING, None)
    assert heard.intent is not None
    assert heard.intent.action is SpokenAction.CHOOSE


async def test_the_transcript_goes_out_without_money_for_minutes(team: Team) -> None:
    await limit(team, 1)
    model = ScriptedChatModel()
    recording = await transcribed(team)
    await minute_taker(team, model)(recording)
    done = await reload(team, recording)
    assert (done.state, done.minutes, done.error_code) == (S.DONE, None, "budget_exhausted")
    assert (done.error_facts["scope"], done.error_facts["period"]) == ("team", "day")
    assert lacks_minutes(done), "they can be asked for again"
    assert model.requests == []
    async with team.store.transaction() as tx:
        kinds = [row.kind for row in await tx.deliveries.claim_due(team.clock.now())]
    assert DeliveryKind.TRANSCRIPT_FILE in kinds


async def test_digests_that_were_paid_for_are_kept_for_the_day_when_there_is_money(team: Team) -> None:
    recording, go_on = await transcribed(team, 40), asyncio.Event()
    model = ScriptedChatModel([Answer([go_on, said(DIGEST)])] * 3)
    async with asyncio.TaskGroup() as group:
        group.create_task(minute_taker(team, model, window_tokens=SMALL_WINDOW)(recording))
        await until(lambda: len(model.requests) == 3)
        await limit(team, 0)
        go_on.set()
    assert (await reload(team, recording)).error_code == "budget_exhausted"
    await limit(team, 10_000_000)
    async with team.store.transaction() as tx:
        await tx.recordings.advance(recording.id, S.TRANSCRIBED, error_code=None, error_facts={})
    rest = ScriptedChatModel([answer(said(MINUTES))])
    await minute_taker(team, rest, window_tokens=SMALL_WINDOW)(recording)
    done = await reload(team, recording)
    assert (done.state, done.error_code, len(rest.requests)) == (S.DONE, None, 1)
    assert done.minutes is not None


async def test_when_one_of_many_calls_is_refused_the_others_end_quietly(
    team: Team, caplog: pytest.LogCaptureFixture
) -> None:
    """They were just being written down when the first refusal ended them all."""
    await limit(team, 1)
    await minute_taker(team, ScriptedChatModel(), window_tokens=SMALL_WINDOW)(await transcribed(team, 40))
    gc.collect()
    assert [record.message for record in caplog.records if record.name == "asyncio"] == []
