"""`python -m benchmarks.knowledge_restored --keep FOLDER`: the base of `benchmarks.knowledge` into a backup, the backup
into an empty installation, and the same hundred questions to both.

The vectors come back out of the archive: a model that is asked for one would end the run.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from loguru import logger

from benchmarks.knowledge.base import chroma, number_of, opened, settings_of
from benchmarks.knowledge.questions import Prepared, read
from benchmarks.knowledge.vectors import KnownVectors, passage_vectors
from bot.container import Container, Services, build_services
from services.domain.usage import CallContext
from services.retrieval.chroma_index import ChromaVectorIndex

QUESTIONS = 100
_SHOWN = 5


class ToldVectors(KnownVectors):
    """It was told the passages, too."""

    def __init__(self, prepared: Prepared, passages: Any) -> None:
        super().__init__(prepared.vectors)
        self._passages = passages

    async def embed_passages(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        numbers = [number_of(text.rsplit("\n", 1)[-1]) for text in texts]
        rows: list[list[float]] = self._passages[numbers].tolist()
        return rows


async def run(folder: Path) -> dict[str, Any]:
    prepared = await asyncio.to_thread(read, folder / "questions.jsonl")
    plan = json.loads((folder / "base.json").read_text(encoding="utf-8"))["plan"]
    made = await asyncio.to_thread(passage_vectors, plan["passages"], plan["seed"])
    facts: dict[str, Any] = {"passages": plan["passages"]}
    before = await _asked(folder, prepared, ToldVectors(prepared, made), facts, "kept_s")
    with tempfile.TemporaryDirectory(prefix="muza-restored-", dir=folder.parent) as other:
        archive = Path(other) / "backup.tar.gz"
        facts["backup_s"] = await asyncio.to_thread(_muza, folder, "backup", archive)
        facts["archive_mb"] = round(archive.stat().st_size / 1e6, 1)
        facts["restore_s"] = await asyncio.to_thread(_muza, Path(other), "restore", archive)
        after = await _asked(Path(other), prepared, KnownVectors(prepared.vectors), facts, "search_again_s")
    facts["same_top_5"] = sum(one == another for one, another in zip(before, after, strict=True))
    facts["questions"] = len(before)
    return facts


async def _asked(
    folder: Path, prepared: Prepared, model: KnownVectors, facts: dict[str, Any], name: str
) -> list[list[str]]:
    """What a hundred questions find, once words and vectors can be searched."""
    async with chroma(folder) as server, opened(folder) as container:
        vectors = ChromaVectorIndex(server.url)
        services = _services(container, vectors, model)
        async with container.store.reading() as tx:
            (project,) = await tx.projects.list()
        began = time.monotonic()
        await services.retrieval.warm_up()
        await services.ingestion.rebuild(project.id)
        facts[name] = round(time.monotonic() - began, 1)
        found = []
        for question in prepared.questions[:QUESTIONS]:
            result = await services.retrieval.search(project.id, question.text, limit=_SHOWN)
            if result.degraded:
                raise SystemExit(f"a leg did not vote: {result.degraded}")
            found.append([hit.passage.id for hit in result.hits])
        await vectors.aclose()
    return found


def _services(container: Container, vectors: ChromaVectorIndex, model: KnownVectors) -> Services:
    return build_services(replace(container.adapters, vectors=vectors, embedder=model))


def _muza(folder: Path, *command: str | Path) -> float:
    """Seconds of the command, as a person calls it."""
    there = ["env", f"DATA_DIR={settings_of(folder).data_dir}", "EMBEDDING_MODEL=none", sys.executable, "-m", "bot"]
    began = time.monotonic()
    subprocess.run([*there, *map(str, command)], check=True, stdout=sys.stderr)
    return round(time.monotonic() - began, 1)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, required=True, help="the folder of a base that benchmarks.knowledge built")
    options = parser.parse_args()
    logger.remove()
    facts = asyncio.run(run(options.keep))
    print(json.dumps(facts), flush=True)
    return int(facts["same_top_5"] != facts["questions"])


if __name__ == "__main__":
    raise SystemExit(main())
