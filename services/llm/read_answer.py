"""A model's text read as the shape it was asked for: mended where only the writing is bad, else refused."""

from typing import Any, TypeVar

from loguru import logger
from pydantic import BaseModel, ValidationError

from services.llm.json_text import breaks_off, json_part, parse_unclosed

Answer = TypeVar("Answer", bound=BaseModel)


class InvalidAnswer(Exception):
    """`problems`: one a line, with the place of each, worded for the model that is asked to mend its answer."""

    def __init__(self, problems: str) -> None:
        super().__init__(problems)
        self.problems = problems


def read_answer(text: str, shape: type[Answer]) -> Answer:
    """Raises InvalidAnswer. JSON that is only badly written (quotes, commas, brackets) is mended here."""
    part = json_part(text)
    if not part:
        raise InvalidAnswer("The answer holds no JSON object.")
    if breaks_off(text):
        raise InvalidAnswer("The JSON breaks off in the middle: the answer is cut. Write it in full.")
    try:
        return shape.model_validate_json(part)
    except ValidationError as error:
        if not _is_syntax_error(error):
            raise InvalidAnswer(_problems(error)) from None
    return _mended(part, shape)


def _mended(part: str, shape: type[Answer]) -> Answer:
    try:
        answer = shape.model_validate(_mended_json(part))
    except ValidationError as error:
        raise InvalidAnswer(f"The JSON is malformed.\n{_problems(error)}") from None
    logger.info("malformed JSON was mended without asking the model again")
    return answer


def _mended_json(part: str) -> Any:
    try:
        return parse_unclosed(part)  # before json-repair, which changes some escapes inside strings
    except ValueError:
        pass  # more than the end is wrong
    from json_repair import repair_json  # needed for one answer in hundreds

    value = repair_json(part, return_objects=True)
    if isinstance(value, list):  # two objects one after the other: the first is the answer
        return next((item for item in value if isinstance(item, dict)), value)
    return value


def _is_syntax_error(error: ValidationError) -> bool:
    return any(problem["type"] == "json_invalid" for problem in error.errors(include_input=False))


def _problems(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return "\n".join(f"- {'.'.join(map(str, problem['loc'])) or 'answer'}: {problem['msg']}" for problem in found[:20])
