"""The emulated listener knows what it was told is in a recording, however the recording is cut and encoded."""

import json
from itertools import pairwise

import numpy as np
import pytest

from tests.emulators.openai.said import Said
from tests.emulators.openai.transcripts import INVENTED, Transcripts
from tests.fakes.sound_files import RATE, SAMPLES, SHAPES, Waves, encoded, waves_of
from tests.unit.emulators.openai.sounds import pause, tone

TEXTS: dict[str, str] = json.loads((SAMPLES / "texts.json").read_text(encoding="utf-8"))
SPOKEN = {name: text for name, text in TEXTS.items() if text}
OGG = SHAPES["ogg"]


@pytest.fixture(scope="module")
def transcripts() -> Transcripts:
    known = Transcripts()
    known.load(SAMPLES)
    return known


def meeting() -> tuple[Waves, list[Said]]:
    """All samples one after the other, half a second between them."""
    parts: list[Waves] = []
    said: list[Said] = []
    at = 0.0
    for name, text in SPOKEN.items():
        waves = waves_of(name)
        said.append(Said(at, at + len(waves) / RATE, text))
        parts += [waves, pause(0.5)]
        at += len(waves) / RATE + 0.5
    return np.concatenate(parts), said


@pytest.mark.parametrize("name", SPOKEN)
@pytest.mark.parametrize("shape", ["ogg", "mp3", "wav"])
def test_a_sample_is_known_in_any_format(transcripts: Transcripts, name: str, shape: str) -> None:
    heard = transcripts.hear(encoded(waves_of(name), SHAPES[shape]), "voice.ogg")
    assert heard.text == SPOKEN[name]
    assert not heard.invented
    assert heard.seconds == pytest.approx(len(waves_of(name)) / RATE, abs=0.1)


@pytest.mark.parametrize("name", SPOKEN)
def test_a_sample_is_known_softer_and_with_other_silence_around(transcripts: Transcripts, name: str) -> None:
    loud = np.flatnonzero(np.abs(waves_of(name)) > 500)
    speech = waves_of(name)[loud[0] : loud[-1]]
    around = np.concatenate([pause(0.7), np.asarray(speech * 0.6, np.int16), pause(0.2)])
    heard = transcripts.hear(encoded(around, OGG), "voice.ogg")
    assert heard.text == SPOKEN[name]
    assert heard.sentences[0].start == pytest.approx(0.7, abs=0.15)


def test_pieces_of_a_meeting_say_each_word_once_and_when() -> None:
    waves, said = meeting()
    known = Transcripts()
    known.add(encoded(waves, SHAPES["mp3"]), said)
    cuts = [0, *range(RATE * 7, len(waves), RATE * 9), len(waves)]
    pieces = [known.hear(encoded(waves[start:end], OGG), "p.ogg") for start, end in pairwise(cuts)]
    assert " ".join(piece.text for piece in pieces) == " ".join(one.text for one in said)
    for start, piece in zip(cuts, pieces, strict=False):
        for one in piece.sentences:
            whole = next(sentence for sentence in said if one.text in sentence.text)
            assert whole.start - 0.1 <= start / RATE + one.start <= start / RATE + one.end <= whole.end + 0.1


def test_phrases_of_several_recordings_are_known_one_by_one(transcripts: Transcripts) -> None:
    both = np.concatenate([waves_of("again-ru.ogg"), pause(0.8), waves_of("ask-en.ogg")])
    heard = transcripts.hear(encoded(both, OGG), "voice.ogg")
    assert heard.text == f"{SPOKEN['again-ru.ogg']} {SPOKEN['ask-en.ogg']}"
    assert heard.sentences[0].end <= heard.sentences[1].start


@pytest.mark.parametrize("waves", [waves_of("jfk.flac"), tone(3.0)], ids=["a stranger", "a tone"])
def test_what_it_was_not_told_of_is_described(transcripts: Transcripts, waves: Waves) -> None:
    assert "made without a model" in transcripts.hear(encoded(waves, OGG), "voice.ogg").text


@pytest.mark.parametrize("waves", [pause(3.0), waves_of("silence.ogg"), waves_of("music.ogg")])
def test_where_nobody_speaks_it_invents_words(transcripts: Transcripts, waves: Waves) -> None:
    heard = transcripts.hear(encoded(waves, OGG), "voice.ogg")
    assert heard.invented
    assert heard.text in INVENTED


def test_what_is_told_twice_is_told_anew() -> None:
    known = Transcripts()
    for text in ("Один.", "Два."):
        known.add((SAMPLES / "ask-ru.ogg").read_bytes(), text)
    assert known.hear(encoded(waves_of("ask-ru.ogg"), OGG), "voice.ogg").text == "Два."
    assert len(known) == 1
