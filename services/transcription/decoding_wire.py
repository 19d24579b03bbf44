"""What the decoding child says: a JSON object a line."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from services.domain.errors import AudioTooLong, AudioUnreadable, AudioUnsupported, FilesUnavailable, MuzaError
from services.transcription.ports import AudioFacts, Decoding, Prepared, PreparedPiece

ERROR = "error"
ERRORS = {kind.code: kind for kind in (AudioUnreadable, AudioUnsupported, AudioTooLong, FilesUnavailable)}

Said = AudioFacts | Decoding | PreparedPiece | Prepared
KINDS: dict[str, Callable[..., Said]] = {
    kind.__name__: kind for kind in (AudioFacts, Decoding, PreparedPiece, Prepared)
}


def line_of(said: Said | MuzaError) -> bytes:
    if isinstance(said, MuzaError):
        content: dict[str, Any] = {"kind": ERROR, "code": said.code, "detail": str(said), "facts": said.facts}
    else:
        content = {"kind": type(said).__name__, **asdict(said)}
    return json.dumps(content, default=str).encode() + b"\n"


def read_line(line: bytes) -> Said | MuzaError:
    """Raises ValueError for what no child of ours says."""
    content = json.loads(line)
    try:
        kind = content.pop("kind")
        if kind == ERROR:
            return ERRORS[content["code"]](content["detail"], **content["facts"])
        if "path" in content:
            content["path"] = Path(content["path"])
        return KINDS[kind](**content)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("nothing that a child says") from error
