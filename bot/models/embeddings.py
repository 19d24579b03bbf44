"""POST /v1/embeddings."""

import base64
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from bot.models.loaded_model import LoadedModel
from bot.models.refusal import Refusal
from services.domain.errors import KnowledgeUnavailable
from services.retrieval.embedding_lanes import Overloaded

_MOST_INPUTS = 2048
"""OpenAI's own limit on one request."""
_LOADING_RETRY_SECONDS = 2
_BUSY_RETRY_SECONDS = 1


class EmbeddingRequest(BaseModel):
    input: str | list[str]
    model: str | None = None
    encoding_format: Literal["float", "base64"] = "float"
    input_type: Literal["query", "passage"] | None = Field(
        default=None, description="Extension: what the text is, for models that tell the two apart and for its turn."
    )


def build_embedding_router(loaded: LoadedModel) -> APIRouter:
    router = APIRouter()

    @router.post("/v1/embeddings")
    async def embeddings(request: EmbeddingRequest) -> dict[str, Any]:
        texts = [request.input] if isinstance(request.input, str) else request.input
        _check(loaded, texts, request.model)
        try:
            rows = await loaded.lanes.embed(texts, request.input_type)
        except Overloaded as error:
            raise Refusal(503, str(error), "busy", _BUSY_RETRY_SECONDS) from error
        except KnowledgeUnavailable as error:
            raise Refusal(500, str(error), "model_error") from error
        form = _as_base64 if request.encoding_format == "base64" else _as_floats
        data = [{"object": "embedding", "index": index, "embedding": form(row)} for index, row in enumerate(rows)]
        usage = {"prompt_tokens": 0, "total_tokens": 0}  # nothing is billed
        return {"object": "list", "model": loaded.model.name, "data": data, "usage": usage}

    return router


def embedding_card(loaded: LoadedModel) -> dict[str, Any]:
    """As in GET /v1/models, with what the model knows about itself."""
    model = loaded.model
    card: dict[str, Any] = {"id": model.name, "object": "model", "created": 0, "owned_by": "muza"}
    card |= {"status": loaded.status, "reason": loaded.reason, "task": "embedding"}
    if loaded.status == "ready":
        card |= {"languages": sorted(model.languages), "floor": model.floor, "dimensions": model.dimensions}
    return card


def _check(loaded: LoadedModel, texts: list[str], asked_model: str | None) -> None:
    if loaded.status == "failed":
        raise Refusal(503, loaded.reason, "model_failed")
    if loaded.status == "loading":
        raise Refusal(503, "the model is being loaded", "model_loading", _LOADING_RETRY_SECONDS)
    if asked_model not in (None, loaded.model.name):
        raise Refusal(404, "this model is not served here", "model_not_found")
    if not 1 <= len(texts) <= _MOST_INPUTS:
        raise Refusal(400, f"between 1 and {_MOST_INPUTS} inputs", "invalid_input")


def _as_floats(row: Any) -> list[float]:
    return [float(value) for value in row]


def _as_base64(row: Any) -> str:
    """Little-endian float32, as OpenAI's clients expect."""
    return base64.b64encode(row.astype("<f4").tobytes()).decode("ascii")
