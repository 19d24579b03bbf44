"""Pages read in a child process: one that is a bomb harms nobody."""

import asyncio
import datetime as dt
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from typing import Any

from services.domain.errors import DocumentDamaged, DocumentTooHeavy, MuzaError
from services.domain.language import Language
from services.domain.reading import ReadDocument
from services.fetching.page_child import KNOWN, SECONDS

CHILD = "services.fetching.page_child"
ENVIRONMENT = {
    "PYTHONPATH": str(Path(__file__).parents[2]),
    "PYTHONSAFEPATH": "1",
    "PYTHONUTF8": "1",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
}
"""All that it gets: ours has tokens in it. One arena and one thread: more would use up its addresses as reserves."""
MOST_BYTES = 16 * 2**20
"""Of what it may say."""


class ChildPages:
    """One child for each page."""

    async def read(self, file: Path, url: str) -> ReadDocument:
        """`file`: an absolute path. Raises DocumentRefused."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", CHILD, str(file), url),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=DEVNULL,
            env=ENVIRONMENT,
            start_new_session=True,  # Ctrl-C in a terminal reaches a whole group
        )
        try:
            async with asyncio.timeout(SECONDS):
                said = await _said(process)
                code = await process.wait()
        except TimeoutError:
            raise DocumentTooHeavy("a page that takes too long", name=url) from None
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return await asyncio.to_thread(_understood, said, code, url)


async def _said(process: Process) -> bytes:
    said = await process.stdout.read(MOST_BYTES) if process.stdout else b""
    pieces = [said]
    while said and process.stdout and (said := await process.stdout.read(MOST_BYTES)):
        pieces.append(said)
        if sum(map(len, pieces)) > MOST_BYTES:
            process.kill()
            break
    return b"".join(pieces)


def _understood(said: bytes, code: int, url: str) -> ReadDocument:
    try:
        content = json.loads(said)
    except ValueError:  # it was ended in the middle of a word, or before its first one
        trouble = DocumentTooHeavy if code < 0 else DocumentDamaged
        raise trouble(f"the child ended with {code}", name=url) from None
    if "refused" in content:
        raise KNOWN.get(content["refused"], DocumentDamaged)(name=url)
    try:
        return _document(content["document"])
    except (KeyError, TypeError, ValueError) as error:
        raise MuzaError("nothing that a child of ours says") from error


def _document(fields: dict[str, Any]) -> ReadDocument:
    date, language = fields["date"], fields["language"]
    return ReadDocument(
        name=fields["name"],
        text=fields["text"],
        format=fields["format"],
        title=fields["title"],
        date=dt.date.fromisoformat(date) if date else None,
        author=fields["author"],
        language=Language(language) if language else None,
    )
