"""Bytes as text in whatever encoding people's programs leave behind."""

import codecs
import re
from collections.abc import Iterator

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 65536
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS = 0.01
_CYRILLIC_PAGES = ("cp1251", "koi8-r", "cp866")
_KANA = re.compile(r"[\u3040-\u30ff]")
_FREQUENT = dict(zip("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", (
    10.97, 8.45, 8.01, 7.35, 6.70, 6.26, 5.47, 4.73, 4.54, 4.40, 3.49, 3.21, 2.98, 2.81, 2.62, 2.01, 1.90, 1.74, 1.70,
    1.65, 1.59, 1.44, 1.21, 0.97, 0.94, 0.73, 0.64, 0.48, 0.36, 0.32, 0.26, 0.04, 0.04,
), strict=True))  # fmt: skip
"""Percent of the letters of Russian texts (National Corpus)."""
_CAPITAL = 0.8
"""Weight of a capital: KOI8-R has small letters where Windows-1251 has capitals, and texts are mostly small."""
_MOSTLY = 0.7
_LEAST_RUSSIAN = 3.0
"""Mean of them that a Russian text does not fall below; its letters in a wrong code page have about 2."""


def decode(raw: bytes) -> str | None:
    """None: it is no text. Lines end as they did."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(encoding, errors="replace")
    if wide := _unmarked_wide(raw[:_SAMPLE_BYTES]):
        return raw.decode(wide, errors="replace")
    if b"\x00" in raw:
        return None
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode(_code_page(raw), errors="replace")
    sample = text[:_SAMPLE_BYTES]
    return None if len(_CONTROLS.findall(sample)) > max(_MOST_CONTROLS * len(sample), 2) else text


def _unmarked_wide(sample: bytes) -> str | None:
    """Letters of our alphabets have zeros (or fours, of Cyrillic) in every second byte, or in three of four."""
    if len(sample) < 4:
        return None
    for encoding, width, high in (("utf-32-le", 4, 3), ("utf-32-be", 4, 0), ("utf-16-le", 2, 1), ("utf-16-be", 2, 0)):
        high_bytes = sample[: len(sample) // width * width][high::width]
        ascii_bytes = sample[: len(sample) // width * width][width - 1 - high :: width]
        small = sum(byte in (0, 4) for byte in high_bytes)
        if small < _MOSTLY * len(high_bytes) or ascii_bytes.count(0) > 0.05 * len(ascii_bytes):
            continue
        text = sample[: len(sample) // width * width].decode(encoding, errors="replace")
        whole = text[:-1] if len(sample) == _SAMPLE_BYTES else text  # its last letter may be cut in two
        if "\ufffd" not in whole and not _CONTROLS.search(text):
            return encoding
    return None


def _code_page(raw: bytes) -> str:
    """By how the letters would read; Windows-1251 when nothing speaks for another one and it is Russian at all."""
    sample = b"".join(_foreign_lines(raw))
    japanese = _japanese(sample)
    best, encoding = max((_russian(sample.decode(page, errors="replace")), page) for page in _CYRILLIC_PAGES)
    if japanese and (_KANA.search(japanese) or best < _LEAST_RUSSIAN):
        return "cp932"
    return encoding if best >= _LEAST_RUSSIAN else "cp1252"


def _foreign_lines(raw: bytes) -> Iterator[bytes]:
    taken = 0
    for line in raw.splitlines():
        if not line.isascii():
            yield line + b"\n"
            taken += len(line)
        if taken > _SAMPLE_BYTES:
            return


def _japanese(sample: bytes) -> str:
    """As Shift-JIS has it; empty when it is none."""
    try:
        text = sample.decode("cp932")
    except UnicodeDecodeError:
        return ""
    foreign = [char for char in text if not char.isascii()]
    return text if sum("\u3000" <= char <= "\u9fff" for char in foreign) > 0.8 * len(foreign) else ""


def _russian(text: str) -> float:
    """How well it reads as Russian: mean frequency of its foreign letters. A letter amid Latin ones ("cafй"), or a
    capital amid small ones, is one of another code page."""
    total = count = 0.0
    for word in re.findall(r"\w+|[^\w\s]", text[:_SAMPLE_BYTES]):
        foreign = [char for char in word if not char.isascii()]
        count += len(foreign)
        is_mixed = len(foreign) < sum(char.isalpha() for char in word)
        is_upside_down = word[:1].islower() and not word.islower()
        if not is_mixed and not is_upside_down:
            total += sum(_FREQUENT.get(char.lower(), 0.0) * (1.0 if char.islower() else _CAPITAL) for char in foreign)
    return total / count if count else 0.0
