"""The shapes in which a model sums up what was said: a part of a recording, and the whole."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from services.domain.minutes import Minutes, Point
from services.domain.timeline import read_timecode
from services.llm.answers import ModelAnswer, Plain, Text

MAX_TITLE, MAX_SUMMARY, MAX_POINT, MAX_POINTS = 120, 3_000, 500, 30
"""Characters, and points of one kind."""


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int | float) else value


At = Annotated[
    Annotated[str, Field(max_length=20)] | None,
    BeforeValidator(_as_text),
    Field(description="The time mark in front of where it was said, as given; null: all over it."),
]


class PointAnswer(ModelAnswer):
    text: Annotated[Text, Field(max_length=MAX_POINT, description="One sentence that is understood by itself.")]
    at: At

    def as_point(self, longest_ms: int) -> Point:
        at_ms = None if self.at is None else read_timecode(self.at)
        return Point(self.text, at_ms if at_ms is not None and at_ms <= longest_ms else None)


Points = Annotated[list[PointAnswer], Field(max_length=MAX_POINTS)]
Decisions = Annotated[Points, Field(description="What was settled; empty when nothing was.")]
Tasks = Annotated[Points, Field(description="Who does what until when, as far as it was said; empty when none.")]
Ideas = Annotated[Points, Field(description="Ideas that somebody voiced, kept as they were meant; empty when none.")]


class DigestAnswer(ModelAnswer):
    summary: Annotated[Text, Field(max_length=MAX_SUMMARY, description="What was said here, in the order it was.")]
    decisions: Decisions
    tasks: Tasks
    ideas: Ideas

    def as_minutes(self, longest_ms: int) -> Minutes:
        return _minutes("", self, longest_ms)


class MinutesAnswer(ModelAnswer):
    title: Annotated[Plain, Field(max_length=MAX_TITLE, description="What it was about, in a few words.")]
    summary: Annotated[Text, Field(max_length=MAX_SUMMARY, description="What somebody who was not there must know.")]
    decisions: Decisions
    tasks: Tasks
    ideas: Ideas

    def as_minutes(self, longest_ms: int) -> Minutes:
        return _minutes(self.title, self, longest_ms)


def _minutes(title: str, answer: DigestAnswer | MinutesAnswer, longest_ms: int) -> Minutes:
    """Times past `longest_ms` were made up: they are left out, what was said stays."""
    kinds = (answer.decisions, answer.tasks, answer.ideas)
    decisions, tasks, ideas = (tuple(point.as_point(longest_ms) for point in points) for points in kinds)
    return Minutes(title, answer.summary, decisions, tasks, ideas)
