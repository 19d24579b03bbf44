"""The rules of calling a language model: retry, replace, fall back, break the circuit, and write every try down."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from services.calling.lost_calls import LostCalls
from services.calling.retry import RetryPolicy, Sleep
from services.calling.tries import Tries
from services.calling.verdict import Verdict
from services.domain.errors import ModelNotConfigured, ModelRefused, StreamIncomplete
from services.domain.metering import CallLedger, CircuitBreaker, PriceList
from services.domain.prompt import ModelRole, RenderedPrompt
from services.domain.usage import CallContext
from services.llm.call_record import CallRecord, CallRecorder
from services.llm.events import Completed, Delta, Restarted
from services.llm.ports import ChatRequest, StreamEnd, TokenCounter
from services.llm.routing import Route

__all__ = ["Completed", "Delta", "LLMService", "Restarted"]

MOST_TOKENS_OUT = 4_000


class LLMService:
    def __init__(
        self,
        routes: Mapping[ModelRole, Sequence[Route]],
        *,
        ledger: CallLedger,
        breaker: CircuitBreaker,
        prices: PriceList,
        counter: TokenCounter,
        policy: RetryPolicy | None = None,
        max_tokens: int = MOST_TOKENS_OUT,
        sleep: Sleep = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`routes`: for each role its models, the preferred one first (see `plan_routes`). `max_tokens`: of an answer
        whose prompt sets no limit."""
        self._routes = routes
        self._breaker = breaker
        self._recorder = CallRecorder(ledger, prices, counter, monotonic)
        self.lost_calls = LostCalls(ledger, prices, counter)
        self._policy = policy or RetryPolicy()
        self._max_tokens = max_tokens
        self._sleep = sleep
        self._monotonic = monotonic
        self._warm = False
        self._warming = asyncio.Lock()

    async def warm_up(self) -> None:
        """Load encodings, prices and the vendors' libraries off the event loop (about 2 s of one core). The first call
        does it otherwise, and waits."""
        async with self._warming:
            if self._warm:
                return
            for load in (self._breaker.load, self._recorder.counter.load, self._recorder.prices.load):
                await asyncio.to_thread(load)
            for chat in {id(route.chat): route.chat for chain in self._routes.values() for route in chain}.values():
                await chat.warm_up()
            self._warm = True

    async def stream(
        self, prompt: RenderedPrompt, context: CallContext, *, json_schema: dict[str, Any] | None = None
    ) -> AsyncGenerator[Delta | Restarted | Completed, None]:
        """Deltas with the growing text, Restarted before each try but the first, and Completed at the end.

        Raises the ModelError tree when every try at every model failed; and, so that no call leaves, StoreUnavailable
        when the ledger cannot be written, LeaseLost when `context` names a run that is over, BudgetExhausted,
        GenerationHalted (that one ends a stream, too). Close the generator (`contextlib.aclosing`) to stop: the
        connection is closed and the call settled as stopped before that returns.
        """
        if not self._routes[prompt.role]:
            raise ModelNotConfigured("no OPENAI_API_KEY and no OPENAI_BASE_URL")
        if not self._warm:
            await self.warm_up()
        prompt = self._limited(prompt)
        tries = Tries(self._routes[prompt.role], self._policy, self._breaker, self._sleep, self._monotonic)
        while True:
            route = await tries.next()
            record = self._recorder.record(context, route, prompt, json_schema, instead_of=self._spared(prompt))
            async with Verdict(self._breaker, tries, route) as verdict:
                if tries.last_error is not None:
                    yield Restarted(tries.last_error.code)
                async with record:
                    async with aclosing(self._deltas(record, route, prompt, json_schema)) as deltas:
                        async for delta in deltas:
                            await verdict.lives()
                            yield delta
                    _check_complete(record)
            if verdict.error is None:
                yield _completed(record, route, prompt)
                return

    async def complete(
        self, prompt: RenderedPrompt, context: CallContext, *, json_schema: dict[str, Any] | None = None
    ) -> Completed:
        """`stream` without the show."""
        async with aclosing(self.stream(prompt, context, json_schema=json_schema)) as events:
            async for event in events:
                if isinstance(event, Completed):
                    return event
        raise StreamIncomplete("the stream ended without a result")

    def first_route(self, role: ModelRole) -> Route | None:
        """Who is asked first; None when nobody is."""
        return next(iter(self._routes.get(role, ())), None)

    def _spared(self, prompt: RenderedPrompt) -> Route | None:
        """The model that would write if there were no choice."""
        smart = self._routes.get(ModelRole.SMART, ())
        return smart[0] if smart and prompt.role is not ModelRole.SMART else None

    def _limited(self, prompt: RenderedPrompt) -> RenderedPrompt:
        """Without a limit nobody could say what an answer costs at most."""
        if prompt.parameters.max_tokens is not None:
            return prompt
        return replace(prompt, parameters=replace(prompt.parameters, max_tokens=self._max_tokens))

    async def _deltas(
        self, record: CallRecord, route: Route, prompt: RenderedPrompt, json_schema: dict[str, Any] | None
    ) -> AsyncGenerator[Delta, None]:
        request = ChatRequest(
            route.model, prompt.messages, prompt.parameters, json_schema, request_id=record.request_id
        )
        async with aclosing(route.chat.stream(request)) as parts, aclosing(record.each(parts)) as going:
            async for part in going:
                if isinstance(part, StreamEnd):
                    record.end = part
                else:
                    yield Delta(record.add(part.text))


def _check_complete(record: CallRecord) -> None:
    """Raises for an answer that ended, but is none."""
    reason = record.end.finish_reason if record.end else None
    if reason is None:
        raise StreamIncomplete(f"no finish reason after {len(record.text)} characters")
    if reason == "content_filter":
        raise ModelRefused("the provider's content filter stopped the answer")
    if not record.text.strip():
        raise StreamIncomplete(f"an empty answer, finish reason {reason}")


def _completed(record: CallRecord, route: Route, prompt: RenderedPrompt) -> Completed:
    assert record.end is not None  # noqa: S101 - checked by _check_complete
    sent = {name: value for name, value in prompt.parameters.as_dict().items() if name not in record.end.not_sent}
    return Completed(
        text=record.text,
        usage=record.usage,
        cost_microusd=record.cost_microusd,
        model=route.model,
        provider=route.chat.provider,
        parameters=sent,
        finish_reason=record.end.finish_reason or "stop",
    )
