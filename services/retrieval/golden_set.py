"""Questions with known answers: JSON lines, as people write them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.domain.errors import InputError
from services.domain.knowledge import Passage
from services.domain.language import Language, detect_language

UNNAMED_SLICE = "all"


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    text: str
    language: Language
    slice: str
    """What kind of question it is: plain, paraphrase, typo…"""
    sources: frozenset[str] = frozenset()
    """Documents that answer it."""
    texts: frozenset[str] = frozenset()
    """Or: words that a passage that answers it holds; compared without case and line breaks."""

    @property
    def wanted(self) -> frozenset[str]:
        """Items to be found; empty: the right answer is that nothing is known."""
        return self.sources | self.texts

    def shown_by(self, passage: Passage) -> frozenset[str]:
        """Which of the wanted items a passage shows."""
        plain = _plain(passage.text) if self.texts else ""
        return frozenset({passage.source} & self.sources) | {text for text in self.texts if _plain(text) in plain}


def read_golden_set(file: Path) -> list[GoldenQuestion]:
    """Raises InputError with the number of the line that cannot be understood."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file} cannot be read: {type(error).__name__}") from error
    found = [_question(line, f"{file}, line {number}") for number, line in enumerate(lines, start=1) if line.strip()]
    if not found:
        raise InputError(f"{file} has no questions")
    return found


def _question(line: str, where: str) -> GoldenQuestion:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise InputError(f"{where}: not JSON") from error
    if not isinstance(row, dict) or not isinstance(text := row.get("question"), str) or not text.strip():
        raise InputError(f'{where}: {{"question": "…"}} is needed')
    if "relevant" not in row and "contains" not in row:
        raise InputError(f'{where}: "relevant" (paths; [] when nothing answers) or "contains" (texts) is needed')
    return GoldenQuestion(
        text=text,
        language=_language(row.get("lang"), text),
        slice=str(row.get("slice") or UNNAMED_SLICE),
        sources=_strings(row, "relevant", where),
        texts=_strings(row, "contains", where),
    )


def _strings(row: Mapping[str, Any], key: str, where: str) -> frozenset[str]:
    value = row.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) and one.strip() for one in value):
        raise InputError(f'{where}: "{key}" must be a list of texts')
    return frozenset(value)


def _language(declared: object, text: str) -> Language:
    known = {language.value: language for language in Language}
    return known.get(str(declared).lower()[:2]) or detect_language(text)


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
