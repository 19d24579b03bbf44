"""One transcription: request, corrections, answer, and every way it can end. Imports the openai client."""

import asyncio
import json
from typing import Any

import httpx2
import openai

from services.calling.openai_errors import as_model_error
from services.domain.errors import ModelBusy, ModelError, ModelRefused, ModelTimeout, ModelUnavailable, StreamIncomplete
from services.transcription.openai_heard import is_transcription, read_heard
from services.transcription.openai_options import Options
from services.transcription.ports import Heard, ListenRequest

REQUEST_ID_HEADER = "X-Client-Request-Id"
_CONNECT_SECONDS = 5.0
_LONGEST_SECONDS = 3600.0
"""Ours end a call first, and know what was being waited for."""
_MAX_REQUESTS = 6
"""Four options that a model may refuse, a format that takes two requests, and one request that passes."""


def build_client(
    api_key: str, base_url: str | None, transport: httpx2.AsyncBaseTransport | None = None
) -> openai.AsyncOpenAI:
    timeout = httpx2.Timeout(_LONGEST_SECONDS, connect=_CONNECT_SECONDS)
    http_client = httpx2.AsyncClient(transport=transport, timeout=timeout) if transport else None
    return openai.AsyncOpenAI(
        api_key=api_key, base_url=base_url, timeout=timeout, max_retries=0, http_client=http_client
    )


class OpenAITranscriptions:
    def __init__(self, client: openai.AsyncOpenAI, *, own_server: bool = False) -> None:
        self._client = client
        self._own_server = own_server
        self._options: dict[str, Options] = {}

    async def aclose(self) -> None:
        await self._client.close()

    async def listen(self, request: ListenRequest, timeout_seconds: float) -> Heard:
        """Raises the ModelError tree."""
        options = self._options.setdefault(request.model, Options(request.model))
        try:
            async with asyncio.timeout(timeout_seconds):
                return await self._listen(request, options)
        except TimeoutError:
            failure: ModelError = ModelTimeout("no transcript in time")
        except ModelError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - whatever the client raises becomes one of our errors
            failure = self._as_failure(error)
        raise failure  # outside the handlers: the client's exception, which may quote the key, is not chained

    async def _listen(self, request: ListenRequest, options: Options) -> Heard:
        for _ in range(_MAX_REQUESTS):
            body = options.body(request)
            try:
                return await self._ask(body, request)
            except openai.APIStatusError as error:
                if _is_too_short(error):
                    return Heard("", None, (), usage=None)
                if not options.learn(error.status_code, error.body, body):
                    raise
        raise ModelRefused("the model refuses one option after the other")

    async def _ask(self, body: dict[str, Any], request: ListenRequest) -> Heard:
        """The answer is read as plain JSON: compatible servers leave out half of the fields of the client's types."""
        headers = {REQUEST_ID_HEADER: request.request_id} if request.request_id else None
        answer = await self._client.audio.transcriptions.with_raw_response.create(**body, extra_headers=headers)
        if "html" in answer.headers.get("content-type", ""):
            raise ModelRefused("a web page instead of a transcript: is the base URL right?")
        try:
            told = json.loads(answer.content)
        except ValueError:
            raise StreamIncomplete("a transcript that is not JSON") from None
        if not is_transcription(told):
            raise StreamIncomplete("an answer without a text")
        return read_heard(told)

    def _as_failure(self, error: Exception) -> ModelError:
        failure = as_model_error(error)
        if self._own_server and isinstance(error, openai.APIStatusError) and error.status_code == 503:
            if failure.retry_after is None:
                return ModelRefused(f"the models process has no such model ({failure})")
            return ModelBusy(str(failure), retry_after=failure.retry_after)
        if isinstance(failure, ModelUnavailable) and isinstance(error, openai.APIResponseValidationError):
            return StreamIncomplete("an unreadable transcript")
        return failure


def _is_too_short(error: openai.APIStatusError) -> bool:
    """Less than a tenth of a second: nothing can have been said, and nothing is billed."""
    return error.status_code == 400 and error.code == "audio_too_short"
