"""Domain objects as the templates take them."""

import secrets
from collections.abc import Iterable
from typing import Any

from services.domain.knowledge import Passage
from services.domain.project import Project
from services.domain.turn import Turn


def project_variables(project: Project) -> dict[str, Any]:
    """The same for every request of a project, so that providers can cache the prompt's beginning."""
    profile = project.profile
    return {
        "name": project.name,
        "description": profile.description,
        "voice": list(profile.voice),
        "banned_words": {language.value: list(words) for language, words in profile.banned_words.items() if words},
    }


def passage_variables(passages: Iterable[Passage]) -> list[dict[str, Any]]:
    """Numbered from 1 in the given order: the numbers that the answer cites."""
    return [
        {"number": number, "title": passage.title, "section": passage.section, "text": passage.text}
        for number, passage in enumerate(passages, 1)
    ]


def history_variables(turns: Iterable[Turn]) -> list[dict[str, str]]:
    return [{"role": turn.role, "content": turn.content} for turn in turns]


def new_nonce() -> str:
    """Unguessable, so that no text can close the fence around it."""
    return secrets.token_hex(8)
