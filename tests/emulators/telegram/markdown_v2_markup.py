"""parse_mode=MarkdownV2: nesting, and every reserved character must be escaped.

Rules: https://core.telegram.org/bots/api#markdownv2-style; refusals: td/telegram/MessageEntity.cpp, parse_markdown_v2.
"""

import re
from dataclasses import dataclass

from tests.emulators.telegram.errors import ApiError, unparsable_entities
from tests.emulators.telegram.text_builder import FormattedText, TextBuilder, UserLookup

RESERVED = frozenset("_*[]()~`>#+-=|{}.!\n")
# How the real parser names an entity in its refusals.
NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote",
}
CLOSING = {
    "bold": "*",
    "underline": "__",
    "strikethrough": "~",
    "spoiler": "||",
    "code": "`",
    "pre": "```",
    "text_link": "]",
    "custom_emoji": "]",
}
OPENING = (
    ("```", "pre"),
    ("__", "underline"),
    ("||", "spoiler"),
    ("![", "custom_emoji"),
    ("_", "italic"),
    ("*", "bold"),
    ("~", "strikethrough"),
    ("`", "code"),
    ("[", "text_link"),
)
_LANGUAGE = re.compile(r"([^\s`]+)(?=\s)")
_LINE_BREAK = re.compile(r"\r\n|\n\r|\n|\r")
_EMOJI_LINK = re.compile(r"tg://emoji\?id=([1-9][0-9]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OpenEntity:
    kind: str
    start: int
    position: int
    mark: int
    language: str = ""


def parse_markdown_v2(text: str, users: UserLookup) -> FormattedText:
    """Raises ApiError 400 "can't parse entities: …" for anything unescaped or unclosed."""
    return _Parser(text, users).parse()


class _Parser:
    def __init__(self, text: str, users: UserLookup) -> None:
        self._text = text
        self._position = 0
        self._builder = TextBuilder(users)
        self._open: list[OpenEntity] = []
        self._in_quote = False

    def parse(self) -> FormattedText:
        while self._position < len(self._text):
            self._step()
        if self._open and self._open[-1].kind == "blockquote":
            quote = self._open.pop()
            self._builder.add("blockquote", quote.start)
        if self._open:
            raise self._unclosed()
        return self._builder.finish()

    def _step(self) -> None:
        char = self._text[self._position]
        if char == "\\" and self._escapable(self._position + 1):
            self._write(self._text[self._position + 1], 2)
        elif not self._is_special(char):
            self._write(char, 1)
        elif char == "\n":
            self._line_break()
        elif self._closes():
            self._close(self._open.pop())
        elif char == ">" and self._position == 0:
            self._begin("blockquote", 1)
            self._in_quote = True
        else:
            self._start(char)

    def _is_special(self, char: str) -> bool:
        if self._open and self._open[-1].kind in ("code", "pre"):
            return char == "`"
        return char in RESERVED

    def _line_break(self) -> None:
        quoted = self._text.startswith(">", self._position + 1)
        if self._in_quote and not quoted:
            if self._open[-1].kind != "blockquote":
                raise self._unclosed()
            quote = self._open.pop()
            self._write("\n", 1)
            self._builder.add("blockquote", quote.start)
            self._in_quote = False
            return
        self._write("\n", 2 if quoted else 1)
        if quoted and not self._in_quote:
            self._begin("blockquote", 0)
            self._in_quote = True

    def _closes(self) -> bool:
        if not self._open:
            return False
        kind = self._open[-1].kind
        if kind == "italic":
            return self._here("_") and not self._here("__")
        return kind in CLOSING and self._here(CLOSING[kind])

    def _start(self, char: str) -> None:
        for opening, kind in OPENING:
            if self._here(opening):
                if kind == "pre":
                    self._start_code_block()
                else:
                    self._begin(kind, len(opening))
                return
        raise unparsable_entities(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")

    def _start_code_block(self) -> None:
        begin = self._position
        self._position += 3
        language = _LANGUAGE.match(self._text, self._position)
        if language:
            self._position = language.end()
        line_break = _LINE_BREAK.match(self._text, self._position)
        if line_break:
            self._position = line_break.end()
        name = language.group(1) if language else ""
        self._open.append(OpenEntity("pre", self._builder.offset, begin, self._builder.mark(), name))

    def _close(self, entity: OpenEntity) -> None:
        self._position += len(CLOSING.get(entity.kind, "_"))
        if entity.kind == "text_link":
            self._close_link(entity)
        elif entity.kind == "custom_emoji":
            self._close_emoji(entity)
        else:
            attributes = {"language": entity.language} if entity.language else {}
            self._builder.add(entity.kind, entity.start, **attributes)

    def _close_link(self, entity: OpenEntity) -> None:
        if self._here("("):
            self._builder.add_link(entity.start, self._url("a URL"))
        else:
            self._builder.add_link(entity.start, self._builder.written_since(entity.mark))

    def _close_emoji(self, entity: OpenEntity) -> None:
        if not self._here("("):
            raise unparsable_entities("Custom emoji entity must contain a tg://emoji URL")
        match = _EMOJI_LINK.fullmatch(self._url("a custom emoji URL"))
        if not match:
            raise unparsable_entities("Custom emoji URL must have an emoji identifier")
        self._builder.add("custom_emoji", entity.start, custom_emoji_id=match.group(1))

    def _url(self, what: str) -> str:
        """Reads "(…)" at the current position, with its escapes."""
        self._position += 1
        begin = self._position
        url: list[str] = []
        while self._position < len(self._text) and self._text[self._position] != ")":
            if self._text[self._position] == "\\" and self._escapable(self._position + 1):
                self._position += 1
            url.append(self._text[self._position])
            self._position += 1
        if self._position >= len(self._text):
            raise unparsable_entities(f"Can't find end of {what} at byte offset {self._byte_offset(begin)}")
        self._position += 1
        return "".join(url)

    def _begin(self, kind: str, length: int) -> None:
        self._open.append(OpenEntity(kind, self._builder.offset, self._position, self._builder.mark()))
        self._position += length

    def _write(self, text: str, consumed: int) -> None:
        self._builder.write(text)
        self._position += consumed

    def _here(self, text: str) -> bool:
        return self._text.startswith(text, self._position)

    def _escapable(self, position: int) -> bool:
        return position < len(self._text) and 0 < ord(self._text[position]) <= 126

    def _unclosed(self) -> ApiError:
        entity = self._open[-1]
        name = "PreCode" if entity.language else NAMES[entity.kind]
        return unparsable_entities(
            f"Can't find end of {name} entity at byte offset {self._byte_offset(entity.position)}"
        )

    def _byte_offset(self, position: int) -> int:
        return len(self._text[:position].encode())
