"""Voices from the page: as Telegram's own apps would send them, with the words the demo is to hear."""

import io
from collections.abc import AsyncIterator

import av
import httpx
import pytest
from fastapi import FastAPI

from tests.emulators.demo.sound import as_video_note, as_voice, has_picture, seconds_of
from tests.emulators.demo.speaking import SAMPLES, speaking_router
from tests.emulators.openai.humming import hum
from tests.emulators.openai.speech import encoded
from tests.emulators.openai.transcripts import Transcripts
from tests.emulators.telegram import TelegramEmulator

SPOKEN = (SAMPLES / "idea-en.ogg").read_bytes()
RECORDED = encoded(hum("Тихая полка. " * 6, "coral"), "flac")
"""Some other sound, in a format that Telegram's voice messages do not have."""


class Demo:
    def __init__(self, http: httpx.AsyncClient, telegram: TelegramEmulator, transcripts: Transcripts) -> None:
        self.http, self.telegram, self.transcripts = http, telegram, transcripts
        self.anya = telegram.add_person("Аня", language_code="ru")

    async def speaks(self, kind: str, sound: bytes, words: str | None = None, **more: str) -> httpx.Response:
        fields = {"person": str(self.anya.id), "kind": kind, **({} if words is None else {"words": words}), **more}
        address = f"/demo/chats/{self.anya.id}/speech"
        return await self.http.post(address, data=fields, files={"file": ("recording.webm", sound)})

    def sent(self) -> bytes:
        message = self.anya.messages()[-1]
        media = message.voice or message.video_note or message.audio
        assert media is not None
        return self.telegram.state.files.get(media.file_id).data


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    telegram, transcripts, app = TelegramEmulator(seed=1), Transcripts(), FastAPI()
    app.include_router(speaking_router(telegram, transcripts))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://demo") as http:
        yield Demo(http, telegram, transcripts)


async def test_a_recording_becomes_a_voice_message_that_says_the_words(demo: Demo) -> None:
    answer = await demo.speaks("voice", RECORDED, "сделай  два\nслогана")
    assert answer.status_code == 201
    voice = answer.json()["voice"]
    assert (voice["mime_type"], voice["duration"]) == ("audio/ogg", seconds_of(RECORDED))
    assert b"OpusHead" in demo.sent()[:200]
    assert demo.transcripts.hear(demo.sent(), "voice.ogg").text == "сделай два слогана"


async def test_a_sample_is_sent_as_it_is(demo: Demo) -> None:
    await demo.speaks("voice", SPOKEN, "Give me five slogans")
    assert demo.sent() == SPOKEN


async def test_a_voice_becomes_a_video_note_that_is_heard_as_well(demo: Demo) -> None:
    answer = await demo.speaks("video_note", SPOKEN, "Give me five slogans")
    assert answer.json()["video_note"]["duration"] == seconds_of(SPOKEN)
    assert has_picture(demo.sent())
    assert demo.transcripts.hear(demo.sent(), "note.mp4").text == "Give me five slogans"
    again = await demo.speaks("video_note", demo.sent(), "the same")
    assert again.status_code == 201, "what has a picture stays as it is"


async def test_an_audio_file_keeps_its_name_and_its_bytes(demo: Demo) -> None:
    answer = await demo.speaks("audio", RECORDED)
    assert answer.json()["audio"]["file_name"] == "recording.webm"
    assert demo.sent() == RECORDED
    assert "made without a model" in demo.transcripts.hear(RECORDED, "recording.webm").text, "nothing was told"


async def test_a_spoken_reply_answers_its_message(demo: Demo) -> None:
    asked = await demo.anya.says("вот бриф")
    answer = await demo.speaks("voice", SPOKEN, "короче", reply_to=str(asked.message_id))
    assert answer.json()["reply_to_message"]["message_id"] == asked.message_id


@pytest.mark.parametrize("sound", [b"", b"no sound at all"])
async def test_what_is_no_sound_is_refused(demo: Demo, sound: bytes) -> None:
    for kind in ("voice", "video_note"):
        assert (await demo.speaks(kind, sound, "слова")).status_code == 400
    assert demo.anya.messages() == []


async def test_samples_are_listed_with_what_they_say_and_can_be_played(demo: Demo) -> None:
    samples = {one["name"]: one for one in (await demo.http.get("/demo/samples")).json()}
    assert samples["idea-en.ogg"]["language"] == "en"
    assert samples["idea-en.ogg"]["text"].startswith("Give me five slogans")
    assert (samples["silence.ogg"]["text"], samples["silence.ogg"]["language"]) == ("", None)
    assert all(one["seconds"] >= 1 for one in samples.values())
    assert (await demo.http.get("/demo/samples/idea-en.ogg")).content == SPOKEN


@pytest.mark.parametrize("name", ["texts.json", "..%2F..%2Fconftest.py", "nothing.ogg", "jfk.flac"])
async def test_nothing_else_is_given_out(demo: Demo, name: str) -> None:
    assert (await demo.http.get(f"/demo/samples/{name}")).status_code == 404


async def test_a_video_note_is_what_telegram_makes_of_one() -> None:
    with av.open(io.BytesIO(as_video_note(SPOKEN)), "r") as note:
        video, audio = note.streams.video[0], note.streams.audio[0]
        assert (video.width, video.height, video.codec_context.name) == (240, 240, "h264")
        assert audio.codec_context.name == "aac"
    assert await as_voice(SPOKEN) == SPOKEN
