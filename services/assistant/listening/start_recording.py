"""What a recording asks for begins: the same work as by a typed message or a press."""

from dataclasses import dataclass
from typing import Protocol

from services.assistant.answer_question import TASKS as TASKS_IN_QUESTION
from services.assistant.answer_question import Answer, AnswerQuestion
from services.assistant.attempts import who_decided
from services.assistant.decide_review import DecideReview
from services.assistant.listening.own_recording import outdated
from services.assistant.listening.spoken_draft import answered_draft, only_open_draft
from services.assistant.listening.wishes import TASKS, material_of, own_words, with_quote
from services.assistant.pending_inputs import PendingInput
from services.assistant.ports import Clock
from services.assistant.refine_draft import RefineDraft
from services.assistant.regenerate_draft import RegenerateDraft
from services.assistant.start_generation import StartGeneration
from services.domain.brief import Task
from services.domain.chat import Chat, ChatAddress
from services.domain.errors import NotAllowed, StaleAction
from services.domain.failpoint import FailPoint, reached
from services.domain.generation import Generation, GenerationState
from services.domain.language import Language
from services.domain.member import Member
from services.domain.question import Purpose
from services.domain.recording import Intent, Recording, RecordingState, SpokenAction
from services.domain.review import Verdict
from services.store.job_fence import check_fence
from services.store.ports import Store


class AboutMaterial(Protocol):
    def __call__(self, task: Task, language: Language) -> str:
        """The brief or the question of a person who gave somebody else's words and none of their own."""
        ...


@dataclass(frozen=True, slots=True)
class Works:
    """What speech can start."""

    start_generation: StartGeneration
    refine_draft: RefineDraft
    regenerate_draft: RegenerateDraft
    decide_review: DecideReview
    about_material: AboutMaterial


class StartRecording:
    def __init__(self, store: Store, clock: Clock, works: Works) -> None:
        self._store = store
        self._clock = clock
        self._works = works
        self._answer_question = AnswerQuestion(
            works.start_generation, works.refine_draft, works.regenerate_draft, works.decide_review
        )

    async def __call__(self, recording: Recording) -> None:
        """WAITING, with its time come → DONE. Begun again after a crash it finds what it started: every attempt is
        known by the voice message that asked for it, a decision by the person who took it.

        Raises what the work raises: StaleAction, NotAllowed, EmptyBrief, BriefTooLong.
        """
        async with self._store.reading() as tx:
            current = await tx.recordings.get(recording.id)
            if current is None or current.state is not RecordingState.WAITING or not self._is_due(current):
                return
            member = await tx.members.get(current.member_id)
            chat = await tx.chats.get(current.address.chat_id)
        if member is None or chat is None or not member.is_active:
            raise NotAllowed
        if current.intent is None:
            raise outdated(current)
        await self._start(current, current.intent, member, chat)
        reached(FailPoint.RECORDING_STARTED)
        async with self._store.transaction() as tx:
            await check_fence(tx)
            await tx.recordings.advance(current.id, RecordingState.DONE, start_at=None)

    def _is_due(self, recording: Recording) -> bool:
        return recording.start_at is not None and recording.start_at <= self._clock.now()

    async def _start(self, recording: Recording, intent: Intent, member: Member, chat: Chat) -> None:
        match intent.action:
            case SpokenAction.IDEA | SpokenAction.ASK:
                await self._generate(recording, TASKS[intent.action], member, chat)
            case SpokenAction.ANSWER:
                await self._answer(recording, member, chat)
            case SpokenAction.CHOOSE:
                raise outdated(recording)
            case SpokenAction.REFINE | SpokenAction.REGENERATE | SpokenAction.APPROVE:
                draft, shown_in = await self._draft(recording, intent)
                await self._change(recording, intent, member, draft, shown_in)

    async def _generate(self, recording: Recording, task: Task, member: Member, chat: Chat) -> None:
        words = own_words(recording)
        if not words and not recording.request.is_own:
            words = self._works.about_material(task, recording.language)
        await self._works.start_generation(
            member,
            chat,
            recording.address,
            words,
            task=task,
            language=recording.language,
            material=material_of(recording),
        )

    async def _change(
        self, recording: Recording, intent: Intent, member: Member, draft: Generation, shown_in: ChatAddress
    ) -> None:
        if intent.action is SpokenAction.REFINE:
            words = with_quote(recording, own_words(recording))
            if await self._works.refine_draft(member, shown_in, recording.address, words) is None:
                raise StaleAction("the draft is gone", state="unknown")
        elif intent.action is SpokenAction.REGENERATE:
            version = draft.version if intent.version is None else intent.version
            await self._works.regenerate_draft(
                member,
                draft.id,
                version,
                shown_in,
                chip=intent.chip,
                instruction=with_quote(recording, intent.text),
                asked_in=recording.address,
            )
        elif not await self._is_approved_by(member, draft):
            version = draft.version if intent.version is None else intent.version
            await self._works.decide_review(member, draft.id, version, shown_in, Verdict.APPROVED, is_pressed=False)

    async def _answer(self, recording: Recording, member: Member, chat: Chat) -> None:
        request = recording.request
        purpose, text, material = Purpose(request.purpose or ""), recording.text, None
        if purpose in TASKS_IN_QUESTION:
            text, material = own_words(recording), material_of(recording)
            if not text:
                text = self._works.about_material(TASKS_IN_QUESTION[purpose], recording.language)
        answer = Answer(member, chat, recording.address, recording.language, text, material, in_new_message=True)
        if purpose in (Purpose.CHANGES, Purpose.REJECT):
            async with self._store.reading() as tx:
                draft = await tx.generations.get(int(request.payload["generation_id"]))
                reviews = await tx.reviews.of_generation(draft.id) if draft is not None else ()
            if any(review.member_id == member.id and review.comment == text for review in reviews):
                return  # a former try got as far as this
        await self._answer_question(PendingInput(purpose.value, request.payload), answer)

    async def _draft(self, recording: Recording, intent: Intent) -> tuple[Generation, ChatAddress]:
        """The draft that is meant, and the message that shows it: the one replied to, else its own."""
        async with self._store.reading() as tx:
            answered = await answered_draft(tx, recording)
            if intent.generation_id is not None:
                draft = await tx.generations.get(intent.generation_id)
            else:
                draft = answered or await only_open_draft(tx, recording)
        if draft is None:
            raise StaleAction("no draft is meant", state="unknown")
        if answered is not None and answered.brief_id == draft.brief_id:
            return draft, recording.address.at(recording.request.answered_message_id)
        return draft, draft.placeholder or recording.address

    async def _is_approved_by(self, member: Member, draft: Generation) -> bool:
        if draft.state is not GenerationState.APPROVED:
            return False
        async with self._store.reading() as tx:
            decider = await who_decided(tx, draft)
        return decider is not None and decider.id == member.id
