"""Brands."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from services.domain.language import Language
from services.domain.project import BrandProfile, Project
from services.store.sql_connection import SqlRepository
from services.store.tables import projects


class SqlProjects(SqlRepository):
    async def ensure(self, slug: str, name: str, profile: BrandProfile) -> Project:
        values = {"name": name, "profile": profile_to_json(profile)}
        return _project(
            await self._sql.the_row(
                self._sql.insert(projects)
                .values(slug=slug, **values)
                .on_conflict_do_update(index_elements=["slug"], set_=values)
                .returning(projects)
            )
        )

    async def get(self, project_id: int) -> Project | None:
        row = await self._sql.row(select(projects).where(projects.c.id == project_id))
        return _project(row) if row else None

    async def by_slug(self, slug: str) -> Project | None:
        row = await self._sql.row(select(projects).where(projects.c.slug == slug))
        return _project(row) if row else None

    async def list(self) -> Sequence[Project]:
        return [_project(row) for row in await self._sql.rows(select(projects).order_by(projects.c.id))]


def profile_to_json(profile: BrandProfile) -> dict[str, Any]:
    return {
        "description": profile.description,
        "voice": list(profile.voice),
        "banned_words": {language.value: list(words) for language, words in profile.banned_words.items()},
        "glossary": list(profile.glossary),
    }


def profile_from_json(value: dict[str, Any]) -> BrandProfile:
    return BrandProfile(
        description=value["description"],
        voice=tuple(value["voice"]),
        banned_words={Language(language): tuple(words) for language, words in value["banned_words"].items()},
        glossary=tuple(value.get("glossary", ())),
    )


def _project(row: Row[Any]) -> Project:
    return Project(id=row.id, slug=row.slug, name=row.name, profile=profile_from_json(row.profile))
