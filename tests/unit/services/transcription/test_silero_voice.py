"""Voices are told from music, noise and silence, however loud they are."""

import numpy as np
import pytest

from services.transcription.silero_voice import BLOCK, CHUNK, SileroVoice
from tests.fakes.sound_files import RATE, Waves, waves_of

VOICES = ("idea-ru.ogg", "ask-en.ogg", "jfk.flac", "approve-ru.ogg", "again-en.ogg")


def share_of_speech(waves: Waves, voice: SileroVoice | None = None) -> float:
    voice = voice or SileroVoice()
    padded = np.pad(waves, (0, -len(waves) % CHUNK))
    likelihoods = np.concatenate(
        [voice.likelihoods(padded[start : start + BLOCK])[0] for start in range(0, len(padded), BLOCK)]
    )
    return float((likelihoods >= 0.5).mean())


def at(waves: Waves, decibels: float) -> Waves:
    changed: Waves = np.clip(waves * 10 ** (decibels / 20), -32768, 32767).astype(np.int16)
    return changed


def noise(seconds: float, decibels: float) -> Waves:
    return at((np.random.default_rng(1).standard_normal(int(seconds * RATE)) * 8_000).astype(np.int16), decibels)


@pytest.mark.parametrize("name", VOICES)
@pytest.mark.parametrize("decibels", [0, -30, -45, 30], ids=["as spoken", "quiet", "very quiet", "clipped"])
def test_voices(name: str, decibels: float) -> None:
    assert share_of_speech(at(waves_of(name), decibels)) > 0.3


@pytest.mark.parametrize("name", VOICES[:3])
def test_voices_over_music_and_noise(name: str) -> None:
    voice = at(waves_of(name), -6)
    music = at(np.resize(waves_of("music.ogg"), len(voice)), -8)
    assert share_of_speech(voice + music) > 0.3
    assert share_of_speech(voice + noise(len(voice) / RATE, -24)[: len(voice)]) > 0.3


def test_a_quiet_voice_after_a_slammed_door() -> None:
    door, voice = noise(0.3, 9), at(waves_of("idea-ru.ogg"), -40)
    waves = np.concatenate([door, np.tile(voice, 4)])
    assert share_of_speech(waves[-len(voice) * 2 :]) > 0.3
    assert share_of_speech(waves) > 0.3


@pytest.mark.parametrize(
    "waves",
    [
        waves_of("music.ogg"),
        at(waves_of("music.ogg"), -30),
        waves_of("silence.ogg"),
        np.zeros(5 * RATE, np.int16),
        noise(5, 0),
        noise(5, -30),
        noise(5, -70),
        (np.sin(np.arange(5 * RATE) * 2 * np.pi * 50 / RATE) * 9_000).astype(np.int16),
        (np.arange(5 * RATE) % 8_000 < 20).astype(np.int16) * 30_000,
    ],
    ids=["music", "quiet music", "room", "nothing", "loud noise", "noise", "hiss", "hum", "clicks"],
)
def test_nobody_speaks(waves: Waves) -> None:
    assert share_of_speech(waves) == 0


def test_loudness_is_that_of_the_recording_not_of_what_was_made_louder() -> None:
    _, loudness = SileroVoice().likelihoods(np.full(CHUNK * 2, 3_277, np.int16))
    assert loudness == pytest.approx([0.1, 0.1], abs=1e-3)
