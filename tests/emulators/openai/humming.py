"""A voice without a model: it hums a text, one tone a vowel, with pauses where the text has them.

Nobody can understand it, and everybody hears that it is this text: as many syllables, sentences and paragraphs.
"""

import io
import math
import wave
from array import array
from functools import lru_cache

RATE = 24_000
"""Samples a second: that of OpenAI's voices."""
SYLLABLE_SECONDS = 0.15
PAUSES = {" ": 0.03, ",": 0.12, ";": 0.15, ":": 0.15, ".": 0.25, "!": 0.25, "?": 0.25, "…": 0.3, "\n": 0.25}
"""Seconds after a sign."""
VOWELS = {vowel: at for at, group in enumerate(("аaяá", "оo0ё", "уuю", "эеe3", "иiы1", "y")) for vowel in group}
FORMANTS = ((730, 1090), (570, 840), (300, 870), (530, 1840), (270, 2290), (440, 1720))
"""Hertz: of a, o, u, e, i and y (Peterson and Barney, 1952)."""
PITCHES = {"alloy": 150, "ash": 115, "ballad": 125, "cedar": 110, "coral": 200, "echo": 120, "fable": 160, "marin": 190}
OTHER_PITCH = 170


def hum(text: str, voice: str) -> bytes:
    """16-bit mono samples. Each sentence falls in pitch a little, as in speech."""
    base, sound, fall = PITCHES.get(voice, OTHER_PITCH), bytearray(), 0
    for letter in text.lower():
        if letter in VOWELS:
            sound += _syllable(VOWELS[letter], base - min(fall, 8) * 3)
            fall += 1
        elif letter in PAUSES:
            sound += bytes(2 * int(PAUSES[letter] * RATE))
            fall = fall if letter in " ,;:" else 0
    return bytes(sound or bytes(2 * int(0.3 * RATE)))


def as_wav(samples: bytes) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples)
    return written.getvalue()


@lru_cache(maxsize=512)
def _syllable(vowel: int, pitch: int) -> bytes:
    """Harmonics of the pitch, the stronger the nearer they are to the vowel's formants."""
    count = int(SYLLABLE_SECONDS * RATE)
    weights = {
        harmonic * pitch: sum(math.exp(-(((harmonic * pitch - formant) / 150) ** 2)) for formant in FORMANTS[vowel])
        + 0.15 / harmonic
        for harmonic in range(1, 16)
    }
    loudest = sum(weights.values())
    samples = array("h")
    for at in range(count):
        envelope = math.sin(math.pi * at / count) ** 0.6
        tone = sum(weight * math.sin(2 * math.pi * hertz * at / RATE) for hertz, weight in weights.items())
        samples.append(int(14_000 * envelope * tone / loudest))
    return samples.tobytes()
