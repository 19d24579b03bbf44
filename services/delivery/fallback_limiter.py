"""Redis when it answers, this process's own conservative pace when it does not: messages go on either way."""

import time
from collections.abc import Callable

from loguru import logger

from services.delivery.ports import Priority, RateLimiter

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

    async def acquire(self, chat_id: int, priority: Priority) -> None:
        if self._may_ask():
            try:
                await self._shared.acquire(chat_id, priority)
            except self._failures as error:
                await self._went_away(error)
            else:
                self._came_back()
                return
        await self._local.acquire(chat_id, priority)

    async def try_acquire(self, chat_id: int, priority: Priority) -> float:
        if self._may_ask():
            try:
                wait = await self._shared.try_acquire(chat_id, priority)
            except self._failures as error:
                await self._went_away(error)
            else:
                self._came_back()
                return wait
        return await self._local.try_acquire(chat_id, priority)

    async def freeze(self, chat_id: int | None, seconds: float) -> None:
        """Both remember, so that an outage does not lift a penalty."""
        await self._local.freeze(chat_id, seconds)
        if self._may_ask():
            try:
                await self._shared.freeze(chat_id, seconds)
            except self._failures as error:
                await self._went_away(error)

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
