"""One try at a model in the ledger: written before the request leaves, settled however it ends."""

import asyncio
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from loguru import logger

from services.domain.errors import ModelTimeout, MuzaError, StoreUnavailable, StreamIncomplete
from services.domain.prompt import RenderedPrompt
from services.domain.usage import CallContext, CallOutcome, CallReport, Usage
from services.llm.ports import CallLedger, PriceList, StreamEnd, TokenCounter
from services.llm.routing import Route

_LONG_TEXT_CHARS = 20_000
_PER_MESSAGE_TOKENS = 4
"""Role and separators (https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken)."""


class CallRecorder:
    def __init__(
        self,
        ledger: CallLedger,
        prices: PriceList,
        counter: TokenCounter,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.ledger = ledger
        self.prices = prices
        self.counter = counter
        self.monotonic = monotonic

    def record(self, context: CallContext, route: Route, prompt: RenderedPrompt) -> "CallRecord":
        return CallRecord(self, context, route, prompt)


class CallRecord:
    """Async context manager around one try. After it: `usage` and `cost_microusd`."""

    def __init__(self, recorder: CallRecorder, context: CallContext, route: Route, prompt: RenderedPrompt) -> None:
        self._recorder = recorder
        self._context = context
        self._route = route
        self._prompt = prompt
        self._call_id = 0
        self._started = 0.0
        self._first_token_ms: int | None = None
        self.text = ""
        self.end: StreamEnd | None = None
        self.usage = Usage()
        self.cost_microusd: int | None = None

    async def __aenter__(self) -> Self:
        self._call_id = await self._recorder.ledger.start(
            self._context, self._route.chat.provider, self._route.model, self._prompt.release
        )
        self._started = self._recorder.monotonic()
        return self

    def add(self, text: str) -> str:
        """The text so far."""
        if self._first_token_ms is None:
            self._first_token_ms = self._elapsed_ms()
        self.text += text
        return self.text

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Shielded: a second Stop, or a shutdown, must not leave the call looking as if it were still running.
        await asyncio.shield(self._settle(error, self._elapsed_ms()))

    async def _settle(self, error: BaseException | None, latency_ms: int) -> None:
        outcome = _outcome(error)
        self.usage = await self._usage(outcome, error)
        self.cost_microusd = self._recorder.prices.cost_microusd(
            self._route.chat.provider, self._route.model, self.usage
        )
        report = CallReport(
            outcome=outcome,
            usage=self.usage,
            cost_microusd=self.cost_microusd,
            latency_ms=latency_ms,
            first_token_ms=self._first_token_ms,
            finish_reason=self.end.finish_reason if self.end else None,
            error_code=_error_code(error),
        )
        try:
            await self._recorder.ledger.finish(self._call_id, report)
        except StoreUnavailable as unavailable:
            # The answer is worth more than its receipt; the row still says that a call was started.
            logger.error("call {} could not be settled in the ledger: {}", self._call_id, unavailable.code)

    async def _usage(self, outcome: CallOutcome, error: BaseException | None) -> Usage:
        """The provider's count; our own, marked so, where it sent none; nothing for a request it turned away."""
        if self.end is not None and self.end.usage is not None:
            return self.end.usage
        if outcome is CallOutcome.FAILED and not self.text and not isinstance(error, ModelTimeout):
            return Usage()
        contents = [message.content for message in self._prompt.messages]
        if sum(map(len, contents)) + len(self.text) > _LONG_TEXT_CHARS:
            return await asyncio.to_thread(self._estimate, contents)
        return self._estimate(contents)

    def _estimate(self, contents: list[str]) -> Usage:
        count, model = self._recorder.counter.count, self._route.model
        tokens_in = sum(count(model, content) + _PER_MESSAGE_TOKENS for content in contents)
        return Usage(tokens_in=tokens_in, tokens_out=count(model, self.text), estimated=True)

    def _elapsed_ms(self) -> int:
        return round((self._recorder.monotonic() - self._started) * 1000)


def _outcome(error: BaseException | None) -> CallOutcome:
    if error is None:
        return CallOutcome.OK
    if isinstance(error, StreamIncomplete):
        return CallOutcome.CUT
    if isinstance(error, asyncio.CancelledError | GeneratorExit):
        return CallOutcome.STOPPED
    return CallOutcome.FAILED


def _error_code(error: BaseException | None) -> str | None:
    if error is None or _outcome(error) is CallOutcome.STOPPED:
        return None
    return error.code if isinstance(error, MuzaError) else "internal"
