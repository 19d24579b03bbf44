"""POST /v1/embeddings: hashed bags of word stems and character n-grams, so that texts that share words are near.

There is no meaning in them: a paraphrase without a common stem, or the other language, is far.
"""

import base64
import math
import struct
import zlib
from collections import defaultdict
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from tests.emulators.openai import tokens
from tests.emulators.openai.answers import answer
from tests.emulators.openai.emulator import OpenAIEmulator
from tests.emulators.openai.errors import ApiError
from tests.emulators.openai.stems import STOP_WORDS, stem, words

MAX_INPUTS = 2048
MAX_TOKENS_PER_INPUT = 8192
DEFAULT_DIMENSIONS = {"text-embedding-3-large": 3072}
STEM_WEIGHT, NGRAM_WEIGHT, STOP_WORD_WEIGHT = 1.0, 0.25, 0.05
NGRAM_SIZES = (3, 4)


class EmbeddingBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    input: str | list[str] | list[int] | list[list[int]]
    model: str = Field(min_length=1)
    dimensions: int | None = Field(default=None, ge=1, le=3072)
    encoding_format: Literal["float", "base64"] = "float"
    user: str | None = None


def embeddings_router(emulator: OpenAIEmulator) -> APIRouter:
    router = APIRouter()

    @router.post("/v1/embeddings")
    async def create_embeddings(body: EmbeddingBody, request: Request) -> Response:
        with emulator.call(request, "embeddings", body.model, body.model_dump(exclude_none=True)) as call:
            fault = await emulator.admit(request, call)
            texts = _texts(body)
            call.tokens_in = _count(body.model, texts)
            size = body.dimensions or DEFAULT_DIMENSIONS.get(body.model, 1536)
            rows = [_row(at, vector(text, size), body.encoding_format) for at, text in enumerate(texts)]
            usage = {"prompt_tokens": call.tokens_in, "total_tokens": call.tokens_in}
            shown = {"object": "list", "data": rows, "model": body.model, "usage": usage}
            return await answer(emulator, request, call, fault, shown)

    return router


def vector(text: str, size: int) -> list[float]:
    """Of length 1; the same text gives the same vector in every process."""
    bag: defaultdict[str, float] = defaultdict(float)
    for word in words(text):
        bag[f"s:{stem(word)}"] += STOP_WORD_WEIGHT if word in STOP_WORDS else STEM_WEIGHT
        if word not in STOP_WORDS:
            for gram in _grams(f"^{word}$"):
                bag[f"g:{gram}"] += NGRAM_WEIGHT
    values = [0.0] * size
    for feature, weight in bag.items():
        code = zlib.crc32(feature.encode())
        # The low bit is the sign: collisions then cancel out instead of adding up.
        values[(code >> 1) % size] += math.sqrt(weight) * (1 if code & 1 else -1)
    if not any(values):
        values[zlib.crc32(text.encode()) % size] = 1.0
    length = math.sqrt(sum(value * value for value in values))
    return [value / length for value in values]


def _grams(word: str) -> list[str]:
    return [word[at : at + n] for n in NGRAM_SIZES for at in range(len(word) - n + 1)]


def _texts(body: EmbeddingBody) -> list[str]:
    """Raises ApiError 400 where OpenAI does."""
    given = body.input
    many: list[Any] = [given] if isinstance(given, str) or (given and isinstance(given[0], int)) else list(given)
    if not many or len(many) > MAX_INPUTS:
        raise ApiError(400, f"Invalid 'input': from 1 to {MAX_INPUTS} items are allowed.", param="input")
    decode = tokens.encoding_of(body.model).decode_bytes
    texts = [item if isinstance(item, str) else decode(item).decode("utf-8", "replace") for item in many]
    if not all(texts):
        raise ApiError(400, "Invalid 'input': input cannot be an empty string.", param="input")
    return texts


def _count(model: str, texts: list[str]) -> int:
    sizes = [tokens.count(model, text) for text in texts]
    if max(sizes) > MAX_TOKENS_PER_INPUT:
        message = f"This model's maximum context length is {MAX_TOKENS_PER_INPUT} tokens, got {max(sizes)}."
        raise ApiError(400, message, code="context_length_exceeded", param="input")
    return sum(sizes)


def _row(index: int, values: list[float], encoding: str) -> dict[str, Any]:
    shown: str | list[float] = values
    if encoding == "base64":
        shown = base64.b64encode(struct.pack(f"<{len(values)}f", *values)).decode()
    return {"object": "embedding", "index": index, "embedding": shown}
