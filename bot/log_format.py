"""How a log record looks: one line for people, or one JSON object for machines, with a traceback without values."""

import json
import traceback
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bot.redaction import Redactor, describe

if TYPE_CHECKING:
    from loguru import Record

MAX_FRAMES = 30
COLOURS = {"DEBUG": "\x1b[2m", "WARNING": "\x1b[33m", "ERROR": "\x1b[31m", "CRITICAL": "\x1b[1;31m"}
RESET = "\x1b[0m"


def _frames(error: BaseException) -> Iterator[str]:
    summary = traceback.extract_tb(error.__traceback__, limit=-MAX_FRAMES)
    for frame in summary:
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
        if frame.line:
            yield f"    {frame.line}"


def _explain(error: BaseException, seen: set[int], indent: str = "") -> Iterator[str]:
    """Causes first, as Python prints them; members of groups indented below their group."""
    seen.add(id(error))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and id(cause) not in seen:
        yield from _explain(cause, seen, indent)
        yield f"{indent}which led to:"
    for line in (*_frames(error), describe(error)):
        yield indent + line
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _explain(member, seen, indent + "  | ")


def explain(error: BaseException) -> str:
    """Traceback of `error` and its causes: places, types, and messages only where they cannot quote a person."""
    return "\n".join(_explain(error, set()))


def _error_of(record: "Record") -> BaseException | None:
    return record["exception"].value if record["exception"] else None


def as_text(record: "Record", redact: Redactor, *, colour: bool) -> str:
    extra = {name: value for name, value in record["extra"].items() if name != "process"}
    words = "".join(f" {name}={value}" for name, value in extra.items())
    level = record["level"].name
    paint, plain = (COLOURS.get(level, ""), RESET) if colour and level in COLOURS else ("", "")
    time = f"{record['time']:%Y-%m-%d %H:%M:%S.%f}"[:-3]
    process = record["extra"].get("process", "muza")
    line = f"{time} {level:<7} {process:<15} {record['message'].rstrip()}{words}"
    error = _error_of(record)
    whole = redact(f"{line}\n{explain(error)}" if error else line)
    return f"{paint}{whole}{plain}\n"


def as_json(record: "Record", redact: Redactor) -> str:
    fields: dict[str, Any] = {
        "time": record["time"].isoformat(),
        "level": record["level"].name,
        "message": record["message"],
        "module": record["name"],
        "pid": record["process"].id,
        **record["extra"],
    }
    error = _error_of(record)
    if error:
        fields["exception"] = explain(error)
    return redact(json.dumps(fields, ensure_ascii=False, default=str)) + "\n"
