"""Any sound or video file as 16 kHz mono, read packet by packet. Nothing in a file is believed."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from services.domain.errors import AudioUnreadable, AudioUnsupported, FilesUnavailable
from services.transcription.ports import AudioFacts

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

RATE = 16_000
FORMATS = (
    "ogg,mp3,mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,wav,w64,flac,aac,amr,aiff,au,caf,asf,avi,flv,mpegts,mpeg,ac3,ape"
)
"""Files that hold their own sound. Playlists are not among them: they would have us open other files and addresses."""
CODECS = (
    "opus,libopus,vorbis,mp3,mp3float,mp2,mp2float,aac,aac_latm,flac,alac,amrnb,amrwb,wmav1,wmav2,wmapro,wmalossless,"
    "ac3,eac3,speex,libspeex,gsm,gsm_ms,ape,adpcm_ms,adpcm_ima_wav,adpcm_ima_qt,adpcm_swf,nellymoser,"
    "pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_u8,pcm_s8,pcm_f32le,pcm_f32be,pcm_f64le,"
    "pcm_alaw,pcm_mulaw"
)
"""Pictures of a video are not decoded, not even to look what they are."""
OPTIONS = {"format_whitelist": FORMATS, "codec_whitelist": CODECS, "protocol_whitelist": "file"}
DAMAGE = (av.error.FFmpegError, ValueError, OverflowError, ArithmeticError, RuntimeError)
"""What PyAV raises of broken files; OverflowError and ValueError where a header's number fits nowhere."""
MOST_FAULTS = 1_000
"""Of one file, before what follows is no longer searched for sound."""
SLIP, LONGEST_GAP = 0.1, 60.0
"""Seconds. Recorders leave out packets in which nobody speaks; what claims to be longer is a damaged time."""


class Sound:
    """One file. Raises AudioUnreadable, AudioUnsupported when it is opened."""

    def __init__(self, source: Path) -> None:
        self._container = _opened(source)
        self._stream = _stream_of(self._container, source)
        self.is_damaged = False
        """Known when all was read."""

    @property
    def facts(self) -> AudioFacts:
        told = self._container.duration
        duration_ms = told // 1000 if told is not None and told > 0 else None
        container = self._container.format.name.partition(",")[0]
        return AudioFacts(duration_ms, self._stream.codec_context.name, container)

    def samples(self) -> Iterator[NDArray[np.int16]]:
        """What can be read, in bits of any length; silence where the file leaves out time."""
        clock, resampling = _Clock(), _Resampling()
        for frame in self._frames():
            try:
                gap, heard = clock.gap_before(frame), resampling.of(frame)
            except DAMAGE:
                self.is_damaged = True
                resampling = _Resampling()
                continue
            if gap:
                yield np.zeros(int(gap * RATE), np.int16)
            yield from heard
        yield from resampling.rest()

    def _frames(self) -> Iterator["AudioFrame"]:
        faults = 0
        packets = self._container.demux(self._stream)
        while faults < MOST_FAULTS:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                self.is_damaged |= packet.is_corrupt
                yield from packet.decode()
            except DAMAGE:
                faults += 1
                self.is_damaged = True
                packets = self._container.demux(self._stream)


class _Clock:
    """Compares the times in the file with what was decoded."""

    def __init__(self) -> None:
        self._origin: float | None = None
        self._decoded = 0.0

    def gap_before(self, frame: "AudioFrame") -> float:
        """Seconds that nothing was recorded for."""
        told, missing = frame.time, 0.0
        if told is not None:
            self._origin = told if self._origin is None else self._origin
            gap = told - self._origin - self._decoded
            if SLIP < gap <= LONGEST_GAP:
                missing = gap
            elif abs(gap) > SLIP:
                self._origin += gap
        self._decoded += missing + frame.samples / frame.sample_rate
        return missing


class _Resampling:
    """A file may change its rate and channels on the way: the resampler is made anew then."""

    def __init__(self) -> None:
        self._shape: tuple[str, str, int] | None = None
        self._resampler = av.AudioResampler("s16", "mono", RATE)

    def of(self, frame: "AudioFrame") -> list[NDArray[np.int16]]:
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        ended: list[NDArray[np.int16]] = []
        if self._shape not in (None, shape):
            ended = self.rest()
            self._resampler = av.AudioResampler("s16", "mono", RATE)
        self._shape = shape
        frame.pts = None
        return [*ended, *(_array(one) for one in self._resampler.resample(frame))]

    def rest(self) -> list[NDArray[np.int16]]:
        try:
            return [_array(one) for one in self._resampler.resample(None) if one is not None]
        except DAMAGE:
            return []


def _array(frame: "AudioFrame") -> NDArray[np.int16]:
    return np.frombuffer(bytes(frame.planes[0]), np.int16, frame.samples)


def _opened(source: Path) -> "InputContainer":
    try:
        return av.open(str(source), "r", container_options=OPTIONS, metadata_errors="replace")
    except av.error.ArgumentError as error:  # what the whitelist refuses
        raise AudioUnsupported("not among the formats", format=_suffix(source)) from error
    except av.error.FileNotFoundError as error:
        raise FilesUnavailable("the file is gone") from error
    except DAMAGE as error:
        raise AudioUnreadable(f"cannot be opened: {type(error).__name__}") from error


def _stream_of(container: "InputContainer", source: Path) -> "AudioStream":
    name = _suffix(source)
    stream = next((one for one in container.streams.audio if one.codec_context is not None), None)
    if stream is None:
        raise AudioUnsupported(
            "no sound in it that could be decoded", format=name if container.streams.audio else f"{name} 🔇"
        )
    if stream.codec_context.name not in CODECS.split(","):
        raise AudioUnsupported("codec", format=stream.codec_context.name)
    stream.codec_context.thread_count = 1
    return stream


def _suffix(source: Path) -> str:
    """What a person calls the format."""
    return source.suffix.removeprefix(".").upper() or "?"
