"""Is everything in order? For admins, /readyz and the doctor."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.assistant.halts.report_halts import HaltReport, read_halts
from services.domain.delivery import DeliveryState
from services.domain.errors import MuzaError
from services.domain.fairness import Limits
from services.store.ports import Store


@dataclass(frozen=True, slots=True)
class ComponentStatus:
    name: str
    """"store", "redis", "vectors", "embeddings", "model", "transcription", "polling"."""
    ok: bool
    detail_code: str = "ok"
    facts: dict[str, int | str] = field(default_factory=dict)


Probe = Callable[[], Awaitable[ComponentStatus]]
"""A function named like its component."""


@dataclass(frozen=True, slots=True)
class StatusReport:
    components: tuple[ComponentStatus, ...]
    version: str
    active_generations: int
    deliveries: dict[DeliveryState, int]
    undelivered: int = 0
    """Messages that people should decide about; of these, `deliveries[UNCERTAIN]` may have arrived."""
    oldest_waiting: datetime | None = None
    """When the message was written that waits longest."""
    waiting: int = 0
    """Queued attempts; `active_generations` counts them, too."""
    limits: Limits | None = None
    """Of one person."""
    halts: HaltReport | None = None
    """None while the database is away."""

    @property
    def ok(self) -> bool:
        return all(component.ok for component in self.components)


class ReportStatus:
    def __init__(
        self,
        store: Store,
        probes: Sequence[Probe],
        version: str,
        timeout_seconds: float = 3.0,
        *,
        limits: Limits | None = None,
    ) -> None:
        self._store = store
        self._probes = probes
        self._version = version
        self._timeout = timeout_seconds
        self._limits = limits

    async def __call__(self) -> StatusReport:
        """Every component is asked at once; one that does not answer in time is reported as silent."""
        components = await asyncio.gather(*(self._ask(probe) for probe in self._probes))
        active, deliveries = 0, dict[DeliveryState, int]()
        undelivered, oldest, halts, waiting = 0, None, None, 0
        try:
            async with self._store.reading() as tx:
                waiting = len(await tx.queue.waiting())
                active = waiting + sum((await tx.queue.running()).values())
                deliveries = await tx.deliveries.counts()
                undelivered = await tx.dead_letters.count()
                oldest = await tx.deliveries.oldest_waiting()
                halts = await read_halts(tx)
            store = ComponentStatus("store", True)
        except MuzaError as error:
            store = ComponentStatus("store", False, error.code)
        return StatusReport(
            (store, *components),
            self._version,
            active,
            deliveries,
            undelivered,
            oldest,
            waiting,
            self._limits,
            halts,
        )

    async def _ask(self, probe: Probe) -> ComponentStatus:
        name = getattr(probe, "__name__", "component")
        try:
            async with asyncio.timeout(self._timeout):
                return await probe()
        except TimeoutError:
            return ComponentStatus(name, False, "silent")
        except MuzaError as error:
            return ComponentStatus(name, False, error.code)
