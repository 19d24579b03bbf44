"""Markdown into passages: whole sections where they fit, their subsections where not, overlapping pieces at the worst.

A passage is a slice of the document (`text[start:end]`), so a citation can point at its place; together the slices hold
every character that is not blank. A passage never mixes two top sections: two subjects in one vector match neither.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.domain.chunk_rules import USUAL, ChunkRules

INTRODUCTION_TOKENS = 100
_HEADING = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*?))?[ \t]*#*[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_MARKUP = re.compile(r"\\([^\w\s])|[*_`]|\[([^\]]*)\]\([^)]*\)")
_SENTENCE_START = re.compile(r"(?:[.!?…]|\n)\s+(?=\S)")
_WORD_START = re.compile(r"\s+(?=\S)")
SEPARATOR = " › "


@dataclass(frozen=True, slots=True)
class Chunk:
    section: str
    """Headings above it, "Voice › Do and don't", without the document's own; empty before the first."""
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading with what follows up to the next heading of any level."""

    level: int
    """0: the text before the first heading."""
    path: tuple[str, ...]
    start: int
    end: int
    has_body: bool


def chunk(text: str, rules: ChunkRules = USUAL) -> list[Chunk]:
    sections = _sections(text)
    groups = _groups(text, sections, _top_level(sections))
    pieces = (piece for group in groups for piece in _pieces(text, group, rules))
    return [found for piece in pieces for found in _fitting(text, piece, rules)]


def estimate_tokens(text: str) -> int:
    """By script, of the o200k encoding: about 3 Cyrillic or 4 other characters a token. Errs to the high side."""
    cyrillic = len(re.findall(r"[\u0400-\u04ff]", text))
    return -(-cyrillic // 3) + -(-(len(text) - cyrillic) // 4)


def _sections(text: str) -> list[_Section]:
    marks = list(_headings(text))
    title_level = _title_level([level for _, _, level, _ in marks])
    if not marks or text[: marks[0][0]].strip():
        marks.insert(0, (0, 0, 0, ""))
    sections: list[_Section] = []
    path: list[tuple[int, str]] = []
    for index, (start, body, level, name) in enumerate(marks):
        end = marks[index + 1][0] if index + 1 < len(marks) else len(text)
        path = [entry for entry in path if entry[0] < level] + ([(level, name)] if level else [])
        names = tuple(name for level, name in path if name and level != title_level)
        sections.append(_Section(level, names, 0 if index == 0 else start, end, bool(text[body:end].strip())))
    return sections


def _title_level(levels: Sequence[int]) -> int | None:
    """A heading that stands alone above all others names the document, not a section."""
    return levels[0] if levels and levels[0] == min(levels) and levels.count(levels[0]) == 1 else None


def _headings(text: str) -> Iterator[tuple[int, int, int, str]]:
    """(start, end of its line, level, name) of ATX headings outside fenced code."""
    fence = ""
    position = 0
    for line in text.splitlines(keepends=True):
        stripped = line.rstrip("\r\n")
        mark = _FENCE.match(stripped)
        if mark and not fence:
            fence = mark.group(1)[:3]
        elif mark and mark.group(1).startswith(fence):
            fence = ""
        elif not fence and (heading := _HEADING.match(stripped)):
            name = _MARKUP.sub(lambda match: match.group(1) or match.group(2) or "", heading.group(2) or "").strip()
            yield position, position + len(line), len(heading.group(1)), name
        position += len(line)


def _top_level(sections: Sequence[_Section]) -> int:
    """The highest level that divides the document."""
    levels = [section.level for section in sections if section.level]
    return next((level for level in range(1, 7) if levels.count(level) > 1), min(levels, default=0) + 1)


def _groups(text: str, sections: Sequence[_Section], top: int) -> list[list[_Section]]:
    """Sections with their descendants, one group a top section; a title with its line or two of introduction goes with
    what follows it: alone it would answer every question in the document's name."""
    groups: list[list[_Section]] = []
    bare: list[_Section] = []
    for section in sections:
        if section.level < top and estimate_tokens(text[section.start : section.end]) <= INTRODUCTION_TOKENS:
            bare.append(section)
        elif bare or not groups or section.level <= top:
            groups.append([*bare, section])
            bare = []
        else:
            groups[-1].append(section)
    return [*groups, bare] if bare else groups


def _pieces(text: str, group: Sequence[_Section], rules: ChunkRules) -> Iterator[Sequence[_Section]]:
    """The whole group if it fits; else its sections, small neighbours joined up to the target."""
    if estimate_tokens(text[group[0].start : group[-1].end]) <= rules.limit_tokens:
        yield group
        return
    held: list[_Section] = []
    for section in group:
        full = held and estimate_tokens(text[held[0].start : section.end]) > rules.target_tokens
        if full and any(one.has_body for one in held):
            yield held
            held = []
        held.append(section)
    yield held


def _common_path(sections: Sequence[_Section]) -> str:
    told = [section.path for section in sections if section.has_body and section.path] or [sections[-1].path]
    common = [names[0] for names in zip(*told, strict=False) if len(set(names)) == 1]
    return SEPARATOR.join(common)


def _fitting(text: str, piece: Sequence[_Section], rules: ChunkRules) -> Iterator[Chunk]:
    start, section = piece[0].start, _common_path(piece)
    body = text[start : piece[-1].end]
    if estimate_tokens(body) <= rules.limit_tokens:
        left = start + len(body) - len(body.lstrip())
        if trimmed := body.strip():
            yield Chunk(section, trimmed, left, left + len(trimmed))
        return
    from semantic_text_splitter import MarkdownSplitter

    splitter = MarkdownSplitter.from_callback(estimate_tokens, (rules.target_tokens, rules.limit_tokens))
    former_start = start
    for offset, part in splitter.chunk_indices(body):
        left, right = start + offset, start + offset + len(part)
        if not part.strip():  # control characters that only Python calls blank
            continue
        if left > start:
            left = _overlapping_start(text, former_start, left, rules.overlap_percent)
        yield Chunk(section, text[left:right], left, right)
        former_start = start + offset


def _overlapping_start(text: str, former_start: int, start: int, percent: int) -> int:
    """Where to begin so that a thought cut at `start` is whole in one of the two pieces: at a sentence of the former
    piece's last tenth, else at a word."""
    earliest = max(former_start, start - (start - former_start) * percent // 100)
    tail = text[earliest:start]
    boundary = _SENTENCE_START.search(tail) or _WORD_START.search(tail)
    return earliest + boundary.end() if boundary else start
