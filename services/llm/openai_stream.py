"""One streamed chat completion: request, corrections, chunks, and every way it can end. Imports the openai client."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpx2
import openai

from services.calling.openai_errors import as_model_error
from services.domain.errors import ModelError, ModelRefused, ModelTimeout, StreamIncomplete
from services.llm.openai_chunks import ChunkReader
from services.llm.openai_dialect import Dialect
from services.llm.openai_timeouts import StreamTimeouts
from services.llm.ports import ChatRequest, StreamEnd, TextDelta

REQUEST_ID_HEADER = "X-Client-Request-Id"
"""A caller's own name for a request, kept in OpenAI's logs; others pass over it
(https://platform.openai.com/docs/api-reference/debugging-requests)."""
_MAX_REQUESTS = 9
"""Eight options that a model may refuse one after the other (see openai_dialect), and one request that passes."""


def build_client(
    api_key: str, base_url: str | None, timeouts: StreamTimeouts, transport: httpx2.AsyncBaseTransport | None
) -> openai.AsyncOpenAI:
    # A little longer than our own timeouts, which end a call first and know what was being waited for.
    longest = max(timeouts.first_token, timeouts.between_chunks) + 5.0
    timeout = httpx2.Timeout(longest, connect=timeouts.connect)
    http_client = httpx2.AsyncClient(transport=transport, timeout=timeout) if transport else None
    return openai.AsyncOpenAI(
        api_key=api_key, base_url=base_url, timeout=timeout, max_retries=0, http_client=http_client
    )


class OpenAIStream:
    def __init__(self, client: openai.AsyncOpenAI, timeouts: StreamTimeouts) -> None:
        self._client = client
        self._timeouts = timeouts
        self._dialects: dict[str, Dialect] = {}

    async def aclose(self) -> None:
        await self._client.close()

    async def stream(self, request: ChatRequest) -> AsyncGenerator[TextDelta | StreamEnd, None]:
        reader, dialect = ChunkReader(), self._dialects.setdefault(request.model, Dialect())
        deadline = asyncio.get_running_loop().time() + self._timeouts.first_token
        failure: ModelError | None = None
        try:
            async with asyncio.timeout_at(deadline):
                response = await self._request(request, dialect)
            async with response, aclosing(self._texts(response, reader, deadline)) as texts:
                async for text in texts:
                    yield TextDelta(text)
        except TimeoutError:
            failure = ModelTimeout("the stream stalled" if reader.has_begun else "no first token in time")
        except ModelError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - whatever the client raises becomes one of our errors
            failure = _as_failure(error, reader)
        if failure is not None and not reader.is_complete:
            raise failure  # outside the handlers: the client's exception, which may quote the key, is not chained
        yield StreamEnd(reader.finish_reason, reader.usage, dialect.not_sent())

    async def _request(self, request: ChatRequest, dialect: Dialect) -> "openai.AsyncStream[object]":
        """Chunks come as plain JSON: building the client's typed ones takes 80 µs each, four fifths of the whole work,
        and compatible providers leave out half of their fields anyway."""
        headers = {REQUEST_ID_HEADER: request.request_id} if request.request_id else None
        for _ in range(_MAX_REQUESTS):
            body = dialect.body(request)
            try:
                response = await self._client.chat.completions.with_raw_response.create(**body, extra_headers=headers)
            except openai.APIStatusError as error:
                if not dialect.learn(error, body):
                    raise
                continue
            stream: openai.AsyncStream[object] = response.parse(to=openai.AsyncStream[object])
            if "html" in response.headers.get("content-type", ""):
                await stream.close()
                raise ModelRefused("a web page instead of a model's answer: is the base URL right?")
            return stream
        raise ModelRefused("the model refuses one option after the other")

    async def _texts(
        self, response: "openai.AsyncStream[object]", reader: ChunkReader, deadline: float
    ) -> AsyncGenerator[str, None]:
        clock = asyncio.get_running_loop().time
        chunks = aiter(response)
        while True:
            async with asyncio.timeout_at(deadline):
                chunk = await anext(chunks, None)
            if chunk is None:
                return
            text = reader.read(chunk)
            if reader.is_complete:
                deadline = clock() + self._timeouts.usage
            elif reader.has_begun:
                deadline = clock() + self._timeouts.between_chunks
            if text:
                yield text


def _as_failure(error: Exception, reader: ChunkReader) -> ModelError:
    """A connection that breaks after the first words is a cut answer, not an absent provider."""
    broken = isinstance(error, openai.APIConnectionError | ValueError) and not isinstance(error, openai.APITimeoutError)
    if broken and reader.has_begun:
        return StreamIncomplete(f"the connection broke in the middle ({type(error).__name__})")
    return as_model_error(error)
