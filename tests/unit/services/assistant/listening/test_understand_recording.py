"""What speech wants, and whether it may begin by itself."""

import asyncio
from datetime import timedelta

import pytest

from services.domain.brief import Task
from services.domain.errors import ModelRefused
from services.domain.generation import Chip, GenerationState
from services.domain.question import Purpose
from services.domain.recording import Intent, RecordingState, SpokenAction, SpokenRequest
from services.domain.usage import CallOutcome
from tests.fakes.chat_model import Answer, failing
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.listening.voice_note import Ear, in_reply_to, sorted_as


@pytest.fixture
def ear(team: Team) -> Ear:
    return Ear(team)


async def test_a_brief_begins_after_the_pause_and_no_model_is_asked(ear: Ear) -> None:
    heard = await ear.understands(await ear.hears("Муза, сделай пять слоганов про зимний чай."))
    assert heard.state is RecordingState.WAITING
    assert heard.intent == Intent(SpokenAction.IDEA, "Муза, сделай пять слоганов про зимний чай.")
    assert heard.start_at == ear.team.clock.now() + timedelta(seconds=5)
    assert ear.model.requests == []


async def test_a_question_is_asked(ear: Ear) -> None:
    heard = await ear.understands(await ear.hears("Какой у нас тон голоса?"))
    assert heard.intent is not None
    assert heard.intent.action is SpokenAction.ASK


@pytest.mark.parametrize(("seconds", "waits"), [(0.0, timedelta()), (12.5, timedelta(seconds=12.5)), (-1.0, None)])
async def test_the_pause_is_a_setting(team: Team, seconds: float, waits: timedelta | None) -> None:
    ear = Ear(team, start_seconds=seconds)
    heard = await ear.understands(await ear.hears("Придумай слоган к осени"))
    assert heard.start_at == (None if waits is None else team.clock.now() + waits)


@pytest.mark.parametrize(("confidence", "starts"), [(0.2, False), (0.49, False), (0.5, True), (None, True)])
async def test_what_was_heard_badly_waits_for_a_tap(ear: Ear, confidence: float | None, starts: bool) -> None:
    heard = await ear.understands(await ear.hears("Придумай слоган к осени", confidence=confidence))
    assert (heard.start_at is not None) is starts


async def test_words_that_the_person_wrote_were_not_misheard(ear: Ear) -> None:
    heard = await ear.changed(await ear.hears("Придумай слоган к осени", confidence=0.1), is_corrected=True)
    assert (await ear.understands(heard)).start_at == ear.team.clock.now(), "there is nothing left to correct"


async def test_a_command_decides_whatever_is_said(ear: Ear) -> None:
    request = SpokenRequest(task=Task.ASK, words="про Казань")
    heard = await ear.understands(await ear.hears("Утвердить.", request=request))
    assert heard.intent == Intent(SpokenAction.ASK, "про Казань\n\nУтвердить.")
    assert heard.start_at is not None


async def test_text_alone_is_the_end(ear: Ear) -> None:
    heard = await ear.understands(await ear.hears("Придумай слоган", request=SpokenRequest(text_only=True)))
    assert (heard.state, heard.intent, heard.start_at) == (RecordingState.DONE, None, None)


@pytest.mark.parametrize("said", ["Утвердить.", "Придумай десять слоганов", "Ещё раз, короче"])
async def test_what_others_say_is_no_order(ear: Ear, said: str) -> None:
    await ear.team.has_draft()
    heard = await ear.understands(await ear.hears(said, request=SpokenRequest(is_own=False)))
    assert heard.intent == Intent(SpokenAction.CHOOSE, is_certain=False)
    assert heard.start_at is None
    assert ear.model.requests == []


async def test_an_answer_to_a_question_is_one(ear: Ear) -> None:
    request = SpokenRequest(purpose=Purpose.CHANGES.value, payload={"generation_id": 1})
    heard = await ear.understands(await ear.hears("Утвердить.", request=request))
    assert heard.intent == Intent(SpokenAction.ANSWER, "Утвердить.")


async def test_a_reply_to_a_draft_refines_it(ear: Ear) -> None:
    draft = await ear.team.has_draft()
    heard = await ear.understands(await ear.hears("Добавь про доставку.", request=in_reply_to(draft)))
    assert heard.intent == Intent(
        SpokenAction.REFINE, "Добавь про доставку.", generation_id=draft.id, version=draft.version
    )
    assert heard.start_at is not None


async def test_a_plain_approval_in_reply_may_go_at_once(ear: Ear) -> None:
    draft = await ear.team.has_draft()
    heard = await ear.understands(await ear.hears("Муза, утвердить.", request=in_reply_to(draft)))
    assert heard.intent == Intent(SpokenAction.APPROVE, generation_id=draft.id, version=draft.version)
    assert heard.start_at is not None


async def test_a_new_try_keeps_what_to_mind(ear: Ear) -> None:
    draft = await ear.team.has_draft()
    heard = await ear.understands(await ear.hears("Ещё раз, но короче и про зиму", request=in_reply_to(draft)))
    assert heard.intent == Intent(SpokenAction.REGENERATE, "про зиму", Chip.SHORTER, draft.id, draft.version)


async def test_without_a_reply_an_approval_of_the_only_draft_needs_a_tap(ear: Ear) -> None:
    draft = await ear.team.has_draft()
    heard = await ear.understands(await ear.hears("Утверждаю"))
    assert heard.intent is not None
    assert (heard.intent.action, heard.intent.generation_id) == (SpokenAction.APPROVE, draft.id)
    assert heard.intent.is_certain is False
    assert heard.start_at is None


