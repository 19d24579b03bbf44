"""The shapes a model may answer in. Field order is the order a constrained model writes in."""

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.domain.brief import Task
from services.domain.idea import Draft, Idea

MAX_IDEAS = 10
MAX_TITLE, MAX_IDEA_TEXT, MAX_WHY, MAX_ANSWER, MAX_NOTE = 120, 4_000, 600, 8_000, 600
"""Characters."""


def _numbers(value: object) -> object:
    """Models write sources as 1, "1" or "[1]"; asking again for that would cost a call and gain nothing."""
    if not isinstance(value, list):
        return [] if value is None else value
    plain = [item.strip(" []") if isinstance(item, str) else item for item in value]
    return [int(item) if isinstance(item, str) and item.isascii() and item.isdigit() else item for item in plain]


_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]+")


def plain(value: str) -> str:
    """Without control characters, which no chat shows, and without white space around."""
    return _CONTROLS.sub("", value).strip()


def _plain(value: object) -> object:
    return plain(value) if isinstance(value, str) else value


Plain = Annotated[str, BeforeValidator(_plain)]
Text = Annotated[Plain, Field(min_length=1)]
Sources = Annotated[
    list[int],
    BeforeValidator(_numbers),
    Field(max_length=20, description="Numbers of the passages this stands on, as given; empty if none was used."),
]


class ModelAnswer(BaseModel):
    model_config = ConfigDict(extra="ignore")


class IdeaAnswer(ModelAnswer):
    title: Annotated[Text, Field(max_length=MAX_TITLE, description="A headline, no numbering, no quotes around it.")]
    text: Annotated[Text, Field(max_length=MAX_IDEA_TEXT, description="The idea itself, ready to be shown.")]
    why: Annotated[Plain, Field(max_length=MAX_WHY, description="One sentence: why it works for this brand and brief.")]
    sources: Sources


class IdeasAnswer(ModelAnswer):
    ideas: Annotated[list[IdeaAnswer], Field(min_length=1, max_length=MAX_IDEAS)]
    note: Annotated[
        str | None, Field(max_length=MAX_NOTE, description="What is missing in the brief; usually null.")
    ] = None

    def as_draft(self) -> Draft:
        ideas = tuple(Idea(idea.title, idea.text, idea.why, tuple(idea.sources)) for idea in self.ideas)
        return Draft(ideas=ideas, note=self.note or None)


class AskAnswer(ModelAnswer):
    found: Annotated[bool, Field(description="False when the passages do not answer the question.")]
    answer: Annotated[Text, Field(max_length=MAX_ANSWER, description="The answer, with [n] after each claim.")]
    sources: Sources

    def as_draft(self) -> Draft:
        return Draft(answer=self.answer, sources=tuple(self.sources), found=self.found)


ANSWER_OF: dict[Task, type[IdeasAnswer] | type[AskAnswer]] = {Task.IDEA: IdeasAnswer, Task.ASK: AskAnswer}

_NOT_IN_STRICT_SCHEMAS = frozenset({"title", "default", "minLength", "maxLength"})
"""Keywords that strict structured outputs refuse, or that only repeat the field's name. Lengths are still checked
when the answer is read (https://platform.openai.com/docs/guides/structured-outputs)."""


def answer_schema(task: Task) -> dict[str, Any]:
    return strict_schema(ANSWER_OF[task])


def strict_schema(shape: type[BaseModel]) -> dict[str, Any]:
    """JSON Schema in the strict subset: every property required, nothing additional, no references."""
    schema = shape.model_json_schema()
    strict: dict[str, Any] = _strict(schema, schema.get("$defs", {}))
    return strict


def _strict(node: Any, definitions: dict[str, Any], *, names: bool = False) -> Any:
    """`names`: the keys of `node` are property names, not schema keywords."""
    if isinstance(node, list):
        return [_strict(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _strict(definitions[node["$ref"].rpartition("/")[2]], definitions)
    kept = {
        key: _strict(value, definitions, names=key == "properties" and not names)
        for key, value in node.items()
        if names or (key not in _NOT_IN_STRICT_SCHEMAS and key != "$defs")
    }
    if not names and kept.get("type") == "object":
        kept |= {"additionalProperties": False, "required": list(kept["properties"])}
    return kept
