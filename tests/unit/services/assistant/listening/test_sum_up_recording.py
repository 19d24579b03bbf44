"""A long recording comes down to minutes: each part is paid for once, and no trouble costs the transcript."""

import asyncio
from datetime import timedelta

import pytest

from bot.job_lease import JobLease
from services.assistant.listening.sum_up_recording import PATIENCE, SumUpRecording
from services.assistant.listening.write_minutes import PROMPT_TOKENS
from services.domain.delivery import DeliveryKind, DeliveryState
from services.domain.errors import ModelError, ModelRefused, ModelUnavailable
from services.domain.minutes import Minutes, Point
from services.domain.recording import Recording, RecordingState, SpokenRequest
from services.queue.ports import JobName
from services.store.job_fence import JobOvertaken
from tests.fakes.chat_model import Answer, ScriptedChatModel, answer, failing
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.listening.long_talk import (
    DIGEST,
    MINUTES,
    asked,
    minute_taker,
    reload,
    said,
    transcribed,
)
from tests.unit.services.assistant.workshop import until

SMALL_WINDOW = PROMPT_TOKENS + 500
"""Room for 29 phrases."""


async def files(team: Team) -> list[tuple[str, int | None]]:
    async with team.store.transaction() as tx:
        rows = []
        while claimed := await tx.deliveries.claim_due(team.clock.now()):
            for row in claimed:
                assert row.kind is DeliveryKind.TRANSCRIPT_FILE
                rows.append((row.payload["format"], row.address.message_id))
                await tx.deliveries.settle(row.id, row.attempts, DeliveryState.SENT)
    return rows


async def test_a_short_talk_is_one_call(team: Team) -> None:
    model = ScriptedChatModel([answer(said(MINUTES))])
    recording = await transcribed(team)
    await minute_taker(team, model)(recording)
    done = await reload(team, recording)
    assert done.state is RecordingState.DONE
    assert done.minutes == Minutes(
        "Осень: магнит",
        "Выбрали магнит.",
        (Point("Магнит к октябрю.", 60_000),),
        (Point("Оля: макет до пятницы.", None),),  # nobody can have said it in a minute that there is not
        (Point("Расписание в лифте.", None),),
    )
    assert [request.model for request in model.requests] == ["smart"]
    assert "[2:30] мы решили" in asked(model)[0]
    assert "written in Russian" in model.requests[0].messages[0].content
    assert team.project.name in model.requests[0].messages[0].content


async def test_the_files_go_out_before_the_model_is_asked_and_once(team: Team) -> None:
    model = ScriptedChatModel([failing(ModelUnavailable())], repeat_last=True)
    recording = await transcribed(team)
    with pytest.raises(ModelUnavailable):
        await minute_taker(team, model)(recording)
    assert await files(team) == [("txt", 50), ("srt", 50)]
    assert JobName.DRAIN_DELIVERIES in team.jobs.enqueued_names
    model.script = [answer(said(MINUTES))]
    await minute_taker(team, model)(recording)
    assert await files(team) == []


async def test_a_long_talk_goes_by_way_of_digests(team: Team) -> None:
    model = ScriptedChatModel([*[answer(said(DIGEST))] * 3, answer(said(MINUTES))])
    recording = await transcribed(team, 40)
    await minute_taker(team, model, window_tokens=SMALL_WINDOW)(recording)
    assert [request.model for request in model.requests] == ["fast", "fast", "fast", "smart"]
    *parts, whole = asked(model)
    assert sum(part.count("мы решили") for part in parts) == 80
    assert all(20 <= part.count("мы решили") <= 29 for part in parts)
    assert whole.count("Говорили о магните.") == 3
    assert "Магнит к октябрю. [1:00]" in whole
    assert "мы решили" not in whole
    assert (await reload(team, recording)).minutes is not None


async def test_digests_that_do_not_fit_are_summed_up_themselves(team: Team) -> None:
    wordy = {**DIGEST, "summary": "слово " * 200}
    model = ScriptedChatModel([*[answer(said(wordy))] * 5, *[answer(said(DIGEST))] * 3, answer(said(MINUTES))])
    recording = await transcribed(team, 70)
    await minute_taker(team, model, window_tokens=SMALL_WINDOW)(recording)
    assert [request.model for request in model.requests] == [*["fast"] * 8, "smart"]
    assert (await reload(team, recording)).minutes is not None


async def test_what_was_paid_for_is_not_asked_for_again(team: Team) -> None:
    """The process dies after two of three digests."""
    recording = await transcribed(team, 40)
    stuck = asyncio.Event()
    model = ScriptedChatModel([*[answer(said(DIGEST))] * 2, Answer(before=stuck)])
    async with asyncio.TaskGroup() as group:
        dying = group.create_task(minute_taker(team, model, window_tokens=SMALL_WINDOW)(recording))
        await until(lambda: len(model.requests) == 3)
        async with asyncio.timeout(10):
            while len(await digests(team, recording)) < 2:  # noqa: ASYNC110 - rows tell, no event does
                await asyncio.sleep(0)
        dying.cancel()
    heir = ScriptedChatModel([answer(said(DIGEST)), answer(said(MINUTES))])
    await minute_taker(team, heir, window_tokens=SMALL_WINDOW)(recording)
    assert len(heir.requests) == 2
    assert sorted(await digests(team, recording)) == [0, 1, 2]


