"""What every ChatModel promises; the scripted fake and the real adapter pass the same suite."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Protocol

import pytest

from services.domain.errors import ContextTooLong, ModelBusy, ModelError, ModelRefused, ModelUnavailable
from services.domain.prompt import Message, SamplingParameters
from services.domain.usage import Usage
from services.llm.openai_chat import OpenAIChat
from services.llm.ports import ChatModel, ChatRequest, StreamEnd, TextDelta
from tests.fakes.chat_model import Answer, ScriptedChatModel, failing
from tests.fakes.sse_server import DONE, Reply, SseServer, chunk, event, refused, sse_server, usage

ERRORS: dict[type[ModelError], ModelError] = {
    ModelUnavailable: ModelUnavailable("down"),
    ModelBusy: ModelBusy("slow down", retry_after=7.0),
    ModelRefused: ModelRefused("wrong key"),
    ContextTooLong: ContextTooLong("too long"),
}


class Provider(Protocol):
    """The far side of a ChatModel, as a test directs it."""

    chat: ChatModel

    def answers(
        self, *pieces: str | asyncio.Event, finish: str | None = "stop", counts: Usage | None = None
    ) -> None: ...
    def fails(self, kind: type[ModelError], *after: str) -> None: ...
    async def nobody_listens(self) -> None:
        """Returns when no stream is open."""

    @property
    def seen(self) -> list[tuple[str, str]]:
        """(model, last message) of each request."""
        ...


class ScriptedProvider:
    def __init__(self) -> None:
        self.model = ScriptedChatModel()
        self.chat: ChatModel = self.model

    def answers(self, *pieces: str | asyncio.Event, finish: str | None = "stop", counts: Usage | None = None) -> None:
        self.model.will_answer(Answer(pieces, finish, counts))

    def fails(self, kind: type[ModelError], *after: str) -> None:
        self.model.will_answer(failing(ERRORS[kind], *after))

    async def nobody_listens(self) -> None:
        assert self.model.open_streams == 0

    @property
    def seen(self) -> list[tuple[str, str]]:
        return [(request.model, request.messages[-1].content) for request in self.model.requests]


class OpenAIProvider:
    def __init__(self, server: SseServer) -> None:
        self.server = server
        self.openai = OpenAIChat("test", "sk-canary", server.url)
        self.chat: ChatModel = self.openai

    def answers(self, *pieces: str | asyncio.Event, finish: str | None = "stop", counts: Usage | None = None) -> None:
        steps: list[bytes | asyncio.Event] = [
            piece if isinstance(piece, asyncio.Event) else chunk(piece) for piece in pieces
        ]
        if finish:
            steps.append(chunk(finish=finish))
        if counts:
            steps.append(usage(counts.tokens_in, counts.tokens_out, counts.tokens_cached))
        self.server.replies.append(Reply([*steps, *([DONE] if finish else [])]))

    def fails(self, kind: type[ModelError], *after: str) -> None:
        code = {
            ModelUnavailable: "server_error",
            ModelBusy: "rate_limit_exceeded",
            ModelRefused: "invalid_api_key",
            ContextTooLong: "context_length_exceeded",
        }[kind]
        status = {ModelUnavailable: 503, ModelBusy: 429, ModelRefused: 401, ContextTooLong: 400}[kind]
        error = {"message": "Incorrect API key provided: sk-canary", "type": code, "code": code}
        if after:
            self.server.replies.append(Reply([*map(chunk, after), event({"error": error})]))
        else:
            self.server.replies.append(refused(status, error, **{"retry-after": "7"}))

    async def nobody_listens(self) -> None:
        await asyncio.wait_for(self.server.all_closed.wait(), 5)

    @property
    def seen(self) -> list[tuple[str, str]]:
        return [(body["model"], body["messages"][-1]["content"]) for body in self.server.bodies]


@asynccontextmanager
async def openai_provider() -> AsyncIterator[OpenAIProvider]:
    async with sse_server() as server:
        far_side = OpenAIProvider(server)
        try:
            yield far_side
        finally:
            await far_side.openai.aclose()


@pytest.fixture(params=["scripted", "openai"])
async def provider(request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    if request.param == "scripted":
        yield ScriptedProvider()
        return
    async with openai_provider() as far_side:
        yield far_side


def a_request(text: str = "Three ideas, please", model: str = "smart-1") -> ChatRequest:
    messages = (Message("system", "You are a copywriter."), Message("user", text))
    return ChatRequest(model, messages, SamplingParameters(temperature=0.5, max_tokens=100))


async def heard(chat: ChatModel, request: ChatRequest | None = None) -> tuple[str, list[StreamEnd]]:
    text = ""
    ends: list[StreamEnd] = []
    async with aclosing(chat.stream(request or a_request())) as parts:
        async for part in parts:
            if isinstance(part, TextDelta):
                assert not ends, "text after the end"
                text += part.text
            else:
                ends.append(part)
    return text, ends


async def test_text_arrives_whole_and_ends_once_with_the_provider_s_counts(provider: Provider) -> None:
    provider.answers("Муза ", "говорит ", "🌙 тихо", counts=Usage(100, 40, 20))

    text, ends = await heard(provider.chat)

    assert text == "Муза говорит 🌙 тихо"
    assert [(end.finish_reason, end.usage) for end in ends] == [("stop", Usage(100, 40, 20))]


async def test_the_request_reaches_the_provider(provider: Provider) -> None:
    provider.answers("ok")
    await heard(provider.chat, a_request("Плакат в лифт", "fast-1"))
    assert provider.seen == [("fast-1", "Плакат в лифт")]


async def test_deltas_come_while_the_provider_is_still_writing(provider: Provider) -> None:
    more = asyncio.Event()
    provider.answers("first", more, " second")
    async with aclosing(provider.chat.stream(a_request())) as parts:
        assert await anext(parts) == TextDelta("first")
        more.set()
        rest = [part async for part in parts]
    assert rest[0] == TextDelta(" second")
    await provider.nobody_listens()


async def test_a_stream_cut_without_a_finish_reason_says_so(provider: Provider) -> None:
    provider.answers("half an ans", finish=None)
    text, ends = await heard(provider.chat)
    assert text == "half an ans"
    assert [end.finish_reason for end in ends] == [None]


async def test_usage_that_was_not_sent_is_none(provider: Provider) -> None:
    provider.answers("ok")
    _, ends = await heard(provider.chat)
    assert ends[0].usage is None


@pytest.mark.parametrize("kind", list(ERRORS))
@pytest.mark.parametrize("after", [(), ("some ", "text")])
async def test_failures_are_of_our_tree_before_and_in_the_middle(
    provider: Provider, kind: type[ModelError], after: tuple[str, ...]
) -> None:
    provider.fails(kind, *after)
    with pytest.raises(ModelError) as failure:
        await heard(provider.chat)
    assert type(failure.value) is kind
    await provider.nobody_listens()


async def test_the_wait_a_busy_provider_asks_for_is_passed_on(provider: Provider) -> None:
    provider.fails(ModelBusy)
    with pytest.raises(ModelBusy) as failure:
        await heard(provider.chat)
    assert failure.value.retry_after == 7.0


async def test_closing_the_generator_closes_the_stream_at_once(provider: Provider) -> None:
    provider.answers("first", asyncio.Event())
    async with aclosing(provider.chat.stream(a_request())) as parts:
        await anext(parts)
    await provider.nobody_listens()


async def test_cancelling_the_reader_closes_the_stream_at_once(provider: Provider) -> None:
    provider.answers("first", asyncio.Event())
    begun = asyncio.Event()

    async def read() -> None:
        async with aclosing(provider.chat.stream(a_request())) as parts:
            async for _ in parts:
                begun.set()

    async with asyncio.TaskGroup() as group:
        reading = group.create_task(read())
        await begun.wait()
        reading.cancel()
    await provider.nobody_listens()


async def test_streams_do_not_mix(provider: Provider) -> None:
    provider.answers("a" * 50, "b" * 50)
    provider.answers("a" * 50, "b" * 50)
    async with asyncio.TaskGroup() as group:
        streams = [group.create_task(heard(provider.chat)) for _ in range(2)]
    assert {stream.result()[0] for stream in streams} == {"a" * 50 + "b" * 50}
