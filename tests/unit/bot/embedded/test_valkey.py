"""The real server that the package carries."""

import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.embedded import valkey
from bot.embedded.service import EmbeddedService, read_record
from bot.embedded.valkey import ValkeyUnavailable, embedded_valkey, path_of, socket_path, url_of
from bot.settings import Settings
from bot.supervisor.child import Process
from tests.unit.bot.waiting import is_running, until


@pytest.fixture
def short_settings(make_settings: Callable[..., Settings], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A DATA_DIR whose socket path fits the system's limit."""
    return make_settings(data_dir=tmp_path_factory.mktemp("d"))


def mode_of(path: str) -> int:
    return stat.S_IMODE(Path(path).stat().st_mode)


async def start(service: EmbeddedService) -> Process:
    child = await service.start()
    assert isinstance(child, Process)
    await service.wait_until_ready(10)
    return child


async def test_what_was_acknowledged_survives_a_kill(short_settings: Settings) -> None:
    service = embedded_valkey(short_settings)
    first = await start(service)
    async with Redis.from_url(service.url) as client:
        assert (await client.config_get("maxmemory-policy"))["maxmemory-policy"] == "noeviction"
        await client.set("brief", "42")
        await client.rpush("queue", "1", "2")
    os.kill(first.pid, signal.SIGKILL)
    await first.wait()
    second = await start(service)
    try:
        async with Redis.from_url(service.url) as client:
            assert await client.get("brief") == b"42"
            assert await client.lrange("queue", 0, -1) == [b"1", b"2"]
    finally:
        await second.stop(5)
    assert not is_running(second.pid)


async def test_only_its_owner_may_open_the_socket_and_no_port_is_open(short_settings: Settings) -> None:
    service = embedded_valkey(short_settings)
    child = await start(service)
    try:
        assert mode_of(path_of(service.url)) == 0o700
        assert read_record(short_settings, valkey.NAME) == service.url
        async with Redis.from_url(service.url) as client:
            assert (await client.config_get("port"))["port"] == "0"
    finally:
        await child.stop(5)


async def test_a_running_server_is_used_by_whoever_comes_second_and_replaced_when_it_ends(
    short_settings: Settings,
) -> None:
    first = await start(embedded_valkey(short_settings))
    later = embedded_valkey(short_settings)
    adopted = await later.start()
    assert not isinstance(adopted, Process)
    await later.wait_until_ready(5)
    await adopted.stop(1)
    assert await later.answers(), "what another process started is not ours to stop"
    await first.stop(5)
    assert await adopted.wait() == 0
    own = await start(later)
    await own.stop(5)


async def test_a_deep_folder_gets_a_short_socket_path(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    settings = make_settings(data_dir=tmp_path / ("very" * 20) / ("deep" * 20))
    path = socket_path(settings)
    assert len(os.fsencode(path)) <= valkey.LONGEST_SOCKET_PATH
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    child = await start(embedded_valkey(settings))
    await child.stop(5)
    path.parent.rmdir()


def test_a_folder_prepared_by_others_is_refused(tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    with pytest.raises(ValkeyUnavailable):
        valkey._private_folder(open_to_all)
    mine = tmp_path / "mine"
    mine.mkdir(mode=0o700)
    link = tmp_path / "link"
    link.symlink_to(mine)
    with pytest.raises(ValkeyUnavailable):
        valkey._private_folder(link)


@pytest.mark.parametrize("path", ["/srv/muza/run/redis.sock", "/a folder/100%/что?/#1/redis.sock"])
def test_any_path_survives_being_a_url(path: str) -> None:
    url = url_of(Path(path))
    assert path_of(url) == path
    assert Redis.from_url(url).connection_pool.connection_kwargs["path"] == path


async def test_a_server_that_died_leaves_its_last_words(short_settings: Settings) -> None:
    service = embedded_valkey(short_settings)
    (short_settings.data_dir / "redis" / "appendonlydir").write_text("a file where a folder must be")
    child = await service.start()
    assert await child.wait() != 0
    await until(lambda: "appendonly" in service.last_words(), "the explanation")
