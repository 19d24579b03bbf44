"""Voice, audio and video messages. Muza does not listen yet, and says so at once instead of staying silent."""

from aiogram.types import Message


def is_speech(message: Message) -> bool:
    return bool(message.voice or message.audio or message.video or message.video_note)
