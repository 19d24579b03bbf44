"""Rich text as JSON values (a string, a list, or an object with `type` and `text`), and how it reads as plain text."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

RichValue: TypeAlias = "str | list[RichValue] | dict[str, object]"

_MARKS = re.compile(
    r"\|\|(?P<spoiler>[^|]+)\|\||==(?P<marked>[^=]+)==|\$(?P<mathematical_expression>[^$\s](?:[^$]*[^$\s])?)\$"
)


def joined(parts: Iterable[RichValue]) -> RichValue:
    """The shortest form of a sequence: neighbouring strings are merged, one part stands alone."""
    merged: list[RichValue] = []
    flat = (inner for part in parts for inner in (part if isinstance(part, list) else [part]))
    for part in flat:
        if not part:
            continue
        last = merged[-1] if merged else None
        if isinstance(part, str) and isinstance(last, str):
            merged[-1] = last + part
        else:
            merged.append(part)
    if not merged:
        return ""
    return merged[0] if len(merged) == 1 else merged


def styled(kind: str, text: RichValue, **attributes: object) -> dict[str, object]:
    return {"type": kind, "text": text, **attributes}


def marked_text(text: str) -> RichValue:
    """Plain characters with the three marks that Markdown itself does not know: ||spoiler||, ==marked==, $formula$."""
    parts: list[RichValue] = []
    position = 0
    for match in _MARKS.finditer(text):
        parts.append(text[position : match.start()])
        kind = str(match.lastgroup)
        inner = match.group(kind)
        if kind == "mathematical_expression":
            parts.append({"type": kind, "expression": inner})
        else:
            parts.append(styled(kind, inner))
        position = match.end()
    parts.append(text[position:])
    return joined(parts)


def plain(value: object) -> str:
    """What a person reads: of a rich text, a block, a list of either, or a whole rich message as JSON."""
    return "".join(_pieces(value))


def _pieces(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _pieces(item)
            if _is_block(item):
                yield "\n"
    elif isinstance(value, Mapping):
        yield from _pieces_of_object(value)


def _pieces_of_object(value: Mapping[str, object]) -> Iterator[str]:
    if "label" in value and "blocks" in value:
        yield f"{value['label']} "
    for key in ("summary", "text", "expression", "alternative_text", "credit"):
        if key in value:
            yield from _pieces(value[key])
            if key == "summary":
                yield "\n"
    for key in ("items", "blocks", "buttons"):
        if key in value:
            yield from _pieces(value[key])
    rows = value.get("cells")
    if isinstance(rows, list):
        for row in rows:
            yield " | ".join(plain(cell) for cell in row) + "\n"


def _is_block(value: object) -> bool:
    return isinstance(value, Mapping) and ("label" in value or value.get("type") in BLOCK_TYPES)


BLOCK_TYPES = frozenset(
    {
        "paragraph",
        "heading",
        "pre",
        "footer",
        "divider",
        "list",
        "blockquote",
        "expandable_blockquote",
        "pullquote",
        "table",
        "details",
        "thinking",
    }
)
