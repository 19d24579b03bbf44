import asyncio
import socket
import sys
from collections.abc import Callable

import pytest

from bot.embedded.plan import plan_models, plan_redis, plan_search
from bot.embedded.ports import free_port
from bot.embedded.probe import http_answers, redis_answers
from bot.embedded.service import EmbeddedService, ServiceNotReady, read_record, stable_port, write_record
from bot.settings import Settings
from bot.supervisor.child import Command


async def test_a_server_that_never_answers_is_told_apart(settings: Settings) -> None:
    async def never() -> bool:
        return False

    command = Command("mute", (sys.executable, "-c", ""), {})
    service = EmbeddedService("mute", "http://127.0.0.1:1", "MUTE_URL", command, settings.run_dir, never)
    with pytest.raises(ServiceNotReady, match="mute"):
        await service.wait_until_ready(0.05)


@pytest.mark.parametrize(("said", "alive"), [(b"+PONG\r\n", True), (b"-LOADING\r\n", False), (b"", False)])
async def test_a_loading_redis_is_not_ready_yet(
    said: bytes, alive: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = str(tmp_path_factory.mktemp("s") / "redis.sock")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(said)
        writer.close()

    async with await asyncio.start_unix_server(answer, path):
        assert await redis_answers(path) is alive
    assert not await redis_answers(path)


@pytest.mark.parametrize(
    ("said", "alive"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", True),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", False),
        (b"SSH-2.0-OpenSSH\r\n", False),
    ],
)
async def test_only_a_200_means_ready(said: bytes, alive: bool) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(said)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert await http_answers(f"http://127.0.0.1:{port}/healthz") is alive


def test_a_port_is_kept_while_it_is_free_and_left_to_a_stranger_who_took_it(settings: Settings) -> None:
    port = free_port()
    write_record(settings.run_dir, "chroma", f"http://127.0.0.1:{port}")
    assert stable_port(settings, "chroma") == port
    with socket.create_server(("127.0.0.1", port)):
        assert stable_port(settings, "chroma") != port


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": 5}'])
def test_a_damaged_record_is_no_record(settings: Settings, text: str) -> None:
    (settings.run_dir / "redis.json").write_text(text, encoding="utf-8")
    assert read_record(settings, "redis") is None


def test_missing_local_models_mean_keyword_search(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.embedded.plan.missing_packages", lambda settings: ("sentence_transformers",))
    assert plan_search(make_settings(embedding_model="bundled")) == []


def test_whisper_that_is_not_installed_does_not_take_search_along(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.embedded.plan.missing_packages", lambda settings: ())
    monkeypatch.setattr("bot.embedded.plan.missing_for_listening", lambda settings: ("openai-whisper",))
    both = make_settings(embedding_model="bundled", transcription_model="small")
    assert [service.name for service in plan_models(both)] == ["chroma", "models"]
    assert plan_models(make_settings(embedding_model="none", transcription_model="small")) == []


def test_the_models_process_serves_what_the_command_needs(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.embedded.plan.missing_packages", lambda settings: ())
    monkeypatch.setattr("bot.embedded.plan.missing_for_listening", lambda settings: ())
    settings = make_settings(embedding_model="bundled", transcription_model="base", transcription_fallbacks=("tiny",))
    environments = [plan(settings)[-1].command.environment for plan in (plan_models, plan_search)]
    asked = [(each["TRANSCRIPTION_MODEL"], each["TRANSCRIPTION_FALLBACKS"]) for each in environments]
    assert asked == [("base", "tiny"), ("none", "none")]
    assert all(each["EMBEDDING_MODEL"] == "bundled" for each in environments)


def test_a_system_without_an_embedded_redis_is_told_and_goes_on(
    make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert plan_redis(make_settings()) == []
