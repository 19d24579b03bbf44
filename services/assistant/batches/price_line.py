"""What a line of a batch may cost: likely, and at most."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from services.batching.requests import chat_body
from services.domain.batch import LinePrompt
from services.domain.metering import BatchPriceList
from services.domain.prompt import ModelRole, RenderedPrompt
from services.domain.usage import Usage
from services.llm.ports import TokenCounter
from services.llm.token_bound import most_tokens

TOKENS_OF_AN_IDEA = 220
"""In Russian, with its title and its reason; in English some fewer."""
_AROUND_MESSAGES = 12
"""Roles and separators, as in `services/llm/call_record.py`."""


class PriceLine:
    def __init__(self, counter: TokenCounter, prices: BatchPriceList, max_tokens: int) -> None:
        """`max_tokens`: of an answer whose prompt sets no limit."""
        self._counter = counter
        self._prices = prices
        self._max_tokens = max_tokens

    def load(self) -> None:
        """Blocking."""
        self._counter.load()
        self._prices.load()

    def __call__(
        self,
        prompt: RenderedPrompt,
        schema: Mapping[str, Any],
        schema_text: str,
        *,
        provider: str,
        model: str,
        passages: int,
        ideas: int,
    ) -> LinePrompt:
        limit = prompt.parameters.max_tokens or self._max_tokens
        limited = replace(prompt, parameters=replace(prompt.parameters, max_tokens=limit))
        sent = [message.content for message in prompt.messages]
        counted = sum(self._counter.count(model, text) for text in sent) + _AROUND_MESSAGES
        with_schema = counted + self._counter.count(model, schema_text)
        likely = Usage(counted, 0, min(ideas * TOKENS_OF_AN_IDEA, limit))
        most = Usage(most_tokens(model, with_schema, [*sent, schema_text]), 0, limit)
        return LinePrompt(
            body=chat_body(limited, model, schema),
            release=prompt.release,
            role=ModelRole.SMART.value,
            passages=passages,
            tokens_in=counted,
            likely_microusd=self._prices.batch_bill(provider, model, likely).counted_microusd,
            most_microusd=self._prices.batch_bill(provider, model, most).counted_microusd,
            now_microusd=self._prices.bill(provider, model, likely).counted_microusd,
        )
