"""What a call costs: by our own prices where some are set, else by the list, else by assumption."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Protocol

from services.domain.price import Bill, Rates, assumed_microusd, is_nothing
from services.domain.usage import Usage

DOLLARS_PER_MILLION_TOKENS = Decimal(10)
"""Assumed for a model without a known price: what the dear ones ask for, so that budgets err on the safe side."""
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


class PriceBook:
    def __init__(
        self,
        listed: ListedPrices,
        rules: Sequence[PriceRule] = (),
        assumed_dollars_per_million_tokens: Decimal = DOLLARS_PER_MILLION_TOKENS,
    ) -> None:
        """`rules`: the first that fits holds."""
        self._listed = listed
        self._rules = tuple(rules)
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

    def _own(self, provider: str, model: str, usage: Usage) -> Bill | None:
        name = f"{provider}/{model}".lower()
        rates = next((rule.rates for rule in self._rules if fnmatchcase(name, rule.pattern)), None)
        return None if rates is None else Bill(rates.cost_microusd(usage), price=rates.as_record())
