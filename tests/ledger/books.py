"""The ledger's rows beside the provider's requests of the same name."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.store.tables import model_calls
from services.store.tables_work import generations
from tests.emulators.openai.meter import Call, Meter
from tests.ledger.meter_prices import cost_of


@dataclass(frozen=True, slots=True)
class Line:
    id: int
    model: str
    outcome: str
    is_estimated: bool
    ours_microusd: int
    reserved_at_most: int
    theirs_microusd: int
    requests: int
    """By this name, at the provider."""
    is_from_cache: bool
    saved_microusd: int
    original_microusd: int
    """What the provider asked for the draft that was shown again."""


@dataclass(frozen=True, slots=True)
class Books:
    lines: tuple[Line, ...]
    unknown_requests: tuple[str, ...]
    """At the provider, and in no row of ours."""

    @property
    def wrong(self) -> tuple[Line, ...]:
        """Exact lines that are off by a micro-dollar or more."""
        return tuple(
            line for line in self.lines if not line.is_estimated and line.ours_microusd != line.theirs_microusd
        )

    @property
    def estimated(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_estimated)

    @property
    def estimates_off(self) -> float:
        """Share by which the sum of the estimates differs from what was billed for them."""
        theirs = sum(line.theirs_microusd for line in self.estimated)
        return abs(sum(line.ours_microusd for line in self.estimated) - theirs) / theirs if theirs else 0.0

    @property
    def beyond_reserve(self) -> tuple[Line, ...]:
        """Calls that cost more than was held for them."""
        return tuple(line for line in self.lines if line.theirs_microusd > line.reserved_at_most)

    @property
    def from_cache(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_from_cache)

    @property
    def wrong_savings(self) -> tuple[Line, ...]:
        """Hits that cost something, left for the provider, or say that another sum was saved than the draft had cost
        there, by its meter; by our own count where that was all there was."""
        return tuple(
            line
            for line in self.from_cache
            if line.requests or line.ours_microusd or line.saved_microusd != line.original_microusd
        )

    @property
    def ours_microusd(self) -> int:
        return sum(line.ours_microusd for line in self.lines)

    @property
    def theirs_microusd(self) -> int:
        return sum(line.theirs_microusd for line in self.lines)


async def compare(engine: AsyncEngine, meter: Meter, reserved: dict[int, int]) -> Books:
    """`reserved`: by call id, what was held for it."""
    requests: defaultdict[str, list[Call]] = defaultdict(list)
    for call in meter.calls:
        requests[call.request_id].append(call)
    async with engine.connect() as connection:
        rows: Sequence[Any] = (await connection.execute(select(model_calls).order_by(model_calls.c.id))).all()
        drafts: Sequence[Any] = (await connection.execute(select(generations.c.id, generations.c.parameters))).all()
    of_row = {row.id: requests.pop(f"muza-{row.id}", []) for row in rows}
    originals = {draft.id: draft.parameters.get("cached_from") for draft in drafts}
    paid: defaultdict[int | None, int] = defaultdict(int)
    for row in rows:
        paid[row.generation_id] += row.cost_microusd if row.usage_estimated else sum(map(cost_of, of_row[row.id]))
    lines = (
        _line(row, of_row[row.id], reserved.get(row.id, 0), paid[originals.get(row.generation_id)]) for row in rows
    )
    return Books(tuple(lines), tuple(requests))


def _line(row: Any, calls: Sequence[Call], reserved: int, original_microusd: int) -> Line:
    return Line(
        row.id,
        row.model,
        str(row.outcome),
        row.usage_estimated,
        row.cost_microusd if row.cost_microusd is not None else -1,
        reserved,
        sum(map(cost_of, calls)),
        len(calls),
        row.cache is not None,
        row.saved_microusd,
        original_microusd,
    )
