"""parse_mode=Markdown, the legacy style: no nesting, four special characters.

Rules: https://core.telegram.org/bots/api#markdown-style; refusals: td/telegram/MessageEntity.cpp, parse_markdown.
"""

import re

from tests.emulators.telegram.errors import unparsable_entities
from tests.emulators.telegram.text_builder import FormattedText, TextBuilder, UserLookup

SPECIAL = "_*`["
_LANGUAGE = re.compile(r"([^\s`]+)(?=\s)")
_LINE_BREAK = re.compile(r"\r\n|\n\r|\n|\r")


def parse_markdown(text: str, users: UserLookup) -> FormattedText:
    """Raises ApiError 400 "can't parse entities: …" when an entity is not closed."""
    builder = TextBuilder(users)
    position = 0
    while position < len(text):
        char = text[position]
        if char == "\\" and text[position + 1 : position + 2] in tuple(SPECIAL):
            builder.write(text[position + 1])
            position += 2
        elif char in SPECIAL:
            position = _entity(text, position, builder)
        else:
            builder.write(char)
            position += 1
    return builder.finish()


def _entity(text: str, begin: int, builder: TextBuilder) -> int:
    """Reads one entity that begins at `begin`; returns the position after it."""
    char = text[begin]
    if text.startswith("```", begin):
        return _code_block(text, begin, builder)
    end = _find(text, "]" if char == "[" else char, begin + 1, begin)
    start = builder.offset
    builder.write(text[begin + 1 : end])
    if char == "[":
        return _link(text, begin, end, start, builder)
    builder.add({"_": "italic", "*": "bold", "`": "code"}[char], start)
    return end + 1


def _code_block(text: str, begin: int, builder: TextBuilder) -> int:
    position = begin + 3
    language = _LANGUAGE.match(text, position)
    if language:
        position = language.end()
    line_break = _LINE_BREAK.match(text, position)
    if line_break:
        position = line_break.end()
    end = _find(text, "```", position, begin)
    start = builder.offset
    builder.write(text[position:end])
    builder.add("pre", start, **({"language": language.group(1)} if language else {}))
    return end + 3


def _link(text: str, begin: int, end: int, start: int, builder: TextBuilder) -> int:
    if not text.startswith("(", end + 1):
        builder.add_link(start, text[begin + 1 : end])
        return end + 1
    closing = text.find(")", end + 2)
    closing = len(text) if closing < 0 else closing
    builder.add_link(start, text[end + 2 : closing])
    return closing + 1


def _find(text: str, closing: str, position: int, begin: int) -> int:
    end = text.find(closing, position)
    if end < 0:
        offset = len(text[:begin].encode())
        raise unparsable_entities(f"Can't find end of the entity starting at byte offset {offset}")
    return end
