"""One request for vectors in the ledger: written before the texts leave, settled however it ends."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import openai

from services.calling.ledger_entry import LedgerEntry, billed_report, error_code_of, outcome_of
from services.calling.openai_errors import as_model_error
from services.domain.errand import Errand
from services.domain.metering import CallLedger, PriceList
from services.domain.usage import CallContext, CallOutcome, Usage

ROLE = "embedding"
"""In the ledger."""
_BYTES_PER_TOKEN = 4
"""Of English and Russian, roughly; what was sent is counted exactly only where the provider does not say."""


class WordCount(Protocol):
    def count(self, model: str, text: str) -> int:
        """Tokens."""
        ...


class RecordedEmbeddings:
    """A provider whose every request for vectors is in the ledger."""

    def __init__(self, provider: str, ledger: CallLedger, prices: PriceList, counter: WordCount) -> None:
        self._provider = provider
        self._ledger = ledger
        self._prices = prices
        self._counter = counter

    async def load(self) -> None:
        await asyncio.to_thread(self._prices.load)

    async def request(
        self, model: str, texts: Sequence[str], context: CallContext, ask: Callable[[str], Awaitable[Any]]
    ) -> Any:
        """What `ask` gives, which is told the name of the request. Raises what it raises; and StoreUnavailable,
        BudgetExhausted, GenerationHalted: nothing leaves then."""
        size = sum(len(text.encode()) for text in texts)
        # No tokenizer that works on bytes makes more tokens than there are; each text may get a mark at either end.
        most = self._prices.bill(self._provider, model, Usage(tokens_in=size + 2 * len(texts)))
        errand = Errand(
            context,
            self._provider,
            model,
            tokens_in=-(-size // _BYTES_PER_TOKEN),
            most_microusd=most.counted_microusd,
            role=ROLE,
        )
        entry = LedgerEntry(self._ledger, errand)
        await entry.open()
        began, answer, error = time.monotonic(), None, None
        try:
            answer = await entry.during(ask(entry.request_id))
        except BaseException as caught:
            error = caught
            raise
        finally:
            latency_ms = round((time.monotonic() - began) * 1000)
            # Shielded: a search that is out of patience must not leave the call looking as if it were still running.
            await asyncio.shield(self._settle(entry, model, texts, answer, error, latency_ms))
        return answer

    async def _settle(
        self,
        entry: LedgerEntry,
        model: str,
        texts: Sequence[str],
        answer: Any,
        error: BaseException | None,
        latency_ms: int,
    ) -> None:
        ours = as_model_error(error) if isinstance(error, openai.OpenAIError) else error
        outcome, usage = outcome_of(ours), _told(answer)
        if usage is None:
            turned_away = outcome is CallOutcome.FAILED and not isinstance(error, openai.APITimeoutError)
            usage = Usage() if turned_away else await asyncio.to_thread(self._counted, model, texts)
        bill = self._prices.bill(self._provider, model, usage)
        await entry.settle(billed_report(bill, outcome, usage, latency_ms, error_code=error_code_of(ours)))

    def _counted(self, model: str, texts: Sequence[str]) -> Usage:
        return Usage(tokens_in=sum(self._counter.count(model, text) for text in texts), estimated=True)


def _told(answer: Any) -> Usage | None:
    tokens = getattr(getattr(answer, "usage", None), "prompt_tokens", None)
    return Usage(tokens_in=tokens) if isinstance(tokens, int) else None
