"""Every format that people send, and what only looks like one."""

import wave
from pathlib import Path

import av
import numpy as np
import pytest

from services.domain.errors import AudioUnreadable, AudioUnsupported, FilesUnavailable
from services.transcription.pyav_sound import LONGEST_GAP, Sound
from tests.fakes.sound_files import RATE, SAMPLES, SHAPES, Shape, Waves, encoded, waves_of


def heard(path: Path) -> tuple[Waves, Sound]:
    sound = Sound(path)
    bits = list(sound.samples())
    return (np.concatenate(bits) if bits else np.zeros(0, np.int16)), sound


def alike(one: Waves, other: Waves) -> float:
    """How much the loudness of two recordings moves together, by 20 ms: 1 is the same. Some encoders
    shift what they write: what fits best within 0.1 s counts."""
    size = 320
    envelopes = [
        np.abs(waves[: len(waves) // size * size].astype(np.float64)).reshape(-1, size).mean(axis=1)
        for waves in (one, other)
    ]
    count = min(map(len, envelopes)) - 10
    middle = envelopes[1][5:][:count]
    return max(float(np.corrcoef(envelopes[0][shift:][:count], middle)[0, 1]) for shift in range(11))


@pytest.fixture(scope="module")
def spoken() -> Waves:
    return waves_of("ask-en.ogg")


@pytest.mark.parametrize("name", SHAPES)
def test_every_format_is_heard(name: str, spoken: Waves, tmp_path: Path) -> None:
    path = tmp_path / f"spoken.{name}"
    path.write_bytes(encoded(spoken, SHAPES[name]))
    waves, sound = heard(path)
    assert not sound.is_damaged
    assert sound.facts.duration_ms == pytest.approx(2_561, abs=60)
    assert len(waves) / RATE == pytest.approx(2.561, abs=0.06)
    assert alike(waves, spoken) > 0.98


@pytest.mark.parametrize(
    "shape",
    [
        Shape("amr", "libopencore_amrnb", 8_000),
        Shape("ipod", "alac", 44_100, "stereo"),
        Shape("wav", "pcm_mulaw", 8_000),
        Shape("wav", "pcm_u8", 11_025),
        Shape("aiff", "pcm_s16be", 44_100),
        Shape("asf", "wmav2", 44_100, "stereo"),
        Shape("mp4", "ac3", 48_000, "5.1"),
        Shape("adts", "aac", 44_100),
    ],
    ids=lambda shape: f"{shape.container}-{shape.codec}",
)
def test_what_phones_and_recorders_write(shape: Shape, spoken: Waves, tmp_path: Path) -> None:
    path = tmp_path / "spoken"
    path.write_bytes(encoded(spoken, shape))
    waves, _ = heard(path)
    assert alike(waves, spoken) > 0.9


def test_the_real_voice() -> None:
    waves, sound = heard(SAMPLES / "jfk.flac")
    assert len(waves) == 11 * RATE
    assert sound.facts.container == "flac"


def test_clipped_and_one_sided_stereo(spoken: Waves, tmp_path: Path) -> None:
    path = tmp_path / "left.wav"
    sides = np.stack([np.clip(spoken.astype(np.int32) * 8, -32768, 32767).astype(np.int16), np.zeros_like(spoken)], 1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sides.tobytes())
    waves, _ = heard(path)
    assert alike(waves, sides[:, 0]) > 0.99


@pytest.mark.parametrize("name", ["ogg", "mp3", "wav", "flac", "webm"])
def test_what_is_cut_off_is_read_to_where_it_goes(name: str, spoken: Waves, tmp_path: Path) -> None:
    path = tmp_path / f"cut.{name}"
    whole = encoded(spoken, SHAPES[name])
    path.write_bytes(whole[: len(whole) * 6 // 10])
    waves, _ = heard(path)
    assert 0.9 < len(waves) / RATE < 1.9
    assert alike(waves, spoken) > 0.95


@pytest.mark.parametrize("name", ["m4a", "mp4"])
def test_an_index_that_was_never_written_is_unreadable(name: str, spoken: Waves, tmp_path: Path) -> None:
    path = tmp_path / f"cut.{name}"
    whole = encoded(spoken, SHAPES[name])
    path.write_bytes(whole[: len(whole) * 6 // 10])
    with pytest.raises(AudioUnreadable):
        Sound(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{sample}\n#EXT-X-ENDLIST\n"),
        ("ogg", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://{sample}\n#EXT-X-ENDLIST\n"),
        ("txt", "ffconcat version 1.0\nfile {sample}\n"),
        ("pls", "[playlist]\nFile1=http://127.0.0.1:1/a.mp3\nNumberOfEntries=1\n"),
    ],
)
def test_a_playlist_opens_no_other_file(name: str, content: str, tmp_path: Path) -> None:
    path = tmp_path / f"list.{name}"
    path.write_text(content.format(sample=SAMPLES / "idea-ru.ogg"))
    with pytest.raises(AudioUnreadable):
        Sound(path)


def test_a_picture_and_a_silent_film_are_unsupported(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    with av.open(str(film), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        assert isinstance(stream, av.VideoStream)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        container.mux(stream.encode(None))
    with pytest.raises(AudioUnsupported) as refused:
        Sound(film)
    assert refused.value.facts == {"format": "MP4 🔇"}


def test_a_codec_that_is_not_read_here_is_named(spoken: Waves, tmp_path: Path) -> None:
    path = tmp_path / "strange.mkv"
    path.write_bytes(encoded(spoken, Shape("matroska", "tta", 44_100)))
    with pytest.raises(AudioUnsupported) as refused:
        Sound(path)
    assert refused.value.facts == {"format": "tta"}


def test_empty_and_gone(tmp_path: Path) -> None:
    (tmp_path / "empty.ogg").touch()
    with pytest.raises(AudioUnreadable):
        Sound(tmp_path / "empty.ogg")
    with pytest.raises(FilesUnavailable):
        Sound(tmp_path / "gone.ogg")


def film_with_gap(path: Path, spoken: Waves, gap: float) -> None:
    """A recorder that writes nothing while nobody speaks."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(spoken[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE, 0
        packets = [*stream.encode(frame), *stream.encode(None)]
        base = packets[0].time_base
        assert base is not None
        for number in range(2):
            for packet in packets:
                again = av.Packet(bytes(packet))
                again.stream, again.time_base = stream, base
                again.pts = again.dts = (packet.pts or 0) + number * int((len(spoken) / RATE + gap) / base)
                container.mux(again)


def test_time_that_was_not_recorded_is_silence(spoken: Waves, tmp_path: Path) -> None:
    film_with_gap(tmp_path / "gap.webm", spoken, 8.0)
    waves, _ = heard(tmp_path / "gap.webm")
    assert len(waves) / RATE == pytest.approx(2 * len(spoken) / RATE + 8.0, abs=0.15)
    assert np.abs(waves[4 * RATE : 9 * RATE]).max() == 0


def test_a_time_out_of_this_world_is_not_believed(spoken: Waves, tmp_path: Path) -> None:
    film_with_gap(tmp_path / "gap.webm", spoken, LONGEST_GAP * 100)
    waves, _ = heard(tmp_path / "gap.webm")
    assert len(waves) / RATE == pytest.approx(2 * len(spoken) / RATE, abs=0.15)
