"""What recordings say: texts registered for them, recognised by their sound or their bytes, or lying beside them."""

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np

from tests.emulators.openai.recognition import Place, Reference, find, seconds
from tests.emulators.openai.said import Said, spread, within
from tests.emulators.openai.sound_print import SoundPrint, sound_print

WORDS_PER_SECOND = 2.5
INVENTED = ("Субтитры сделал DimaTorzok", "Продолжение следует...", "Thanks for watching!")
"""What Whisper writes where nobody speaks."""
ALL_OF_IT = 0.8
"""Share of a recording's sound from which a piece of it is taken for the whole."""


@dataclass(frozen=True, slots=True)
class Hearing:
    sentences: tuple[Said, ...]
    seconds: float
    invented: bool = False
    """Nobody speaks: the words are made up, as Whisper does it."""

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)


@dataclass(slots=True)
class Known:
    recording: bytes
    text: str
    timed: tuple[Said, ...] | None
    sentences: tuple[Said, ...] = ()
    _print: SoundPrint | None = None
    _reference: Reference | None = None

    def measured(self) -> SoundPrint:
        if self._print is None:
            self._print = sound_print(self.recording)
            self.recording = b""
            start, end = _extent(self._print)
            self.sentences = self.timed if self.timed is not None else tuple(spread(self.text, start, end))
        return self._print

    @property
    def reference(self) -> Reference:
        if self._reference is None:
            self._reference = Reference(self.measured())
        return self._reference


@dataclass
class Transcripts:
    """Used by several threads at once: listening is work, and does not hold up the server."""

    folder: Path | None = None
    _known: dict[str, Known] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.folder is not None and (self.folder / "texts.json").is_file():
            self.load(self.folder)

    def add(self, recording: bytes, text: str | Sequence[Said]) -> None:
        """`text`: sentences with their times for a recording that will come in pieces. Empty: nobody speaks in it."""
        timed = None if isinstance(text, str) else tuple(text)
        plain = text if isinstance(text, str) else " ".join(sentence.text for sentence in text)
        with self._lock:
            self._known[_digest(recording)] = Known(recording, plain, timed)

    def load(self, folder: Path) -> None:
        """Recordings and `texts.json` with what is said in each."""
        texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
        for name, text in texts.items():
            self.add((folder / name).read_bytes(), text)

    def __len__(self) -> int:
        return len(self._known)

    def measure(self) -> None:
        """Blocking. Listen to everything that was added (an hour takes some 10 s), so that no request waits for it."""
        with self._lock:
            for one in self._known.values():
                one.measured()

    def hear(self, recording: bytes, filename: str) -> Hearing:
        """Blocking. What is registered for these bytes or this sound; the sidecar's text; a labelled sentence that
        describes the file."""
        try:
            heard: SoundPrint | None = sound_print(recording)
        except (av.FFmpegError, IndexError):
            heard = None
        digest = _digest(recording)
        text = self._known[digest].text if digest in self._known else self._sidecar(digest, filename)
        if heard is None:
            described = text if text is not None else _described(recording, filename)
            return _as_told(described, max(len(described.split()) / WORDS_PER_SECOND, 1.0))
        if text is not None:
            start, end = _extent(heard)
            sentences = (self._known[digest].timed if digest in self._known else None) or spread(text, start, end)
            return Hearing(tuple(sentences), heard.seconds) if text else _invention(recording, heard.seconds)
        return self._recognised(recording, heard, filename)

    def _recognised(self, recording: bytes, heard: SoundPrint, filename: str) -> Hearing:
        if heard.is_silent:
            return _invention(recording, heard.seconds)
        with self._lock:
            known = list(self._known.values())
            references = [one.reference for one in known]
        places = find(heard, references)
        if not places:
            return _as_told(_described(recording, filename), heard.seconds)
        sentences = [said for place in places for said in _heard_at(place, known[place.reference], heard)]
        return Hearing(tuple(sentences), heard.seconds) if sentences else _invention(recording, heard.seconds)

    def _sidecar(self, digest: str, filename: str) -> str | None:
        if self.folder is None:
            return None
        names = (f"{digest}.txt", f"{Path(filename).name}.txt")
        found = next((self.folder / name for name in names if (self.folder / name).is_file()), None)
        return found.read_text(encoding="utf-8").strip() if found else None


def _heard_at(place: Place, known: Known, heard: SoundPrint) -> list[Said]:
    """Times are of the piece."""
    begin, end = seconds(place.offset), seconds(place.offset + place.end - place.start)
    if known.timed is None and _is_all(place, known):
        said = list(known.sentences)
    else:
        said = within(known.sentences, begin, end)
    shift = seconds(place.start) - begin
    limit = heard.seconds
    moved = (sentence.later(shift) for sentence in said)
    return [Said(max(one.start, 0.0), min(max(one.end, 0.0), limit), one.text) for one in moved]


def _is_all(place: Place, known: Known) -> bool:
    loud = known.measured().loud
    inside = loud[max(place.offset, 0) : max(place.offset + place.end - place.start, 0)]
    return int(inside.sum()) >= ALL_OF_IT * int(loud.sum())


def _extent(heard: SoundPrint) -> tuple[float, float]:
    """From the first sound to the last one, in seconds."""
    loud = np.flatnonzero(heard.loud)
    return (seconds(int(loud[0])), seconds(int(loud[-1]) + 1)) if len(loud) else (0.0, heard.seconds)


def _as_told(text: str, duration: float) -> Hearing:
    return Hearing(tuple(spread(text, 0.0, duration)), duration)


def _described(recording: bytes, filename: str) -> str:
    return f"Demo transcription, made without a model: recording {Path(filename).name}, {len(recording)} bytes."


def _invention(recording: bytes, duration: float) -> Hearing:
    phrase = INVENTED[int(_digest(recording), 16) % len(INVENTED)]
    return Hearing((Said(0.0, duration, phrase),), duration, invented=True)


def _digest(recording: bytes) -> str:
    return hashlib.sha256(recording).hexdigest()
