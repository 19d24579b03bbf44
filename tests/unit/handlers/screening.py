"""A presenter under a virtual clock, with a limiter in front of a Telegram that only remembers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from aiogram.exceptions import TelegramForbiddenError
from aiogram.methods import (
    GetMe,
    TelegramMethod,
)

from handlers.i18n import Catalogues
from handlers.presenter import TelegramPresenter
from handlers.sender import Urgency
from services.assistant.ports import Presentation
from services.domain.chat import ChatAddress
from services.domain.generation import GenerationState, Stage
from services.domain.idea import Draft, Idea
from services.domain.language import Language
from services.domain.member import StreamTransport
from tests.fakes.telegram_session import RecordingSession, recording_bot
from tests.unit.handlers.people import brief, generation
from tests.virtual_time import run_in_virtual_time

RUNNING = generation(state=GenerationState.RUNNING)
FORBIDDEN = TelegramForbiddenError(method=GetMe(), message="Forbidden: bot was blocked by the user")
GONE = "message to edit not found"


class Held(Exception):
    """What a limiter raises for a preview."""

    retry_after = 0.5


@dataclass
class Screening:
    telegram: RecordingSession
    presenter: TelegramPresenter
    recorded: list[ChatAddress] = field(default_factory=list)
    urgencies: list[Urgency] = field(default_factory=list)
    times: list[tuple[float, TelegramMethod[Any]]] = field(default_factory=list)
    hold_previews: bool = False
    record_error: Exception | None = None
    """The next records fail so, as often as `record_errors` says."""
    record_errors: int = 1_000_000
    is_ours: bool = True
    """False: another process has the attempt."""
    may_draw: bool = True
    further: tuple[int, ...] = ()
    opened_with: ChatAddress | None = None
    _urgency: Urgency = Urgency.REPLY

    @contextmanager
    def mark(self, urgency: Urgency) -> Iterator[None]:
        before, self._urgency = self._urgency, urgency
        self.urgencies.append(urgency)
        try:
            yield
        finally:
            self._urgency = before

    async def limiter(self, make_request: Callable[..., Awaitable[Any]], bot: Any, method: TelegramMethod[Any]) -> Any:
        if self.hold_previews and self._urgency is Urgency.PREVIEW:
            raise Held
        self.times.append((asyncio.get_running_loop().time(), method))
        return await make_request(bot, method)

    async def placed(self, at: ChatAddress, *, instead_of: ChatAddress | None) -> bool:
        if self.record_error is not None and self.record_errors > 0:
            self.record_errors -= 1
            raise self.record_error
        if self.is_ours:
            assert instead_of == (self.recorded[-1] if self.recorded else self.opened_with)
            self.recorded.append(at)
        return self.is_ours

    async def continued(self, message_ids: Sequence[int]) -> bool:
        if self.is_ours:
            self.further = tuple(message_ids)
        return self.is_ours

    def may_preview(self) -> bool:
        return self.may_draw

    def open(self, transport: StreamTransport = StreamTransport.EDIT, **changes: Any) -> Any:
        made = generation(**{"state": GenerationState.RUNNING, **changes})
        self.opened_with = made.placeholder
        return self.presenter.open(made, brief(), Language.RUSSIAN, transport, record=self)

    def at(self, kind: type[TelegramMethod[Any]]) -> list[float]:
        return [moment for moment, method in self.times if isinstance(method, kind)]


def screening(catalogues: Catalogues) -> Screening:
    bot, telegram = recording_bot()
    made = Screening(telegram, TelegramPresenter(bot, catalogues))
    made.presenter = TelegramPresenter(bot, catalogues, mark=made.mark, refusals=(Held,))
    telegram.middleware(made.limiter)
    return made


def play(catalogues: Catalogues, scene: Callable[[Screening], Awaitable[None]]) -> Screening:
    """Run a scene in virtual time; whatever task it leaves behind is an error."""

    async def run() -> Screening:
        made = screening(catalogues)
        await scene(made)
        assert len(asyncio.all_tasks()) == 1
        return made

    return run_in_virtual_time(run)


async def words(count: int, pause: float) -> AsyncIterator[Draft]:
    for number in range(1, count + 1):
        await asyncio.sleep(pause)
        yield Draft(ideas=(Idea("Тихая полка", "слово " * number),))


async def stream(screen: Presentation, count: int, pause: float) -> None:
    await screen.stage(Stage.DRAFT)
    async for draft in words(count, pause):
        await screen.preview(partial(_same, draft))


def _same(draft: Draft) -> Draft:
    return draft
