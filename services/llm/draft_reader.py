"""A model's text read as a draft: loosely while it streams, strictly when it has ended."""

import re
from dataclasses import replace
from typing import Any

from services.domain.brief import Task
from services.domain.idea import Draft, Idea
from services.llm.answers import ANSWER_OF, MAX_IDEAS, answer_schema, plain
from services.llm.json_text import parse_partial, without_fences
from services.llm.read_answer import InvalidAnswer, read_answer

__all__ = ["DraftReader", "InvalidAnswer", "clamp_sources"]

_MARK = re.compile(r"[ \u00a0]?\[(\d{1,3})\]")


class DraftReader:
    def __init__(self, task: Task) -> None:
        self._task = task

    @property
    def json_schema(self) -> dict[str, Any]:
        """Of the answer, in the strict subset that constrained decoding takes."""
        return answer_schema(self._task)

    def read_partial(self, text: str) -> Draft:
        """What can be shown of a growing text. Never raises; as `text` grows, ideas and their texts only grow. O(n)."""
        value = parse_partial(text)
        if self._task is Task.ASK:
            answer = _string(value.get("answer"))
            return Draft(answer=answer or None, found=value.get("found") is not False)
        ideas = value.get("ideas")
        return Draft(ideas=_partial_ideas(ideas if isinstance(ideas, list) else []))

    def read_final(self, text: str) -> Draft:
        """Raises InvalidAnswer. JSON that is only badly written (quotes, commas, brackets) is mended here."""
        return read_answer(text, ANSWER_OF[self._task]).as_draft()

    def raw(self, text: str) -> Draft:
        """The text as it is, without the fence around it: better than silence."""
        return Draft(raw_text=without_fences(text))


def clamp_sources(draft: Draft, n: int) -> Draft:
    """`draft` with only those source numbers and [n] marks that exist (1..n); marks in the text count as sources."""
    ideas = []
    for idea in draft.ideas:
        text, why = _without_false_marks(idea.text, n), _without_false_marks(idea.why, n)
        title = _without_false_marks(idea.title, n)
        sources = _existing((*idea.sources, *_marks(text), *_marks(why)), n)
        ideas.append(replace(idea, title=title, text=text, why=why, sources=sources))
    answer = _without_false_marks(draft.answer, n) if draft.answer is not None else None
    sources = _existing((*draft.sources, *_marks(answer or "")), n)
    return replace(draft, ideas=tuple(ideas), answer=answer, sources=sources)


def _partial_ideas(items: list[Any]) -> tuple[Idea, ...]:
    ideas = []
    for item in items[:MAX_IDEAS]:
        if not isinstance(item, dict) or not (title := _string(item.get("title"))):
            break  # not begun yet, or not an idea: what follows would be shown under a wrong number
        ideas.append(Idea(title, _string(item.get("text")), _string(item.get("why"))))
    return tuple(ideas)


def _string(value: object) -> str:
    return plain(value) if isinstance(value, str) else ""


def _marks(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in _MARK.findall(text))


def _without_false_marks(text: str, n: int) -> str:
    return _MARK.sub(lambda mark: mark[0] if 1 <= int(mark[1]) <= n else "", text)


def _existing(numbers: tuple[int, ...], n: int) -> tuple[int, ...]:
    return tuple(dict.fromkeys(number for number in numbers if 1 <= number <= n))
