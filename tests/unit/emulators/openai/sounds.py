"""Sounds that nobody speaks in."""

import numpy as np

from tests.fakes.sound_files import RATE, Waves


def tone(seconds: float, hertz: float = 440.0, loudness: float = 0.3) -> Waves:
    """Swells and fades three times a second."""
    at = np.arange(round(seconds * RATE)) / RATE
    swell = 0.5 + 0.5 * np.sin(2 * np.pi * 3 * at)
    return np.asarray(32_767 * loudness * swell * np.sin(2 * np.pi * hertz * at), np.int16)


def pause(seconds: float) -> Waves:
    return np.zeros(round(seconds * RATE), np.int16)
