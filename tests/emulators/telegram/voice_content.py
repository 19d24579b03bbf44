"""What may be sent as a voice message: Ogg with Opus in it, MP3 or M4A (https://core.telegram.org/bots/api#sendvoice).

Telegram shows anything else as a file; here it is refused, so that a test notices.
"""

from tests.emulators.telegram.errors import bad_request


def check_voice(data: bytes) -> None:
    """Raises ApiError 400."""
    is_opus = data[:4] == b"OggS" and b"OpusHead" in data[:512] and b"OggS" in data[4:]
    is_mp3 = data[:3] == b"ID3" or (data[:1] == b"\xff" and data[1:2] >= b"\xe0")
    if not (is_opus or is_mp3 or data[4:8] == b"ftyp"):
        raise bad_request("wrong file: a voice message must be Ogg with Opus, MP3 or M4A")
