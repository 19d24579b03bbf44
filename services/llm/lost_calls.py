"""Calls whose process died: written down as lost, with tokens by our own count, since nobody heard the provider's."""

from collections.abc import Sequence
from datetime import datetime

from loguru import logger

from services.domain.metering import CallLedger, PriceList
from services.domain.usage import CallOutcome, CallReport, StartedCall, Usage
from services.llm.ports import TokenCounter


class LostCalls:
    def __init__(self, ledger: CallLedger, prices: PriceList, counter: TokenCounter) -> None:
        self._ledger = ledger
        self._prices = prices
        self._counter = counter

    async def of_older_runs(self, generation_id: int, lease_token: int, text: str) -> int:
        """Settle what the attempt's runs before `lease_token` left open; `text` is what the last of them saved.
        Returns how many. Raises StoreUnavailable."""
        return await self._settle(await self._ledger.unsettled_of_older_runs(generation_id, lease_token), text)

    async def forgotten(self, now: datetime) -> int:
        """Settle what no heir came for. Raises StoreUnavailable."""
        return await self._settle(await self._ledger.forgotten(now), "")

    async def _settle(self, calls: Sequence[StartedCall], text: str) -> int:
        for call in calls:
            # A run makes its calls one after the other: the text that was saved is the last one's.
            written = self._counter.count(call.model, text) if text and call is calls[-1] else 0
            usage = Usage(tokens_in=call.tokens_in, tokens_out=written, estimated=True)
            cost = self._prices.cost_microusd(call.provider, call.model, usage)
            logger.warning("call {} of generation {} is lost: its process died", call.id, call.generation_id)
            await self._ledger.finish(call.id, CallReport(CallOutcome.LOST, usage, cost, latency_ms=0))
        return len(calls)
