"""Redis when it answers, this process's own conservative pace when it does not: messages go on either way."""

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from loguru import logger

from services.delivery.ports import PreviewDropped, Priority, RateLimiter, Slot

Result = TypeVar("Result")

ASK_AGAIN_SECONDS = 3.0
"""How long a Redis that failed is left alone, so that a hanging one delays one caller and not all."""

SETTLING_SECONDS = 1.0
"""The local pace does not know what the shared one let pass a moment ago: a window over all chats is waited out."""


class FallbackRateLimiter:
    def __init__(
        self,
        shared: RateLimiter,
        local: RateLimiter,
        *,
        failures: tuple[type[Exception], ...],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`failures`: what `shared` raises when its server is away."""
        self._shared = shared
        self._local = local
        self._failures = failures
        self._monotonic = monotonic
        self._ask_again_at = 0.0
        self._is_away = False

    @property
    def is_away(self) -> bool:
        """The shared clock did not answer the last time it was asked."""
        return self._is_away

    async def acquire(self, chat_id: int, priority: Priority) -> Slot:
        return await self._first(lambda limiter: limiter.acquire(chat_id, priority))

    async def try_acquire(self, chat_id: int, priority: Priority) -> Slot:
        return await self._first(lambda limiter: limiter.try_acquire(chat_id, priority))

    async def landed(self, slot: Slot) -> None:
        await self._first(lambda limiter: limiter.landed(slot))

    async def freeze(self, chat_id: int | None, seconds: float) -> None:
        """Both remember, so that an outage does not lift a penalty."""
        await self._local.freeze(chat_id, seconds)
        if self._may_ask():
            try:
                await self._shared.freeze(chat_id, seconds)
            except self._failures as error:
                await self._went_away(error)

    async def frozen_for(self, chat_id: int) -> float:
        return await self._first(lambda limiter: limiter.frozen_for(chat_id))

    async def expect_final(self, chat_id: int) -> None:
        await self._first(lambda limiter: limiter.expect_final(chat_id))

    async def _first(self, ask: Callable[[RateLimiter], Awaitable[Result]]) -> Result:
        """Of the shared clock, or else of this process's own."""
        if self._may_ask():
            try:
                answer = await ask(self._shared)
            except self._failures as error:
                await self._went_away(error)
            except PreviewDropped:
                self._came_back()
                raise
            else:
                self._came_back()
                return answer
        return await ask(self._local)

    def _may_ask(self) -> bool:
        return not self._is_away or self._monotonic() >= self._ask_again_at

    async def _went_away(self, error: Exception) -> None:
        self._ask_again_at = self._monotonic() + ASK_AGAIN_SECONDS
        if not self._is_away:
            self._is_away = True
            await self._local.freeze(None, SETTLING_SECONDS)
            logger.warning("rate limiter: Redis is away ({}), this process paces itself", type(error).__name__)

    def _came_back(self) -> None:
        if self._is_away:
            self._is_away = False
            logger.info("rate limiter: Redis is back")
