"""`muza search`: what retrieval would give."""

import json
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.container import Container
from services.domain.asked_filters import read_date
from services.domain.errors import FilterUnclear, InputError, KnowledgeUnavailable, MuzaError
from services.domain.knowledge import SearchFilters, SearchMode, SearchResult
from services.domain.project import Project
from services.retrieval.service import RetrievalService
from services.store.ports import Store

_MODEL_PATIENCE_SECONDS = 20.0
"""A command is not a chat: it rather waits for a model that is being loaded than answer without it."""
_EXCERPT = 240


@dataclass(frozen=True, slots=True)
class Wishes:
    mode: SearchMode = SearchMode.HYBRID
    limit: int = 8
    project: str | None = None
    since: str | None = None
    """Dates as `read_date` takes them."""
    until: str | None = None
    type: str | None = None
    author: str | None = None

    @property
    def filters(self) -> SearchFilters:
        """Raises FilterUnclear."""
        since = read_date(self.since, is_end=False) if self.since else None
        until = read_date(self.until, is_end=True) if self.until else None
        if since and until and since > until:
            raise FilterUnclear("the period has no day", filter=f"{since}..{until}")
        return SearchFilters(since, until, self.author, self.type)


async def search(container: Container, query: str, wishes: Wishes, *, as_json: bool) -> int:
    """Exit code: 0, found or not; 1 when no leg answered; 2 when the project or a date is not clear."""
    try:
        result = await search_passages(container.services.retrieval, container.store, query, wishes)
    except FilterUnclear as error:
        unclear = InputError(f"{error.facts.get('filter', '')}: {error}. Dates are written as 2026-01 or 2026-01-31.")
        return refuse(unclear, 2)
    except InputError as error:
        return refuse(error, 2)
    except KnowledgeUnavailable as error:
        return refuse(error, 1)
    show(result, Console(), as_json_text=as_json)
    return 0


def refuse(error: MuzaError, exit_code: int) -> int:
    """Says why on the error stream, so that a pipe of JSON stays clean."""
    Console(stderr=True).print(str(error), markup=False, highlight=False)
    return exit_code


async def search_passages(retrieval: RetrievalService, store: Store, query: str, wishes: Wishes) -> SearchResult:
    """Raises InputError for an unknown project, KnowledgeUnavailable when no leg answers."""
    filters, where = wishes.filters, await find_project(store, wishes.project)
    await retrieval.warm_up(0.0 if wishes.mode is SearchMode.KEYWORD else _MODEL_PATIENCE_SECONDS)
    return await retrieval.search(
        where.id,
        query,
        limit=wishes.limit,
        mode=wishes.mode,
        filters=filters,
        dense_patience_seconds=_MODEL_PATIENCE_SECONDS,
    )


async def find_project(store: Store, slug: str | None) -> Project:
    """By slug; without one, the only project there is."""
    async with store.reading() as tx:
        projects = await tx.projects.list()
    if slug is None and len(projects) == 1:
        return projects[0]
    found = next((project for project in projects if project.slug == slug), None)
    if found is None:
        known = ", ".join(sorted(project.slug for project in projects)) or "none yet: run `muza ingest` first"
        raise InputError(f"Which project? Name one with --project. Known projects: {known}.")
    return found


def to_json(result: SearchResult) -> dict[str, Any]:
    return {
        "query": result.query,
        "mode": str(result.mode),
        "degraded": result.degraded,
        "translated": result.translated,
        "hits": [
            {
                "rank": rank,
                "score": round(hit.score, 6),
                "source": hit.passage.source,
                "title": hit.passage.title,
                "section": hit.passage.section,
                "page": hit.passage.page,
                "last_page": hit.passage.last_page,
                "text": hit.passage.text,
                "legs": hit.legs,
                "passage_id": hit.passage.id,
            }
            for rank, hit in enumerate(result.hits, start=1)
        ],
    }


def show(result: SearchResult, console: Console, *, as_json_text: bool) -> None:
    if as_json_text:
        console.file.write(json.dumps(to_json(result), ensure_ascii=False) + "\n")
        return
    if result.degraded:
        console.print(f"[yellow]not every leg voted:[/] {result.degraded}")
    if not result.hits:
        console.print("Nothing found.")
        return
    table = Table("#", "Where", "Text", "Legs", show_lines=True)
    for rank, hit in enumerate(result.hits, start=1):
        text = " ".join(hit.passage.text.split())
        legs = " ".join(f"{leg} {place}" for leg, place in hit.legs.items())
        page = f"p. {hit.passage.page}" if hit.passage.page else ""
        where = f"{hit.passage.title}\n{hit.passage.section}\n{page}\n{hit.passage.source}"
        where = "\n".join(filter(None, where.split("\n")))
        table.add_row(str(rank), where, text[:_EXCERPT] + "…" * (len(text) > _EXCERPT), legs)
    console.print(table, markup=False)
