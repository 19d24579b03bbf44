"""What a call costs: by our own prices where some are set, else by the list, else by assumption."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Protocol

from services.domain.price import Bill, Rates, assumed_microusd, discounted, is_nothing
from services.domain.usage import Usage

DOLLARS_PER_MILLION_TOKENS = Decimal(10)
"""Assumed for a model without a known price: what the dear ones ask for, so that budgets err on the safe side."""
BATCH_FACTOR = Decimal("0.5")
"""What a batch costs of the same work at once, at OpenAI and at most who offer it
(https://platform.openai.com/docs/guides/batch)."""
_NOTHING = Bill(0)


@dataclass(frozen=True, slots=True)
class PriceRule:
    pattern: str
    """Of "provider/model" in small letters, with * and ?."""
    rates: Rates


class ListedPrices(Protocol):
    def load(self) -> None:
        """Blocking: read the prices. Until then the first `bill` does it."""
        ...

    def bill(self, provider: str, model: str, usage: Usage) -> Bill:
        """`cost_microusd` None where the list does not know."""
        ...

    def batch_bill(self, provider: str, model: str, usage: Usage) -> Bill | None:
        """None: the list has no price of its own for batches."""
        ...


class PriceBook:
    def __init__(
        self,
        listed: ListedPrices,
        rules: Sequence[PriceRule] = (),
        assumed_dollars_per_million_tokens: Decimal = DOLLARS_PER_MILLION_TOKENS,
        batch_factor: Decimal = BATCH_FACTOR,
    ) -> None:
        """`rules`: the first that fits holds. `batch_factor`: what a batch costs of the price at once, where the list
        does not say it."""
        self._listed = listed
        self._rules = tuple(rules)
        self._batch_factor = batch_factor
        self._assumed = assumed_dollars_per_million_tokens

    def load(self) -> None:
        self._listed.load()

    def bill(self, provider: str, model: str, usage: Usage) -> Bill:
        if is_nothing(usage):  # turned away before anything was used: whatever the price is
            return _NOTHING
        bill = self._own(provider, model, usage) or self._listed.bill(provider, model, usage)
        if bill.cost_microusd is not None:
            return bill
        return Bill(None, assumed_microusd(usage, self._assumed), bill.price)

    def batch_bill(self, provider: str, model: str, usage: Usage) -> Bill:
        """The same work in a batch."""
        if is_nothing(usage):
            return _NOTHING
        bill = self._own(provider, model, usage, self._batch_factor)
        if bill is None:
            bill = self._listed.batch_bill(provider, model, usage)
        if bill is not None and bill.cost_microusd is not None:
            return bill
        return discounted(self.bill(provider, model, usage), self._batch_factor)

    def _own(self, provider: str, model: str, usage: Usage, factor: Decimal | None = None) -> Bill | None:
        name = f"{provider}/{model}".lower()
        rates = next((rule.rates for rule in self._rules if fnmatchcase(name, rule.pattern)), None)
        if rates is None:
            return None
        rates = rates if factor is None else rates.scaled(factor)
        return Bill(rates.cost_microusd(usage), price=rates.as_record())
