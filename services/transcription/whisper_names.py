"""Names of openai-whisper's models and the files behind them, without importing it: that takes seconds."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_FILES = {"large": "large-v3", "turbo": "large-v3-turbo"}
_OWN_NAMES = (
    "tiny.en", "tiny", "base.en", "base", "small.en", "small", "medium.en", "medium",
    "large-v1", "large-v2", "large-v3", "large-v3-turbo",
)  # fmt: skip
NAMES = frozenset({*_OWN_NAMES, *_FILES})
"""whisper.available_models() of 20250625."""
SOURCE = "https://openaipublic.azureedge.net/"
"""Where openai-whisper fetches them from."""


def checkpoint_file(name: str) -> str | None:
    """What the checkpoint of a known name is called in its folder; None: `name` is a path."""
    return f"{_FILES.get(name, name)}.pt" if name in NAMES else None


def folder_with(name: str, folders: Iterable[Path]) -> Path | None:
    """The first that holds the checkpoint of a known name. One that must not be read is passed over."""
    file = checkpoint_file(name)
    for folder in folders if file else ():
        with suppress(OSError):
            if (folder / str(file)).is_file():
                return folder
    return None
