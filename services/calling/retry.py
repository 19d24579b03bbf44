"""When a failed call is worth another try, and how long to wait for it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_any,
    wait_random_exponential,
)
from tenacity.stop import stop_base
from tenacity.wait import wait_base

from services.domain.errors import ModelError, ModelTimeout, ModelUnavailable, StreamIncomplete

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    max_tries: int = 3
    """Per model; then the next one of the fallback chain is tried."""
    first_wait_seconds: float = 0.5
    max_wait_seconds: float = 8.0
    """Of the back-off: random between 0 and first · 2ⁿ, at most this, so that many callers do not come back at once."""
    longest_retry_after_seconds: float = 20.0
    """A provider that asks for more is not waited for: a person is looking at the screen."""
    total_seconds: float = 90.0
    """No new try begins later than this after the first one."""

    def is_transient(self, error: BaseException) -> bool:
        if not isinstance(error, ModelUnavailable | ModelTimeout | StreamIncomplete):
            return False
        return (error.retry_after or 0.0) <= self.longest_retry_after_seconds

    def retrying(self, sleep: Sleep, seconds_left: Callable[[], float]) -> AsyncRetrying:
        """One iteration of tries at one model; raises the last error when they are used up, or when the next wait would
        outlast `seconds_left`."""
        return AsyncRetrying(
            sleep=sleep,
            stop=stop_any(stop_after_attempt(self.max_tries), _StopInsteadOfWaitingTooLong(seconds_left)),
            wait=_WaitAsAsked(wait_random_exponential(multiplier=self.first_wait_seconds, max=self.max_wait_seconds)),
            retry=retry_if_exception(self.is_transient),
            reraise=True,
        )


class _WaitAsAsked(wait_base):
    """Back-off with jitter, counted from the moment that the provider's Retry-After names, if it names one."""

    def __init__(self, backoff: wait_base) -> None:
        self._backoff = backoff

    def __call__(self, retry_state: RetryCallState) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        asked = error.retry_after if isinstance(error, ModelError) else None
        jitter = self._backoff(retry_state)
        return jitter if asked is None else asked + min(jitter, 1.0)


class _StopInsteadOfWaitingTooLong(stop_base):
    def __init__(self, seconds_left: Callable[[], float]) -> None:
        self._seconds_left = seconds_left

    def __call__(self, retry_state: RetryCallState) -> bool:
        return retry_state.upcoming_sleep >= self._seconds_left()
