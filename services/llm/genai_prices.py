"""Prices of models from the snapshot in the genai-prices package; nothing is fetched."""

import sys
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.domain.price import Bill
from services.domain.usage import Usage

LOCAL_PROVIDERS = frozenset({"ollama", "lmstudio", "local"})
"""Servers that run the model on a machine of ours (`provider_name` recognises them), and our models process."""

_UNKNOWN = Bill(None)
_IN_A_BATCH = {"processing": "batch"}
_RECORDED = frozenset(
    {
        *("input_mtok", "cache_read_mtok", "output_mtok", "audio_hours", "input_mchars"),
        *("input_audio_mtok", "cache_audio_read_mtok", "output_audio_mtok"),
    }
)


class GenaiPriceList:
    def __init__(
        self, local_providers: Iterable[str] = LOCAL_PROVIDERS, *, providers: Iterable[str] | None = None
    ) -> None:
        """`providers`: keep the prices of these only (names as genai-prices has them); None keeps all."""
        self._local = frozenset(local_providers)
        self._providers = None if providers is None else frozenset(providers)
        self._snapshot: Any = None

    def load(self) -> None:
        """0.4 s. All providers take 40 MB, one takes about 3: the rest is let go."""
        from genai_prices import data_snapshot

        if self._providers == frozenset():
            self._snapshot = data_snapshot.DataSnapshot(providers=[], from_auto_update=False)
            return
        everything = data_snapshot.get_snapshot()
        if self._providers is None:
            self._snapshot = everything
            return
        kept = [provider for provider in everything.providers if provider.id in self._providers]
        self._snapshot = data_snapshot.DataSnapshot(providers=kept, from_auto_update=False)
        data_snapshot._bundled_snapshot.cache_clear()
        sys.modules.pop("genai_prices.data", None)

    def bill(self, provider: str, model: str, usage: Usage) -> Bill:
        """Rounded half up. A model seen through another vendor's name ("openai/gpt-4o" at an unknown provider) has no
        known price there."""
        if provider in self._local:
            return Bill(0, price={"local": "true"})
        return self._bill(provider, model, usage)

    def batch_bill(self, provider: str, model: str, usage: Usage) -> Bill | None:
        """None: the list has no price of its own for batches, and where everything costs nothing."""
        if provider in self._local:
            return None
        bill, usual = self._bill(provider, model, usage, _IN_A_BATCH), self._bill(provider, model, usage)
        return None if bill.price == usual.price else bill

    def _bill(self, provider: str, model: str, usage: Usage, context: Mapping[str, str] | None = None) -> Bill:
        if self._snapshot is None:
            self.load()
        from genai_prices import Usage as PricedUsage

        try:
            price = self._snapshot.calc(PricedUsage(**_counts(usage)), model, provider, None, None, context)
        except LookupError:
            return _UNKNOWN
        dollars, record = Decimal(price.total_price), _record(price.model_price)
        if dollars == 0 and (usage.audio_ms or usage.characters):
            return Bill(None, price=record)  # it is paid by something that was not counted
        cost = int((dollars * 1_000_000).quantize(Decimal(1), rounding=ROUND_HALF_UP))
        return Bill(cost, price=record)


def _record(price: Any) -> dict[str, str]:
    """As the list names its units; of prices that grow with the length of the prompt, all of them."""
    return {name: _amount(value) for name, value in vars(price).items() if value is not None and name in _RECORDED}


def _amount(price: Any) -> str:
    if isinstance(price, Decimal):
        return str(price)
    return " ".join([str(price.base), *(f">{tier.start}:{tier.price}" for tier in price.tiers)])


def _counts(usage: Usage) -> dict[str, Decimal | int]:
    """As the price list names them; each model has prices for some of them."""
    counts: dict[str, Decimal | int] = {
        "input_tokens": usage.tokens_in,
        "cache_read_tokens": min(usage.tokens_cached, usage.tokens_in),
        "output_tokens": usage.tokens_out,
    }
    if usage.tokens_audio:
        heard, kept = min(usage.tokens_audio, usage.tokens_in), min(usage.tokens_cached, usage.tokens_in)
        counts["input_audio_tokens"] = heard
        if kept:  # providers keep the words first: what is more than all of them is sound
            counts["cache_audio_read_tokens"] = max(0, kept + heard - usage.tokens_in)
    if usage.tokens_audio_out:
        counts["output_audio_tokens"] = min(usage.tokens_audio_out, usage.tokens_out)
    if usage.audio_ms:
        counts["audio_seconds"] = counts["input_audio_seconds"] = Decimal(usage.audio_ms) / 1000
    if usage.characters:
        counts["input_characters"] = usage.characters
    return counts