async def test_without_a_reply_the_only_draft_is_tried_again(ear: Ear) -> None:
    draft = await ear.team.has_draft()
    heard = await ear.understands(await ear.hears("Ещё раз, смелее"))
    assert heard.intent == Intent(SpokenAction.REGENERATE, "", Chip.BOLDER, draft.id, draft.version)
    assert heard.start_at is not None


@pytest.mark.parametrize("drafts", [0, 2])
@pytest.mark.parametrize("said", ["Утвердить", "Ещё раз, короче"])
async def test_which_draft_is_never_guessed(ear: Ear, drafts: int, said: str) -> None:
    for number in range(drafts):
        await ear.team.has_draft(message_id=10 + number)
    heard = await ear.understands(await ear.hears(said))
    assert heard.intent is not None
    assert (heard.intent.action, heard.intent.generation_id) == (SpokenAction.CHOOSE, None)
    assert heard.intent.wanted in (SpokenAction.APPROVE, SpokenAction.REGENERATE)
    assert heard.start_at is None


async def test_drafts_of_other_chats_and_people_are_not_meant(ear: Ear) -> None:
    await ear.team.has_draft(message_id=10, chat=ear.team.group)
    heard = await ear.understands(await ear.hears("Утвердить"))
    assert heard.intent is not None
    assert heard.intent.generation_id is None
    other = await ear.understands(await ear.hears("Утвердить", by=ear.team.approver, chat=ear.team.group))
    assert other.intent is not None
    assert other.intent.generation_id is None


async def test_what_the_rules_leave_open_the_fast_model_tells(ear: Ear) -> None:
    ear.model.will_answer(sorted_as("idea"))
    heard = await ear.understands(await ear.hears("Завтра открываем кофейню, и на стекле пусто"))
    assert heard.intent == Intent(SpokenAction.IDEA, "Завтра открываем кофейню, и на стекле пусто")
    assert heard.start_at is not None
    (request,) = ear.model.requests
    assert request.model == "fast"
    assert "<transcript nonce=" in request.messages[-1].content
    (call,) = ear.ledger.calls
    assert (call.context.task, call.context.recording_id, call.outcome) == ("intent", heard.id, CallOutcome.OK)
    assert call.context.member_id == ear.team.writer.id


@pytest.mark.parametrize("answer", [sorted_as("unclear"), "no json", sorted_as("approve"), sorted_as("regenerate")])
async def test_what_no_model_can_tell_the_person_chooses(ear: Ear, answer: str) -> None:
    await ear.team.has_draft()
    ear.model.will_answer(answer)
    heard = await ear.understands(await ear.hears("Сегодня обсуждали зимнюю кампанию, все устали"))
    assert heard.intent == Intent(SpokenAction.CHOOSE, is_certain=False)
    assert heard.start_at is None


async def test_a_model_that_is_not_sure_starts_nothing(ear: Ear) -> None:
    ear.model.will_answer(sorted_as("idea", sure=False))
    heard = await ear.understands(await ear.hears("Как насчёт слоганов про зиму?"))
    assert heard.intent is not None
    assert (heard.intent.action, heard.intent.is_certain, heard.start_at) == (SpokenAction.IDEA, False, None)


async def test_an_approval_read_by_a_model_always_needs_a_tap(ear: Ear) -> None:
    draft = await ear.team.has_draft()
    ear.model.will_answer(sorted_as("approve", sure=True))
    heard = await ear.understands(await ear.hears("Ну всё, можно утверждать", request=in_reply_to(draft)))
    assert heard.intent == Intent(SpokenAction.APPROVE, generation_id=draft.id, version=draft.version, is_certain=False)
    assert heard.start_at is None


@pytest.mark.parametrize("said", ["Не утверждай пока, первый длинноват", "Don't approve yet"])
async def test_without_a_model_a_look_alike_waits_as_a_refinement(team: Team, said: str) -> None:
    ear, draft = Ear(team, has_model=False), await team.has_draft()
    heard = await ear.understands(await ear.hears(said, request=in_reply_to(draft)))
    assert heard.intent is not None
    assert (heard.intent.action, heard.intent.is_certain, heard.start_at) == (SpokenAction.REFINE, False, None)


async def test_models_that_refuse_leave_the_choice_to_the_person(ear: Ear) -> None:
    ear.model.will_answer(failing(ModelRefused("wrong key")), failing(ModelRefused("wrong key")))
    heard = await ear.understands(await ear.hears("Сегодня все устали"))
    assert heard.intent is not None
    assert heard.intent.action is SpokenAction.CHOOSE


async def test_a_model_that_keeps_silent_is_not_waited_for(team: Team) -> None:
    ear = Ear(team, patience_seconds=0.05)
    ear.model.will_answer(Answer([asyncio.Event()]))
    heard = await ear.understands(await ear.hears("Сегодня все устали"))
    assert heard.intent is not None
    assert heard.intent.action is SpokenAction.CHOOSE
    assert ear.model.open_streams == 0
    assert [call.outcome for call in ear.ledger.calls] == [CallOutcome.STOPPED]


async def test_an_answer_to_a_question_of_the_person_s_cannot_be_approved(ear: Ear) -> None:
    answered = await ear.team.writes(await ear.team.asks(), 1010, state=GenerationState.ANSWERED)
    heard = await ear.understands(await ear.hears("Утвердить", request=in_reply_to(answered)))
    assert heard.intent == Intent(SpokenAction.CHOOSE, is_certain=False)


async def test_a_cancelled_recording_stays_so(ear: Ear) -> None:
    heard = await ear.hears("Придумай слоган")
    async with ear.team.store.transaction() as tx:
        await tx.recordings.advance(heard.id, RecordingState.CANCELLED)
    assert (await ear.understands(heard)).state is RecordingState.CANCELLED
