"""`python -m benchmarks.knowledge_kills`: 1,000 documents learned while worker and Chroma are killed again and again.

Real processes; an administrator sends albums to an emulated Telegram. At the end every document is complete (all its
passages in SQL, in the keyword replica, in Chroma) or plainly failed, and a document that is stored or deleted then
is visible or gone for another process within seconds.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.container import open_container
from services.domain.knowledge import SearchMode
from tests.durability.documents import ALBUM, Documents, Verdict, codes_of, finished, name_of, verdict
from tests.durability.killer import Killer
from tests.durability.stage import Play, Stage, open_stage
from tests.durability.waiting import until
from tests.emulators.telegram.people import Person
from tests.emulators.telegram.waiting import text_of

VISIBLE_SECONDS = 5.0
"""The aim."""
_PATIENCE_SECONDS = 3_600.0
_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Report:
    verdict: Verdict
    kills: str
    seconds: float
    visible_after: float
    """Seconds from the commit of the worker until another process finds it."""
    gone_after: float

    @property
    def is_good(self) -> bool:
        return self.verdict.is_whole and max(self.visible_after, self.gone_after) <= VISIBLE_SECONDS


async def rehearse(count: int, worker_kills: int, chroma_kills: int, seed: int, keep_at: Path | None = None) -> Report:
    documents = Documents(seed)
    play = Play(seed=seed, writers=1, groups=0, answer_seconds=0.3, keep_at=keep_at)
    async with open_stage(play) as stage:
        person, began = stage.crowd.approvers[0], time.monotonic()
        killer = Killer(stage, lambda: finished(stage.database) / count, seed)
        async with asyncio.TaskGroup() as group:
            group.create_task(_send(documents, person, count))
            hunting = group.create_task(killer.hunt({"heavy": worker_kills, "chroma": chroma_kills}))
            if not await until(lambda: finished(stage.database) >= count, _PATIENCE_SECONDS):
                hunting.cancel()
        await until(stage.database.knowledge_is_ready, 180)
        seconds = time.monotonic() - began
        visible, gone = await _one_more(stage, documents, person, count)
        found = await verdict(stage, count)
    return Report(found, str(killer), seconds, visible, gone)


async def _send(documents: Documents, person: Person, count: int) -> None:
    for first in range(0, count, ALBUM):
        await documents.send(person, range(first, min(first + ALBUM, count)))


async def _one_more(stage: Stage, documents: Documents, person: Person, number: int) -> tuple[float, float]:
    """Written by the worker and found by who only searches; deleted by a third, and gone for who searches."""
    settings = stage.settings.model_copy(update={"chroma_url": stage.chroma_url})
    (project,) = stage.database.all("projects")
    code = codes_of(number)[0].rstrip(".")
    async with open_container(settings, "witness") as witness, open_container(settings, "command") as command:

        async def is_found() -> bool:
            found = await witness.services.retrieval.search(project["id"], code, mode=SearchMode.KEYWORD)
            return any(code in hit.passage.text for hit in found.hits)

        async def is_gone() -> bool:
            return not await is_found()

        await is_found()
        await documents.send(person, [number])
        stored = f"title = 'Document {number}'"
        await until(lambda: stage.database.count("documents", stored) > 0)
        visible = await _seconds_until(is_found)
        (row,) = stage.database.rows(f"SELECT id FROM documents WHERE {stored}")  # noqa: S608 - our words
        await until(lambda: finished(stage.database) > number, 60)
        await command.services.ingestion.forget(project["id"], row["id"])
        gone = await _seconds_until(is_gone)
    await _is_not_cited(person, name_of(number), code)
    return visible, gone


async def _seconds_until(is_found: Callable[[], Awaitable[bool]]) -> float:
    began = time.monotonic()
    while not await is_found():  # noqa: ASYNC110 - another process stores it
        await asyncio.sleep(_LOOK_SECONDS)
    return time.monotonic() - began


async def _is_not_cited(person: Person, name: str, code: str) -> None:
    """By the bot. Its replica is up to date after it."""
    asked = await person.says(f"/ask {code}?")
    answer = await person.sees(lambda m: "Sources" in text_of(m) or "no answer" in text_of(m), after=asked, timeout=60)
    if name in text_of(answer):
        raise AssertionError(f"{name} was deleted and is cited")


def show(report: Report) -> None:
    found = report.verdict
    print(f"{found.sent} documents, killed: {report.kills}; {report.seconds:.0f} s")
    print(
        f"{'✓' if found.is_whole else '✗'} {found.done} complete, {found.failed} plainly failed, {len(found.half)} half"
    )
    for problem in found.half[:20]:
        print(f"  {problem}")
    print(f"visible elsewhere after {report.visible_after:.2f} s, gone after {report.gone_after:.2f} s (aim ≤ 5)")


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.knowledge_kills", description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000)
    parser.add_argument("--worker-kills", type=int, default=10)
    parser.add_argument("--chroma-kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave data and logs there")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = asyncio.run(
        rehearse(options.documents, options.worker_kills, options.chroma_kills, options.seed, options.keep)
    )
    if options.json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=2))
    else:
        show(report)
    return 0 if report.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
