"""What makes two requests to a model the same."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from services.domain.generation import PromptRelease

_SPACES = re.compile(r"\s+")
_ENDS = " .!…"


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a model, but for its random parts."""

    project_id: int
    member_id: int | None
    """Whose own material goes into it: nobody else is answered with what comes of it."""
    release: PromptRelease
    model: str
    """Who would answer, by name."""
    parameters: Mapping[str, Any]
    text: str
    """The person's words."""
    told: Mapping[str, Any]
    """All else that goes into the prompt, but for the passages."""
    passages: Sequence[str]
    """Ids, which carry the versions of their documents."""

    def exact_key(self) -> str:
        return _digest([*self._fixed, self.told, list(self.passages), plain_text(self.text)])

    def shelf(self, knowledge_version: str) -> str:
        return _digest([*self._fixed, self.told, knowledge_version])

    @property
    def _fixed(self) -> list[Any]:
        release = self.release
        prompt = [release.name, release.version, release.content_hash]
        return [self.project_id, self.member_id or 0, prompt, self.model, self.parameters]


def plain_text(text: str) -> str:
    """Spaces, the first letter's case and a full stop at the end say nothing."""
    flat = _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip(_ENDS)
    return flat[:1].lower() + flat[1:]


def _digest(parts: Sequence[Any]) -> str:
    return sha256(json.dumps(parts, ensure_ascii=True, sort_keys=True, default=str).encode()).hexdigest()
