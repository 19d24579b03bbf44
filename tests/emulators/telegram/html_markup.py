"""parse_mode=HTML, with the refusals of the real parser.

Rules: https://core.telegram.org/bots/api#html-style; texts of refusals: td/telegram/MessageEntity.cpp, parse_html.
"""

import re
from dataclasses import dataclass

from tests.emulators.telegram.errors import ApiError, unparsable_entities
from tests.emulators.telegram.text_builder import FormattedText, TextBuilder, UserLookup

SIMPLE_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "pre": "pre",
}
TAGS = frozenset({*SIMPLE_TAGS, "a", "code", "tg-emoji", "blockquote"})
NAMED_CHARACTERS = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-zA-Z]+));?")
_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>]*")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")


@dataclass(frozen=True, slots=True)
class OpenTag:
    name: str
    attributes: dict[str, str]
    start: int
    mark: int


def parse_html(text: str, users: UserLookup) -> FormattedText:
    """Raises ApiError 400 "can't parse entities: …" with the byte offset of the culprit."""
    return _HtmlParser(text, users).parse()


class _HtmlParser:
    def __init__(self, text: str, users: UserLookup) -> None:
        self._text = text
        self._position = 0
        self._builder = TextBuilder(users)
        self._open: list[OpenTag] = []

    def parse(self) -> FormattedText:
        text = self._text
        while self._position < len(text):
            char = text[self._position]
            if char == "<":
                if text.startswith("</", self._position):
                    self._end_tag()
                else:
                    self._start_tag()
            else:
                self._character(char)
        if self._open:
            raise unparsable_entities(f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"')
        return self._builder.finish()

    def _character(self, char: str) -> None:
        if char == "&":
            match = _REFERENCE.match(self._text, self._position)
            decoded = _decode(match) if match else None
            if match and decoded is not None:
                self._builder.write(decoded)
                self._position = match.end()
                return
        self._builder.write(char)
        self._position += 1

    def _start_tag(self) -> None:
        begin = self._position
        name = self._match(_NAME, begin + 1).lower()
        if self._at_end():
            raise self._refusal("Unclosed start tag", begin)
        if name not in TAGS:
            raise self._refusal(f'Unsupported start tag "{name}"', begin)
        attributes: dict[str, str] = {}
        self._skip_spaces()
        while not self._at_end() and self._text[self._position] != ">":
            self._attribute(name, begin, attributes)
            self._skip_spaces()
        if self._at_end():
            raise self._refusal("Unclosed start tag", begin)
        self._position += 1
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise self._refusal('Tag "span" must have class "tg-spoiler"', begin)
        self._open.append(OpenTag(name, attributes, self._builder.offset, self._builder.mark()))

    def _attribute(self, tag: str, begin: int, attributes: dict[str, str]) -> None:
        name = self._match(_ATTRIBUTE_NAME, self._position).lower()
        if not name:
            raise self._refusal(f'Empty attribute name in the tag "{tag}"', begin)
        self._skip_spaces()
        if tag == "blockquote" and name == "expandable" and self._peek() != "=":
            attributes[name] = ""
            return
        if self._peek() != "=":
            raise self._refusal(f'Expected equal sign in declaration of an attribute of the tag "{tag}"', begin)
        self._position += 1
        self._skip_spaces()
        quote = self._peek()
        if quote and quote in "'\"":
            end = self._text.find(quote, self._position + 1)
            if end < 0:
                raise self._refusal("Unclosed start tag", begin)
            value = self._text[self._position + 1 : end]
            self._position = end + 1
            attributes[name] = _REFERENCE.sub(lambda match: _decode(match) or match.group(), value)
            return
        token_begin = self._position
        attributes[name] = self._match(_TOKEN, token_begin).lower()
        if self._peek() not in (">", " ", "\t", "\n", "\r"):
            raise self._refusal("Unexpected end of name token", token_begin)

    def _end_tag(self) -> None:
        begin = self._position
        if not self._open:
            raise self._refusal("Unexpected end tag", begin)
        name = self._match(_NAME, begin + 2).lower()
        self._skip_spaces()
        if self._peek() != ">":
            raise self._refusal("Unclosed end tag", begin)
        self._position += 1
        tag = self._open.pop()
        if name and name != tag.name:
            offset = self._byte_offset(begin)
            raise unparsable_entities(
                f'Unmatched end tag at byte offset {offset}, expected "</{tag.name}>", found "</{name}>"'
            )
        self._close(tag)

    def _close(self, tag: OpenTag) -> None:
        builder = self._builder
        if tag.name == "a":
            builder.add_link(tag.start, tag.attributes.get("href") or builder.written_since(tag.mark))
        elif tag.name == "code":
            language = tag.attributes.get("class", "").removeprefix("language-")
            builder.add("code", tag.start, **({"language": language} if language else {}))
        elif tag.name == "tg-emoji":
            emoji_id = tag.attributes.get("emoji-id", "")
            if not emoji_id.isdecimal():
                raise unparsable_entities("Invalid custom emoji identifier specified")
            builder.add("custom_emoji", tag.start, custom_emoji_id=emoji_id)
        elif tag.name == "blockquote":
            builder.add("expandable_blockquote" if "expandable" in tag.attributes else "blockquote", tag.start)
        else:
            builder.add(SIMPLE_TAGS[tag.name], tag.start)

    def _match(self, pattern: re.Pattern[str], start: int) -> str:
        match = pattern.match(self._text, start)
        value = match.group() if match else ""
        self._position = start + len(value)
        return value

    def _peek(self) -> str:
        return "" if self._at_end() else self._text[self._position]

    def _at_end(self) -> bool:
        return self._position >= len(self._text)

    def _skip_spaces(self) -> None:
        while not self._at_end() and self._text[self._position].isspace():
            self._position += 1

    def _refusal(self, reason: str, position: int) -> ApiError:
        return unparsable_entities(f"{reason} at byte offset {self._byte_offset(position)}")

    def _byte_offset(self, position: int) -> int:
        return len(self._text[:position].encode())


def _decode(match: re.Match[str]) -> str | None:
    hexadecimal, decimal, name = match.groups()
    if name:
        return NAMED_CHARACTERS.get(name)
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if code == 0 or code >= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return None
    return chr(code)
