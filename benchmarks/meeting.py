"""An hour of people talking: espeak-ng reads in several voices, in both languages, with pauses; what is said is known.

No phrase comes twice, so that what was heard can be compared with what was said word by word. Made once, then kept in
build/.
"""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from itertools import count
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from tests.emulators.openai.said import Said

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "build" / "long_recording"
KNOWLEDGE = ROOT / "knowledge" / "quiet-hour"
VOICES = {"ru": ("ru", "ru+f2", "ru+m3"), "en": ("en-gb", "en-us+f3", "en-us+m7")}
TURN = 5
"""Phrases before somebody else speaks; each second speaker speaks the other language."""
RATE, ESPEAK_RATE = 16_000, 22_050
BITS_PER_SECOND = 24_000
PAUSES = (0.4, 1.6)
LONG_PAUSE_EVERY, LONG_PAUSE = 60, 14.0
RESOLUTIONS = {
    "ru": "Значит, решили: номер {n} делаем до пятницы.",
    "en": "So we decided: number {n} is ready by friday.",
}

Sound = NDArray[np.int16]


def meeting(minutes: int) -> tuple[bytes, tuple[Said, ...]]:
    """Ogg Opus, and what is said in it and when."""
    sound, said = KEPT / f"{minutes}.ogg", KEPT / f"{minutes}.json"
    if not (sound.is_file() and said.is_file()):
        KEPT.mkdir(parents=True, exist_ok=True)
        spoken = _record(sound, minutes)
        said.write_text(json.dumps([astuple(one) for one in spoken], ensure_ascii=False), encoding="utf-8")
    return sound.read_bytes(), tuple(Said(*row) for row in json.loads(said.read_text(encoding="utf-8")))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower().replace("ё", "е"))


def _record(path: Path, minutes: int) -> list[Said]:
    said, position, end = [], 0, minutes * 60 * RATE
    random = np.random.default_rng(4)
    with av.open(str(path), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono", options={"application": "voip"})
        stream.bit_rate = BITS_PER_SECOND
        for number, (text, voice) in enumerate(_script()):
            phrase = _spoken(text, voice)
            pause = LONG_PAUSE if number % LONG_PAUSE_EVERY == LONG_PAUSE_EVERY - 1 else random.uniform(*PAUSES)
            if position + len(phrase) > end:
                break
            said.append(Said(position / RATE, (position + len(phrase)) / RATE, text))
            with_pause = np.concatenate([phrase, np.zeros(int(pause * RATE), np.int16)])
            for frame in _frames(with_pause, position):
                container.mux(stream.encode(frame))
            position += len(with_pause)
        container.mux(stream.encode(None))
    return said


def _frames(sound: Sound, position: int) -> Iterator[av.AudioFrame]:
    for start in range(0, len(sound), RATE):
        frame = av.AudioFrame.from_ndarray(sound[None, start : start + RATE], format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, position + start
        yield frame


def _script() -> Iterator[tuple[str, str]]:
    """(phrase, voice), for ever; none twice."""
    phrases = {language: _phrases(language) for language in VOICES}
    seen: set[str] = set()
    for turn in count():
        language = "ru" if turn % 2 == 0 else "en"
        voice = VOICES[language][turn // 2 % len(VOICES[language])]
        for _ in range(TURN):
            text = next(phrase for phrase in phrases[language] if phrase not in seen)
            seen.add(text)
            yield text, voice
        yield RESOLUTIONS[language].format(n=turn + 1), voice


def _phrases(language: str) -> Iterator[str]:
    """Sentences of the starter brand; when they are used up, again with numbers in front."""
    whole = _sentences(sorted((KNOWLEDGE / language).glob("*.md")))
    for number in count():
        for place, sentence in enumerate(whole):
            yield f"{number * len(whole) + place}. {sentence}" if number else sentence


def _sentences(files: Sequence[Path]) -> list[str]:
    text = "\n".join(file.read_text(encoding="utf-8").partition("\n---\n")[2] for file in files)
    prose = [line for line in text.splitlines() if line and line[0].isalpha() and "|" not in line]
    found = (
        part.strip() for line in prose for part in re.split(r"(?<=[.!?])\s+", re.sub(r"[*_`«»\"()\[\]]", "", line))
    )
    return list(dict.fromkeys(one for one in found if 4 <= len(one.split()) <= 30))


def _spoken(text: str, voice: str) -> Sound:
    command = ["espeak-ng", "-v", voice, "--stdout", text]
    spoken = subprocess.run(command, check=True, capture_output=True).stdout
    sound = np.frombuffer(spoken[44:], np.int16)  # a WAV with a header of 44 bytes
    places = np.arange(0, len(sound) - 1, ESPEAK_RATE / RATE)
    resampled: Sound = np.interp(places, np.arange(len(sound)), sound).astype(np.int16)
    return resampled
