"""Which model is asked next: the same one again after a pause, then the one that takes over."""

import time
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from loguru import logger
from tenacity import AsyncRetrying, AttemptManager

from services.calling.retry import RetryPolicy, Sleep
from services.domain.errors import ModelError, ModelUnavailable
from services.domain.metering import CircuitBreaker


class AnyRoute(Protocol):
    """A model at a provider."""

    @property
    def model(self) -> str: ...
    @property
    def provider(self) -> str: ...
    @property
    def circuit(self) -> str:
        """Of the breaker: what fails together."""
        ...


RouteT = TypeVar("RouteT", bound=AnyRoute)


class Tries(Generic[RouteT]):
    """The tries of one call: the same model again after a pause, then the next one, while there is time."""

    def __init__(
        self,
        routes: Sequence[RouteT],
        policy: RetryPolicy,
        breaker: CircuitBreaker,
        sleep: Sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._routes = iter(routes)
        self._primary = routes[0]
        self._policy = policy
        self._breaker = breaker
        self._sleep = sleep
        self._monotonic = monotonic
        self._deadline = monotonic() + policy.total_seconds
        self._route = routes[0]
        self._retrying: AsyncRetrying | None = None
        self._attempt: AttemptManager | None = None
        self.last_error: ModelError | None = None
        self._primary_error: ModelError | None = None
        self.is_probe = False
        """The route last given is being probed: its circuit waits for what becomes of this try."""

    async def next(self) -> RouteT:
        """The route to try now, after the wait that is due. Raises what went wrong with the first model (the one that
        was configured) when nothing is left to try."""
        while True:
            if self.last_error is not None and self._seconds_left() <= 0:
                raise self._primary_error or self.last_error
            if self._retrying is None:
                self._next_route()
            if await self._is_due():
                return self._route

    def failed(self, error: ModelError) -> None:
        """The route last given failed so."""
        self._note(error)
        if self._attempt is not None:
            self._attempt.retry_state.set_exception((type(error), error, error.__traceback__))

    def _seconds_left(self) -> float:
        return self._deadline - self._monotonic()

    def _next_route(self) -> None:
        route = next(self._routes, None)
        if route is None:
            raise self._primary_error or ModelUnavailable("no model answered")
        if route is not self._primary:
            logger.warning("model {} takes over from {}", route.model, self._route.model)
        self._route = route
        self._retrying = aiter(self._policy.retrying(self._sleep, self._seconds_left))

    async def _is_due(self) -> bool:
        """Wait for the next try of the current route; False when the route is used up or its circuit open."""
        assert self._retrying is not None  # noqa: S101 - set by _next_route
        try:
            self._attempt = await anext(self._retrying)
        except ModelError:
            self._retrying = None
            return False
        try:
            self.is_probe = await self._breaker.check(self._route.circuit)
        except ModelUnavailable as error:
            self._note(error)
            self._retrying = None
            return False
        return True

    def _note(self, error: ModelError) -> None:
        self.last_error = error
        if self._route is self._primary:
            self._primary_error = error
