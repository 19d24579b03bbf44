"""Vectors of the bundled model for the golden questions, kept in a file: the model takes ten seconds to load.

`python -m tests.golden_vectors` makes them anew; tests/contract/test_embedder.py tells when they are out of date.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from services.domain.knowledge import Passage
from services.domain.language import Language
from services.domain.usage import CallContext
from services.retrieval.golden_set import GoldenQuestion, read_golden_set
from services.retrieval.ingestion import Ingestion, embedded_text
from services.retrieval.tantivy_keyword import TantivyKeywordIndex
from tests.fakes.retrieval import MemoryPassageSource

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "tests" / "data" / "retrieval"
BRAND = ROOT / "knowledge" / "quiet-hour"
FILE = SAMPLE / "vectors.npz"
PROJECT = 1


class KeptEmbedder:
    """The bundled model by heart: it knows the golden texts and nothing else."""

    model = "bundled"
    languages = frozenset({Language.ENGLISH})

    def __init__(self) -> None:
        with np.load(FILE) as kept:
            rows: list[list[float]] = kept["vectors"].astype(np.float32).tolist()
            self._vectors: dict[str, list[float]] = dict(zip(kept["keys"].tolist(), rows, strict=True))
            self.floor = float(kept["floor"])

    async def warm_up(self) -> None:
        return

    async def embed_query(self, text: str, context: CallContext) -> Sequence[float]:
        return self.vector(text)

    async def embed_passages(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        return [self.vector(text) for text in texts]

    def vector(self, text: str) -> Sequence[float]:
        """Raises KeyError for a text that was changed since: make the file anew."""
        return self._vectors[_key(text)]


def questions_of(folder: Path) -> list[GoldenQuestion]:
    return read_golden_set(folder / ("questions.jsonl" if folder == BRAND else "golden.jsonl"))


def documents_of(folder: Path) -> Path:
    return folder if folder == BRAND else folder / "docs"


async def texts() -> tuple[list[str], list[str]]:
    """(questions that the model may be asked, passages)."""
    questions = [one.text for folder in (SAMPLE, BRAND) for one in questions_of(folder)]
    passages = [embedded_text(passage) for folder in (SAMPLE, BRAND) for passage in await _passages(folder)]
    return questions, passages


async def _passages(folder: Path) -> Sequence[Passage]:
    source = MemoryPassageSource()
    await Ingestion(source, TantivyKeywordIndex(None), None, None).ingest_folder(PROJECT, documents_of(folder))
    return await source.all_passages(PROJECT, limit=10_000)


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _write() -> None:
    from services.retrieval.sentence_embedder import BUNDLED, SentenceEmbedder

    embedder = SentenceEmbedder(BUNDLED)
    embedder.load()
    questions, passages = asyncio.run(texts())
    vectors = np.concatenate([embedder.encode(questions, "query"), embedder.encode(passages, "passage")])
    keys = np.array([_key(text) for text in (*questions, *passages)])
    np.savez_compressed(FILE, keys=keys, vectors=vectors.astype(np.float16), floor=embedder.floor)


if __name__ == "__main__":
    _write()
