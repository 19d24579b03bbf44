"""Ends, or does not end, in the ways of a decoder that a file has harmed. Started as the decoding child is; the name of
the "file" says how."""

import os
import signal
import sys
import time
from pathlib import Path

from services.transcription.decoding_child import main
from services.transcription.decoding_wire import line_of
from services.transcription.ports import Decoding


def die(how: str) -> None:
    sys.stdout.buffer.write(line_of(Decoding(5_000)))
    sys.stdout.flush()
    if how == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif how == "hang":
        time.sleep(600)
    elif how == "mumble":
        sys.stdout.write('{"kind": "Prep')
    elif how == "silent":
        sys.exit(0)
    elif how == "bug":
        raise RuntimeError("our own mistake")


if __name__ == "__main__":
    *_, cpu_seconds, source, into, longest_ms = sys.argv
    (Path(into) / "pid").write_text(str(os.getpid()))
    (Path(into) / "environment").write_bytes(Path("/proc/self/environ").read_bytes())
    name = Path(source).name
    if name == "greedy":
        from services.transcription import preparing

        def devour(*_: object, **__: object) -> list[bytes]:
            return [bytes(2**30)]

        preparing.prepare_sound = devour  # type: ignore[assignment]
        main("prepare", int(cpu_seconds), [source, into, longest_ms])
    elif name == "endless":
        from services.transcription import preparing

        def turn(*_: object, **__: object) -> list[bytes]:
            while True:
                pass

        preparing.prepare_sound = turn  # type: ignore[assignment]
        main("prepare", 1, [source, into, longest_ms])
    die(name)
