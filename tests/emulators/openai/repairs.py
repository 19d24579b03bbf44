"""Putting an answer that could not be read into shape: the demo writer's side of a repair request."""

import json
import re
from dataclasses import replace
from typing import Any

from tests.emulators.openai.assignment import Assignment
from tests.emulators.openai.writer import Work, WrittenIdea, phrasebook_for

PAIR = re.compile(r'"(\w+)"\s*[:=]\s*"((?:[^"\\]|\\.)*)"?')
SCHEMA_STARTS = re.compile(r"schema[^\n{]*[:\n]\s*(?=\{)", re.I)
TITLE_KEYS = re.compile(r"title|headline|заголовок", re.I)
TEXT_KEYS = re.compile(r"text|body|copy|описание|текст", re.I)
WHY_KEYS = re.compile(r"why|reason|почему", re.I)
ANSWER_KEYS = re.compile(r"answer|ответ", re.I)
LONGEST_TITLE = 80


def mend(assignment: Assignment) -> Work:
    """The texts of the broken answer, in their order: a title begins a new idea."""
    book = phrasebook_for(assignment)
    pairs = [(key, _plain(value)) for key, value in PAIR.findall(assignment.previous)]
    answers = [value for key, value in pairs if ANSWER_KEYS.fullmatch(key)]
    ideas: list[WrittenIdea] = []
    for key, value in pairs:
        if TITLE_KEYS.fullmatch(key):
            ideas.append(WrittenIdea(value, value, "", ()))
        elif ideas and TEXT_KEYS.fullmatch(key):
            ideas[-1] = replace(ideas[-1], text=value or ideas[-1].title)
        elif ideas and WHY_KEYS.fullmatch(key):
            ideas[-1] = replace(ideas[-1], why=value)
    prose = assignment.previous.strip() or "…"
    if not ideas:
        ideas = [WrittenIdea(prose[:LONGEST_TITLE], prose, "", ())]
    return Work(book.signature, ideas=tuple(ideas), answer=(answers or [prose])[0])


def schema_in(text: str) -> dict[str, Any] | None:
    """The JSON Schema that a request shows in its text."""
    start = SCHEMA_STARTS.search(text)
    if start is None:
        return None
    try:
        schema, _ = json.JSONDecoder().raw_decode(text, start.end())
    except json.JSONDecodeError:
        return None
    return schema if isinstance(schema, dict) else None


def _plain(value: str) -> str:
    try:
        return str(json.loads(f'"{value}"'))
    except json.JSONDecodeError:
        return value
