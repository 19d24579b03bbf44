"""PriceList with one price for everything that is not named otherwise."""

from dataclasses import dataclass, field
from decimal import Decimal

from services.domain.price import Bill, discounted
from services.domain.usage import Usage


@dataclass
class FlatPriceList:
    """`microusd_per_token` 2: a call of 100 + 20 tokens costs 240 millionths of a dollar."""

    microusd_per_token: int = 2
    unknown_models: frozenset[str] = field(default_factory=frozenset)

    def load(self) -> None:
        """Nothing to load."""

    def bill(self, provider: str, model: str, usage: Usage) -> Bill:
        cost = self.microusd_per_token * (usage.tokens_in + usage.tokens_out)
        return Bill(None, cost) if model in self.unknown_models else Bill(cost, price={"token": "0.000002"})

    def batch_bill(self, provider: str, model: str, usage: Usage) -> Bill:
        return discounted(self.bill(provider, model, usage), Decimal("0.5"))
