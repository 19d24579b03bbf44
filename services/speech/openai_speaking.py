"""One request for speech: what the model takes, how its sound comes, and every way it can end. Imports the openai
client.

Sound as events is asked for where it is known to exist, because only there the tokens are told
(https://platform.openai.com/docs/api-reference/audio/createSpeech).
"""

import base64
import binascii
import json
from typing import Any

import openai

from services.calling.openai_errors import as_model_error
from services.domain.errors import ModelRefused, ModelUnavailable, StreamIncomplete
from services.domain.usage import Usage
from services.speech.ports import SpeakRequest, Spoken

REQUEST_ID_HEADER = "X-Client-Request-Id"
_OPTIONS = ("instructions", "stream_format", "response_format")
"""What a server may refuse to know; without them the answer is as good."""


def build_client(api_key: str, base_url: str | None, timeout_seconds: float) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(api_key=api_key, base_url=base_url, timeout=timeout_seconds, max_retries=0)


class OpenAISpeaking:
    def __init__(self, client: openai.AsyncOpenAI) -> None:
        self._client = client
        self._refused: dict[str, set[str]] = {}
        """Options that a model turned out not to take."""

    async def aclose(self) -> None:
        await self._client.close()

    async def speak(self, request: SpeakRequest) -> Spoken:
        refused = self._refused.setdefault(request.model, set())
        for _ in range(len(_OPTIONS) + 1):
            body = _body(request, refused)
            try:
                return await self._ask(body, request.request_id)
            except openai.APIStatusError as error:
                option = _refused_option(error, body)
                failure = as_model_error(error)
            except openai.OpenAIError as error:
                option, failure = None, as_model_error(error)
            if option is None:
                raise failure  # outside the handlers: the client's exception, which may quote the key, is not chained
            refused.add(option)
        raise ModelRefused("the model refuses one option after the other")

    async def _ask(self, body: dict[str, Any], request_id: str | None) -> Spoken:
        headers = {REQUEST_ID_HEADER: request_id} if request_id else None
        answer = await self._client.audio.speech.with_raw_response.create(**body, extra_headers=headers)
        kind, content = answer.headers.get("content-type", ""), answer.content
        if "html" in kind or "json" in kind:
            raise ModelRefused("no sound in the answer: is the base URL right?")
        if "event-stream" in kind:
            return _from_events(content)
        if not content:
            raise StreamIncomplete("an empty answer")
        return Spoken(content, usage=None)


def _body(request: SpeakRequest, refused: set[str]) -> dict[str, Any]:
    options: dict[str, str] = {"response_format": "mp3"}  # the API's own default, which every server knows
    if request.instructions and not request.model.startswith("tts-1"):
        options["instructions"] = request.instructions
    if request.model.startswith("gpt-"):
        options["stream_format"] = "sse"
    taken = {name: value for name, value in options.items() if name not in refused}
    return {"model": request.model, "input": request.text, "voice": request.voice, **taken}


def _refused_option(error: openai.APIStatusError, body: dict[str, Any]) -> str | None:
    if error.status_code not in (400, 422):
        return None
    said = error.body if isinstance(error.body, str) else repr(error.body)
    return next((name for name in _OPTIONS if name in body and name in said), None)


def _from_events(content: bytes) -> Spoken:
    """Raises StreamIncomplete for one that was cut, ModelUnavailable for an error in the middle."""
    sound, usage, is_done = bytearray(), None, False
    for line in content.splitlines():
        if not line.startswith(b"data:") or line.endswith(b"[DONE]"):
            continue
        try:
            event = json.loads(line[5:])
            kind = event.get("type")
            if kind == "speech.audio.delta":
                sound += base64.b64decode(event["audio"])
            elif kind == "speech.audio.done":
                is_done, usage = True, _usage(event.get("usage"))
            elif "error" in event:
                raise ModelUnavailable("an error in the middle of the sound")
        except (ValueError, KeyError, AttributeError, TypeError, binascii.Error) as error:
            raise StreamIncomplete(f"unreadable event ({type(error).__name__})") from None
    if not (is_done and sound):
        raise StreamIncomplete(f"the sound was cut after {len(sound)} bytes")
    return Spoken(bytes(sound), usage)


def _usage(told: Any) -> Usage | None:
    fields = told if isinstance(told, dict) else {}
    tokens_in, tokens_out = fields.get("input_tokens"), fields.get("output_tokens")
    if not (isinstance(tokens_in, int) and isinstance(tokens_out, int)):
        return None
    return Usage(tokens_in=tokens_in, tokens_out=tokens_out, tokens_audio_out=tokens_out)
