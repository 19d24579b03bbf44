"""What the decoding child says: a JSON object a line."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from services.domain.errors import AudioTooLong, AudioUnreadable, AudioUnsupported, FilesUnavailable, MuzaError
from services.transcription.ports import AudioFacts, Decoding, Prepared, PreparedPiece

type_of = {kind.__name__: kind for kind in (AudioFacts, Decoding, Prepared, PreparedPiece)}
ERRORS = {kind.code: kind for kind in (AudioUnreadable, AudioUnsupported, AudioTooLong, FilesUnavailable)}

Said = AudioFacts | Decoding | PreparedPiece | Prepared


def line_of(said: Said | MuzaError) -> bytes:
    if isinstance(said, MuzaError):
        content: dict[str, Any] = {"code": said.code, "detail": str(said), "facts": said.facts}
    else:
        content = asdict(said)
    return (
        json.dumps({"kind": type(said).__name__ if "code" not in content else "error", **content}, default=str).encode()
        + b"\n"
    )


def read_line(line: bytes) -> Said:
    """Raises the error that the child tells of; ValueError for what no child of ours says."""
    content = json.loads(line)
    if not isinstance(content, dict):
        raise ValueError("not an object")
    kind = content.pop("kind", None)
    if kind == "error":
        raise _error(content)
    if "path" in content:
        content["path"] = Path(content["path"])
    try:
        said: Said = type_of[kind](**content)
    except (KeyError, TypeError) as error:
        raise ValueError(f"unknown: {kind}") from error
    return said


def _error(content: Mapping[str, Any]) -> MuzaError:
    return ERRORS.get(content["code"], MuzaError)(content["detail"], **content["facts"])
