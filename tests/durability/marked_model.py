"""A model whose every answer carries a number of its own, so that a message on a screen tells which answer it shows."""

import json
import re
from collections.abc import Sequence
from itertools import count
from typing import Any

from tests.emulators.openai.completion import Reply
from tests.emulators.openai.personalities import Cast
from tests.emulators.openai.settings import Personality

MARK = re.compile(r"№(\d{5,})")


class MarkingCast(Cast):
    def __init__(self) -> None:
        super().__init__()
        self._numbers = count(10_001)

    def say(
        self,
        personality: Personality,
        messages: Sequence[dict[str, Any]],
        response_format: dict[str, Any] | None,
        seed: int | None,
    ) -> Reply:
        reply = super().say(personality, messages, response_format, seed)
        return Reply(marked(reply.text, next(self._numbers)), reply.refrain)


def marked(text: str, number: int) -> str:
    """The mark stands in the first title or in the answer; marks quoted from earlier answers are taken out."""
    text = MARK.sub("", text)
    mark = f"№{number}"
    try:
        body = json.loads(text)
    except ValueError:
        return f"{text} {mark}"
    if "decisions" in body:  # minutes answer no brief
        return text
    if ideas := body.get("ideas"):
        ideas[0]["title"] = f"{ideas[0]['title'].strip()} {mark}"
    else:
        body["answer"] = f"{str(body.get('answer') or '').strip()} {mark}"
    return json.dumps(body, ensure_ascii=False)


def marks_in(text: str) -> set[int]:
    return {int(number) for number in MARK.findall(text)}
