"""Canaries: secrets and people's words, sent down every road that leads to the log."""

import io
import json
import logging
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loguru import logger
from pydantic import BaseModel

from bot.log_sinks import OLD_FILES, RotatingFile, SafeWriter, StreamWriter
from bot.logs import configure_logging, file_of_process, log_context
from bot.redaction import MASK, Redactor, describe
from bot.settings import Settings
from services.domain.errors import ModelUnavailable

TOKEN = "7312345678:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
KEY = "sk-proj-canary-key-0123456789abcdef"
PASSWORD = 'p@ss"wörd/1'
WORDS = "Тихий час: канареечный бриф про чай"


@pytest.fixture(autouse=True)
def restore_logging() -> Iterator[None]:
    root, raising = logging.getLogger(), logging.raiseExceptions
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook
    yield
    sys.excepthook, threading.excepthook = hooks
    logger.remove()
    logger.add(sys.stderr)
    logger.configure(extra={})
    root.handlers[:], logging.raiseExceptions = handlers, raising
    root.setLevel(level)


@pytest.fixture
def with_secrets(make_settings: Callable[..., Settings]) -> Callable[..., Settings]:
    def make(**values: object) -> Settings:
        secrets = {"telegram_bot_token": TOKEN, "openai_api_key": KEY, "webhook_secret": PASSWORD}
        return make_settings(**secrets, redis_url="redis://muza:hunter2hunter2@cache:6379/0", **values)

    return make


@pytest.fixture(params=[False, True], ids=["text", "json"])
def log(request: pytest.FixtureRequest, with_secrets: Callable[..., Settings]) -> io.StringIO:
    stream = io.StringIO()
    configure_logging(with_secrets(log_json=request.param, log_level="DEBUG"), "bot", stream)
    return stream


def secrets_in(text: str) -> list[str]:
    return [secret for secret in (TOKEN, KEY, PASSWORD, json.dumps(PASSWORD)[1:-1], "hunter2", WORDS) if secret in text]


def test_a_line_tells_when_how_bad_who_and_what(log: io.StringIO) -> None:
    with log_context(update=17, chat=-100, nothing=None):
        logger.info("Update handled in {} ms", 12)
    line = log.getvalue()
    assert "Update handled in 12 ms" in line
    assert "INFO" in line
    assert "bot" in line
    if line.startswith("{"):
        fields = json.loads(line)
        assert (fields["update"], fields["chat"], fields["process"]) == (17, -100, "bot")
        assert "nothing" not in fields
    else:
        assert line.endswith("update=17 chat=-100\n")
        assert line.count("\n") == 1


def test_secrets_are_hidden_in_messages_values_and_addresses(log: io.StringIO) -> None:
    logger.info("token {} and key {}", TOKEN, KEY)
    logger.bind(url=f"https://api.telegram.org/bot{TOKEN}/getMe", secret=PASSWORD).warning("a call")
    logger.info("https://api.telegram.org/bot1:short-token/sendMessage of a stranger")
    logger.info("Authorization: Bearer some-other-credential")
    logger.info("postgresql://muza:unknown-password@db/muza and redis://:hunter2hunter2@cache")
    written = log.getvalue()
    assert not secrets_in(written)
    assert not any(hidden in written for hidden in ("short-token", "some-other-credential", "unknown-password"))
    assert written.count(MASK) >= 7


class Brief(BaseModel):
    count: int


def raise_with_words() -> None:
    Brief.model_validate({"count": WORDS})


def raise_with_token() -> None:
    raise ConnectionError(f"cannot reach https://api.telegram.org/bot{TOKEN}/getMe with {KEY}")


def raise_chain() -> None:
    try:
        raise ValueError(f"cannot use {WORDS!r}")
    except ValueError as error:
        raise KeyError(WORDS) from error


def raise_group() -> None:
    raise ExceptionGroup(WORDS, [ValueError(WORDS), ConnectionError(KEY)])


@pytest.mark.parametrize("fail", [raise_with_words, raise_with_token, raise_chain, raise_group])
def test_tracebacks_show_places_and_types_without_values(log: io.StringIO, fail: Callable[[], None]) -> None:
    text_of_a_person = WORDS
    try:
        fail()
    except Exception:
        logger.exception("A stage failed")
        logging.getLogger("aiogram").exception("Cause exception")
    written = log.getvalue()
    assert text_of_a_person not in written
    assert not secrets_in(written)
    assert f"in {fail.__name__}" in written
    assert "test_logs.py" in written


def test_libraries_that_put_the_exception_into_the_sentence_do_not_leak(log: io.StringIO) -> None:
    error = ValueError(WORDS)
    library = logging.getLogger("some.library")
    library.error("Task exception was never retrieved: %r", error)
    library.error("failed: %s", error, exc_info=error)
    library.error("failed with %(error)s", {"error": error})
    assert WORDS not in log.getvalue()
    assert log.getvalue().count("ValueError (message withheld)") >= 3


def test_a_traceback_that_a_library_prints_into_its_sentence_is_reduced_to_places(log: io.StringIO) -> None:
    try:
        raise_chain()
    except KeyError:
        logging.getLogger("rq.worker").error("job %s failed\n%s", "7", traceback.format_exc())  # noqa: TRY400 - as rq does
    assert WORDS not in log.getvalue()
    assert "job 7 failed (messages withheld)" in log.getvalue()
    assert "in raise_chain" in log.getvalue()


