"""The rules of listening: who is asked, what helps to hear right, who takes over, and what is believed."""

import asyncio
import time
from collections.abc import Callable, Sequence

from services.calling.retry import RetryPolicy, Sleep
from services.calling.tries import Tries
from services.calling.verdict import Verdict
from services.domain.errors import (
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    StreamIncomplete,
    TranscriptionNotConfigured,
    TranscriptionRefused,
    TranscriptionUnavailable,
)
from services.domain.metering import CallLedger, CircuitBreaker, PriceList
from services.domain.transcript import Transcript
from services.domain.usage import CallContext
from services.transcription.believed import believed
from services.transcription.hints_prompt import prompt_of
from services.transcription.listening_record import ListeningRecord
from services.transcription.listening_route import ListeningRoute
from services.transcription.ports import Hints, ListenRequest

__all__ = ["TranscriptionService"]

PATIENCE = RetryPolicy(max_tries=3, total_seconds=300.0)
"""A model of our own takes as long as the sound lasts: what one try took must not cost the fallback its turn."""
_NO_HINTS = Hints()


class TranscriptionService:
    def __init__(
        self,
        routes: Sequence[ListeningRoute],
        *,
        ledger: CallLedger,
        breaker: CircuitBreaker,
        prices: PriceList,
        policy: RetryPolicy = PATIENCE,
        sleep: Sleep = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`routes`: the preferred one first."""
        self._routes = tuple(routes)
        self._ledger = ledger
        self._breaker = breaker
        self._prices = prices
        self._policy = policy
        self._sleep = sleep
        self._monotonic = monotonic
        self._warm = False
        self._warming = asyncio.Lock()

    @property
    def is_configured(self) -> bool:
        return bool(self._routes)

    async def warm_up(self) -> None:
        """Load prices and the vendor's library off the event loop. The first call does it otherwise, and waits."""
        async with self._warming:
            if self._warm:
                return
            for load in (self._breaker.load, self._prices.load):
                await asyncio.to_thread(load)
            for listener in {id(route.listener): route.listener for route in self._routes}.values():
                await listener.warm_up()
            self._warm = True

    async def transcribe(
        self, audio: bytes, duration_ms: int, context: CallContext, hints: Hints = _NO_HINTS
    ) -> Transcript:
        """What is said in `audio` (Ogg Opus), with times from its beginning; an empty text when nobody speaks in it.

        Raises TranscriptionNotConfigured; TranscriptionUnavailable when nobody could listen, TranscriptionRefused
        when that will not pass by itself; StoreUnavailable when the ledger cannot be written, LeaseLost when `context`
        names a run that is over (no call leaves then). A cancelled call is settled as stopped before that returns.
        """
        if not self._routes:
            raise TranscriptionNotConfigured("TRANSCRIPTION_MODEL names nobody who could be reached")
        if not self._warm:
            await self.warm_up()
        tries = Tries(self._routes, self._policy, self._breaker, self._sleep, self._monotonic)
        while True:
            try:
                route = await tries.next()
            except ModelError as error:
                raise _nobody_listened(error) from None
            record = ListeningRecord(self._ledger, self._prices, context, route, duration_ms, self._monotonic)
            async with Verdict(self._breaker, tries, route) as verdict, record:
                request = ListenRequest(
                    route.model,
                    audio,
                    duration_ms,
                    language=hints.language,
                    prompt=prompt_of(hints),
                    request_id=record.request_id,
                )
                record.heard = await record.during(route.listener.listen(request))
            if verdict.error is None and record.heard is not None:
                return believed(record.heard, duration_ms)


def _nobody_listened(error: ModelError) -> TranscriptionUnavailable:
    """Of what went wrong with the preferred model."""
    passes = isinstance(error, ModelUnavailable | ModelTimeout | StreamIncomplete)
    kind = TranscriptionUnavailable if passes else TranscriptionRefused
    return kind(f"nobody listened: {error}", retry_after=error.retry_after)
