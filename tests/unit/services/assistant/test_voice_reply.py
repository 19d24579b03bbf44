"""Who hears an answer as well as reads it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from services.assistant.redeliver import Redeliver
from services.assistant.stages.deliver import Deliver
from services.assistant.stages.voice_reply import VoiceReply
from services.domain.chat import Chat, ChatAddress
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.generation import Generation, GenerationState
from services.domain.language import Language
from services.domain.member import VoiceReplies
from services.domain.recording import NewRecording, RecordingKind, SpokenRequest
from services.domain.review import Verdict
from services.queue.ports import JobName
from tests.fakes.presenter import RecordingPresenter
from tests.unit.services.assistant.conftest import Team

OFF, TO_VOICE, ALWAYS = VoiceReplies.OFF, VoiceReplies.TO_VOICE, VoiceReplies.ALWAYS


async def wishes(team: Team, voice: VoiceReplies) -> None:
    async with team.store.transaction() as tx:
        await tx.members.change(team.writer.id, voice_replies=voice)


async def spoke(team: Team, message_id: int = 10, *, chat: Chat | None = None, own: bool = True) -> None:
    """The words of this message came as a voice."""
    address = ChatAddress((chat or team.chat).id, None, message_id)
    recording = NewRecording(
        team.writer.id,
        team.project.id,
        address,
        RecordingKind.VOICE,
        Language.RUSSIAN,
        "file",
        request=SpokenRequest(is_own=own),
    )
    async with team.store.transaction() as tx:
        await tx.recordings.add(recording)


async def shown(team: Team, generation: Generation, voice: VoiceReply | None = None) -> Sequence[Delivery]:
    """What waits to be said once the outcome is on the screen."""
    deliver = Deliver(team.store, voice or VoiceReply(team.jobs))
    await Redeliver(team.store, deliver, RecordingPresenter())(generation.id)
    assert (await team.reload(generation)).delivered_at is not None
    async with team.store.transaction() as tx:
        due = await tx.deliveries.claim_due(team.clock.now())
    return [delivery for delivery in due if delivery.kind is DeliveryKind.VOICE_REPLY]


@pytest.mark.parametrize(
    ("wish", "spoken", "heard"),
    [
        (OFF, True, False),
        (TO_VOICE, True, True),
        (TO_VOICE, False, False),
        (ALWAYS, False, True),
        (ALWAYS, True, True),
    ],
)
async def test_in_private_by_the_person_s_wish(team: Team, wish: VoiceReplies, spoken: bool, heard: bool) -> None:
    await wishes(team, wish)
    if spoken:
        await spoke(team)
    due = await shown(team, await team.has_draft())
    assert bool(due) is heard
    assert (JobName.DRAIN_DELIVERIES in [job for job, _ in team.jobs.enqueued]) is heard


@pytest.mark.parametrize(("wish", "heard"), [(TO_VOICE, False), (ALWAYS, True)])
async def test_in_a_group_only_for_who_always_wants_it(team: Team, wish: VoiceReplies, heard: bool) -> None:
    await wishes(team, wish)
    await spoke(team, chat=team.group)
    assert bool(await shown(team, await team.has_draft(chat=team.group))) is heard


async def test_it_answers_the_card_and_names_the_attempt(team: Team) -> None:
    await wishes(team, ALWAYS)
    draft = await team.has_draft()
    (delivery,) = await shown(team, draft)
    assert (delivery.address, delivery.key) == (ChatAddress(team.chat.id, None, 1010), f"voice_reply:{draft.id}")
    assert delivery.payload == {"generation_id": draft.id}


async def test_what_is_shown_again_is_not_said_again(team: Team) -> None:
    await wishes(team, ALWAYS)
    draft = await team.has_draft()
    assert len(await shown(team, draft)) == 1
    async with team.store.transaction() as tx:
        await tx.generations.mark_undelivered(draft.id)
    assert await shown(team, draft) == []


async def test_speech_of_others_is_not_answered_by_voice(team: Team) -> None:
    await wishes(team, TO_VOICE)
    await spoke(team, own=False)
    assert await shown(team, await team.has_draft()) == []


async def test_a_decision_taken_meanwhile_is_not_read_aloud(team: Team) -> None:
    await wishes(team, ALWAYS)
    draft = await team.has_draft()
    async with team.store.transaction() as tx:
        approved = GenerationState.APPROVED
        await tx.generations.transition(draft.id, expected_version=draft.version, to=approved)
        await tx.reviews.add(draft.id, draft.version, team.approver.id, Verdict.APPROVED)
    assert await shown(team, draft) == []


async def test_a_failure_is_not_read_aloud(team: Team) -> None:
    await wishes(team, ALWAYS)
    generation, now = await team.asks(), team.clock.now()
    async with team.store.transaction() as tx:
        await tx.generations.claim(generation.id, "test", now, now)
        await tx.generations.set_placeholder(generation.id, 1, replace(team_chat(team), message_id=1010))
        await tx.generations.finish(generation.id, 1, GenerationState.FAILED, error_code="model", now=now)
    assert await shown(team, generation) == []


async def test_where_no_voice_is_set_up_nobody_is_read_to(team: Team) -> None:
    await wishes(team, ALWAYS)
    draft = await team.has_draft()
    await Redeliver(team.store, Deliver(team.store), RecordingPresenter())(draft.id)
    async with team.store.transaction() as tx:
        assert await tx.deliveries.claim_due(team.clock.now()) == []


def team_chat(team: Team) -> ChatAddress:
    return ChatAddress(team.chat.id)