async def test_digests_of_other_parts_are_of_no_use(team: Team) -> None:
    """The window was changed between two runs: the talk is cut elsewhere."""
    recording = await transcribed(team, 40)
    model = ScriptedChatModel([*[answer(said(DIGEST))] * 3, *[failing(ModelRefused())] * 2])
    await minute_taker(team, model, window_tokens=SMALL_WINDOW)(recording)
    async with team.store.transaction() as tx:
        await tx.recordings.advance(recording.id, RecordingState.TRANSCRIBED)
    again = ScriptedChatModel([*[answer(said(DIGEST))] * 2, answer(said(MINUTES))])
    await minute_taker(team, again, window_tokens=SMALL_WINDOW + 300)(recording)
    assert [request.model for request in again.requests] == ["fast", "fast", "smart"]


async def test_an_answer_that_cannot_be_read_is_mended_once_then_kept_as_it_is(team: Team) -> None:
    model = ScriptedChatModel([answer("Итоги: магнит."), answer(said(MINUTES))])
    first = await transcribed(team)
    await minute_taker(team, model)(first)
    assert (await reload(team, first)).minutes is not None
    assert len(model.requests) == 2
    model.will_answer("Итоги: магнит.", "И снова не то.")
    second = await transcribed(team, message_id=51)
    await minute_taker(team, model)(second)
    assert (await reload(team, second)).minutes == Minutes("", "Итоги: магнит.")


@pytest.mark.parametrize("error", [ModelRefused(), ModelUnavailable()])
async def test_without_a_model_the_transcript_is_what_there_is(team: Team, error: ModelError) -> None:
    recording = await transcribed(team)
    team.clock.advance(days=3650)
    assert timedelta(days=1) > PATIENCE
    await minute_taker(team, ScriptedChatModel([failing(error)], repeat_last=True))(recording)
    done = await reload(team, recording)
    assert (done.state, done.minutes, done.error_code) == (RecordingState.DONE, None, error.code)
    assert len(await files(team)) == 2


async def test_nobody_asks_a_model_for_text_alone(team: Team) -> None:
    recording = await transcribed(team, request=SpokenRequest(text_only=True))
    await minute_taker(team, ScriptedChatModel())(recording)
    done = await reload(team, recording)
    assert (done.state, done.minutes, done.error_code) == (RecordingState.DONE, None, None)


async def test_a_cancelled_recording_is_summed_up_no_further(team: Team) -> None:
    recording = await transcribed(team, 40)
    async with team.store.transaction() as tx:
        await tx.recordings.advance(recording.id, RecordingState.CANCELLED)
    with pytest.raises(JobOvertaken):
        await minute_taker(team, ScriptedChatModel(), window_tokens=SMALL_WINDOW)(recording)
    assert (await reload(team, recording)).state is RecordingState.CANCELLED


async def test_minutes_of_a_talk_that_is_cancelled_meanwhile_are_dropped(team: Team) -> None:
    go_on = asyncio.Event()
    model = ScriptedChatModel([Answer([go_on, said(MINUTES)])])
    recording = await transcribed(team)
    async with asyncio.TaskGroup() as group:
        group.create_task(minute_taker(team, model)(recording))
        await until(lambda: len(model.requests) == 1)
        async with team.store.transaction() as tx:
            await tx.recordings.advance(recording.id, RecordingState.CANCELLED)
        go_on.set()
    over = await reload(team, recording)
    assert (over.state, over.minutes) == (RecordingState.CANCELLED, None)


async def test_who_was_overtaken_writes_nothing(team: Team) -> None:
    recording = await transcribed(team)
    model = ScriptedChatModel([answer(said(MINUTES))])
    sum_up: SumUpRecording = minute_taker(team, model)

    async def frozen() -> None:
        async with team.store.transaction() as tx:
            held = await tx.job_leases.holder("recording:1")
            assert held is not None
            await tx.job_leases.release("recording:1", held[1])
            await tx.job_leases.take("recording:1", "other", team.clock.now(), team.clock.now())
        await sum_up(recording)

    with pytest.raises(JobOvertaken):
        await JobLease(team.store).run("recording:1", frozen)
    assert (await reload(team, recording)).state is RecordingState.TRANSCRIBED
    assert model.requests == []


async def digests(team: Team, recording: Recording) -> dict[int, dict[str, object]]:
    async with team.store.reading() as tx:
        return await tx.recordings.digests(recording.id)
