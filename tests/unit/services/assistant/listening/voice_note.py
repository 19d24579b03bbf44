"""A short recording that was heard, in a real database; the steps that follow, over a scripted model."""

import json
from dataclasses import dataclass, field
from typing import Unpack

from services.assistant.decide_review import DecideReview
from services.assistant.listening.guess_intent import GuessIntent
from services.assistant.listening.start_recording import StartRecording, Works
from services.assistant.listening.understand_recording import UnderstandRecording
from services.assistant.refine_draft import RefineDraft
from services.assistant.regenerate_draft import RegenerateDraft
from services.assistant.start_generation import StartGeneration
from services.calling.retry import RetryPolicy
from services.domain.brief import Task
from services.domain.chat import Chat, ChatAddress
from services.domain.generation import Generation
from services.domain.language import Language
from services.domain.member import Member
from services.domain.recording import Intent, NewRecording, Recording, RecordingKind, RecordingState, SpokenRequest
from services.llm.routing import plan_routes
from services.llm.service import LLMService
from services.prompts.jinja_library import JinjaPromptLibrary
from services.store.ports_voice import RecordingChanges
from tests.fakes.call_ledger import MemoryLedger
from tests.fakes.chat_model import ScriptedChatModel
from tests.fakes.circuit_breaker import MemoryBreaker
from tests.fakes.price_list import FlatPriceList
from tests.fakes.token_counter import WordCounter
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.workshop import PROMPTS

PATH = (RecordingState.FETCHED, RecordingState.PREPARED)
PROMPT_LIBRARY = JinjaPromptLibrary(PROMPTS)


def sorted_as(action: str, *, chip: str | None = None, sure: bool = True) -> str:
    return json.dumps({"action": action, "chip": chip, "sure": sure})


@dataclass
class Ear:
    """What becomes of speech once it has its text."""

    team: Team
    start_seconds: float = 5.0
    has_model: bool = True
    patience_seconds: float = 3.0
    model: ScriptedChatModel = field(default_factory=ScriptedChatModel)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    messages: int = 500

    async def hears(
        self,
        text: str,
        *,
        by: Member | None = None,
        chat: Chat | None = None,
        request: SpokenRequest | None = None,
        confidence: float | None = 0.9,
    ) -> Recording:
        """TRANSCRIBED."""
        self.messages += 1
        place = chat or self.team.chat
        new = NewRecording(
            member_id=(by or self.team.writer).id,
            project_id=self.team.project.id,
            address=ChatAddress(place.id, None, self.messages),
            kind=RecordingKind.VOICE,
            language=Language.RUSSIAN,
            file_id="file",
            request=request or SpokenRequest(),
        )
        async with self.team.store.transaction() as tx:
            recording, _ = await tx.recordings.add(new)
            for state in PATH:
                await tx.recordings.advance(recording.id, state)
            heard = await tx.recordings.advance(
                recording.id, RecordingState.TRANSCRIBED, text=text, confidence=confidence
            )
        assert heard is not None
        return heard

    async def understands(self, recording: Recording) -> Recording:
        step = UnderstandRecording(
            self.team.store,
            GuessIntent(self._llm(), PROMPT_LIBRARY, self.patience_seconds),
            self.team.clock,
            self.start_seconds,
        )
        await step(recording)
        return await self.now(recording)

    async def starts(self, recording: Recording) -> Recording:
        await StartRecording(self.team.store, self.team.clock, self._works())(recording)
        return await self.now(recording)

    async def carries_out(self, recording: Recording) -> Recording:
        """Understood, and begun when the pause is over."""
        understood = await self.understands(recording)
        self.team.clock.advance(seconds=self.start_seconds)
        return await self.starts(understood)

    async def tapped(self, recording: Recording, intent: Intent) -> Recording:
        """WAITING for nothing any more: a person said what they want."""
        return await self.changed(recording, intent=intent, start_at=self.team.clock.now())

    async def changed(self, recording: Recording, **changes: Unpack[RecordingChanges]) -> Recording:
        async with self.team.store.transaction() as tx:
            changed = await tx.recordings.change(recording.id, **changes)
        assert changed is not None
        return changed

    async def now(self, recording: Recording) -> Recording:
        async with self.team.store.reading() as tx:
            found = await tx.recordings.get(recording.id)
        assert found is not None
        return found

    async def attempts(self, generation: Generation) -> list[Generation]:
        async with self.team.store.reading() as tx:
            return list(await tx.generations.attempts(generation.brief_id))

    def _works(self) -> Works:
        store, runner = self.team.store, self.team.runner
        return Works(
            StartGeneration(store, runner),
            RefineDraft(store, runner),
            RegenerateDraft(store, runner),
            DecideReview(store, self.team.jobs),
            about_material,
        )

    def _llm(self) -> LLMService:
        routes = plan_routes(self.model, "smart", "fast", ())
        return LLMService(
            routes if self.has_model else dict.fromkeys(routes, ()),
            ledger=self.ledger,
            breaker=MemoryBreaker(),
            prices=FlatPriceList(),
            counter=WordCounter(),
            policy=RetryPolicy(),
        )


def about_material(task: Task, language: Language) -> str:
    return f"{task} about this ({language})"


def in_reply_to(draft: Generation, quote: str = "") -> SpokenRequest:
    assert draft.placeholder is not None
    return SpokenRequest(answered_message_id=draft.placeholder.message_id, quote=quote)
