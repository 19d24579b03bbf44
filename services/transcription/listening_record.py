"""One try at a listening model in the ledger: written before the sound leaves, settled however it ends."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import TracebackType
from typing import Self

from services.calling.ledger_entry import LedgerEntry, billed_report, error_code_of, outcome_of
from services.domain.errand import Errand
from services.domain.errors import ModelTimeout
from services.domain.failpoint import FailPoint, reached
from services.domain.metering import CallLedger, PriceList
from services.domain.usage import CallContext, CallOutcome, Usage
from services.transcription.audio_usage import expected_usage, most_usage
from services.transcription.listening_route import ListeningRoute
from services.transcription.ports import Heard

ROLE = "transcription"
"""In the ledger."""


class ListeningRecord:
    """Async context manager around one try; give it what was `heard`."""

    def __init__(
        self,
        ledger: CallLedger,
        prices: PriceList,
        context: CallContext,
        route: ListeningRoute,
        duration_ms: int,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._prices = prices
        self._route = route
        self._duration_ms = duration_ms
        self._monotonic = monotonic
        self._expected = expected_usage(route.model, duration_ms)
        most = prices.bill(route.provider, route.model, most_usage(route.model, duration_ms))
        errand = Errand(
            context,
            route.provider,
            route.model,
            tokens_in=self._expected.tokens_in,
            audio_ms=duration_ms,
            most_microusd=most.counted_microusd,
            role=ROLE,
        )
        self._entry = LedgerEntry(ledger, errand)
        self._started = 0.0
        self.heard: Heard | None = None

    @property
    def request_id(self) -> str:
        return self._entry.request_id

    async def during(self, listening: Awaitable[Heard]) -> Heard:
        """Raises GenerationHalted when an admin halts generation meanwhile."""
        return await self._entry.during(listening)

    async def __aenter__(self) -> Self:
        await self._entry.open()
        reached(FailPoint.CALL_RECORDED)
        self._started = self._monotonic()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        usage = self._usage(error)
        report = billed_report(
            self._prices.bill(self._route.provider, self._route.model, usage),
            outcome_of(error),
            usage,
            round((self._monotonic() - self._started) * 1000),
            error_code=error_code_of(error),
        )
        # Shielded: a second Cancel, or a shutdown, must not leave the call looking as if it were still running.
        await asyncio.shield(self._entry.settle(report))

    def _usage(self, error: BaseException | None) -> Usage:
        """The provider's count; our own, marked so, where it sent none; nothing for a request it turned away."""
        told = self.heard.usage if self.heard is not None else None
        if told is not None:
            return replace(told, audio_ms=told.audio_ms or self._duration_ms)
        if outcome_of(error) is CallOutcome.FAILED and not isinstance(error, ModelTimeout):
            return Usage()
        return self._expected
