"""Where the sound of a recording is, in the file store and on this machine while it is worked on."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path, PurePosixPath

from services.domain.errors import FilesUnavailable
from services.domain.recording import Recording

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
_LONGEST_SUFFIX = 5


class SoundGone(FilesUnavailable):
    """It was in the file store, and is not there any more: only Telegram has it. Waiting does not help."""


def folder_of(recording_id: int) -> str:
    return f"recordings/{recording_id}"


def source_key(recording: Recording) -> str:
    return f"{folder_of(recording.id)}/source{_suffix(recording)}"


def piece_key(recording_id: int, number: int) -> str:
    return f"{folder_of(recording_id)}/pieces/{number}.ogg"


@asynccontextmanager
async def workbench(root: Path, recording_id: int) -> AsyncIterator[Path]:
    """An empty folder on this machine, gone afterwards; so is what a killed process left of this recording."""
    folder = await asyncio.to_thread(_set_up, root, recording_id)
    try:
        yield folder
    finally:
        await asyncio.shield(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))


def _set_up(root: Path, recording_id: int) -> Path:
    try:
        root.mkdir(parents=True, exist_ok=True)
        for left in root.glob(f"{recording_id}-*"):
            shutil.rmtree(left, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix=f"{recording_id}-", dir=root))
    except OSError as error:
        raise FilesUnavailable(f"{root}: {type(error).__name__}") from error


def _suffix(recording: Recording) -> str:
    """Only what cannot be anything but a suffix: the name is a stranger's."""
    suffix = PurePosixPath(recording.file_name or "").suffix.lower().removeprefix(".")
    if suffix and len(suffix) <= _LONGEST_SUFFIX and set(suffix) <= _PLAIN:
        return f".{suffix}"
    return {"voice": ".ogg", "video_note": ".mp4"}.get(recording.kind.value, "")
