"""What recordings say: texts registered for their bytes, or lying beside them."""

import hashlib
import io
import struct
import wave
from pathlib import Path

OPUS_SAMPLES_PER_SECOND = 48_000
WORDS_PER_SECOND = 2.5


class Transcripts:
    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._by_hash: dict[str, str] = {}

    def add(self, recording: bytes, text: str) -> None:
        self._by_hash[_digest(recording)] = text

    def text_of(self, recording: bytes, filename: str) -> str:
        """The registered text, the sidecar's, or a labelled sentence that describes the file."""
        digest = _digest(recording)
        if digest in self._by_hash:
            return self._by_hash[digest]
        for sidecar in self._sidecars(digest, filename):
            if sidecar.is_file():
                return sidecar.read_text(encoding="utf-8").strip()
        return f"Demo transcription, made without a model: recording {Path(filename).name}, {len(recording)} bytes."

    def _sidecars(self, digest: str, filename: str) -> list[Path]:
        if self._folder is None:
            return []
        return [self._folder / f"{digest}.txt", self._folder / f"{Path(filename).name}.txt"]


def duration_seconds(recording: bytes, text: str) -> float:
    """From the headers of WAV and Ogg Opus; for other formats, as long as the text takes to say."""
    if recording[:4] == b"RIFF":
        with wave.open(io.BytesIO(recording)) as sound:
            return float(sound.getnframes() / sound.getframerate())
    last_page = recording.rfind(b"OggS")
    if b"OpusHead" in recording[:100] and last_page >= 0:
        (position,) = struct.unpack_from("<q", recording, last_page + 6)
        return max(int(position), 0) / OPUS_SAMPLES_PER_SECOND
    return max(len(text.split()) / WORDS_PER_SECOND, 1.0)


def _digest(recording: bytes) -> str:
    return hashlib.sha256(recording).hexdigest()
