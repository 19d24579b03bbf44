"""A model's text read as a draft: loosely while it streams, strictly when it has ended."""

import re
from dataclasses import replace
from typing import Any

from loguru import logger
from pydantic import ValidationError

from services.domain.brief import Task
from services.domain.idea import Draft, Idea
from services.llm.answers import ANSWER_OF, MAX_IDEAS, AskAnswer, IdeasAnswer, answer_schema, plain
from services.llm.json_text import breaks_off, json_part, parse_partial, parse_unclosed, without_fences

_MARK = re.compile(r"[ \u00a0]?\[(\d{1,3})\]")


class InvalidAnswer(Exception):
    """`problems`: one a line, with the place of each, worded for the model that is asked to mend its answer."""

    def __init__(self, problems: str) -> None:
        super().__init__(problems)
        self.problems = problems


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
        answer_type = ANSWER_OF[self._task]
        part = json_part(text)
        if not part:
            raise InvalidAnswer("The answer holds no JSON object.")
        if breaks_off(text):
            raise InvalidAnswer("The JSON breaks off in the middle: the answer is cut. Write it in full.")
        try:
            return answer_type.model_validate_json(part).as_draft()
        except ValidationError as error:
            if not _is_syntax_error(error):
                raise InvalidAnswer(_problems(error)) from None
        return self._mended(part, answer_type)

    def raw(self, text: str) -> Draft:
        """The text as it is, without the fence around it: better than silence."""
        return Draft(raw_text=without_fences(text))

    def _mended(self, part: str, answer_type: type[IdeasAnswer] | type[AskAnswer]) -> Draft:
        try:
            draft = answer_type.model_validate(_mended_json(part)).as_draft()
        except ValidationError as error:
            raise InvalidAnswer(f"The JSON is malformed.\n{_problems(error)}") from None
        logger.info("malformed JSON was mended without asking the model again")
        return draft


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


def _mended_json(part: str) -> object:
    try:
        return parse_unclosed(part)  # before json-repair, which changes some escapes inside strings
    except ValueError:
        pass  # more than the end is wrong
    from json_repair import repair_json  # needed for one answer in hundreds

    value = repair_json(part, return_objects=True)
    if isinstance(value, list):  # two objects one after the other: the first is the answer
        return next((item for item in value if isinstance(item, dict)), value)
    return value


def _partial_ideas(items: list[Any]) -> tuple[Idea, ...]:
    ideas = []
    for item in items[:MAX_IDEAS]:
        if not isinstance(item, dict) or not (title := _string(item.get("title"))):
            break  # not begun yet, or not an idea: what follows would be shown under a wrong number
        ideas.append(Idea(title, _string(item.get("text")), _string(item.get("why"))))
    return tuple(ideas)


def _string(value: object) -> str:
    return plain(value) if isinstance(value, str) else ""


def _is_syntax_error(error: ValidationError) -> bool:
    return any(problem["type"] == "json_invalid" for problem in error.errors(include_input=False))


def _problems(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return "\n".join(f"- {'.'.join(map(str, problem['loc'])) or 'answer'}: {problem['msg']}" for problem in found[:20])


def _marks(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in _MARK.findall(text))


def _without_false_marks(text: str, n: int) -> str:
    return _MARK.sub(lambda mark: mark[0] if 1 <= int(mark[1]) <= n else "", text)


def _existing(numbers: tuple[int, ...], n: int) -> tuple[int, ...]:
    return tuple(dict.fromkeys(number for number in numbers if 1 <= number <= n))
