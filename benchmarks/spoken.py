"""Long recordings to measure with: espeak-ng reads, PyAV encodes as Telegram's apps do."""

import subprocess
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE = 16_000
VOICES = ("ru", "en-gb", "ru+f2", "en-us+f3", "ru+m3")
TEXTS = (
    "Коллеги, давайте начнём. Первым делом посмотрим на летнюю кампанию чая с мятой. Мне нравится мысль про тишину, "
    "но слоган пока слишком длинный. Кто возьмёт на себя короткий вариант до пятницы?",
    "I would keep the calm tone. Last year the loud campaign sold well in June, and nobody remembered it in August. "
    "Let us decide: three posters, one film, no exclamation marks.",
    "Хорошо, записываю решение: три плаката и один ролик. Бюджет прежний. Следующая встреча во вторник, в одиннадцать "
    "часов, и приходите с идеями для осени.",
)


def speak(path: Path, minutes: float, *, format_name: str = "ogg", codec: str = "libopus") -> Path:
    """A meeting of so many minutes: phrases of several voices, pauses of 0.4–1.5 s, now and then 15 s of silence."""
    with av.open(str(path), "w", format=format_name) as container:
        stream = container.add_stream(codec, rate=48_000 if codec == "libopus" else RATE, layout="mono")
        stream.bit_rate = 32_000
        for position, samples in _seconds(minutes):
            frame = av.AudioFrame.from_ndarray(samples[None, :], format="s16", layout="mono")
            frame.sample_rate = RATE
            frame.pts = position
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _seconds(minutes: float) -> Iterator[tuple[int, NDArray[np.int16]]]:
    total, position = int(minutes * 60 * RATE), 0
    random = np.random.default_rng(4)
    phrases = [_said(text, voice) for text in TEXTS for voice in VOICES]
    for number, phrase in enumerate(cycle(phrases)):
        pause = 15.0 if number % 23 == 22 else random.uniform(0.4, 1.5)
        sound = np.concatenate([phrase, np.zeros(int(pause * RATE), np.int16)])
        hiss = random.normal(0, 20, len(sound))
        sound = np.clip(sound + hiss, -32768, 32767).astype(np.int16)[: total - position]
        for start in range(0, len(sound), RATE):
            yield position + start, sound[start : start + RATE]
        position += len(sound)
        if position >= total:
            return


def _said(text: str, voice: str) -> NDArray[np.int16]:
    spoken = subprocess.run(["espeak-ng", "-v", voice, "--stdout", text], check=True, capture_output=True).stdout
    sound = np.frombuffer(spoken[44:], np.int16)  # a WAV of 22,050 Hz
    places = np.arange(0, len(sound) - 1, 22_050 / RATE)
    return np.interp(places, np.arange(len(sound)), sound).astype(np.int16)
