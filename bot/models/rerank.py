"""POST /v1/rerank, in the form that Jina, Cohere and local servers share: https://api.jina.ai/redoc#tag/rerank"""

import asyncio
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from bot.models.loaded_reranker import LoadedReranker
from bot.models.refusal import Refusal

_MOST_DOCUMENTS = 100
_LOADING_RETRY_SECONDS = 2


class RerankRequest(BaseModel):
    query: str = Field(min_length=1)
    documents: list[str] = Field(min_length=1, max_length=_MOST_DOCUMENTS)
    model: str | None = None
    top_n: int | None = Field(default=None, ge=1)


def build_rerank_router(loaded: LoadedReranker) -> APIRouter:
    router = APIRouter()

    @router.post("/v1/rerank")
    async def rerank(request: RerankRequest) -> dict[str, Any]:
        if loaded.status == "failed":
            raise Refusal(503, loaded.reason, "model_failed")
        if loaded.status == "loading":
            raise Refusal(503, "the model is being loaded", "model_loading", _LOADING_RETRY_SECONDS)
        if request.model not in (None, loaded.model.name):
            raise Refusal(404, "this model is not served here", "model_not_found")
        scores = await asyncio.to_thread(loaded.model.scores, request.query, request.documents)
        ranked = sorted(enumerate(scores), key=lambda one: -one[1])[: request.top_n]
        results = [{"index": index, "relevance_score": score} for index, score in ranked]
        return {"model": loaded.model.name, "results": results, "usage": {"total_tokens": 0}}

    return router


def rerank_card(loaded: LoadedReranker) -> dict[str, Any]:
    """As in GET /v1/models."""
    card = {"id": loaded.model.name, "object": "model", "created": 0, "owned_by": "muza"}
    return card | {"status": loaded.status, "reason": loaded.reason, "task": "rerank"}
