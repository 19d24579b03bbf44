"""The base itself: SQL, keyword replica and a real Chroma server in one folder, written through the product's own ways.

A folder that holds a complete base is used again.
"""

import asyncio
import json
import re
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from benchmarks.knowledge.texts import Writer, Written
from benchmarks.knowledge.vectors import KnownVectors, passage_vectors
from bot.container import Container, open_container
from bot.embedded.chroma import embedded_chroma
from bot.settings import Settings
from services.domain.knowledge import Document, Passage
from services.domain.project import BrandProfile
from services.retrieval.chroma_index import ChromaVectorIndex
from services.retrieval.cutting import hash_of_embedded

_TO_A_DOCUMENT = 100
_DONE = "base.json"
_SERVER_SECONDS = 60.0
_NUMBER = re.compile(r"QH-(\d+)\.")


@dataclass(frozen=True, slots=True)
class Plan:
    passages: int
    characters: int
    seed: int
    docs: tuple[str, ...]
    """Folders with texts, beside `knowledge/`."""

    def writer(self) -> Writer:
        return Writer([Path("knowledge"), *map(Path, self.docs)], self.seed)


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    pid: int
    ready_seconds: float


def settings_of(folder: Path) -> Settings:
    return Settings(_env_file=None, data_dir=folder / "data", knowledge_dir=folder / "nothing", embedding_model="none")


@asynccontextmanager
async def chroma(folder: Path) -> AsyncIterator[Server]:
    service, began = embedded_chroma(settings_of(folder)), time.monotonic()
    child = await service.start()
    try:
        await service.wait_until_ready(_SERVER_SECONDS)
        yield Server(service.url, _listener(service.url), time.monotonic() - began)
    finally:
        await child.stop(10)


async def build(folder: Path, plan: Plan) -> dict[str, Any]:
    """Facts of the build, seconds by step; of the former build when the folder holds the same base."""
    note = folder / _DONE
    if note.exists():
        facts: dict[str, Any] = json.loads(note.read_text(encoding="utf-8"))
        if facts["plan"] == json.loads(json.dumps(asdict(plan))):
            return facts
        raise SystemExit(f"{folder} holds another base: {facts['plan']}")
    await asyncio.to_thread(_empty, folder)
    seconds: dict[str, float] = {}
    async with chroma(folder) as server, open_container(settings_of(folder), "bot") as container:
        with _timed(seconds, "sql"):
            project_id = await _write(container, plan)
        vectors = ChromaVectorIndex(server.url)
        with _timed(seconds, "chroma"):
            await _write_vectors(container, vectors, plan, project_id)
        await vectors.aclose()
        with _timed(seconds, "keyword"):
            await container.adapters.keyword.catch_up(container.adapters.passages)
    facts = {"plan": asdict(plan), "seconds": seconds}
    note.write_text(json.dumps(facts), encoding="utf-8")
    return facts


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


async def numbers(container: Container, project_id: int) -> AsyncIterator[dict[str, int]]:
    """Passage id → its number in the plan, page by page."""
    after = ""
    while page := await container.adapters.passages.all_passages(project_id, after, 1000):
        after = page[-1].id
        yield {passage.id: number_of(passage.text) for passage in page}


def number_of(text: str) -> int:
    found = _NUMBER.match(text)
    if found is None:
        raise ValueError("not a passage of this base")
    return int(found[1])


def disk_megabytes(folder: Path) -> dict[str, float]:
    data = folder / "data"
    parts = {"sql": data.glob("muza.db*"), "keyword": [data / "keyword"], "chroma": [data / "chroma"]}
    return {name: round(sum(map(_size, paths)) / 1e6, 1) for name, paths in parts.items()}


async def _write(container: Container, plan: Plan) -> int:
    async with container.store.transaction() as tx:
        project = await tx.projects.ensure("scale", "Scale", BrandProfile())
    written = await asyncio.to_thread(lambda: list(plan.writer().passages(plan.passages, plan.characters)))
    for start in range(0, len(written), _TO_A_DOCUMENT):
        pages = written[start : start + _TO_A_DOCUMENT]
        document = _document(project.id, pages[0])
        async with container.store.transaction() as tx:
            await tx.documents.put(document, [_passage(document, place, one) for place, one in enumerate(pages)])
    return project.id


def _document(project_id: int, first: Written) -> Document:
    name = f"{first.language}/{first.number:06d}.md"
    return Document(0, project_id, name, first.section, "document", first.language, content_hash=name)


def _passage(document: Document, position: int, one: Written) -> Passage:
    passage = Passage(
        id="",
        document_id=0,
        project_id=document.project_id,
        position=position,
        section=one.section,
        text=one.text,
        language=one.language,
        start=0,
        end=len(one.text),
        title=document.title,
        source=document.source,
    )
    return replace(passage, text_hash=hash_of_embedded(passage))


async def _write_vectors(container: Container, vectors: ChromaVectorIndex, plan: Plan, project_id: int) -> None:
    made = await asyncio.to_thread(passage_vectors, plan.passages, plan.seed)
    async for page in numbers(container, project_id):
        ids = list(page)
        rows = made[[page[passage_id] for passage_id in ids]].tolist()
        await vectors.upsert(project_id, KnownVectors.model, ids, rows)
        await container.adapters.passages.mark_embedded(ids, KnownVectors.model)
    async with container.store.transaction() as tx:
        await tx.vectors.set_built(project_id, KnownVectors.model, is_built=True)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Container]:
    async with open_container(settings_of(folder), "bot") as container:
        yield container


def _listener(url: str) -> int:
    """The server may have been started through a wrapper."""
    port = int(url.rsplit(":", 1)[1])
    for child in psutil.Process().children(recursive=True):
        if any(one.laddr.port == port for one in child.net_connections("tcp") if one.status == psutil.CONN_LISTEN):
            return child.pid
    raise RuntimeError("the Chroma server listens nowhere")


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    seconds[name] = round(time.monotonic() - began, 1)


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
