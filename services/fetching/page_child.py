"""The process that takes strangers' pages apart: `python -m services.fetching.page_child FILE URL`.

It inherits no environment (so no tokens), limits itself before anything is loaded, and says on its standard output
what it read: one JSON object.
"""

import json
import os
import resource
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from services.domain.errors import DocumentDamaged, DocumentEmpty, DocumentTooHeavy, MuzaError

MEMORY_BYTES = 768 * 2**20
"""Of addresses, which are more than memory."""
SECONDS = 30
NICENESS = 5
"""Whoever waits for an answer goes first."""
KNOWN = {kind.code: kind for kind in (DocumentEmpty, DocumentDamaged, DocumentTooHeavy)}


def main(file: str, url: str) -> None:
    _limit()
    ours = os.dup(1)  # whatever a library prints must not be taken for our words
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    said = json.dumps(_read(Path(file), url), default=str).encode()
    with os.fdopen(ours, "wb") as voice:
        voice.write(said)
    os._exit(0)  # without taking libraries down, which could hang when a page has harmed them


def _read(file: Path, url: str) -> dict[str, Any]:
    try:
        from services.fetching.trafilatura_page import read_page

        return {"document": asdict(read_page(file.read_bytes(), url))}
    except MuzaError as error:
        return {"refused": error.code}
    except MemoryError:
        return {"refused": DocumentTooHeavy.code}
    except (ValueError, RecursionError, AssertionError):  # what its parsers raise on what is no page
        return {"refused": DocumentDamaged.code}


def _limit() -> None:
    """A signal to the whole group of a process that is asked to stop must not make a page look broken: the parent
    ends its child by itself."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.alarm(SECONDS + 5)  # ends an orphan, whose parent was killed
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":  # macOS refuses it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
