"""YAML facts at the top of a Markdown file."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from services.domain.language import Language

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_LONGEST_YAML = 20_000
"""Longer is no front matter; it also keeps small what YAML's own references could multiply."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    text: str
    """What stands below it."""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def word(self, key: str) -> str | None:
        value = self.facts.get(key)
        return str(value).strip() or None if isinstance(value, str | int | float) else None

    def date(self, key: str = "date") -> dt.date | None:
        value = self.facts.get(key)
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(str(value)[:10]) if value else None
        except ValueError:
            return None

    def language(self) -> Language | None:
        declared = (self.word("language") or self.word("lang") or "").lower()[:2]
        return Language(declared) if declared in {language.value for language in Language} else None


def split_front_matter(whole: str) -> FrontMatter:
    """What does not read as a mapping is text of the document: a rule of dashes at its top, for instance."""
    match = _FRONT_MATTER.match(whole)
    if match is None or len(match.group(1)) > _LONGEST_YAML:
        return FrontMatter(whole)
    try:
        facts = yaml.safe_load(match.group(1))
    except (yaml.YAMLError, ValueError, RecursionError):
        return FrontMatter(whole)
    return FrontMatter(whole[match.end() :], facts) if isinstance(facts, dict) else FrontMatter(whole)
