"""Golden questions that came out of the chat: written to a file, or asked of the knowledge base as it is."""

import asyncio
import json
from pathlib import Path

from rich.console import Console

from bot.commands.open_for_command import open_for_command
from bot.commands.search import find_project, refuse
from bot.settings import Settings
from services.domain.answer_mark import KnownQuestion
from services.domain.errors import InputError
from services.domain.language import detect_language
from services.domain.project import Project
from services.retrieval.golden_set import GoldenQuestion
from services.store.ports import Store

_SLICE = "chat"


async def export_golden(settings: Settings, file: Path, project: str | None) -> int:
    """One JSON object a line, as `muza eval retrieval --golden` reads them. Exit code: 0; 2 when the project is not
    clear or has none."""
    settings = settings.model_copy(update={"embedding_model": "none"})  # nothing is searched for
    try:
        async with open_for_command(settings) as container:
            _, questions = await known_questions(container.store, project)
        lines = "".join(f"{as_line(question)}\n" for question in questions)
        await asyncio.to_thread(file.write_text, lines, encoding="utf-8")
    except InputError as error:
        return refuse(error, 2)
    Console().print(f"{file}: {len(questions)} questions", markup=False, highlight=False)
    return 0


async def known_questions(store: Store, project: str | None) -> tuple[Project, list[KnownQuestion]]:
    """Raises InputError where there are none."""
    where = await find_project(store, project)
    async with store.reading() as tx:
        questions = list(await tx.known_questions.list(where.id))
    if not questions:
        raise InputError(
            f"{where.slug} has no golden questions yet: an administrator makes one of an answer by 👎 and "
            '"→ Golden question"'
        )
    return where, questions


def as_golden(question: KnownQuestion) -> GoldenQuestion:
    language = detect_language(question.question)
    return GoldenQuestion(question.question, language, _SLICE, sources=frozenset(question.relevant))


def as_line(question: KnownQuestion) -> str:
    told = {
        "question": question.question,
        "relevant": list(question.relevant),
        "lang": detect_language(question.question).value,
        "slice": _SLICE,
    }
    return json.dumps(told, ensure_ascii=False)
