"""One try at a model in the ledger: written before the request leaves, settled however it ends."""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from services.calling.ledger_entry import LedgerEntry, billed_report, error_code_of, outcome_of
from services.domain.errand import Errand
from services.domain.errors import ModelTimeout
from services.domain.failpoint import FailPoint, reached
from services.domain.metering import CallLedger, PriceList
from services.domain.prompt import RenderedPrompt
from services.domain.usage import CallContext, CallOutcome, Usage
from services.llm.ports import StreamEnd, TokenCounter
from services.llm.routing import Route
from services.llm.token_bound import most_tokens

Part = TypeVar("Part")
_LONG_TEXT_CHARS = 20_000
_PER_MESSAGE_TOKENS = 4
_BEFORE_ANSWER_TOKENS = 3
"""Roles, separators, and the beginning of the answer
(https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken)."""


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

    def record(
        self,
        context: CallContext,
        route: Route,
        prompt: RenderedPrompt,
        json_schema: dict[str, Any] | None = None,
        *,
        instead_of: Route | None = None,
    ) -> "CallRecord":
        """`prompt` limits its answer (`max_tokens`): what the call can cost at most is reserved. `instead_of`: the
        dearer model that is spared by asking this one."""
        return CallRecord(self, context, route, prompt, json_schema, instead_of)


class CallRecord:
    """Async context manager around one try. After it: `usage` and `cost_microusd`."""

    def __init__(
        self,
        recorder: CallRecorder,
        context: CallContext,
        route: Route,
        prompt: RenderedPrompt,
        json_schema: dict[str, Any] | None,
        instead_of: Route | None,
    ) -> None:
        self._recorder = recorder
        self._context = context
        self._route = route
        self._prompt = prompt
        self._instead_of = instead_of
        self._schema = "" if json_schema is None else json.dumps(json_schema, ensure_ascii=False)
        self._entry: LedgerEntry | None = None
        self._tokens_in = 0
        self._started = 0.0
        self._first_token_ms: int | None = None
        self.text = ""
        self.end: StreamEnd | None = None
        self.usage = Usage()
        self.cost_microusd: int | None = None

    @property
    def request_id(self) -> str:
        """What the request carries, for comparing the provider's books with the ledger."""
        return self._open_entry.request_id

    @property
    def _open_entry(self) -> LedgerEntry:
        assert self._entry is not None  # noqa: S101 - set on entering
        return self._entry

    async def __aenter__(self) -> Self:
        self._tokens_in = await self._prompt_tokens()
        route, prompt = self._route, self._prompt
        errand = Errand(
            self._context,
            route.provider,
            route.model,
            prompt.release,
            self._tokens_in,
            most_microusd=await self._most_microusd(),
            role=prompt.role.value,
        )
        self._entry = LedgerEntry(self._recorder.ledger, errand)
        await self._entry.open()
        reached(FailPoint.CALL_RECORDED)
        self._started = self._recorder.monotonic()
        return self

    def each(self, parts: AsyncGenerator[Part, None]) -> AsyncGenerator[Part, None]:
        """Raises GenerationHalted when an admin halts generation meanwhile."""
        return self._open_entry.each(parts)

    def add(self, text: str) -> str:
        """The text so far."""
        if self._first_token_ms is None:
            self._first_token_ms = self._elapsed_ms()
            reached(FailPoint.STREAM_BEGUN)
        self.text += text
        return self.text

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            reached(FailPoint.STREAM_ENDED)
        # Shielded: a second Stop, or a shutdown, must not leave the call looking as if it were still running.
        await asyncio.shield(self._settle(error, self._elapsed_ms()))
        if error is None:
            reached(FailPoint.CALL_SETTLED)

    async def _settle(self, error: BaseException | None, latency_ms: int) -> None:
        outcome = outcome_of(error)
        self.usage = await self._usage(outcome, error)
        bill = self._recorder.prices.bill(self._route.provider, self._route.model, self.usage)
        self.cost_microusd = bill.cost_microusd
        await self._open_entry.settle(
            billed_report(
                bill,
                outcome,
                self.usage,
                latency_ms,
                first_token_ms=self._first_token_ms,
                finish_reason=self.end.finish_reason if self.end else None,
                error_code=error_code_of(error),
                routing_saved_microusd=self._saved_by_routing(),
            )
        )

    def _saved_by_routing(self) -> int:
        """Nothing where one of the prices is not known."""
        spared = self._instead_of
        if spared is None or self.cost_microusd is None:
            return 0
        dearer = self._recorder.prices.bill(spared.provider, spared.model, self.usage).cost_microusd
        return 0 if dearer is None else dearer - self.cost_microusd

    async def _usage(self, outcome: CallOutcome, error: BaseException | None) -> Usage:
        """The provider's count; our own, marked so, where it sent none; nothing for a request it turned away."""
        if self.end is not None and self.end.usage is not None:
            return self.end.usage
        if outcome is CallOutcome.FAILED and not self.text and not isinstance(error, ModelTimeout):
            return Usage()
        return Usage(tokens_in=self._tokens_in, tokens_out=await self._count([self.text]), estimated=True)

    async def _prompt_tokens(self) -> int:
        contents = [message.content for message in self._prompt.messages]
        return await self._count(contents) + _PER_MESSAGE_TOKENS * len(contents) + _BEFORE_ANSWER_TOKENS

    async def _most_microusd(self) -> int:
        sent = [*(message.content for message in self._prompt.messages), self._schema]
        counted = self._tokens_in + await self._count([self._schema])
        most = Usage(
            tokens_in=most_tokens(self._route.model, counted, sent),
            tokens_out=self._prompt.parameters.max_tokens or 0,
        )
        return self._recorder.prices.bill(self._route.provider, self._route.model, most).counted_microusd

    async def _count(self, texts: list[str]) -> int:
        if sum(map(len, texts)) > _LONG_TEXT_CHARS:
            return await asyncio.to_thread(self._count_now, texts)
        return self._count_now(texts)

    def _count_now(self, texts: list[str]) -> int:
        return sum(self._recorder.counter.count(self._route.model, text) for text in texts)

    def _elapsed_ms(self) -> int:
        return round((self._recorder.monotonic() - self._started) * 1000)
