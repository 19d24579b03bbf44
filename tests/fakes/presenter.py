"""A screen that remembers what was shown on it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from services.assistant.ports import Card, Failure, ScreenRecord
from services.domain.brief import Brief
from services.domain.chat import ChatAddress
from services.domain.generation import Generation, Stage
from services.domain.idea import Draft
from services.domain.language import Language
from services.domain.member import StreamTransport
from services.domain.queue_place import QueuePlace


@dataclass
class RecordedScreen:
    generation_id: int
    placeholder: ChatAddress | None
    stages: list[Stage] = field(default_factory=list)
    previews: list[Draft] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    final_at: ChatAddress | None = None
    shown: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the outcome is on the screen."""

    async def stage(self, stage: Stage) -> None:
        self.stages.append(stage)

    async def preview(self, read: Callable[[], Draft]) -> None:
        self.previews.append(read())

    async def finish(self, card: Card) -> ChatAddress:
        self.cards.append(card)
        self.shown.set()
        return self.final_at or self.placeholder or ChatAddress(0)

    async def fail(self, failure: Failure) -> ChatAddress | None:
        self.failures.append(failure)
        self.shown.set()
        return self.placeholder


class RecordingPresenter:
    def __init__(self) -> None:
        self.screens: list[RecordedScreen] = []
        self.final_at: ChatAddress | None = None
        """Where finals appear, when not in the placeholder."""
        self._next_message = 9_000
        self.places: dict[int, list[QueuePlace]] = {}
        """What those who wait were told, by attempt."""
        self.is_deaf = False
        """Nothing that those who wait are told is taken."""

    async def wait(
        self, generation: Generation, brief: Brief, language: Language, place: QueuePlace, *, record: ScreenRecord
    ) -> bool:
        if self.is_deaf:
            return False
        self.places.setdefault(generation.id, []).append(place)
        if generation.placeholder is not None:
            return True
        self._next_message += 1
        return await record.placed(brief.address.at(self._next_message), instead_of=None)

    @asynccontextmanager
    async def open(
        self,
        generation: Generation,
        brief: Brief,
        language: Language,
        transport: StreamTransport,
        *,
        record: ScreenRecord,
    ) -> AsyncIterator[RecordedScreen]:
        placeholder = generation.placeholder
        if placeholder is None:
            self._next_message += 1
            placeholder = brief.address.at(self._next_message)
        screen = RecordedScreen(generation.id, placeholder, final_at=self.final_at)
        self.screens.append(screen)
        if generation.placeholder is None:
            await record.placed(placeholder, instead_of=None)
        yield screen

    def screen_of(self, generation_id: int) -> RecordedScreen:
        """The latest one."""
        return next(screen for screen in reversed(self.screens) if screen.generation_id == generation_id)
