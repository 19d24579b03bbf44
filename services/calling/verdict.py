"""What one try says about its provider, told to the circuit breaker however the try ends."""

import asyncio
from types import TracebackType
from typing import Self

from loguru import logger

from services.calling.tries import RouteT, Tries
from services.domain.errors import ModelBusy, ModelError, ModelTimeout, ModelUnavailable, StreamIncomplete
from services.domain.metering import CircuitBreaker


class Verdict:
    """Async context manager around one try. A ModelError ends in `error` and with `tries`, for the next one."""

    def __init__(self, breaker: CircuitBreaker, tries: Tries[RouteT], route: RouteT) -> None:
        self._breaker = breaker
        self._tries = tries
        self._route = route
        self._is_awaited = tries.is_probe
        self.error: ModelError | None = None

    async def __aenter__(self) -> Self:
        return self

    async def lives(self) -> None:
        """The provider speaks. A probe opens the way for the others now: its answer may take another minute."""
        if self._is_awaited:
            self._is_awaited = False
            await self._breaker.succeeded(self._route.circuit)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        circuit = self._route.circuit
        if error is None:
            await self._breaker.succeeded(circuit)
        elif isinstance(error, ModelError):
            self.error = error
            logger.warning("model {} of {}: {} ({})", self._route.model, self._route.provider, error.code, error)
            if not _is_alive(error):
                await self._breaker.failed(circuit)
            elif self._is_awaited:
                await self._breaker.gave_up(circuit)
            self._tries.failed(error)
        elif self._is_awaited:
            # Shielded: a probe that was stopped must not keep everybody else waiting for its end.
            await asyncio.shield(self._breaker.gave_up(circuit))
        return self.error is not None


def _is_alive(error: ModelError) -> bool:
    """A provider that refuses or asks for patience works."""
    return isinstance(error, ModelBusy) or not isinstance(error, ModelUnavailable | ModelTimeout | StreamIncomplete)
