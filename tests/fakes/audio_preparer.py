"""Decodes nothing: what is "in" a file is written down beforehand."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from pathlib import Path

from services.domain.errors import AudioTooLong, AudioUnreadable, MuzaError
from services.transcription.ports import AudioFacts, Decoding, Prepared, PreparedPiece


@dataclass(frozen=True, slots=True)
class Script:
    duration_ms: int
    speech: tuple[tuple[int, int], ...] = ()
    """Pieces: from, to."""
    codec: str = "opus"
    error: MuzaError | None = None
    """Raised when the file is opened."""


class ScriptedPreparer:
    """By the content of a file; an unknown one is unreadable. A piece holds `piece <number>`."""

    def __init__(self, scripts: Mapping[bytes, Script]) -> None:
        self._scripts = dict(scripts)
        self.working = 0
        """How many preparations are under way."""

    async def probe(self, source: Path) -> AudioFacts:
        script = self._script(source)
        return AudioFacts(script.duration_ms, script.codec, "ogg")

    async def prepare(
        self, source: Path, into: Path, *, longest_ms: int
    ) -> AsyncGenerator[Decoding | PreparedPiece | Prepared, None]:
        script = self._script(source)
        self.working += 1
        try:
            for number, (start_ms, end_ms) in enumerate(script.speech):
                if end_ms > longest_ms:
                    break
                path = into / f"{number}.ogg"
                path.write_bytes(f"piece {number}".encode())
                yield Decoding(end_ms)
                yield PreparedPiece(number, start_ms, end_ms, path)
            if script.duration_ms > longest_ms:
                raise AudioTooLong(hours=max(1, round(longest_ms / 3_600_000)))
            yield Prepared(script.duration_ms, sum(end - start for start, end in script.speech))
        finally:
            self.working -= 1

    def _script(self, source: Path) -> Script:
        script = self._scripts.get(source.read_bytes())
        if script is None:
            raise AudioUnreadable("not in the scripts")
        if script.error is not None:
            raise script.error
        return script
