"""Minutes as a model writes them."""

import json

import pytest

from services.domain.minutes import Point
from services.llm.answers import strict_schema
from services.llm.minutes_answers import MAX_POINTS, DigestAnswer, MinutesAnswer
from services.llm.read_answer import InvalidAnswer, read_answer

BODY = {"title": "T", "summary": "S", "decisions": [], "tasks": [], "ideas": []}


def with_points(*points: object) -> str:
    return json.dumps(BODY | {"decisions": list(points)})


@pytest.mark.parametrize(
    ("at", "milliseconds"),
    [("[1:00]", 60_000), ("01:00–02:00", 60_000), (None, None), ("в начале", None), (90, None), ("5:00", None)],
)
def test_moments_are_read_and_those_past_the_end_are_left_out(at: object, milliseconds: int | None) -> None:
    answer = read_answer(with_points({"text": "Да.", "at": at}), MinutesAnswer)
    assert answer.as_minutes(120_000).decisions == (Point("Да.", milliseconds),)


@pytest.mark.parametrize(
    "broken",
    [
        with_points({"text": "", "at": None}),
        with_points({"text": "x" * 900, "at": None}),
        with_points(*[{"text": "x", "at": None}] * (MAX_POINTS + 1)),
        json.dumps({"title": "T"}),
        "Мы решили…",
    ],
)
def test_what_is_sent_back_for_a_repair(broken: str) -> None:
    with pytest.raises(InvalidAnswer):
        read_answer(broken, MinutesAnswer)


def test_prose_around_and_bad_commas_are_no_trouble() -> None:
    text = 'Вот: ```json\n{"title": "T", "summary": "S", "decisions": [], "tasks": [], "ideas": [],}\n```'
    assert read_answer(text, MinutesAnswer).title == "T"


@pytest.mark.parametrize("shape", [DigestAnswer, MinutesAnswer])
def test_schemas_are_strict(shape: type[DigestAnswer] | type[MinutesAnswer]) -> None:
    schema = strict_schema(shape)
    assert schema["required"] == list(shape.model_fields) == list(schema["properties"])
    point = schema["properties"]["tasks"]["items"]
    assert point["required"] == ["text", "at"]
    assert point["additionalProperties"] is False
    assert "$ref" not in json.dumps(schema)
