"""Calls whose process died: written down as lost, with what was sent by our own count, since nobody heard the
provider's."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from loguru import logger

from services.calling.ledger_entry import billed_report
from services.domain.metering import CallLedger, PriceList
from services.domain.usage import CallOutcome, CallReport, StartedCall, Usage


class WordCount(Protocol):
    def count(self, model: str, text: str) -> int:
        """Tokens."""
        ...


class LostCalls:
    def __init__(self, ledger: CallLedger, prices: PriceList, counter: WordCount) -> None:
        self._ledger = ledger
        self._prices = prices
        self._counter = counter

    async def of_older_runs(self, generation_id: int, lease_token: int, text: str) -> int:
        """Settle what the attempt's runs before `lease_token` left open; `text` is what the last of them saved.
        Returns how many. Raises StoreUnavailable."""
        return await self._settle(await self._ledger.unsettled_of_older_runs(generation_id, lease_token), text)

    async def of_recording(self, recording_id: int, lease_token: int) -> int:
        """The same for a recording, once its lease is held by `lease_token`. Raises StoreUnavailable."""
        return await self._settle(await self._ledger.unsettled_of_recording(recording_id, lease_token), "")

    async def forgotten(self, now: datetime) -> int:
        """Settle what no heir came for. Raises StoreUnavailable."""
        return await self._settle(await self._ledger.forgotten(now), "")

    async def _settle(self, calls: Sequence[StartedCall], text: str) -> int:
        if not calls:
            return 0
        # In a thread: who inherits may be the first of its process to need prices and encodings.
        for call, report in await asyncio.to_thread(self._reports, calls, text):
            logger.warning("call {} is lost: its process died (attempt {}, recording {})", *_owner(call))
            await self._ledger.finish(call.id, report)
        return len(calls)

    def _reports(self, calls: Sequence[StartedCall], text: str) -> list[tuple[StartedCall, CallReport]]:
        reports = []
        for call in calls:
            # A run makes its calls one after the other: the text that was saved is the last one's.
            written = self._counter.count(call.model, text) if text and call is calls[-1] else 0
            # Where sound was sent, the tokens that we count are its own: see `services/transcription/audio_usage.py`.
            usage = Usage(
                tokens_in=call.tokens_in,
                tokens_out=written,
                estimated=True,
                tokens_audio=call.tokens_in if call.audio_ms else 0,
                audio_ms=call.audio_ms,
                characters=call.characters,
            )
            bill = self._prices.bill(call.provider, call.model, usage)
            reports.append((call, billed_report(bill, CallOutcome.LOST, usage, latency_ms=0)))
        return reports


def _owner(call: StartedCall) -> tuple[int, int | None, int | None]:
    return call.id, call.generation_id, call.recording_id
