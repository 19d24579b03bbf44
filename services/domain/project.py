"""A project is a brand: its voice, its banned words, its own knowledge base. Every search stays within one."""

from dataclasses import dataclass, field

from services.domain.language import Language


@dataclass(frozen=True, slots=True)
class BrandProfile:
    description: str = ""
    voice: tuple[str, ...] = ()
    banned_words: dict[Language, tuple[str, ...]] = field(default_factory=dict)
    glossary: tuple[str, ...] = ()
    """Names and products as they are spelt: told to whoever transcribes speech."""


@dataclass(frozen=True, slots=True)
class Project:
    id: int
    slug: str
    name: str
    profile: BrandProfile


def glossary_words(project: Project) -> tuple[str, ...]:
    """How the project's names are spelt, the most useful first. A name in two languages ("Тихий час / Quiet Hour") is
    two."""
    names = (name.strip() for name in project.name.split("/"))
    return tuple(dict.fromkeys(word for word in (*names, *project.profile.glossary) if word))
