"""Sound in memory becomes what Whisper listens to. Only processes that may die call it: codecs read hostile bytes."""

import io
from collections.abc import Callable, Iterator
from typing import Any

from services.domain.errors import AudioTooLong, AudioUnreadable

RATE = 16_000
_FULL_SCALE = 32_768.0
"""Of 16-bit samples; whisper.load_audio divides by it too."""


def waveform(audio: bytes, longest_seconds: int, go_on: Callable[[], None]) -> Any:
    """float32 mono of 16 kHz between -1 and 1, as numpy array. A file that is cut off gives what can be read.

    `go_on` is called between packets and may raise. Raises AudioUnreadable, AudioTooLong (by what was decoded: what a
    file says of its length need not be true).
    """
    import numpy as np

    pieces: list[Any] = []
    samples, most = 0, longest_seconds * RATE
    for piece in _decoded(audio, go_on):
        pieces.append(piece)
        samples += len(piece)
        if samples > most:
            raise AudioTooLong("longer than one request may be", hours=max(1, longest_seconds // 3600))
    if not samples:
        raise AudioUnreadable("no sound could be decoded")
    return np.concatenate(pieces).astype(np.float32) / _FULL_SCALE


def _decoded(audio: bytes, go_on: Callable[[], None]) -> Iterator[Any]:
    import av

    from services.transcription.pyav_sound import OPTIONS

    try:
        with av.open(io.BytesIO(audio), container_options=OPTIONS, metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise AudioUnreadable("there is no sound in it")
            # Handed out second by second: a fifth less time than in the small frames that codecs work with.
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE, frame_size=RATE)
            for frame in _frames(container, go_on):
                frame.pts = None  # gaps in the file's clock are not sound
                yield from (part.to_ndarray()[0] for part in resampler.resample(frame))
            yield from (part.to_ndarray()[0] for part in resampler.resample(None))
    except (av.FFmpegError, ValueError, EOFError, OverflowError) as error:
        raise AudioUnreadable(f"cannot be decoded: {type(error).__name__}") from error


def _frames(container: Any, go_on: Callable[[], None]) -> Iterator[Any]:
    """A damaged packet is left out; where the container itself breaks off, the sound ends."""
    import av

    packets = container.demux(container.streams.audio[0])
    while True:
        go_on()
        try:
            packet = next(packets, None)
        except av.FFmpegError:
            return
        if packet is None:
            return
        try:
            yield from packet.decode()
        except av.InvalidDataError:
            continue