def test_libraries_that_log_payloads_are_kept_quiet(log: io.StringIO) -> None:
    logging.getLogger("openai._base_client").debug("Request options: %s", {"messages": [WORDS]})
    logging.getLogger("httpx2").info("HTTP Request: POST %s", WORDS)
    logging.getLogger("any.other").debug("payload %s", WORDS)
    assert log.getvalue() == ""


def test_our_own_errors_and_the_system_s_may_speak() -> None:
    assert describe(ModelUnavailable("circuit open")) == "ModelUnavailable: circuit open"
    assert describe(ConnectionRefusedError(111, "Connection refused")).endswith("Connection refused")
    assert describe(ValueError(WORDS)) == "ValueError (message withheld)"
    assert describe(TimeoutError()) == "TimeoutError"


def test_a_value_that_cannot_be_printed_stops_nobody(log: io.StringIO) -> None:
    class Unprintable:
        def __str__(self) -> str:
            raise RuntimeError(WORDS)

        __repr__ = __str__

    logger.bind(value=Unprintable()).info("odd")
    logger.info("and on")
    assert "and on" in log.getvalue()
    assert "odd" not in log.getvalue()
    assert WORDS not in log.getvalue()


CRASH = """
import sys, threading
from bot.logs import configure_logging
from bot.settings import Settings

def fail():
    raise ValueError(sys.argv[1])

configure_logging(Settings(_env_file=None), "bot")
thread = threading.Thread(target=fail, name="helper")
thread.start()
thread.join()
fail()
"""


def test_a_crash_is_told_without_the_words_that_caused_it() -> None:
    ended = subprocess.run([sys.executable, "-c", CRASH, WORDS], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert WORDS not in ended.stderr
    assert "bot ended by an error" in ended.stderr
    assert "thread helper ended by an error" in ended.stderr
    assert ended.stderr.count("ValueError (message withheld)") == 2


class FullDisk:
    """Refuses every line until there is room again."""

    def __init__(self) -> None:
        self.has_room = False
        self.lines: list[str] = []

    def write(self, line: str) -> None:
        if not self.has_room:
            raise OSError(28, "No space left on device")
        self.lines.append(line)


def test_lines_lost_on_a_full_disk_are_counted_and_told_when_there_is_room() -> None:
    disk = FullDisk()
    writer = SafeWriter(disk)
    for _ in range(3):
        writer.write("lost\n")
    disk.has_room = True
    writer.write("kept\n")
    writer.write("kept too\n")
    assert disk.lines == ["(3 log lines before this one could not be written)\n", "kept\n", "kept too\n"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_file_on_a_really_full_device_stops_nobody(
    with_secrets: Callable[..., Settings], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "muza-bot.log").symlink_to("/dev/full")
    stream = io.StringIO()
    configure_logging(with_secrets(log_file=tmp_path / "muza.log"), "bot", stream)
    for number in range(3):
        logger.info("line {} with {}", number, TOKEN)
    assert stream.getvalue().count("line ") == 3
    assert capsys.readouterr().err == ""


def test_a_closed_stream_stops_nobody() -> None:
    stream = io.StringIO()
    writer = SafeWriter(StreamWriter(stream))
    stream.close()
    writer.write("nobody reads this\n")
    assert writer.lost == 1


def test_each_process_has_its_own_file(with_secrets: Callable[..., Settings], tmp_path: Path) -> None:
    path = tmp_path / "logs" / "muza.log"
    configure_logging(with_secrets(log_file=path), "worker:heavy", io.StringIO())
    logger.info("key {}", KEY)
    written = file_of_process(path, "worker:heavy").read_text(encoding="utf-8")
    assert file_of_process(path, "worker:heavy").name == "muza-worker-heavy.log"
    assert MASK in written
    assert KEY not in written


def test_files_are_rotated_and_old_ones_dropped(tmp_path: Path) -> None:
    path = tmp_path / "muza.log"
    file = RotatingFile(path, max_bytes=30)
    for number in range(20):
        file.write(f"line number {number:03}\n")
    assert path.read_text(encoding="utf-8") == "line number 019\n"
    assert (tmp_path / "muza.log.1").read_text(encoding="utf-8") == "line number 018\n"
    assert len(list(tmp_path.iterdir())) == OLD_FILES + 1


def test_rotation_goes_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "muza.log"
    RotatingFile(path, max_bytes=30).write("before the restart\n")
    RotatingFile(path, max_bytes=30).write("after the restart\n")
    assert path.read_text(encoding="utf-8") == "after the restart\n"


@given(before=st.text(), secret=st.text(min_size=8), after=st.text())
def test_a_known_secret_is_hidden_wherever_it_stands(before: str, secret: str, after: str) -> None:
    redact = Redactor([secret])
    assert secret not in redact(before + secret + after).replace(MASK, "\0")


@given(st.text(alphabet="абвгдё хотим чай 0123456789.,!?-/\n"))
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert Redactor([TOKEN, KEY])(text) == text
