"""The adapter against servers that answer as they like."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

import httpx2
import pytest

from services.domain.errors import ModelBusy, ModelError, ModelRefused, ModelTimeout, ModelUnavailable, StreamIncomplete
from services.domain.usage import Usage
from services.transcription.openai_listener import OpenAIListener
from services.transcription.ports import Heard, HeardSegment, ListenRequest

KEY = "sk-canary"
PLAIN = {"text": "Чай остыл."}

Form = dict[str, list[str]]


class Server:
    """Answers each request with the next of `answers`; the last one stays."""

    def __init__(self, *answers: httpx2.Response | Callable[[Form], httpx2.Response]) -> None:
        self._answers = list(answers)
        self.forms: list[Form] = []
        self.headers: list[httpx2.Headers] = []

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        form = fields_of(request.headers["content-type"], await request.aread())
        self.forms.append(form)
        self.headers.append(request.headers)
        answer = self._answers[0] if len(self._answers) == 1 else self._answers.pop(0)
        return answer(form) if callable(answer) else answer


def fields_of(content_type: str, body: bytes) -> Form:
    message = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    form: Form = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        form.setdefault(name, []).append(part.get_filename() or content.decode())
    return form


def answered(body: Any, status: int = 200, **headers: str) -> httpx2.Response:
    return httpx2.Response(status, json=body, headers={name.replace("_", "-"): told for name, told in headers.items()})


def refused(message: str, status: int = 400, code: str | None = None, **headers: str) -> httpx2.Response:
    error = {"message": message, "type": "invalid_request_error", "code": code}
    return answered({"error": error}, status, **headers)


@asynccontextmanager
async def listener(server: Server, **options: Any) -> AsyncIterator[OpenAIListener]:
    one = OpenAIListener("test", KEY, "http://listening/v1", transport=httpx2.MockTransport(server), **options)
    try:
        yield one
    finally:
        await one.aclose()


async def listen(server: Server, model: str = "whisper-1", **options: Any) -> Heard:
    async with listener(server, **options) as one:
        return await one.listen(ListenRequest(model, b"OggS", 2_000, language="ru", prompt="Тихий час."))


async def failure(server: Server, **options: Any) -> ModelError:
    with pytest.raises(ModelError) as raised:
        await listen(server, **options)
    assert KEY not in f"{raised.value!r} {raised.value.__cause__!r}"
    return raised.value


async def test_whisper_is_asked_for_segments() -> None:
    server = Server(answered(PLAIN))
    await listen(server)
    assert server.forms == [
        {
            "file": ["audio.ogg"],
            "model": ["whisper-1"],
            "response_format": ["verbose_json"],
            "prompt": ["Тихий час."],
            "language": ["ru"],
            "temperature": ["0.0"],
        }
    ]
    assert "x-client-request-id" not in server.headers[0]


async def test_gpt_is_asked_how_sure_it_is() -> None:
    server = Server(answered({"text": "Да.", "logprobs": [{"logprob": -0.1}, {"logprob": -0.3}]}))
    heard = await listen(server, "gpt-4o-mini-transcribe")
    assert (heard.text, heard.language, heard.avg_logprob) == ("Да.", None, -0.2)
    assert (server.forms[0]["response_format"], server.forms[0]["include[]"]) == (["json"], ["logprobs"])


async def test_tokens_and_seconds_are_read() -> None:
    details = {"audio_tokens": 20, "text_tokens": 5}
    tokens = {"type": "tokens", "input_tokens": 25, "output_tokens": 4, "input_token_details": details}
    told = {"tokens": tokens, "detailless": {**tokens, "input_token_details": None}}
    seconds = {"type": "duration", "seconds": 3}
    assert (await listen(Server(answered({**PLAIN, "usage": told["tokens"]})))).usage == Usage(25, 0, 4, False, 20)
    assert (await listen(Server(answered({**PLAIN, "usage": told["detailless"]})))).usage == Usage(25, 0, 4, False, 25)
    assert (await listen(Server(answered({**PLAIN, "usage": seconds})))).usage == Usage(audio_ms=3_000)
    assert (await listen(Server(answered({**PLAIN, "duration": 2.345})))).usage == Usage(audio_ms=2_345)
    assert (await listen(Server(answered(PLAIN)))).usage is None


async def test_fields_that_are_left_out_or_odd_are_unknown() -> None:
    segments = [{"start": 0, "end": 1.5, "text": " Чай"}, {"text": "остыл."}, "odd", {"start": 1}]
    body = {"text": " Чай остыл. ", "language": "Russian", "segments": segments, "logprobs": [{}, None]}
    heard = await listen(Server(answered(body)))
    assert heard.segments == (HeardSegment(0, 1_500, "Чай"), HeardSegment(0, 0, "остыл."))
    assert (heard.text, heard.language, heard.avg_logprob) == ("Чай остыл.", "ru", None)
    nan = httpx2.Response(200, content=b'{"text": "a", "duration": NaN}', headers={"content-type": "application/json"})
    assert (await listen(Server(nan))).usage is None


@pytest.mark.parametrize(
    ("message", "gone"),
    [
        ("response_format 'verbose_json' is not compatible with model", {"response_format": ["json"]}),
        ("Unknown parameter: 'prompt'.", {}),
        ("body.language: extra fields, 'language' not permitted", {}),
    ],
)
async def test_what_a_server_does_not_take_is_left_out_from_then_on(message: str, gone: Form) -> None:
    server = Server(refused(message), answered(PLAIN))
    async with listener(server) as one:
        for _ in range(2):
            await one.listen(ListenRequest("voxtral", b"OggS", 2_000, language="ru", prompt="Тихий час."))
    first, second, third = server.forms
    assert second == third
    assert gone.items() <= second.items()
    assert first != second


async def test_a_server_that_takes_no_option_is_asked_plainly() -> None:
    def fussy(form: Form) -> httpx2.Response:
        odd: list[str] = [name for name in ("prompt", "language", "temperature") if name in form]
        odd += ["response_format"] if form["response_format"] != ["json"] else []
        return refused(f"unexpected '{odd[0]}'") if odd else answered(PLAIN)

    server = Server(fussy)
    assert (await listen(server)).text == "Чай остыл."
    assert server.forms[-1] == {"file": ["audio.ogg"], "model": ["whisper-1"], "response_format": ["json"]}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused("Incorrect API key provided: sk-canary", 401, "invalid_api_key"), ModelRefused),
        (refused("no such model", 404, "model_not_found"), ModelRefused),
        (refused("the language of this file is odd"), ModelRefused),
        (refused("slow down", 429, "rate_limit_exceeded", retry_after="7"), ModelBusy),
        (refused("no money", 429, "insufficient_quota"), ModelRefused),
        (refused("down", 503), ModelUnavailable),
        (httpx2.Response(502, text="<html>bad gateway</html>"), ModelUnavailable),
        (httpx2.Response(200, html="<html>welcome</html>"), ModelRefused),
        (httpx2.Response(200, content=b'{"text": "ha', headers={"content-type": "application/json"}), StreamIncomplete),
        (answered({"segments": []}), StreamIncomplete),
        (answered([]), StreamIncomplete),
    ],
)
async def test_every_bad_end_is_one_of_ours(answer: httpx2.Response, kind: type[ModelError]) -> None:
    assert type(await failure(Server(answer))) is kind


async def test_our_own_server_says_whether_waiting_helps() -> None:
    loading = await failure(Server(refused("loading", 503, "model_loading", retry_after="2")), own_server=True)
    assert (type(loading), loading.retry_after) == (ModelBusy, 2.0)
    assert type(await failure(Server(refused("no checkpoint", 503, "model_failed")), own_server=True)) is ModelRefused


async def test_sound_too_short_to_hold_a_word_holds_none() -> None:
    short = Server(refused("Audio file is too short.", 400, "audio_too_short"))
    assert await listen(short) == Heard("", None, (), None)


async def test_the_wait_grows_with_the_sound() -> None:
    async def silent(_: httpx2.Request) -> httpx2.Response:
        await asyncio.Event().wait()
        raise AssertionError

    transport = httpx2.MockTransport(silent)
    one = OpenAIListener(
        "test", None, "http://listening/v1", timeout_seconds=0.01, seconds_per_second=0.02, transport=transport
    )
    with pytest.raises(ModelTimeout):
        await one.listen(ListenRequest("whisper-1", b"OggS", 2_000))
    await one.aclose()


async def test_the_answer_may_be_anything_json_can_hold() -> None:
    for odd in ("text", None, 1, {"text": None}):
        assert type(await failure(Server(httpx2.Response(200, content=json.dumps(odd).encode())))) is StreamIncomplete
