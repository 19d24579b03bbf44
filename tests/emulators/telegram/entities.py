"""From what a caller sent (text, parse_mode, entities) to what Telegram stores."""

import re
from collections.abc import Sequence
from itertools import accumulate

from aiogram.types import MessageEntity

from tests.emulators.telegram.errors import bad_request
from tests.emulators.telegram.html_markup import parse_html
from tests.emulators.telegram.markdown_markup import parse_markdown
from tests.emulators.telegram.markdown_v2_markup import parse_markdown_v2
from tests.emulators.telegram.text_builder import FormattedText, UserLookup, sorted_entities
from tests.emulators.telegram.utf16 import utf16_length, utf16_offsets

MAX_ENTITIES = 100
PARSERS = {"html": parse_html, "markdown": parse_markdown, "markdownv2": parse_markdown_v2}

# Inside these nothing is detected automatically.
OPAQUE = frozenset({"code", "pre", "text_link", "text_mention", "url", "email"})

_DETECTED = re.compile(
    r"(?P<email>(?<![\w.+-])[\w.+-]+@(?:[\w-]+\.)+[a-zA-Z]{2,}\b)"
    r"|(?P<url>(?<![\w@/])(?:https?://[^\s<>\"]+|(?:[\w-]+\.)+(?:com|org|net|ru|рф|io|dev|app|me|ai|info)\b(?:/[^\s<>\"]*)?))"
    r"|(?P<mention>(?<![\w@/])@[A-Za-z][A-Za-z0-9_]{3,31}\b)"
    r"|(?P<bot_command>(?<![\w/<>@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z][A-Za-z0-9_]{2,31})?(?![\w/<>]))"
    r"|(?P<hashtag>(?<![\w#&/])#(?=\w*[^\W\d])\w{1,256})"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_URL_TAIL = ".,:;!?)]}'»"


def format_text(
    text: str, parse_mode: str | None, entities: Sequence[MessageEntity] | None, users: UserLookup
) -> FormattedText:
    """Parses, checks, trims and completes a text. The result may be empty; its length is the caller's to judge.

    parse_mode wins over entities, as in Telegram. Raises ApiError 400.
    """
    if parse_mode:
        parser = PARSERS.get(parse_mode.lower())
        if parser is None:
            raise bad_request("unsupported parse_mode")
        formatted = parser(text, users)
    else:
        formatted = FormattedText(text, tuple(_checked(text, entities or (), users)))
    formatted = _trimmed(_cleaned(formatted))
    detected = detect_entities(formatted.text, formatted.entities)
    if detected:
        formatted = FormattedText(formatted.text, tuple(sorted_entities([*formatted.entities, *detected])))
    return FormattedText(formatted.text, formatted.entities[:MAX_ENTITIES])


def detect_entities(text: str, known: Sequence[MessageEntity] = ()) -> list[MessageEntity]:
    """Links, mentions, commands and hashtags that Telegram finds by itself."""
    found = [match for match in _DETECTED.finditer(text) if match.lastgroup]
    if not found:
        return []
    offsets = utf16_offsets(text)
    opaque = [(entity.offset, entity.offset + entity.length) for entity in known if entity.type in OPAQUE]
    detected: list[MessageEntity] = []
    for match in found:
        end = match.end()
        if match.lastgroup == "url":
            end -= len(match.group()) - len(match.group().rstrip(_URL_TAIL))
        start, finish = offsets[match.start()], offsets[end]
        if not any(start < right and left < finish for left, right in opaque):
            detected.append(MessageEntity(type=str(match.lastgroup), offset=start, length=finish - start))
    return detected


def _checked(text: str, entities: Sequence[MessageEntity], users: UserLookup) -> list[MessageEntity]:
    if not entities:
        return []
    offsets = utf16_offsets(text)
    boundaries = frozenset(offsets)
    checked: list[MessageEntity] = []
    for entity in entities:
        end = entity.offset + entity.length
        if entity.offset < 0 or entity.length < 0:
            raise bad_request("entity offset and length must be non-negative")
        if end > offsets[-1]:
            raise bad_request(
                f"entity beginning at UTF-16 offset {entity.offset} ends after the end of the text"
                f" at UTF-16 offset {end}"
            )
        if entity.offset not in boundaries:
            raise bad_request(f"entity begins in a middle of a UTF-16 symbol at UTF-16 offset {entity.offset}")
        if end not in boundaries:
            raise bad_request(
                f"entity beginning at UTF-16 offset {entity.offset} ends in a middle of a UTF-16 symbol"
                f" at UTF-16 offset {end}"
            )
        if entity.length and (known := _known(entity, users)):
            checked.append(known)
    return sorted_entities(checked)


def _known(entity: MessageEntity, users: UserLookup) -> MessageEntity | None:
    """A mention of somebody Telegram does not know stays plain text."""
    if entity.type != "text_mention":
        return entity
    user = users(entity.user.id) if entity.user else None
    return entity.model_copy(update={"user": user}) if user else None


def _cleaned(formatted: FormattedText) -> FormattedText:
    """Without carriage returns (aiogram's Markdown writer relies on that) and with spaces for control characters."""
    if not _CONTROL.search(formatted.text):
        return formatted
    kept = [0, *accumulate(0 if char == "\r" else utf16_length(char) for char in formatted.text)]
    moved = dict(zip(utf16_offsets(formatted.text), kept, strict=True))
    entities: list[MessageEntity] = []
    for entity in formatted.entities:
        start, end = moved[entity.offset], moved[entity.offset + entity.length]
        if end > start:
            entities.append(entity.model_copy(update={"offset": start, "length": end - start}))
    return FormattedText(_CONTROL.sub(" ", formatted.text.replace("\r", "")), tuple(entities))


def _trimmed(formatted: FormattedText) -> FormattedText:
    """Without white space at both ends; entities move and shrink with the text."""
    text = formatted.text.strip()
    if text == formatted.text:
        return formatted
    removed = utf16_length(formatted.text[: len(formatted.text) - len(formatted.text.lstrip())])
    length = utf16_length(text)
    entities: list[MessageEntity] = []
    for entity in formatted.entities:
        start = max(0, entity.offset - removed)
        end = min(length, entity.offset + entity.length - removed)
        if end > start:
            entities.append(entity.model_copy(update={"offset": start, "length": end - start}))
    return FormattedText(text, tuple(entities))
