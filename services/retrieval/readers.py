"""Files of the team as text and facts: any usual encoding, YAML front matter, a title whatever happens."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from services.domain.errors import InputError
from services.domain.language import Language, detect_language
from services.domain.passport import DocumentFlag
from services.domain.reading import ReadDocument

_MARKDOWN = frozenset({".md", ".markdown"})
SUFFIXES = _MARKDOWN | {".txt"}
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FIRST_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_LONGEST_TITLE = 200
_SHEETS = frozenset({"xlsx", "xls", "ods", "csv", "tsv"})
"""Their headings are names of sheets, "Sheet1": the file's own name says more."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """A document before it is cut."""

    source: str
    title: str
    type: str
    language: Language
    text: str
    """Without front matter; lines end with \\n."""
    content_hash: str
    """SHA-256, hex, of the text and what its file says of itself: copies under other names have the same."""
    format: str = "text"
    date: dt.date | None = None
    author: str | None = None
    page_starts: tuple[int, ...] = ()
    flags: tuple[DocumentFlag, ...] = ()


def decode(raw: bytes) -> str:
    """UTF-16 by its mark, UTF-8 with or without one, else Windows-1251, in which every Russian file of old is written.

    Raises InputError for what is no text at all.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = raw.decode("utf-16", errors="replace")
    elif b"\x00" in raw[:4096]:
        raise InputError("not a text file")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1251", errors="replace")
    return text


def read_file(path: Path, root: Path) -> SourceText:
    """`root`: the folder whose relative paths name the documents. Raises InputError, OSError."""
    source = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    return read_text(decode(path.read_bytes()), source)


def read_text(raw: str, source: str) -> SourceText:
    return described(read_markdown(raw, source), source)


def read_markdown(raw: str, name: str) -> ReadDocument:
    """With or without front matter."""
    whole = raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    facts, text = _split_front_matter(whole)
    return ReadDocument(
        name=name,
        text=text,
        format="markdown" if Path(name).suffix.lower() in _MARKDOWN else "text",
        title=_word(facts, "title"),
        date=_date(facts),
        author=_word(facts, "author"),
        type=_word(facts, "type"),
        language=_language(facts),
    )


def described(read: ReadDocument, source: str) -> SourceText:
    """What a document is called and which language it has, whatever its file says."""
    read = replace(read, text=_storable(read.text))
    heading = _FIRST_HEADING.search(read.text) if read.format not in _SHEETS else None
    title = read.title or (heading.group(1) if heading else "") or _named_by(source)
    return SourceText(
        source=source,
        title=title.strip()[:_LONGEST_TITLE],
        type=read.type or "document",
        language=read.language or detect_language(read.text),
        text=read.text,
        content_hash=_content_hash(read),
        format=read.format,
        date=read.date,
        author=read.author,
        page_starts=read.page_starts,
        flags=read.flags,
    )


def _storable(text: str) -> str:
    """No database keeps U+0000 or half of a surrogate pair: something else in their places keeps every span right."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode(errors="replace").decode()
    return text.replace("\0", " ")


def _content_hash(read: ReadDocument) -> str:
    told = (read.title, read.type, read.language, read.date and read.date.isoformat(), read.author, read.text)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _split_front_matter(whole: str) -> tuple[Mapping[str, Any], str]:
    """What does not read as a mapping is text of the document: a rule of dashes at its top, for instance."""
    match = _FRONT_MATTER.match(whole)
    if match is None:
        return {}, whole
    try:
        facts = yaml.safe_load(match.group(1))
    except (yaml.YAMLError, ValueError):
        return {}, whole
    return (facts, whole[match.end() :]) if isinstance(facts, dict) else ({}, whole)


def _word(facts: Mapping[str, Any], key: str) -> str | None:
    value = facts.get(key)
    return str(value).strip() or None if isinstance(value, str | int | float) else None


def _language(facts: Mapping[str, Any]) -> Language | None:
    declared = (_word(facts, "language") or "").lower()[:2]
    return Language(declared) if declared in {language.value for language in Language} else None


def _date(facts: Mapping[str, Any]) -> dt.date | None:
    value = facts.get("date")
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _named_by(source: str) -> str:
    return Path(source).stem.replace("-", " ").replace("_", " ").strip() or source
