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
