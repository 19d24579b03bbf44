"""The process that holds Whisper: `python -m services.transcription.whisper_child SETUP`, spoken to over its pipes.

It runs at a low priority, so that queries to other models, and people, need not wait for it. Its memory goes back
to the system when it ends; it ends when its input does, so it outlives nobody.
"""

import os
import queue
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from services.domain.errors import AudioTooLong, AudioUnreadable, ModelRefused
from services.transcription.pyav_waveform import RATE, waveform
from services.transcription.whisper_model import ModelUnreachable, WhisperModel
from services.transcription.whisper_wire import Setup, Wanted, frame, read_frame

_FIRST_TO_GO = "800"
"""When memory runs out, of 1000: https://man7.org/linux/man-pages/man5/proc_pid_oom_score_adj.5.html"""


class Cancelled(BaseException):
    """Nobody waits for this answer any more. Not an Exception: no library may mistake it for a failure of its own."""


class WhisperChild:
    def __init__(self, setup: Setup, heard_from: IO[bytes], told_to: IO[bytes]) -> None:
        self._setup = setup
        self._input = heard_from
        self._output = told_to
        self._requests: queue.Queue[tuple[dict[str, Any], bytes]] = queue.Queue()
        self._cancelled = 0
        """The newest request that was cancelled; they are numbered upwards and answered one by one."""
        self._current = 0
        self._model = WhisperModel(setup.model, [Path(folder) for folder in setup.folders], self._go_on)

    def run(self) -> int:
        """Until the input ends. Returns 0, or 1 when the model cannot be had."""
        threading.Thread(target=self._listen_to_parent, name="parent", daemon=True).start()
        try:
            self._model.load(self._setup.threads)
        except ModelRefused as error:
            self._tell(said="failed", reason=str(error), heals=isinstance(error, ModelUnreachable))
            return 1
        step_back(self._setup.niceness)  # not before: somebody may be waiting for it to be loaded
        self._tell(said="loaded", device=self._model.device)
        while True:
            self._answer(*self._requests.get())

    def _listen_to_parent(self) -> None:
        while (told := read_frame(self._input)) is not None:
            header, payload = told
            if header["do"] == "answer":
                self._tell(said="here")
            elif header["do"] == "cancel":
                self._cancelled = max(self._cancelled, header["id"])
            else:
                self._requests.put((header, payload))
        os._exit(0)

    def _answer(self, header: dict[str, Any], audio: bytes) -> None:
        self._current = header["id"]
        try:
            self._tell(said="heard", id=self._current, **self._heard(audio, Wanted(**header["wanted"])))
        except Cancelled:
            self._tell(said="cancelled", id=self._current)
        except (AudioTooLong, AudioUnreadable, ModelRefused) as error:
            self._tell(said="refused", id=self._current, code=error.code, reason=str(error))
        except Exception as error:  # noqa: BLE001 - whatever the model raises, the request gets its answer
            self._tell(said="broken", id=self._current, reason=type(error).__name__)

    def _heard(self, audio: bytes, wanted: Wanted) -> dict[str, Any]:
        sound = waveform(audio, wanted.longest_seconds, self._go_on)
        heard = self._model.transcribe(sound, wanted, self._setup.temperatures)
        return {"heard": heard | {"duration": len(sound) / RATE}}

    def _go_on(self) -> None:
        if 0 < self._current <= self._cancelled:
            raise Cancelled

    def _tell(self, **header: Any) -> None:
        self._output.write(frame(header))
        self._output.flush()


def step_back(niceness: int) -> None:
    """Everybody else first: processor time (that of threads which exist already, too) and memory. What a system does
    not offer is left alone."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PGRP, 0, niceness)
    for file, value in (("oom_score_adj", _FIRST_TO_GO), ("autogroup", str(niceness))):
        # Desktop kernels share time between sessions first: https://man7.org/linux/man-pages/man7/sched.7.html
        with suppress(OSError):
            Path("/proc/self", file).write_text(value, encoding="ascii")


def main() -> int:
    # What libraries print must not get between our frames.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return WhisperChild(Setup.from_json(sys.argv[1]), sys.stdin.buffer, answers).run()


if __name__ == "__main__":
    sys.exit(main())
