"""Prices of models from the snapshot in the genai-prices package; nothing is fetched."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from services.domain.usage import Usage

LOCAL_PROVIDERS = frozenset({"ollama", "lmstudio"})
"""Servers that run the model on a machine of ours (`provider_name` recognises them)."""


class GenaiPriceList:
    def __init__(self, local_providers: Iterable[str] = LOCAL_PROVIDERS) -> None:
        self._local = frozenset(local_providers)

    def load(self) -> None:
        """0.5 s, 40 MB."""
        self.cost_microusd("openai", "gpt-4o", Usage())

    def cost_microusd(self, provider: str, model: str, usage: Usage) -> int | None:
        """Millionths of a US dollar, rounded half up. A model seen through another vendor's name ("openai/gpt-4o" at an
        unknown provider) has no known price there: None."""
        if provider in self._local:
            return 0
        from genai_prices import Usage as PricedUsage
        from genai_prices import calc_price

        priced = PricedUsage(
            input_tokens=usage.tokens_in,
            cache_read_tokens=min(usage.tokens_cached, usage.tokens_in),
            output_tokens=usage.tokens_out,
        )
        try:
            dollars = calc_price(priced, model, provider_id=provider).total_price
        except LookupError:
            return None
        return int((dollars * 1_000_000).quantize(Decimal(1), rounding=ROUND_HALF_UP))
