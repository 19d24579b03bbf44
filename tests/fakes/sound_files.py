"""Sound and video files of every kind that people send, made on the spot; and broken ones. Same seed, same files."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from services.transcription.pyav_sound import Sound

SAMPLES = Path(__file__).parents[1] / "data" / "audio"
RATE = 16_000
VARIANTS = 200

Waves = NDArray[np.int16]
"""16 kHz mono."""


@dataclass(frozen=True, slots=True)
class Shape:
    container: str
    codec: str
    rate: int
    layout: str = "mono"
    video: str | None = None


SHAPES = {
    "ogg": Shape("ogg", "libopus", 48_000),
    "mp3": Shape("mp3", "libmp3lame", 44_100, "stereo"),
    "m4a": Shape("ipod", "aac", 44_100, "stereo"),
    "wav": Shape("wav", "pcm_s16le", 22_050),
    "flac": Shape("flac", "flac", 44_100, "stereo"),
    "mp4": Shape("mp4", "aac", 48_000, video="libx264"),
    "webm": Shape("webm", "libopus", 48_000, video="libvpx"),
}


def waves_of(sample: str | Path) -> Waves:
    return np.concatenate(list(Sound(SAMPLES / sample).samples()))


def encoded(waves: Waves, shape: Shape) -> bytes:
    made = BytesIO()
    with av.open(made, "w", format=shape.container, container_options={"fflags": "+bitexact"}) as container:
        sound = container.add_stream(shape.codec, rate=shape.rate, layout=shape.layout)
        assert isinstance(sound, av.AudioStream)
        sound.bit_rate = 64_000
        if shape.video is not None:
            _film(container, shape.video, len(waves) / RATE)
        for start in range(0, len(waves), RATE):
            frame = av.AudioFrame.from_ndarray(waves[None, start : start + RATE], format="s16", layout="mono")
            frame.sample_rate, frame.pts = RATE, start
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    return made.getvalue()


def _film(container: av.container.OutputContainer, codec: str, seconds: float) -> None:
    """A round face would do: ten grey pictures a second."""
    stream = container.add_stream(codec, rate=10, options={"threads": "1"})
    assert isinstance(stream, av.VideoStream)
    stream.width = stream.height = 64
    stream.pix_fmt = "yuv420p"
    for number in range(int(seconds * 10)):
        picture = np.full((64, 64, 3), number * 7 % 256, np.uint8)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
    container.mux(stream.encode(None))


def of_every_format(waves: Waves) -> dict[str, bytes]:
    return {name: encoded(waves, shape) for name, shape in SHAPES.items()}


def broken(whole: Mapping[str, bytes], count: int = VARIANTS, seed: int = 4) -> Iterator[tuple[str, bytes]]:
    """(File name, content): every format is broken in every way, again and again with other dice."""
    dice = random.Random(seed)
    for number in range(count):
        name = list(whole)[number % len(whole)]
        way = WAYS[number // len(whole) % len(WAYS)]
        yield f"{number:03}-{way.__name__.strip('_')}.{name}", way(whole[name], dice)


def _truncated(content: bytes, dice: random.Random) -> bytes:
    return content[: int(len(content) * dice.random())]


def _bits_flipped(content: bytes, dice: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(max(1, int(len(content) * 10 ** dice.uniform(-4, -1.5)))):
        damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
    return bytes(damaged)


def _header_mangled(content: bytes, dice: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(dice.randint(1, 12)):
        damaged[dice.randrange(4, min(600, len(damaged)))] = dice.randrange(256)
    return bytes(damaged)


def _header_overflowing(content: bytes, dice: random.Random) -> bytes:
    """Sizes, counts and rates of the greatest number there is."""
    place, length = dice.randrange(4, 200), dice.choice((2, 4, 8))
    return content[:place] + b"\x7f" + b"\xff" * (length - 1) + content[place + length :]


def _middle_lost(content: bytes, dice: random.Random) -> bytes:
    first, last = sorted(dice.sample(range(len(content)), 2))
    return content[:first] + content[last:]


def _zeroed(content: bytes, dice: random.Random) -> bytes:
    place, length = dice.randrange(len(content)), dice.randint(16, 4096)
    return (content[:place] + bytes(length) + content[place + length :])[: len(content)]


def _shuffled(content: bytes, dice: random.Random) -> bytes:
    blocks = [content[start : start + 2048] for start in range(0, len(content), 2048)]
    kept, rest = blocks[:1], blocks[1:]
    dice.shuffle(rest)
    return b"".join(kept + rest)


def _trailer_mangled(content: bytes, dice: random.Random) -> bytes:
    """The last kilobyte: indexes and trailers."""
    damaged = bytearray(content)
    for _ in range(20):
        damaged[-dice.randint(1, min(1024, len(damaged)))] = dice.randrange(256)
    return bytes(damaged)


WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _truncated,
    _bits_flipped,
    _header_mangled,
    _header_overflowing,
    _middle_lost,
    _zeroed,
    _shuffled,
    _trailer_mangled,
)
