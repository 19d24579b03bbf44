"""A reranking model behind /v1/rerank: our models process, or any server that speaks this form."""

import math
from collections.abc import Sequence

import httpx2

from services.domain.errors import KnowledgeUnavailable

_ANSWER_SECONDS = 10.0
"""Whoever asks has less patience; this ends requests that nobody waits for."""
_CONNECT_SECONDS = 1.0


class HttpReranker:
    def __init__(self, url: str, model: str) -> None:
        """`url`: up to and without /v1/rerank."""
        self._url = f"{url.rstrip('/')}/v1/rerank"
        self._model = model
        self._client: httpx2.AsyncClient | None = None

    async def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        body = {"model": self._model, "query": query, "documents": list(texts)}
        try:
            answer = await self._http().post(self._url, json=body)
            answer.raise_for_status()
            results = answer.json()["results"]
            found = {int(one["index"]): float(one["relevance_score"]) for one in results}
            scores = [found[index] for index in range(len(texts))]
        except httpx2.HTTPError as error:
            raise KnowledgeUnavailable(f"rerank: {type(error).__name__}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise KnowledgeUnavailable("rerank: not the answer that was asked for") from error
        if not all(map(math.isfinite, scores)):
            raise KnowledgeUnavailable("rerank: a score that is no number")
        return scores

    async def aclose(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _http(self) -> httpx2.AsyncClient:
        if self._client is None:
            timeout = httpx2.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
            self._client = httpx2.AsyncClient(timeout=timeout, trust_env=False)
        return self._client
