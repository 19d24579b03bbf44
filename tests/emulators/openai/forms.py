"""The form in which a request wants its answer: JSON by a schema, JSON, or text."""

import json
import re
from collections.abc import Callable
from typing import Any

from tests.emulators.openai.assignment import Assignment, Kind
from tests.emulators.openai.repairs import schema_in
from tests.emulators.openai.writer import Work, WrittenIdea

Schema = dict[str, Any]

IDEA_SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "text": {"type": "string"},
        "why": {"type": "string"},
        "sources": {"type": "array", "items": {"type": "integer"}},
    },
}
IDEAS_SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "ideas": {"type": "array", "items": IDEA_SCHEMA},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
}
ANSWER_SCHEMA: Schema = {
    "type": "object",
    "properties": {
        "answer": {"type": "string"},
        "sources": {"type": "array", "items": {"type": "integer"}},
        "found": {"type": "boolean"},
    },
}

IDEA_FIELDS: dict[str, Callable[[WrittenIdea], Any]] = {
    r"title|headline|name|hook": lambda idea: idea.title,
    r"why|reason|rationale|insight|explanation": lambda idea: idea.why,
    r"source|citation|passage": lambda idea: list(idea.sources),
    r"text|body|description|copy|content|idea": lambda idea: idea.text,
}
WORK_FIELDS: dict[str, Callable[[Work], Any]] = {
    r"note|comment|remark": lambda work: work.note,
    r"source|citation|passage": lambda work: list(work.sources),
    r"found|answered|known": lambda work: work.found,
    r"answer|reply|text|response|summary": lambda work: work.answer,
}


def wanted_schema(response_format: dict[str, Any] | None, assignment: Assignment) -> Schema | None:
    """None: plain text is wanted."""
    kind = (response_format or {}).get("type", "text")
    if response_format and kind == "json_schema":
        return dict(response_format["json_schema"]["schema"])
    if assignment.kind is Kind.REPAIR and (shown := schema_in(assignment.after_blocks)):
        return shown
    if kind == "json_object" or re.search(r"\bjson\b", assignment.system_prompt, re.I):
        return IDEAS_SCHEMA if assignment.kind is Kind.IDEAS else ANSWER_SCHEMA
    return None


def ideas_bounds(schema: Schema | None) -> tuple[int, int | None]:
    """minItems and maxItems of the list of ideas, where the schema sets them."""
    for node in _properties(schema or {}, schema or {}).values():
        if node.get("type") == "array" and _resolve(node.get("items", {}), schema or {}).get("type") == "object":
            return int(node.get("minItems", 1)), node.get("maxItems")
    return 1, None


def as_json(work: Work, schema: Schema) -> str:
    body = Filler(work, schema).fill(schema, "", None)
    if isinstance(body, dict) and "note" not in _properties(schema, schema):
        _sign(body, work)
    return json.dumps(body, ensure_ascii=False)


def as_text(work: Work) -> str:
    blocks = [
        f"**{at}. {idea.title}**\n{idea.text}\n_{idea.why}_" + "".join(f" [{number}]" for number in idea.sources)
        for at, idea in enumerate(work.ideas, start=1)
    ]
    if work.answer:
        blocks.append(work.answer)
    return "\n\n".join([*blocks, work.note])


class Filler:
    """Fills any schema: fields are recognised by name, what is unknown is filled by its type."""

    def __init__(self, work: Work, root: Schema) -> None:
        self._work = work
        self._root = root

    def fill(self, schema: Schema, name: str, idea: WrittenIdea | None) -> Any:
        node = _resolve(schema, self._root)
        if "const" in node or "enum" in node:
            return node.get("const", node.get("enum", [None])[0])
        match node.get("type"):
            case "object":
                properties = _properties(node, self._root)
                return {key: self.fill(value, key, idea) for key, value in properties.items()}
            case "array":
                return self._fill_list(node, name, idea)
        known = self._by_name(name, idea)
        return known if _fits(known, node) else _by_type(node)

    def _fill_list(self, node: Schema, name: str, idea: WrittenIdea | None) -> list[Any]:
        items = _resolve(node.get("items", {}), self._root)
        if items.get("type") == "object" and idea is None:
            return [self.fill(items, name, written) for written in self._work.ideas]
        known = self._by_name(name, idea)
        if isinstance(known, list) and items.get("type") in ("integer", "number", None):
            return known
        return [self.fill(items, name, idea) for _ in range(int(node.get("minItems", 0)))]

    def _by_name(self, name: str, idea: WrittenIdea | None) -> Any:
        if idea is not None:
            return next((get(idea) for names, get in IDEA_FIELDS.items() if re.search(names, name, re.I)), None)
        return next((get(self._work) for names, get in WORK_FIELDS.items() if re.search(names, name, re.I)), None)


def _properties(node: Schema, root: Schema) -> dict[str, Schema]:
    return {name: _resolve(value, root) for name, value in node.get("properties", {}).items()}


def _resolve(node: Schema, root: Schema) -> Schema:
    """Follows $ref; of several alternatives takes the first that is not null."""
    while "$ref" in node:
        target: Any = root
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    for alternatives in (node.get("anyOf"), node.get("oneOf"), node.get("allOf")):
        if alternatives:
            chosen = [option for option in alternatives if option.get("type") != "null"] or alternatives
            return _resolve(chosen[0], root)
    if isinstance(node.get("type"), list):
        return node | {"type": next(kind for kind in node["type"] if kind != "null")}
    return node


def _fits(value: Any, node: Schema) -> bool:
    match node.get("type"):
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer" | "number":
            return isinstance(value, int) and not isinstance(value, bool)
    return value is not None


def _by_type(node: Schema) -> Any:
    match node.get("type"):
        case "boolean":
            return True
        case "integer" | "number":
            return node.get("maximum", node.get("minimum", 1))
        case "string":
            return ""
    return None


def _sign(body: dict[str, Any], work: Work) -> None:
    """Where the schema has no place for a note, the mark closes the longest text of the answer."""
    texts = [name for name, value in body.items() if isinstance(value, str)]
    if texts:
        longest = max(texts, key=lambda name: len(body[name]))
        body[longest] = f"{body[longest]}\n\n{work.note}".strip()
        return
    for value in body.values():
        if isinstance(value, list) and value and isinstance(value[-1], dict):
            _sign(value[-1], work)
            return
