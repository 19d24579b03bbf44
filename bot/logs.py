"""Logging of every process: loguru, the standard library's loggers included, without secrets or people's words."""

import logging
import sys
import threading
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from loguru import logger

from bot.log_format import as_json, as_text
from bot.log_sinks import LineWriter, RotatingFile, SafeWriter, StreamWriter
from bot.redaction import Redactor, describe, without_messages
from bot.settings import Settings

if TYPE_CHECKING:
    from loguru import Message

# Libraries that write addresses, payloads or prompts at lower levels, or a line for every call.
QUIET = ("openai", "httpx", "httpx2", "httpcore", "httpcore2", "chromadb", "sqlalchemy", "aiosqlite", "asyncio", "rq",
         "uvicorn.access", "urllib3", "sentence_transformers", "transformers", "alembic", "aiogram.event")  # fmt: skip


class StandardLibraryHandler(logging.Handler):
    """Hands records of `logging` to loguru, where they are redacted like ours."""

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        error = record.exc_info[1] if record.exc_info else None
        for fault in _faults(record, error):
            # Libraries put the exception into the sentence too; what it quotes must not come in by that door.
            for quoted in filter(None, (repr(fault), str(fault))):
                message = message.replace(quoted, describe(fault))
        message = without_messages(message)
        level = record.levelname if record.levelname in logging.getLevelNamesMapping() else record.levelno
        logger.bind(logger=record.name).opt(exception=error).log(level, "{}", message)


def _faults(record: logging.LogRecord, error: BaseException | None) -> list[BaseException]:
    arguments = record.args.values() if isinstance(record.args, dict) else record.args or ()
    return [fault for fault in (error, *arguments) if isinstance(fault, BaseException)]


def file_of_process(path: Path, process: str) -> Path:
    """`logs/muza.log` of `worker:heavy` is `logs/muza-worker-heavy.log`."""
    return path.with_name(f"{path.stem}-{process.replace(':', '-')}{path.suffix}")


def _add(writer: LineWriter, settings: Settings, redact: Redactor, *, colour: bool) -> None:
    safe = SafeWriter(writer)

    def sink(message: "Message") -> None:
        record = message.record
        try:
            line = as_json(record, redact) if settings.log_json else as_text(record, redact, colour=colour)
        except Exception as error:  # noqa: BLE001 - a value that cannot be printed must not stop who logged it
            line = redact(f"(a log line of {record['name']}:{record['line']} is lost: {describe(error)})\n")
        safe.write(line)

    # catch=False: loguru's own report about a failed sink would print the record as it is, unredacted.
    logger.add(sink, level=settings.log_level, format="{message}", backtrace=False, diagnose=False, catch=False)


def configure_logging(settings: Settings, process: str, stream: TextIO | None = None) -> None:
    """Replace all sinks. `process` names every line (`bot`, `worker:heavy`, …); `stream` defaults to stderr."""
    redact = Redactor(settings.secrets())
    target = stream if stream is not None else sys.stderr
    logger.remove()
    logger.configure(extra={"process": process})
    _add(StreamWriter(target), settings, redact, colour=target.isatty())
    if settings.log_file:
        _add(RotatingFile(file_of_process(settings.log_file, process)), settings, redact, colour=False)
    _intercept(settings)
    _take_crashes(process)


def _intercept(settings: Settings) -> None:
    level = max(logging.INFO, logging.getLevelNamesMapping()[settings.log_level])  # DEBUG is for our own lines
    logging.basicConfig(handlers=[StandardLibraryHandler()], level=level, force=True)
    logging.raiseExceptions = False  # its report on stderr would quote the arguments of the record
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, level))


def _take_crashes(process: str) -> None:
    """What nobody caught is written by us: the interpreter would print its words and values as they are."""

    def report(error: BaseException | None, where: str) -> None:
        logger.opt(exception=error).critical("{} ended by an error", where)

    def of_process(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            report(error, process)

    sys.excepthook = of_process
    threading.excepthook = lambda failed: report(failed.exc_value, f"thread {getattr(failed.thread, 'name', '')}")


def log_context(**ids: int | str | None) -> AbstractContextManager[None]:
    """Every line logged inside, also by tasks started inside, carries these ids (never texts)."""
    return logger.contextualize(**{name: value for name, value in ids.items() if value is not None})
