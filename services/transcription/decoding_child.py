"""The process that touches strangers' files: `python -m services.transcription.decoding_child probe|prepare …`.

It inherits no environment (so no tokens), limits itself before the decoders are loaded, and says on its standard
output what it did, a JSON object a line. It ends when nobody reads that any more.
"""

import os
import resource
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from services.domain.errors import AudioUnreadable, FilesUnavailable, MuzaError
from services.transcription.decoding_wire import Said, line_of

MEMORY_BYTES = 512 * 2**20
"""Of addresses, which are more than memory: the libraries and a piece take 350 MB of them."""
FILE_BYTES = 16 * 2**20
"""A piece of three minutes is half a megabyte."""
NICENESS = 5
"""Whoever waits for an answer goes first."""


def main(command: str, cpu_seconds: int, arguments: list[str]) -> None:
    _limit(cpu_seconds)
    try:
        for said in _work(command, arguments):
            _say(line_of(said))
    except MuzaError as error:
        _say(line_of(error))
    except MemoryError:
        _say(line_of(AudioUnreadable("needs more memory than is given to it")))
    except BrokenPipeError:
        os._exit(1)
    except OSError as error:
        _say(line_of(FilesUnavailable(f"a piece cannot be written: {error.strerror}")))
    os._exit(0)  # without taking libraries down, which could hang when a file has harmed them


def _work(command: str, arguments: list[str]) -> Iterator[Said]:
    from services.transcription.preparing import facts_of, prepare_sound

    if command == "probe":
        yield facts_of(Path(arguments[0]))
    else:
        source, into, longest_ms = arguments
        yield from prepare_sound(Path(source), Path(into), longest_ms=int(longest_ms))


def _say(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


def _limit(cpu_seconds: int) -> None:
    """A signal to the whole group of a process that is asked to stop must not make a file look broken: the parent
    ends its child by itself."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    if sys.platform == "linux":  # macOS refuses it
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
