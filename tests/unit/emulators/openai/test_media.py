import base64
import io
import math
import struct
import wave
import zlib
from pathlib import Path

import pytest
from openai import AsyncOpenAI, BadRequestError

from tests.emulators.openai import OpenAIEmulator


def cosine(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def silence(seconds: float) -> bytes:
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(int(seconds * 8000) * 2))
    return sound.getvalue()


async def test_similar_texts_have_near_embeddings(client: AsyncOpenAI) -> None:
    texts = ["Цена банки чая", "Сколько стоит банка чая, какие цены", "Расписание ночных автобусов", "Цена банки чая"]
    answer = await client.embeddings.create(model="text-embedding-3-small", input=texts, encoding_format="float")
    price, prices, buses, again = (row.embedding for row in answer.data)
    assert len(price) == 1536
    assert math.isclose(cosine(price, price), 1, rel_tol=1e-6)
    assert cosine(price, prices) > cosine(price, buses) + 0.2
    assert price == again
    assert answer.usage.prompt_tokens > 10


async def test_embeddings_as_base64_are_the_same_numbers(client: AsyncOpenAI) -> None:
    plain = await client.embeddings.create(model="m", input="чай", dimensions=64, encoding_format="float")
    packed = await client.embeddings.create(model="m", input="чай", dimensions=64)  # base64 is the client's default
    assert packed.data[0].embedding == pytest.approx(plain.data[0].embedding, abs=1e-6)
    assert len(plain.data[0].embedding) == 64


async def test_token_arrays_are_embedded_as_their_text(client: AsyncOpenAI) -> None:
    text = await client.embeddings.create(model="text-embedding-3-small", input="hello", dimensions=32)
    ids = await client.embeddings.create(model="text-embedding-3-small", input=[15339], dimensions=32)
    assert text.data[0].embedding == ids.data[0].embedding


@pytest.mark.parametrize("given", ["", [], ["чай", ""], ["чай"] * 2049, "чай " * 9000])
async def test_embeddings_refuse_what_openai_refuses(client: AsyncOpenAI, given: str | list[str]) -> None:
    with pytest.raises(BadRequestError):
        await client.embeddings.create(model="text-embedding-3-small", input=given)


async def test_a_registered_recording_is_transcribed(client: AsyncOpenAI, emulator: OpenAIEmulator) -> None:
    recording = silence(4.0)
    emulator.transcripts.add(recording, "Нужен пост о чае. Без спешки.")
    verbose = await client.audio.transcriptions.create(
        model="whisper-1", file=("voice.wav", recording), response_format="verbose_json"
    )
    assert verbose.text == "Нужен пост о чае. Без спешки."
    assert verbose.duration == 4.0
    assert verbose.segments is not None
    assert [segment.text for segment in verbose.segments] == [" Нужен пост о чае.", " Без спешки."]
    assert verbose.segments[-1].end == 4.0
    plain = await client.audio.transcriptions.create(model="whisper-1", file=("voice.wav", recording))
    assert plain.text == verbose.text
    srt = await client.audio.transcriptions.create(
        model="whisper-1", file=("voice.wav", recording), response_format="srt"
    )
    assert srt.startswith("1\n00:00:00,000 --> ")


async def test_a_sidecar_gives_the_text(client: AsyncOpenAI, emulator: OpenAIEmulator, tmp_path: Path) -> None:
    (tmp_path / "voice.ogg.txt").write_text("A post about tea.", encoding="utf-8")
    emulator.transcripts = type(emulator.transcripts)(tmp_path)
    heard = await client.audio.transcriptions.create(model="whisper-1", file=("voice.ogg", b"OggS-bytes"))
    assert heard.text == "A post about tea."
    unknown = await client.audio.transcriptions.create(model="whisper-1", file=("other.ogg", b"OggS-other"))
    assert "made without a model" in unknown.text


@pytest.mark.parametrize(("name", "recording"), [("voice.txt", b"x"), ("voice.ogg", b"")])
async def test_a_recording_that_cannot_be_one_is_refused(client: AsyncOpenAI, name: str, recording: bytes) -> None:
    with pytest.raises(BadRequestError):
        await client.audio.transcriptions.create(model="whisper-1", file=(name, recording))


async def test_a_picture_is_a_png_of_the_size_asked_for(client: AsyncOpenAI) -> None:
    answer = await client.images.generate(model="gpt-image-1", prompt="Окно в 13:00", size="1024x1024", n=2)
    assert answer.data is not None
    pictures = [base64.b64decode(picture.b64_json or "") for picture in answer.data]
    assert pictures[0] != pictures[1]
    for picture in pictures:
        assert picture.startswith(b"\x89PNG\r\n\x1a\n")
        assert struct.unpack(">II", picture[16:24]) == (1024, 1024)
        start = picture.index(b"IDAT") + 4
        assert len(zlib.decompress(picture[start:-16])) == 1024 * (1024 * 3 + 1)
    assert "без модели" in (answer.data[0].revised_prompt or "")


async def test_moderation_flags_threats(client: AsyncOpenAI) -> None:
    calm, threat = (await client.moderations.create(input=["Чай остыл", "Я тебя убью"])).results
    assert not calm.flagged
    assert threat.flagged
    assert threat.categories.violence
