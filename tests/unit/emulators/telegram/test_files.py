"""Files both ways: uploads of the bot, attachments of people, downloads."""

from pathlib import Path

import httpx
import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.types import BufferedInputFile, InputMediaDocument, InputMediaPhoto, Message

from tests.emulators.telegram import Person, RunningServer, audio, document, photo, video_note, voice

AUDIO = Path(__file__).parents[3] / "data" / "audio"
MEGABYTE = 1024 * 1024


async def test_a_voice_message_is_downloaded(bot: Bot, anya: Person) -> None:
    (sent,) = await anya.sends(voice(b"OggS-sound", duration=4), caption="listen")
    (update,) = await bot.get_updates()
    assert update.message is not None
    received = update.message.voice
    assert received is not None
    assert (received.duration, received.file_size, received.mime_type) == (4, 10, "audio/ogg")
    file = await bot.get_file(received.file_id)
    assert file.file_path is not None
    content = await bot.download_file(file.file_path)
    assert content is not None
    assert content.read() == b"OggS-sound"
    assert sent.caption == "listen"


@pytest.mark.parametrize(
    ("attachment", "kind"),
    [
        (photo(b"jpeg"), "photo"),
        (audio(b"mp3"), "audio"),
        (document(b"%PDF", "brand.pdf"), "document"),
        (video_note(b"mp4"), "video_note"),
    ],
)
async def test_people_send_files(bot: Bot, anya: Person, attachment: object, kind: str) -> None:
    await anya.sends(attachment)  # type: ignore[arg-type]
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.content_type == kind


async def test_an_album_has_one_caption_and_one_id(bot: Bot, anya: Person) -> None:
    await anya.sends(photo(b"1"), photo(b"2"), photo(b"3"), caption="/idea for these")
    messages = [update.message for update in await bot.get_updates() if update.message]
    assert len({message.media_group_id for message in messages}) == 1
    assert messages[0].media_group_id
    assert [message.caption for message in messages] == ["/idea for these", None, None]


async def test_big_files_cannot_be_downloaded(bot: Bot, anya: Person) -> None:
    big, fits = document(b"x" * (20 * MEGABYTE + 1), "big.bin"), document(b"x" * (20 * MEGABYTE), "fits.bin")
    for attachment, accepted in ((big, False), (fits, True)):
        (sent,) = await anya.sends(attachment)
        assert sent.document is not None
        if accepted:
            assert (await bot.get_file(sent.document.file_id)).file_size == 20 * MEGABYTE
        else:
            with pytest.raises(TelegramBadRequest, match="file is too big"):
                await bot.get_file(sent.document.file_id)
    with pytest.raises(TelegramBadRequest, match="wrong file_id or the file is temporarily unavailable"):
        await bot.get_file("nonsense")


async def test_the_bot_sends_and_reuses_files(bot: Bot, anya: Person, lev: Person) -> None:
    file = BufferedInputFile("идеи".encode(), "ideas.md")
    sent = await bot.send_document(anya.id, file, caption="<b>Идеи</b>", parse_mode="HTML")
    assert sent.document is not None
    assert (sent.document.file_name, sent.caption) == ("ideas.md", "Идеи")
    again = await bot.send_document(lev.id, sent.document.file_id)
    assert again.document is not None
    assert again.document.file_id == sent.document.file_id
    bubble = (AUDIO / "approve-en.ogg").read_bytes()
    spoken = await bot.send_voice(anya.id, BufferedInputFile(bubble, "v.ogg"), duration=3)
    assert spoken.voice is not None
    assert (spoken.voice.duration, spoken.voice.mime_type) == (3, "audio/ogg")
    with pytest.raises(TelegramBadRequest, match="voice message must be"):
        await bot.send_voice(anya.id, BufferedInputFile(b"RIFF....WAVE", "v.ogg"))
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await bot.send_photo(anya.id, BufferedInputFile(b"jpeg", "p.jpg"), caption="x" * 1025)
    with pytest.raises(TelegramBadRequest, match="wrong file_id"):
        await bot.send_photo(anya.id, "unknown-id")
    with pytest.raises(TelegramBadRequest, match="file must be non-empty"):
        await bot.send_document(anya.id, BufferedInputFile(b"", "empty.txt"))
    with pytest.raises(TelegramAPIError, match="not emulated"):
        await bot.send_photo(anya.id, "https://muza.example/p.jpg")


async def test_the_bot_sends_an_album(bot: Bot, anya: Person) -> None:
    pictures = [InputMediaPhoto(media=BufferedInputFile(b"jpeg", f"{number}.jpg"), caption=None) for number in range(2)]
    sent: list[Message] = await bot.send_media_group(anya.id, [*pictures])
    assert len({message.media_group_id for message in sent}) == 1
    assert all(message.photo for message in sent)
    with pytest.raises(TelegramBadRequest, match="2-10 media"):
        await bot.send_media_group(anya.id, [InputMediaDocument(media=BufferedInputFile(b"x", "x.txt"))])


async def test_download_links_need_the_token(anya: Person, server: RunningServer) -> None:
    (sent,) = await anya.sends(voice(b"sound"))
    assert sent.voice is not None
    path = server.emulator.state.files.get(sent.voice.file_id).path
    async with httpx.AsyncClient(base_url=server.base_url) as client:
        good = await client.get(f"/file/bot{server.emulator.token}/{path}")
        stranger = await client.get(f"/file/bot1:wrong/{path}")
        missing = await client.get(f"/file/bot{server.emulator.token}/voice/file_99.ogg")
    assert (good.status_code, good.content) == (200, b"sound")
    assert (stranger.status_code, missing.status_code) == (401, 404)
