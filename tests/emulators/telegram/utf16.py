"""Lengths and offsets as Telegram counts them: in UTF-16 code units."""

from itertools import accumulate


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def utf16_offsets(text: str) -> list[int]:
    """Offset of each character, and one more for the end of the text."""
    if text.isascii():
        return list(range(len(text) + 1))
    return [0, *accumulate(2 if ord(char) > 0xFFFF else 1 for char in text)]


def utf16_slice(text: str, offset: int, length: int) -> str:
    encoded = text.encode("utf-16-le")
    return encoded[offset * 2 : (offset + length) * 2].decode("utf-16-le", errors="replace")
