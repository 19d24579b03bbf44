"""What a week cost, by the ledger, request by request."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select

from benchmarks.savings.team import BusyTeam
from services.domain.generation import Generation
from services.domain.price import Rates
from services.store.engine import open_engine
from services.store.tables import model_calls
from tests.ledger.meter_prices import cost_of

SMART = Rates(input=Decimal(2), cached=Decimal("0.5"), output=Decimal(8))
SMART_INPUT = 2
"""gpt-4.1, as tests/emulators/openai/prices.yaml has it."""


@dataclass
class Cost:
    """Of one request, with its repairs. Micro-dollars, but for the tokens."""

    paid: int = 0
    routing_saved: int = 0
    smart_uncached: int = 0
    """The same tokens at the smart model's full price."""
    forgotten: int = 0
    """Tokens of the conversation that were left out."""
    cache: str | None = None
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0

    @property
    def untrimmed(self) -> int:
        """At the smart model's full price, with the whole conversation."""
        return self.smart_uncached + self.forgotten * SMART_INPUT


@dataclass
class Week:
    costs: dict[int, Cost] = field(default_factory=dict)
    """By request."""
    answers: dict[int, Generation] = field(default_factory=dict)
    meter_microusd: int = 0
    """By the provider's own count."""
    other_microusd: int = 0
    """Of calls for no request."""

    @property
    def paid(self) -> int:
        return sum(cost.paid for cost in self.costs.values()) + self.other_microusd


async def read_books(team: BusyTeam) -> Week:
    engine = open_engine(team.container.settings.sql_url)
    async with engine.connect() as connection:
        rows = (await connection.execute(select(model_calls).order_by(model_calls.c.id))).all()
    await engine.dispose()
    by_attempt: defaultdict[int, Cost] = defaultdict(Cost)
    other = 0
    for row in rows:
        if row.generation_id is None:
            other += row.cost_microusd or 0
            continue
        cost = by_attempt[row.generation_id]
        cost.paid += row.cost_microusd or 0
        cost.routing_saved += row.routing_saved_microusd
        cost.smart_uncached += int(SMART.input * row.tokens_in + SMART.output * row.tokens_out)  # type: ignore[operator]
        cost.cache = row.cache or cost.cache
        cost.tokens_in += row.tokens_in
        cost.tokens_cached += row.tokens_cached
        cost.tokens_out += row.tokens_out
    for answer in team.answers.values():
        if by_attempt[answer.id].cache is None:
            by_attempt[answer.id].forgotten = int(answer.parameters.get("forgotten_tokens", 0))
    return Week(
        {request: by_attempt[answer.id] for request, answer in team.answers.items()},
        dict(team.answers),
        sum(map(cost_of, team.model.meter.of("chat"))),
        other,
    )
