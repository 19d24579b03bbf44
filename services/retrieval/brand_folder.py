"""A brand's folder: project.yaml with its voice, and the documents beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from services.domain.errors import InputError
from services.domain.language import Language, detect_language
from services.domain.project import BrandProfile
from services.retrieval.folder_files import PROJECT_FILE, find_files


@dataclass(frozen=True, slots=True)
class BrandFolder:
    root: Path
    slug: str
    name: str
    profile: BrandProfile
    documents: tuple[Path, ...]


def read_brand_folder(path: Path) -> BrandFolder:
    """Without project.yaml the folder's name is the brand's. Raises InputError when it is no folder, or the file cannot
    be understood."""
    if not path.is_dir():
        raise InputError(f"{path} is not a folder")
    facts = _facts(path / PROJECT_FILE)
    slug = str(facts.get("slug") or path.resolve().name)
    profile = BrandProfile(
        description=str(facts.get("description") or "").strip(),
        voice=_strings(facts.get("voice")),
        banned_words=_banned_words(facts.get("banned_words")),
        glossary=_strings(facts.get("glossary")),
    )
    return BrandFolder(path, slug, str(facts.get("name") or slug), profile, tuple(find_files(path)))


def brand_folders(knowledge: Path) -> list[Path]:
    """Folders of `knowledge` that describe a brand, by name."""
    return sorted(file.parent for file in knowledge.glob(f"*/{PROJECT_FILE}"))


def _facts(file: Path) -> Mapping[str, Any]:
    try:
        facts = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise InputError(f"{file} cannot be read: {type(error).__name__}") from error
    if not isinstance(facts, dict):
        raise InputError(f"{file} must hold names and values")
    return facts


def _banned_words(value: object) -> dict[Language, tuple[str, ...]]:
    """By language code; a plain list is sorted out by script."""
    known = {language.value: language for language in Language}
    if isinstance(value, dict):
        return {known[str(code)]: _strings(words) for code, words in value.items() if str(code) in known}
    by_language: dict[Language, tuple[str, ...]] = {}
    for word in _strings(value):
        language = detect_language(word)
        by_language[language] = (*by_language.get(language, ()), word)
    return by_language


def _strings(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value.strip(),) if value.strip() else ()
    return tuple(str(item).strip() for item in value if str(item).strip()) if isinstance(value, list) else ()
