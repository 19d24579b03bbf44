"""Documents whose processes die on their way, where it is hardest: each is learned once, and told once."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.settings import child_environment
from services.domain.failpoint import KILLED, FailPoint
from tests.durability.owner import ROOT, Owner, open_owner, until
from tests.emulators.telegram.attachments import document

FILES = 6
OF_THE_BOT = (FailPoint.LESSON_STORED, FailPoint.LEARNING_FETCHED)
OF_THE_WORKER = (FailPoint.DOCUMENT_STORED, FailPoint.LEARNING_READ)
KILLS = 3


def page(number: int) -> bytes:
    """Long enough to be several passages."""
    lines = "\n\n".join(f"## Сорт {number}-{each}\n\n{'Листья сушат на солнце. ' * 40}" for each in range(6))
    return f"# Чай номер {number}\n\n{lines}\n".encode()


@asynccontextmanager
async def worker(owner: Owner, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    with (owner.folder / "worker.log").open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot", "worker", "--queue", "heavy"),
            cwd=ROOT,
            env=child_environment(owner.environment | environment),
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def states(owner: Owner) -> list[str]:
    return [row["state"] for row in owner.database.rows("SELECT state FROM learnings ORDER BY position")]


def screens(owner: Owner) -> list[str]:
    messages = owner.telegram.state.chats[owner.admin.id].messages.values()
    texts = [stored.message.text or "" for stored in messages if stored.sender.id != owner.admin.id]
    return [text for text in texts if "чай-" in text]


async def test_they_die_again_and_again_and_nothing_is_learned_twice_or_by_half(tmp_path: Path) -> None:
    async with open_owner(tmp_path, answer_seconds=0.3) as owner:
        files = [document(page(number), f"чай-{number}.md") for number in range(FILES)]
        await owner.admin.sends(*files, caption="/learn")
        for failpoint in OF_THE_BOT:
            await owner.start(CRASH_AT=failpoint)
            assert await owner.died() == KILLED, f"{failpoint} was not reached"
        await owner.start()
        await until(lambda: states(owner) == ["fetched"] * FILES, "all files")
        for failpoint in OF_THE_WORKER:
            async with worker(owner, CRASH_AT=failpoint) as dying, asyncio.timeout(60):
                assert await dying.wait() == KILLED, f"{failpoint} was not reached"
        for _ in range(KILLS):  # in the middle of whatever it does
            before = states(owner)
            async with worker(owner):
                await until(lambda before=before: states(owner) != before, "one more step")  # type: ignore[misc]
        async with worker(owner):
            await until(lambda: states(owner) == ["done"] * FILES, "all documents")
            await owner.admin.sees(lambda message: "Готово" in (message.text or ""), timeout=60)
        await owner.stops_in_order()

        database = owner.database
        assert len(database.all("lessons")) == 1
        assert [row["version"] for row in database.rows("SELECT * FROM documents WHERE origin = 'upload'")] == [
            1
        ] * FILES
        halves = database.rows(
            "SELECT d.source FROM documents d LEFT JOIN passages p ON p.document_id = d.id"
            " WHERE d.origin = 'upload' GROUP BY d.id HAVING count(p.id) < 2"
        )
        assert halves == []
        originals = sorted(path.relative_to(tmp_path / "files").as_posix() for path in _files(tmp_path / "files"))
        assert originals == sorted(row["file_key"] for row in database.all("learnings"))
        assert 1 <= len(screens(owner)) <= 2, "a drawing whose answer was lost may stay"
        assert sum("Готово" in text for text in screens(owner)) == 1


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
