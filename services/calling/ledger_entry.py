"""One try at a model as a row of the ledger: written before the request leaves, settled once however it ends."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from typing import TypeVar

from loguru import logger

from services.domain.errand import Errand
from services.domain.errors import GenerationHalted, MuzaError, StoreUnavailable, StreamIncomplete
from services.domain.lease import LeaseLost
from services.domain.metering import CallLedger
from services.domain.price import Bill
from services.domain.usage import CallOutcome, CallReport, Usage

Result = TypeVar("Result")


class LedgerEntry:
    def __init__(self, ledger: CallLedger, errand: Errand) -> None:
        self._ledger = ledger
        self._errand = errand
        self._call_id: int | None = None
        self._written = asyncio.Event()
        self._refusal: MuzaError | LeaseLost | None = None

    @property
    def request_id(self) -> str:
        """What the request carries, for comparing the provider's books with the ledger."""
        return f"muza-{self._call_id}"

    async def open(self) -> None:
        """Raises StoreUnavailable, LeaseLost, BudgetExhausted, GenerationHalted: the request must not leave then."""
        try:
            # Shielded: a row may be committed although its writer was stopped meanwhile; then its id must be known.
            await asyncio.shield(self._write())
        except asyncio.CancelledError:
            await asyncio.shield(self._withdraw())
            raise
        if self._refusal is not None:
            raise self._refusal

    async def during(self, work: Awaitable[Result]) -> Result:
        """The request itself. Raises GenerationHalted when an admin halts generation meanwhile."""
        return await self._ledger.halts.during(self._errand.context.project_id, work)

    def each(self, parts: AsyncGenerator[Result, None]) -> AsyncGenerator[Result, None]:
        """An answer that comes in parts. Raises as `during`."""
        return self._ledger.halts.each(self._errand.context.project_id, parts)

    async def settle(self, report: CallReport) -> None:
        try:
            await self._ledger.finish(self._id, report)
        except StoreUnavailable as unavailable:
            # The answer is worth more than its receipt; the row still says that a call was started, and a sweep
            # will settle it by our own count.
            logger.error("call {} could not be settled in the ledger: {}", self._id, unavailable.code)

    @property
    def _id(self) -> int:
        assert self._call_id is not None  # noqa: S101 - nothing is settled that was not written
        return self._call_id

    async def _write(self) -> None:
        try:
            self._call_id = await self._ledger.start(self._errand)
        except (MuzaError, LeaseLost) as refusal:
            self._refusal = refusal  # raised by who waits; nobody does any more when it was stopped meanwhile
        finally:
            self._written.set()

    async def _withdraw(self) -> None:
        """Stopped before the request left: if there is a row by now, it cost nothing."""
        await self._written.wait()
        if self._call_id is not None:
            await self.settle(CallReport(CallOutcome.STOPPED, Usage(), cost_microusd=0, latency_ms=0))


def billed_report(
    bill: Bill,
    outcome: CallOutcome,
    usage: Usage,
    latency_ms: int,
    *,
    first_token_ms: int | None = None,
    finish_reason: str | None = None,
    error_code: str | None = None,
    routing_saved_microusd: int = 0,
) -> CallReport:
    return CallReport(
        outcome,
        usage,
        bill.cost_microusd,
        latency_ms,
        first_token_ms,
        finish_reason,
        error_code,
        bill.assumed_microusd,
        bill.price,
        routing_saved_microusd=routing_saved_microusd,
    )


def outcome_of(error: BaseException | None) -> CallOutcome:
    if error is None:
        return CallOutcome.OK
    if isinstance(error, StreamIncomplete):
        return CallOutcome.CUT
    if isinstance(error, asyncio.CancelledError | GeneratorExit | GenerationHalted):
        return CallOutcome.STOPPED
    return CallOutcome.FAILED


def error_code_of(error: BaseException | None) -> str | None:
    if isinstance(error, MuzaError):
        return error.code
    return None if outcome_of(error) in (CallOutcome.OK, CallOutcome.STOPPED) else "internal"
