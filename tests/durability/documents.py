"""Documents that people give to the knowledge base, and whether each is wholly there: SQL, words, vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.knowledge.texts import Writer
from services.retrieval.chroma_index import ChromaVectorIndex
from tests.durability.database import Database
from tests.durability.stage import Stage
from tests.emulators.telegram.attachments import document
from tests.emulators.telegram.people import Person

ALBUM = 10
SECTIONS = 3
_CHARACTERS = 1_500
FINISHED = "state IN ('done', 'unchanged', 'failed', 'cancelled')"


@dataclass(frozen=True, slots=True)
class Verdict:
    sent: int
    done: int
    failed: int
    """Plainly, with a sentence."""
    half: tuple[str, ...]
    """What is neither: each is a finding."""

    @property
    def is_whole(self) -> bool:
        return not self.half and self.done + self.failed == self.sent


class Documents:
    """Small Markdown files: each has three sections with a code of its own."""

    def __init__(self, seed: int) -> None:
        self._writer = Writer([Path("knowledge")], seed)

    def text(self, number: int) -> str:
        sections = (self._writer.passage(number * SECTIONS + each, _CHARACTERS) for each in range(SECTIONS))
        return "\n\n".join((f"# Document {number}", *(f"## {one.section}\n\n{one.text}" for one in sections)))

    async def send(self, person: Person, numbers: Sequence[int]) -> None:
        """An album with a caption: one lesson."""
        files = [document(self.text(number).encode(), name_of(number)) for number in numbers]
        await person.sends(*files, caption="/learn")


def name_of(number: int) -> str:
    return f"paper-{number:04d}.md"


def codes_of(number: int) -> list[str]:
    return [f"QH-{number * SECTIONS + each:06d}." for each in range(SECTIONS)]


def finished(database: Database) -> int:
    return database.count("learnings", FINISHED)


async def verdict(stage: Stage, count: int) -> Verdict:
    """Asked of SQL, of Chroma itself, and of the bot's replica of words."""
    states = {row["file_name"]: row for row in stage.database.all("learnings")}
    passages = _passages(stage.database)
    vectors = await _vectors(stage)
    known = _known_by_words(stage.settings.data_dir / "keyword" / "bot" / "index", passages)
    half: list[str] = []
    counts = {"done": 0, "failed": 0}
    for number in range(count):
        name = name_of(number)
        state = states[name]["state"] if name in states else "never stored"
        here = [one for one in passages.values() if any(code in one["text"] for code in codes_of(number))]
        ids = {str(one["id"]) for one in here}
        if state == "failed" and states[name]["error_code"] and not ids:
            counts["failed"] += 1
        elif problem := _problem(state, number, here, ids, vectors, known):
            half.append(f"{name}: {problem}")
        else:
            counts["done"] += 1
    half += [f"vector {one}: no passage" for one in sorted(vectors - passages.keys())]
    return Verdict(count, counts["done"], counts["failed"], tuple(half))


def _problem(
    state: str, number: int, here: Sequence[dict[str, str]], ids: set[str], vectors: set[str], known: set[str]
) -> str:
    text = "\n".join(one["text"] for one in here)
    if state not in ("done", "unchanged"):
        return state
    if missing := [code for code in codes_of(number) if code not in text]:
        return f"{len(missing)} sections are not in SQL"
    if len({one["document_id"] for one in here}) != 1:
        return "stored twice"
    if without := ids - vectors:
        return f"{len(without)} passages without a vector"
    return f"{len(ids - known)} passages unknown to the words" if ids - known else ""


def _passages(database: Database) -> dict[str, dict[str, str]]:
    return {str(row["id"]): row for row in database.rows("SELECT id, document_id, text FROM passages")}


async def _vectors(stage: Stage) -> set[str]:
    index = ChromaVectorIndex(stage.chroma_url)
    try:
        model = stage.settings.embedding_model
        return {one for row in stage.database.all("projects") for one in await index.ids(int(row["id"]), model)}
    finally:
        await index.aclose()


def _known_by_words(replica: Path, passages: dict[str, dict[str, str]]) -> set[str]:
    """Read from the files of the replica, beside the process that writes it."""
    from tantivy import Index

    index = Index.open(str(replica))
    index.reload()
    searcher = index.searcher()
    return {one for one in passages if searcher.doc_freq("id", one) >= 1}
