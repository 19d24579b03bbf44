"""The knowledge: pages that the team writes meanwhile, and at the end a vector for every passage and no other."""

from pathlib import Path

from services.retrieval.chroma_index import ChromaVectorIndex
from tests.durability.report import Row
from tests.durability.stage import Stage

PAGE = "# Заметка {name}\n\nЭту страницу команда написала, пока шла репетиция: {name}.\n"


def write_page(stage: Stage, name: str) -> Path:
    """The folder of the brand, with one page more. The bot has it read at each of its starts."""
    root = stage.knowledge / "quiet-hour"
    (root / "ru" / f"{name}.md").write_text(PAGE.format(name=name), encoding="utf-8")
    return root


async def knowledge_row(stage: Stage, scenario: str, size: str, done: str) -> Row:
    """Asked of Chroma itself while it still runs: what the database says about vectors is the product's belief."""
    index = ChromaVectorIndex(stage.chroma_url)
    try:
        model = stage.settings.embedding_model
        there = {vector for row in stage.database.all("projects") for vector in await index.ids(int(row["id"]), model)}
    finally:
        await index.aclose()
    wanted = {str(row["id"]) for row in stage.database.all("passages")}
    details = tuple(f"passage {one}: no vector" for one in sorted(wanted - there))
    details += tuple(f"vector {one}: no passage" for one in sorted(there - wanted))
    figure = f"{len(wanted & there)} of {len(wanted)}"
    return Row(scenario, size, done, "passages ↔ vectors", figure, "all", bool(wanted) and not details, details)
