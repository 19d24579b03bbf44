"""What every call to a model passes, whatever the model does: the ledger, the price list, the circuit breaker."""

from collections.abc import AsyncGenerator, Awaitable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from services.domain.errand import Errand
from services.domain.price import Bill
from services.domain.usage import CallReport, StartedCall, Usage

Result = TypeVar("Result")


class PriceList(Protocol):
    def load(self) -> None:
        """Blocking: read the prices. Until then the first `bill` does it."""
        ...

    def bill(self, provider: str, model: str, usage: Usage) -> Bill:
        """For a call that used so much, or that will use so much at most."""
        ...


class BatchPriceList(PriceList, Protocol):
    def batch_bill(self, provider: str, model: str, usage: Usage) -> Bill:
        """The same work in a batch, done within a day."""
        ...


class Halting(Protocol):
    """The kill switch, for calls that have left. Both raise GenerationHalted as soon as the project is halted."""

    async def during(self, project_id: int | None, work: Awaitable[Result]) -> Result:
        """`work`, cancelled then."""
        ...

    def each(self, project_id: int | None, parts: AsyncGenerator[Result, None]) -> AsyncGenerator[Result, None]:
        """`parts`, until then; the caller closes them."""
        ...


class CallLedger(Protocol):
    """Every model call passes it: recorded before the request leaves, settled after."""

    @property
    def halts(self) -> Halting: ...

    async def start(self, errand: Errand) -> int:
        """The call's id; the money it may cost is reserved.

        Raises StoreUnavailable; LeaseLost for a run that is over; BudgetExhausted; GenerationHalted. The request must
        not leave then.
        """
        ...

    async def finish(self, call_id: int, report: CallReport) -> None:
        """Settled once; only real figures replace a verdict of LOST, when a process was frozen and not dead."""
        ...

    async def unsettled_of_older_runs(self, generation_id: int, lease_token: int) -> Sequence[StartedCall]:
        """Calls of the attempt's runs before `lease_token` that never ended, oldest first."""
        ...

    async def unsettled_of_recording(self, recording_id: int, lease_token: int) -> Sequence[StartedCall]:
        """Calls for the recording by holders of its lease before `lease_token` that never ended, oldest first."""
        ...

    async def forgotten(self, now: datetime) -> Sequence[StartedCall]:
        """Calls that nobody will settle any more: begun an hour ago, or a minute ago by a run that is over."""
        ...


class CircuitBreaker(Protocol):
    """One circuit per name, shared by all processes. Its own storage being away never fails a call."""

    def load(self) -> None:
        """Blocking: import what the first `check` needs."""
        ...

    async def check(self, circuit: str) -> bool:
        """True when this call is the one probe of a circuit that was open: it must end in `succeeded`, `failed` or
        `gave_up`, and until then no other call passes. Raises ModelUnavailable (with `retry_after`) while the circuit
        is open or being probed."""
        ...

    async def succeeded(self, circuit: str) -> None: ...
    async def failed(self, circuit: str) -> None: ...
    async def gave_up(self, circuit: str) -> None:
        """The probe ended without a verdict on the provider (a person pressed Stop): the next call is the probe."""
        ...
