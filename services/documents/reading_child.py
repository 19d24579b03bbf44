"""The process that opens strangers' files: `python -m services.documents.reading_child FILE NAME LIMITS`.

It inherits no environment (so no tokens), limits itself before any reader is loaded, and says on its standard output
what it read, a JSON object a line. It writes nothing else anywhere.
"""

import json
import os
import resource
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

from services.documents.limits import ReadLimits
from services.documents.reading_wire import END, line_of
from services.domain.errors import DocumentDamaged, DocumentTooHeavy, DocumentTooLarge, FilesUnavailable, MuzaError

COMPLAINTS_BYTES = 2**20
"""The only file that grows: what goes to the standard error."""
OPEN_FILES = 64
NICENESS = 5
"""Whoever waits for an answer goes first."""
GRACE_SECONDS = 5
"""After the parent's patience: it ends an orphan, whose parent was killed."""


def main(file: str, name: str, limits: ReadLimits) -> None:
    _limit(limits)
    voice = _voice()
    try:
        for document in _read(Path(file), name, limits):
            voice.write(document)
        voice.write(END)
    except MuzaError as error:
        voice.write(line_of(error))
    except MemoryError:
        voice.write(line_of(DocumentTooHeavy("needs more memory than is given to it")))
    except RecursionError:
        voice.write(line_of(DocumentDamaged("things in one another without end")))
    except BrokenPipeError:
        os._exit(1)
    except OSError as error:
        voice.write(line_of(FilesUnavailable(f"the file cannot be read: {error.strerror}")))
    os._exit(0)  # without taking libraries down, which could hang when a file has harmed them


def _read(file: Path, name: str, limits: ReadLimits) -> list[bytes]:
    """All of it before the first word: a refusal at the end takes nothing back."""
    from services.documents.reading import read_documents

    if file.stat().st_size > limits.file_bytes:
        raise DocumentTooLarge(f"{file.stat().st_size} bytes")
    return [line_of(document) for document in read_documents(file.read_bytes(), name, limits)]


def _voice() -> BinaryIO:
    """Whatever a library prints must not be taken for our words."""
    ours = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return os.fdopen(ours, "wb", buffering=0)


def _limit(limits: ReadLimits) -> None:
    """A signal to the whole group of a process that is asked to stop must not make a file look broken: the parent
    ends its child by itself. No limit on processes: it counts all of the user's, ours and everybody else's."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.alarm(limits.seconds + GRACE_SECONDS)
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (COMPLAINTS_BYTES, COMPLAINTS_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    if sys.platform == "linux":  # macOS refuses it
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))


def arguments(file: Path, name: str, limits: ReadLimits) -> tuple[str, str, str]:
    return str(file), name, json.dumps(asdict(limits))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], ReadLimits(**json.loads(sys.argv[3])))
